//! What a lock holds, sorted by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A whole lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Pins of toolchains, one for each kind of host.
    pub toolchains: BTreeMap<ToolchainId, ToolchainPin>,
    /// Every cell that the profiles expand to, by id.
    pub artifacts: BTreeMap<String, ArtifactState>,
}

/// Which toolchain on which host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToolchainId {
    /// `NAME@VERSION`.
    pub name: String,
    /// The host's platform: `linux/amd64`.
    pub host: String,
}

impl fmt::Display for ToolchainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.name, self.host)
    }
}

/// What a toolchain must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolchainPin {
    /// Where it can be had: `gomod:MODULE@VERSION`.
    pub source: Option<String>,
    /// Go's hash of the module.
    pub h1: Option<String>,
    /// The digest of its tree: `blake3:HEX`.
    pub tree: String,
}

/// A cell that was built, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactState {
    /// Never built.
    Pending,
    /// Built, with what follows.
    Built(Artifact),
}

/// How an artifact was made and what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Artifact {
    /// The builder's name.
    pub builder: String,
    /// The toolchains, as `NAME@VERSION`.
    pub toolchains: BTreeSet<String>,
    /// The command, with places and stamps by name.
    pub argv: Vec<String>,
    /// The complete environment, likewise.
    pub env: BTreeMap<String, String>,
    /// Names of variables whose values are secret.
    pub secret_env: BTreeSet<String>,
    /// The smoke run that was passed; in what a run found out, the one that the file asks for.
    pub smoke: Option<Smoke>,
    /// What it left, by path; one output has no path.
    pub outputs: BTreeMap<Option<String>, Output>,
}

/// A smoke run: nothing in it depends on the machine that it was passed on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Smoke {
    /// The arguments, with places and stamps by name.
    pub arguments: Vec<String>,
    /// The exit code.
    pub exit: u8,
}

impl fmt::Display for Smoke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arguments.iter().try_for_each(|argument| write!(f, "{argument} "))?;
        write!(f, "exit={}", self.exit)
    }
}

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// What its bytes prove; `None` for a file that is no binary.
    pub verified: Option<Verified>,
    /// What it was at a release.
    pub release: Option<Release>,
}

/// Facts, in the order of printing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Name and value.
    pub facts: Vec<(String, Vec<Value>)>,
}

/// A value of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Printed in quotes.
    Text(String),
    /// Printed as it is.
    Number(i128),
    /// `#true` or `#false`.
    Bool(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
        }
    }
}

/// The bytes of a release, and the inputs that they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The key of the inputs, as `blake3:HEX`.
    pub inputs: String,
    /// The bytes' BLAKE3, in hexadecimal digits.
    pub blake3: String,
    /// The bytes' SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
}
