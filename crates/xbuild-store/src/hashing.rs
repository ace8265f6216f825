//! Reads a file once and says its digest, and its SHA-256 in the same read where that is asked for.

use std::fs::File;
use std::io::{self, Read};

use camino::Utf8Path;
use xbuild_content::{Digest, Digester, Sha256, Sha256er};

use crate::error::{StoreError, at};

/// How much is read at a time, in bytes.
const CHUNK: u64 = 128 * 1024;

/// Opens and hashes the file at a path.
pub(crate) fn hash_file(path: &Utf8Path) -> Result<Digest, StoreError> {
    let file = File::open(path).map_err(at("open", path))?;
    hash_open(path, &file)
}

/// The same with SHA-256.
pub(crate) fn hash_file_both(path: &Utf8Path) -> Result<(Digest, Sha256), StoreError> {
    let file = File::open(path).map_err(at("open", path))?;
    hash_open_both(path, &file)
}

/// Hashes an open file from where it stands to its end.
pub(crate) fn hash_open(path: &Utf8Path, file: &File) -> Result<Digest, StoreError> {
    let mut digester = Digester::default();
    each_chunk(path, file, |bytes| digester.update(bytes))?;
    Ok(digester.finish())
}

/// The same with SHA-256, which costs more than everything else.
pub(crate) fn hash_open_both(path: &Utf8Path, file: &File) -> Result<(Digest, Sha256), StoreError> {
    let mut both = (Digester::default(), Sha256er::default());
    each_chunk(path, file, |bytes| {
        both.0.update(bytes);
        both.1.update(bytes);
    })?;
    Ok((both.0.finish(), both.1.finish()))
}

fn each_chunk(path: &Utf8Path, file: &File, take: impl FnMut(&[u8])) -> Result<(), StoreError> {
    let size = file.metadata().map_err(at("stat", path))?.len();
    let room = usize::try_from(size.clamp(1, CHUNK)).unwrap_or(1);
    read_chunks(file, &mut vec![0; room], take).map_err(at("read", path))
}

fn read_chunks(mut reader: impl Read, chunk: &mut [u8], mut take: impl FnMut(&[u8])) -> io::Result<()> {
    loop {
        match reader.read(chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => take(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Cache, write};

    fn check(length: usize) {
        let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
        let cache = Cache::new();
        let path = write(&cache.outside("file"), &bytes);
        assert_eq!(hash_file(&path).expect("there"), Digest::of(&bytes), "{length} bytes");
        assert_eq!(hash_file_both(&path).expect("there"), (Digest::of(&bytes), Sha256::of(&bytes)), "{length} bytes");
    }

    #[test]
    fn a_read_in_pieces_is_the_hash_of_the_whole() {
        [0, 1, 4096, 128 * 1024, 128 * 1024 + 1, 300_000].into_iter().for_each(check);
    }
}
