//! What happens to a store when a process that uses it is killed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Hash, Key};
use xbuild_store::{ActionCache, Store};

const CACHE: &str = "XBUILD_STORE_TEST_CACHE";
const NAME: &str = "what_a_killed_process_held_is_free_again";

fn key() -> Key {
    Key::from_hash(Hash::of(b"action"))
}

/// The process to be killed: holds everything that can be held, says so, and waits.
fn hold(cache: &Utf8Path) {
    let store = Store::open(cache).expect("a writable folder");
    let _guard = store.guard(key()).expect("free");
    let scratch = store.scratch("action").expect("room");
    fs::write(scratch.path().join("out"), b"half").expect("room");
    let mut publication = store.publish().expect("room");
    publication.add_bytes(b"half").expect("room");
    writeln!(std::io::stderr(), "held").expect("piped");
    std::io::stdin().read_line(&mut String::new()).expect("open until the end");
}

/// This test once more, as a process of its own, when it holds everything.
fn holder(cache: &Utf8Path) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args([NAME, "--exact", "--nocapture"]).env(CACHE, cache);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
    let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "held"), "the other process ended early");
    child
}

#[test]
fn what_a_killed_process_held_is_free_again() {
    if let Ok(cache) = std::env::var(CACHE) {
        return hold(&Utf8PathBuf::from(cache));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = Utf8Path::from_path(folder.path()).expect("UTF-8");
    let store = Store::open(cache).expect("a writable folder");
    let mut child = holder(cache);
    assert!(store.try_guard(key()).expect("no error").is_none());
    assert_eq!(store.sweep().expect("no error"), 0, "it lives");

    child.kill().expect("ours");
    child.wait().expect("ours");
    assert!(store.try_guard(key()).expect("no error").is_some());
    assert_eq!(store.sweep().expect("no error"), 2, "a scratch folder and a publication");
    assert_eq!(store.record(key()).expect("no error"), None);
    assert_eq!(store.stats().expect("no error").blobs.count, 0);
    assert_eq!(fs::read_dir(cache.join("work")).expect("there").count(), 0);
    assert_eq!(fs::read_dir(cache.join("v1/lease")).expect("there").count(), 0);
}
