//! What every builder takes from a cell's settings: folder, variables, tools, network, toolchain, C compiler.

use std::collections::BTreeMap;

use xbuild_builder::{Common, Compiler, Driver, EnvEntry, EnvSource};
use xbuild_content::RelPath;
use xbuild_model::{
    Builder, CcChoice, Libc, LibcFloor, Location, Name, Project, Slot, Template, Toolchain, ToolchainKind, Value,
};
use xbuild_platform::Platform;

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::{Reason, Stamps};

/// A cell with all that its builder's settings are made of.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The project.
    pub project: &'a Project,
    /// The cell.
    pub cell: CellRef<'a>,
    /// Its settings.
    pub resolved: &'a Resolved<'a>,
    /// The artifact's file name.
    pub output: &'a RelPath,
    /// What placeholders stand for that the file does not know.
    pub stamps: &'a Stamps,
}

/// What every builder of a compiled language begins with.
pub(crate) struct Head<'a> {
    pub(crate) fill: Fill<'a>,
    pub(crate) builder: &'a Builder,
    pub(crate) platform: Platform,
}

impl<'a> Order<'a> {
    /// `noarch` says why such a target needs a platform.
    pub(crate) fn head(&self, noarch: &str) -> Result<Head<'a>, Reason> {
        let Self { cell, resolved, stamps, .. } = *self;
        let builder = cell.target().builder.as_ref().ok_or_else(|| unsupported("target", "it has no builder"))?;
        let platform = cell.platform().ok_or_else(|| unsupported("noarch", noarch))?;
        Ok(Head { fill: Fill { cell, stamps, resolved }, builder, platform })
    }
}

/// The builder's first argument: its `what`.
pub(crate) fn argument<'b>(builder: &'b Builder, what: &str) -> Result<&'b Template, Reason> {
    let first = builder.arguments.first();
    first.map(|first| &first.value).ok_or_else(|| unsupported(builder.kind.as_str(), format!("it names no {what}")))
}

/// What all builders share.
pub(crate) fn common(fill: &Fill<'_>, resolved: &Resolved<'_>) -> Result<Common, Reason> {
    Ok(Common {
        cwd: cwd(fill, resolved)?,
        env: env(fill, resolved)?,
        tools: fill.texts(resolved.list(&Slot::Tools))?,
        network: matches!(resolved.value(&Slot::Network), Some(Value::Network(network)) if network.allowed),
    })
}

/// Something that the file asks for and that cannot be planned.
pub(crate) fn unsupported(what: &str, detail: impl Into<String>) -> Reason {
    Reason::Unsupported { what: what.to_owned(), detail: detail.into() }
}

/// The toolchain that the builder names, or the only one of its kind.
pub(crate) fn toolchain(project: &Project, builder: &Builder, kind: ToolchainKind) -> Result<String, Reason> {
    if let Some(name) = &builder.toolchain {
        return Ok(name.to_string());
    }
    let of_kind = project.toolchains.iter().filter(|toolchain| toolchain.kind == kind);
    let candidates: Vec<&Name> = of_kind.map(|toolchain| &toolchain.name.value).collect();
    let missing = |detail: String| Reason::ToolMissing { what: kind.as_str().to_owned(), detail };
    match candidates.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(missing(format!("no toolchain of kind {} is declared", kind.as_str()))),
        many => Err(missing(format!("several are declared: say `toolchain={}`", many[0]))),
    }
}

fn cwd(fill: &Fill<'_>, resolved: &Resolved<'_>) -> Result<Option<RelPath>, Reason> {
    let Some(text) = resolved.text(&Slot::Cwd) else { return Ok(None) };
    // The configuration has checked it: what is no path below the root is the root itself.
    Ok(RelPath::new(&fill.text(text)?).ok())
}

/// What `env` sets. Variables that are passed on come from the user's environment, later.
fn env(fill: &Fill<'_>, resolved: &Resolved<'_>) -> Result<BTreeMap<String, EnvEntry>, Reason> {
    let mut env = BTreeMap::new();
    for (slot, value) in resolved.iter() {
        if let (Slot::Env(name), Some(Value::Text(text))) = (slot, value.value()) {
            let entry =
                EnvEntry { value: fill.word(text)?, source: EnvSource::File(value.origin().unwrap_or_default()) };
            env.insert(name.to_string(), entry);
        }
    }
    Ok(env)
}

/// The C compiler that is chosen; `None` where nothing is.
pub(crate) fn compiler(project: &Project, resolved: &Resolved<'_>, platform: Platform) -> Option<Compiler> {
    let choice = choice(resolved)?;
    let declared = project.toolchains.iter().find(|toolchain| toolchain.name.value == choice.toolchain.value)?;
    Some(Compiler {
        toolchain: choice.toolchain.to_string(),
        driver: driver(declared),
        platform,
        libc: libc(choice),
        sysroot: choice.sysroot.is_some(),
    })
}

/// What `cc` says.
pub(crate) fn choice<'r>(resolved: &'r Resolved<'_>) -> Option<&'r CcChoice> {
    match resolved.value(&Slot::Cc) {
        Some(Value::Cc(choice)) => Some(choice),
        _ => None,
    }
}

/// How a toolchain is spoken to, by its kind and, for one of the user's own, by its program's name.
fn driver(toolchain: &Toolchain) -> Driver {
    if toolchain.kind == ToolchainKind::Zig {
        return Driver::Zig;
    }
    let program = match &toolchain.location {
        Some(Location::Path(path)) => path.value.rsplit('/').next().unwrap_or_default(),
        Some(Location::Root(_)) | None => toolchain.name.as_str(),
    };
    if program.contains("clang") { Driver::Clang } else { Driver::Gcc }
}

/// A C library in zig's spelling.
pub(crate) fn libc(choice: &CcChoice) -> Option<String> {
    choice.libc.as_ref().map(|libc| match libc.value {
        Libc::Musl => "musl".to_owned(),
        Libc::Gnu(None) => "gnu".to_owned(),
        Libc::Gnu(Some(LibcFloor { major, minor })) => format!("gnu.{major}.{minor}"),
    })
}
