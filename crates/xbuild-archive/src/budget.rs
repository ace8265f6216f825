//! How much may be unpacked: bytes, members and depth, shared by an archive and all archives in it.
//!
//! An archive of a few kilobytes can hold petabytes, and archives in archives multiply. The bounds are on the whole, so no
//! arrangement of members gets around them.

use std::cell::Cell;
use std::io;

/// The bounds. The defaults are those that the book names.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that are unpacked, at all depths together.
    pub content: u64,
    /// Bytes that are unpacked whatever the archive's size; beyond that no more than `ratio` times its size.
    pub free: u64,
    /// How many times an archive's own size its content may be.
    pub ratio: u64,
    /// Members, at all depths together.
    pub members: u64,
    /// How deep archives may stand in archives; 1 is the archive itself.
    pub depth: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { content: 16 << 30, free: 64 << 20, ratio: 100, members: 65_536, depth: 4 }
    }
}

/// What is left of the bounds.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    bytes: Cell<u64>,
    most_members: u64,
    members: Cell<u64>,
    depth: Cell<u8>,
}

impl Budget {
    /// For an archive of so many bytes.
    pub fn new(limits: Limits, size: u64) -> Self {
        let most = limits.content.min(limits.free.max(size.saturating_mul(limits.ratio)));
        Self {
            most,
            bytes: Cell::new(most),
            most_members: limits.members,
            members: Cell::new(limits.members),
            depth: Cell::new(limits.depth),
        }
    }

    /// How many bytes may be unpacked in all.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// How many members may be looked at in all.
    pub(crate) fn most_members(&self) -> u64 {
        self.most_members
    }

    /// Takes bytes away; false where too few are left.
    pub(crate) fn charge(&self, bytes: u64) -> bool {
        let left = self.bytes.get().checked_sub(bytes);
        self.bytes.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Does something that may come to nothing; then the bytes that it took away are given back.
    ///
    /// What is tried looks into no archive in the archive, or tries would multiply.
    pub fn attempt<T>(&self, action: impl FnOnce() -> io::Result<Option<T>>) -> io::Result<Option<T>> {
        let before = self.bytes.get();
        let result = action()?;
        if result.is_none() {
            self.bytes.set(before);
        }
        Ok(result)
    }

    /// Takes a member away; false where none is left.
    pub(crate) fn member(&self) -> bool {
        let left = self.members.get().checked_sub(1);
        self.members.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Does something one archive deeper; `None` where that is too deep.
    pub(crate) fn deeper<T>(&self, action: impl FnOnce() -> T) -> Option<T> {
        let left = self.depth.get().checked_sub(1)?;
        self.depth.set(left);
        let result = action();
        self.depth.set(left + 1);
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_to_nothing_takes_nothing_away() {
        let budget = Budget::new(Limits { free: 10, ..Limits::default() }, 0);
        let taking = |bytes, result: Option<()>| {
            let attempt = budget.attempt(|| {
                assert!(budget.charge(bytes));
                Ok(result)
            });
            assert_eq!(attempt.expect("no medium"), result);
            budget.bytes.get()
        };
        assert_eq!([taking(10, None), taking(4, Some(())), taking(6, None)], [10, 6, 6]);
    }
}
