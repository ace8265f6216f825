//! `go.mod`: the module's path, and which Go it asks for.

use semver::Version;

/// A module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GoModule {
    /// Where its `go.mod` is; empty at the top.
    pub(crate) folder: String,
    /// `module PATH`.
    pub(crate) path: String,
    go: Option<String>,
    toolchain: Option<String>,
}

/// The newest Go that this xbuild was tried with: named where no `go.mod` says which one.
const NEWEST: &str = "1.26.8";

/// The exact Go for a file, and why that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toolchain {
    pub(crate) version: String,
    pub(crate) why: String,
}

impl GoModule {
    /// Reads a `go.mod`.
    pub(crate) fn read(folder: &str, text: &str) -> Self {
        let line = |word: &str| {
            let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            lines.map(str::split_whitespace).find_map(|mut words| {
                (words.next() == Some(word)).then(|| words.next().map(|word| word.trim_matches('"').to_owned()))?
            })
        };
        let path = line("module").unwrap_or_default();
        Self { folder: folder.to_owned(), path, go: line("go"), toolchain: line("toolchain") }
    }

    /// What `go build` calls the program of its own folder: the last part of its path, without a major version.
    pub(crate) fn program(&self) -> String {
        let mut parts = self.path.rsplit('/');
        let is_major = |part: &str| {
            part.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        let last = parts.next().unwrap_or_default();
        if is_major(last) { parts.next().unwrap_or(last).to_owned() } else { last.to_owned() }
    }

    /// The line that decides, and the release that it names.
    fn wanted(&self) -> Option<(String, Release)> {
        let toolchain = self.toolchain.as_deref().and_then(|word| word.strip_prefix("go"));
        let lines = [("toolchain go", toolchain), ("go ", self.go.as_deref())];
        let releases = lines.into_iter().filter_map(|(word, version)| {
            let version = version?;
            Some((format!("{word}{version}"), Release::parse(version)?))
        });
        // The newer of the two holds, as Go has it; the same one is named by the toolchain's line.
        releases.reduce(|one, other| if other.1.order > one.1.order { other } else { one })
    }
}

/// A release that a `go.mod` names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Release {
    /// As xbuild writes it.
    version: String,
    order: Version,
    is_line: bool,
}

impl Release {
    /// `1.22`, `1.22.3`, `1.27rc1`, and what stands behind a dash of one's own.
    fn parse(text: &str) -> Option<Self> {
        let text = text.split(['-', '+']).next()?;
        let (numbers, candidate) = match text.find(|c: char| c.is_ascii_alphabetic()) {
            Some(at) => (&text[..at], Some(&text[at..])),
            None => (text, None),
        };
        let parts: Vec<u64> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (major, minor, patch) = match parts.as_slice() {
            [major, minor] => (*major, *minor, None),
            [major, minor, patch] => (*major, *minor, Some(*patch)),
            _ => return None,
        };
        let mut order = Version::new(major, minor, patch.unwrap_or(0));
        if let Some(candidate) = candidate {
            order.pre = semver::Prerelease::new(candidate).ok()?;
            return Some(Self { version: text.to_owned(), order, is_line: false });
        }
        Some(Self { version: order.to_string(), order, is_line: patch.is_none() })
    }
}

/// The one Go for all modules: the newest that one of them asks for.
pub(crate) fn toolchain(modules: &[GoModule]) -> Toolchain {
    let wanted = modules.iter().filter_map(|module| Some((module, module.wanted()?)));
    let newest = wanted.reduce(|one, other| if other.1.1.order > one.1.1.order { other } else { one });
    let Some((module, (line, release))) = newest else {
        let why = "No go.mod says which Go: this is the newest that this xbuild was tried with.";
        return Toolchain { version: NEWEST.to_owned(), why: why.to_owned() };
    };
    let file = if module.folder.is_empty() { "go.mod".to_owned() } else { format!("{}/go.mod", module.folder) };
    if release.order < Version::new(1, 21, 0) {
        let why =
            format!("{file} says `{line}`, which names no release: this is the newest that xbuild was tried with.");
        return Toolchain { version: NEWEST.to_owned(), why };
    }
    let why = if release.is_line {
        format!("From `{line}` in {file}: the first release of that line. A newer one builds it too.")
    } else {
        format!("From `{line}` in {file}.")
    };
    Toolchain { version: release.version, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, version: &str, line: &str) {
        let module = GoModule::read("", text);
        let answer = toolchain(&[module]);
        assert_eq!(answer.version, version, "{text}");
        assert!(answer.why.contains(line), "{}", answer.why);
    }

    #[test]
    fn the_newer_line_names_the_release() {
        check("module m\n\ngo 1.24.2\n", "1.24.2", "`go 1.24.2`");
        check("module m\ngo 1.22.0\ntoolchain go1.23.4\n", "1.23.4", "`toolchain go1.23.4`");
        check("module m\ngo 1.24.0\ntoolchain go1.23.4\n", "1.24.0", "`go 1.24.0`");
        check("module m\ngo 1.24.0 // why\ntoolchain default\n", "1.24.0", "`go 1.24.0`");
        check("module m\ngo 1.24.0\ntoolchain go1.24.5-ours\n", "1.24.5", "`toolchain go1.24.5-ours`");
    }

    #[test]
    fn a_line_of_releases_stands_for_its_first() {
        check("module m\ngo 1.22\n", "1.22.0", "the first release of that line");
        check("module m\ngo 1.27rc1\n", "1.27rc1", "`go 1.27rc1`");
    }

    #[test]
    fn what_names_no_release_gets_the_newest() {
        check("module m\n", NEWEST, "No go.mod says");
        check("module m\ngo 1.16\n", NEWEST, "`go 1.16`");
        check("module m\ngo one\n", NEWEST, "No go.mod says");
    }

    #[test]
    fn programs_are_named_as_go_names_them() {
        let program = |path: &str| GoModule::read("", &format!("module {path}\n")).program();
        assert_eq!(program("example.com/tools/hub"), "hub");
        assert_eq!(program("example.com/hub/v2"), "hub");
        assert_eq!(program("\"example.com/hub\""), "hub");
        assert_eq!(program("v2"), "v2");
    }
}
