//! `cargo xtask fuzz`: any bytes for everything that reads the bytes of others, and how many were tried.
//!
//! The targets are the workspace `fuzz/`, for cargo-fuzz and libFuzzer. Both are set up here, so that nothing else needs them; a
//! C++ compiler must be there. No sanitizer: what reads those bytes is Rust without `unsafe`, so what is looked for are
//! panics, overflows, endless runs and memory, and those are found at full speed and with the stable toolchain.

mod seeds;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::step::{cargo, root, run as finish, shown, target};

const CARGO_FUZZ: &str = "0.13.2";

/// The programs of the workspace `fuzz/`.
const TARGETS: [&str; 8] = ["parse", "check", "fmt", "inspect", "inspect_source", "buildinfo", "archive", "layout"];

/// How long one execution may take, in seconds: enough for a busy machine, and far from an endless run.
const PATIENCE: &str = "-timeout=20";

/// How much memory a fuzzer may take with all that it remembers, in MB.
const MEMORY: &str = "-rss_limit_mb=400";

/// The longest input, in bytes: more is a matter of limits, which have tests.
const LONGEST: &str = "-max_len=16384";

/// When a target is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Executions(u64),
    Seconds(u64),
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    targets: Vec<&'static str>,
    bound: Bound,
}

impl Options {
    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut options = Self { targets: Vec::new(), bound: Bound::Seconds(60) };
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        for pair in words.chunks(2) {
            match *pair {
                ["--target", name] => options.targets.push(named(name)?),
                ["--runs", text] => options.bound = Bound::Executions(number(text)?),
                ["--seconds", text] => options.bound = Bound::Seconds(number(text)?),
                [word, ..] => return Err(format!("`{word}` is not understood, or lacks its value").into()),
                [] => {}
            }
        }
        if options.targets.is_empty() {
            options.targets = TARGETS.to_vec();
        }
        Ok(options)
    }
}

fn named(name: &str) -> Outcome<&'static str> {
    let found = TARGETS.into_iter().find(|target| *target == name);
    found.ok_or_else(|| format!("no target is named `{name}`; there are {}", TARGETS.join(", ")).into())
}

impl Bound {
    fn argument(self) -> String {
        match self {
            Self::Executions(number) => format!("-runs={number}"),
            Self::Seconds(number) => format!("-max_total_time={number}"),
        }
    }
}

/// Sets everything up, runs each target, and prints how often it was executed.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let options = Options::parse(words)?;
    let program = program()?;
    let folder = target().join("fuzz");
    seeds::write(&folder.join("seeds"))?;
    for name in options.targets {
        let executions = fuzz(&program, &folder, name, options.bound)?;
        println!("{name}: {executions} executions, nothing found");
    }
    Ok(())
}

/// cargo-fuzz, built once into `target/tools`.
fn program() -> Outcome<PathBuf> {
    let tools = target().join("tools");
    let (program, version) = (tools.join("bin/cargo-fuzz"), tools.join("cargo-fuzz.version"));
    if fs::read_to_string(&version).is_ok_and(|there| there.trim() == CARGO_FUZZ) {
        return Ok(program);
    }
    let build = tools.join("build-fuzz");
    let mut install =
        cargo(&["install", "--quiet", "--locked", "--debug", "--force", "--version", CARGO_FUZZ, "cargo-fuzz"]);
    install.arg("--root").arg(&tools).env("CARGO_TARGET_DIR", &build).env("CARGO_PROFILE_DEV_DEBUG", "false");
    finish(&mut install)?;
    fs::remove_dir_all(build)?;
    fs::write(version, CARGO_FUZZ)?;
    Ok(program)
}

/// Runs one target to its bound; how often it was executed. What it finds is an error with the file that shows it.
fn fuzz(program: &Path, folder: &Path, name: &str, bound: Bound) -> Outcome<u64> {
    let (corpus, artifacts) = (folder.join("corpus").join(name), folder.join("artifacts").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command.args(["fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", "--target-dir"]);
    command.arg(folder.join("build")).arg(name).arg(corpus).arg(folder.join("seeds").join(name));
    command.args(["--", PATIENCE, MEMORY, LONGEST, "-print_final_stats=1", &bound.argument()]);
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.current_dir(root()).env_remove("CARGO_TARGET_DIR").stderr(Stdio::piped());
    let executions = watch(&mut command)?;
    executions.ok_or_else(|| format!("{name}: libFuzzer did not say how often it ran").into())
}

/// Runs a fuzzer, passes on what it says but for its progress, and answers its count of executions.
fn watch(command: &mut Command) -> Outcome<Option<u64>> {
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", shown(command)))?;
    let mut executions = None;
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).lines()) {
        let line = line?;
        executions = counted(&line).or(executions);
        if !is_progress(&line) {
            eprintln!("{line}");
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(executions) } else { Err(format!("{}: {status}", shown(command)).into()) }
}

/// The count in a line of libFuzzer's last words.
fn counted(line: &str) -> Option<u64> {
    line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok()
}

/// Whether the line is one of the thousands about what is new: `#1234`, a tab, `NEW    cov: …`.
fn is_progress(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        || line.trim_start().starts_with("NEW_FUNC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_the_rest_refused() {
        let options = Options::parse(&["--target", "fmt", "--runs", "7"]).expect("options");
        assert_eq!(options, Options { targets: vec!["fmt"], bound: Bound::Executions(7) });
        let default = Options::parse(&[]).expect("options");
        assert_eq!(default, Options { targets: TARGETS.to_vec(), bound: Bound::Seconds(60) });
        assert!(Options::parse(&["--target", "build"]).is_err());
        assert!(Options::parse(&["--seconds"]).is_err());
        assert!(Options::parse(&["--runs", "many"]).is_err());
    }

    #[test]
    fn the_count_is_found_and_progress_is_not_passed_on() {
        assert_eq!(counted("stat::number_of_executed_units: 12345"), Some(12345));
        assert_eq!(counted("stat::peak_rss_mb: 50"), None);
        assert!(is_progress("#8\tNEW    cov: 5 ft: 5") && is_progress("\tNEW_FUNC[1/2]: 0x55"));
        assert!(!is_progress("thread 'main' panicked at src/lib.rs:1:1:"));
    }

    #[test]
    fn every_target_of_the_workspace_is_known() {
        let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
        let bins = manifest.split("[[bin]]").skip(1).filter_map(|bin| bin.split('"').nth(1));
        assert_eq!(bins.collect::<Vec<_>>(), TARGETS);
    }
}
