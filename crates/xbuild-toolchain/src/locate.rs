//! The Go that a project names, on this machine: found, or fetched, or a reason why not.

use std::fmt;
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::Hash;
use xbuild_platform::HostPlatform;

use crate::candidate::{Candidate, Place, Verdict, judge, places};
use crate::fetch::{self, Record};
use crate::goroot::{Goroot, Mixture};
use crate::memo::Memo;
use crate::progress::Progress;
use crate::{Environment, GoVersion, ModuleVersion, ToolchainError};

/// Which Go is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoRequest {
    /// The release; no other one will do.
    pub version: GoVersion,
    /// The machine that it runs on.
    pub host: HostPlatform,
    /// The folder that `xbuild.kdl` names; then no other one is looked at, and nothing is fetched.
    pub location: Option<Utf8PathBuf>,
    /// What `xbuild.lock` knows of it.
    pub pin: Pin,
    /// Whether the network is out of bounds.
    pub offline: bool,
}

/// What fixes a Go's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pin {
    /// The tree digest. It alone decides whether a Go is the pinned one.
    pub tree: Option<Hash>,
    /// The `h1:` hash of the toolchain module's zip, for checking a download.
    pub h1: Option<String>,
}

/// A Go that is ready to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoToolchain {
    /// Its release.
    pub version: GoVersion,
    /// The machine that it runs on.
    pub host: HostPlatform,
    /// Its folder: `GOROOT`.
    pub root: Utf8PathBuf,
    /// Its `go` program, by full path.
    pub go: Utf8PathBuf,
    /// Its tree digest.
    pub tree: Hash,
    /// Where it came from.
    pub source: Source,
    /// The `h1:` hash of the zip that it came in, where xbuild fetched it.
    pub h1: Option<String>,
    /// What was looked at before it and not taken.
    pub passed_over: Vec<Candidate>,
}

impl GoToolchain {
    /// The module that publishes this release for this host: what the lock names as its source, wherever this copy came
    /// from.
    pub fn module(&self) -> ModuleVersion {
        ModuleVersion::toolchain(self.version, self.host)
    }
}

/// Where a Go came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It was on the machine.
    Installed(Place),
    /// xbuild fetched this module into its own cache.
    Module(ModuleVersion),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed(_) => f.write_str("installed"),
            Self::Module(module) => write!(f, "gomod:{module}"),
        }
    }
}

/// Finds the Go, or fetches it. With nothing changed since the last call with this memo, no process is started and no file
/// of the Go is read.
///
/// The first Go in [`crate::find_installed`]'s order that fits is taken. A mixed Go that claims the version and would have
/// come first is an error, not passed over: whoever runs `go` on that machine gets it.
///
/// # Errors
/// [`ToolchainError::NoGo`], [`ToolchainError::NotAtLocation`], [`ToolchainError::MixedGo`], and those of a fetch.
pub fn locate_go(
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
    memo: &dyn Memo,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<GoToolchain, ToolchainError> {
    let mut seen = Vec::new();
    for (place, root) in places(request, environment, cache) {
        let candidate = judge(request, place, &root, memo, progress)?;
        match candidate.verdict {
            Verdict::Fits { tree } => return Ok(toolchain(request, candidate.place, candidate.root, tree, seen)),
            Verdict::Mixed(mixture) if claims(&mixture, request.version) => return Err(mixed(candidate.root, mixture)),
            _ => seen.push(candidate),
        }
    }
    if request.location.is_some() {
        return Err(not_at_location(request, seen));
    }
    fetch::fetch(request, environment, cache, seen, memo, progress)
}

/// A Go that fits, as a value.
pub(crate) fn toolchain(
    request: &GoRequest,
    place: Place,
    root: Utf8PathBuf,
    tree: Hash,
    passed_over: Vec<Candidate>,
) -> GoToolchain {
    let record = if place == Place::Cache { Record::read(&root) } else { None };
    let source = match place {
        Place::Cache => Source::Module(ModuleVersion::toolchain(request.version, request.host)),
        place => Source::Installed(place),
    };
    GoToolchain {
        version: request.version,
        host: request.host,
        go: Goroot::at(&root).go(),
        root,
        tree,
        source,
        h1: record.and_then(|record| record.h1),
        passed_over,
    }
}

fn claims(mixture: &Mixture, version: GoVersion) -> bool {
    let version = version.to_string();
    mixture.version_file == version || mixture.reported == version
}

fn mixed(root: Utf8PathBuf, mixture: Mixture) -> ToolchainError {
    let Mixture { version_file, program, reported } = mixture;
    ToolchainError::MixedGo { root, version_file, program, reported }
}

/// The one folder that was named does not hold what was asked for.
fn not_at_location(request: &GoRequest, seen: Vec<Candidate>) -> ToolchainError {
    match seen.into_iter().next() {
        Some(Candidate { root, verdict: Verdict::Mixed(mixture), .. }) => mixed(root, mixture),
        Some(Candidate { root, verdict: Verdict::OtherTree { pinned, found }, .. }) => {
            ToolchainError::drifted_tree(format!("`{root}`"), pinned, found)
        }
        Some(candidate) => ToolchainError::NotAtLocation {
            location: candidate.root.clone(),
            version: request.version,
            candidate: Box::new(candidate),
        },
        None => ToolchainError::NoGo {
            version: request.version,
            host: request.host,
            why_not_fetched: "xbuild.kdl names a folder".to_owned(),
            seen: Vec::new(),
        },
    }
}
