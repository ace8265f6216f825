//! Why a cell failed or was not tried, in words that name the cell.

use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan};
use xbuild_model::Origin;
use xbuild_store::StoreError;
use xbuild_verify::Mismatch;

use crate::sandbox::RunError;

/// Which exit code a failure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An artifact is not what was promised.
    Verify,
    /// An action failed.
    Build,
    /// The machine: a tool, the disk, permissions.
    Environment,
    /// What the file asks for is not to be had.
    Plan,
    /// The user stopped it.
    Interrupted,
}

/// A failure of one cell.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command ended with something else than 0.
    #[error("`{cell}` failed: {status}")]
    Action {
        /// The cell.
        cell: String,
        /// The command as it can be typed.
        command: String,
        /// How it ended, in words.
        status: String,
        /// What it printed, untouched.
        output: String,
        /// The path that it was denied, where that is known.
        denied: Option<String>,
    },
    /// The command said 0 and left no file where it was to leave one.
    #[error("`{cell}` did not make `{output}`")]
    MissingOutput {
        /// The cell.
        cell: String,
        /// The output.
        output: String,
    },
    /// The command left a file that nobody declared.
    #[error("`{cell}` made `{output}`, which is not declared")]
    UndeclaredOutput {
        /// The cell.
        cell: String,
        /// The file.
        output: String,
    },
    /// An input changed while the action ran, or before it could be staged.
    #[error("`{input}` changed while `{cell}` was built")]
    InputChanged {
        /// The cell.
        cell: String,
        /// The input.
        input: String,
    },
    /// The artifact is not what was promised.
    #[error("`{cell}` is {}", mismatch.headline())]
    Mismatch {
        /// The cell.
        cell: String,
        /// The artifact.
        path: String,
        /// What differs.
        mismatch: Box<Mismatch>,
        /// Where the promise was written.
        promised: Option<Origin>,
        /// How many more mismatches there are.
        more: usize,
    },
    /// What could not be planned cannot be built.
    #[error("`{cell}` cannot be built: {reason}")]
    Unplanned {
        /// The cell.
        cell: String,
        /// Why.
        reason: String,
        /// Whether the reason was reported already, as a fault of its own.
        told: bool,
    },
    /// The process could not be started or watched.
    #[error("`{cell}` could not be started")]
    Run {
        /// The cell.
        cell: String,
        /// Why.
        #[source]
        source: RunError,
    },
    /// The store said no.
    #[error("`{cell}` could not be delivered")]
    Store {
        /// The cell.
        cell: String,
        /// Why.
        #[source]
        source: Arc<StoreError>,
    },
    /// A file of the work area could not be read or written.
    #[error("`{cell}`: cannot use `{path}`")]
    Work {
        /// The cell.
        cell: String,
        /// The path.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A cell that it needs failed, or `--fail-fast` stopped the run.
    #[error("`{cell}` was not tried: {because}")]
    NotTried {
        /// The cell.
        cell: String,
        /// Why.
        because: String,
    },
    /// The user stopped the run.
    #[error("`{cell}` was stopped")]
    Stopped {
        /// The cell.
        cell: String,
    },
}

impl Failure {
    /// Which exit code it asks for; `None` for a consequence of another failure.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Mismatch { .. } => Some(Class::Verify),
            Self::Action { .. }
            | Self::MissingOutput { .. }
            | Self::UndeclaredOutput { .. }
            | Self::InputChanged { .. } => Some(Class::Build),
            Self::Unplanned { told: false, .. } => Some(Class::Plan),
            Self::Unplanned { told: true, .. } | Self::NotTried { .. } => None,
            Self::Run { .. } | Self::Store { .. } | Self::Work { .. } => Some(Class::Environment),
            Self::Stopped { .. } => Some(Class::Interrupted),
        }
    }

    /// What is to be shown below the message, untouched: the tool's own output.
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::Action { output, .. } if !output.is_empty() => Some(output),
            _ => None,
        }
    }

    /// A line of evidence for below the message.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Mismatch { path, mismatch, more: 0, .. } => Some(format!("{path}, {}", mismatch.evidence())),
            Self::Mismatch { path, mismatch, more, .. } => {
                Some(format!("{path}, {}; and {more} more", mismatch.evidence()))
            }
            Self::Action { command, .. } => Some(format!("command: {command}")),
            _ => None,
        }
    }
}

impl Diagnostic for Failure {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let code: Box<dyn std::fmt::Display + 'a> = match self {
            Self::Action { denied: Some(_), .. } => Box::new("xbuild::undeclared-read"),
            Self::Action { .. } => Box::new("xbuild::action-failed"),
            Self::MissingOutput { .. } => Box::new("xbuild::missing-output"),
            Self::UndeclaredOutput { .. } => Box::new("xbuild::undeclared-output"),
            Self::InputChanged { .. } => Box::new("xbuild::input-changed"),
            Self::Mismatch { mismatch, .. } => Box::new(format!("xbuild::{}", mismatch.code())),
            Self::Unplanned { .. } => Box::new("xbuild::unplanned"),
            Self::Run { source, .. } => return source.code(),
            Self::Store { source, .. } => return source.code(),
            Self::Work { .. } => Box::new("xbuild::io"),
            Self::NotTried { .. } => Box::new("xbuild::not-tried"),
            Self::Stopped { .. } => Box::new("xbuild::stopped"),
        };
        Some(code)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let help: Box<dyn std::fmt::Display + 'a> = match self {
            Self::Action { denied: Some(path), .. } => {
                Box::new(format!("it was denied `{path}`: add it with `inputs \"{path}\"`"))
            }
            Self::InputChanged { .. } => Box::new("nothing was kept of it; run `xbuild build` again"),
            Self::MissingOutput { output, .. } => {
                Box::new(format!("make it at `{{out}}/{output}`, or change `outputs`"))
            }
            Self::UndeclaredOutput { output, .. } => Box::new(format!("add it: `outputs … \"{output}\"`")),
            Self::Run { source, .. } => return source.help(),
            Self::Store { source, .. } => return source.help(),
            _ => return None,
        };
        Some(help)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Self::Mismatch { promised: Some(origin), .. } = self else { return None };
        let label = LabeledSpan::new_primary_with_span(Some("promised here".into()), *origin);
        Some(Box::new(std::iter::once(label)))
    }
}
