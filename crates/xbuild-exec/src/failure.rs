//! Why a cell failed or was not tried, in words that name the cell.

use std::io::{self, ErrorKind};
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
    /// The command failed for want of room on the disk of the work area.
    #[error("`{cell}` failed: there is no room left below `{path}`")]
    NoRoom {
        /// The cell.
        cell: String,
        /// The command as it can be typed.
        command: String,
        /// The work area.
        path: String,
        /// What it printed, untouched.
        output: String,
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
    #[error("{} is {}", named(cell, mismatch), mismatch.headline())]
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
    /// The artifact was started, and did not end as it was to.
    #[error("`{}` failed its smoke run: {}", .0.cell, .0.how)]
    Smoke(Box<SmokeFailure>),
    /// What could not be planned cannot be built.
    #[error("`{cell}` cannot be built: {reason}")]
    Unplanned {
        /// The cell.
        cell: String,
        /// Why.
        reason: String,
        /// What it asks for; `None` where the reason was told already, or is another cell's.
        class: Option<Class>,
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
        source: io::Error,
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

/// An artifact that was started, and did not end as it was to.
#[derive(Debug)]
pub struct SmokeFailure {
    /// The cell.
    pub cell: String,
    /// How it ended, in words.
    pub how: String,
    /// The command as it can be typed, who ran it, and what was expected.
    pub command: String,
    /// What it printed, untouched.
    pub output: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// Where the smoke run was asked for.
    pub asked: Origin,
}

impl Failure {
    /// Which exit code it asks for; `None` for a consequence of another failure.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Mismatch { .. } | Self::Smoke(_) => Some(Class::Verify),
            Self::Action { .. }
            | Self::MissingOutput { .. }
            | Self::UndeclaredOutput { .. }
            | Self::InputChanged { .. } => Some(Class::Build),
            Self::Unplanned { class, .. } => *class,
            Self::NotTried { .. } => None,
            Self::NoRoom { .. } | Self::Run { .. } | Self::Store { .. } | Self::Work { .. } => Some(Class::Environment),
            Self::Stopped { .. } => Some(Class::Interrupted),
        }
    }

    /// What is to be shown below the message, untouched: the tool's own output.
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::Action { output, .. } | Self::NoRoom { output, .. } if !output.is_empty() => Some(output),
            Self::Smoke(smoke) if !smoke.output.is_empty() => Some(&smoke.output),
            _ => None,
        }
    }

    /// A line of evidence for below the message.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Mismatch { path, mismatch, more, .. } => {
                let more = if *more == 0 { String::new() } else { format!("; and {more} more") };
                Some(format!("{}{more}", mismatch.evidence_at(path)))
            }
            Self::Action { command, .. } | Self::NoRoom { command, .. } => Some(format!("command: {command}")),
            Self::Smoke(smoke) => Some(format!("command: {}", smoke.command)),
            _ => None,
        }
    }
}

/// What broke a promise: the cell's artifact, or a member of it.
pub fn named(cell: &str, mismatch: &Mismatch) -> String {
    mismatch.member().map_or_else(|| format!("`{cell}`"), |member| format!("`{member}` in `{cell}`"))
}

/// The code for what the system said of a file, sorted as [`StoreError`] sorts it.
fn code_of(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "xbuild::disk-full",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "xbuild::permission",
        _ => "xbuild::io",
    }
}

impl Diagnostic for Failure {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let code: Box<dyn std::fmt::Display + 'a> = match self {
            Self::Action { denied: Some(_), .. } => Box::new("xbuild::undeclared-read"),
            Self::Action { .. } => Box::new("xbuild::action-failed"),
            Self::NoRoom { .. } => Box::new("xbuild::disk-full"),
            Self::MissingOutput { .. } => Box::new("xbuild::missing-output"),
            Self::UndeclaredOutput { .. } => Box::new("xbuild::undeclared-output"),
            Self::InputChanged { .. } => Box::new("xbuild::input-changed"),
            Self::Mismatch { mismatch, .. } => Box::new(format!("xbuild::{}", mismatch.code())),
            Self::Smoke(_) => Box::new("xbuild::smoke-failed"),
            Self::Unplanned { .. } => Box::new("xbuild::unplanned"),
            Self::Run { source, .. } => return source.code(),
            Self::Store { source, .. } => return source.code(),
            Self::Work { source, .. } => Box::new(code_of(source)),
            Self::NotTried { .. } => Box::new("xbuild::not-tried"),
            Self::Stopped { .. } => Box::new("xbuild::stopped"),
        };
        Some(code)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let help: Box<dyn std::fmt::Display + 'a> = match self {
            Self::Action { denied: Some(path), .. } => Box::new(format!(
                "it was denied `{path}`: copy that into the project and add it to `inputs`, or declare its folder as the \
                     `root` of a toolchain"
            )),
            Self::Smoke(smoke) => Box::new(smoke.help.clone()?),
            Self::NoRoom { .. } => Box::new("free some space there, or set another cache folder"),
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
        let (words, origin) = match self {
            Self::Mismatch { promised: Some(origin), .. } => ("promised here", origin),
            Self::Smoke(smoke) => ("asked for here", &smoke.asked),
            _ => return None,
        };
        let label = LabeledSpan::new_primary_with_span(Some(words.into()), *origin);
        Some(Box::new(std::iter::once(label)))
    }
}

#[cfg(test)]
mod tests {
    use xbuild_verify::{Promise, inspect, verify};

    use super::*;
    use crate::testing::amd64_program;

    fn mismatch(more: usize, promised: Option<Origin>) -> Failure {
        let promise = Promise::new("linux/arm64".parse().expect("a platform"));
        let verification = verify(&inspect(&amd64_program()), &promise);
        let mismatch = Box::new(verification.mismatches()[0].clone());
        Failure::Mismatch { cell: "c".into(), path: "dist/app".into(), mismatch, promised, more }
    }

    fn action(denied: Option<&str>, output: &str) -> Failure {
        Failure::Action {
            cell: "c".into(),
            command: "go build".into(),
            status: "exit status 1".into(),
            output: output.into(),
            denied: denied.map(str::to_owned),
        }
    }

    /// Class, code, message, note and help, a line each.
    fn shown(failure: &Failure) -> String {
        let mut lines = vec![format!("{:?}", failure.class())];
        lines.extend(failure.code().map(|code| code.to_string()));
        lines.push(failure.to_string());
        lines.extend(failure.note());
        lines.extend(failure.help().map(|help| format!("help: {help}")));
        lines.join("\n")
    }

    #[test]
    fn a_command_that_failed_is_shown_as_it_can_be_typed() {
        insta::assert_snapshot!(shown(&action(None, "")), @r"
        Some(Build)
        xbuild::action-failed
        `c` failed: exit status 1
        command: go build
        ");
        assert_eq!(action(None, "").output(), None);
        assert_eq!(action(None, "main.go:1: no").output(), Some("main.go:1: no"));
    }

    #[test]
    fn a_denied_path_is_named_with_the_line_to_add() {
        insta::assert_snapshot!(shown(&action(Some("/etc/key"), "denied")), @r"
        Some(Build)
        xbuild::undeclared-read
        `c` failed: exit status 1
        command: go build
        help: it was denied `/etc/key`: copy that into the project and add it to `inputs`, or declare its folder as the `root` of a toolchain
        ");
    }

    #[test]
    fn a_mismatch_shows_its_evidence_and_points_at_the_promise() {
        insta::assert_snapshot!(shown(&mismatch(0, None)), @r"
        Some(Verify)
        xbuild::machine-mismatch
        `c` is an x86-64 program
        dist/app, ELF header, e_machine = 62 (x86-64), expected 183 (AArch64)
        ");
        assert!(mismatch(2, None).note().is_some_and(|note| note.ends_with("; and 2 more")));
        assert!(mismatch(0, None).labels().is_none());
        let labels = mismatch(0, Some(Origin { offset: 7, length: 3 }));
        let label = labels.labels().and_then(|mut labels| labels.next()).expect("a label");
        assert_eq!((label.label(), label.offset(), label.len()), (Some("promised here"), 7, 3));
    }

    #[test]
    fn a_smoke_run_that_failed_points_at_the_line_that_asks_for_it() {
        let failure = Failure::Smoke(Box::new(SmokeFailure {
            cell: "c".into(),
            how: "exit 3".into(),
            command: "app --version".into(),
            output: "no config".into(),
            help: None,
            asked: Origin { offset: 7, length: 3 },
        }));
        insta::assert_snapshot!(shown(&failure), @r"
        Some(Verify)
        xbuild::smoke-failed
        `c` failed its smoke run: exit 3
        command: app --version
        ");
        assert_eq!(failure.output(), Some("no config"));
        let label = failure.labels().and_then(|mut labels| labels.next()).expect("a label");
        assert_eq!((label.label(), label.offset()), (Some("asked for here"), 7));
    }

    #[test]
    fn outputs_that_are_missing_or_undeclared_say_what_to_write() {
        let (cell, output) = ("c".to_owned(), "app".to_owned());
        insta::assert_snapshot!(shown(&Failure::MissingOutput { cell: cell.clone(), output: output.clone() }), @r"
        Some(Build)
        xbuild::missing-output
        `c` did not make `app`
        help: make it at `{out}/app`, or change `outputs`
        ");
        insta::assert_snapshot!(shown(&Failure::UndeclaredOutput { cell, output }), @r#"
        Some(Build)
        xbuild::undeclared-output
        `c` made `app`, which is not declared
        help: add it: `outputs … "app"`
        "#);
    }

    #[test]
    fn consequences_have_no_class_of_their_own() {
        let (cell, because) = ("c".to_owned(), "another cell failed first".to_owned());
        assert_eq!(Failure::NotTried { cell: cell.clone(), because }.class(), None);
        let unplanned = |class| Failure::Unplanned { cell: "c".into(), reason: "no go".into(), class };
        assert_eq!(unplanned(None).class(), None);
        assert_eq!(unplanned(Some(Class::Plan)).class(), Some(Class::Plan));
        assert_eq!(Failure::Stopped { cell }.class(), Some(Class::Interrupted));
    }

    #[test]
    fn a_file_that_cannot_be_used_keeps_the_kind_of_the_systems_error() {
        let check = |kind: ErrorKind, expect: &str| {
            let failure = Failure::Work { cell: "c".into(), path: "p".into(), source: kind.into() };
            assert_eq!(failure.class(), Some(Class::Environment));
            assert_eq!(failure.code().map(|code| code.to_string()).as_deref(), Some(expect));
        };
        check(ErrorKind::StorageFull, "xbuild::disk-full");
        check(ErrorKind::QuotaExceeded, "xbuild::disk-full");
        check(ErrorKind::PermissionDenied, "xbuild::permission");
        check(ErrorKind::ReadOnlyFilesystem, "xbuild::permission");
        check(ErrorKind::InvalidInput, "xbuild::io");
    }
}
