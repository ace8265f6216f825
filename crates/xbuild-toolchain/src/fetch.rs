//! Brings a Go that is not on the machine into xbuild's own cache, whole or not at all.
//!
//! It stands at `CACHE/v1/toolchain/go/VERSION-OS-ARCH/`, with `xbuild-toolchain.json` beside its `VERSION`. It becomes
//! visible there by one rename, after everything was checked and written through ([`crate::workshop`]).
//!
//! How the bytes arrive is not decided here but by what the machine has: [`crate::fetch_by_go`] or
//! [`crate::fetch_by_proxy`].

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xbuild_content::Hash;
use xbuild_platform::HostPlatform;

use crate::candidate::{Candidate, Place, Verdict, find_installed, judge};
use crate::goroot::{Goroot, Whole};
use crate::locate::{GoRequest, GoToolchain, Pin, toolchain};
use crate::memo::{Memo, NoMemo};
use crate::progress::{Listener, Progress};
use crate::tree::go_tree_digest;
use crate::workshop::Workshop;
use crate::{Environment, GoVersion, ModuleVersion, ToolchainError, fetch_by_go, fetch_by_proxy};

/// What xbuild knows of a Go that it fetched; kept in its folder, outside of what the tree digest covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) module: String,
    pub(crate) h1: Option<String>,
    pub(crate) tree: String,
}

impl Record {
    const NAME: &str = "xbuild-toolchain.json";

    pub(crate) fn read(root: &Utf8Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(root.join(Self::NAME)).ok()?).ok()
    }

    fn write(&self, root: &Utf8Path) -> Result<(), ToolchainError> {
        let path = root.join(Self::NAME);
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        text.and_then(|text| fs::write(&path, text)).map_err(|error| ToolchainError::file(path, error))
    }
}

/// An unpacked toolchain module that nobody has looked at yet.
#[derive(Debug)]
pub(crate) struct Arrived {
    /// Its folder, inside the scratch folder.
    pub(crate) root: Utf8PathBuf,
    /// The `h1:` hash of its zip, where the lock or the checksum database vouches for it.
    pub(crate) h1: Option<String>,
}

/// What a way of fetching needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) module: &'a ModuleVersion,
    pub(crate) host: HostPlatform,
    pub(crate) pin: &'a Pin,
    pub(crate) environment: &'a Environment,
}

/// Where xbuild keeps a Go that it fetched.
pub(crate) fn cache_entry(cache: &Utf8Path, version: GoVersion, host: HostPlatform) -> Utf8PathBuf {
    shelf(cache).join(entry_name(version, host))
}

fn shelf(cache: &Utf8Path) -> Utf8PathBuf {
    cache.join("v1/toolchain/go")
}

fn entry_name(version: GoVersion, host: HostPlatform) -> String {
    format!("{version}-{}-{}", host.os, host.arch)
}

/// Fetches the Go into xbuild's own cache even where the machine has it already: `xbuild lock` learns the module's `h1:`
/// hash by it. A copy that is there and fits is taken as it is.
///
/// # Errors
/// As [`crate::locate_go`], which fetches only what is missing.
pub fn fetch_go(
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
    memo: &dyn Memo,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<GoToolchain, ToolchainError> {
    let request = &GoRequest { location: None, ..request.clone() };
    let seen = find_installed(request, environment, cache, memo, progress)?;
    if let Some((root, tree)) = fetched_already(request, cache, memo, progress)? {
        return Ok(toolchain(request, Place::Cache, root, tree, seen));
    }
    fetch(request, environment, cache, seen, memo, progress)
}

/// How the bytes can come.
#[derive(Debug)]
enum Way {
    /// Through this Go.
    Go(Utf8PathBuf),
    /// From the proxies of `GOPROXY`.
    Proxy,
}

/// Fetches the Go, given everything else that the machine has.
pub(crate) fn fetch(
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
    seen: Vec<Candidate>,
    memo: &dyn Memo,
    progress: Listener<'_>,
) -> Result<GoToolchain, ToolchainError> {
    let way = match way(request, environment, &seen) {
        Ok(way) => way,
        Err(why) => return Err(no_go(request, why, seen)),
    };
    let module = ModuleVersion::toolchain(request.version, request.host);
    let name = entry_name(request.version, request.host);
    let workshop = Workshop::enter(&shelf(cache), &name, &module.to_string(), progress)?;
    let (root, tree) = match fetched_already(request, cache, memo, progress)? {
        Some(found) => found,
        None => fetch_in(&workshop, &way, request, environment, cache, progress)?,
    };
    Ok(toolchain(request, Place::Cache, root, tree, seen))
}

/// How the Go can come here, or why it cannot.
fn way(request: &GoRequest, environment: &Environment, seen: &[Candidate]) -> Result<Way, &'static str> {
    if request.offline {
        return Err("--offline");
    }
    match seen.iter().find(|candidate| candidate.can_fetch(request.version)) {
        Some(candidate) => Ok(Way::Go(candidate.root.clone())),
        None if fetch_by_proxy::has_proxy(environment) => Ok(Way::Proxy),
        None => Err("no Go from 1.21 on is here to fetch it, and GOPROXY names no module proxy"),
    }
}

fn no_go(request: &GoRequest, why_not_fetched: &str, seen: Vec<Candidate>) -> ToolchainError {
    let why_not_fetched = why_not_fetched.to_owned();
    ToolchainError::NoGo { version: request.version, host: request.host, why_not_fetched, seen }
}

fn fetch_in(
    workshop: &Workshop,
    way: &Way,
    request: &GoRequest,
    environment: &Environment,
    cache: &Utf8Path,
    progress: Listener<'_>,
) -> Result<(Utf8PathBuf, Hash), ToolchainError> {
    let module = ModuleVersion::toolchain(request.version, request.host);
    let order = Order { module: &module, host: request.host, pin: &request.pin, environment };
    let arrived = match way {
        Way::Go(root) => fetch_by_go::fetch(&Goroot::at(root), &order, workshop, progress)?,
        Way::Proxy => fetch_by_proxy::fetch(&order, workshop, progress)?,
    };
    let tree = accept(request, &order, &arrived, progress)?;
    let root = workshop.publish(&arrived.root, &cache_entry(cache, request.version, request.host))?;
    Ok((root, tree))
}

fn fetched_already(
    request: &GoRequest,
    cache: &Utf8Path,
    memo: &dyn Memo,
    progress: Listener<'_>,
) -> Result<Option<(Utf8PathBuf, Hash)>, ToolchainError> {
    let root = cache_entry(cache, request.version, request.host);
    if !root.exists() {
        return Ok(None);
    }
    let candidate = judge(request, Place::Cache, &root, memo, progress)?;
    Ok(match candidate.verdict {
        Verdict::Fits { tree } => Some((root, tree)),
        _ => None,
    })
}

/// Makes a Go of what arrived, and takes it only if it is whole and the pinned one.
fn accept(
    request: &GoRequest,
    order: &Order<'_>,
    arrived: &Arrived,
    progress: Listener<'_>,
) -> Result<Hash, ToolchainError> {
    if let (Some(pinned), Some(found)) = (&order.pin.h1, &arrived.h1)
        && pinned != found
    {
        let what = format!("`{}`", order.module);
        return Err(ToolchainError::Drift { what, pinned: pinned.clone(), found: found.clone() });
    }
    set_up(&arrived.root)?;
    let tree = go_tree_digest(&arrived.root, &NoMemo, progress)?;
    if let Some(pinned) = order.pin.tree.filter(|pinned| *pinned != tree) {
        return Err(ToolchainError::drifted_tree(format!("`{}`", order.module), pinned, tree));
    }
    match Goroot::at(&arrived.root).inspect(order.host, &NoMemo) {
        Whole::Version(version) if version == request.version.to_string() => {}
        other => return Err(ToolchainError::fetch(order.module, format!("what arrived is no such Go: {other:?}"))),
    }
    let record = Record { module: order.module.to_string(), h1: arrived.h1.clone(), tree: tree.to_hex() };
    record.write(&arrived.root).map(|()| tree)
}

/// Undoes what the module format does to a Go: nested `go.mod` files are renamed and programs are not executable.
fn set_up(root: &Utf8Path) -> Result<(), ToolchainError> {
    each_file(root, &mut |path| match path.file_name() {
        Some("_go.mod") => fs::rename(path, path.with_file_name("go.mod")),
        _ => Ok(()),
    })?;
    for programs in ["bin", "pkg/tool"] {
        let folder = root.join(programs);
        if folder.exists() {
            each_file(&folder, &mut |path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)))?;
        }
    }
    Ok(())
}

fn each_file(folder: &Utf8Path, act: &mut dyn FnMut(&Utf8Path) -> io::Result<()>) -> Result<(), ToolchainError> {
    let failed = |error| ToolchainError::file(folder, error);
    for entry in folder.read_dir_utf8().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            each_file(entry.path(), act)?;
        } else if kind.is_file() {
            act(entry.path()).map_err(|error| ToolchainError::file(entry.path(), error))?;
        }
    }
    Ok(())
}
