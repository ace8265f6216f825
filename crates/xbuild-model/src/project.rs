//! The declarations of a project: toolchains, profiles, axes and targets.

use xbuild_platform::Platform;

use crate::{AxisValue, Exclude, Layer, Name, Origin, Spanned, Template};

/// A whole `xbuild.kdl`, names resolved, in the file's order.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// `project NAME`; where absent, the caller takes the folder's name.
    pub name: Option<Spanned<Name>>,
    /// `project … version="…"`.
    pub version: Option<Spanned<String>>,
    /// The declared toolchains.
    pub toolchains: Vec<Toolchain>,
    /// The declared profiles.
    pub profiles: Vec<Profile>,
    /// The declared axes.
    pub axes: Vec<Axis>,
    /// The `defaults` block; empty where absent.
    pub defaults: Layer,
    /// The `exclude` rules at the top, which apply to every target.
    pub excludes: Vec<Exclude>,
    /// The declared targets.
    pub targets: Vec<Target>,
    /// Something at the top could not be read at all (a misspelt declaration): a name that nobody declares may be its.
    pub poisoned: bool,
}

/// What kind of tools a toolchain holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ToolchainKind {
    /// The Go distribution.
    Go,
    /// rustc and cargo.
    Rust,
    /// zig, as a compiler and as a C compiler.
    Zig,
    /// A C compiler for one platform.
    Cc,
    /// Any other program.
    Tool,
}

impl ToolchainKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Go, Self::Rust, Self::Zig, Self::Cc, Self::Tool];

    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Zig => "zig",
            Self::Cc => "cc",
            Self::Tool => "tool",
        }
    }
}

/// Where a toolchain is said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// `path="…"`: one program. Relative paths start at the project's root.
    Path(Spanned<String>),
    /// `root="…"`: a folder.
    Root(Spanned<String>),
}

/// `toolchain NAME "VERSION" kind=… path=… | root=…`.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The name that targets use.
    pub name: Spanned<Name>,
    /// The kind; the name where it is not written.
    pub kind: ToolchainKind,
    /// The exact version, as written.
    pub version: Spanned<String>,
    /// Where it is; `None` means that xbuild finds or fetches it.
    pub location: Option<Location>,
}

/// `profile NAME PLATFORM… default=#true { settings }`.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name.
    pub name: Spanned<Name>,
    /// The platforms, in the file's order.
    pub platforms: Vec<Spanned<Platform>>,
    /// Whether it is selected where the command line names no profile.
    pub default: bool,
    /// Its settings.
    pub layer: Layer,
    /// A platform of it could not be read.
    pub poisoned: bool,
}

/// `axis NAME VALUE VALUE…`.
#[derive(Debug, Clone)]
pub struct Axis {
    /// The name.
    pub name: Spanned<Name>,
    /// Its values, in the file's order.
    pub values: Vec<Spanned<AxisValue>>,
    /// A value of it could not be read.
    pub poisoned: bool,
}

/// Which builder makes a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BuilderKind {
    /// `go`.
    Go,
    /// `cargo`.
    Cargo,
    /// `zig`.
    Zig,
    /// `c`.
    C,
    /// `command`.
    Command,
}

impl BuilderKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Go, Self::Cargo, Self::Zig, Self::C, Self::Command];

    /// The node's name in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Cargo => "cargo",
            Self::Zig => "zig",
            Self::C => "c",
            Self::Command => "command",
        }
    }

    /// The kind of toolchain that it cannot do without; `None` for `c` (any C compiler) and `command` (its program).
    pub const fn toolchain_kind(self) -> Option<ToolchainKind> {
        match self {
            Self::Go => Some(ToolchainKind::Go),
            Self::Cargo => Some(ToolchainKind::Rust),
            Self::Zig => Some(ToolchainKind::Zig),
            Self::C | Self::Command => None,
        }
    }
}

/// A target's builder node, without the settings in its block (those are in the target's layer).
#[derive(Debug, Clone)]
pub struct Builder {
    /// Which builder.
    pub kind: BuilderKind,
    /// Go: the package path. Cargo: the package name. zig: the root source. c: the globs. command: program and arguments.
    pub arguments: Vec<Spanned<Template>>,
    /// `bin="…"`: the artifact's name; the target's name where absent.
    pub bin: Option<Spanned<String>>,
    /// `toolchain="…"`: which toolchain; the only one of the right kind where absent.
    pub toolchain: Option<Spanned<Name>>,
    /// `kind="…"` of `c`: `exe`, `static-lib` or `shared-lib`, checked.
    pub output_kind: Option<Spanned<String>>,
    /// The node's name in the text.
    pub origin: Origin,
}

/// `target NAME { … }`.
#[derive(Debug, Clone)]
pub struct Target {
    /// The name.
    pub name: Spanned<Name>,
    /// What builds it; `None` only where the target is poisoned.
    pub builder: Option<Builder>,
    /// `noarch`, and where it was written.
    pub noarch: Option<Origin>,
    /// `profiles`; `None` means all.
    pub profiles: Option<Vec<Spanned<Name>>>,
    /// `axes`, in the order of the target's own list; cells vary in that order.
    pub axes: Vec<Spanned<Name>>,
    /// `deps`.
    pub deps: Vec<Dep>,
    /// `exclude`.
    pub excludes: Vec<Exclude>,
    /// `include`.
    pub includes: Vec<Include>,
    /// Its settings, with those of the builder's block.
    pub layer: Layer,
    /// A part of it could not be read.
    pub poisoned: bool,
}

/// One target name of a `deps` node.
#[derive(Debug, Clone)]
pub struct Dep {
    /// The target that is needed.
    pub target: Spanned<Name>,
    /// The axis values that were chosen: `tls=boring`.
    pub axes: Vec<(Spanned<Name>, Spanned<AxisValue>)>,
    /// `at="…"`: where its outputs appear in the tree; `.xbuild/deps/TARGET` where absent.
    pub at: Option<Spanned<String>>,
    /// A part of it could not be read, or the target does not exist.
    pub poisoned: bool,
}

/// `include profile=… platform=… AXIS=…`: one more cell.
#[derive(Debug, Clone)]
pub struct Include {
    /// The profile, where written.
    pub profile: Option<Spanned<Name>>,
    /// The platform, where written.
    pub platform: Option<Spanned<Platform>>,
    /// The axis values that were written.
    pub axes: Vec<(Spanned<Name>, Spanned<AxisValue>)>,
    /// The node's name in the text.
    pub origin: Origin,
    /// A part of it could not be read.
    pub poisoned: bool,
}
