//! Programs of toolchains that the file names with `path` or `root`: read by their bytes before they are ever run.
//!
//! A tool for another machine fails deep inside a build, or under an emulator, with words that name nothing. Its header
//! tells beforehand, so a program is looked at once for each state of its bytes.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Digest, Hash, RelPath, Tree, TreeEntry};
use xbuild_model::{Toolchain, ToolchainKind};
use xbuild_platform::{Arch, HostPlatform, Os};
use xbuild_verify::{Facts, Kind, inspect, platform_of};

use crate::fault::Fault;
use crate::session::Session;
use crate::tools::Tool;

impl Session<'_> {
    /// A toolchain that is one program: its identity is that of the file.
    pub(crate) fn program(&self, toolchain: &Toolchain, path: &Utf8Path) -> Result<Tool, Fault> {
        let digest = self.runnable(toolchain, path)?;
        let dir = path.parent().unwrap_or(path).to_owned();
        let mut readable = vec![path.to_owned()];
        readable.extend(self.installation(path));
        Ok(tool_at(toolchain, digest.hash(), path, &dir, readable))
    }

    /// A toolchain that is a whole folder: its program is `bin/NAME` or `NAME`.
    pub(crate) fn folder(&self, toolchain: &Toolchain, root: &Utf8Path) -> Result<Tool, Fault> {
        let missing = || missing(toolchain, root);
        let program = programs(toolchain, root).into_iter().find(|path| path.is_file()).ok_or_else(missing)?;
        self.runnable(toolchain, &program)?;
        let digest = self.folder_digest(root, None).ok_or_else(missing)?;
        Ok(tool_at(toolchain, digest, &program, root, vec![root.to_owned()]))
    }

    /// The digest of a program that this machine can start.
    pub(crate) fn runnable(&self, toolchain: &Toolchain, path: &Utf8Path) -> Result<Digest, Fault> {
        let facts = self.store.files().digest(path).map_err(|_| missing(toolchain, path))?;
        let wrong = |found: String| Fault::WrongTool {
            name: toolchain.name.to_string(),
            path: path.to_string(),
            found,
            host: self.host,
        };
        if !facts.executable {
            return Err(wrong("a file that nobody may execute".into()));
        }
        match self.seen(path, facts.digest) {
            None => Ok(facts.digest),
            Some(found) => Err(wrong(found)),
        }
    }

    /// What a file is that does not start here; `None` for one that does. Remembered by its bytes.
    fn seen(&self, path: &Utf8Path, digest: Digest) -> Option<String> {
        let key = canonical::key("xbuild tool 1", &Looked { digest, host: self.host });
        if let Some(kept) = self.store.memo_get(key).and_then(|bytes| String::from_utf8(bytes).ok()) {
            return (!kept.is_empty()).then_some(kept);
        }
        let found = stranger(&inspect(&std::fs::read(path).ok()?), self.host);
        // What is not kept is looked at again.
        let _ = self.store.memo_put(key, found.as_deref().unwrap_or_default().as_bytes());
        found
    }

    /// The folder that a program in a `bin` was installed with, which it may need to read: libraries, headers, scripts. Never
    /// one that holds the project or the user's home, for those are no toolchain's.
    fn installation(&self, program: &Utf8Path) -> Option<Utf8PathBuf> {
        let bin = program.parent().filter(|folder| folder.file_name() == Some("bin"))?;
        let above = bin.parent().filter(|folder| folder.parent().is_some())?.canonicalize_utf8().ok()?;
        let holds = |inner: &Utf8Path| inner.starts_with(&above);
        let taken = holds(self.root) || above.starts_with(self.root) || self.environment.home().is_some_and(holds);
        (!taken).then_some(above)
    }

    /// The digest of everything in a folder, or in some folders of it; `None` where it cannot be read.
    pub(crate) fn folder_digest(&self, root: &Utf8Path, only: Option<&[&str]>) -> Option<Hash> {
        let mut tree = Tree::default();
        match only {
            None => self.add_folder(&mut tree, root, root)?,
            Some(names) => {
                for folder in names.iter().map(|name| root.join(name)).filter(|folder| folder.is_dir()) {
                    self.add_folder(&mut tree, root, &folder)?;
                }
            }
        }
        (!tree.is_empty()).then(|| canonical::key("xbuild toolchain folder 1", &Folder(&tree)).hash())
    }

    fn add_folder(&self, tree: &mut Tree, root: &Utf8Path, folder: &Utf8Path) -> Option<()> {
        for entry in folder.read_dir_utf8().ok()? {
            let path = entry.ok()?.into_path();
            let metadata = path.symlink_metadata().ok()?;
            if metadata.is_dir() {
                self.add_folder(tree, root, &path)?;
                continue;
            }
            let at = RelPath::new(path.strip_prefix(root).ok()?.as_str()).ok()?;
            let entry = if metadata.is_symlink() {
                TreeEntry::Symlink { target: path.read_link_utf8().ok()?.into_string() }
            } else {
                let file = self.store.files().digest(&path).ok()?;
                TreeEntry::File { digest: file.digest, executable: file.executable }
            };
            tree.insert(at, entry).ok()?;
        }
        Some(())
    }
}

fn tool_at(
    toolchain: &Toolchain,
    digest: Hash,
    program: &Utf8Path,
    root: &Utf8Path,
    readable: Vec<Utf8PathBuf>,
) -> Tool {
    let is_cc = toolchain.kind == ToolchainKind::Cc;
    Tool {
        version: toolchain.version.value.clone(),
        digest,
        program: program.to_owned(),
        root: root.to_owned(),
        readable,
        cxx: is_cc.then(|| beside(program, CC, CXX).unwrap_or_else(|| program.to_owned())),
        ar: is_cc.then(|| beside(program, CC, AR).unwrap_or_else(|| "/usr/bin/ar".into())),
        go: None,
    }
}

/// The names of C compilers, and those of what belongs to each.
const CC: [&str; 4] = ["gcc", "gcc", "clang", "cc"];
const CXX: [&str; 4] = ["g++", "g++", "clang++", "c++"];
const AR: [&str; 4] = ["ar", "gcc-ar", "llvm-ar", "ar"];

pub(crate) fn missing(toolchain: &Toolchain, path: &Utf8Path) -> Fault {
    Fault::Tool { name: toolchain.name.to_string(), path: path.to_string() }
}

/// Where the program of a whole folder may be.
fn programs(toolchain: &Toolchain, root: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut names = vec![toolchain.name.as_str()];
    if toolchain.kind == ToolchainKind::Cc {
        names.extend(["cc", "gcc", "clang"]);
    }
    let mut all: Vec<Utf8PathBuf> =
        names.into_iter().flat_map(|name| [root.join("bin").join(name), root.join(name)]).collect();
    if toolchain.kind == ToolchainKind::Cc {
        all.extend(prefixed(&root.join("bin")));
    }
    all
}

/// Compilers of a folder that carry their platform in their names: `aarch64-linux-gnu-gcc`.
fn prefixed(bin: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = bin.read_dir_utf8().into_iter().flatten().flatten();
    let is_compiler = |name: &str| name.ends_with("-gcc") || name.ends_with("-clang");
    let mut all: Vec<Utf8PathBuf> =
        entries.filter(|entry| is_compiler(entry.file_name())).map(|entry| entry.path().to_owned()).collect();
    all.sort();
    all
}

/// What stands beside a C compiler, under the name that its own suggests: `…-g++` beside `…-gcc`.
fn beside(program: &Utf8Path, from: [&str; 4], to: [&str; 4]) -> Option<Utf8PathBuf> {
    let (dir, name) = (program.parent()?, program.file_name()?);
    let pairs = from.into_iter().zip(to);
    let renamed = pairs.filter_map(|(from, to)| {
        let at = name.rfind(from)?;
        Some(dir.join(format!("{}{to}{}", &name[..at], &name[at + from.len()..])))
    });
    renamed.into_iter().find(|path| path.is_file())
}

/// What the file is, where this machine cannot start it.
fn stranger(facts: &Facts, host: HostPlatform) -> Option<String> {
    match facts.kind {
        Kind::Script => return None,
        Kind::Executable | Kind::SharedLibrary => {}
        _ => return Some(format!("no program ({})", facts.kind.as_str())),
    }
    let other_os = facts.os.is_some_and(|os| os != host.os);
    let same_arch =
        |arch: Arch| arch == host.arch || (host.os == Os::Linux && host.arch == Arch::Amd64 && arch == Arch::I386);
    let fits = match facts.arch {
        Some(arch) => same_arch(arch),
        None => facts.slices.is_empty() || facts.slices.iter().any(|slice| slice.facts.arch.is_some_and(same_arch)),
    };
    (other_os || !fits)
        .then(|| format!("a program for {}", platform_of(facts).unwrap_or_else(|| "another machine".into())))
}

struct Folder<'a>(&'a Tree);

impl Canonical for Folder<'_> {
    fn walk(&self, out: &mut Fields<'_>) {
        self.0.walk(out);
    }
}

struct Looked {
    digest: Digest,
    host: HostPlatform,
}

impl Canonical for Looked {
    fn walk(&self, out: &mut Fields<'_>) {
        out.digest("program", &self.digest);
        out.text("host", self.host.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> HostPlatform {
        HostPlatform::from_rust_names("linux", "x86_64").expect("a host")
    }

    /// The header of an ELF program for a machine.
    fn elf(machine: u8) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
        bytes.resize(16, 0);
        bytes.extend([2, 0, machine, 0, 1, 0, 0, 0]);
        bytes.resize(64, 0);
        bytes[52] = 64;
        bytes
    }

    fn check(bytes: &[u8], expect: Option<&str>) {
        assert_eq!(stranger(&inspect(bytes), host()).as_deref(), expect);
    }

    #[test]
    fn a_program_for_another_machine_is_told_from_its_bytes() {
        check(&elf(62), None);
        check(&elf(183), Some("a program for arm64"));
        check(b"#!/bin/sh\n", None);
        check(b"hello\n", Some("no program (unknown)"));
    }

    #[test]
    fn what_belongs_to_a_compiler_stands_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        std::fs::write(root.join("arm-gcc-13"), "").expect("room");
        std::fs::write(root.join("arm-g++-13"), "").expect("room");
        let found = beside(&root.join("arm-gcc-13"), CC, CXX);
        assert_eq!(found, Some(root.join("arm-g++-13")));
        assert_eq!(beside(&root.join("cc"), CC, CXX), None);
    }
}
