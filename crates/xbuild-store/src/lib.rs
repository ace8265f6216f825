//! Keeps and finds bytes: the CAS, the action cache, and the index of file digests.
//!
//! The problem: a build must never be wrong because of what an earlier build left behind. So nothing that is read back
//! is believed. A record is a claim; a blob is checked (length and BLAKE3) before it reaches a user or another action,
//! and a bad one is moved aside and counts as a miss. A check is spared only where the file's own stat proves that the
//! file is still the one that was checked. Everything is written beside its place, synced, and renamed: there is no
//! moment at which a reader, another process or a power cut finds half a file.
//!
//! What this crate does not do: it does not know what an action means (`xbuild-exec`), which files are inputs
//! (`xbuild-plan`), or what a digest is made of (`xbuild-content`); it keeps no secret's value.
//!
//! On disk, below the folder given to [`Store::open`]:
//!
//! | path | holds | trusted because |
//! |---|---|---|
//! | `v1/cas/HH/…` | blobs by BLAKE3, mode 0444 | checked on every use |
//! | `v1/ac/HH/…` | action records; `….why`, their keys' explanations | sealed ([`Record`] is still only a claim) |
//! | `v1/memo/HH/…` | small answers by key | sealed |
//! | `v1/cells/…` | which keys a cell had, the last and the one before it | sealed |
//! | `v1/index/{files,blobs}` | file digests by stat | a checksum in every entry |
//! | `v1/index/clean` | keys of project files without a problem | a key is found or not |
//! | `v1/lease/…` | locks, gone with their owner | – |
//! | `v1/tmp/…` | what is being written | – |
//! | `v1/quarantine/…` | what was found to be bad | never |
//! | `v1/secret` | this machine's key for hashes of secrets, mode 0600 | – |
//! | `work/…` | scratch folders of running actions | – |
//! | `CACHEDIR.TAG` | tells backup tools to pass by; never read | – |
//!
//! ```
//! use camino::Utf8Path;
//! use xbuild_content::canonical::{self, Canonical, Fields};
//! use xbuild_store::{ActionCache, Cas, Record, Store};
//!
//! struct Action;
//! impl Canonical for Action {
//!     fn walk(&self, out: &mut Fields<'_>) {
//!         out.list("argv", ["true"]);
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let cache = Utf8Path::from_path(folder.path()).ok_or("not UTF-8")?;
//! let store = Store::open(cache)?;
//! let key = canonical::key("example 1", &Action);
//! let mut publication = store.publish()?;
//! let digest = publication.add_bytes(b"hello")?;
//! publication.commit(&Record::new(key), &canonical::explain(&Action))?;
//!
//! assert!(store.record(key)?.is_some());
//! assert_eq!(store.read(&digest, 1024)?.as_deref(), Some(&b"hello"[..]));
//! # Ok(())
//! # }
//! ```

mod blobs;
mod cache;
mod cells;
mod clean;
mod disk;
mod error;
mod guard;
mod hashing;
mod index;
mod index_format;
mod index_known;
mod layout;
mod memo;
mod place;
mod publish;
mod record;
mod scratch;
mod sealed;
mod secret;
mod stat;
mod stats;
mod store;
#[cfg(test)]
mod testing;

pub use blobs::{Cas, Ingested, Taking};
pub use cache::ActionCache;
pub use clean::{is_clean, remember_clean};
pub use error::StoreError;
pub use guard::Guard;
pub use index::{FileDigest, FileIndex};
pub use place::{Materialized, Placement, clone_file, sweep_siblings};
pub use publish::Publication;
pub use record::Record;
pub use scratch::Scratch;
pub use stats::{Amount, Stats};
pub use store::Store;
