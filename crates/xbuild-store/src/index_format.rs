//! The bytes of an index file: a header, then entries that each prove themselves, in the order they were made.
//!
//! A later entry for a path replaces an earlier one, so a run that changed little appends little. Reading stops at the
//! first entry that is not whole: what stands before it is the valid prefix. Numbers are little-endian.
//!
//! | bytes | entry field |
//! |---|---|
//! | 2 | length of the path |
//! | 1 | flags: 1 executable, 2 SHA-256 is present |
//! | 8 + 8 + 8 + 8 | size, mtime, ctime (ns since 1970), inode |
//! | 32 | BLAKE3 |
//! | 0 or 32 | SHA-256 |
//! | n | path, UTF-8 |
//! | 4 | CRC-32 of all before |

use xbuild_content::{Digest, Hash, Sha256};

use crate::stat::{Moment, Stat};

/// How a file starts.
pub(crate) const HEADER: &[u8] = b"xbuild index 1\n";

const EXECUTABLE: u8 = 1;
const HAS_SHA256: u8 = 2;
/// Path length, flags, four numbers, BLAKE3.
const FIXED: usize = 2 + 1 + 4 * 8 + 32;

/// What is known about the file at one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) stat: Stat,
    pub(crate) hash: Hash,
    pub(crate) sha256: Option<[u8; 32]>,
}

impl Entry {
    pub(crate) fn new(stat: Stat, digest: Digest, sha256: Option<Sha256>) -> Self {
        Self { stat, hash: digest.hash(), sha256: sha256.map(|sha256| *sha256.as_bytes()) }
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::new(self.hash, self.stat.size)
    }

    /// From its bytes, by way of its digits.
    pub(crate) fn sha256(&self) -> Option<Sha256> {
        Sha256::from_hex(&Hash::from_bytes(self.sha256?).to_hex())
    }
}

/// Appends an entry. A path longer than the format can say is left out: its file is hashed every time.
pub(crate) fn write_entry(out: &mut Vec<u8>, path: &str, entry: &Entry) {
    let Ok(length) = u16::try_from(path.len()) else { return };
    let start = out.len();
    let executable = if entry.stat.executable { EXECUTABLE } else { 0 };
    let has_sha256 = if entry.sha256.is_some() { HAS_SHA256 } else { 0 };
    out.extend_from_slice(&length.to_le_bytes());
    out.push(executable | has_sha256);
    out.extend_from_slice(&entry.stat.size.to_le_bytes());
    out.extend_from_slice(&entry.stat.mtime.0.to_le_bytes());
    out.extend_from_slice(&entry.stat.ctime.0.to_le_bytes());
    out.extend_from_slice(&entry.stat.inode.to_le_bytes());
    out.extend_from_slice(entry.hash.as_bytes());
    out.extend_from_slice(entry.sha256.as_ref().map_or(&[], <[u8; 32]>::as_slice));
    out.extend_from_slice(path.as_bytes());
    let check = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&check.to_le_bytes());
}

/// What was read from an index file.
pub(crate) struct Entries<'bytes> {
    rest: &'bytes [u8],
}

impl<'bytes> Entries<'bytes> {
    /// The entries after the header; `None` without one.
    pub(crate) fn of(bytes: &'bytes [u8]) -> Option<Self> {
        bytes.strip_prefix(HEADER).map(|rest| Self { rest })
    }

    /// The entries from bytes where one begins.
    pub(crate) fn at(rest: &'bytes [u8]) -> Self {
        Self { rest }
    }

    /// How many bytes are not read yet; after the last entry, those that a broken entry begins.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }
}

impl<'bytes> Iterator for Entries<'bytes> {
    type Item = (&'bytes str, Entry);

    fn next(&mut self) -> Option<Self::Item> {
        let (item, rest) = read_entry(self.rest)?;
        self.rest = rest;
        Some(item)
    }
}

type Item<'bytes> = (&'bytes str, Entry);

fn read_entry(bytes: &[u8]) -> Option<(Item<'_>, &[u8])> {
    let length = usize::from(u16::from_le_bytes(*bytes.first_chunk()?));
    let has_sha256 = bytes.get(2)? & HAS_SHA256 != 0;
    let (body, rest) = bytes.split_at_checked(FIXED + if has_sha256 { 32 } else { 0 } + length)?;
    let (check, rest) = rest.split_first_chunk()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*check) {
        return None;
    }
    Some((read_body(body, has_sha256)?, rest))
}

fn read_body(body: &[u8], has_sha256: bool) -> Option<Item<'_>> {
    let mut fields = Reader(&body[2..]);
    let executable = fields.take::<1>()?[0] & EXECUTABLE != 0;
    let size = u64::from_le_bytes(fields.take()?);
    let mtime = Moment(i64::from_le_bytes(fields.take()?));
    let ctime = Moment(i64::from_le_bytes(fields.take()?));
    let inode = u64::from_le_bytes(fields.take()?);
    let hash = Hash::from_bytes(fields.take()?);
    let sha256 = if has_sha256 { Some(fields.take()?) } else { None };
    let path = str::from_utf8(fields.0).ok()?;
    Some((path, Entry { stat: Stat { size, mtime, ctime, inode, executable }, hash, sha256 }))
}

/// Bytes taken from the front.
struct Reader<'bytes>(&'bytes [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Vec<(String, Entry)>> {
        let entry = (any::<(u64, i64, i64, u64, bool)>(), any::<[u8; 32]>(), any::<Option<[u8; 32]>>());
        let entry = entry.prop_map(|((size, mtime, ctime, inode, executable), hash, sha256)| Entry {
            stat: Stat { size, mtime: Moment(mtime), ctime: Moment(ctime), inode, executable },
            hash: Hash::from_bytes(hash),
            sha256,
        });
        prop::collection::vec(("/.{0,8}", entry), 0..4)
    }

    fn written(entries: &[(String, Entry)]) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        entries.iter().for_each(|(path, entry)| write_entry(&mut bytes, path, entry));
        bytes
    }

    /// What is read, and whether it was everything.
    fn read(bytes: &[u8]) -> (Vec<(String, Entry)>, bool) {
        let Some(mut entries) = Entries::of(bytes) else { return (Vec::new(), false) };
        let read = entries.by_ref().map(|(path, entry)| (path.to_owned(), entry)).collect();
        (read, entries.left() == 0)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(entries in entries()) {
            prop_assert_eq!(read(&written(&entries)), (entries, true));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let entries = [HEADER, &bytes].concat();
            let (read, whole) = read(&entries);
            prop_assert!(read.is_empty() || whole || bytes.len() > FIXED);
        }
    }

    fn sample() -> Vec<(String, Entry)> {
        let stat = Stat { size: 3, mtime: Moment(4), ctime: Moment(5), inode: 6, executable: true };
        let entry = |byte: u8, sha256| Entry { stat, hash: Hash::from_bytes([byte; 32]), sha256 };
        vec![("/a".into(), entry(1, None)), ("/b/c".into(), entry(2, Some([9; 32]))), ("/d".into(), entry(3, None))]
    }

    #[test]
    fn cut_or_flipped_at_any_byte_the_prefix_before_it_is_read() {
        let all = sample();
        let whole = written(&all);
        let ends: Vec<usize> = (0..=all.len()).map(|count| written(&all[..count]).len()).collect();
        for place in 0..whole.len() {
            let good = ends.iter().filter(|end| **end <= place).count().saturating_sub(1);
            let mut flipped = whole.clone();
            flipped[place] ^= 0x10;
            assert_eq!(read(&flipped), (all[..good].to_vec(), false), "flipped at {place}");
            assert_eq!(read(&whole[..place]), (all[..good].to_vec(), ends.contains(&place)), "cut at {place}");
        }
    }
}
