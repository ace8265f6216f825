//! Takes modules from the user's own module cache, where `go.sum` vouches for them.
//!
//! Most builds follow a `go build` or `go test` by hand, so the modules are on the machine. Copying them needs no network and
//! no process, and works for private modules, which never go through a proxy. The user's cache is only read; each file
//! is checked by the line of `go.sum` that names it, so a damaged cache costs a download and nothing else.

use std::fs;
use std::io;
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};

use crate::module_zip::{go_mod_hash, hash};
use crate::progress::{Listener, Progress};
use crate::{ModuleVersion, ToolchainError};

/// A line of `go.sum`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sum {
    module: ModuleVersion,
    part: Part,
    h1: String,
}

/// What a line of `go.sum` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    GoMod,
    Zip,
}

impl Part {
    fn extension(self) -> &'static str {
        match self {
            Self::GoMod => "mod",
            Self::Zip => "zip",
        }
    }
}

/// Copies what `go.sum` names, `from` has and `to` has not. Returns how many modules came.
///
/// # Errors
/// Where `to` cannot be written, or the listener asks to stop.
pub(crate) fn seed(
    go_sum: &str,
    from: &Utf8Path,
    to: &Utf8Path,
    progress: Listener<'_>,
) -> Result<usize, ToolchainError> {
    let (from, to) = (from.join("cache/download"), to.join("cache/download"));
    if !from.is_dir() || from == to {
        return Ok(0);
    }
    let mut modules = 0;
    for sum in go_sum.lines().filter_map(parse) {
        let copied = copy_checked(&sum, &from, &to).map_err(|error| ToolchainError::file(&to, error))?;
        if copied && sum.part == Part::Zip {
            modules += 1;
            if progress(Progress::Copied { module: sum.module }).is_break() {
                return Err(ToolchainError::Interrupted);
            }
        }
    }
    Ok(modules)
}

/// `PATH VERSION h1:…` or `PATH VERSION/go.mod h1:…`.
fn parse(line: &str) -> Option<Sum> {
    let mut words = line.split_whitespace();
    let (path, version, h1) = (words.next()?, words.next()?, words.next()?);
    if !h1.starts_with("h1:") || words.next().is_some() || [path, version].iter().any(|word| word.contains("..")) {
        return None;
    }
    let (version, part) = match version.strip_suffix("/go.mod") {
        Some(version) => (version, Part::GoMod),
        None => (version, Part::Zip),
    };
    Some(Sum { module: ModuleVersion::new(path, version), part, h1: h1.to_owned() })
}

/// Whether the file is now there and was not before.
fn copy_checked(sum: &Sum, from: &Utf8Path, to: &Utf8Path) -> io::Result<bool> {
    let file = sum.module.proxy_file(sum.part.extension());
    let (source, target) = (from.join(&file), to.join(&file));
    if target.exists() || !source.exists() {
        return Ok(false);
    }
    let copied = place(&source, &target, &|copy| is_what(sum, copy))?;
    if copied {
        let info = sum.module.proxy_file("info");
        // It holds the version's time only, and no line of `go.sum`: Go fetches it where it is missing.
        let (source, target) = (from.join(&info), to.join(&info));
        if source.exists() && !target.exists() {
            place(&source, &target, &|_| true)?;
        }
    }
    Ok(copied)
}

/// Copies a file beside its place and moves it there if it passes.
fn place(source: &Utf8Path, target: &Utf8PathBuf, passes: &dyn Fn(&Utf8Path) -> bool) -> io::Result<bool> {
    let Some(folder) = target.parent() else { return Ok(false) };
    fs::create_dir_all(folder)?;
    let copy = tempfile::Builder::new().prefix(".xbuild-").make_in(folder, |path| clone(source, path))?;
    if !Utf8Path::from_path(copy.path()).is_some_and(passes) {
        return Ok(false);
    }
    copy.into_temp_path().persist(target)?;
    Ok(true)
}

fn clone(source: &Utf8Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    reflink_copy::reflink_or_copy(source, to).map(|_| ())
}

fn is_what(sum: &Sum, file: &Utf8Path) -> bool {
    match sum.part {
        Part::GoMod => fs::read(file).is_ok_and(|bytes| go_mod_hash(&bytes) == sum.h1),
        Part::Zip => hash(file, &sum.module).is_ok_and(|found| found == sum.h1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_go_sum_are_read() {
        let read = |line| parse(line).map(|sum| (sum.module.to_string(), sum.part, sum.h1));
        let named = |part| Some(("a.example/b@v1.0.0".to_owned(), part, "h1:x=".to_owned()));
        assert_eq!(read("a.example/b v1.0.0 h1:x="), named(Part::Zip));
        assert_eq!(read("a.example/b v1.0.0/go.mod h1:x="), named(Part::GoMod));
        assert_eq!(read("a.example/b v1.0.0 h2:x="), None);
        assert_eq!(read("../b v1.0.0 h1:x="), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn only_what_go_sum_vouches_for_is_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        let (from, to) = (root.join("from"), root.join("to"));
        let at = |cache: &Utf8Path, module: &str| cache.join(format!("cache/download/{module}/@v/v1.0.0.mod"));
        for module in ["good", "bad"] {
            fs::create_dir_all(at(&from, module).parent().expect("a folder")).expect("a folder");
            fs::write(at(&from, module), format!("module {module}")).expect("written");
        }
        let sums = format!("good v1.0.0/go.mod {}\nbad v1.0.0/go.mod h1:other=\n", go_mod_hash(b"module good"));
        seed(&sums, &from, &to, &|_| std::ops::ControlFlow::Continue(())).expect("seeded");
        assert!(at(&to, "good").exists());
        let left: Vec<_> = at(&to, "bad").parent().expect("a folder").read_dir_utf8().expect("a folder").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
