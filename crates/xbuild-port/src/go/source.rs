//! The head of a `.go` file: its package, and for which platforms it is built.

use std::sync::Arc;

use xbuild_platform::{Arch, Os, Platform};

use super::constraint::Expression;

/// What the head of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoFile {
    package: String,
    /// From the file's name.
    os: Option<Os>,
    arch: Option<Arch>,
    /// From `//go:build`.
    constraint: Option<Arc<Expression>>,
}

impl GoFile {
    /// Reads a file's first lines; `None` where no package clause is among them.
    pub fn read(name: &str, head: &str) -> Option<Self> {
        let mut constraint = None;
        let mut rest = head.trim_start_matches('\u{feff}').trim_start();
        loop {
            if let Some(comment) = rest.strip_prefix("//") {
                let (line, after) = comment.split_once('\n')?;
                if let Some(text) = line.strip_prefix("go:build ") {
                    constraint = Expression::parse(text);
                }
                rest = after.trim_start();
            } else if let Some(comment) = rest.strip_prefix("/*") {
                rest = comment.split_once("*/")?.1.trim_start();
            } else {
                break;
            }
        }
        let clause = rest.strip_prefix("package")?;
        let package = clause.trim_start();
        let end = package.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(package.len());
        let is_clause = clause.starts_with(char::is_whitespace) && end > 0;
        let (os, arch) = of_name(name);
        is_clause.then(|| Self { package: package[..end].to_owned(), os, arch, constraint: constraint.map(Arc::new) })
    }

    /// Whether it belongs to a program.
    pub fn is_main(&self) -> bool {
        self.package == "main"
    }

    /// Whether it is built for a platform, without cgo and without tags of its own.
    pub(crate) fn is_for(&self, platform: Platform) -> bool {
        self.os.is_none_or(|os| is_system(os.as_str(), platform.os()))
            && self.arch.is_none_or(|arch| arch == platform.arch())
            && self.constraint.as_ref().is_none_or(|constraint| constraint.holds(&|tag| has_tag(tag, platform)))
    }
}

/// `name_GOOS_GOARCH.go`, as Go reads it: what stands before the first `_` is never one.
fn of_name(name: &str) -> (Option<Os>, Option<Arch>) {
    let stem = name.strip_suffix(".go").unwrap_or(name);
    let words: Vec<&str> = stem.split('_').skip(1).collect();
    match words.as_slice() {
        [.., os, arch] if Os::from_name(os).is_some() && Arch::from_name(arch).is_some() => {
            (Os::from_name(os), Arch::from_name(arch))
        }
        [.., last] => (Os::from_name(last), Arch::from_name(last)),
        [] => (None, None),
    }
}

/// Whether a system counts as another: Android is a Linux, illumos a Solaris and iOS a Darwin, as Go has it.
fn is_system(word: &str, os: Os) -> bool {
    word == os.as_str() || matches!((word, os), ("linux", Os::Android) | ("solaris", Os::Illumos) | ("darwin", Os::Ios))
}

fn has_tag(tag: &str, platform: Platform) -> bool {
    let is_unix = !matches!(platform.os(), Os::Js | Os::Wasip1 | Os::Plan9 | Os::Windows);
    match tag {
        "unix" => is_unix,
        "gc" => true,
        _ if tag.starts_with("go1.") => true,
        _ => is_system(tag, platform.os()) || tag == platform.arch().as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, head: &str, expect: &[&str]) {
        let tried = ["linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "android/arm64"];
        let answer = GoFile::read(name, head).map(|file| {
            let fits = |text: &&&str| text.parse().is_ok_and(|platform| file.is_for(platform));
            (file.package.clone(), tried.iter().filter(fits).copied().collect::<Vec<_>>())
        });
        assert_eq!(answer, Some(("main".to_owned(), expect.to_vec())), "{name}: {head}");
    }

    const ALL: [&str; 5] = ["linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64", "android/arm64"];

    #[test]
    fn the_package_stands_behind_comments() {
        check("main.go", "// a\n\n/* b\n */\npackage main\n", &ALL);
        check("main.go", "\u{feff}package main; import \"os\"", &ALL);
        check(
            "main.go",
            "//go:build linux\n\n// Doc.\npackage main // it is",
            &["linux/amd64", "linux/arm64", "android/arm64"],
        );
        assert_eq!(GoFile::read("x.go", "// only a comment"), None);
        assert_eq!(GoFile::read("x.go", "packages main"), None);
        assert!(!GoFile::read("x.go", "package lib").expect("a package").is_main());
    }

    #[test]
    fn names_of_files_are_conditions() {
        check("main_windows.go", "package main", &["windows/amd64"]);
        check("main_linux_arm64.go", "package main", &["linux/arm64", "android/arm64"]);
        check("windows.go", "package main", &ALL);
        check("a_arm64.go", "package main", &["linux/arm64", "darwin/arm64", "android/arm64"]);
    }

    #[test]
    fn expressions_are_conditions() {
        check("a.go", "//go:build ignore\npackage main", &[]);
        check("a.go", "//go:build !windows && (amd64 || darwin)\npackage main", &["linux/amd64", "darwin/arm64"]);
        check(
            "a.go",
            "//go:build unix && go1.20 && !cgo\npackage main",
            &["linux/amd64", "linux/arm64", "darwin/arm64", "android/arm64"],
        );
    }
}
