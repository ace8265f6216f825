//! Small files that say what they are and prove that they are whole.
//!
//! Form: `xbuild KIND KEY\n`, the body, then the 32 bytes of BLAKE3 over all before. The kind carries its version
//! (`record 1`); the key is the one the file was asked for by, so that a file under another's name is no answer.

use xbuild_content::{Hash, Key};

const HASH_LENGTH: usize = 32;

/// Wraps a body.
pub(crate) fn seal(kind: &str, key: Key, body: &[u8]) -> Vec<u8> {
    let mut bytes = header(kind, key).into_bytes();
    bytes.extend_from_slice(body);
    let hash = Hash::of(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    bytes
}

/// The body, if every byte is as it was sealed.
pub(crate) fn unseal<'bytes>(kind: &str, key: Key, bytes: &'bytes [u8]) -> Option<&'bytes [u8]> {
    let (sealed, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH_LENGTH)?)?;
    let body = sealed.strip_prefix(header(kind, key).as_bytes())?;
    (Hash::of(sealed).as_bytes() == hash).then_some(body)
}

fn header(kind: &str, key: Key) -> String {
    format!("xbuild {kind} {}\n", key.hash())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::key;

    #[test]
    fn only_the_sealed_bytes_open() {
        let sealed = seal("memo 1", key("a"), b"body");
        assert_eq!(unseal("memo 1", key("a"), &sealed), Some(&b"body"[..]));
        assert_eq!(unseal("memo 1", key("b"), &sealed), None);
        assert_eq!(unseal("memo 2", key("a"), &sealed), None);
    }

    #[test]
    fn every_cut_and_every_flip_is_noticed() {
        let sealed = seal("memo 1", key("a"), b"body");
        for place in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[place] ^= 1;
            assert_eq!(unseal("memo 1", key("a"), &flipped), None, "flipped at {place}");
            assert_eq!(unseal("memo 1", key("a"), &sealed[..place]), None, "cut at {place}");
        }
    }
}
