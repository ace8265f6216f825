//! What looking at 300 files costs: processor time, and the bytes that are read.
//!
//! Everything is read once before, so that the disk plays no part; of three rounds the cheapest counts.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait4::Wait4 as _;

use super::debian::spread;
use super::specimen::Specimen;
use super::tool::{document, xbuild};
use crate::Outcome;
use crate::step::{cargo, run};

const FILES: usize = 300;
const ROUNDS: usize = 3;

/// Runs all of it, and says what came out. Archives are told apart: every member of one is a file of its own.
pub(super) fn report(specimens: &[Specimen], folder: &Path) -> Outcome<String> {
    run(&mut cargo(&["build", "--release", "--quiet", "--package", "xbuild"]))?;
    let (archives, files): (Vec<Specimen>, Vec<Specimen>) = specimens.iter().cloned().partition(Specimen::is_archive);
    let mut text = group("programs, libraries and objects", &spread(files, FILES), folder)?;
    if !archives.is_empty() {
        text.push_str(&group("`ar` archives", &spread(archives, FILES), folder)?);
    }
    Ok(text)
}

fn group(what: &str, specimens: &[Specimen], folder: &Path) -> Outcome<String> {
    let list = folder.join("list");
    let paths: Vec<String> = specimens.iter().map(|specimen| specimen.path.display().to_string()).collect();
    fs::write(&list, paths.join("\n") + "\n")?;
    for path in &paths {
        fs::read(path)?;
    }
    let ours = cheapest(|| used(xbuild("release").args(["inspect", "--format", "json"]).args(&paths)))?;
    let each = cheapest(|| one_by_one(&paths))?;
    let batched = cheapest(|| used(Command::new("file").arg("-f").arg("-").stdin(File::open(&list)?)))?;
    let mut text = format!("\n{} {what}, warm, processor time (the cheapest of {ROUNDS} rounds)\n", paths.len());
    let _ = writeln!(text, "one `xbuild inspect --format json`: {:.1} ms", millis(ours));
    let _ =
        writeln!(text, "`file` and `readelf -hlAVd` for each: {:.1} ms, {:.1} times", millis(each), ratio(each, ours));
    let _ = writeln!(text, "one `file -f -`: {:.1} ms, {:.1} times", millis(batched), ratio(batched, ours));
    let document = document(specimens)?;
    let files = document["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sum = |key: &str| -> u64 { files.iter().filter_map(|file| file[key].as_u64()).sum() };
    let _ = writeln!(text, "bytes read: {} of {}", sum("bytes_read"), sum("size"));
    Ok(text)
}

fn one_by_one(paths: &[String]) -> Outcome<Duration> {
    let mut total = Duration::ZERO;
    for path in paths {
        total += used(Command::new("file").arg(path))?;
        total += used(Command::new("readelf").arg("-hlAVd").arg(path))?;
    }
    Ok(total)
}

/// User and system time of one process. What it exits with is its own affair: `readelf` fails on what is no ELF.
fn used(command: &mut Command) -> Outcome<Duration> {
    let rusage = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?.wait4()?.rusage;
    Ok(rusage.utime + rusage.stime)
}

fn cheapest(mut round: impl FnMut() -> Outcome<Duration>) -> Outcome<Duration> {
    let mut best = round()?;
    for _ in 1..ROUNDS {
        best = best.min(round()?);
    }
    Ok(best)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio(theirs: Duration, ours: Duration) -> f64 {
    theirs.as_secs_f64() / ours.as_secs_f64()
}
