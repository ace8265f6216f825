//! Programs and native modules as their projects ship them: one npm package for each platform.
//!
//! The package's name says where its file runs, and many machines have started it. esbuild is Go whose build info was taken out, so that
//! a reader has nothing but the container; rollup is Rust, as libraries of eleven architectures. npm fetches and starts nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::facts::{Fact, Facts};
use super::specimen::{Found, Specimen};
use crate::Outcome;
use crate::step::{output, run};

const ESBUILD: &str = "0.28.2";
const ROLLUP: &str = "4.68.8";

/// A package: what its name ends with, and the platform in xbuild's spelling. Where the system is nothing, the bytes name none or one
/// that another has too.
type Package = (&'static str, &'static str, &'static str);

/// Static programs for Linux name no system without build info; illumos carries Solaris' marks.
const PROGRAMS: [Package; 22] = [
    ("aix-ppc64", "aix", "ppc64"),
    ("android-arm64", "android", "arm64"),
    ("darwin-arm64", "darwin", "arm64"),
    ("darwin-x64", "darwin", "amd64"),
    ("freebsd-arm64", "freebsd", "arm64"),
    ("freebsd-x64", "freebsd", "amd64"),
    ("linux-arm", "", "arm"),
    ("linux-arm64", "", "arm64"),
    ("linux-ia32", "", "386"),
    ("linux-loong64", "", "loong64"),
    ("linux-mips64el", "", "mips64le"),
    ("linux-ppc64", "", "ppc64le"),
    ("linux-riscv64", "", "riscv64"),
    ("linux-s390x", "", "s390x"),
    ("linux-x64", "", "amd64"),
    ("netbsd-arm64", "netbsd", "arm64"),
    ("netbsd-x64", "netbsd", "amd64"),
    ("openbsd-arm64", "openbsd", "arm64"),
    ("openbsd-x64", "openbsd", "amd64"),
    ("sunos-x64", "solaris", "amd64"),
    ("win32-arm64", "windows", "arm64"),
    ("win32-x64", "windows", "amd64"),
];

/// Libraries for Linux name no system, and not all for FreeBSD do.
const LIBRARIES: [Package; 24] = [
    ("android-arm-eabi", "android", "arm"),
    ("android-arm64", "android", "arm64"),
    ("darwin-arm64", "darwin", "arm64"),
    ("darwin-x64", "darwin", "amd64"),
    ("freebsd-arm64", "", "arm64"),
    ("freebsd-x64", "freebsd", "amd64"),
    ("linux-arm-gnueabihf", "", "arm"),
    ("linux-arm-musleabihf", "", "arm"),
    ("linux-arm64-gnu", "", "arm64"),
    ("linux-arm64-musl", "", "arm64"),
    ("linux-loong64-gnu", "", "loong64"),
    ("linux-loong64-musl", "", "loong64"),
    ("linux-ppc64-gnu", "", "ppc64le"),
    ("linux-riscv64-gnu", "", "riscv64"),
    ("linux-riscv64-musl", "", "riscv64"),
    ("linux-s390x-gnu", "", "s390x"),
    ("linux-x64-gnu", "", "amd64"),
    ("linux-x64-musl", "", "amd64"),
    ("openbsd-x64", "openbsd", "amd64"),
    ("openharmony-arm64", "", "arm64"),
    ("win32-arm64-msvc", "windows", "arm64"),
    ("win32-ia32-msvc", "windows", "386"),
    ("win32-x64-gnu", "windows", "amd64"),
    ("win32-x64-msvc", "windows", "amd64"),
];

/// Fetches and unpacks all of them.
pub(super) fn specimens(folder: &Path) -> Outcome<Found> {
    let there = ["npm", "tar"].map(|name| Command::new(name).arg("--version").stdout(Stdio::null()).status());
    if there.iter().any(Result::is_err) {
        return Ok(Found::LeftOut("npm and tar are not there".into()));
    }
    fs::create_dir_all(folder)?;
    let mut specimens = Vec::new();
    for (platform, os, arch) in PROGRAMS {
        let file = if os == "windows" { "esbuild.exe" } else { "bin/esbuild" };
        let unpacked = unpacked(folder, &format!("@esbuild/{platform}@{ESBUILD}"))?;
        specimens.push(specimen(unpacked.join(file), format!("esbuild {ESBUILD}, {platform}"), "executable", os, arch));
    }
    for (platform, os, arch) in LIBRARIES {
        let unpacked = unpacked(folder, &format!("@rollup/rollup-{platform}@{ROLLUP}"))?;
        let file = unpacked.join(format!("rollup.{platform}.node"));
        specimens.push(specimen(file, format!("rollup {ROLLUP}, {platform}"), "shared-library", os, arch));
    }
    Ok(Found::Files(specimens))
}

/// The folder of a package's files.
fn unpacked(folder: &Path, package: &str) -> Outcome<PathBuf> {
    let place = folder.join(package.replace(['@', '/'], "_"));
    if !place.exists() {
        let partly = place.with_extension("partly");
        fs::create_dir_all(&partly)?;
        let mut pack = Command::new("npm");
        pack.args(["pack", "--silent", "--ignore-scripts", package]).current_dir(&partly);
        let archive = output(&mut pack)?;
        run(Command::new("tar").args(["-xzf", &archive]).current_dir(&partly))?;
        fs::rename(partly, &place)?;
    }
    Ok(place.join("package"))
}

fn specimen(path: PathBuf, origin: String, kind: &str, os: &str, arch: &str) -> Specimen {
    let mut truth = Facts::default();
    truth.say_arch(arch);
    truth.say(Fact::Kind, kind);
    if !os.is_empty() {
        truth.say(Fact::Os, os);
    }
    Specimen { path, origin, truth, unsaid: Vec::new() }
}
