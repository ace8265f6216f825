//! How strongly a process is confined, what this machine can do, and why not more.
//!
//! It decides nothing silently: [`strongest`] says what is missing, and [`demand`] refuses rather than weakens.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use super::confinement;

/// How strongly a process is confined, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is kept from the process: it inherits xbuild's environment beneath its own.
    None,
    /// The environment is exactly what the action declares.
    Env,
    /// Also the kernel denies undeclared paths and the network (Landlock ABI 2 or newer, and a seccomp filter).
    Landlock,
    /// Also its own mounts, processes and network.
    Namespace,
}

impl Level {
    /// Every level, weakest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Env, Self::Landlock, Self::Namespace];

    /// The level's name, as in `--isolation landlock`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Env => "env",
            Self::Landlock => "landlock",
            Self::Namespace => "namespace",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or_else(|| UnknownLevel { text: text.to_owned() })
    }
}

/// A word that names no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("`{text}` is no isolation level")]
#[diagnostic(code("xbuild::unknown-isolation"), help("the levels are `none`, `env`, `landlock` and `namespace`"))]
pub struct UnknownLevel {
    /// The word.
    pub text: String,
}

/// Why this machine has no stronger isolation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Another operating system, or a big-endian machine.
    #[error("Landlock is used on little-endian Linux only")]
    NotHere,
    /// Linux before 5.13, or built without it (`ENOSYS`).
    #[error("this kernel has no Landlock")]
    NotBuilt,
    /// The kernel knows it but did not start it (`EOPNOTSUPP`).
    #[error("Landlock is not enabled on this kernel (add it to `lsm=` on its command line)")]
    NotEnabled,
    /// ABI 1 has no REFER right: every rename between folders would fail.
    #[error("this kernel has Landlock ABI {abi}, and 2 is needed (Linux 5.19)")]
    TooOld {
        /// The kernel's ABI version.
        abi: u32,
    },
    /// The filter of system calls has no numbers for this machine.
    #[error("the system calls of `{architecture}` are not known to the filter")]
    UnknownCalls {
        /// The machine's architecture, as Rust names it.
        architecture: &'static str,
    },
    /// The kernel, or a container around us, refused a step that should work.
    #[error("{step} was refused: {message}")]
    Refused {
        /// What was tried.
        step: &'static str,
        /// What the kernel said.
        message: String,
    },
    /// This version has no namespaces.
    #[error("this version of xbuild makes no namespaces")]
    NoNamespaces,
}

/// An isolation level was demanded that this machine does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("isolation `{demanded}` was demanded, this machine has `{available}`")]
#[diagnostic(code("xbuild::isolation"), help("`--isolation {available}` accepts what this machine has"))]
pub struct IsolationError {
    /// What was asked for.
    pub demanded: Level,
    /// The strongest level that this machine has.
    pub available: Level,
    /// Why it has not more.
    #[source]
    pub reason: Reason,
}

/// The strongest level that this machine has, and why it is not `landlock`, if it is not.
///
/// It is found out once, by confining a thread for real: a container may forbid what the kernel could do.
#[must_use]
pub fn strongest() -> (Level, Option<Reason>) {
    match landlock() {
        Ok(()) => (Level::Landlock, None),
        Err(reason) => (Level::Env, Some(reason.clone())),
    }
}

/// Takes `level` as a demand.
///
/// # Errors
/// When this machine does not have it; the error says why.
pub fn demand(level: Level) -> Result<Level, IsolationError> {
    let refuse = |available, reason| Err(IsolationError { demanded: level, available, reason });
    match (level, landlock()) {
        (Level::None | Level::Env, _) | (Level::Landlock, Ok(())) => Ok(level),
        (Level::Namespace, Ok(())) => refuse(Level::Landlock, Reason::NoNamespaces),
        (Level::Namespace, Err(_)) => refuse(Level::Env, Reason::NoNamespaces),
        (Level::Landlock, Err(reason)) => refuse(Level::Env, reason.clone()),
    }
}

fn landlock() -> Result<(), &'static Reason> {
    static PROBED: OnceLock<Result<(), Reason>> = OnceLock::new();
    PROBED.get_or_init(confinement::probe).as_ref().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert!(Level::ALL.is_sorted());
        assert_eq!("sandbox".parse::<Level>(), Err(UnknownLevel { text: "sandbox".to_owned() }));
    }

    #[test]
    fn a_demand_is_met_or_refused_with_the_reason_of_the_strongest() {
        let (level, reason) = strongest();
        assert_eq!(demand(Level::Env), Ok(Level::Env));
        match reason {
            None => assert_eq!((level, demand(Level::Landlock)), (Level::Landlock, Ok(Level::Landlock))),
            Some(reason) => {
                let refused = IsolationError { demanded: Level::Landlock, available: Level::Env, reason };
                assert_eq!((level, demand(Level::Landlock)), (Level::Env, Err(refused)));
            }
        }
    }

    #[test]
    fn namespaces_are_refused_by_name() {
        let error = demand(Level::Namespace).expect_err("there are none");
        assert_eq!((error.reason.clone(), error.available), (Reason::NoNamespaces, strongest().0));
        insta::assert_snapshot!(error.reason, @"this version of xbuild makes no namespaces");
    }
}
