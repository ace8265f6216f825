//! A module's zip: its `h1:` hash and its safe unpacking, in one reading.
//!
//! The hash is `Hash1` of Go's `golang.org/x/mod/sumdb/dirhash`: the SHA-256 of the lines `SHA256  NAME\n` of all files,
//! sorted by name, in base64. It covers names and bytes, not the zip's own layout.
//!
//! Nothing that an entry is called leads out of the folder: every name must start with `PATH@VERSION/` and go on as a
//! plain relative path. Whether the hash is the right one is for the caller to say, before anything is executed.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use camino::Utf8Path;
use xbuild_content::{RelPath, Sha256, Sha256er};
use zip::ZipArchive;

use crate::ModuleVersion;

/// The most bytes that a module zip and the files in it may have: `MaxZipFile` of Go's `golang.org/x/mod/zip`.
pub(crate) const MAX_ZIP_BYTES: u64 = 500 << 20;

/// Why a zip is not a module's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ZipError {
    #[error("what was downloaded is not a whole zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("what was downloaded cannot be unpacked: {0}")]
    Io(#[from] io::Error),
    #[error("the zip holds `{0}`, which is no file of this module")]
    Name(String),
    #[error("the zip unpacks to more than {MAX_ZIP_BYTES} bytes, the most that a module may have")]
    TooLarge,
}

/// Unpacks a module's zip into a new folder and returns its `h1:` hash.
pub(crate) fn unpack(zip: &Utf8Path, module: &ModuleVersion, into: &Utf8Path) -> Result<String, ZipError> {
    read(zip, module, &mut |path| {
        let file = into.join(path.as_str());
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        Ok(Box::new(File::create_new(file)?))
    })
}

/// The `h1:` hash of a module's zip.
pub(crate) fn hash(zip: &Utf8Path, module: &ModuleVersion) -> Result<String, ZipError> {
    read(zip, module, &mut |_| Ok(Box::new(io::sink())))
}

/// The `h1:` hash that `go.sum` has for a module's `go.mod` alone.
pub(crate) fn go_mod_hash(bytes: &[u8]) -> String {
    h1(vec![("go.mod".to_owned(), Sha256::of(bytes))])
}

fn read(
    zip: &Utf8Path,
    module: &ModuleVersion,
    create: &mut dyn FnMut(&RelPath) -> io::Result<Box<dyn Write>>,
) -> Result<String, ZipError> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(zip)?))?;
    let mut left = MAX_ZIP_BYTES;
    let mut files = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if name.ends_with('/') {
            continue;
        }
        let path =
            inner_path(&name, module).filter(|_| !entry.is_symlink()).ok_or_else(|| ZipError::Name(name.clone()))?;
        let sum = copy(&mut entry, &mut create(&path)?, &mut left)?;
        files.push((name, sum));
    }
    Ok(h1(files))
}

/// The part of a name below `PATH@VERSION/`, if it is a plain relative path.
fn inner_path(name: &str, module: &ModuleVersion) -> Option<RelPath> {
    let inner = name.strip_prefix(&format!("{module}/"))?;
    RelPath::new(inner).ok().filter(|path| path.as_str() == inner)
}

fn copy(from: &mut dyn Read, to: &mut dyn Write, left: &mut u64) -> Result<Sha256, ZipError> {
    let mut sum = Sha256er::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = from.read(&mut buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            to.flush()?;
            return Ok(sum.finish());
        }
        *left = left.checked_sub(count as u64).ok_or(ZipError::TooLarge)?;
        sum.update(bytes);
        to.write_all(bytes)?;
    }
}

fn h1(mut files: Vec<(String, Sha256)>) -> String {
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let mut whole = Sha256er::default();
    for (name, sum) in files {
        whole.update(format!("{sum}  {name}\n").as_bytes());
    }
    format!("h1:{}", BASE64_STANDARD.encode(whole.finish().as_bytes()))
}
