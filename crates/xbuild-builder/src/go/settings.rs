//! What a cell of a `go` target asks for, placeholders filled in.

use std::collections::BTreeMap;

use xbuild_content::RelPath;
use xbuild_platform::Platform;

use crate::{Compiler, EnvEntry, Word};

/// The C side of a Go build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cgo {
    /// The C compiler.
    pub compiler: Compiler,
    /// `cgo-cflags`.
    pub cflags: Vec<Word>,
    /// `cgo-ldflags`.
    pub ldflags: Vec<Word>,
}

/// Everything that decides a Go build but the sources and the tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoSettings {
    /// The toolchain's name in the file.
    pub toolchain: String,
    /// The package path: `./cmd/app`.
    pub package: String,
    /// The artifact's file name.
    pub output: RelPath,
    /// Where it runs.
    pub platform: Platform,
    /// The folder that `go` starts in; `None` is the project's root.
    pub cwd: Option<RelPath>,
    /// `None` is `cgo #false`; the compiler is missing only where nobody chose one.
    pub cgo: Option<Option<Cgo>>,
    /// Build tags.
    pub tags: Vec<String>,
    /// Linker flags.
    pub ldflags: Vec<Word>,
    /// Compiler flags.
    pub gcflags: Vec<Word>,
    /// More flags of `go build`.
    pub flags: Vec<Word>,
    /// `trimpath`.
    pub trimpath: bool,
    /// `buildmode`; `None` is Go's own choice for the platform.
    pub buildmode: Option<String>,
    /// What the file sets, `GOFLAGS` included.
    pub env: BTreeMap<String, EnvEntry>,
    /// Names of variables whose values are secret.
    pub secrets: Vec<String>,
    /// More toolchains whose folders are on `PATH`.
    pub tools: Vec<String>,
    /// Whether the build may use the network.
    pub network: bool,
}
