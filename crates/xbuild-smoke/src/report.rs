//! What became of a smoke run.

use std::fmt;
use std::time::Duration;

use camino::Utf8Path;
use rustix::process::Signal;

use crate::no_runner::NoRunner;
use crate::runner::Runner;

/// One smoke run, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who ran it; `None` where nobody did.
    pub runner: Option<Runner>,
    /// The program and its arguments, as the program sees them.
    pub argv: Vec<String>,
    /// How the process ended; `None` where there was none, or it was ended.
    pub ended: Option<Ended>,
    /// What that means.
    pub verdict: Verdict,
    /// What it printed, the beginning.
    pub output: String,
    /// How long it took.
    pub elapsed: Duration,
}

impl Report {
    /// The report on a program that was not started.
    pub fn not_run(artifact: &Utf8Path, reason: NoRunner) -> Self {
        Self {
            runner: None,
            argv: vec![artifact.to_string()],
            ended: None,
            verdict: Verdict::NotRun(reason),
            output: String::new(),
            elapsed: Duration::ZERO,
        }
    }

    /// Whether it died of an instruction that the processor does not have. Go's runtime catches the signal, says so, and
    /// ends with 2.
    pub fn is_illegal_instruction(&self) -> bool {
        let caught = || self.output.lines().any(|line| line.starts_with("SIGILL: illegal instruction"));
        match self.ended {
            Some(Ended::Signal(signal)) => signal == Signal::ILL.as_raw(),
            Some(Ended::Exit(2)) => caught(),
            Some(Ended::Exit(_)) | None => false,
        }
    }
}

/// How a process ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With a code.
    Exit(i32),
    /// By a signal.
    Signal(i32),
}

/// The signals that end programs, by number, and what they mean.
const SIGNALS: [(Signal, &str, &str); 13] = [
    (Signal::ILL, "SIGILL", "illegal instruction"),
    (Signal::ABORT, "SIGABRT", "aborted"),
    (Signal::BUS, "SIGBUS", "bus error"),
    (Signal::FPE, "SIGFPE", "arithmetic error"),
    (Signal::KILL, "SIGKILL", "out of memory?"),
    (Signal::SEGV, "SIGSEGV", "segmentation fault"),
    (Signal::TRAP, "SIGTRAP", "trace trap"),
    (Signal::SYS, "SIGSYS", "forbidden system call"),
    (Signal::TERM, "SIGTERM", "terminated from outside"),
    (Signal::PIPE, "SIGPIPE", "nobody reads what it writes"),
    (Signal::HUP, "SIGHUP", "hung up"),
    (Signal::INT, "SIGINT", "interrupted"),
    (Signal::XCPU, "SIGXCPU", "processor time is used up"),
];

impl Ended {
    /// The code.
    pub const fn exit(self) -> Option<i32> {
        match self {
            Self::Exit(code) => Some(code),
            Self::Signal(_) => None,
        }
    }

    /// The signal's name, or its number where it has none.
    pub fn signal(self) -> Option<String> {
        let Self::Signal(number) = self else { return None };
        Some(known(number).map_or_else(|| number.to_string(), |(name, _)| name.to_owned()))
    }
}

fn known(number: i32) -> Option<(&'static str, &'static str)> {
    SIGNALS.iter().find(|(signal, ..)| signal.as_raw() == number).map(|(_, name, meaning)| (*name, *meaning))
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exit(code) => write!(f, "exit {code}"),
            Self::Signal(number) => match known(number) {
                Some((name, meaning)) => write!(f, "killed by {name} ({meaning})"),
                None => write!(f, "killed by signal {number}"),
            },
        }
    }
}

/// What a smoke run says of the program. `Display` is the words for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It ended as it was to.
    Passed,
    /// It ended otherwise.
    Failed(Ended),
    /// It did not end in time, and was killed with everything that it started.
    TimedOut,
    /// The runner did not run it: nothing is known of the program.
    Refused {
        /// The runner's words, or what is known instead.
        why: String,
    },
    /// It was not started.
    NotRun(NoRunner),
    /// The user stopped it.
    Cancelled,
}

impl Verdict {
    /// The word in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::TimedOut => "timed-out",
            Self::Refused { .. } => "refused",
            Self::NotRun(_) | Self::Cancelled => "not-run",
        }
    }

    /// Why nothing is known of the program.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Refused { why } => Some(why.clone()),
            Self::NotRun(reason) => Some(reason.to_string()),
            Self::Cancelled => Some("the run was stopped".to_owned()),
            Self::Passed | Self::Failed(_) | Self::TimedOut => None,
        }
    }

    /// Whether the program was shown not to work.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::TimedOut)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Failed(ended) => ended.fmt(f),
            Self::TimedOut => f.write_str("timed out"),
            Self::Refused { why } => write!(f, "refused: {why}"),
            Self::NotRun(reason) => write!(f, "not run: {reason}"),
            Self::Cancelled => f.write_str("stopped"),
        }
    }
}
