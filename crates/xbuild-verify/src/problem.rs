//! What can be wrong with a file whatever was promised of it: a code, a sentence, and how much it matters.
//!
//! A difference from a promise is not a problem of the file; that is [`crate::Mismatch`].

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

/// Something wrong in the bytes. `Display` is the sentence for people; JSON has it as `message`, beside the values in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Deserialize)]
#[serde(tag = "code")]
pub enum Problem {
    /// A part that must be there ends behind the end of the file.
    #[error("{what} ends at byte {end}, the file at {size}")]
    #[serde(rename = "xbuild::truncated")]
    Truncated {
        /// The part.
        what: String,
        /// Where it would end.
        end: u64,
        /// Where the file ends.
        size: u64,
    },
    /// A part that breaks its format's rules.
    #[error("{what}")]
    #[serde(rename = "xbuild::malformed")]
    Malformed {
        /// What is wrong, as a sentence.
        what: String,
    },
    /// A section table that cannot be read. Linux does not look at it, and stripping may remove it.
    #[error("{what}; the program may still run, but symbols and sections are unknown")]
    #[serde(rename = "xbuild::damaged-sections")]
    DamagedSections {
        /// What is wrong.
        what: String,
    },
    /// Two places in the file that cannot both be right.
    #[error("{first_source} says {first}, {second_source} says {second}")]
    #[serde(rename = "xbuild::contradiction")]
    Contradiction {
        /// What they disagree about: `architecture`, `operating system`.
        field: Cow<'static, str>,
        /// Where the first value stands.
        first_source: String,
        /// The first value.
        first: String,
        /// Where the second value stands.
        second_source: String,
        /// The second value.
        second: String,
    },
    /// A static library with objects for several architectures.
    #[error("the members are for several architectures: {}", found.join(", "))]
    #[serde(rename = "xbuild::mixed-architectures")]
    MixedArchitectures {
        /// Each architecture, with one member of it.
        found: Vec<String>,
    },
    /// A program for macOS on arm64 without a code signature.
    #[error("no code signature: macOS on arm64 kills the program at start")]
    #[serde(rename = "xbuild::unsigned")]
    Unsigned,
    /// A program for macOS without `LC_UUID`.
    #[error("no LC_UUID: macOS 26 does not start the program")]
    #[serde(rename = "xbuild::no-uuid")]
    NoUuid,
    /// A level in Go's build info that Go does not know. Its compiler stamps it and builds the baseline.
    #[error("{variable}={value} is not a level that Go knows: it stamps the value and builds the baseline")]
    #[serde(rename = "xbuild::go-level")]
    GoLevel {
        /// `GOARM`, `GOAMD64`, …
        variable: Cow<'static, str>,
        /// The stamped value.
        value: String,
    },
    /// More entries of one kind than are read.
    #[error("more than {most} {what}; the rest was not read")]
    #[serde(rename = "xbuild::too-many")]
    TooMany {
        /// The entries.
        what: Cow<'static, str>,
        /// How many were read.
        most: usize,
    },
}

impl Problem {
    /// The diagnostic's code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "xbuild::truncated",
            Self::Malformed { .. } => "xbuild::malformed",
            Self::DamagedSections { .. } => "xbuild::damaged-sections",
            Self::Contradiction { .. } => "xbuild::contradiction",
            Self::MixedArchitectures { .. } => "xbuild::mixed-architectures",
            Self::Unsigned => "xbuild::unsigned",
            Self::NoUuid => "xbuild::no-uuid",
            Self::GoLevel { .. } => "xbuild::go-level",
            Self::TooMany { .. } => "xbuild::too-many",
        }
    }

    /// Whether the file is unfit whatever was promised; the others are warnings.
    pub const fn is_error(&self) -> bool {
        !matches!(self, Self::DamagedSections { .. } | Self::NoUuid | Self::GoLevel { .. } | Self::TooMany { .. })
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code())?;
        map.serialize_entry("message", &self.to_string())?;
        match self {
            Self::Truncated { what, end, size } => {
                map.serialize_entry("what", what)?;
                map.serialize_entry("end", end)?;
                map.serialize_entry("size", size)?;
            }
            Self::Malformed { what } | Self::DamagedSections { what } => map.serialize_entry("what", what)?,
            Self::Contradiction { field, first_source, first, second_source, second } => {
                map.serialize_entry("field", field)?;
                map.serialize_entry("first_source", first_source)?;
                map.serialize_entry("first", first)?;
                map.serialize_entry("second_source", second_source)?;
                map.serialize_entry("second", second)?;
            }
            Self::MixedArchitectures { found } => map.serialize_entry("found", found)?,
            Self::Unsigned | Self::NoUuid => {}
            Self::GoLevel { variable, value } => {
                map.serialize_entry("variable", variable)?;
                map.serialize_entry("value", value)?;
            }
            Self::TooMany { what, most } => {
                map.serialize_entry("what", what)?;
                map.serialize_entry("most", most)?;
            }
        }
        map.end()
    }
}
