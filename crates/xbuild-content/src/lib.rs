//! What bytes are: [`Digest`], [`RelPath`], [`Tree`], and the one canonical encoding that turns a value into a digest.
//!
//! Everything that is looked up by content is named here, and nothing here opens a file: the store hands in bytes. A
//! digest is a hash *and* a size, because a blob of the wrong length is wrong before it is read. A tree is a sorted map
//! of relative paths that cannot leave their root. A value's key and the explanation of that key come from one walk
//! (see [`canonical`]), so that "why was it rebuilt" cannot disagree with the cache.

pub mod canonical;
mod digest;
mod path;
mod sha256;
mod tree;
pub mod words;

pub use canonical::{Canonical, Change, Field, Fields, Key};
pub use digest::{Digest, DigestError, Digester, Hash};
pub use path::{PathError, RelPath};
pub use sha256::{Sha256, Sha256er};
pub use tree::{Tree, TreeEntry, TreeError};
