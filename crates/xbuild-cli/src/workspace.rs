//! A project on this machine: its lock, its cache, and the session that makes plans.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use camino::Utf8PathBuf;
use xbuild_facts::{Session, Settings};
use xbuild_lock::Lock;
use xbuild_platform::HostPlatform;
use xbuild_store::{Store, StoreError};
use xbuild_toolchain::{Pin, Progress};

use crate::context::{Context, Failure};
use crate::diagnostics::Source;
use crate::exit::Exit;
use crate::project::Loaded;

const LOCK: &str = "xbuild.lock";

/// The committed lock, or an empty one where there is none.
#[derive(Debug)]
pub(crate) struct LockFile {
    pub(crate) path: Utf8PathBuf,
    pub(crate) lock: Lock,
    /// The text as committed; `None` where there is no file.
    pub(crate) text: Option<String>,
}

impl LockFile {
    pub(crate) fn read(loaded: &Loaded) -> Result<Self, Failure> {
        let path = loaded.file.root.join(LOCK);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path, lock: Lock::default(), text: None });
            }
            Err(error) => return Err(environment(StoreError::new("read", &path, error))),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let source = Source { name: LOCK.to_owned(), text: text.clone() };
        let lock = xbuild_lock::read(&bytes).map_err(|problem| Failure::new(Exit::Config, problem).about(&source))?;
        Ok(Self { path, lock, text: Some(text) })
    }

    /// Writes the lock where it differs; a crash leaves the old file or the new one. Says whether it wrote.
    pub(crate) fn write(&self, lock: &Lock) -> Result<bool, Failure> {
        let text = xbuild_lock::print(lock);
        if self.text.as_deref() == Some(text.as_str()) {
            return Ok(false);
        }
        let fail = |error| environment(StoreError::new("write", &self.path, error));
        let folder = self.path.parent().unwrap_or(&self.path);
        let mut beside = tempfile::Builder::new().prefix(".xbuild-lock-").tempfile_in(folder).map_err(fail)?;
        std::io::Write::write_all(&mut beside, text.as_bytes()).map_err(fail)?;
        let mode: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        beside.as_file().set_permissions(mode).map_err(fail)?;
        beside.as_file().sync_all().map_err(fail)?;
        beside.persist(&self.path).map_err(|error| fail(error.error))?;
        Ok(true)
    }

    /// What it pins on a host, by `NAME@VERSION`.
    pub(crate) fn pins(&self, host: HostPlatform) -> BTreeMap<String, Pin> {
        let host = host.to_string();
        let of_host = self.lock.toolchains.iter().filter(|(id, _)| id.host == host);
        let pin = |pin: &xbuild_lock::ToolchainPin| Pin { tree: pin.tree.parse().ok(), h1: pin.h1.clone() };
        of_host.map(|(id, found)| (id.name.clone(), pin(found))).collect()
    }
}

/// Opens the cache.
pub(crate) fn open_store(context: &Context) -> Result<Store, Failure> {
    let store = Store::open(&context.cache()).map_err(environment)?;
    // What a dead process left is swept where that is possible; it harms nobody else.
    let _ = store.sweep();
    Ok(store)
}

pub(crate) fn environment(error: StoreError) -> Failure {
    Failure::new(Exit::Environment, error)
}

/// The session of a command.
pub(crate) fn session<'a>(
    context: &'a Context,
    loaded: &'a Loaded,
    store: &'a Store,
    pins: BTreeMap<String, Pin>,
    progress: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Session<'a> {
    Session {
        root: &loaded.file.root,
        project: &loaded.project,
        store,
        environment: &context.environment,
        host: context.host,
        pins,
        out: context.out(&loaded.file.root),
        settings: Settings {
            offline: context.global.offline,
            no_cache: context.global.no_cache,
            processors: usize::try_from(context.processors()).unwrap_or(1),
        },
        progress,
    }
}
