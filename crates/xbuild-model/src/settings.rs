//! Settings: one slot for each thing that can be set, and what a layer says about it.
//!
//! The four layers of a cell (builder defaults, `defaults`, profile, target) are resolved by one piece of code over
//! [`Slot`]s, so that scalars, lists and variables follow the same rules everywhere. Which slots exist, what they are
//! called and what type they have stands here; which value wins is decided in `xbuild-plan`.

use crate::{EnvName, Name, Origin, Spanned, Template, When};

/// One layer: plain settings and the conditional ones beside them.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// What is set without a condition.
    pub settings: Settings,
    /// What is set under one, in the file's order.
    pub whens: Vec<When>,
}

/// What one block says, in the file's order. A slot stands once with [`Op::Set`] or [`Op::Clear`]; it may stand once more with
/// [`Op::Append`] (only lists).
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The settings.
    pub entries: Vec<Setting>,
}

/// One setting.
#[derive(Debug, Clone)]
pub struct Setting {
    /// What is set.
    pub slot: Slot,
    /// To what.
    pub op: Op,
    /// The node's name in the text, or the property for a variable.
    pub origin: Origin,
}

/// What a setting does to what weaker layers said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Replaces it.
    Set(Value),
    /// `+name`: adds to the list.
    Append(Value),
    /// `#null`: back to nothing (an unset variable, an empty list, the builder's default for a scalar).
    Clear,
}

/// Everything that can be set, by one name each.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// `env NAME="…"`: text.
    Env(EnvName),
    /// `env-pass NAME`: flag (`Value::Bool(true)`).
    EnvPass(EnvName),
    /// `env-secret NAME`: flag.
    EnvSecret(EnvName),
    /// `cc`.
    Cc,
    /// `cwd`: text, a path below the project's root (`.` for the root itself).
    Cwd,
    /// `inputs`: list of globs.
    Inputs,
    /// `outputs`: list of paths.
    Outputs,
    /// `tools`: list of toolchain names.
    Tools,
    /// `network`.
    Network,
    /// `smoke`.
    Smoke,
    /// `expect …`, one property.
    Expect(Expectation),
    /// `archive` (not in layers below the target).
    Archive,
    /// `image` (not in layers below the target).
    Image,
    /// `go { cgo }`: bool.
    GoCgo,
    /// `go { tags }`: list.
    GoTags,
    /// `go { ldflags }`: list.
    GoLdflags,
    /// `go { gcflags }`: list.
    GoGcflags,
    /// `go { flags }`: list.
    GoFlags,
    /// `go { cgo-cflags }`: list.
    GoCgoCflags,
    /// `go { cgo-ldflags }`: list.
    GoCgoLdflags,
    /// `go { trimpath }`: bool.
    GoTrimpath,
    /// `go { buildmode }`: text.
    GoBuildmode,
    /// `cargo { features }`: list.
    CargoFeatures,
    /// `cargo { rustflags }`: list.
    CargoRustflags,
    /// `cargo { flags }`: list.
    CargoFlags,
    /// `cargo { default-features }`: bool.
    CargoDefaultFeatures,
    /// `cargo { cargo-profile }`: text.
    CargoProfile,
    /// `zig { optimize }`: text.
    ZigOptimize,
    /// `zig { flags }`: list.
    ZigFlags,
    /// `c { cflags }`: list.
    CCflags,
    /// `c { ldflags }`: list.
    CLdflags,
    /// `c { std }`: text.
    CStd,
}

impl Slot {
    /// What the user calls it: `tags`, `env GOFLAGS`, `expect linkage`.
    pub fn label(&self) -> String {
        match self {
            Self::Env(name) => format!("env {name}"),
            Self::EnvPass(name) => format!("env-pass {name}"),
            Self::EnvSecret(name) => format!("env-secret {name}"),
            Self::Expect(expectation) => format!("expect {}", expectation.as_str()),
            other => other.word().to_owned(),
        }
    }

    /// The node's name in the file.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Env(_) => "env",
            Self::EnvPass(_) => "env-pass",
            Self::EnvSecret(_) => "env-secret",
            Self::Expect(_) => "expect",
            Self::Cc => "cc",
            Self::Cwd => "cwd",
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
            Self::Tools => "tools",
            Self::Network => "network",
            Self::Smoke => "smoke",
            Self::Archive => "archive",
            Self::Image => "image",
            Self::GoCgo => "cgo",
            Self::GoTags => "tags",
            Self::GoLdflags | Self::CLdflags => "ldflags",
            Self::GoGcflags => "gcflags",
            Self::GoFlags | Self::CargoFlags | Self::ZigFlags => "flags",
            Self::GoCgoCflags => "cgo-cflags",
            Self::GoCgoLdflags => "cgo-ldflags",
            Self::GoTrimpath => "trimpath",
            Self::GoBuildmode => "buildmode",
            Self::CargoFeatures => "features",
            Self::CargoRustflags => "rustflags",
            Self::CargoDefaultFeatures => "default-features",
            Self::CargoProfile => "cargo-profile",
            Self::ZigOptimize => "optimize",
            Self::CCflags => "cflags",
            Self::CStd => "std",
        }
    }
}

/// What a slot is set to. Which variant a slot takes stands at the slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `#true` or `#false`.
    Bool(bool),
    /// A string, placeholders and all.
    Text(Spanned<Template>),
    /// A list of strings.
    List(Vec<Spanned<Template>>),
    /// `cc`.
    Cc(CcChoice),
    /// `smoke`.
    Smoke(Smoke),
    /// `network`.
    Network(Network),
    /// `archive`.
    Archive(Archive),
    /// `image`.
    Image(Image),
}

/// A property of `expect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Expectation {
    /// `linkage=static|static-pie|dynamic`: text, checked.
    Linkage,
    /// `glibc-max="2.28"`: text, checked.
    GlibcMax,
    /// `min-os="12.0"`: text, checked.
    MinOs,
    /// `stripped=#true`: bool.
    Stripped,
    /// `interpreter="/lib/…"`: text.
    Interpreter,
}

impl Expectation {
    /// Every property.
    pub const ALL: [Self; 5] = [Self::Linkage, Self::GlibcMax, Self::MinOs, Self::Stripped, Self::Interpreter];

    /// The property's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linkage => "linkage",
            Self::GlibcMax => "glibc-max",
            Self::MinOs => "min-os",
            Self::Stripped => "stripped",
            Self::Interpreter => "interpreter",
        }
    }
}

/// `cc TOOLCHAIN libc=… sysroot="…"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CcChoice {
    /// The toolchain (of kind zig or cc).
    pub toolchain: Spanned<Name>,
    /// `libc=…`.
    pub libc: Option<Spanned<Libc>>,
    /// `sysroot="…"`.
    pub sysroot: Option<Spanned<String>>,
}

/// Which C library an artifact is linked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Libc {
    /// `musl`.
    Musl,
    /// `gnu`, or `gnu-2.28` with a floor.
    Gnu(Option<LibcFloor>),
}

/// The oldest version of a C library that the artifact must run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibcFloor {
    /// `2` of `2.28`.
    pub major: u16,
    /// `28` of `2.28`.
    pub minor: u16,
}

impl std::str::FromStr for Libc {
    type Err = ();

    /// `musl`, `gnu` or `gnu-2.28`.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "musl" => Ok(Self::Musl),
            "gnu" => Ok(Self::Gnu(None)),
            other => {
                let (major, minor) = other.strip_prefix("gnu-").and_then(|rest| rest.split_once('.')).ok_or(())?;
                let number = |text: &str| text.parse::<u16>().map_err(|_| ());
                Ok(Self::Gnu(Some(LibcFloor { major: number(major)?, minor: number(minor)? })))
            }
        }
    }
}

impl std::fmt::Display for Libc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Musl => f.write_str("musl"),
            Self::Gnu(None) => f.write_str("gnu"),
            Self::Gnu(Some(floor)) => write!(f, "gnu-{}.{}", floor.major, floor.minor),
        }
    }
}

/// `smoke ARGS… exit=N timeout-seconds=N`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smoke {
    /// The arguments that the artifact is started with.
    pub arguments: Vec<Spanned<Template>>,
    /// The exit code that it must have; 0 where not written.
    pub exit: u8,
    /// How long it may take; 30 s where not written.
    pub timeout_seconds: u32,
}

/// `network #true reason="…"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Whether the action may use the network.
    pub allowed: bool,
    /// Why; always present where allowed.
    pub reason: Option<Spanned<String>>,
}

/// `archive FORMAT… name="…" { add … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The formats, at least one.
    pub formats: Vec<Spanned<ArchiveFormat>>,
    /// `name="…"`: the archive's name without its ending.
    pub name: Option<Spanned<Template>>,
    /// `add`: files that are packed too.
    pub add: Vec<Spanned<Template>>,
}

/// How an artifact is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArchiveFormat {
    /// `tar.gz`.
    TarGz,
    /// `tar.xz`.
    TarXz,
    /// `tar.zst`.
    TarZst,
    /// `zip`.
    Zip,
    /// `binary`: not packed.
    Binary,
}

impl ArchiveFormat {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::TarGz, Self::TarXz, Self::TarZst, Self::Zip, Self::Binary];

    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::TarXz => "tar.xz",
            Self::TarZst => "tar.zst",
            Self::Zip => "zip",
            Self::Binary => "binary",
        }
    }
}

/// `image REFERENCE base="…@sha256:…" { add … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The image's reference.
    pub reference: Spanned<Template>,
    /// `base="…"`: pinned by digest, checked; `None` is an empty base.
    pub base: Option<Spanned<String>>,
    /// `add`: files that are put in too.
    pub add: Vec<Spanned<Template>>,
}
