//! `cargo xtask corpus`: what `xbuild inspect` says of real programs, held against how they were made.
//!
//! A reader of binaries that is tested with files it was written for proves little. Here the truth comes from provenance: the
//! package and architecture that a file was shipped in, the platform, target and flags that it was built with. The same files are shown
//! to `readelf`, `llvm-readobj`, `file` and `go version -m`, and the table says how often each is right. Nothing of it is
//! committed: files are fetched or built under `target/corpus`. How damaged files are read is `fuzz`'s part.

mod agreement;
mod c;
mod debian;
mod facts;
mod gcc;
mod go;
mod measure;
mod npm;
mod specimen;
mod tool;
mod zig;

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::step::{cargo, run as run_command, target};
use agreement::Agreement;
use specimen::Specimen;
use tool::Tool;

/// How much of the corpus is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What a merge has time for.
    Small,
    Whole,
}

/// A part of the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Go,
    Debian,
    Compilers,
    Npm,
}

impl Part {
    fn named(name: &str) -> Outcome<Self> {
        match name {
            "go" => Ok(Self::Go),
            "debian" => Ok(Self::Debian),
            "compilers" => Ok(Self::Compilers),
            "npm" => Ok(Self::Npm),
            _ => Err(format!("`{name}` is none of `go`, `debian`, `compilers` and `npm`").into()),
        }
    }
}

/// What was asked for.
struct Options {
    extent: Extent,
    /// The one part that is wanted; nothing where all are.
    only: Option<Part>,
    measure: bool,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut options = Self { extent: Extent::Whole, only: None, measure: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--small" => options.extent = Extent::Small,
                "--measure" => options.measure = true,
                "--only" => options.only = Some(Part::named(words.next().ok_or("`--only` lacks its value")?)?),
                _ => return Err(format!("`{word}` is not understood").into()),
            }
        }
        Ok(options)
    }
}

/// The folder that everything is kept in.
fn folder() -> PathBuf {
    target().join("corpus")
}

/// Gathers the files, asks everybody about them, prints the table, and fails where xbuild deviates from the truth.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let options = Options::parse(words)?;
    let folder = folder();
    let specimens = gather(&folder, &options)?;
    if specimens.is_empty() {
        return Err("all that was asked for is left out: nothing was looked at".into());
    }
    run_command(&mut cargo(&["build", "--quiet", "--package", "xbuild"]))?;
    let agreement = compare(specimens)?;
    print!("{}", agreement.table());
    if options.measure {
        print!("{}", measure::report(agreement.specimens(), &folder)?);
    }
    let deviations = agreement.deviations();
    if deviations.is_empty() {
        println!("\nxbuild deviates nowhere");
        return Ok(());
    }
    Err(format!("xbuild deviates from how the files were made:\n  {}", deviations.join("\n  ")).into())
}

fn gather(folder: &Path, options: &Options) -> Outcome<Vec<Specimen>> {
    let mut specimens = Vec::new();
    if options.wants(Part::Go) {
        specimens.extend(go::specimens(&folder.join("go"), options.extent)?);
    }
    if options.wants(Part::Debian) {
        // The lists of one extent are not those of the other.
        let lists = if options.extent == Extent::Small { "debian-small" } else { "debian" };
        specimens.extend(debian::specimens(&folder.join(lists), options.extent)?.files("Debian's packages"));
    }
    if options.wants(Part::Compilers) && options.extent == Extent::Whole {
        specimens.extend(zig::specimens(&folder.join("zig"))?);
        specimens.extend(gcc::specimens(&folder.join("gcc"))?);
    }
    if options.wants(Part::Npm) && options.extent == Extent::Whole {
        specimens.extend(npm::specimens(&folder.join("npm"))?.files("npm's packages"));
    }
    Ok(specimens)
}

fn compare(specimens: Vec<Specimen>) -> Outcome<Agreement> {
    let mut agreement = Agreement::new(specimens);
    for tool in Tool::ALL {
        match tool.version() {
            Some(version) => {
                eprintln!("{}: {version}", tool.name());
                let answers = tool.ask(agreement.specimens())?;
                agreement.add(tool, version, answers);
            }
            None => println!("left out: {} (it is not on this machine)", tool.name()),
        }
    }
    agreement.settle();
    Ok(agreement)
}
