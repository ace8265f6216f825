//! A small `xbuild.kdl` for what a folder holds: Go's main packages, Cargo's programs, or one command to fill in.

use xbuild_platform::Platform;

use crate::draft::{Builder, Draft, Target, Toolchain};
use crate::go::{self, GoModule};
use crate::name::{Taken, spelled};
use crate::{Folder, Written, cargo, command};

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Go modules.
    Go,
    /// Cargo packages.
    Cargo,
    /// Nothing: a command to fill in.
    Command,
}

/// What most programs are shipped for.
const PLATFORMS: [&str; 6] =
    ["linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"];

/// Writes a file for what the folder holds of a kind, or of any kind; `None` where it holds nothing of that kind.
pub fn write(folder: &Folder, kind: Option<Kind>) -> Option<Written> {
    let wants = |one| kind.is_none_or(|kind| kind == one);
    let modules = if wants(Kind::Go) { go::modules(folder) } else { Vec::new() };
    let packages = if wants(Kind::Cargo) { cargo::packages(folder) } else { Vec::new() };
    let mut targets = go_targets(folder, &modules);
    let has_go = !targets.is_empty();
    targets.extend(packages.iter().flat_map(cargo_targets));
    let mut draft = if targets.is_empty() {
        if !wants(Kind::Command) {
            return None;
        }
        command::draft(folder)
    } else {
        let go = has_go.then(|| go_toolchain(&modules));
        let rust = (!packages.is_empty()).then(|| rust_toolchain(folder));
        Draft { toolchains: go.into_iter().chain(rust).collect(), targets, ..Draft::default() }
    };
    draft.head = head(&draft);
    if draft.targets.iter().any(|target| !target.platforms.is_empty()) {
        draft.before_profiles =
            vec!["Where the programs will run. Add, remove, or split them into profiles.".to_owned()];
    }
    let mut taken = Taken::default();
    draft.targets.iter_mut().for_each(|target| target.name = taken.unique(&target.name));
    Some(Written { kdl: draft.print(), notes: Vec::new() })
}

fn head(draft: &Draft) -> Vec<String> {
    let is_command = draft.targets.iter().any(|target| matches!(target.builder, Builder::Command { .. }));
    let first = if is_command {
        "Written by `xbuild init`, which found no Go module and no Cargo package: one command to fill in."
    } else {
        "Written by `xbuild init` for what it found here."
    };
    vec![first.to_owned(), "`xbuild matrix` lists the cells, `xbuild build` builds them.".to_owned()]
}

/// The Go that a file pins.
pub(crate) fn go_toolchain(modules: &[GoModule]) -> Toolchain {
    let go = go::toolchain(modules);
    Toolchain { comments: vec![go.why], name: "go", version: go.version, program: None }
}

/// The Rust that a file pins.
pub(crate) fn rust_toolchain(folder: &Folder) -> Toolchain {
    let (version, why) = cargo::toolchain(folder, &cargo::packages(folder));
    Toolchain { comments: vec![why], name: "rust", version, program: None }
}

fn platforms() -> impl Iterator<Item = Platform> {
    PLATFORMS.iter().filter_map(|text| text.parse().ok())
}

/// A target for each main package, for the platforms that it has files for.
fn go_targets(folder: &Folder, modules: &[GoModule]) -> Vec<Target> {
    let mut targets = Vec::new();
    for module in modules {
        for main in go::mains(folder, modules, module) {
            let mut own: Vec<Platform> = platforms().filter(|platform| main.is_for(*platform)).collect();
            if own.is_empty() {
                own = Platform::all().filter(|platform| main.is_for(*platform)).collect();
            }
            let name = spelled(&main.program, "app");
            let bin = (main.program != name.as_str()).then(|| main.program.clone());
            let mut target = Target::new(name, Builder::Go { package: main.package(), bin }, own);
            target.cwd = (!module.folder.is_empty()).then(|| module.folder.clone());
            targets.push(target);
        }
    }
    targets
}

fn cargo_targets(package: &cargo::Package) -> Vec<Target> {
    let one = |program: &String| {
        let name = spelled(program, "app");
        let bin = (*program != package.name).then(|| program.clone());
        let mut target =
            Target::new(name, Builder::Cargo { package: package.name.clone(), bin }, platforms().collect());
        target.cwd = (!package.folder.is_empty() && !package.is_member).then(|| package.folder.clone());
        target
    };
    package.programs.iter().map(one).collect()
}
