//! What an action left behind, as it is written down.
//!
//! A record is a claim: whoever uses it checks the blobs. No secret is ever in one; that is the duty of whoever makes
//! it. The explanation of the key is a file of its own, because it is as long as the action has inputs and only `why`
//! reads it.
//!
//! Form: JSON inside the seal of [`crate::sealed`]; the seal's kind carries the version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xbuild_content::{Digest, Field, Hash, Key, RelPath, Tree, TreeEntry};

use crate::sealed::{seal, unseal};

const RECORD: &str = "record 1";
const EXPLANATION: &str = "explanation 1";

/// The result of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    key: Key,
    /// What it made.
    pub outputs: Tree,
    /// What else is to be told later: `elapsed_ms`, `peak_rss_bytes`, `isolation`, an output's SHA-256.
    pub extra: BTreeMap<String, String>,
}

impl Record {
    /// A record of an action that made nothing.
    pub fn new(key: Key) -> Self {
        Self { key, outputs: Tree::default(), extra: BTreeMap::new() }
    }

    /// The key of the action.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The digests of all output files, in the order of their paths.
    pub fn digests(&self) -> Vec<Digest> {
        let digest = |entry: &TreeEntry| match entry {
            TreeEntry::File { digest, .. } => Some(*digest),
            TreeEntry::Symlink { .. } => None,
        };
        self.outputs.iter().filter_map(|(_, entry)| digest(entry)).collect()
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    outputs: BTreeMap<String, WrittenEntry>,
    extra: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenEntry {
    File { blake3: String, size: u64, executable: bool },
    Symlink { target: String },
}

pub(crate) fn seal_record(record: &Record) -> Vec<u8> {
    let entries = record.outputs.iter().map(|(path, entry)| (path.to_string(), write_entry(entry)));
    let written = Written { outputs: entries.collect(), extra: record.extra.clone() };
    seal(RECORD, record.key, &json(&written))
}

pub(crate) fn unseal_record(key: Key, bytes: &[u8]) -> Option<Record> {
    let written: Written = serde_json::from_slice(unseal(RECORD, key, bytes)?).ok()?;
    let mut outputs = Tree::default();
    for (path, entry) in &written.outputs {
        outputs.insert(RelPath::new(path).ok()?, read_entry(entry)?).ok()?;
    }
    Some(Record { key, outputs, extra: written.extra })
}

pub(crate) fn seal_explanation(key: Key, fields: &[Field]) -> Vec<u8> {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|field| (field.path.as_str(), field.value.as_str())).collect();
    seal(EXPLANATION, key, &json(&pairs))
}

pub(crate) fn unseal_explanation(key: Key, bytes: &[u8]) -> Option<Vec<Field>> {
    let pairs: Vec<(String, String)> = serde_json::from_slice(unseal(EXPLANATION, key, bytes)?).ok()?;
    Some(pairs.into_iter().map(|(path, value)| Field { path, value }).collect())
}

/// Text, numbers and maps by text: writing them cannot fail, and an empty body would only be a miss.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn write_entry(entry: &TreeEntry) -> WrittenEntry {
    match entry {
        TreeEntry::File { digest, executable } => {
            WrittenEntry::File { blake3: digest.hash().to_hex(), size: digest.size(), executable: *executable }
        }
        TreeEntry::Symlink { target } => WrittenEntry::Symlink { target: target.clone() },
    }
}

fn read_entry(entry: &WrittenEntry) -> Option<TreeEntry> {
    Some(match entry {
        WrittenEntry::File { blake3, size, executable } => {
            let hash: Hash = blake3.parse().ok()?;
            TreeEntry::File { digest: Digest::new(hash, *size), executable: *executable }
        }
        WrittenEntry::Symlink { target } => TreeEntry::Symlink { target: target.clone() },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::key;

    fn records() -> impl Strategy<Value = Record> {
        let file = (any::<[u8; 32]>(), any::<(u64, bool)>());
        let file = file.prop_map(|(hash, (size, executable))| TreeEntry::File {
            digest: Digest::new(Hash::from_bytes(hash), size),
            executable,
        });
        let link = any::<String>().prop_map(|target| TreeEntry::Symlink { target });
        let outputs = prop::collection::btree_map("[a-z.]{1,3}/[ -~é]{1,5}", prop_oneof![file, link], 0..4);
        let extra = prop::collection::btree_map(any::<String>(), any::<String>(), 0..3);
        (outputs, extra).prop_map(|(outputs, extra)| {
            let mut record = Record { extra, ..Record::new(key("a")) };
            for (path, entry) in outputs {
                // A path that is none, or that clashes, is left out.
                let _ = RelPath::new(&path).map(|path| record.outputs.insert(path, entry));
            }
            record
        })
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(record in records()) {
            prop_assert_eq!(unseal_record(key("a"), &seal_record(&record)), Some(record));
        }

        #[test]
        fn an_explanation_is_read_as_it_was_written(pairs in prop::collection::vec(any::<(String, String)>(), 0..4)) {
            let fields: Vec<Field> = pairs.into_iter().map(|(path, value)| Field { path, value }).collect();
            prop_assert_eq!(unseal_explanation(key("a"), &seal_explanation(key("a"), &fields)), Some(fields));
        }
    }
}
