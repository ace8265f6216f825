//! What kept the planner from knowing everything, each said once however many cells it touches.

use miette::Diagnostic;
use xbuild_store::StoreError;
use xbuild_toolchain::ToolchainError;

/// A fact that could not be had.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Fault {
    /// A toolchain is missing, or its modules are.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The toolchain could not say what goes into a target.
    #[error("`go list` cannot say what goes into {packages}")]
    #[diagnostic(code("xbuild::go-list"), help("run `go list -deps {packages}` in `{folder}` to see the same"))]
    Question {
        /// The packages that it was asked about.
        packages: String,
        /// Where it was asked.
        folder: String,
        /// Go's own words.
        #[source]
        said: Said,
    },
    /// A program that the file names is not there.
    #[error("toolchain `{name}` is not at `{path}`")]
    #[diagnostic(code("xbuild::tool-missing"), help("install it there, or change `path` of `toolchain {name}`"))]
    Tool {
        /// The toolchain's name.
        name: String,
        /// Where it was looked for.
        path: String,
    },
    /// A variable that a cell passes on is not set.
    #[error("`{name}` is not set, and a build passes it on")]
    #[diagnostic(code("xbuild::env-unset"), help("set it: `{name}=… xbuild build`, or remove it from the file"))]
    EnvUnset {
        /// The variable.
        name: String,
        /// Where the file asks for it.
        #[label("asked for here")]
        at: miette::SourceSpan,
    },
    /// The cache cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

/// What a tool printed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Said(pub(crate) String);

impl Fault {
    /// Whether it is about the machine (a tool, the network, the disk) and not about the project's own code.
    pub fn is_environment(&self) -> bool {
        !matches!(self, Self::Question { .. })
    }
}
