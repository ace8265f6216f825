//! What Go makes of one program for every platform that it knows, with every level of each architecture.
//!
//! The program needs the runtime alone, so a platform costs one compilation of that. A platform that Go cannot link without a C
//! compiler is named and left out.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::step::output;

use super::known::{Fact, Known, Sample, machine};

const PROGRAM: &str = "package main\n\nfunc main() { println(\"hello\") }\n";

/// The platforms of the small corpus.
const SMALL: [&str; 12] = [
    "linux/amd64",
    "linux/arm64",
    "linux/arm",
    "linux/386",
    "linux/riscv64",
    "linux/ppc64le",
    "linux/s390x",
    "linux/mipsle",
    "darwin/arm64",
    "windows/amd64",
    "freebsd/amd64",
    "wasip1/wasm",
];

/// A variable of Go's and its value.
type Setting = (&'static str, &'static str);

/// A variable that chooses a level, its values from the lowest on, and whether the lowest is the architecture's baseline.
struct Levels {
    arch: &'static [&'static str],
    variable: &'static str,
    /// Value of the variable, and what the level is called.
    values: &'static [(&'static str, &'static str)],
}

const LEVELS: [Levels; 8] = [
    Levels { arch: &["arm"], variable: "GOARM", values: &[("7", "v7"), ("6", "v6"), ("5", "v5")] },
    Levels {
        arch: &["amd64"],
        variable: "GOAMD64",
        values: &[("v1", "baseline"), ("v2", "v2"), ("v3", "v3"), ("v4", "v4")],
    },
    Levels {
        arch: &["arm64"],
        variable: "GOARM64",
        values: &[("v8.0", "baseline"), ("v8.2", "v8.2"), ("v9.0", "v9.0")],
    },
    Levels { arch: &["386"], variable: "GO386", values: &[("sse2", "baseline"), ("softfloat", "softfloat")] },
    Levels {
        arch: &["mips", "mipsle"],
        variable: "GOMIPS",
        values: &[("hardfloat", "baseline"), ("softfloat", "softfloat")],
    },
    Levels {
        arch: &["mips64", "mips64le"],
        variable: "GOMIPS64",
        values: &[("hardfloat", "baseline"), ("softfloat", "softfloat")],
    },
    Levels {
        arch: &["ppc64", "ppc64le"],
        variable: "GOPPC64",
        values: &[("power8", "baseline"), ("power9", "power9"), ("power10", "power10")],
    },
    Levels {
        arch: &["riscv64"],
        variable: "GORISCV64",
        values: &[("rva20u64", "baseline"), ("rva22u64", "rva22u64"), ("rva23u64", "rva23u64")],
    },
];

/// Builds what is missing, and says what each file is.
pub(crate) fn samples(folder: &Path, small: bool) -> Outcome<Vec<Sample>> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/go.mod"), "module example.com/hello\n\ngo 1.21\n")?;
    fs::write(folder.join("src/main.go"), PROGRAM)?;
    let version = output(Command::new("go").args(["env", "GOVERSION"]).envs(QUIET))?;
    let all = output(Command::new("go").args(["tool", "dist", "list"]).envs(QUIET))?;
    let platforms = all.lines().filter(|platform| !small || SMALL.contains(platform));
    let mut samples = Vec::new();
    for (os, arch) in platforms.filter_map(|platform| platform.split_once('/')) {
        for (setting, level) in levels(os, arch, small) {
            samples.extend(sample(folder, (os, arch), setting, level, &version)?);
        }
    }
    Ok(samples)
}

/// Nothing of the user's own Go configuration counts.
const QUIET: [(&str, &str); 4] = [("GOENV", "off"), ("GOFLAGS", ""), ("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0")];

/// The levels to build: all of them for Linux, where they are cheap to tell apart; else the first.
fn levels(os: &str, arch: &str, small: bool) -> Vec<(Option<Setting>, Option<&'static str>)> {
    let Some(levels) = LEVELS.iter().find(|levels| levels.arch.contains(&arch)) else { return vec![(None, None)] };
    let count = if os == "linux" && !small { levels.values.len() } else { 1 };
    let values = levels.values.iter().take(count);
    values.map(|(value, level)| (Some((levels.variable, *value)), Some(*level))).collect()
}

fn sample(
    folder: &Path,
    (os, arch): (&str, &str),
    setting: Option<(&str, &str)>,
    level: Option<&str>,
    version: &str,
) -> Outcome<Option<Sample>> {
    let setting_text = setting.map(|(name, value)| format!(" {name}={value}")).unwrap_or_default();
    let origin = format!("Go, {os}/{arch}{setting_text}");
    let path = folder.join(format!("{os}_{arch}{}", setting.map(|(_, value)| format!("_{value}")).unwrap_or_default()));
    if !path.exists() {
        let mut build = Command::new("go");
        build.args(["build", "-trimpath", "-buildvcs=false", "-o"]).arg(&path).arg(".").current_dir(folder.join("src"));
        build.envs(QUIET).env("GOOS", os).env("GOARCH", arch).env("GOCACHE", folder.join("cache")).envs(setting);
        if let Err(error) = output(&mut build) {
            let why = error.to_string().lines().find(|line| line.contains("requires")).map(str::to_owned);
            let why = why.ok_or(error)?;
            eprintln!("left out: {origin}: {why}");
            return Ok(None);
        }
    }
    let mut truth: Known = machine(arch).ok_or_else(|| format!("what is {arch}?"))?.into();
    truth.extend([(Fact::Os, os.to_owned()), (Fact::Go, version.to_owned())]);
    truth.extend(level.map(|level| (Fact::Variant, level.to_owned())));
    if os == "linux" {
        truth.insert(Fact::Linkage, "static".to_owned());
    }
    Ok(Some(Sample { path, origin, truth }))
}
