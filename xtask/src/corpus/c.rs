//! A C program, and what is true of what a compiler makes of it.
//!
//! The program is complete or stands alone: one that needs no C library shows a machine in a tenth of a second, where a library
//! for it would have to be compiled first. Who compiles it is `zig`'s and `gcc`'s part.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::facts::{Fact, Facts};
use super::specimen::Specimen;
use crate::Outcome;
use crate::step::run;

/// Standing alone, it has every name that a linker may want to begin at.
const SOURCE: &str = "\
int corpus_data = 3;
static int hidden(int n) { return n + corpus_data; }
int (*corpus_function)(int) = hidden;
int corpus(int n) { return corpus_function(n); }
#if defined COMPLETE
#include <stdio.h>
int main(void) { return puts(\"a corpus\") < 0; }
#elif defined _WIN32 && !__STDC_HOSTED__
void wWinMainCRTStartup(void) { corpus(1); }
long EfiMain(void *handle, void *table) { return corpus(1); }
__attribute__((stdcall)) int DllMainCRTStartup(void *library, unsigned reason, void *reserved) { return 1; }
#elif !defined LIBRARY
int main(void) { return corpus(1); }
void _start(void) { for (;;) main(); }
void __start(void) { for (;;) main(); }
#endif
";

/// What a compiler is told to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    Object,
    Program,
    Library,
}

impl Product {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Program => "executable",
            Self::Library => "shared-library",
        }
    }
}

/// One file to make.
pub(super) struct Build {
    pub(super) name: String,
    pub(super) product: Product,
    pub(super) flags: Vec<&'static str>,
    pub(super) truth: Facts,
    pub(super) unsaid: Vec<Fact>,
}

/// A compiler in a folder of its own.
pub(super) struct Compiler {
    folder: PathBuf,
    command: Vec<String>,
    environment: Vec<(&'static str, PathBuf)>,
    name: String,
}

impl Compiler {
    /// `name` is what a specimen's origin calls it.
    pub(super) fn new(folder: &Path, command: &[&str], name: String) -> Outcome<Self> {
        fs::create_dir_all(folder.join("out"))?;
        fs::write(folder.join("corpus.c"), SOURCE)?;
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self { folder: folder.to_owned(), command, environment: Vec::new(), name })
    }

    pub(super) fn with_environment(mut self, environment: Vec<(&'static str, PathBuf)>) -> Self {
        self.environment = environment;
        self
    }

    /// Makes the file, unless it is there. A compiler that says why not has not the parts for it, and is believed.
    pub(super) fn build(&self, build: Build) -> Outcome<Option<Specimen>> {
        let path = self.folder.join("out").join(&build.name);
        if !path.exists() {
            let partly = path.with_extension("partly");
            let mut command = Command::new(&self.command[0]);
            command.args(&self.command[1..]).args(&build.flags).args(self.product_flags(build.product));
            command.arg("corpus.c").arg("-o").arg(&partly).current_dir(&self.folder);
            command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
            if let Err(error) = run(command.stdout(Stdio::null()).stderr(Stdio::null())) {
                println!("left out: {error}");
                return Ok(None);
            }
            fs::rename(partly, &path)?;
        }
        let mut truth = build.truth;
        truth.say(Fact::Kind, build.product.kind());
        let origin = format!("{} {}", self.name, build.flags.join(" "));
        Ok(Some(Specimen { path, origin, truth, unsaid: build.unsaid }))
    }

    fn product_flags(&self, product: Product) -> &'static [&'static str] {
        match product {
            Product::Object => &["-c"],
            Product::Program => &[],
            Product::Library => &["-shared", "-fPIC", "-DLIBRARY"],
        }
    }
}
