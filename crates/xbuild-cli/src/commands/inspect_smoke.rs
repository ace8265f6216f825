//! `xbuild inspect --smoke`: each named program is started once.
//!
//! Nothing was promised of these programs, so they are to end with 0, and no processor below the one that their bytes prove is
//! named to an emulator.

use std::cell::Cell;
use std::time::Duration;

use camino::Utf8PathBuf;
use miette::Diagnostic;
use serde::{Serialize, Serializer};
use xbuild_exec::sandbox::CancelToken;
use xbuild_smoke::{Machine, Report, Request, Subject, run};

use crate::args::InspectArguments;
use crate::commands::smoke::machine;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::looking::{Seen, What};
use crate::present::artifact::Written;
use crate::present::harmless::harmless;
use crate::present::smoke as smoke_run;
use crate::signals::{self, Stopped};

/// How long a program may take.
const TIME: Duration = Duration::from_secs(30);

/// A run that cannot be asked for, or not be stopped.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum SmokeError {
    #[error("no file is named")]
    #[diagnostic(code("xbuild::usage"), help("name it first: `xbuild inspect FILE --smoke --version`"))]
    NoFile,
    #[error("cannot listen for signals")]
    #[diagnostic(code("xbuild::io"))]
    Signals(#[source] std::io::Error),
}

/// The files, and the arguments to start them with. Where no file stands before `--smoke`, the first word after it is one.
pub(crate) fn asked(arguments: &InspectArguments) -> Result<(Vec<Utf8PathBuf>, Option<&[String]>), Failure> {
    match (arguments.files.is_empty(), arguments.smoke.as_deref()) {
        (false, smoke) => Ok((arguments.files.clone(), smoke)),
        (true, Some([file, rest @ ..])) => Ok((vec![file.into()], Some(rest))),
        (true, _) => Err(Failure::new(Exit::Usage, SmokeError::NoFile)),
    }
}

/// What starts programs, and whether one of them was shown not to work.
pub(crate) struct Trial<'a> {
    asked: Option<Asked<'a>>,
    has_failed: Cell<bool>,
}

/// What each program is started with.
struct Asked<'a> {
    context: &'a Context,
    arguments: &'a [String],
    machine: Machine,
    cancel: CancelToken,
    stopped: Stopped,
}

impl<'a> Trial<'a> {
    /// Nothing is started where no arguments are given, be they none.
    pub(crate) fn new(context: &'a Context, arguments: Option<&'a [String]>) -> Result<Self, Failure> {
        let failed = |error| Failure::new(Exit::Environment, SmokeError::Signals(error));
        let asked = arguments.map(|arguments| {
            let cancel = CancelToken::new().map_err(failed)?;
            let stopped = signals::watch(&cancel).map_err(failed)?;
            Ok(Asked { context, arguments, machine: machine(context), cancel, stopped })
        });
        Ok(Self { asked: asked.transpose()?, has_failed: Cell::new(false) })
    }

    /// Starts a file, where that was asked for. What is in an archive is not started.
    pub(crate) fn run(&self, file: &Seen) -> Option<Report> {
        let Asked { context, arguments, machine, cancel, .. } = self.asked.as_ref()?;
        if !matches!(file.what, What::File) {
            return None;
        }
        let go_root =
            file.facts.go.as_ref().and_then(|go| machine.go_root().filter(|root| is_release(root, &go.version)));
        let request = Request {
            subject: Subject { facts: &file.facts, promised: None, go_root: go_root.as_deref() },
            artifact: context.cwd.join(&file.path),
            arguments: arguments.to_vec(),
            exit: 0,
            timeout: TIME,
        };
        let report = run(&request, machine, cancel);
        self.has_failed.set(self.has_failed.get() | report.verdict.is_failure());
        Some(report)
    }

    /// A program that was shown not to work fails the command; one that could not be run does not.
    pub(crate) fn exit(&self) -> Exit {
        let stopped = self.asked.as_ref().and_then(|asked| asked.stopped.exit());
        stopped.unwrap_or(if self.has_failed.get() { Exit::Verify } else { Exit::Done })
    }
}

/// Whether a Go is the very release that made a program.
fn is_release(root: &camino::Utf8Path, version: &str) -> bool {
    let text = std::fs::read_to_string(root.join("VERSION")).unwrap_or_default();
    text.lines().next() == Some(version)
}

/// A file and its run in JSON.
pub(crate) struct Tried {
    pub(crate) seen: Seen,
    pub(crate) report: Option<Report>,
}

impl Serialize for Tried {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::new(&self.seen, Some(smoke_run::document(self.report.as_ref()))).serialize(serializer)
    }
}

/// A run as a line below the card or the table.
pub(crate) fn line(name: &str, report: &Report) -> String {
    let reason = report.verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    let said = if report.verdict.is_failure() { indented(&report.output) } else { String::new() };
    format!("{:<14}  {}{}\n{said}", harmless(name), smoke_run::sentence(Some(report)), harmless(&reason))
}

fn indented(output: &str) -> String {
    output.lines().map(|line| format!("    | {}\n", harmless(line))).collect()
}
