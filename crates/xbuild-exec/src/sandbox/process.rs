//! What goes into [`run`](super::run) and what comes out of it, as values.

use std::fmt;
use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use rustix::process::Signal;

use super::{CancelToken, IsolationError, Level};

/// One process to start. Its standard input is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The program, as an absolute path; it must lie under `readable` or the base system.
    pub program: Utf8PathBuf,
    /// Its arguments, without the program's name.
    pub arguments: Vec<String>,
    /// The whole environment: nothing else is seen, from level [`Level::Env`] on.
    pub environment: Vec<(String, String)>,
    /// The working folder, as an absolute path.
    pub cwd: Utf8PathBuf,
    /// What may be read and executed besides the base system: inputs and toolchain roots. All must exist.
    pub readable: Vec<Utf8PathBuf>,
    /// What may also be written: scratch folders and a tool's own cache. All must exist.
    pub writable: Vec<Utf8PathBuf>,
    /// Whether it may use the network.
    pub network: bool,
    /// After this long the whole process group is killed.
    pub timeout: Option<Duration>,
    /// Where standard output and standard error go, in the order in which they were written. The file is replaced. The
    /// process holds a pipe and not this file: it can neither truncate nor read it.
    pub log: Utf8PathBuf,
    /// How many bytes of it are kept, the first ones; `None` keeps all.
    pub log_limit: Option<u64>,
}

/// Under which conditions a process runs; no part of its identity.
#[derive(Debug, Clone)]
pub struct Isolation {
    /// The level, as [`strongest`](super::strongest) or [`demand`](super::demand) gave it.
    pub level: Level,
    /// The switch that ends it early.
    pub cancel: CancelToken,
}

/// A process that has ended, with everything in its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub status: Status,
    /// From its start to its end, by the clock on the wall.
    pub elapsed: Duration,
    /// The largest resident set of any one process in the tree, in bytes, as the kernel counts it for processes that were
    /// waited for. Linux counts xbuild's own pages until the exec, so it is never less than xbuild's own peak.
    pub peak_rss_bytes: u64,
    /// Processor time of the tree, user and system.
    pub cpu: Duration,
    /// How it was confined.
    pub isolation: Level,
}

/// How a process ended. `Display` is the words for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that xbuild did not send.
    Signalled(i32),
    /// It reached its timeout and was killed.
    TimedOut,
    /// The user cancelled.
    Cancelled,
}

impl Status {
    /// Whether the process ended by itself with code 0.
    #[must_use]
    pub fn success(self) -> bool {
        self == Self::Exited(0)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exited(code) => {
                write!(formatter, "exit status {code}")?;
                code.checked_sub(128).and_then(meaning).map_or(Ok(()), |words| write!(formatter, " (a child: {words})"))
            }
            Self::Signalled(signal) => {
                write!(formatter, "killed by signal {signal}")?;
                meaning(signal).map_or(Ok(()), |words| write!(formatter, " ({words})"))
            }
            Self::TimedOut => formatter.write_str("timed out"),
            Self::Cancelled => formatter.write_str("cancelled"),
        }
    }
}

/// What a deadly signal usually means. A shell reports its child's signal as 128 and the number.
fn meaning(signal: i32) -> Option<&'static str> {
    const MEANINGS: [(Signal, &str); 7] = [
        (Signal::KILL, "likely out of memory"),
        (Signal::ILL, "illegal instruction"),
        (Signal::ABORT, "aborted"),
        (Signal::BUS, "bus error"),
        (Signal::SEGV, "segmentation fault"),
        (Signal::SYS, "forbidden system call"),
        (Signal::TERM, "terminated from outside"),
    ];
    MEANINGS.into_iter().find_map(|(known, words)| (known.as_raw() == signal).then_some(words))
}

/// Why a process could not be run, as opposed to one that ran and failed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum RunError {
    /// The level is not to be had; nothing was started.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Isolation(#[from] IsolationError),
    /// A path to be granted cannot be opened; nothing was started.
    #[error("cannot open `{path}` to grant it to the action")]
    #[diagnostic(code("xbuild::grant"))]
    Grant {
        /// The path in [`Process::readable`] or [`Process::writable`].
        path: Utf8PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The program did not start: it or the working folder is missing, not executable, or not granted.
    #[error("cannot start `{program}` in `{cwd}`")]
    #[diagnostic(code("xbuild::start"))]
    Start {
        /// The program.
        program: Utf8PathBuf,
        /// The working folder.
        cwd: Utf8PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The log could not be written; the process was killed.
    #[error("cannot write the log `{path}`")]
    #[diagnostic(code("xbuild::action-log"))]
    Log {
        /// The log.
        path: Utf8PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The process could not be watched; it was killed.
    #[error("cannot wait for `{program}`")]
    #[diagnostic(code("xbuild::action-wait"))]
    Wait {
        /// The program.
        program: Utf8PathBuf,
        /// Why not.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_said_in_words() {
        let said = [
            Status::Exited(0),
            Status::Exited(2),
            Status::Exited(137),
            Status::Exited(i32::MIN),
            Status::Signalled(9),
            Status::Signalled(64),
            Status::TimedOut,
            Status::Cancelled,
        ]
        .map(|status| status.to_string())
        .join("\n");
        insta::assert_snapshot!(said, @"
        exit status 0
        exit status 2
        exit status 137 (a child: likely out of memory)
        exit status -2147483648
        killed by signal 9 (likely out of memory)
        killed by signal 64
        timed out
        cancelled
        ");
    }

    #[test]
    fn only_exit_code_zero_is_success() {
        assert!(Status::Exited(0).success());
        assert!(
            ![Status::Exited(1), Status::Signalled(9), Status::TimedOut, Status::Cancelled].iter().any(|s| s.success())
        );
    }
}
