//! From a cell of a `go` target to what the Go builder needs, with the file's settings resolved and filled in.

use std::collections::BTreeMap;

use xbuild_builder::go::{Cgo, GoSettings};
use xbuild_builder::{EnvEntry, EnvSource, Place, Word};
use xbuild_content::RelPath;
use xbuild_model::{Builder, CcChoice, Libc, Name, Project, Slot, ToolchainKind, Value};
use xbuild_platform::{Arch, Os, Platform};

use crate::fill::Fill;
use crate::matrix::{CellRef, Resolved};
use crate::{Reason, Stamps};

/// The Go build of one cell. `output` is the artifact's file name.
pub fn settings(
    project: &Project,
    cell: CellRef<'_>,
    resolved: &Resolved<'_>,
    output: &RelPath,
    stamps: &Stamps,
) -> Result<GoSettings, Reason> {
    let fill = Fill { cell, stamps };
    let unsupported =
        |what: &str, detail: &str| Reason::Unsupported { what: what.to_owned(), detail: detail.to_owned() };
    let builder = cell.target().builder.as_ref().ok_or_else(|| unsupported("target", "it has no builder"))?;
    let platform = cell.platform().ok_or_else(|| unsupported("noarch", "a Go program runs on one platform"))?;
    let package = builder.arguments.first().ok_or_else(|| unsupported("go", "it names no package"))?;
    Ok(GoSettings {
        toolchain: toolchain(project, builder)?,
        package: fill.text(package)?,
        output: output.clone(),
        platform,
        cwd: cwd(&fill, resolved)?,
        cgo: cgo(&fill, project, resolved, platform)?,
        tags: fill.texts(resolved.list(&Slot::GoTags))?,
        ldflags: fill.words(resolved.list(&Slot::GoLdflags))?,
        gcflags: fill.words(resolved.list(&Slot::GoGcflags))?,
        flags: fill.words(resolved.list(&Slot::GoFlags))?,
        trimpath: resolved.flag_or_default(&Slot::GoTrimpath),
        buildmode: resolved.text(&Slot::GoBuildmode).map(|text| fill.text(text)).transpose()?,
        env: env(&fill, resolved)?,
        secrets: names(resolved, |slot| if let Slot::EnvSecret(name) = slot { Some(name.to_string()) } else { None }),
        tools: fill.texts(resolved.list(&Slot::Tools))?,
        network: network(resolved),
    })
}

/// The globs of `inputs`: files that a build reads besides what `go list` names.
pub fn inputs(cell: CellRef<'_>, resolved: &Resolved<'_>, stamps: &Stamps) -> Result<Vec<String>, Reason> {
    Fill { cell, stamps }.texts(resolved.list(&Slot::Inputs))
}

/// The toolchain that the builder names, or the only one of its kind.
fn toolchain(project: &Project, builder: &Builder) -> Result<String, Reason> {
    if let Some(name) = &builder.toolchain {
        return Ok(name.to_string());
    }
    let of_kind = |kind| project.toolchains.iter().filter(move |toolchain| toolchain.kind == kind);
    let candidates: Vec<&Name> = of_kind(ToolchainKind::Go).map(|toolchain| &toolchain.name.value).collect();
    match candidates.as_slice() {
        [one] => Ok(one.to_string()),
        [] => Err(Reason::ToolMissing { what: "go".into(), detail: "no toolchain of kind go is declared".into() }),
        many => {
            let detail = format!("several are declared: say `toolchain={}`", many[0]);
            Err(Reason::ToolMissing { what: "go".into(), detail })
        }
    }
}

fn cwd(fill: &Fill<'_>, resolved: &Resolved<'_>) -> Result<Option<RelPath>, Reason> {
    let Some(text) = resolved.text(&Slot::Cwd) else { return Ok(None) };
    // The configuration has checked it: what is no path below the root is the root itself.
    Ok(RelPath::new(&fill.text(text)?).ok())
}

fn network(resolved: &Resolved<'_>) -> bool {
    matches!(resolved.value(&Slot::Network), Some(Value::Network(network)) if network.allowed)
}

fn names(resolved: &Resolved<'_>, name: impl Fn(&Slot) -> Option<String>) -> Vec<String> {
    let set = resolved.iter().filter(|(_, value)| value.value().is_some());
    set.filter_map(|(slot, _)| name(slot)).collect()
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

fn cgo(
    fill: &Fill<'_>,
    project: &Project,
    resolved: &Resolved<'_>,
    platform: Platform,
) -> Result<Option<Option<Cgo>>, Reason> {
    if !resolved.flag_or_default(&Slot::GoCgo) {
        return Ok(None);
    }
    let Some(Value::Cc(choice)) = resolved.value(&Slot::Cc) else { return Ok(Some(None)) };
    let (cc, cxx) = compilers(project, choice, platform);
    Ok(Some(Some(Cgo {
        cc,
        cxx,
        toolchain: choice.toolchain.to_string(),
        cflags: fill.words(resolved.list(&Slot::GoCgoCflags))?,
        ldflags: fill.words(resolved.list(&Slot::GoCgoLdflags))?,
    })))
}

/// The words that start the C and the C++ compiler.
fn compilers(project: &Project, choice: &CcChoice, platform: Platform) -> (Vec<Word>, Vec<Word>) {
    let name = choice.toolchain.to_string();
    let tool = || Word::place(Place::Tool(name.clone()));
    let is_zig =
        project.toolchains.iter().any(|t| t.name.value == choice.toolchain.value && t.kind == ToolchainKind::Zig);
    let mut common = Vec::new();
    if is_zig {
        common.extend(["-target".into(), zig_target(platform, choice.libc.as_ref().map(|libc| libc.value)).into()]);
    }
    if choice.sysroot.is_some() {
        common.push(Word::text("--sysroot=").join(Word::place(Place::Sysroot(name.clone()))));
    }
    let start = |driver: &str| {
        let head = if is_zig { vec![tool(), driver.into()] } else { vec![tool()] };
        head.into_iter().chain(common.clone()).collect::<Vec<Word>>()
    };
    (start("cc"), start("c++"))
}

/// How zig spells a platform: `aarch64-linux-musl`, `x86_64-linux-gnu.2.28`.
fn zig_target(platform: Platform, libc: Option<Libc>) -> String {
    let arch = match platform.arch() {
        Arch::Amd64 => "x86_64",
        Arch::Arm64 => "aarch64",
        Arch::I386 => "x86",
        Arch::Ppc64 => "powerpc64",
        Arch::Ppc64le => "powerpc64le",
        Arch::Mipsle => "mipsel",
        Arch::Mips64le => "mips64el",
        Arch::Loong64 => "loongarch64",
        Arch::Wasm => "wasm32",
        other => other.as_str(),
    };
    let os = match platform.os() {
        Os::Darwin => "macos",
        Os::Wasip1 => "wasi",
        other => other.as_str(),
    };
    let hard_float = platform.arch() == Arch::Arm && platform.variant().is_some_and(|variant| variant.as_str() != "v5");
    let float = if platform.arch() != Arch::Arm {
        ""
    } else if hard_float {
        "eabihf"
    } else {
        "eabi"
    };
    match libc {
        Some(Libc::Musl) => format!("{arch}-{os}-musl{float}"),
        Some(Libc::Gnu(None)) => format!("{arch}-{os}-gnu{float}"),
        Some(Libc::Gnu(Some(floor))) => format!("{arch}-{os}-gnu{float}.{}.{}", floor.major, floor.minor),
        None => format!("{arch}-{os}"),
    }
}
