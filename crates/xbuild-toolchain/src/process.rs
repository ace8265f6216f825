//! The one place of this crate that starts a process: never with an inherited environment, always by full path.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::ops::ControlFlow;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use camino::Utf8Path;

/// A program, its arguments, its whole environment and its working folder.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) program: &'a Utf8Path,
    pub(crate) arguments: &'a [&'a str],
    pub(crate) environment: &'a [(String, String)],
    pub(crate) folder: &'a Utf8Path,
}

/// What a process left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// How often a running process is looked after.
const TICK: Duration = Duration::from_millis(200);

/// How much of a process's standard error is kept, from its end.
const KEPT_ERROR_LINES: usize = 200;

impl Call<'_> {
    /// Runs to the end and takes what it says.
    pub(crate) fn capture(&self) -> io::Result<Ended> {
        let child = start(self.command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let output = child.wait_with_output()?;
        Ok(Ended { status: output.status, stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// Runs to the end, handing each line of standard error to `watch`, and `None` at least five times a second.
    /// `Break` ends the process.
    ///
    /// The guard becomes the process's standard input: a file lock lives as long as anybody has the file open, so nobody
    /// else enters while a process runs on whose parent was killed.
    pub(crate) fn watched(
        &self,
        guard: &File,
        watch: &mut dyn FnMut(Option<&str>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<(), Ended>> {
        let mut command = self.command();
        command.stdin(guard.try_clone()?).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = start(&mut command)?;
        let streams = child.stdout.take().zip(child.stderr.take());
        let Some((mut stdout, stderr)) = streams else { return Err(io::Error::other("a pipe is missing")) };
        std::thread::scope(|scope| {
            let stdout = scope.spawn(move || read_all(&mut stdout));
            let (send, lines) = mpsc::channel();
            scope.spawn(move || {
                BufReader::new(stderr).split(b'\n').map_while(Result::ok).all(|line| send.send(line).is_ok())
            });
            let stderr = follow(&mut child, &lines, watch);
            let status = child.wait()?;
            let stdout = stdout.join().unwrap_or_else(|_| Err(io::Error::other("a reader failed")));
            Ok(match stderr {
                Some(stderr) => ControlFlow::Continue(Ended { status, stdout: text(&stdout?), stderr }),
                None => ControlFlow::Break(()),
            })
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.arguments).env_clear().current_dir(self.folder);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Starts a process. A program that was unpacked a moment ago can be busy: a process that another thread is just starting
/// may still have it open for writing, until its own exec.
fn start(command: &mut Command) -> io::Result<Child> {
    for _ in 0..50 {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
    command.spawn()
}

/// The last lines of standard error; `None` where the watcher had the process ended.
fn follow(
    child: &mut Child,
    lines: &mpsc::Receiver<Vec<u8>>,
    watch: &mut dyn FnMut(Option<&str>) -> ControlFlow<()>,
) -> Option<String> {
    let mut kept = std::collections::VecDeque::new();
    loop {
        let answer = match lines.recv_timeout(TICK) {
            Ok(line) => {
                let line = text(&line);
                let answer = watch(Some(&line));
                kept.push_back(line);
                if kept.len() > KEPT_ERROR_LINES {
                    kept.pop_front();
                }
                answer
            }
            Err(RecvTimeoutError::Timeout) => watch(None),
            Err(RecvTimeoutError::Disconnected) => return Some(Vec::from(kept).join("\n")),
        };
        if answer.is_break() {
            // A process that has ended already needs no signal.
            let _ = child.kill();
            return None;
        }
    }
}

fn read_all(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).map(|_| bytes)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
