//! What an action left: each declared output as files, and what nobody declared.
//!
//! An output of a `command` may be a folder: everything in it counts. A link to another file of the outputs is taken as a
//! copy of it, for a record holds bytes; a link to anything else is no output.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Place, Places, Recipe};
use xbuild_content::RelPath;

use crate::failure::Failure;

/// An output by its path below `{out}`, and where it is.
pub(crate) type Left = (RelPath, Utf8PathBuf);

/// The files of every declared output.
pub(crate) fn gather(cell: &str, recipe: &Recipe, out: &Utf8Path, places: &Places) -> Result<Vec<Left>, Failure> {
    let mut files = Vec::new();
    let tmp = places.get(&Place::Tmp).map_or(out, Utf8Path::new);
    for output in &recipe.outputs {
        let before = files.len();
        match recipe.elsewhere.get(output) {
            Some(word) => add(output, Utf8Path::new(&word.expand(places)), tmp, &mut files),
            None => add(output, &out.join(output.as_str()), out, &mut files),
        }
        if files.len() == before {
            return Err(Failure::MissingOutput { cell: cell.to_owned(), output: output.to_string() });
        }
    }
    Ok(files)
}

/// Adds the file, or every file of the folder, at a path. Nothing outside of `top` is taken, whatever links say.
fn add(output: &RelPath, at: &Utf8Path, top: &Utf8Path, files: &mut Vec<Left>) {
    let Ok(metadata) = at.symlink_metadata() else { return };
    if !is_inside(at, top) {
        return;
    }
    if metadata.is_symlink() {
        files.extend(unlinked(at).map(|()| (output.clone(), at.to_owned())));
    } else if metadata.is_file() {
        files.push((output.clone(), at.to_owned()));
    } else if metadata.is_dir() {
        let entries = at.read_dir_utf8().into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_owned()).collect();
        names.sort_unstable();
        for name in names {
            // A name with a backslash has no path that every system can have.
            let Ok(path) = RelPath::new(&name) else { continue };
            add(&path.below(output), &at.join(&name), top, files);
        }
    }
}

fn is_inside(at: &Utf8Path, top: &Utf8Path) -> bool {
    let both = at.canonicalize_utf8().and_then(|at| Ok((at, top.canonicalize_utf8()?)));
    both.is_ok_and(|(at, top)| at.starts_with(top))
}

/// Puts a copy of the file that a link leads to in the link's place; `None` where it leads to no file.
fn unlinked(link: &Utf8Path) -> Option<()> {
    let real = link.canonicalize_utf8().ok().filter(|real| real.is_file())?;
    fs::remove_file(link).ok()?;
    fs::copy(real, link).ok().map(|_| ())
}

/// A file below `{out}` that no declared output covers.
pub(crate) fn stray(recipe: &Recipe, out: &Utf8Path) -> Option<String> {
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).ok()?.flatten() {
            let Ok(path) = Utf8PathBuf::from_path_buf(entry.path()) else {
                return Some(entry.path().to_string_lossy().into_owned());
            };
            let below = path.strip_prefix(out).ok()?.to_owned();
            if recipe.outputs.iter().any(|output| below.starts_with(output.as_str())) {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else {
                return Some(below.into_string());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::testing::path;

    /// The outputs that are found below a folder with `files`, a line each; or what is wrong.
    fn check(outputs: &[&str], files: &[&str], expect: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let out = Utf8Path::from_path(folder.path()).expect("UTF-8");
        for file in files {
            let at = out.join(file);
            fs::create_dir_all(at.parent().expect("a folder")).expect("room");
            fs::write(at, file).expect("room");
        }
        let recipe = Recipe {
            argv: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            outputs: outputs.iter().map(|output| path(output)).collect(),
            elsewhere: BTreeMap::new(),
            tools: Vec::new(),
            network: false,
        };
        let found = match gather("c", &recipe, out, &Places::new()) {
            Ok(found) => found.iter().map(|(output, _)| output.to_string()).collect::<Vec<_>>().join(" "),
            Err(failure) => failure.to_string(),
        };
        let stray = stray(&recipe, out).map(|file| format!("; stray {file}")).unwrap_or_default();
        assert_eq!(format!("{found}{stray}"), expect);
    }

    #[test]
    fn a_folder_brings_every_file_in_it() {
        check(&["go", "page.html"], &["go/b/c.go", "go/a.go", "page.html"], "go/a.go go/b/c.go page.html");
        check(&["go"], &["rust/a.rs"], "`c` did not make `go`; stray rust/a.rs");
        check(&["gen/a.txt"], &["gen/a.txt", "gen/b.txt"], "gen/a.txt; stray gen/b.txt");
        check(&["go"], &["go/a.go", "gone.go"], "go/a.go; stray gone.go");
    }

    #[test]
    fn a_link_is_the_file_that_it_leads_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8").canonicalize_utf8().expect("there");
        let out = root.join("out");
        fs::create_dir(&out).expect("room");
        fs::write(out.join("real"), "x").expect("room");
        fs::write(root.join("beside"), "x").expect("room");
        for (link, target) in [("link", "real"), ("lost", "none"), ("up", ".."), ("out", "../beside")] {
            std::os::unix::fs::symlink(target, out.join(link)).expect("room");
        }
        let mut files = Vec::new();
        for name in ["link", "lost", "up", "out"] {
            add(&path(name), &out.join(name), &out, &mut files);
        }
        assert_eq!(files, [(path("link"), out.join("link"))]);
        assert!(out.join("link").symlink_metadata().expect("there").is_file());
        assert!(root.join("beside").is_file());
    }
}
