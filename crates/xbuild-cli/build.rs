//! Puts the pages of the diagnostics into the program, so that `xbuild explain` needs no network.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = env::var("CARGO_MANIFEST_DIR")?;
    let pages = Path::new(&manifest).join("../../book/src/errors");
    println!("cargo:rerun-if-changed={}", pages.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&pages)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "md") {
            names.push((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path.canonicalize()?));
        }
    }
    names.sort();
    let mut table = String::from("&[\n");
    for (name, path) in names.iter().filter(|(name, _)| name != "index" && name != "README") {
        writeln!(table, "    ({name:?}, include_str!({path:?})),")?;
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("pages.rs"), table)?;
    Ok(())
}
