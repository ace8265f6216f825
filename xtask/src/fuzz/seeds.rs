//! What fuzzing starts from, one folder of files for each target.
//!
//! The texts are the cases of this repository and the texts made to break a reader, as far as they are short; the artifacts are
//! the forged files that the tests of verification break. All are made here, so none is committed.

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../../crates/xbuild-verify/tests/forge/mod.rs"]
mod forge;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../../tests/killers.rs"]
mod killers;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::step::root;

/// The longest text that is worth changing a byte of.
const LONGEST: usize = 16 << 10;

/// Writes the seeds of every target, in a folder of its name.
pub(super) fn write(folder: &Path) -> Outcome {
    let texts = texts()?;
    for target in ["parse", "check", "fmt"] {
        fill(&folder.join(target), &texts)?;
    }
    fill(&folder.join("inspect"), &forge::shapes::shapes())
}

fn texts() -> Outcome<Vec<Vec<u8>>> {
    let lists = [killers::nests(), killers::floods(), killers::explosions(), killers::bytes()];
    let mut texts: Vec<Vec<u8>> = lists.into_iter().flatten().map(|killer| killer.bytes).collect();
    texts.push(fs::read(root().join("xbuild.kdl"))?);
    for kind in ["valid", "invalid"] {
        for entry in fs::read_dir(root().join("crates/xbuild-config/tests/cases").join(kind))? {
            texts.push(fs::read(entry?.path())?);
        }
    }
    texts.retain(|text| text.len() <= LONGEST);
    Ok(texts)
}

fn fill(folder: &Path, seeds: &[Vec<u8>]) -> Outcome {
    fs::create_dir_all(folder)?;
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("{number:03}")), seed)?;
    }
    Ok(())
}
