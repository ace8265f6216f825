//! A Debian package: an `ar` whose members are archives themselves.

use std::io::{self, ErrorKind, Read};

use crate::fault::{Charged, Medium};
use crate::names::Names;
use crate::walk::{Seekable, Step, Walking};
use crate::{Kind, Member, Problem};

const MAGIC: u64 = 8;
const HEADER: usize = 60;

pub(crate) fn walk(source: &mut dyn Seekable, walking: &mut Walking<'_>) -> io::Result<()> {
    let mut stream = Charged { inner: Medium(source), budget: walking.budget };
    let mut names = Names::default();
    if let Err(error) = io::copy(&mut (&mut stream).take(MAGIC), &mut io::sink()) {
        return walking.failed(&error, "the package");
    }
    loop {
        let header = match header(&mut stream) {
            Ok(Some(header)) => header,
            Ok(None) => return Ok(()),
            Err(error) => return walking.failed(&error, "the package"),
        };
        let Some((path, size)) = read(&header) else {
            walking
                .problems
                .push(Problem::Malformed { what: "the package".into(), why: "a header does not read".into() });
            return Ok(());
        };
        if walking.count() == Step::Stop {
            return Ok(());
        }
        names.look(&path, false, walking.problems);
        let member = Member { path, kind: Kind::File, mode: None, size: Some(size) };
        if walking.visit(&member, &mut (&mut stream).take(size))? == Step::Stop {
            return Ok(());
        }
        if let Err(error) = io::copy(&mut (&mut stream).take(size % 2), &mut io::sink()) {
            return walking.failed(&error, "the package");
        }
    }
}

/// The next header; `None` at the end.
fn header(stream: &mut impl Read) -> io::Result<Option<[u8; HEADER]>> {
    let mut bytes = Vec::new();
    stream.take(HEADER as u64).read_to_end(&mut bytes)?;
    match <[u8; HEADER]>::try_from(bytes) {
        Ok(header) => Ok(Some(header)),
        Err(bytes) if bytes.is_empty() => Ok(None),
        Err(_) => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// A member's name and size.
fn read(header: &[u8; HEADER]) -> Option<(String, u64)> {
    if &header[58..] != b"`\n" {
        return None;
    }
    let size = std::str::from_utf8(&header[48..58]).ok()?.trim_end().parse().ok()?;
    let name = String::from_utf8_lossy(&header[..16]);
    Some((name.trim_end().trim_end_matches('/').to_owned(), size))
}
