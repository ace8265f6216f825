//! What kept the planner from knowing everything, each said once however many cells it touches.

use miette::Diagnostic;
use xbuild_plan::Reason;
use xbuild_platform::HostPlatform;
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
    /// A toolchain that only its place can tell is declared without one.
    #[error("`toolchain {name}` does not say where it is")]
    #[diagnostic(
        code("xbuild::tool-missing"),
        help("write `toolchain {name} \"{version}\" kind={kind} path=\"PROGRAM\"`, or `root=\"FOLDER\"`")
    )]
    NoPlace {
        /// The toolchain's name.
        name: String,
        /// Its version.
        version: String,
        /// Its kind.
        kind: &'static str,
    },
    /// No folder of this machine holds the toolchain.
    #[error("there is no {kind} {version} for {host} on this machine")]
    #[diagnostic(
        code("xbuild::tool-missing"),
        help("put it on PATH, or name its folder: `toolchain {name} \"{version}\" … root=\"FOLDER\"`\n{seen}")
    )]
    NotFound {
        /// The toolchain's name.
        name: String,
        /// Its kind.
        kind: &'static str,
        /// What the file asks for.
        version: String,
        /// The machine.
        host: HostPlatform,
        /// What was looked at.
        seen: String,
    },
    /// The toolchain at its place is another one.
    #[error("toolchain `{name}` at `{path}` is {found}, not {version}")]
    #[diagnostic(code("xbuild::other-version"), help("name the folder of {version}, or change the version"))]
    OtherVersion {
        /// The toolchain's name.
        name: String,
        /// Where it is.
        path: String,
        /// What it says it is.
        found: String,
        /// What the file asks for.
        version: String,
    },
    /// A program that this machine cannot start.
    #[error("toolchain `{name}` at `{path}` is {found}; this machine is {host}")]
    #[diagnostic(
        code("xbuild::wrong-tool"),
        help("install the one for {host}, or change the place of `toolchain {name}`")
    )]
    WrongTool {
        /// The toolchain's name.
        name: String,
        /// Where it is.
        path: String,
        /// What it is.
        found: String,
        /// What would start.
        host: HostPlatform,
    },
    /// A sysroot is not there.
    #[error("the sysroot of `{name}` is not at `{path}`")]
    #[diagnostic(code("xbuild::sysroot-missing"), help("install it there, or change `sysroot` of `cc {name}`"))]
    Sysroot {
        /// The toolchain whose sysroot it is.
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

/// Why something is not known: the reason for the cell, and the fault to report where it is the machine's.
pub(crate) type Failed = Box<(Reason, Option<Fault>)>;

/// Keeps a fault to report, once however many cells have it.
pub(crate) fn told((reason, fault): (Reason, Option<Fault>), faults: &mut Vec<Fault>) -> Reason {
    let new = fault.filter(|fault| !faults.iter().any(|known| known.to_string() == fault.to_string()));
    faults.extend(new);
    reason
}

/// What this xbuild cannot do, which is nobody's fault.
pub(crate) fn unsupported(package: &str, detail: String) -> Failed {
    Box::new((Reason::Unsupported { what: package.to_owned(), detail }, None))
}
