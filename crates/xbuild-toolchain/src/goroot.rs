//! One Go on disk, and whether its parts belong together.
//!
//! A container that mounts a folder over another, an archive unpacked over an older one or a copied `bin/go` give a mixed
//! Go: its `VERSION` file, its `go` program and its compiler are of different releases. Such a Go fails late and
//! strangely, or not at all, so all three are asked and must agree.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_platform::HostPlatform;

use crate::answers::{self, Answers};
use crate::memo::Memo;

/// A folder that may be a Go.
#[derive(Debug, Clone)]
pub(crate) struct Goroot {
    root: Utf8PathBuf,
}

/// What a folder turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whole {
    /// All parts are of this release, without `go` before it.
    Version(String),
    /// The parts differ.
    Mixed(Mixture),
    /// Programs for another machine.
    OtherHost(String),
    /// Not a Go, or not a whole one; why.
    Incomplete(String),
}

/// A Go whose parts are of different releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mixture {
    /// What the `VERSION` file says, without `go` before it.
    pub version_file: String,
    /// The program that says something else, relative to the root.
    pub program: String,
    /// What it says.
    pub reported: String,
}

impl Goroot {
    pub(crate) fn at(root: &Utf8Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The `go` program.
    pub(crate) fn go(&self) -> Utf8PathBuf {
        self.root.join("bin/go")
    }

    /// Looks at all parts. The programs are asked only where the memo does not know their answers.
    pub(crate) fn inspect(&self, host: HostPlatform, memo: &dyn Memo) -> Whole {
        let Ok(text) = std::fs::read_to_string(self.root.join("VERSION")) else {
            return Whole::Incomplete("it has no VERSION file".to_owned());
        };
        let Some(version) = version_line(&text) else {
            return Whole::Incomplete("its VERSION file does not start with a release of Go".to_owned());
        };
        let compiler = format!("pkg/tool/{}_{}/compile", host.os, host.arch);
        match answers::ask(&self.root, &compiler, memo) {
            Ok(answers) => judge(version, &answers, compiler, host),
            Err(reason) => Whole::Incomplete(reason),
        }
    }
}

/// The version in a `VERSION` file: its first word, `go1.26.8`.
fn version_line(text: &str) -> Option<&str> {
    text.split_whitespace().next()?.strip_prefix("go")
}

fn judge(version: &str, answers: &Answers, compiler: String, host: HostPlatform) -> Whole {
    let Some((go, platform)) = parse_go(&answers.go) else {
        return Whole::Incomplete(format!("bin/go calls itself `{}`", answers.go.trim()));
    };
    let mixed = |program: String, reported: &str| {
        Whole::Mixed(Mixture { version_file: version.to_owned(), program, reported: reported.to_owned() })
    };
    if go != version {
        return mixed("bin/go".to_owned(), go);
    }
    if platform != host.to_string() {
        return Whole::OtherHost(platform.to_owned());
    }
    match answers.compiler.as_deref().map(parse_compiler) {
        Some(Some(found)) if found == version => Whole::Version(version.to_owned()),
        Some(Some(found)) => mixed(compiler, found),
        Some(None) | None => Whole::Incomplete(format!("it has no working {compiler}")),
    }
}

/// `go version go1.26.8 X:name linux/amd64`: the version without `go`, and the platform.
fn parse_go(answer: &str) -> Option<(&str, &str)> {
    let (version, platform) = answer.trim().strip_prefix("go version ")?.rsplit_once(' ')?;
    Some((release(version), platform))
}

/// `compile version go1.26.8 X:name`: the version without `go`.
fn parse_compiler(answer: &str) -> Option<&str> {
    answer.trim().strip_prefix("compile version ").map(release)
}

/// `go1.26.8` is a release; anything else (`devel go1.27-…`) is named whole.
fn release(text: &str) -> &str {
    let first = text.split(' ').next().unwrap_or(text);
    first.strip_prefix("go").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: HostPlatform = HostPlatform { os: xbuild_platform::Os::Linux, arch: xbuild_platform::Arch::Amd64 };

    fn check(go: &str, compiler: Option<&str>, expect: &str) {
        let answers = Answers { go: go.to_owned(), compiler: compiler.map(str::to_owned) };
        let answer = match judge("1.26.8", &answers, "compile".to_owned(), HOST) {
            Whole::Version(version) => version,
            Whole::Mixed(Mixture { version_file, program, reported }) => {
                format!("VERSION {version_file}, {program} {reported}")
            }
            Whole::OtherHost(platform) => format!("for {platform}"),
            Whole::Incomplete(why) => why,
        };
        assert_eq!(answer, expect);
    }

    #[test]
    fn all_parts_must_say_the_same() {
        let compiler = Some("compile version go1.26.8\n");
        check("go version go1.26.8 linux/amd64\n", compiler, "1.26.8");
        check("go version go1.26.8 X:nodwarf5 linux/amd64\n", compiler, "1.26.8");
        check("go version go1.25.4 linux/amd64\n", compiler, "VERSION 1.26.8, bin/go 1.25.4");
        check("go version devel go1.27-abc Thu linux/amd64", compiler, "VERSION 1.26.8, bin/go devel go1.27-abc Thu");
        check("go version go1.26.8 linux/arm64\n", compiler, "for linux/arm64");
        check("go version go1.26.8 linux/amd64\n", Some("compile version go1.25.4"), "VERSION 1.26.8, compile 1.25.4");
        check("go version go1.26.8 linux/amd64\n", None, "it has no working compile");
        check("Python 3.12\n", None, "bin/go calls itself `Python 3.12`");
    }

    #[test]
    fn the_version_is_the_first_word() {
        assert_eq!(version_line("go1.26.8\ntime 2026-08-28T16:20:06Z\n"), Some("1.26.8"));
        assert_eq!(version_line("devel go1.27"), None);
        assert_eq!(version_line(""), None);
    }
}
