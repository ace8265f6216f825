//! What the file system says of a file without reading it: enough to know that it is still the one that was read.
//!
//! | in the stamp | why |
//! |---|---|
//! | size, modification time | what an honest editor changes |
//! | change time | what nobody can set back |
//! | device and inode | a file that was replaced by another, or a link that points elsewhere |
//!
//! Access time, owner and mode are left out: they do not change what a compiler reads.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xbuild_content::Digester;

/// The identity of a file's content at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of a file whose metadata is at hand.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The file's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Feeds the stamp to a key.
    pub(crate) fn feed(&self, out: &mut Digester) {
        let times = [self.modified.0, self.modified.1, self.changed.0, self.changed.1];
        for number in [self.device, self.inode, self.size] {
            out.update(&number.to_le_bytes());
        }
        for number in times {
            out.update(&number.to_le_bytes());
        }
    }

    /// Whether the file was changed so shortly before `now` that a further change could carry the same time.
    ///
    /// Kernels stamp files with a clock that ticks up to every 10 ms; a file system that keeps whole seconds (or FAT's
    /// two) is told by a time without a fraction.
    pub(crate) fn is_racy(&self, now: SystemTime) -> bool {
        let (seconds, nanos) = self.changed;
        let tick = if nanos == 0 { Duration::from_secs(2) } else { Duration::from_millis(20) };
        let changed = u64::try_from(seconds)
            .ok()
            .and_then(|seconds| UNIX_EPOCH.checked_add(Duration::new(seconds, u32::try_from(nanos).ok()?)));
        changed.is_none_or(|changed| changed + tick >= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_just_written_is_racy_and_an_old_one_is_not() {
        let stamp = |changed| Stamp { device: 1, inode: 2, size: 3, modified: (0, 0), changed };
        let now = UNIX_EPOCH + Duration::from_secs(100);
        assert!(stamp((99, 999_000_000)).is_racy(now));
        assert!(stamp((200, 1)).is_racy(now), "a clock that was set back");
        assert!(!stamp((99, 900_000_000)).is_racy(now));
        assert!(stamp((99, 0)).is_racy(now), "whole seconds");
        assert!(!stamp((97, 0)).is_racy(now));
    }
}
