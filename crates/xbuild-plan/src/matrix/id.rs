//! A cell's id as text, taken apart.
//!
//! Printing is the business of [`CellId`](super::CellId); whether there is such a cell, that of
//! [`Matrix::find`](super::Matrix::find).

use xbuild_platform::Platform;

/// What an id says. Borrowed from its text; the names in it need not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdParts<'a> {
    /// The target.
    pub target: &'a str,
    /// Profile and platform; `None` for the id of a `noarch` cell.
    pub place: Option<(&'a str, Platform)>,
    /// Axes and values, in the order of the text.
    pub axes: Vec<(&'a str, &'a str)>,
}

impl<'a> IdParts<'a> {
    /// Reads `TARGET`, `PROFILE/TARGET@PLATFORM` or `PROFILE/TARGET@PLATFORM,AXIS=VALUE,…`; `None` where the text has another
    /// form or the platform is not in the table.
    pub fn parse(id: &'a str) -> Option<Self> {
        let Some((names, point)) = id.split_once('@') else {
            return is_plain(id).then(|| Self { target: id, place: None, axes: Vec::new() });
        };
        let (profile, target) = names.split_once('/')?;
        let mut parts = point.split(',');
        let platform = parts.next()?.parse().ok()?;
        let axes = parts.map(|part| part.split_once('=')).collect::<Option<Vec<_>>>()?;
        (is_plain(profile) && is_plain(target)).then_some(Self { target, place: Some((profile, platform)), axes })
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '@', ',', '='])
}
