//! Brings the modules of a Go project into xbuild's module cache, so that the build needs no network.
//!
//! Three steps, each only where the one before did not do: nothing, when the same `go.mod` and `go.sum` were fetched
//! before and the modules still stand; a copy from the user's own cache ([`crate::seed`]); `go mod download` with the user's
//! own access. The project's folder is only read: Go works on copies of `go.mod` and `go.sum` (`-modfile`).
//!
//! A module that the project needs and its `go.sum` does not name is not for this step to find: the questions that follow
//! run with `-mod=readonly` and name it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use xbuild_content::Digester;

use crate::go_environment::fetch_environment;
use crate::process::{Call, Ended};
use crate::progress::{Listener, Progress};
use crate::seed::seed;
use crate::workshop::Workshop;
use crate::{Environment, GoToolchain, ModuleVersion, ToolchainError};

/// Whose modules, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleRequest {
    /// The folder of `go.mod`. For a workspace, ask once for each of its modules: what the workspace selects is selected by
    /// one of them.
    pub root: Utf8PathBuf,
    /// xbuild's own `GOMODCACHE`.
    pub module_cache: Utf8PathBuf,
    /// Whether the network is out of bounds. Then what is missing is left for `go list` to name.
    pub offline: bool,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// The project needs no modules.
    NoneNeeded,
    /// They are there since an earlier time; no process was started.
    Already,
    /// Offline: this many modules were copied from the user's cache.
    Copied(usize),
    /// Go checked all of them, after this many were copied from the user's cache.
    Checked {
        /// How many were copied.
        copied: usize,
    },
}

/// What `go mod download -json` says of one module.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    dir: Option<String>,
    error: Option<String>,
}

/// Brings the modules.
///
/// # Errors
/// [`ToolchainError::ModuleChecksum`] where a module is not what `go.sum` or the checksum database says,
/// [`ToolchainError::ModuleFetch`] where it could not be fetched, each with Go's own words.
pub fn fetch_modules(
    go: &GoToolchain,
    request: &ModuleRequest,
    environment: &Environment,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Fetched, ToolchainError> {
    let files = ModuleFiles::read(&request.root)?;
    if !files.requires_anything() {
        return Ok(Fetched::NoneNeeded);
    }
    let marker = Marker::of(&files, go, &request.module_cache);
    if marker.holds() {
        return Ok(Fetched::Already);
    }
    let shelf = shelf(&request.module_cache);
    let what = format!("the modules of {}", request.root);
    let workshop = Workshop::enter(&shelf, "modules", &what, progress)?;
    let copied = match environment.go_module_cache() {
        Some(own) => seed(&files.go_sum, &own, &request.module_cache, progress)?,
        None => 0,
    };
    if request.offline {
        return Ok(Fetched::Copied(copied));
    }
    let folders = download(go, request, environment, &files, &workshop, progress)?;
    marker.write(&folders).map_err(|error| ToolchainError::file(&shelf, error))?;
    Ok(Fetched::Checked { copied })
}

/// Where xbuild keeps its own notes in a module cache. Go's module paths cannot stand there.
fn shelf(module_cache: &Utf8Path) -> Utf8PathBuf {
    module_cache.join("cache/xbuild")
}

/// The texts of `go.mod` and `go.sum`.
#[derive(Debug)]
struct ModuleFiles {
    go_mod: String,
    go_sum: String,
}

impl ModuleFiles {
    fn read(root: &Utf8Path) -> Result<Self, ToolchainError> {
        let go_mod = root.join("go.mod");
        let go_sum = root.join("go.sum");
        Ok(Self {
            go_mod: fs::read_to_string(&go_mod).map_err(|error| ToolchainError::file(&go_mod, error))?,
            go_sum: match fs::read_to_string(&go_sum) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
                text => text.map_err(|error| ToolchainError::file(&go_sum, error))?,
            },
        })
    }

    fn requires_anything(&self) -> bool {
        self.go_mod.lines().any(|line| line.trim_start().starts_with("require"))
    }

    fn write(&self, folder: &Utf8Path) -> Result<Utf8PathBuf, ToolchainError> {
        let file = folder.join("go.mod");
        let written = fs::write(&file, &self.go_mod).and_then(|()| fs::write(folder.join("go.sum"), &self.go_sum));
        written.map(|()| file).map_err(|error| ToolchainError::file(folder, error))
    }
}

/// A note that these `go.mod` and `go.sum` were fetched with this Go, and which folders must stand for that to be true.
#[derive(Debug)]
struct Marker {
    module_cache: Utf8PathBuf,
    file: Utf8PathBuf,
}

impl Marker {
    fn of(files: &ModuleFiles, go: &GoToolchain, module_cache: &Utf8Path) -> Self {
        let mut out = Digester::default();
        for part in ["xbuild modules 1", &go.version.to_string(), &files.go_mod, &files.go_sum] {
            out.update(&(part.len() as u64).to_le_bytes());
            out.update(part.as_bytes());
        }
        let file = shelf(module_cache).join(out.finish().hash().to_hex());
        Self { module_cache: module_cache.to_owned(), file }
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| {
            text.ends_with('\n') && text.lines().all(|folder| self.module_cache.join(folder).is_dir())
        })
    }

    fn write(&self, folders: &BTreeSet<Utf8PathBuf>) -> io::Result<()> {
        let relative = folders.iter().filter_map(|folder| folder.strip_prefix(&self.module_cache).ok());
        let text: String = relative.map(|folder| format!("{folder}\n")).collect();
        // Cut short, the text has no line break at its end, or lists too little to be of harm: a folder that is missing
        // is named by `go list`.
        fs::write(&self.file, if text.is_empty() { ".\n".to_owned() } else { text })
    }
}

/// Runs `go mod download` and returns the folders of all modules.
fn download(
    go: &GoToolchain,
    request: &ModuleRequest,
    environment: &Environment,
    files: &ModuleFiles,
    workshop: &Workshop,
    progress: Listener<'_>,
) -> Result<BTreeSet<Utf8PathBuf>, ToolchainError> {
    let modfile = format!("-modfile={}", files.write(workshop.scratch())?);
    let call = Call {
        program: &go.go,
        arguments: &["mod", "download", "-x", "-json", &modfile],
        environment: &fetch_environment(environment, &go.root, go.host, &request.module_cache, workshop.scratch()),
        folder: &request.root,
    };
    let ended = call.watched(workshop.guard(), &mut |line| match line.and_then(begun) {
        Some(module) => progress(Progress::Downloading { module, bytes: 0, total: None }),
        None => ControlFlow::Continue(()),
    });
    match ended.map_err(|error| ToolchainError::file(&go.go, error))? {
        ControlFlow::Continue(ended) => folders(&request.root, &ended),
        ControlFlow::Break(()) => Err(ToolchainError::Interrupted),
    }
}

/// The module whose zip a line of `go mod download -x` says is being asked for.
fn begun(line: &str) -> Option<ModuleVersion> {
    ModuleVersion::from_zip_address(line.strip_prefix("# get ")?)
}

fn folders(root: &Utf8Path, ended: &Ended) -> Result<BTreeSet<Utf8PathBuf>, ToolchainError> {
    let modules = serde_json::Deserializer::from_str(&ended.stdout).into_iter::<Downloaded>();
    let mut folders = BTreeSet::new();
    let mut errors = Vec::new();
    for module in modules.map_while(Result::ok) {
        folders.extend(module.dir.map(Utf8PathBuf::from));
        errors.extend(module.error);
    }
    if ended.status.success() && errors.is_empty() {
        return Ok(folders);
    }
    let said = (!errors.is_empty()).then(|| errors.join("\n"));
    Err(failed(root, message(said.as_deref(), ended)))
}

fn failed(root: &Utf8Path, detail: String) -> ToolchainError {
    let root = root.to_owned();
    if ["checksum mismatch", "SECURITY ERROR", "invalid checksum"].iter().any(|sign| detail.contains(sign)) {
        return ToolchainError::ModuleChecksum { root, detail };
    }
    ToolchainError::ModuleFetch { root, detail }
}

/// Go's own words: what it said in JSON, else on standard error, without the lines of its trace.
pub(crate) fn message(said: Option<&str>, ended: &Ended) -> String {
    if let Some(said) = said {
        return said.trim().to_owned();
    }
    let lines: Vec<&str> = ended.stderr.lines().filter(|line| !line.starts_with("# ")).collect();
    match lines.join("\n").trim() {
        "" => format!("`go mod download` ended with {} and said nothing", ended.status),
        text => text.to_owned(),
    }
}
