//! How much the store holds.

use camino::Utf8Path;

use crate::disk;
use crate::error::StoreError;
use crate::store::Store;

/// Files and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many files.
    pub count: u64,
    /// Their lengths together, in bytes.
    pub bytes: u64,
}

/// What a store holds, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Blobs.
    pub blobs: Amount,
    /// Action records and the explanations of their keys.
    pub records: Amount,
    /// Small cached answers.
    pub memos: Amount,
    /// The indexes.
    pub index: Amount,
    /// What was found to be bad.
    pub quarantine: Amount,
}

impl Store {
    /// Counts everything; this lists every folder of the store.
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let amount = |folder| count(&self.layout().folder(folder));
        Ok(Stats {
            blobs: amount("cas")?,
            records: amount("ac")?,
            memos: amount("memo")?,
            index: amount("index")?,
            quarantine: amount("quarantine")?,
        })
    }
}

fn count(folder: &Utf8Path) -> Result<Amount, StoreError> {
    let mut amount = Amount::default();
    for name in disk::names(folder)? {
        let path = folder.join(name);
        // Another process may have removed it since.
        let Some(metadata) = disk::look(&path)? else { continue };
        let here = if metadata.is_dir() { count(&path)? } else { Amount { count: 1, bytes: metadata.len() } };
        amount = Amount { count: amount.count + here.count, bytes: amount.bytes + here.bytes };
    }
    Ok(amount)
}
