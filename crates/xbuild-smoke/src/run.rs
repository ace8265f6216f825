//! Starts a program: directly, in an empty folder, with an environment of its own, watched until its end.
//!
//! The process itself is `xbuild-exec`'s business (its own group, a timeout that kills the group, output through a pipe). It
//! is not confined: unlike an action it is no part of a build, and a program that may not read what its users' machines have
//! would fail here for a reason that they will never meet.

use std::io;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_exec::sandbox::{self, CancelToken, Finished, Isolation, Level, Process, RunError, Status};

use crate::gauge::gauge;
use crate::machine::Machine;
use crate::no_runner::NoRunner;
use crate::report::{Ended, Report, Verdict};
use crate::runner::{Runner, WASI_FILE, WASI_SCRIPT};
use crate::wine::Windows;
use crate::{Subject, choose};

/// How much of what a program prints is kept, in bytes.
const KEPT: u64 = 256 * 1024;

/// One smoke run.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The program.
    pub subject: Subject<'a>,
    /// Where it is, as an absolute path.
    pub artifact: Utf8PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The exit code that it is to end with.
    pub exit: u8,
    /// How long it may take.
    pub timeout: Duration,
}

/// Runs a program once, where it can be run. Nothing that goes wrong is an error: the report says what.
pub fn run(request: &Request<'_>, machine: &Machine, cancel: &CancelToken) -> Report {
    let argv = std::iter::once(request.artifact.to_string()).chain(request.arguments.iter().cloned()).collect();
    let nothing =
        |runner, verdict| Report { runner, argv, ended: None, verdict, output: String::new(), elapsed: Duration::ZERO };
    let runner = match choose(&request.subject, machine, &|path| path.exists()) {
        Ok(runner) => runner,
        Err(reason) => return nothing(None, Verdict::NotRun(reason)),
    };
    match start(request, &runner, cancel) {
        Ok((finished, output)) => Report {
            verdict: gauge(&runner, finished.status, request.exit, &output),
            ended: ended(finished.status),
            elapsed: finished.elapsed,
            output,
            ..nothing(Some(runner), Verdict::Passed)
        },
        Err(Unstarted::System(why)) => nothing(Some(runner), Verdict::Refused { why }),
        Err(Unstarted::Machine(why)) => nothing(Some(runner), Verdict::NotRun(NoRunner::Prevented { why })),
        Err(Unstarted::Missing { runner, package }) => {
            nothing(None, Verdict::NotRun(NoRunner::Missing { runner, package }))
        }
    }
}

const fn ended(status: Status) -> Option<Ended> {
    match status {
        Status::Exited(code) => Some(Ended::Exit(code)),
        Status::Signalled(signal) => Some(Ended::Signal(signal)),
        Status::TimedOut | Status::Cancelled => None,
    }
}

/// Why there is no process to judge.
enum Unstarted {
    /// The system did not take the program.
    System(String),
    /// A scratch folder, a log.
    Machine(String),
    /// A part of the runner.
    Missing { runner: String, package: &'static str },
}

impl From<io::Error> for Unstarted {
    fn from(error: io::Error) -> Self {
        Self::Machine(format!("there is no scratch folder: {error}"))
    }
}

impl From<RunError> for Unstarted {
    fn from(error: RunError) -> Self {
        match &error {
            RunError::Start { source, .. } => Self::System(source.to_string()),
            other => Self::Machine(other.to_string()),
        }
    }
}

fn start(request: &Request<'_>, runner: &Runner, cancel: &CancelToken) -> Result<(Finished, String), Unstarted> {
    let scratch = tempfile::Builder::new().prefix("xbuild-smoke-").tempdir()?;
    let scratch_path = Utf8Path::from_path(scratch.path()).ok_or_else(|| io::Error::other("its path is not UTF-8"))?;
    let (work, own) = (scratch_path.join("work"), scratch_path.join("own"));
    std::fs::create_dir(&work)?;
    std::fs::create_dir(&own)?;
    if matches!(runner, Runner::NodeWasi { .. }) {
        std::fs::write(own.join(WASI_FILE), WASI_SCRIPT)?;
    }
    let (program, mut arguments) = runner.command(&request.artifact, &own);
    arguments.extend(request.arguments.iter().cloned());
    let environment = environment(runner, &work, &own);
    let windows = windows(runner, &environment, &work, &own);
    if let Some(windows) = &windows {
        let is_32_bits = request.subject.facts.bits == Some(32);
        ready(windows, is_32_bits, cancel).inspect_err(|_| windows.shut_down())?;
    }
    let process = Process {
        program,
        arguments,
        environment: environment.clone(),
        cwd: work.clone(),
        readable: Vec::new(),
        writable: Vec::new(),
        network: true,
        timeout: Some(request.timeout),
        log: own.join("output"),
        log_limit: Some(KEPT),
    };
    let finished = sandbox::run(&process, &Isolation { level: Level::Env, cancel: cancel.clone() });
    if let Some(windows) = &windows {
        windows.shut_down();
    }
    let finished = finished?;
    let output = std::fs::read(&process.log)?;
    Ok((finished, String::from_utf8_lossy(&output).into_owned()))
}

/// The Windows that a program is started in; `None` where it needs none.
fn windows<'a>(
    runner: &'a Runner,
    environment: &'a [(String, String)],
    work: &'a Utf8Path,
    own: &Utf8Path,
) -> Option<Windows<'a>> {
    let Runner::Wine { program, server } = runner else { return None };
    let (prefix, log) = (own.join(WINDOWS), own.join("set-up"));
    Some(Windows { wine: program, server: server.as_deref(), environment, prefix, work, log })
}

/// Makes a Windows that can start the program.
fn ready(windows: &Windows<'_>, is_32_bits: bool, cancel: &CancelToken) -> Result<(), Unstarted> {
    if !windows.set_up(cancel)? {
        return Err(Unstarted::Machine("Wine could not set up a Windows of its own".into()));
    }
    if is_32_bits && !windows.has_32_bits() {
        return Err(Unstarted::Missing { runner: "wine32".to_owned(), package: "wine32:i386" });
    }
    Ok(())
}

/// Where Wine keeps its Windows, below a folder that the program does not see.
const WINDOWS: &str = "wine";

/// The whole environment: what a program may expect everywhere, and nothing of this user's.
fn environment(runner: &Runner, work: &Utf8Path, own: &Utf8Path) -> Vec<(String, String)> {
    let mut all = vec![
        ("HOME".to_owned(), work.to_string()),
        ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("TMPDIR".to_owned(), work.to_string()),
    ];
    if matches!(runner, Runner::Wine { .. }) {
        // Which library is missing, and nothing else.
        all.push(("WINEDEBUG".to_owned(), "-all,err+module".to_owned()));
        // No .NET, no browser, no menus, and nobody who writes about a crash into what the program prints.
        let left_out = "mscoree,mshtml,winedbg.exe,winemenubuilder.exe=";
        all.push(("WINEDLLOVERRIDES".to_owned(), left_out.to_owned()));
        all.push(("WINEPREFIX".to_owned(), own.join(WINDOWS).to_string()));
    }
    all
}
