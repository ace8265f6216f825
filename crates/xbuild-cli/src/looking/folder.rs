//! Everything below a folder, in the order of the names.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Seen, Unreadable, What, file, image, no_facts, special};

/// What is below a folder, looked at one after another. Links are named and not followed, pipes and devices are named and not
/// opened.
pub(super) struct Below {
    /// A stack and no recursion: folders may stand deeper inside one another than the program's stack is.
    rest: Vec<(String, PathBuf)>,
}

impl Below {
    /// What was named may be a link to a folder; with a slash behind it it is the folder.
    pub(super) fn new(path: &str, at: &Path) -> Self {
        Self { rest: vec![(path.trim_end_matches('/').to_owned(), at.join(""))] }
    }
}

impl Iterator for Below {
    type Item = Result<Seen, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((path, at)) = self.rest.pop() {
            match one(&path, &at) {
                Ok(Step::Folder(entries)) => self.rest.extend(entries.into_iter().rev()),
                Ok(Step::Seen(seen)) => return Some(Ok(*seen)),
                Err(error) => return Some(Err(Unreadable::read(&path, &error))),
            }
        }
        None
    }
}

enum Step {
    Folder(Vec<(String, PathBuf)>),
    Seen(Box<Seen>),
}

fn one(path: &str, at: &Path) -> io::Result<Step> {
    let metadata = at.symlink_metadata()?;
    let kind = metadata.file_type();
    let seen = if kind.is_dir() {
        match image::in_folder(path, at)? {
            Some(layout) => layout,
            None => return entries(path, at).map(Step::Folder),
        }
    } else if kind.is_symlink() {
        let to = fs::read_link(at)?;
        Seen::new(path, 0, no_facts(), What::Link(to.to_string_lossy().into_owned()))
    } else if let Some(what) = special(kind) {
        Seen::new(path, 0, no_facts(), What::Special(what))
    } else {
        file::on_disk(path, &File::open(at)?, metadata.len())?
    };
    Ok(Step::Seen(Box::new(seen)))
}

fn entries(path: &str, at: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut names = fs::read_dir(at)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    let below = |name: std::ffi::OsString| (format!("{path}/{}", name.to_string_lossy()), at.join(&name));
    Ok(names.into_iter().map(below).collect())
}
