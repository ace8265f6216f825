//! Which cells a command means: the selection of the command line, applied to a matrix.
//!
//! Kinds (`PROFILE`, `--target`, `--platform`, `--axis`, `--cell`, `--host`) combine with "and", repeats of one kind with
//! "or". What the contract leaves open is decided so:
//!
//! - Where no profile is named, the default ones count; `--all` and `--cell` (whose ids name their profile) lift that.
//! - A `noarch` cell has no profile, platform or axis. It is selected when `--target` or `--cell` names it, or when nothing
//!   asks for a profile, platform, axis or the host.
//! - In a platform pattern `*` matches `/` too: `linux/*` means every Linux.
//! - A shard takes every Nth of the selected cells, so it may be empty.
//!
//! Dependencies of what is selected are the planner's business.

mod filter;
mod problem;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use xbuild_model::Name;
use xbuild_platform::HostPlatform;

use crate::matrix::{CellRef, Matrix};
use filter::Filter;

pub use problem::SelectionError;

/// What the command line asks for. Empty lists ask for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The profiles that are named.
    pub profiles: Vec<String>,
    /// `--target`.
    pub targets: Vec<String>,
    /// `--platform`: platforms or globs of them.
    pub platforms: Vec<String>,
    /// `--axis NAME=VALUE`.
    pub axes: Vec<(String, String)>,
    /// `--cell`: ids or globs of them.
    pub cells: Vec<String>,
    /// `--host`: only what runs on this machine.
    pub host: Option<HostPlatform>,
    /// `--all`: every profile, not only the default ones.
    pub all: bool,
    /// `--shard`.
    pub shard: Option<Shard>,
}

/// `--shard I/N`: one of N equal parts, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Part `index` of `count`; `None` unless `1 ≤ index ≤ count`.
    pub fn new(index: u32, count: u32) -> Option<Self> {
        (1..=count).contains(&index).then_some(Self { index, count })
    }

    /// Which part, from 1.
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Of how many.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// Whether the cell at this place of the selection is in this part.
    fn takes(self, place: usize) -> bool {
        place as u64 % u64::from(self.count) == u64::from(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = SelectionError;

    /// `I/N`.
    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let parts = text.split_once('/');
        let shard = parts.and_then(|(index, count)| Self::new(index.parse().ok()?, count.parse().ok()?));
        shard.ok_or_else(|| SelectionError::BadShard { text: text.to_owned() })
    }
}

/// The selected cells.
#[derive(Debug, Clone)]
pub struct Selected<'m> {
    /// The cells, in the matrix's order.
    pub cells: Vec<CellRef<'m>>,
    /// The profiles that the selection is about, in the file's order: those named, or those that stand in for them.
    pub profiles: Vec<&'m Name>,
}

impl Selection {
    /// The cells that are meant.
    ///
    /// # Errors
    ///
    /// A name that does not exist, a pattern that cannot be read, or nothing selected.
    pub fn apply<'m>(&self, matrix: &'m Matrix<'m>) -> Result<Selected<'m>, SelectionError> {
        problem::check_names(self, matrix)?;
        let filter = Filter::new(self, matrix)?;
        let mut cells = filter.select(matrix);
        if cells.is_empty() {
            return Err(problem::empty(self, matrix, &filter));
        }
        if let Some(shard) = self.shard {
            let mut place = 0..;
            cells.retain(|_| place.next().is_some_and(|place| shard.takes(place)));
        }
        Ok(Selected { cells, profiles: filter.profiles() })
    }
}

/// The cell with exactly this id, as `why` and `run` take it.
///
/// # Errors
///
/// `unknown-cell`, with the nearest ids, or with the rule that excludes the cell.
pub fn find_cell<'m>(matrix: &'m Matrix<'m>, id: &str) -> Result<CellRef<'m>, SelectionError> {
    matrix.find(id).ok_or_else(|| problem::unknown_cell(matrix, id))
}
