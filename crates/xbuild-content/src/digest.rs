//! A hash and a size, inseparable.

use std::fmt;
use std::str::FromStr;

/// A BLAKE3 hash, printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The hash under a key that only this machine knows: what a secret's value is recorded as.
    pub fn keyed(key: &[u8; 32], bytes: &[u8]) -> Self {
        Self(*blake3::keyed_hash(key, bytes).as_bytes())
    }

    /// A hash that was read back from somewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    /// The first 12 hexadecimal digits, for people.
    pub fn short(self) -> String {
        self.to_hex().chars().take(12).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({})", self.short())
    }
}

impl FromStr for Hash {
    type Err = DigestError;

    /// Reads 64 hexadecimal digits, with or without `blake3:` before them.
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let hex = text.strip_prefix("blake3:").unwrap_or(text);
        let hash = blake3::Hash::from_hex(hex).map_err(|_| DigestError { text: text.to_owned() })?;
        Ok(Self(*hash.as_bytes()))
    }
}

/// What names a blob: its BLAKE3 hash and its length in bytes. Printed as `blake3:HEX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    hash: Hash,
    size: u64,
}

impl Digest {
    /// A digest whose parts were read back from somewhere.
    pub const fn new(hash: Hash, size: u64) -> Self {
        Self { hash, size }
    }

    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { hash: Hash::of(bytes), size: bytes.len() as u64 }
    }

    /// The hash.
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The length in bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blake3:{}", self.hash)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A digest of bytes that arrive in pieces.
#[derive(Debug, Clone, Default)]
pub struct Digester {
    hasher: blake3::Hasher,
    size: u64,
}

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The digest of everything taken so far.
    pub fn finish(&self) -> Digest {
        Digest { hash: Hash(*self.hasher.finalize().as_bytes()), size: self.size }
    }
}

/// A text that is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a BLAKE3 hash of 64 hexadecimal digits")]
pub struct DigestError {
    text: String,
}
