//! A started process and its group: start it on a thread of its own, signal it, and see it to its end.
//!
//! The thread that confines itself and starts the child also waits for the child's end, and closes a pipe when it comes:
//! that is what [`supervise`](super::supervise) polls. The child is left unreaped until then, so its number and its group's
//! cannot pass to a stranger while signals are sent.

use std::io::{self, PipeReader, PipeWriter};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid, waitpgid};
use wait4::{ResUse, Wait4};

use super::confinement::Confinement;
use super::{Level, Process, RunError};

/// A child that has not been reaped. Dropping it kills its group.
#[derive(Debug)]
pub(super) struct Running {
    child: Option<Child>,
    group: Pid,
    ended: PipeReader,
    pub(super) started: Instant,
}

impl Running {
    /// Starts `process` at `level`, both its streams going to `output`.
    pub(super) fn start(process: &Process, level: Level, output: PipeWriter) -> Result<Self, RunError> {
        let failed = |source| RunError::Start { program: process.program.clone(), cwd: process.cwd.clone(), source };
        let command = command(process, level, output).map_err(failed)?;
        let confinement = (level >= Level::Landlock).then(|| Confinement::of(process));
        let (ended, alive) = io::pipe().map_err(failed)?;
        let (sender, receiver) = sync_channel(1);
        let host = Host { command, confinement, sender, alive };
        thread::Builder::new().name("action".to_owned()).spawn(|| host.run()).map_err(failed)?;
        let started = Instant::now();
        let child = receiver.recv().unwrap_or_else(|_| Err(Refusal::Spawn(io::Error::other("its thread died"))));
        let child = child.map_err(|refusal| match refusal {
            Refusal::Spawn(source) => failed(source),
            Refusal::Confine(error) => error,
        })?;
        Ok(Self { group: Pid::from_child(&child), child: Some(child), ended, started })
    }

    /// Readable once the child has ended.
    pub(super) fn ended(&self) -> &PipeReader {
        &self.ended
    }

    /// Sends `signal` to every process of the group. A group that is gone already is no error.
    pub(super) fn signal(&self, signal: Signal) {
        let _gone = kill_process_group(self.group, signal);
    }

    /// Kills what is left of the group, and returns when nothing of it is left. Waits for the child's end.
    pub(super) fn reap(mut self) -> io::Result<ResUse> {
        self.finish().unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))
    }

    fn finish(&mut self) -> Option<io::Result<ResUse>> {
        let child = self.child.take()?;
        self.signal(Signal::KILL);
        let used = child.wait4();
        self.reap_orphans();
        Some(used)
    }

    /// Orphans of the group have become our children (see [`limits`](super::limits)): wait until SIGKILL has taken effect,
    /// lest one of them still writes into a tree that is being read. Elsewhere than on Linux there are none to wait for.
    fn reap_orphans(&self) {
        while retry_on_intr(|| waitpgid(self.group, WaitOptions::empty())).is_ok() {}
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _used = self.finish();
    }
}

/// Why there is no child.
enum Refusal {
    Confine(RunError),
    Spawn(io::Error),
}

/// What the throw-away thread takes with it.
struct Host {
    command: Command,
    confinement: Option<Confinement>,
    sender: SyncSender<Result<Child, Refusal>>,
    /// Closed by the thread's end.
    alive: PipeWriter,
}

impl Host {
    fn run(self) {
        let Self { command, confinement, sender, alive } = self;
        let child = begin(command, confinement.as_ref());
        let pid = child.as_ref().ok().map(Pid::from_child);
        let _receiver_waits = sender.send(child);
        if let Some(pid) = pid {
            let _ended = retry_on_intr(|| waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT));
        }
        drop(alive);
    }
}

/// Consumes the command, because it holds the writing end of the log's pipe.
fn begin(mut command: Command, confinement: Option<&Confinement>) -> Result<Child, Refusal> {
    confinement.map_or(Ok(()), Confinement::apply).map_err(Refusal::Confine)?;
    command.spawn().map_err(Refusal::Spawn)
}

fn command(process: &Process, level: Level, output: PipeWriter) -> io::Result<Command> {
    let mut command = Command::new(&process.program);
    if level >= Level::Env {
        command.env_clear();
    }
    command
        .args(&process.arguments)
        .envs(process.environment.iter().map(|(name, value)| (name, value)))
        .current_dir(&process.cwd)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0);
    Ok(command)
}
