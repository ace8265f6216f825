//! Any bytes as an archive: every member comes to its end or a problem says why not, within the bounds on what is unpacked.

#![no_main]

use std::io::{self, Cursor, Read};

use libfuzzer_sys::fuzz_target;
use xbuild_archive::{Budget, Limits, Member, PREFIX, Visitor, Window, index, recognise, walk};

/// Small, so that the bounds are reached too.
const LIMITS: Limits = Limits { content: 1 << 20, free: 256 << 10, ratio: 100, members: 64, depth: 3 };

/// Reads every member, walks through those that are archives, and counts.
#[derive(Default)]
struct Reader {
    members: u64,
    bytes: u64,
}

impl Visitor for Reader {
    fn member(&mut self, _: &Member, content: &mut dyn Read, budget: &Budget) -> io::Result<()> {
        self.members += 1;
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        self.bytes += bytes.len() as u64;
        if recognise(&bytes[..bytes.len().min(PREFIX)]).is_some() {
            read(&bytes, budget, self);
        }
        Ok(())
    }
}

fn read(bytes: &[u8], budget: &Budget, reader: &mut Reader) {
    let problems = walk(&mut Cursor::new(bytes), budget, reader).expect("memory can be read");
    for problem in problems.iter() {
        assert!(problem.code().starts_with("xbuild::"));
        assert!(!problem.to_string().is_empty());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::default();
    read(bytes, &Budget::new(LIMITS, bytes.len() as u64), &mut reader);
    assert!(reader.members <= LIMITS.members && reader.bytes <= LIMITS.content);
    for (start, size) in index(&mut Cursor::new(bytes)).expect("memory can be read").into_values() {
        let mut content = Vec::new();
        Window::new(Cursor::new(bytes), start, size).read_to_end(&mut content).expect("memory can be read");
        assert!(content.len() as u64 <= size);
    }
});
