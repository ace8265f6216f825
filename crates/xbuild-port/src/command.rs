//! A file for what no builder of a language makes: one command, to be filled in.

use crate::Folder;
use crate::draft::{Builder, Draft, Files, Target, Toolchain};
use crate::name::spelled;

/// A draft with one command: `make` where the folder has a Makefile, else a shell's.
pub(crate) fn draft(folder: &Folder) -> Draft {
    let has_makefile = folder.files.iter().any(|path| matches!(path.as_str(), "Makefile" | "makefile" | "GNUmakefile"));
    let (tool, path, words) = if has_makefile {
        ("make", "/usr/bin/make", vec!["make".to_owned(), "all".to_owned()])
    } else {
        ("sh", "/bin/sh", ["sh", "-c", "mkdir -p out && echo hello > out/hello.txt"].map(str::to_owned).to_vec())
    };
    let mut target = Target::new(spelled(&folder.name, "app"), Builder::Command { words }, Vec::new());
    target.comments = vec!["Started at the project's top, as it is written: no shell reads it.".to_owned()];
    target.files = Some(Files {
        comments: vec!["What it reads and writes: only that is there when it runs, and only that is kept.".to_owned()],
        inputs: vec!["**".to_owned()],
        outputs: vec!["out".to_owned()],
    });
    let comments = vec!["The program that runs, and a label for its version.".to_owned()];
    let toolchain = Toolchain { comments, name: tool, version: "1".to_owned(), program: Some(path.to_owned()) };
    Draft { toolchains: vec![toolchain], targets: vec![target], ..Draft::default() }
}
