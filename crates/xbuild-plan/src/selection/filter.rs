//! The kinds of a selection, prepared, and which of them a cell passes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use xbuild_model::{Name, Project};

use super::{Selection, SelectionError};
use crate::matrix::{CellRef, Matrix};

/// A selection whose patterns are compiled. Each field is one kind.
#[derive(Debug)]
pub(super) struct Filter<'m> {
    selection: Selection,
    profiles: Vec<&'m Name>,
    profile_names: BTreeSet<&'m str>,
    platforms: GlobSet,
    cells: GlobSet,
}

/// How many kinds there are.
pub(super) const KINDS: u8 = 6;

impl<'m> Filter<'m> {
    pub(super) fn new(selection: &Selection, matrix: &'m Matrix<'m>) -> Result<Self, SelectionError> {
        let profiles = profiles(selection, matrix.project());
        let profile_names = profiles.iter().map(|name| name.as_str()).collect();
        let platforms = globs(&selection.platforms)?;
        let cells = globs(&selection.cells)?;
        Ok(Self { selection: selection.clone(), profiles, profile_names, platforms, cells })
    }

    pub(super) fn profiles(&self) -> Vec<&'m Name> {
        self.profiles.clone()
    }

    pub(super) fn select(&self, matrix: &'m Matrix<'m>) -> Vec<CellRef<'m>> {
        let mut id = String::new();
        matrix.cells().filter(|&cell| self.passes(cell, &mut id) == KINDS).collect()
    }

    /// How many kinds a cell passes; `id` is a buffer.
    pub(super) fn passes(&self, cell: CellRef<'_>, id: &mut String) -> u8 {
        let (target, id) = (self.target(cell), self.id(cell, id));
        let place = if cell.target().noarch.is_some() { self.noarch(target, id) } else { self.place(cell) };
        place.into_iter().chain([target, id]).map(u8::from).sum()
    }

    fn target(&self, cell: CellRef<'_>) -> bool {
        let targets = &self.selection.targets;
        targets.is_empty() || targets.iter().any(|name| *name == **cell.target().name)
    }

    fn id(&self, cell: CellRef<'_>, id: &mut String) -> bool {
        if self.selection.cells.is_empty() {
            return true;
        }
        id.clear();
        write!(id, "{}", cell.id()).is_ok() && self.cells.is_match(&*id)
    }

    /// Profile, platform, axes, host.
    fn place(&self, cell: CellRef<'_>) -> [bool; 4] {
        let Selection { platforms, axes, host, .. } = &self.selection;
        let platform = cell.platform();
        let has = |(axis, value): &(String, String)| cell.axis(axis).is_some_and(|own| own.as_str() == value);
        [
            cell.profile().is_some_and(|profile| self.profile_names.contains(profile.as_str())),
            platforms.is_empty() || platform.is_some_and(|platform| self.platforms.is_match(platform.to_string())),
            axes.is_empty() || axes.iter().any(has),
            host.is_none_or(|host| platform.is_some_and(|platform| host.runs(platform))),
        ]
    }

    /// The same for a `noarch` cell: it passes where it is named, or where the kind asks for nothing.
    fn noarch(&self, target: bool, id: bool) -> [bool; 4] {
        let Selection { profiles, targets, platforms, axes, cells, host, all, .. } = &self.selection;
        let is_named = (target && !targets.is_empty()) || (id && !cells.is_empty());
        let free = [*all || profiles.is_empty(), platforms.is_empty(), axes.is_empty(), host.is_none()];
        free.map(|free| free || is_named)
    }
}

/// The profiles that are meant, in the file's order.
fn profiles<'m>(selection: &Selection, project: &'m Project) -> Vec<&'m Name> {
    let every = project.profiles.iter();
    let has_default = project.profiles.iter().any(|profile| profile.default);
    let is_free = selection.all || !selection.cells.is_empty() || !has_default;
    let is_meant = |profile: &&xbuild_model::Profile| match selection.profiles.as_slice() {
        _ if selection.all => true,
        [] => is_free || profile.default,
        named => named.iter().any(|name| *name == **profile.name),
    };
    every.filter(is_meant).map(|profile| &profile.name.value).collect()
}

fn globs(patterns: &[String]) -> Result<GlobSet, SelectionError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(glob(pattern).map_err(|error| SelectionError::bad_pattern(pattern, &error))?);
    }
    set.build().map_err(|error| SelectionError::bad_pattern(&patterns.join(" "), &error))
}

/// Ids and platforms are no paths: `*` matches `/` too, and `\` is no letter of theirs.
fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build()
}

/// Whether a text is a pattern, not a plain name.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}
