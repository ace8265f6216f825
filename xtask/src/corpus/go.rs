//! Go programs for every platform that Go knows, and for every level of its architectures.
//!
//! The program imports nothing, so that a platform costs seconds. Where Go needs a C compiler of that platform, or no longer
//! builds for it, its refusal is printed and the platform is left out; that is never so for a platform of the small corpus.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Extent;
use super::facts::{Fact, Facts};
use super::specimen::Specimen;
use crate::Outcome;
use crate::step::{output, run};

const SMALL: [&str; 12] = [
    "linux/amd64",
    "linux/arm64",
    "linux/arm",
    "linux/386",
    "linux/riscv64",
    "linux/ppc64le",
    "linux/s390x",
    "linux/mips",
    "darwin/arm64",
    "windows/amd64",
    "freebsd/amd64",
    "wasip1/wasm",
];

/// A value of such a variable, and the variant that it makes.
type Level = (&'static str, &'static str);

/// The variable that names an architecture's level, its values, and what each is called as a variant: nothing where it is the
/// architecture's own floor.
const LEVELS: [(&str, &str, &[Level]); 10] = [
    ("amd64", "GOAMD64", &[("v1", ""), ("v2", "v2"), ("v3", "v3"), ("v4", "v4")]),
    ("arm", "GOARM", &[("5", "v5"), ("6", "v6"), ("7", "v7")]),
    ("arm64", "GOARM64", &[("v8.0", ""), ("v8.2", "v8.2"), ("v9.0", "v9.0")]),
    ("386", "GO386", &[("sse2", ""), ("softfloat", "softfloat")]),
    ("mips", "GOMIPS", &[("hardfloat", ""), ("softfloat", "softfloat")]),
    ("mipsle", "GOMIPS", &[("hardfloat", ""), ("softfloat", "softfloat")]),
    ("mips64le", "GOMIPS64", &[("hardfloat", ""), ("softfloat", "softfloat")]),
    ("ppc64", "GOPPC64", &[("power8", ""), ("power9", "power9"), ("power10", "power10")]),
    ("ppc64le", "GOPPC64", &[("power8", ""), ("power9", "power9"), ("power10", "power10")]),
    ("riscv64", "GORISCV64", &[("rva20u64", ""), ("rva22u64", "rva22u64"), ("rva23u64", "rva23u64")]),
];

/// Who loads a program of these systems: where the system's library is the only door to the system, its own loader does.
const LOADERS: [(&str, &str); 8] = [
    ("linux", "none"),
    ("freebsd", "none"),
    ("netbsd", "none"),
    ("dragonfly", "none"),
    ("android", "/system/bin/linker64"),
    ("openbsd", "/usr/libexec/ld.so"),
    ("illumos", "/lib/amd64/ld.so.1"),
    ("solaris", "/lib/amd64/ld.so.1"),
];

/// One build: a platform and at most one level.
struct Build<'a> {
    os: &'a str,
    arch: &'a str,
    level: Option<(&'a str, &'a str, &'a str)>,
}

/// Builds what the extent asks for.
pub(super) fn specimens(folder: &Path, extent: Extent) -> Outcome<Vec<Specimen>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("go.mod"), "module corpus\n\ngo 1.21\n")?;
    fs::write(folder.join("main.go"), "package main\n\nfunc main() { println(\"a corpus\") }\n")?;
    let version = output(go(folder).args(["env", "GOVERSION"]))?;
    let platforms = platforms(folder, extent)?;
    let mut specimens = Vec::new();
    for build in platforms.iter().filter_map(|platform| platform.split_once('/')).flat_map(|at| builds(at, extent)) {
        specimens.extend(build.run(folder, &version, extent)?);
    }
    Ok(specimens)
}

fn platforms(folder: &Path, extent: Extent) -> Outcome<Vec<String>> {
    if extent == Extent::Small {
        return Ok(SMALL.map(str::to_owned).to_vec());
    }
    let listed = output(go(folder).args(["tool", "dist", "list"]))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// Levels are Linux's alone: what records them is the same everywhere.
fn builds<'a>((os, arch): (&'a str, &'a str), extent: Extent) -> Vec<Build<'a>> {
    let levels = LEVELS.iter().filter(|(of, ..)| *of == arch && os == "linux" && extent == Extent::Whole);
    let levels = levels.flat_map(|(_, variable, values)| {
        values.iter().map(|(value, variant)| Build { os, arch, level: Some((*variable, *value, *variant)) })
    });
    let levels: Vec<Build<'a>> = levels.collect();
    if levels.is_empty() { vec![Build { os, arch, level: None }] } else { levels }
}

impl Build<'_> {
    fn name(&self) -> String {
        let level = self.level.map(|(_, value, _)| format!("-{value}")).unwrap_or_default();
        format!("{}-{}{level}", self.os, self.arch)
    }

    fn run(&self, folder: &Path, version: &str, extent: Extent) -> Outcome<Option<Specimen>> {
        let path = folder.join("out").join(self.name());
        let mut command = go(folder);
        command.args(["build", "-trimpath", "-o"]).arg(&path).arg(".");
        command.env("GOOS", self.os).env("GOARCH", self.arch);
        if let Some((variable, value, _)) = self.level {
            command.env(variable, value);
        }
        match run(command.stderr(std::process::Stdio::null())) {
            Ok(()) => {
                let origin = format!("{version}, {}", self.name());
                Ok(Some(Specimen { path, origin, truth: self.truth(version), unsaid: Vec::new() }))
            }
            Err(_) if extent == Extent::Whole && matches!(self.os, "android" | "ios") => {
                println!("left out: Go's {}/{} (it needs a C compiler for it)", self.os, self.arch);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn truth(&self, version: &str) -> Facts {
        let mut truth = Facts::default();
        truth.say_arch(self.arch);
        truth.say(Fact::Os, self.os);
        truth.say(Fact::GoVersion, version);
        let mut settings = format!("-trimpath=true CGO_ENABLED=0 GOARCH={} GOOS={}", self.arch, self.os);
        if let Some((variable, value, variant)) = self.level {
            settings.push_str(&format!(" {variable}={value}"));
            truth.say(Fact::Variant, if variant.is_empty() { "none" } else { variant });
        }
        truth.say(Fact::GoSettings, settings);
        truth.say(Fact::Kind, "executable");
        truth.say(Fact::Stripped, "no");
        if let Some(loader) = self.loader() {
            truth.say(Fact::Linkage, if loader == "none" { "static" } else { "dynamic" });
            truth.say(Fact::Interpreter, loader);
            truth.say(Fact::Pie, if self.os == "android" { "yes" } else { "no" });
        }
        truth
    }

    /// What Go's linker writes as the loader of an ELF program without C.
    fn loader(&self) -> Option<&'static str> {
        LOADERS.iter().find(|(os, _)| *os == self.os).map(|(_, loader)| *loader)
    }
}

/// Go as it comes: no C, nothing from the user's settings, no other Go.
fn go(folder: &Path) -> Command {
    let mut command = Command::new("go");
    command.current_dir(folder).env("CGO_ENABLED", "0").env("GOENV", "off").env("GOTOOLCHAIN", "local");
    command.env("GOFLAGS", "").env("GOWORK", "off").env("GOCACHE", folder.join("cache"));
    for (_, variable, _) in LEVELS {
        command.env_remove(variable);
    }
    command
}
