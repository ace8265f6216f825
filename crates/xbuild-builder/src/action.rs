//! An action: one cacheable command with everything that may influence it.
//!
//! | in the key | not in the key |
//! | --- | --- |
//! | command words, places by name, stamps by value | paths of this machine |
//! | every variable, unset, empty and set being three things | where a variable's value came from |
//! | secret variables as hashes under this machine's key | secret values |
//! | the input tree: paths, bytes, executable bits, links | times, owners, other modes |
//! | the working folder inside the tree | clock, user, host name |
//! | declared outputs | the output folder |
//! | where an output is found that the command does not put into `{out}` | whether an input comes from a dependency |
//! | each tool's version and digest, each sysroot's digest | number of jobs |
//! | the exec platform, network, the timeout | isolation level (it is in the record) |
//!
//! The walk below is the only reader of an action for the key and for the explanation of the key.

use std::collections::{BTreeMap, BTreeSet};

use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Field, Hash, Key, RelPath, Tree};
use xbuild_platform::HostPlatform;

use crate::Word;

/// The key of an action.
pub type ActionKey = Key;

/// Who decided the value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvSource {
    /// xbuild, the same for every action.
    Policy,
    /// xbuild, from the cell's platform.
    Platform,
    /// xbuild, from the builder's settings.
    Builder,
    /// The file, at this place.
    File(xbuild_model::Origin),
    /// The user's environment, by the file's leave (`env-pass`).
    Passed(xbuild_model::Origin),
}

impl EnvSource {
    /// One word for JSON and tables.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Platform => "platform",
            Self::Builder => "builder",
            Self::File(_) => "file",
            Self::Passed(_) => "passed",
        }
    }
}

/// A variable that an action sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvEntry {
    /// Its value.
    pub value: Word,
    /// Who decided it.
    pub source: EnvSource,
}

/// What is known of a secret's value outside the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretValue {
    /// The value's hash under a key that only this machine has; `None` where the variable is not set here.
    pub keyed_hash: Option<Hash>,
}

/// A tool's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// The declared version.
    pub version: String,
    /// The digest of the whole toolchain (or of the one program).
    pub digest: Hash,
}

/// What an action needs of the machine that runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExecProperties {
    /// The platform that the tools were made for.
    pub platform: HostPlatform,
}

/// A command, its environment and its outputs, without the inputs and tools that only facts can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The program and its arguments.
    pub argv: Vec<Word>,
    /// The complete environment.
    pub env: BTreeMap<String, EnvEntry>,
    /// Where in the tree the command starts; `None` is its top.
    pub cwd: Option<RelPath>,
    /// The files (of a `command`, also folders) that it must leave in `{out}`.
    pub outputs: Vec<RelPath>,
    /// Where an output is found that the command cannot be told to put into `{out}`.
    pub elsewhere: BTreeMap<RelPath, Word>,
    /// Names of the toolchains that it uses.
    pub tools: Vec<String>,
    /// Whether it may use the network.
    pub network: bool,
}

/// A recipe and the facts that complete it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What to run.
    pub recipe: Recipe,
    /// Secret variables by name.
    pub secrets: BTreeMap<String, SecretValue>,
    /// What it may read: files of the project, and outputs of dependencies.
    pub inputs: Tree,
    /// Which of the inputs are outputs of dependencies: their bytes are in the cache and not in the project.
    pub borrowed: BTreeSet<RelPath>,
    /// The digests of the sysroots that it uses, by toolchain.
    pub sysroots: BTreeMap<String, Hash>,
    /// The tools by name.
    pub tools: BTreeMap<String, Tool>,
    /// What it needs of a machine.
    pub exec: ExecProperties,
    /// When it is given up, in seconds; `None` is never.
    pub timeout_seconds: Option<u32>,
}

const DOMAIN: &str = "xbuild action 1";

impl Action {
    /// What names this action in the cache.
    pub fn key(&self) -> ActionKey {
        canonical::key(DOMAIN, self)
    }

    /// The parts of the key, written down.
    pub fn explain(&self) -> Vec<Field> {
        canonical::explain(self)
    }
}

impl Canonical for Action {
    fn walk(&self, out: &mut Fields<'_>) {
        out.list("argv", self.recipe.argv.iter().map(Word::keyed));
        out.group("env", |out| {
            for (name, entry) in &self.recipe.env {
                out.text(name, entry.value.keyed());
            }
        });
        out.group("secret", |out| {
            for (name, secret) in &self.secrets {
                out.text(name, secret.keyed_hash.map_or_else(|| "unset".to_owned(), |hash| format!("hash {hash}")));
            }
        });
        out.text("cwd", self.recipe.cwd.as_ref().map_or(".", RelPath::as_str));
        out.list("output", &self.recipe.outputs);
        out.group("elsewhere", |out| {
            for (output, place) in &self.recipe.elsewhere {
                out.text(output, place.keyed());
            }
        });
        out.group("tool", |out| {
            for (name, tool) in &self.tools {
                out.text(name, format!("{} {}", tool.version, tool.digest));
            }
        });
        out.group("sysroot", |out| {
            for (name, digest) in &self.sysroots {
                out.text(name, digest.to_hex());
            }
        });
        out.text("exec", self.exec.platform.to_string());
        out.text("network", if self.recipe.network { "allowed" } else { "denied" });
        out.text("timeout", self.timeout_seconds.map_or_else(|| "none".to_owned(), |seconds| seconds.to_string()));
        out.group("input", |out| self.inputs.walk(out));
    }
}
