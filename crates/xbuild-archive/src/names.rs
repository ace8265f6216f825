//! Names of members that are not to be trusted: those that leave the folder, and those that stand there twice.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::{Problem, Problems};

/// The longest name of a member, and of what a link points at: systems know no longer one.
pub(crate) const LONGEST_PATH: usize = 4096;

/// The longest name that is shown.
const LONGEST: usize = 1024;

/// The names so far. Only their hashes are kept, so that long names need no memory.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// From the name without its case to the name.
    seen: HashMap<u64, u64>,
    hasher: RandomState,
}

impl Names {
    /// Looks at a name as it stands in the archive.
    pub(crate) fn look(&mut self, name: &str, is_folder: bool, problems: &mut Problems) {
        if let Some(why) = unsafe_name(name) {
            problems.push(Problem::UnsafeName { name: short(name), why });
        }
        let whole = name.trim_start_matches("./").trim_end_matches('/');
        let exact = self.hasher.hash_one(whole);
        let before = self.seen.insert(self.hasher.hash_one(whole.to_lowercase()), exact);
        // A folder may be said twice; it is the same folder.
        let why = match before {
            Some(before) if before != exact => "twice, but for the case of its letters",
            Some(_) if !is_folder => "twice",
            _ => return,
        };
        problems.push(Problem::SameName { name: short(name), why });
    }
}

fn unsafe_name(name: &str) -> Option<&'static str> {
    let is_drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    match () {
        () if name.is_empty() => Some("is empty"),
        () if name.contains('\0') => Some("holds a zero byte"),
        () if name.starts_with(['/', '\\']) || is_drive => Some("is absolute"),
        () if name.split(['/', '\\']).any(|part| part == "..") => Some("leaves the folder"),
        () => None,
    }
}

/// The name, cut where it is too long to be shown.
pub(crate) fn short(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}
