//! What it costs to ask: `xbuild inspect` in one process against one `file` and one `readelf` for each file, and against one
//! `file` for all.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::bench::measure::{Usage, run};
use crate::step::{cargo, output, run as plain, target};

use super::known::Sample;

/// How many files are asked about.
const FILES: usize = 300;

/// How often each is run; the first is not counted, and of the others the quickest is.
const RUNS: usize = 6;

const EACH: &str = "for file in \"$@\"; do file \"$file\"; readelf -hlAVd \"$file\"; done";

/// Times the three, and says what it came to.
pub(crate) fn compare(samples: &[Sample]) -> Outcome<String> {
    plain(&mut cargo(&["build", "--quiet", "--release", "--package", "xbuild"]))?;
    let files: Vec<&Path> = samples.iter().map(|sample| sample.path.as_path()).cycle().take(FILES).collect();
    let xbuild = || {
        let mut command = Command::new(target().join("release").join("xbuild"));
        command.args(["inspect", "--format", "json"]).args(&files);
        command
    };
    let each = || {
        let mut command = Command::new("sh");
        command.args(["-c", EACH, "sh"]).args(&files).env("LC_ALL", "C");
        command
    };
    let batch = || {
        let mut command = Command::new("file");
        command.args(&files).env("LC_ALL", "C");
        command
    };
    let (own, single, batched) = (quickest(xbuild)?, quickest(each)?, quickest(batch)?);
    let read = sum(&output(xbuild().stdin(Stdio::null()))?, "\"bytes_read\":");
    let size: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum();
    Ok(format!(
        "\n{FILES} files of {:.0} MB, warm, processor time:\n\n- `xbuild inspect --format json`, one process: {:.1} ms; {:.1} MB \
         read\n- `file` and `readelf -hlAVd`, one process each for each file: {:.0} ms, {:.0} times as much\n- one `file` for \
         all: {:.1} ms, {:.1} times as much\n",
        size as f64 / 1e6,
        own.cpu * 1e3,
        read as f64 / 1e6,
        single.cpu * 1e3,
        single.cpu / own.cpu,
        batched.cpu * 1e3,
        batched.cpu / own.cpu,
    ))
}

fn quickest(command: impl Fn() -> Command) -> Outcome<Usage> {
    run(&mut command())?;
    let mut best = run(&mut command())?;
    for _ in 2..RUNS {
        let next = run(&mut command())?;
        best = if next.cpu < best.cpu { next } else { best };
    }
    Ok(best)
}

/// The sum of the numbers behind a name in a document.
fn sum(text: &str, name: &str) -> u64 {
    let number = |rest: &str| -> u64 {
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    text.split(name).skip(1).map(number).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_summed() {
        assert_eq!(sum(r#"{"bytes_read": 12, "x": 3, "bytes_read":30}"#, "\"bytes_read\":"), 42);
    }
}
