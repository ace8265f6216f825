//! Where a Go may be on this machine, and why each one was or was not taken.
//!
//! `xbuild doctor` shows the whole list; [`crate::locate_go`] walks it until one fits. Nothing is chosen by its place: a
//! Go is taken for its version, its wholeness and its tree, and the order only says which of several is asked first.

use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::Hash;

use crate::fetch::{Record, cache_entry};
use crate::goroot::{Goroot, Mixture, Whole};
use crate::locate::GoRequest;
use crate::memo::Memo;
use crate::progress::{Listener, Progress};
use crate::tree::go_tree_digest;
use crate::{Environment, GoVersion, ModuleVersion, ToolchainError};

/// How a Go was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `xbuild.kdl` names the folder.
    Location,
    /// A `go` in a folder of `PATH`.
    Path,
    /// The variable `GOROOT`.
    Goroot,
    /// A folder that installers use.
    WellKnown,
    /// `~/sdk`, where `golang.org/dl` puts them.
    Sdk,
    /// The user's module cache, where Go's own toolchain switching puts them.
    ModuleCache,
    /// xbuild's own cache.
    Cache,
}

/// A folder that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The folder, links resolved.
    pub root: Utf8PathBuf,
    /// How it was found.
    pub place: Place,
    /// What was seen.
    pub verdict: Verdict,
}

/// Whether a Go can be taken, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The release that was asked for, whole, and the pinned tree where one is pinned.
    Fits {
        /// Its tree digest.
        tree: Hash,
    },
    /// A whole Go of another release.
    OtherVersion {
        /// Which, without `go` before it.
        version: String,
    },
    /// Parts of different releases.
    Mixed(Mixture),
    /// The release, but not the tree that the lock pins.
    OtherTree {
        /// The pinned digest.
        pinned: Hash,
        /// The digest of this one.
        found: Hash,
    },
    /// Its programs are for another kind of machine.
    OtherHost {
        /// Which, as `os/arch`.
        platform: String,
    },
    /// xbuild's own copy was changed since it was fetched.
    Damaged,
    /// No Go, or not a whole one.
    Incomplete {
        /// What is missing.
        reason: String,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fits { .. } => f.write_str("fits"),
            Self::OtherVersion { version } => write!(f, "it is Go {version}"),
            Self::Mixed(Mixture { version_file, program, reported }) => {
                write!(f, "it is mixed: VERSION says {version_file}, {program} says {reported}")
            }
            Self::OtherTree { pinned, found } => {
                write!(f, "its tree is {}, xbuild.lock pins {}", found.short(), pinned.short())
            }
            Self::OtherHost { platform } => write!(f, "it is made for {platform}"),
            Self::Damaged => f.write_str("it was changed after xbuild fetched it"),
            Self::Incomplete { reason } => f.write_str(reason),
        }
    }
}

impl Candidate {
    /// Whether this Go is whole and new enough to fetch another one. `asked` is the release that it was judged by.
    pub(crate) fn can_fetch(&self, asked: GoVersion) -> bool {
        let version = match &self.verdict {
            Verdict::OtherVersion { version } => version.parse().ok(),
            Verdict::Fits { .. } | Verdict::OtherTree { .. } => Some(asked),
            _ => None,
        };
        version.is_some_and(|version: GoVersion| version >= GoVersion::FIRST_WITH_TOOLCHAINS)
    }
}

/// The candidates as lines for a message.
pub(crate) fn listed(seen: &[Candidate]) -> String {
    if seen.is_empty() {
        return "no Go was found in PATH, GOROOT and the usual folders".to_owned();
    }
    let lines: Vec<String> = seen.iter().map(|one| format!("looked at {}: {}", one.root, one.verdict)).collect();
    lines.join("\n")
}

/// Everything that may be a Go on this machine, in the order of preference, each with its verdict. The first that fits is
/// the one that [`crate::locate_go`] takes.
///
/// # Errors
/// Only [`ToolchainError::Interrupted`]; a folder that cannot be read is a verdict.
pub fn find_installed(
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
    memo: &dyn Memo,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Vec<Candidate>, ToolchainError> {
    let judge = |(place, root): (Place, Utf8PathBuf)| judge(request, place, &root, memo, progress);
    places(request, environment, cache).map(judge).collect()
}

/// The folders to look at, each once, links resolved.
pub(crate) fn places(
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
) -> impl Iterator<Item = (Place, Utf8PathBuf)> {
    let all = match &request.location {
        Some(location) => vec![(Place::Location, location.clone())],
        None => everywhere(request, environment, cache),
    };
    let mut seen = HashSet::new();
    all.into_iter().filter_map(move |(place, root)| {
        let root = if place == Place::Location { root } else { root.canonicalize_utf8().ok()? };
        seen.insert(root.clone()).then_some((place, root))
    })
}

fn everywhere(request: &GoRequest, environment: &Environment, cache: &Utf8Path) -> Vec<(Place, Utf8PathBuf)> {
    let mut all = Vec::new();
    all.extend(environment.path().filter_map(root_of_go).map(|root| (Place::Path, root)));
    all.extend(environment.get("GOROOT").map(|root| (Place::Goroot, Utf8PathBuf::from(root))));
    all.extend(well_known(environment).into_iter().map(|root| (Place::WellKnown, root)));
    let sdk = environment.home().map(|home| children(&home.join("sdk"), "go")).unwrap_or_default();
    all.extend(sdk.into_iter().map(|root| (Place::Sdk, root)));
    let module = ModuleVersion::toolchain(request.version, request.host);
    let modules = environment.go_module_cache().map(|modules| modules.join(module.to_string()));
    all.extend(modules.map(|root| (Place::ModuleCache, root)));
    all.push((Place::Cache, cache_entry(cache, request.version, request.host)));
    all
}

/// The folder that a `go` in a folder of `PATH` belongs to: two above the file that it leads to.
fn root_of_go(folder: &Utf8Path) -> Option<Utf8PathBuf> {
    let go = folder.join("go").canonicalize_utf8().ok().filter(|go| go.is_file())?;
    Some(go.parent()?.parent()?.to_owned())
}

/// Where Go's installer, distributions, Homebrew and snap put a Go.
fn well_known(environment: &Environment) -> Vec<Utf8PathBuf> {
    const FOLDERS: [&str; 5] =
        ["usr/local/go", "usr/lib/go", "usr/lib/golang", "opt/homebrew/opt/go/libexec", "snap/go/current"];
    let mut all = FOLDERS.map(|folder| environment.system(folder)).to_vec();
    all.extend(children(&environment.system("usr/lib"), "go-"));
    all
}

/// The folders below `folder` whose name starts so, newest name first.
fn children(folder: &Utf8Path, start: &str) -> Vec<Utf8PathBuf> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let mut all: Vec<Utf8PathBuf> =
        entries.filter(|entry| entry.file_name().starts_with(start)).map(|entry| entry.path().to_owned()).collect();
    all.sort();
    all.reverse();
    all
}

/// Looks at one folder.
pub(crate) fn judge(
    request: &GoRequest,
    place: Place,
    root: &Utf8Path,
    memo: &dyn Memo,
    progress: Listener<'_>,
) -> Result<Candidate, ToolchainError> {
    let verdict = match Goroot::at(root).inspect(request.host, memo) {
        Whole::Version(version) if version != request.version.to_string() => Verdict::OtherVersion { version },
        Whole::Version(_) => judge_tree(request, place, root, memo, progress)?,
        Whole::Mixed(mixture) => Verdict::Mixed(mixture),
        Whole::OtherHost(platform) => Verdict::OtherHost { platform },
        Whole::Incomplete(reason) => Verdict::Incomplete { reason },
    };
    Ok(Candidate { root: root.to_owned(), place, verdict })
}

fn judge_tree(
    request: &GoRequest,
    place: Place,
    root: &Utf8Path,
    memo: &dyn Memo,
    progress: Listener<'_>,
) -> Result<Verdict, ToolchainError> {
    if root.join("src/_go.mod").exists() && !root.join("src/go.mod").exists() {
        return Ok(Verdict::Incomplete { reason: "it was unpacked but never set up by Go".to_owned() });
    }
    let found = match go_tree_digest(root, memo, progress) {
        Ok(found) => found,
        Err(ToolchainError::File { path, source }) => {
            return Ok(Verdict::Incomplete { reason: format!("`{path}` cannot be read: {source}") });
        }
        Err(error) => return Err(error),
    };
    let damaged = place == Place::Cache && Record::read(root).is_none_or(|record| record.tree != found.to_hex());
    Ok(match request.pin.tree {
        _ if damaged => Verdict::Damaged,
        Some(pinned) if pinned != found => Verdict::OtherTree { pinned, found },
        _ => Verdict::Fits { tree: found },
    })
}
