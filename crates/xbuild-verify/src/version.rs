//! A version of an interface: glibc's `2.34`, macOS's `12.0`; ordered by number, not by text.
//!
//! Not for toolchains: `go1.26.8` is a name, and nothing here compares names.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How many numbers a version has at most (`10.15.7.1`).
const MOST_PARTS: usize = 4;

/// One to four numbers between dots. `12` and `12.0` are equal and print as they were written.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    parts: [u32; MOST_PARTS],
    written: usize,
}

impl Version {
    /// The version of these numbers; more than four are cut.
    pub fn new(numbers: &[u32]) -> Self {
        let mut parts = [0; MOST_PARTS];
        let written = numbers.len().clamp(1, MOST_PARTS);
        for (part, number) in parts.iter_mut().zip(numbers) {
            *part = *number;
        }
        Self { parts, written }
    }

    /// Two numbers, and a third where it is not zero, as Apple writes its versions.
    pub(crate) fn short(major: u32, minor: u32, patch: u32) -> Self {
        if patch == 0 { Self::new(&[major, minor]) } else { Self::new(&[major, minor, patch]) }
    }
}

/// A text that is not one to four numbers between dots.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a version: one to four numbers between dots")]
pub struct VersionError {
    text: String,
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let error = || VersionError { text: text.to_owned() };
        let numbers = text.split('.').map(number).collect::<Option<Vec<u32>>>().ok_or_else(error)?;
        if numbers.len() > MOST_PARTS { Err(error()) } else { Ok(Self::new(&numbers)) }
    }
}

/// Digits alone: `u32::from_str` would take a sign.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.parts[0])?;
        self.parts[1..self.written].iter().try_for_each(|part| write!(f, ".{part}"))
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn order_is_by_number() {
        assert!(version("2.9") < version("2.34"));
        assert!(version("2.2.5") > version("2.2"));
        assert_eq!(version("12"), version("12.0"));
        assert_eq!(version("12.0").to_string(), "12.0");
        assert_eq!(version("12").to_string(), "12");
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in ["", ".", "2.", "2.x", "+2", "1.2.3.4.5", "v2", "99999999999"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
