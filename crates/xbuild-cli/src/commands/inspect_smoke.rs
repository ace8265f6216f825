//! `xbuild inspect --smoke`: each named program is started once.
//!
//! Nothing was promised of these programs, so they are to end with 0, and no processor below the one that their bytes prove is
//! named to an emulator.

use std::time::Duration;

use camino::Utf8PathBuf;
use miette::Diagnostic;
use xbuild_exec::sandbox::CancelToken;
use xbuild_smoke::{Report, Request, Subject, run};

use crate::args::InspectArguments;
use crate::commands::smoke::machine;
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::looking::{Seen, What};
use crate::present::artifact::Written;
use crate::present::harmless::harmless;
use crate::present::smoke as smoke_run;
use crate::signals;

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

/// The runs, in the files' order; none where none was asked for.
pub(crate) struct Tried {
    reports: Vec<Option<Report>>,
    stopped: Option<Exit>,
}

/// Starts each file with these arguments, one after the other. What is in an archive is not started.
pub(crate) fn try_out(context: &Context, seen: &[Seen], arguments: Option<&[String]>) -> Result<Tried, Failure> {
    let Some(arguments) = arguments else { return Ok(Tried { reports: Vec::new(), stopped: None }) };
    let failed = |error| Failure::new(Exit::Environment, SmokeError::Signals(error));
    let cancel = CancelToken::new().map_err(failed)?;
    let stopped = signals::watch(&cancel).map_err(failed)?;
    let machine = machine(context);
    let reports = seen.iter().map(|file| {
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
        Some(run(&request, &machine, &cancel))
    });
    Ok(Tried { reports: reports.collect(), stopped: stopped.exit() })
}

/// Whether a Go is the very release that made a program.
fn is_release(root: &camino::Utf8Path, version: &str) -> bool {
    let text = std::fs::read_to_string(root.join("VERSION")).unwrap_or_default();
    text.lines().next() == Some(version)
}

impl Tried {
    /// A file in JSON, with its run.
    pub(crate) fn document<'a>(&self, file: &'a Seen, at: usize) -> Written<'a> {
        Written::new(file, smoke_run::document(self.reports.get(at).and_then(Option::as_ref)))
    }

    /// The runs as lines below the card or the table.
    pub(crate) fn lines(&self, seen: &[Seen]) -> String {
        let line = |(file, report): (&Seen, &Report)| {
            let name = if seen.len() == 1 { "  smoke run".to_owned() } else { harmless(file.path.as_str()) };
            let reason = report.verdict.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
            let said = if report.verdict.is_failure() { indented(&report.output) } else { String::new() };
            format!("{name:<14}  {}{}\n{said}", smoke_run::sentence(Some(report)), harmless(&reason))
        };
        let ran = seen.iter().zip(&self.reports).filter_map(|(file, report)| Some((file, report.as_ref()?)));
        ran.map(line).collect()
    }

    /// A program that was shown not to work fails the command; one that could not be run does not.
    pub(crate) fn exit(&self) -> Exit {
        let failed = self.reports.iter().flatten().any(|report| report.verdict.is_failure());
        self.stopped.unwrap_or(if failed { Exit::Verify } else { Exit::Done })
    }
}

fn indented(output: &str) -> String {
    output.lines().map(|line| format!("    | {}\n", harmless(line))).collect()
}
