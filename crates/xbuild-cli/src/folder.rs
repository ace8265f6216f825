//! What a folder holds, gathered for `xbuild init`: paths, the texts of manifests, and the heads of Go's files.
//!
//! Folders that hold other people's or generated files are not looked into, links are not followed, and what cannot be read
//! is passed over. What any of it means is `xbuild-port`'s to say.

use std::fs::File;
use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_port::{Folder, GIT_CONFIG, go::GoFile, is_manifest, may_be_in};

/// The most files that are looked at.
const MOST_FILES: usize = 200_000;

/// As much of a `.go` file as is read to find its package.
const HEAD: u64 = 64 * 1024;

/// The largest manifest.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Gathers a folder.
pub(crate) fn gather(root: &Utf8Path) -> Folder {
    let name = root.file_name().unwrap_or_default().to_owned();
    let mut folder = Folder { name, ..Folder::default() };
    let mut folders = vec![Utf8PathBuf::new()];
    while let Some(inner) = folders.pop() {
        for (path, is_folder) in entries(root, &inner) {
            if is_folder {
                folders.push(path);
            } else if folder.files.len() < MOST_FILES {
                take(&mut folder, root, path.into_string());
            }
        }
    }
    folder.files.sort();
    if let Some(text) = head(&root.join(GIT_CONFIG), LARGEST) {
        folder.manifests.insert(GIT_CONFIG.to_owned(), text);
    }
    folder
}

/// The files and folders in a folder, by name.
fn entries(root: &Utf8Path, inner: &Utf8Path) -> Vec<(Utf8PathBuf, bool)> {
    let Ok(listed) = root.join(inner).read_dir_utf8() else { return Vec::new() };
    let mut entries: Vec<(Utf8PathBuf, bool)> = listed
        .flatten()
        .filter_map(|entry| {
            let kind = entry.file_type().ok()?;
            let wanted = kind.is_file() || kind.is_dir() && may_be_in(entry.file_name());
            wanted.then(|| (inner.join(entry.file_name()), kind.is_dir()))
        })
        .collect();
    entries.sort();
    entries
}

fn take(folder: &mut Folder, root: &Utf8Path, path: String) {
    let name = path.rsplit('/').next().unwrap_or_default();
    if is_manifest(&path) {
        if let Some(text) = head(&root.join(&path), LARGEST) {
            folder.manifests.insert(path.clone(), text);
        }
    } else if name.ends_with(".go") && !name.ends_with("_test.go") && !name.starts_with(['_', '.']) {
        let file = head(&root.join(&path), HEAD).and_then(|text| GoFile::read(name, &text));
        folder.go.extend(file.map(|file| (path.clone(), file)));
    }
    folder.files.push(path);
}

/// A file's first bytes as text; what is no UTF-8 is replaced.
fn head(path: &Utf8Path, most: u64) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(most).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
