//! Cargo's manifests as a folder shows them: packages, their programs, and the Rust that they name.

use serde::Deserialize;

use crate::Folder;
use crate::folder::{join, last, parent};

/// A package with what it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Where its manifest is; empty at the top.
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) programs: Vec<String>,
    /// It belongs to a workspace at the top, where Cargo can be started.
    pub(crate) is_member: bool,
    rust_version: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Manifest {
    package: Option<Section>,
    workspace: Option<Workspace>,
    bin: Vec<Program>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Section {
    name: String,
    /// A text, or `{ workspace = true }`.
    rust_version: Option<toml::Value>,
    autobins: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workspace {
    package: Option<Section>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Program {
    name: String,
}

/// The package whose manifest is in a folder.
pub(crate) fn package(folder: &Folder, path: &str) -> Option<Package> {
    let manifest = join(path, "Cargo.toml")?;
    read(folder, path, folder.manifests.get(&manifest)?)
}

/// Every package with a program, in the order of the folders.
pub(crate) fn packages(folder: &Folder) -> Vec<Package> {
    let manifests = folder.manifests.iter().filter(|(path, _)| last(path) == "Cargo.toml");
    let packages = manifests.filter_map(|(path, text)| read(folder, parent(path), text));
    packages.filter(|package| !package.programs.is_empty()).collect()
}

fn read(folder: &Folder, path: &str, text: &str) -> Option<Package> {
    let manifest: Manifest = toml::from_str(text).ok()?;
    let section = manifest.package.filter(|section| !section.name.is_empty())?;
    let root = folder.manifests.get("Cargo.toml").and_then(|text| toml::from_str::<Manifest>(text).ok());
    let workspace = root.and_then(|root| root.workspace);
    let is_member = workspace.is_some();
    let inherited = workspace.and_then(|workspace| workspace.package).unwrap_or_default();
    let text = |own: Option<toml::Value>, above: Option<toml::Value>| match own? {
        toml::Value::String(text) => Some(text),
        _ => above?.as_str().map(str::to_owned),
    };
    let mut programs: Vec<String> =
        manifest.bin.into_iter().map(|bin| bin.name).filter(|name| !name.is_empty()).collect();
    if section.autobins != Some(false) {
        programs.extend(found(folder, path, &section.name));
    }
    let mut once: Vec<String> = Vec::new();
    programs.into_iter().for_each(|name| {
        if !once.contains(&name) {
            once.push(name);
        }
    });
    Some(Package {
        folder: path.to_owned(),
        name: section.name,
        programs: once,
        is_member,
        rust_version: text(section.rust_version, inherited.rust_version),
    })
}

/// The programs that Cargo finds by itself.
fn found(folder: &Folder, path: &str, package: &str) -> Vec<String> {
    let inner = |file: &str| join(path, file).filter(|file| folder.files.contains(file));
    let main = inner("src/main.rs").map(|_| package.to_owned());
    let bins = join(path, "src/bin").unwrap_or_default();
    let more = folder.files.iter().filter_map(|file| {
        let name = file.strip_prefix(&bins)?.strip_prefix('/')?;
        match name.split_once('/') {
            None => name.strip_suffix(".rs"),
            Some((name, "main.rs")) => Some(name),
            Some(_) => None,
        }
    });
    main.into_iter().chain(more.map(str::to_owned)).collect()
}

/// The newest Rust that this xbuild was tried with.
const NEWEST: &str = "1.95.0";

/// The exact Rust for a file, and why that one: the toolchain file's, a package's `rust-version`, or the newest known.
pub(crate) fn toolchain(folder: &Folder, packages: &[Package]) -> (String, String) {
    for file in ["rust-toolchain.toml", "rust-toolchain"] {
        let channel = folder.manifests.get(file).and_then(|text| channel(text));
        if let Some(version) = channel.as_deref().and_then(exact) {
            return (version, format!("From {file}."));
        }
    }
    let wanted = packages.iter().filter_map(|package| exact(package.rust_version.as_deref()?));
    match wanted.max_by_key(|version| semver::Version::parse(version).ok()) {
        Some(version) => (version, "From `rust-version` in Cargo.toml: the oldest that builds it.".to_owned()),
        None => {
            (NEWEST.to_owned(), "No file says which Rust: this is the newest that this xbuild was tried with.".into())
        }
    }
}

fn channel(text: &str) -> Option<String> {
    let table: Option<toml::Table> = toml::from_str(text).ok();
    let named = table.and_then(|table| table.get("toolchain")?.get("channel")?.as_str().map(str::to_owned));
    named.or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned))
}

/// `1.85` as `1.85.0`; words such as `stable` name no release.
fn exact(version: &str) -> Option<String> {
    let full = if version.split('.').count() == 2 { format!("{version}.0") } else { version.to_owned() };
    let is_dated = ["nightly-", "beta-"].iter().any(|channel| {
        full.strip_prefix(channel)
            .is_some_and(|date| date.len() == 10 && date.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
    });
    (is_dated || semver::Version::parse(&full).is_ok()).then_some(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(manifests: &[(&str, &str)], files: &[&str]) -> Folder {
        let text = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        let files = files.iter().map(|&file| file.to_owned()).collect();
        Folder { manifests: manifests.iter().map(text).collect(), files, ..Folder::default() }
    }

    #[test]
    fn programs_are_those_that_cargo_finds() {
        let manifests = [
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"a\", \"b\"]\n[workspace.package]\nversion = \"1.2.3\"\nrust-version = \"1.85\"\n",
            ),
            ("a/Cargo.toml", "[package]\nname = \"a\"\nversion.workspace = true\nrust-version.workspace = true\n"),
            (
                "b/Cargo.toml",
                "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[[bin]]\nname = \"bee\"\npath = \"x.rs\"\n",
            ),
            ("c/Cargo.toml", "[package]\nname = \"lib\"\n"),
            ("d/Cargo.toml", "not toml ["),
        ];
        let files =
            ["a/src/main.rs", "a/src/bin/extra.rs", "a/src/bin/more/main.rs", "a/src/bin/more/x.rs", "c/src/lib.rs"];
        let folder = folder(&manifests, &files);
        let packages = packages(&folder);
        let names: Vec<(&str, &[String])> =
            packages.iter().map(|one| (one.name.as_str(), one.programs.as_slice())).collect();
        assert_eq!(names, [("a", &["a", "extra", "more"].map(str::to_owned)[..]), ("b", &["bee".to_owned()][..])]);
        assert!(packages.iter().all(|package| package.is_member));
        assert_eq!(toolchain(&folder, &packages).0, "1.85.0");
    }

    #[test]
    fn a_toolchain_file_names_the_release() {
        let check =
            |file: &str, text: &str, expect: &str| assert_eq!(toolchain(&folder(&[(file, text)], &[]), &[]).0, expect);
        check("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n", "1.90.0");
        check("rust-toolchain", "1.88\n", "1.88.0");
        check("rust-toolchain", "nightly-2026-01-31\n", "nightly-2026-01-31");
        check("rust-toolchain", "stable\n", NEWEST);
    }
}
