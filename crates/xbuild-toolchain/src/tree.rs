//! The Go tree digest: which bytes a Go consists of, wherever it came from.
//!
//! It answers whether the Go on this machine is the one that the lock pins. The official archive, a Go from the module
//! cache and one that xbuild fetched must agree, so only what decides a build's bytes is in it:
//!
//! | in the digest | left out |
//! |---|---|
//! | `VERSION` | `go.env` (differs between archive and module; a build sets every variable itself) |
//! | `bin/`, `pkg/tool/`, `pkg/include/` | `api`, `doc`, `misc`, `test` (only in the archive) |
//! | `src/`, `lib/` | `testdata` folders and `_test.go` files (no build reads them) |
//! | `_go.mod` under the name `go.mod` | modes, times, owners (a module zip has none) |
//!
//! In a module zip every nested `go.mod` is called `_go.mod`, since a zip with nested modules would be cut there; Go
//! copies them back on first use, so where both stand, `go.mod` is the one that counts. Links are followed
//! (distributions spread a Go over several folders that way).
//!
//! Reading some 8,000 files and 200 MB takes half a second, looking at their stamps a few hundredths: an answer is
//! kept under the stamps of all files.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Canonical, Digest, Digester, Fields, Hash, Key, canonical};

use crate::ToolchainError;
use crate::memo::Memo;
use crate::progress::{Listener, Progress};
use crate::stat::Stamp;

const PARTS: [&str; 6] = ["VERSION", "bin", "lib", "pkg/include", "pkg/tool", "src"];

/// The digest of a Go's tree. With nothing changed since the last call with this memo, no file is read.
///
/// # Errors
/// A file that cannot be read, or a name that is not UTF-8.
pub fn go_tree_digest(
    root: &Utf8Path,
    memo: &dyn Memo,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Hash, ToolchainError> {
    let now = SystemTime::now();
    let files = Files::below(root).map_err(|(path, source)| ToolchainError::file(path, source))?;
    let key = files.stamps_key(root);
    if let Some(hash) = memo.get(&key).and_then(|answer| <[u8; 32]>::try_from(answer).ok()) {
        return Ok(Hash::from_bytes(hash));
    }
    tell(progress, root)?;
    let digests = files.read(root).map_err(|(path, source)| ToolchainError::file(path, source))?;
    let hash = canonical::key("xbuild go tree 1", &digests).hash();
    if !files.0.values().any(|file| file.stamp.is_racy(now)) {
        memo.put(&key, hash.as_bytes());
    }
    Ok(hash)
}

fn tell(progress: Listener<'_>, root: &Utf8Path) -> Result<(), ToolchainError> {
    match progress(Progress::Identifying { root: root.to_owned() }) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ToolchainError::Interrupted),
    }
}

type At<T> = Result<T, (Utf8PathBuf, io::Error)>;

/// A file of the tree: where it really stands below the root, and its stamp.
#[derive(Debug)]
struct TreeFile {
    at: String,
    stamp: Stamp,
}

/// The files that count, by the name they count under.
#[derive(Debug, Default)]
struct Files(BTreeMap<String, TreeFile>);

impl Files {
    fn below(root: &Utf8Path) -> At<Self> {
        let mut files = Self::default();
        for part in PARTS {
            let path = root.join(part);
            match fs::metadata(&path) {
                Ok(metadata) => files.add(root, part, &metadata, &mut Vec::new())?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err((path, error)),
            }
        }
        Ok(files)
    }

    fn add(&mut self, root: &Utf8Path, at: &str, metadata: &Metadata, above: &mut Vec<Stamp>) -> At<()> {
        if metadata.is_file() {
            self.add_file(at, Stamp::of(metadata));
            return Ok(());
        }
        if !metadata.is_dir() {
            let kind = "neither a file nor a folder; a Go has nothing else";
            return Err((root.join(at), io::Error::new(io::ErrorKind::InvalidData, kind)));
        }
        let folder = Stamp::of(metadata);
        if above.contains(&folder) {
            return Ok(());
        }
        above.push(folder);
        self.add_folder(root, at, above)?;
        above.pop();
        Ok(())
    }

    fn add_folder(&mut self, root: &Utf8Path, at: &str, above: &mut Vec<Stamp>) -> At<()> {
        let folder = root.join(at);
        for entry in folder.read_dir_utf8().map_err(|error| (folder.clone(), error))? {
            let entry = entry.map_err(|error| (folder.clone(), error))?;
            let name = entry.file_name();
            if name == "testdata" || name.ends_with("_test.go") {
                continue;
            }
            let metadata =
                following(entry.path(), entry.metadata()).map_err(|error| (entry.path().to_owned(), error))?;
            self.add(root, &format!("{at}/{name}"), &metadata, above)?;
        }
        Ok(())
    }

    fn add_file(&mut self, at: &str, stamp: Stamp) {
        let file = TreeFile { at: at.to_owned(), stamp };
        match at.strip_suffix("/_go.mod") {
            Some(folder) => drop(self.0.entry(format!("{folder}/go.mod")).or_insert(file)),
            None => drop(self.0.insert(at.to_owned(), file)),
        }
    }

    /// The key of the state that these files are in.
    fn stamps_key(&self, root: &Utf8Path) -> Key {
        let mut out = Digester::default();
        out.update(b"xbuild go tree stamps 1\0");
        out.update(root.as_str().as_bytes());
        for file in self.0.values() {
            out.update(b"\0");
            out.update(file.at.as_bytes());
            out.update(b"\0");
            file.stamp.feed(&mut out);
        }
        Key::from_hash(out.finish().hash())
    }

    /// Reads every file, on as many threads as the machine has.
    fn read(&self, root: &Utf8Path) -> At<Digests> {
        let files: Vec<(&String, &TreeFile)> = self.0.iter().collect();
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Ok(BTreeMap::new()));
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| read_some(root, &files, &next, &done));
            }
        });
        done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map(Digests)
    }
}

/// The metadata of what a path leads to, given the metadata of the path itself.
fn following(path: &Utf8Path, own: io::Result<Metadata>) -> io::Result<Metadata> {
    own.and_then(|metadata| if metadata.is_symlink() { fs::metadata(path) } else { Ok(metadata) })
}

/// Takes files off the list until it is empty or a thread failed.
fn read_some(
    root: &Utf8Path,
    files: &[(&String, &TreeFile)],
    next: &AtomicUsize,
    done: &Mutex<At<BTreeMap<String, Digest>>>,
) {
    let mut mine = Vec::new();
    let failed = loop {
        let Some((name, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) else { break None };
        let path = root.join(&file.at);
        match digest(&path, file.stamp.size()) {
            Ok(digest) => mine.push(((*name).clone(), digest)),
            Err(error) => break Some((path, error)),
        }
    };
    let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match (failed, &mut *done) {
        (Some(error), _) => *done = Err(error),
        (None, Ok(all)) => all.extend(mine),
        (None, Err(_)) => {}
    }
}

fn digest(path: &Utf8Path, size: u64) -> io::Result<Digest> {
    const WHOLE: u64 = 1 << 20;
    if size <= WHOLE {
        return Ok(Digest::of(&fs::read(path)?));
    }
    let mut file = File::open(path)?;
    let mut digester = Digester::default();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(digester.finish()),
            count => digester.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}

/// What stands under each name.
#[derive(Debug)]
struct Digests(BTreeMap<String, Digest>);

impl Canonical for Digests {
    fn walk(&self, out: &mut Fields<'_>) {
        for (name, digest) in &self.0 {
            out.digest(name, digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::memo::NoMemo;
    use crate::memo::testing::MapMemo;

    struct Go(tempfile::TempDir);

    impl Go {
        fn of(files: &[(&str, &str)]) -> Self {
            let go = Self(tempfile::tempdir().expect("a folder"));
            for (path, text) in files {
                go.write(path, text);
            }
            go
        }

        fn root(&self) -> &Utf8Path {
            Utf8Path::from_path(self.0.path()).expect("UTF-8")
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().expect("below the root")).expect("a folder");
            fs::write(path, text).expect("written");
        }

        fn digest(&self) -> Hash {
            go_tree_digest(self.root(), &NoMemo, &|_| ControlFlow::Continue(())).expect("a digest")
        }
    }

    const SMALL: [(&str, &str); 4] =
        [("VERSION", "go1.2"), ("bin/go", "#!"), ("src/go.mod", "module std"), ("src/a/a.go", "package a")];

    fn check(change: (&str, &str), same: bool) {
        let go = Go::of(&SMALL);
        go.write(change.0, change.1);
        assert_eq!(go.digest() == Go::of(&SMALL).digest(), same, "{change:?}");
    }

    #[test]
    fn only_what_decides_a_build_counts() {
        check(("src/a/a.go", "package b"), false);
        check(("src/a/b.go", "package a"), false);
        check(("bin/go", "#"), false);
        check(("pkg/tool/linux_amd64/compile", ""), false);
        check(("src/a/a_test.go", "package a"), true);
        check(("src/a/testdata/x", "1"), true);
        check(("go.env", "GOFLAGS=-x"), true);
        check(("doc/x", ""), true);
        check(("pkg/linux_amd64/a.a", ""), true);
        check(("src/_go.mod", "module other"), true);
        check(("src/a/_go.mod", "module a"), false);
    }

    #[test]
    fn a_module_names_go_mod_otherwise() {
        let module = Go::of(&[SMALL[0], SMALL[1], ("src/_go.mod", "module std"), SMALL[3]]);
        assert_eq!(module.digest(), Go::of(&SMALL).digest());
    }

    #[test]
    fn links_are_followed_and_cannot_run_in_circles() {
        let spread = Go::of(&[SMALL[0], SMALL[1], ("share/go.mod", "module std"), ("share/a/a.go", "package a")]);
        std::os::unix::fs::symlink("share", spread.root().join("src")).expect("a link");
        assert_eq!(spread.digest(), Go::of(&SMALL).digest());
        std::os::unix::fs::symlink("..", spread.root().join("share/a/up")).expect("a link");
        assert_eq!(spread.digest(), Go::of(&SMALL).digest());
    }

    #[test]
    fn a_second_look_reads_nothing_and_a_changed_file_is_noticed() {
        let go = Go::of(&SMALL);
        let memo = MapMemo::default();
        let reads = Cell::new(0);
        let look = || {
            go_tree_digest(go.root(), &memo, &|_| {
                reads.set(reads.get() + 1);
                ControlFlow::Continue(())
            })
        };
        // Files that are younger than a tick of the kernel's clock are read again.
        let settled = (0..100_000).any(|_| {
            let before = reads.get();
            look().is_ok() && reads.get() == before
        });
        assert!(settled, "an unchanged tree is not read again");
        let old = look().expect("a digest");
        go.write("src/a/a.go", "package A");
        assert_ne!(look().expect("a digest"), old);
    }

    #[test]
    fn a_listener_can_stop_it() {
        let stopped = go_tree_digest(Go::of(&SMALL).root(), &NoMemo, &|_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(ToolchainError::Interrupted)));
    }
}
