//! What the file system says about a file without reading it, and when that is enough to know its bytes.
//!
//! A file is taken for unchanged when its size, mtime, ctime, inode and executable bit are what they were when it was
//! hashed. One gap remains, and git closes it the same way (its "racy" rule): a file that is written twice within one
//! tick of the file system's clock, and hashed in between, has the old stat and new bytes. So a stat counts only when
//! it was *settled* as the file was hashed: older than the longest tick that the file system may have.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{SystemTime, UNIX_EPOCH};

const MILLISECOND: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MILLISECOND;

/// The longest tick of a file system that keeps nanoseconds: Linux stamps with its timer tick, 1 to 10 ms.
const FINE_TICK: i64 = 20 * MILLISECOND;
/// The longest tick of one that does not: FAT counts in two seconds, others in one.
const COARSE_TICK: i64 = 2 * SECOND;

/// A moment, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// Now, by this machine's clock.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    /// A blink ago: a file that carries this as its mtime is settled at once, because any later write stamps it with
    /// another time.
    pub(crate) fn just_settled() -> SystemTime {
        SystemTime::now() - std::time::Duration::from_nanos(FINE_TICK.unsigned_abs() + 1)
    }
}

/// A file's stat, as far as it tells bytes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) size: u64,
    pub(crate) mtime: Moment,
    pub(crate) ctime: Moment,
    pub(crate) inode: u64,
    pub(crate) executable: bool,
}

impl Stat {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let moment = |seconds: i64, nanos: i64| Moment(seconds.saturating_mul(SECOND).saturating_add(nanos));
        Self {
            size: metadata.len(),
            mtime: moment(metadata.mtime(), metadata.mtime_nsec()),
            ctime: moment(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            executable: metadata.mode() & 0o100 != 0,
        }
    }

    /// Whether a write after `looked` would show in this stat, whoever made the file.
    pub(crate) fn is_settled(&self, looked: Moment) -> bool {
        self.is_older(self.mtime.max(self.ctime), looked)
    }

    /// The same for a file that this process has just written with [`Moment::just_settled`] as its mtime: its ctime is
    /// now, but any other write would show in its mtime.
    pub(crate) fn is_settled_by_mtime(&self, looked: Moment) -> bool {
        self.is_older(self.mtime, looked)
    }

    fn is_older(&self, stamp: Moment, looked: Moment) -> bool {
        let whole_seconds = self.mtime.0 % SECOND == 0 && self.ctime.0 % SECOND == 0;
        let tick = if whole_seconds { COARSE_TICK } else { FINE_TICK };
        stamp.0.saturating_add(tick) <= looked.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(mtime: i64, ctime: i64) -> Stat {
        Stat { size: 1, mtime: Moment(mtime), ctime: Moment(ctime), inode: 1, executable: false }
    }

    #[test]
    fn a_stat_counts_when_it_is_older_than_a_tick() {
        let written = 7 * SECOND + 1;
        let looked = |after: i64| Moment(written + after);
        assert!(!stat(written, written).is_settled(looked(0)));
        assert!(!stat(written, written).is_settled(looked(FINE_TICK - 1)));
        assert!(stat(written, written).is_settled(looked(FINE_TICK)));
    }

    #[test]
    fn an_old_mtime_on_a_new_file_is_not_settled() {
        let now = 7 * SECOND + 1;
        assert!(!stat(SECOND, now).is_settled(Moment(now)));
        assert!(stat(SECOND, now).is_settled_by_mtime(Moment(now)));
    }

    #[test]
    fn whole_seconds_mean_a_coarse_clock() {
        let written = 7 * SECOND;
        assert!(!stat(written, written).is_settled(Moment(written + SECOND)));
        assert!(stat(written, written).is_settled(Moment(written + COARSE_TICK)));
    }

    #[test]
    fn a_time_in_the_future_is_never_settled() {
        assert!(!stat(9 * SECOND + 1, SECOND + 1).is_settled(Moment(8 * SECOND)));
    }
}
