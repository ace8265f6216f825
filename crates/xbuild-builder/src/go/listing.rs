//! What `go list` says goes into a main package on one platform, and what that answer depends on.
//!
//! The question is asked once for all mains that share platform, tags and folder. The answer is parsed here; the process
//! is started elsewhere. [`Listing::files_of`] gives one main's inputs, so that a file that only one platform compiles is an
//! input there only.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::go::GoSettings;
use crate::go::env::{Workspace, base_env};
use crate::{EnvEntry, Place, Word};

/// A `go list` process: what to run, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The program and its arguments.
    pub argv: Vec<Word>,
    /// Its complete environment.
    pub env: BTreeMap<String, EnvEntry>,
    /// The folder below the project's root; `None` is the root.
    pub cwd: Option<xbuild_content::RelPath>,
    /// The package paths that it asks about, as the file has them.
    pub packages: Vec<String>,
}

const FIELDS: &str = "-json=ImportPath,Dir,Name,Standard,Module,Deps,GoFiles,CgoFiles,CompiledGoFiles,InvalidGoFiles,\
IgnoredGoFiles,IgnoredOtherFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,\
EmbedPatterns,EmbedFiles,Match,Error,DepsErrors";

/// The question for some mains; every one of `cells` has the same settings but for its package and its output.
pub fn question(settings: &GoSettings, workspace: &Workspace, packages: &[String]) -> Question {
    let mut argv =
        vec![Word::place(Place::Tool(settings.toolchain.clone())), "list".into(), "-deps".into(), "-e".into()];
    argv.push(FIELDS.replace("CompiledGoFiles,", "").into());
    if !settings.tags.is_empty() {
        argv.push(format!("-tags={}", settings.tags.join(",")).into());
    }
    // Flags such as `-mod` and `-modfile` decide what is listed; the others do no harm here.
    argv.extend(settings.flags.iter().filter(|flag| flag.keyed().starts_with("-mod")).cloned());
    argv.push("--".into());
    argv.extend(packages.iter().map(|package| Word::text(package.as_str())));
    Question { argv, env: base_env(settings, workspace), cwd: settings.cwd.clone(), packages: packages.to_vec() }
}

/// A package as `go list` has it: only the fields that decide inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Package {
    /// The import path.
    pub import_path: String,
    /// Its folder on this machine.
    pub dir: String,
    /// `main` for a command.
    pub name: String,
    /// Whether it is of Go's own library.
    #[serde(skip_serializing_if = "is_false")]
    pub standard: bool,
    /// Its module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<Module>,
    /// Every package that it needs, also indirectly.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deps: Vec<String>,
    /// The arguments that it answers.
    #[serde(skip_serializing_if = "Vec::is_empty", rename = "Match")]
    pub matches: Vec<String>,
    go_files: Vec<String>,
    cgo_files: Vec<String>,
    invalid_go_files: Vec<String>,
    ignored_go_files: Vec<String>,
    ignored_other_files: Vec<String>,
    #[serde(rename = "CFiles")]
    c_files: Vec<String>,
    #[serde(rename = "CXXFiles")]
    cxx_files: Vec<String>,
    #[serde(rename = "MFiles")]
    m_files: Vec<String>,
    #[serde(rename = "HFiles")]
    h_files: Vec<String>,
    #[serde(rename = "FFiles")]
    f_files: Vec<String>,
    #[serde(rename = "SFiles")]
    s_files: Vec<String>,
    swig_files: Vec<String>,
    #[serde(rename = "SwigCXXFiles")]
    swig_cxx_files: Vec<String>,
    syso_files: Vec<String>,
    embed_patterns: Vec<String>,
    embed_files: Vec<String>,
    error: Option<PackageError>,
    deps_errors: Vec<PackageError>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A module as `go list` has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Module {
    /// The module path.
    pub path: String,
    /// Whether it is one that is being worked on here.
    pub main: bool,
    /// Its folder.
    pub dir: String,
    /// Its `go.mod`.
    pub go_mod: String,
}

/// What is wrong with a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PackageError {
    /// Where, as `file:line:column`; may be empty.
    pub pos: String,
    /// Go's words.
    pub err: String,
}

impl Package {
    /// The files that its build reads, as paths below its folder, each once, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let lists = [
            &self.go_files,
            &self.cgo_files,
            &self.invalid_go_files,
            &self.c_files,
            &self.cxx_files,
            &self.m_files,
            &self.h_files,
            &self.f_files,
            &self.s_files,
            &self.swig_files,
            &self.swig_cxx_files,
            &self.syso_files,
            &self.embed_files,
        ];
        lists.into_iter().flatten().map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    /// The files that build constraints leave out on this platform.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.ignored_go_files.iter().chain(&self.ignored_other_files).map(String::as_str)
    }

    /// The patterns of its `//go:embed` lines: new files that one of them matches are inputs too.
    pub fn embed_patterns(&self) -> impl Iterator<Item = &str> {
        self.embed_patterns.iter().map(String::as_str)
    }

    /// What is wrong with it or with what it needs.
    pub fn errors(&self) -> impl Iterator<Item = &PackageError> {
        self.error.iter().chain(&self.deps_errors)
    }
}

/// An answer of `go list -deps`: packages by import path, those of Go's own library left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    packages: BTreeMap<String, Package>,
}

/// An answer that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`go list` answered something that is not its JSON")]
pub struct ListingError(#[source] serde_json::Error);

impl Listing {
    /// Reads the stream of objects that `go list -json` prints.
    pub fn parse(stdout: &[u8]) -> Result<Self, ListingError> {
        let mut packages = BTreeMap::new();
        for package in serde_json::Deserializer::from_slice(stdout).into_iter::<Package>() {
            let package = package.map_err(ListingError)?;
            if !package.standard {
                packages.insert(package.import_path.clone(), package);
            }
        }
        Ok(Self { packages })
    }

    /// Every package that is not of Go's own library.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.values()
    }

    /// The package that answers an argument of the question.
    pub fn matching(&self, argument: &str) -> Option<&Package> {
        self.packages.values().find(|package| package.matches.iter().any(|name| name == argument))
    }

    /// A package and everything that it needs.
    pub fn closure<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a Package> {
        std::iter::once(package).chain(package.deps.iter().filter_map(|path| self.packages.get(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"
        {"ImportPath": "fmt", "Dir": "/go/src/fmt", "Standard": true, "GoFiles": ["print.go"]}
        {"ImportPath": "m/lib", "Dir": "/p/lib", "GoFiles": ["lib.go"], "IgnoredGoFiles": ["lib_windows.go"]}
        {"ImportPath": "m/cmd/a", "Dir": "/p/cmd/a", "Name": "main", "Match": ["./cmd/a"], "Deps": ["fmt", "m/lib"],
         "GoFiles": ["main.go"], "EmbedPatterns": ["page.html"], "EmbedFiles": ["page.html"]}"#;

    #[test]
    fn a_main_is_found_by_the_argument_and_brings_what_it_needs() {
        let listing = Listing::parse(ANSWER.as_bytes()).expect("good JSON");
        let main = listing.matching("./cmd/a").expect("the main");
        let files: Vec<String> = listing
            .closure(main)
            .flat_map(|package| package.files().map(move |file| format!("{}/{file}", package.dir)))
            .collect();
        assert_eq!(files, ["/p/cmd/a/main.go", "/p/cmd/a/page.html", "/p/lib/lib.go"]);
        assert_eq!(main.embed_patterns().collect::<Vec<_>>(), ["page.html"]);
    }

    #[test]
    fn an_answer_that_is_cut_is_an_error() {
        assert!(Listing::parse(&ANSWER.as_bytes()[..ANSWER.len() - 1]).is_err());
    }
}
