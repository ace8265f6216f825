//! What a command costs: wall time, processor time of it and everything it waited for, and the most memory that its whole
//! tree of processes held at one moment.
//!
//! The kernel's own peak is that of the largest single process, so a thread adds up the tree, as often as it can without
//! being noticed. Memory that processes share counts once for each. Where there is no `/proc` the peak is not known.

use std::fmt;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::Outcome;
use crate::step::shown;

/// How often the tree is looked at.
const INTERVAL: Duration = Duration::from_millis(20);

const PAGE_BYTES: u64 = 4096;

/// What one run cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usage {
    /// From start to end, in seconds.
    pub(crate) wall: f64,
    /// User and system time of all processes, in seconds.
    pub(crate) cpu: f64,
    /// The most memory of all processes together, in bytes; 0 where it cannot be told.
    pub(crate) peak: u64,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s, {:.2} s CPU, {} MB", self.wall, self.cpu, self.peak / 1_000_000)
    }
}

/// Runs a command silently to its end. Any exit but 0 is an error.
pub(crate) fn run(command: &mut Command) -> Outcome<Usage> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let child = command.spawn().map_err(|error| format!("{}: {error}", shown(command)))?;
    let (id, ended) = (child.id(), AtomicBool::new(false));
    let (used, peak) = thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(id, &ended));
        let used = child.wait4();
        let wall = start.elapsed();
        ended.store(true, Ordering::Relaxed);
        (used.map(|used| (used, wall)), watcher.join().unwrap_or(0))
    });
    let (used, wall) = used?;
    if !used.status.success() {
        return Err(format!("{}: {}", shown(command), used.status).into());
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok(Usage { wall: wall.as_secs_f64(), cpu: cpu.as_secs_f64(), peak: peak.max(used.rusage.maxrss) })
}

fn watch(id: u32, ended: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !ended.load(Ordering::Relaxed) {
        peak = peak.max(tree(id));
        thread::sleep(INTERVAL);
    }
    peak
}

/// The memory of a process and all below it, in bytes.
fn tree(id: u32) -> u64 {
    resident(id) + children(id).into_iter().map(tree).sum::<u64>()
}

/// The second number of `/proc/ID/statm`, which counts pages.
fn resident(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * PAGE_BYTES
}

/// A process is a child of one thread, so every thread is asked.
fn children(id: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else { return Vec::new() };
    let of_thread = |path: std::path::PathBuf| fs::read_to_string(path.join("children")).unwrap_or_default();
    let lists: Vec<String> = threads.flatten().map(|thread| of_thread(thread.path())).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_an_error_with_the_command() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).expect_err("a failure").to_string();
        assert!(error.starts_with("sh -c exit 3: "), "{error}");
    }

    #[test]
    fn work_in_a_child_is_counted() {
        let busy = "sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; true";
        let usage = run(Command::new("sh").args(["-c", busy])).expect("a run");
        assert!(usage.cpu > 0.01 && usage.wall > 0.01 && usage.peak > 0, "{usage}");
    }
}
