//! What is in an artifact that is an archive, as the project's promises go: its programs, and whether it is whole.
//!
//! That a part was not looked into (an encrypted member, a format that is not unpacked) is for `inspect` and `verify --expect` to
//! tell: a project may ship what xbuild cannot open.

use std::fs::File;
use std::io::{self, Seek as _};

use xbuild_archive::Problem;
use xbuild_exec::Inside;
use xbuild_verify::{Code, Kind, Mismatch};

use super::{Seen, What, file};
use crate::present::harmless::one_line;

/// Looks into an open file: nothing for one that is no archive.
pub(crate) fn look_inside(mut open: &File) -> io::Result<Inside> {
    open.rewind()?;
    Ok(inside(&file::on_disk("", open, open.metadata()?.len())?))
}

/// The programs at all depths, by the names of the members that lead to them, and the libraries beside them. Libraries in an
/// archive inside the archive are left out: a `jar` carries those of every platform, and loads the right one.
pub(crate) fn inside(seen: &Seen) -> Inside {
    let mut inside = Inside::default();
    // A stack and no recursion, as everywhere where others decide how deep it goes.
    let mut rest = vec![(String::new(), seen, false)];
    while let Some((path, seen, is_deep)) = rest.pop() {
        if seen.facts.is_binary() && !path.is_empty() && (!is_deep || seen.facts.kind == Kind::Executable) {
            inside.programs.push((one_line(&path), seen.facts.clone()));
        }
        if inside.damage.is_none() {
            inside.damage = seen.problems.iter().find_map(|problem| damage(&path, problem));
        }
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}:{name}") };
        let is_deep = is_deep || !(path.is_empty() || is_part(seen));
        rest.extend(seen.entries().iter().rev().map(|entry| (below(entry.path.as_str()), entry, is_deep)));
    }
    inside
}

/// Whether an archive or image is not something of its own, but how its outer one is made.
fn is_part(seen: &Seen) -> bool {
    let is_image = matches!(&seen.what, What::Archive(inside) if inside.image.is_some());
    is_image || seen.path.as_str().starts_with("data.tar")
}

fn damage(path: &str, problem: &Problem) -> Option<Mismatch> {
    let code = match problem {
        Problem::Truncated { .. } => Code::Truncated,
        Problem::Malformed { .. } | Problem::Blob { .. } => Code::Malformed,
        Problem::TwoPlatforms { .. } | Problem::ImagePlatform { .. } => Code::Contradiction,
        Problem::TooMuch { .. }
        | Problem::TooMany { .. }
        | Problem::Encrypted { .. }
        | Problem::UnsafeName { .. }
        | Problem::SameName { .. }
        | Problem::NotLookedInto { .. } => return None,
    };
    let mismatch = Mismatch::of_archive(code, &one_line(&problem.to_string()));
    Some(if path.is_empty() { mismatch } else { mismatch.within(&one_line(path)) })
}
