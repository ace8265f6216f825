//! What an answer of `go list` depends on, so that the question is asked again only when the answer could differ.
//!
//! An edit inside a function changes a file but not what it imports: of `.go` files only the header counts. A new file in a
//! package's folder, a new match of an embed pattern, another `go.mod` or a nested one do count. Where a watch cannot be
//! made with certainty it watches more, never less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xbuild_builder::go::{self, Listing, Package};
use xbuild_content::Hash;

use crate::Digests;
use crate::embed;

/// One thing that an answer depends on, and what it was. Paths are relative to the project's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Watch {
    /// The names of the source files in a folder.
    Sources { folder: Utf8PathBuf, names: String },
    /// The files that embed patterns match below a folder.
    Embeds { folder: Utf8PathBuf, patterns: Vec<String>, names: String },
    /// A Go file: its bytes, and the digest of its header.
    Header { file: Utf8PathBuf, bytes: String, header: String },
    /// A file of which every byte counts; `None` where there is none.
    Whole { file: Utf8PathBuf, bytes: Option<String> },
}

/// The project's files as this run sees them: everything is looked at once.
pub(crate) struct Look<'a> {
    root: &'a Utf8Path,
    digests: &'a dyn Digests,
    sources: Mutex<BTreeMap<Utf8PathBuf, String>>,
}

impl<'a> Look<'a> {
    pub(crate) fn new(root: &'a Utf8Path, digests: &'a dyn Digests) -> Self {
        Self { root, digests, sources: Mutex::default() }
    }

    /// Whether everything is as it was.
    pub(crate) fn holds(&self, watches: &[Watch]) -> bool {
        watches.iter().all(|watch| self.one_holds(watch))
    }

    fn one_holds(&self, watch: &Watch) -> bool {
        match watch {
            Watch::Sources { folder, names } => self.source_names(folder) == *names,
            Watch::Embeds { folder, patterns, names } => self.embed_names(folder, patterns) == *names,
            Watch::Whole { file, bytes } => self.whole(file) == *bytes,
            Watch::Header { file, bytes, header } => match self.whole(file) {
                None => false,
                Some(now) => now == *bytes || self.header(file).as_ref() == Some(header),
            },
        }
    }

    /// What the answer `listing` depends on.
    pub(crate) fn watches(&self, listing: &Listing, module_files: &[Utf8PathBuf]) -> Vec<Watch> {
        let mut watches: Vec<Watch> =
            module_files.iter().map(|file| Watch::Whole { file: file.clone(), bytes: self.whole(file) }).collect();
        let mut folders = BTreeSet::new();
        for package in listing.packages() {
            let Ok(folder) = Utf8Path::new(&package.dir).strip_prefix(self.root) else { continue };
            self.watch_package(package, folder, &mut watches);
            folders.extend(folder.ancestors().map(Utf8Path::to_owned));
        }
        // A `go.mod` between a package and its module's root would take the package out of the module.
        let nested = folders.into_iter().map(|folder| folder.join("go.mod"));
        let nested = nested.filter(|file| !module_files.contains(file));
        watches.extend(nested.map(|file| Watch::Whole { bytes: self.whole(&file), file }));
        watches
    }

    fn watch_package(&self, package: &Package, folder: &Utf8Path, watches: &mut Vec<Watch>) {
        watches.push(Watch::Sources { folder: folder.to_owned(), names: self.source_names(folder) });
        for name in source_files(&self.root.join(folder)) {
            let file = folder.join(name);
            let Some(bytes) = self.whole(&file) else { continue };
            let header = file.as_str().ends_with(".go").then(|| self.header(&file)).flatten();
            watches.push(match header {
                Some(header) => Watch::Header { file, bytes, header },
                None => Watch::Whole { file, bytes: Some(bytes) },
            });
        }
        let patterns: Vec<String> = package.embed_patterns().map(str::to_owned).collect();
        if !patterns.is_empty() {
            let names = self.embed_names(folder, &patterns);
            watches.push(Watch::Embeds { folder: folder.to_owned(), patterns, names });
        }
    }

    fn source_names(&self, folder: &Utf8Path) -> String {
        let seen = |sources: &BTreeMap<Utf8PathBuf, String>| sources.get(folder).cloned();
        if let Some(names) = self.sources.lock().ok().as_deref().and_then(seen) {
            return names;
        }
        let names = hash_of(&source_files(&self.root.join(folder)));
        if let Ok(mut sources) = self.sources.lock() {
            sources.insert(folder.to_owned(), names.clone());
        }
        names
    }

    fn embed_names(&self, folder: &Utf8Path, patterns: &[String]) -> String {
        hash_of(&embed::matches(&self.root.join(folder), patterns))
    }

    fn whole(&self, file: &Utf8Path) -> Option<String> {
        self.digests.digest(&self.root.join(file)).ok().map(|digest| digest.digest.to_string())
    }

    fn header(&self, file: &Utf8Path) -> Option<String> {
        let source = fs::read(self.root.join(file)).ok()?;
        Some(go::header(&source).to_string())
    }
}

/// The endings of the files that Go takes into a package (`go/build`).
const SOURCES: [&str; 19] = [
    "go", "c", "cc", "cpp", "cxx", "m", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx", "swig",
    "swigcxx",
];

/// The names of the files in a folder that Go could take into a package, tests left out, sorted.
fn source_files(folder: &Utf8Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name().to_owned());
    let is_source = |name: &String| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        (SOURCES.contains(&ending) || ending == "syso") && !name.ends_with("_test.go")
    };
    let mut names: Vec<String> = names.filter(is_source).collect();
    names.sort_unstable();
    names
}

fn hash_of(names: &[String]) -> String {
    Hash::of(names.join("\0").as_bytes()).to_hex()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Files, write};

    /// What `go list` would say of the project below: two packages, one with embedded files.
    fn listing(root: &Utf8Path) -> Listing {
        let answer = format!(
            r#"{{"ImportPath": "m/app/cmd", "Dir": "{root}/app/cmd", "Name": "main", "Match": ["./cmd"], "Deps": ["m/app/lib"],
                 "GoFiles": ["main.go"], "EmbedPatterns": ["static/*"], "EmbedFiles": ["static/page.txt"]}}
               {{"ImportPath": "m/app/lib", "Dir": "{root}/app/lib", "GoFiles": ["lib.go"], "SFiles": ["lib_amd64.s"]}}
               {{"ImportPath": "n", "Dir": "/elsewhere/n@v1.0.0", "GoFiles": ["n.go"]}}"#
        );
        Listing::parse(answer.as_bytes()).expect("good JSON")
    }

    const LIB: &str = "//go:build !old\n\npackage lib\n\nimport \"os\"\n\nfunc F() { os.Exit(1) }\n";

    fn project() -> Files {
        let project = Files::new();
        let files = [
            ("app/go.mod", "module m/app\n"),
            ("app/cmd/main.go", "package main\n\n//go:embed static/*\nvar f embed.FS\n"),
            ("app/cmd/static/page.txt", "page"),
            ("app/lib/lib.go", LIB),
            ("app/lib/lib_amd64.s", "// text"),
            ("README.md", "# Read"),
        ];
        for (path, text) in files {
            write(&project.root(), path, text);
        }
        project
    }

    /// Whether the kept answer still holds after an edit.
    fn check(what: &str, edit: impl FnOnce(&Utf8Path), holds: bool) {
        let project = project();
        let root = project.root();
        let module_files = ["app/go.mod", "app/go.sum"].map(Utf8PathBuf::from);
        let watches = Look::new(&root, project.digests()).watches(&listing(&root), &module_files);
        let kept = serde_json::to_vec(&watches).expect("writes");
        let kept: Vec<Watch> = serde_json::from_slice(&kept).expect("reads");
        assert!(Look::new(&root, project.digests()).holds(&kept), "{what}: before");
        edit(&root);
        assert_eq!(Look::new(&root, project.digests()).holds(&kept), holds, "{what}");
    }

    fn edit(path: &'static str, text: &'static str) -> impl FnOnce(&Utf8Path) {
        move |root| write(root, path, text)
    }

    #[test]
    fn an_edit_below_the_imports_keeps_the_answer() {
        check(
            "a body",
            edit("app/lib/lib.go", "//go:build !old\n\npackage lib\n\nimport \"os\"\n\nfunc F() { os.Exit(2) }\n"),
            true,
        );
        check("an embedded file", edit("app/cmd/static/page.txt", "another page"), true);
        check("the same text again", edit("app/lib/lib.go", LIB), true);
    }

    #[test]
    fn what_no_package_is_made_of_keeps_the_answer() {
        check("a readme", edit("README.md", "# Read it"), true);
        check("a test", edit("app/lib/lib_test.go", "package lib\n"), true);
        check("a note beside the sources", edit("app/lib/notes.txt", "x"), true);
        check("another package", edit("app/other/other.go", "package other\n"), true);
        check("a module beside the packages", edit("app/other/go.mod", "module other\n"), true);
    }

    #[test]
    fn another_header_needs_another_answer() {
        check("an import", edit("app/lib/lib.go", "//go:build !old\n\npackage lib\n\nimport \"io\"\n"), false);
        check(
            "a constraint",
            edit("app/lib/lib.go", "//go:build !new\n\npackage lib\n\nimport \"os\"\n\nfunc F() { os.Exit(1) }\n"),
            false,
        );
        check("a pattern", edit("app/cmd/main.go", "package main\n\n//go:embed static/*.txt\nvar f embed.FS\n"), false);
        check("assembly, of which all counts", edit("app/lib/lib_amd64.s", "// other"), false);
    }

    #[test]
    fn files_that_come_and_go_need_another_answer() {
        check("a new source", edit("app/lib/more.go", "package lib\n"), false);
        check("a new source for another platform", edit("app/lib/lib_windows.go", "package lib\n"), false);
        check("a new header of C", edit("app/lib/lib.h", ""), false);
        check("a new system object", edit("app/lib/lib_amd64.syso", ""), false);
        check("a new match of a pattern", edit("app/cmd/static/more.txt", ""), false);
        check("a new match in a folder that a pattern brings", edit("app/cmd/static/more/deep.txt", ""), false);
        check("a source that is gone", |root| fs::remove_file(root.join("app/lib/lib.go")).expect("there"), false);
        check("a match that is gone", |root| fs::remove_dir_all(root.join("app/cmd/static")).expect("there"), false);
        check("a package that is gone", |root| fs::remove_dir_all(root.join("app/lib")).expect("there"), false);
    }

    #[test]
    fn the_files_of_the_module_count_whole() {
        check("go.mod", edit("app/go.mod", "module m/app\n\n// more\n"), false);
        check("a new go.sum", edit("app/go.sum", ""), false);
        check("a go.mod that takes a package out of the module", edit("app/lib/go.mod", "module lib\n"), false);
        check("a go.mod above", edit("go.mod", "module above\n"), false);
    }
}
