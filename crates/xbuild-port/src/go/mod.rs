//! Go modules as a folder shows them: where they are, which Go they name, and their main packages.

mod constraint;
mod module;
mod source;

use xbuild_platform::Platform;

pub use source::GoFile;

pub(crate) use module::{GoModule, toolchain};

use crate::Folder;
use crate::folder::{below, parent};

/// A main package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Main {
    /// Its folder, from the folder of its module; empty for the module's own.
    pub(crate) folder: String,
    /// What `go build` calls its program.
    pub(crate) program: String,
    /// The conditions of its files: one for each.
    files: Vec<GoFile>,
}

impl Main {
    /// The package path from the module's folder: `.` or `./cmd/app`.
    pub(crate) fn package(&self) -> String {
        if self.folder.is_empty() { ".".to_owned() } else { format!("./{}", self.folder) }
    }

    /// Whether it has a file for a platform.
    pub(crate) fn is_for(&self, platform: Platform) -> bool {
        self.files.iter().any(|file| file.is_for(platform))
    }
}

/// The modules of a folder, the outer ones first.
pub(crate) fn modules(folder: &Folder) -> Vec<GoModule> {
    let manifests = folder.manifests.iter().filter(|(path, _)| crate::folder::last(path) == "go.mod");
    manifests.map(|(path, text)| GoModule::read(parent(path), text)).collect()
}

/// The main packages of a module, those of modules inside it left out.
pub(crate) fn mains(folder: &Folder, modules: &[GoModule], module: &GoModule) -> Vec<Main> {
    let mut found: Vec<Main> = Vec::new();
    let is_own = |path: &str| owner(modules, path).is_some_and(|owner| owner.folder == module.folder);
    for (path, file) in folder.go.iter().filter(|(path, file)| file.is_main() && is_own(path)) {
        let inner = below(&module.folder, parent(path)).unwrap_or_default();
        match found.iter_mut().find(|main| main.folder == inner) {
            Some(main) => main.files.push(file.clone()),
            None => found.push(Main {
                folder: inner.to_owned(),
                program: program(module, inner),
                files: vec![file.clone()],
            }),
        }
    }
    found.retain(|main| Platform::all().any(|platform| main.is_for(platform)));
    found.sort_by(|one, other| one.folder.cmp(&other.folder));
    found
}

fn program(module: &GoModule, inner: &str) -> String {
    if inner.is_empty() { module.program() } else { crate::folder::last(inner).to_owned() }
}

/// The module that a folder belongs to.
pub(crate) fn owner<'m>(modules: &'m [GoModule], path: &str) -> Option<&'m GoModule> {
    let holds = |module: &&GoModule| below(&module.folder, path).is_some();
    modules.iter().filter(holds).max_by_key(|module| module.folder.len())
}
