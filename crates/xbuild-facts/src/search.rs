//! Rust and zig: found by their exact version on `PATH` and where rustup keeps them, or checked where the file says they are.
//!
//! A `rustc` of rustup is a doorman that may fetch a compiler when it is asked; it is never run. The folders that it would
//! choose from are looked at instead. The rest of the toolchain is what lies beside the program: its whole folder is read,
//! and is its identity.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::Digest;
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_model::{Location, Toolchain, ToolchainKind};

use crate::ask::say;
use crate::fault::Fault;
use crate::program::missing;
use crate::session::Session;
use crate::tools::Tool;

/// What makes a toolchain of one of the two kinds.
struct Shape {
    /// The program that knows its version, from the toolchain's folder.
    asked: &'static str,
    /// What it is asked.
    question: &'static str,
    /// The program that builds.
    program: &'static str,
    /// The folders that are its identity; `None` is everything.
    parts: Option<&'static [&'static str]>,
}

const RUST: Shape = Shape {
    asked: "bin/rustc",
    question: "--version",
    program: "bin/cargo",
    // What else lies there is documentation.
    parts: Some(&["bin", "lib", "libexec"]),
};
const ZIG: Shape = Shape { asked: "zig", question: "version", program: "zig", parts: None };

impl Session<'_> {
    /// The Rust or zig that the file means.
    pub(crate) fn compiler(&self, toolchain: &Toolchain) -> Result<Tool, Fault> {
        let shape = if toolchain.kind == ToolchainKind::Rust { RUST } else { ZIG };
        if let Some(location) = &toolchain.location {
            let root = self.root_of(&shape, location);
            return self.compiler_in(toolchain, &shape, &root).and_then(|found| {
                let other = |found: String| Fault::OtherVersion {
                    name: toolchain.name.to_string(),
                    path: root.to_string(),
                    found,
                    version: toolchain.version.value.clone(),
                };
                found.map_err(other)
            });
        }
        let mut seen = Vec::new();
        for root in self.roots(toolchain.kind) {
            match self.compiler_in(toolchain, &shape, &root) {
                Ok(Ok(tool)) => return Ok(tool),
                Ok(Err(found)) => seen.push(format!("looked at {root}: it is {found}")),
                Err(fault) => seen.push(format!("looked at {root}: {fault}")),
            }
        }
        if seen.is_empty() {
            seen.push(format!("no {} was found on PATH", toolchain.kind.as_str()));
        }
        Err(Fault::NotFound {
            name: toolchain.name.to_string(),
            kind: toolchain.kind.as_str(),
            version: toolchain.version.value.clone(),
            host: self.host,
            seen: seen.join("\n"),
        })
    }

    /// The folder of a toolchain whose program or folder the file names.
    fn root_of(&self, shape: &Shape, location: &Location) -> Utf8PathBuf {
        match location {
            Location::Root(root) => self.root.join(root.as_str()),
            Location::Path(path) => {
                let depth = shape.asked.split('/').count();
                let program = self.root.join(path.as_str());
                program.ancestors().nth(depth).unwrap_or(&program).to_owned()
            }
        }
    }

    /// The folders to look at, in the order of preference, each once.
    fn roots(&self, kind: ToolchainKind) -> Vec<Utf8PathBuf> {
        let name = if kind == ToolchainKind::Rust { "rustc" } else { "zig" };
        let mut all: Vec<Utf8PathBuf> = Vec::new();
        for program in self.environment.path().filter_map(|folder| folder.join(name).canonicalize_utf8().ok()) {
            let above = if kind == ToolchainKind::Rust { 2 } else { 1 };
            all.extend(program.ancestors().nth(above).map(Utf8Path::to_owned).filter(|_| !is_rustup(&program)));
        }
        if kind == ToolchainKind::Rust {
            all.extend(self.rustup_toolchains());
        }
        let mut distinct = Vec::new();
        all.into_iter().for_each(|root| {
            if !distinct.contains(&root) {
                distinct.push(root);
            }
        });
        distinct
    }

    /// Where rustup keeps compilers, newest name first.
    fn rustup_toolchains(&self) -> Vec<Utf8PathBuf> {
        let home = self.environment.get("RUSTUP_HOME").map(Utf8PathBuf::from);
        let home = home.or_else(|| Some(self.environment.home()?.join(".rustup")));
        let entries = home.and_then(|home| home.join("toolchains").read_dir_utf8().ok());
        let mut all: Vec<Utf8PathBuf> =
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.path().canonicalize_utf8().ok()).collect();
        all.sort();
        all.reverse();
        all
    }

    /// The toolchain in a folder; the words of its program where they are another version's.
    fn compiler_in(
        &self,
        toolchain: &Toolchain,
        shape: &Shape,
        root: &Utf8Path,
    ) -> Result<Result<Tool, String>, Fault> {
        let asked = root.join(shape.asked);
        let program = root.join(shape.program);
        if asked.canonicalize_utf8().is_ok_and(|program| is_rustup(&program)) {
            return Ok(Err("rustup, which only chooses one".into()));
        }
        let digest = self.runnable(toolchain, &asked)?;
        self.runnable(toolchain, &program)?;
        let answer = self.version(&asked, shape.question, digest, root);
        let answer = answer.map_err(|said| missing_words(toolchain, &asked, &said))?;
        if !is_version(toolchain.kind, &answer, &toolchain.version.value) {
            return Ok(Err(answer));
        }
        // zig of a distribution has its library elsewhere, and then its folder is everybody's.
        if toolchain.kind == ToolchainKind::Zig && !root.join("lib/std/std.zig").is_file() {
            return Ok(Err(format!("{answer}, without its `lib` beside it")));
        }
        let digest = self.folder_digest(root, shape.parts).ok_or_else(|| missing(toolchain, root))?;
        Ok(Ok(Tool {
            version: toolchain.version.value.clone(),
            digest,
            program,
            root: root.to_owned(),
            readable: vec![root.to_owned()],
            cxx: None,
            ar: None,
            go: None,
        }))
    }

    /// What a program says of itself, asked once for each state of its bytes.
    fn version(&self, program: &Utf8Path, question: &str, digest: Digest, root: &Utf8Path) -> Result<String, String> {
        let key = canonical::key("xbuild version 1", &Asked { digest, question });
        if let Some(kept) = self.store.memo_get(key).and_then(|bytes| String::from_utf8(bytes).ok()) {
            return Ok(kept);
        }
        let answer = say(program, question, root)?;
        // An answer that is not kept is asked for again.
        let _ = self.store.memo_put(key, answer.as_bytes());
        Ok(answer)
    }
}

fn missing_words(toolchain: &Toolchain, program: &Utf8Path, said: &str) -> Fault {
    Fault::Tool { name: toolchain.name.to_string(), path: format!("{program} (it does not answer: {said})") }
}

fn is_rustup(program: &Utf8Path) -> bool {
    matches!(program.file_name(), Some("rustup" | "rustup-init"))
}

/// Whether an answer names a version: `rustc 1.95.0 (59807616e 2026-04-14)`, `0.15.2`.
fn is_version(kind: ToolchainKind, answer: &str, version: &str) -> bool {
    let mut words = answer.split_whitespace();
    if kind == ToolchainKind::Zig {
        return words.next() == Some(version);
    }
    let (Some("rustc"), Some(number)) = (words.next(), words.next()) else { return false };
    match version.split_once('-') {
        // Nightlies are named by the day they were published, which is the day after that of their last commit, so the number
        // is all that can be compared.
        Some((channel @ ("nightly" | "beta"), _)) => number.contains(channel),
        _ => number == version,
    }
}

struct Asked<'a> {
    digest: Digest,
    question: &'a str,
}

impl Canonical for Asked<'_> {
    fn walk(&self, out: &mut Fields<'_>) {
        out.digest("program", &self.digest);
        out.text("question", self.question);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_whole() {
        let rust = |answer: &str, version: &str| is_version(ToolchainKind::Rust, answer, version);
        assert!(rust("rustc 1.95.0 (59807616e 2026-04-14)", "1.95.0"));
        assert!(!rust("rustc 1.95.1 (59807616e 2026-04-14)", "1.95.0"));
        assert!(rust("rustc 1.97.0-nightly (abc 2026-04-13)", "nightly-2026-04-14"));
        assert!(!rust("rustc 1.95.0 (59807616e 2026-04-14)", "nightly-2026-04-14"));
        assert!(is_version(ToolchainKind::Zig, "0.15.2", "0.15.2"));
        assert!(!is_version(ToolchainKind::Zig, "0.15.20", "0.15.2"));
    }
}
