//! Go's version numbers: which text is one, and which of two is newer.
//!
//! Go's spelling is not semver: `1.21rc2`, `1.21.0` (the first release since 1.21), `1.20` (the first release before it).
//! The order is that of Go's own `go/version` package: `1.21 < 1.21rc1 < 1.21rc2 < 1.21.0 < 1.21.1`.

use std::fmt;
use std::str::FromStr;

/// A release of Go, as a user writes it: `1.26.8`, `1.27rc1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GoVersion {
    major: u32,
    minor: u32,
    stage: Stage,
}

/// How far a minor version has come. The order of the variants is the order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Stage {
    Language,
    Beta(u32),
    Candidate(u32),
    Release(u32),
}

/// A text that is not a Go version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version of Go, such as 1.26.8 or 1.27rc1")]
pub struct VersionError {
    text: String,
}

impl GoVersion {
    /// The first Go that can fetch another one.
    pub(crate) const FIRST_WITH_TOOLCHAINS: Self = Self { major: 1, minor: 21, stage: Stage::Language };

    /// Whether this names a language version that was never released under that name: since Go 1.21 the first release
    /// of a line is `1.21.0`, and `1.21` alone names none.
    pub fn is_language_only(self) -> bool {
        self.stage == Stage::Language && (self.major, self.minor) >= (1, 21)
    }
}

impl FromStr for GoVersion {
    type Err = VersionError;

    /// Reads `1.26.8`, with or without `go` before it.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        parse(text.strip_prefix("go").unwrap_or(text)).ok_or_else(|| VersionError { text: text.to_owned() })
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        match self.stage {
            Stage::Language => Ok(()),
            Stage::Beta(number) => write!(f, "beta{number}"),
            Stage::Candidate(number) => write!(f, "rc{number}"),
            Stage::Release(patch) => write!(f, ".{patch}"),
        }
    }
}

fn parse(text: &str) -> Option<GoVersion> {
    let (major, rest) = number(text)?;
    let (minor, rest) = number(rest.strip_prefix('.')?)?;
    let stage = if rest.is_empty() {
        Stage::Language
    } else if let Some(rest) = rest.strip_prefix("beta") {
        Stage::Beta(last_number(rest)?)
    } else if let Some(rest) = rest.strip_prefix("rc") {
        Stage::Candidate(last_number(rest)?)
    } else {
        Stage::Release(last_number(rest.strip_prefix('.')?)?)
    };
    Some(GoVersion { major, minor, stage })
}

/// The decimal number at the start, and what follows it. A leading zero makes it another text, not the same number.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

fn last_number(text: &str) -> Option<u32> {
    number(text).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let answer = text.parse::<GoVersion>().ok().map(|version| version.to_string());
        assert_eq!(answer.as_deref(), expect, "{text}");
    }

    #[test]
    fn only_versions_of_go_are_read() {
        check("1.26.8", Some("1.26.8"));
        check("go1.26.8", Some("1.26.8"));
        check("1.27rc1", Some("1.27rc1"));
        check("1.4beta1", Some("1.4beta1"));
        check("1.21", Some("1.21"));
        for text in
            ["", "1", "1.", "1.26.", "1.26.8.1", "1.26.08", "v1.26.8", "1.26.8-fips", "1.27rc", "1.26 ", "latest"]
        {
            check(text, None);
        }
    }

    #[test]
    fn versions_have_gos_own_order() {
        let text = ["1.2", "1.20.14", "1.21", "1.21beta1", "1.21rc1", "1.21rc2", "1.21.0", "1.21.10", "1.100.0", "2.0"];
        let versions: Vec<GoVersion> = text.iter().map(|text| text.parse().expect("a version")).collect();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    }

    #[test]
    fn a_line_alone_was_never_released_since_1_21() {
        let language = |text: &str| text.parse::<GoVersion>().expect("a version").is_language_only();
        assert_eq!([language("1.20"), language("1.21"), language("1.21.0")], [false, true, false]);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(major in 0u32..3, minor: u32, kind in 0..4, last: u32) {
            let stage = [Stage::Language, Stage::Beta(last), Stage::Candidate(last), Stage::Release(last)][kind as usize];
            let version = GoVersion { major, minor, stage };
            prop_assert_eq!(version.to_string().parse(), Ok(version));
        }
    }
}
