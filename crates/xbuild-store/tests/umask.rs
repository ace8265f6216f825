//! Modes do not depend on the umask. A test program of its own, because the umask belongs to the whole process.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;
use rustix::fs::Mode;
use xbuild_store::{Cas, Materialized, Placement, Store};

#[test]
fn outputs_and_blobs_have_their_modes_under_any_umask() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = Utf8Path::from_path(folder.path()).expect("UTF-8");
    for umask in [0o000, 0o022, 0o077] {
        rustix::process::umask(Mode::from_raw_mode(umask));
        let root = folder.join(format!("{umask:03o}"));
        let store = Store::open(&root.join("cache")).expect("a writable folder");
        let digest = store.put_bytes(b"app").expect("room");
        let placement = |name: &str, executable| Placement { digest, sha256: None, dest: root.join(name), executable };
        let done = store.materialize(&[placement("app", true), placement("text", false)]).expect("room");
        assert_eq!(done, Materialized::Done { written: 2, kept: 0 });
        store.secret_key().expect("room");

        let mode = |path: &str| fs::metadata(root.join(path)).expect("there").permissions().mode() & 0o777;
        let hex = digest.hash().to_hex();
        assert_eq!(mode(&format!("cache/v1/cas/{}/{}", &hex[..2], &hex[2..])), 0o444);
        assert_eq!((mode("app"), mode("text"), mode("cache/v1/secret")), (0o755, 0o644, 0o600), "umask {umask:o}");
    }
}
