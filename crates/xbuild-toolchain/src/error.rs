//! What can go wrong between a project and its Go, and the user's next step.

use std::io;

use camino::Utf8PathBuf;
use miette::Diagnostic;
use xbuild_content::Hash;
use xbuild_platform::HostPlatform;

use crate::candidate::{Candidate, listed};
use crate::{GoVersion, ModuleVersion};

/// Why there is no Go to build with, or no modules to build from.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[non_exhaustive]
pub enum ToolchainError {
    /// The machine has no such Go and there was no way to fetch it.
    #[error("there is no Go {version} for {host} on this machine")]
    #[diagnostic(code("xbuild::no-go"), help("{}", no_go_help(*version, why_not_fetched, seen)))]
    NoGo {
        /// What the project asks for.
        version: GoVersion,
        /// The machine.
        host: HostPlatform,
        /// Why it was not fetched.
        why_not_fetched: String,
        /// Every place that was looked at, and why its Go was not taken.
        seen: Vec<Candidate>,
    },
    /// The folder that `xbuild.kdl` names is not the Go that it asks for.
    #[error("`{location}` is not Go {version}")]
    #[diagnostic(code("xbuild::no-go"), help("{}; name the folder of a Go {version}, or leave the folder out", candidate.verdict))]
    NotAtLocation {
        /// The folder.
        location: Utf8PathBuf,
        /// What the project asks for.
        version: GoVersion,
        /// What is there.
        candidate: Box<Candidate>,
    },
    /// Parts of different releases in one folder.
    #[error("`{root}` mixes Go {version_file} and Go {reported}")]
    #[diagnostic(
        code("xbuild::mixed-go"),
        help(
            "VERSION says {version_file}, {program} says {reported}: two releases were unpacked or mounted over each other; \
             remove {root} and install one release, or take it off PATH"
        )
    )]
    MixedGo {
        /// The folder.
        root: Utf8PathBuf,
        /// What its `VERSION` file says.
        version_file: String,
        /// The program that says something else, relative to the folder.
        program: String,
        /// What it says.
        reported: String,
    },
    /// The download failed, or what came is not a toolchain.
    #[error("`{module}` could not be fetched")]
    #[diagnostic(code("xbuild::toolchain-fetch"), help("{detail}"))]
    Fetch {
        /// What was to be fetched.
        module: ModuleVersion,
        /// What the downloader said.
        detail: String,
    },
    /// The tree is not the one that the lock pins.
    #[error("{what} is not the Go that xbuild.lock pins")]
    #[diagnostic(
        code("xbuild::toolchain-drift"),
        help(
            "pinned {pinned}, found {found}; `xbuild lock --update go` pins what is published, after you know why it differs"
        )
    )]
    Drift {
        /// The module or folder.
        what: String,
        /// The pin: a tree digest or an h1 hash.
        pinned: String,
        /// What was found.
        found: String,
    },
    /// Without a Go, only a pin can say whether what a proxy serves is the real thing.
    #[error("`{module}` has no pin in xbuild.lock to check a download by")]
    #[diagnostic(
        code("xbuild::unpinned-toolchain"),
        help(
            "run `xbuild lock` on a machine with a Go and commit xbuild.lock, or install a Go from 1.21 on here: it checks \
             the download by its checksum database"
        )
    )]
    Unpinned {
        /// What was to be fetched.
        module: ModuleVersion,
    },
    /// A module of the project could not be fetched.
    #[error("the modules of `{root}` could not be fetched")]
    #[diagnostic(code("xbuild::module-fetch"), help("{detail}\n`--offline` builds from what is on this machine"))]
    ModuleFetch {
        /// The folder of `go.mod`.
        root: Utf8PathBuf,
        /// What Go said.
        detail: String,
    },
    /// A module is not what `go.sum` or the checksum database says it is.
    #[error("a module of `{root}` is not the one that its checksum names")]
    #[diagnostic(
        code("xbuild::module-checksum"),
        help("{detail}\nif you know why the module changed, remove its lines from go.sum and run `go mod tidy`")
    )]
    ModuleChecksum {
        /// The folder of `go.mod`.
        root: Utf8PathBuf,
        /// What Go said.
        detail: String,
    },
    /// A file or folder could not be read or written.
    #[error("`{path}` cannot be used")]
    #[diagnostic(code("xbuild::toolchain-file"))]
    File {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The listener asked to stop. Nothing half-written stays.
    #[error("stopped before the toolchain was there")]
    #[diagnostic(code("xbuild::interrupted"))]
    Interrupted,
}

impl ToolchainError {
    /// A file that cannot be used.
    pub(crate) fn file(path: impl Into<Utf8PathBuf>, source: io::Error) -> Self {
        Self::File { path: path.into(), source }
    }

    /// A download that came to nothing.
    pub(crate) fn fetch(module: &ModuleVersion, detail: impl Into<String>) -> Self {
        Self::Fetch { module: module.clone(), detail: detail.into() }
    }

    /// A tree that is not the pinned one.
    pub(crate) fn drifted_tree(what: impl Into<String>, pinned: Hash, found: Hash) -> Self {
        Self::Drift { what: what.into(), pinned: format!("blake3:{pinned}"), found: format!("blake3:{found}") }
    }
}

fn no_go_help(version: GoVersion, why_not_fetched: &str, seen: &[Candidate]) -> String {
    let ways = if version.is_language_only() {
        format!("Go {version} is a language version; write a release, such as {version}.0")
    } else {
        format!(
            "install Go {version}, or any Go from 1.21 on, which then fetches it; or set GOPROXY to a module proxy and pin \
             the toolchain with `xbuild lock` on a machine that has a Go"
        )
    };
    format!("{ways}\nnot fetched: {why_not_fetched}\n{}", listed(seen))
}
