//! Exit codes, by class of failure.

use std::process::ExitCode;

/// How a run ended. With several failures the first of verify, build, environment, drift is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// An action failed.
    Build,
    /// The arguments.
    Usage,
    /// `xbuild.kdl` cannot be read as a project.
    Config,
    /// Empty selection, collision, impossible cell.
    Plan,
    /// Tool missing, disk full, network, permissions.
    Environment,
    /// An artifact is not what was promised.
    Verify,
    /// The lock and the result differ.
    Drift,
    /// Stopped by SIGINT.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Build => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Plan => 4,
            Self::Environment => 5,
            Self::Verify => 6,
            Self::Drift => 7,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The one of two that is told.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Interrupted | Self::Terminated => 0,
            Self::Usage => 1,
            Self::Config => 2,
            Self::Verify => 3,
            Self::Build => 4,
            Self::Environment => 5,
            Self::Plan => 6,
            Self::Drift => 7,
            Self::Done => 8,
        };
        if rank(other) < rank(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
