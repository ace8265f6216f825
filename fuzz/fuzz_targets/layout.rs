//! Any texts as the documents of an image layout: reading ends, whatever names what.
//!
//! The documents stand one after another, split at NUL; the first is the index. `@3` in one is the descriptor of the third, so that
//! digests are right, and what a document says is read; it can only name a later one, as digests have it.

#![no_main]

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read as _};

use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use xbuild_archive::{Blobs, Seekable, checked, layout};

/// How many documents are enough.
const MOST: usize = 9;

struct Documents(BTreeMap<String, Vec<u8>>);

impl Documents {
    fn of(bytes: &[u8]) -> Self {
        let mut files = BTreeMap::new();
        let mut descriptors: Vec<(usize, Vec<u8>)> = Vec::new();
        let parts: Vec<&[u8]> = bytes.splitn(MOST, |byte| *byte == 0).collect();
        for (number, part) in parts.into_iter().enumerate().rev() {
            let text = filled(part, &descriptors);
            if number == 0 {
                files.insert("index.json".to_owned(), text);
                break;
            }
            let hex: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
            let descriptor = format!(r#""digest":"sha256:{hex}","size":{}"#, text.len());
            descriptors.push((number, descriptor.into_bytes()));
            files.insert(format!("blobs/sha256/{hex}"), text);
        }
        Self(files)
    }
}

/// A document with its descriptors in it.
fn filled(part: &[u8], descriptors: &[(usize, Vec<u8>)]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut bytes = part.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let named = bytes.peek().map(|digit| usize::from(digit.wrapping_sub(b'0')));
        match descriptors.iter().find(|(number, _)| byte == b'@' && Some(*number) == named) {
            Some((_, descriptor)) => {
                text.extend(descriptor);
                bytes.next();
            }
            None => text.push(byte),
        }
    }
    text
}

impl Blobs for Documents {
    fn open(&mut self, path: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        Ok(self.0.get(path).map(|bytes| Box::new(Cursor::new(&bytes[..])) as Box<dyn Seekable>))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut documents = Documents::of(bytes);
    let read = layout(&mut documents).expect("memory can be read");
    for layer in read.images.iter().flat_map(|image| &image.layers) {
        if let Ok(mut blob) = checked(&mut documents, layer).expect("memory can be read") {
            let mut content = Vec::new();
            blob.read_to_end(&mut content).expect("memory can be read");
            assert_eq!(content.len() as u64, layer.size);
        }
    }
});
