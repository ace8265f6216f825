//! Watches one process until it has ended: its output, its timeout, and the user's wish to stop.
//!
//! One `poll` waits for all of them; nothing here wakes up on a schedule.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Signal;
use wait4::ResUse;

use super::log::Log;
use super::running::Running;
use super::{Finished, Isolation, Level, Process, RunError, Status, demand, prepare_process};

/// How long a cancelled process may take to clean up before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Runs `process` to its end, and ends everything in its process group with it.
///
/// # Errors
/// When it could not be started or watched. A process that fails is no error: see [`Finished::status`].
pub fn run(process: &Process, isolation: &Isolation) -> Result<Finished, RunError> {
    prepare_process();
    let level = demand(isolation.level)?;
    let (mut log, output) = Log::create(&process.log, process.log_limit)?;
    let running = Running::start(process, level, output)?;
    let failed = |source| RunError::Wait { program: process.program.clone(), source };
    let ending = watch(process, isolation, &running, &mut log, failed)?;
    let elapsed = running.started.elapsed();
    let used = running.reap().map_err(failed)?;
    log.copy()?;
    Ok(finished(&used, ending, elapsed, level))
}

fn finished(used: &ResUse, ending: Ending, elapsed: Duration, isolation: Level) -> Finished {
    Finished {
        status: ending.status().unwrap_or_else(|| status(used.status)),
        elapsed,
        peak_rss_bytes: used.rusage.maxrss,
        cpu: used.rusage.utime + used.rusage.stime,
        isolation,
    }
}

fn status(status: ExitStatus) -> Status {
    status.signal().map_or_else(|| Status::Exited(status.code().unwrap_or(-1)), Status::Signalled)
}

/// What has been done to end the process.
#[derive(Debug, Clone, Copy)]
enum Ending {
    /// Nothing: it runs.
    ByItself,
    /// It was asked to end, and is killed at this time.
    Asked { kill_at: Instant },
    /// It was killed, for this reason.
    Killed(Status),
}

impl Ending {
    fn status(self) -> Option<Status> {
        match self {
            Self::ByItself => None,
            Self::Asked { .. } => Some(Status::Cancelled),
            Self::Killed(status) => Some(status),
        }
    }
}

/// What woke us.
struct Woken {
    ended: bool,
    output: bool,
    cancel: bool,
}

/// Returns when the child has ended, with what was done to it.
fn watch(
    process: &Process,
    isolation: &Isolation,
    running: &Running,
    log: &mut Log,
    failed: impl Fn(std::io::Error) -> RunError,
) -> Result<Ending, RunError> {
    let timeout = process.timeout.and_then(|timeout| running.started.checked_add(timeout));
    let mut ending = Ending::ByItself;
    loop {
        let woken = wait(isolation, running, log, ending, timeout).map_err(|errno| failed(errno.into()))?;
        if woken.output {
            log.copy()?;
        }
        if woken.ended {
            return Ok(ending);
        }
        ending = advance(ending, running, woken.cancel, timeout);
    }
}

/// Sleeps until the child ends, it prints, the user's next wish, or the deadline of this stage.
fn wait(
    isolation: &Isolation,
    running: &Running,
    log: &Log,
    ending: Ending,
    timeout: Option<Instant>,
) -> Result<Woken, Errno> {
    let (cancel, deadline) = match ending {
        Ending::ByItself => (Some(isolation.cancel.asked()), timeout),
        Ending::Asked { kill_at } => (Some(isolation.cancel.forced()), Some(kill_at)),
        Ending::Killed(_) => (None, None),
    };
    let sources = [Some(running.ended()), log.output(), cancel];
    let mut polled: Vec<_> = sources.iter().flatten().map(|source| PollFd::new(*source, PollFlags::IN)).collect();
    poll_until(&mut polled, deadline)?;
    let mut ready = polled.iter().map(|source| !source.revents().is_empty());
    let [ended, output, cancel] = sources.map(|source| source.is_some() && ready.next().unwrap_or(false));
    Ok(Woken { ended, output, cancel })
}

/// An interruption counts as waking up for nothing.
fn poll_until(polled: &mut [PollFd<'_>], deadline: Option<Instant>) -> Result<(), Errno> {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    let left = left.and_then(|left| Timespec::try_from(left).ok());
    match poll(polled, left.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(errno) => Err(errno),
    }
}

/// Sends the signal that is due, if one is.
fn advance(ending: Ending, running: &Running, cancel: bool, timeout: Option<Instant>) -> Ending {
    let now = Instant::now();
    match ending {
        Ending::ByItself if cancel => {
            running.signal(Signal::TERM);
            Ending::Asked { kill_at: now + GRACE }
        }
        Ending::ByItself if timeout.is_some_and(|timeout| timeout <= now) => kill(running, Status::TimedOut),
        Ending::Asked { kill_at } if cancel || kill_at <= now => kill(running, Status::Cancelled),
        Ending::ByItself | Ending::Asked { .. } | Ending::Killed(_) => ending,
    }
}

fn kill(running: &Running, status: Status) -> Ending {
    running.signal(Signal::KILL);
    Ending::Killed(status)
}
