//! Members of an archive as they go by: each file is inspected, each archive in it walked through.

use std::io::{self, Read, Seek as _, SeekFrom, Write as _};

use xbuild_archive::{Budget, Kind, Member, PREFIX, Problem, Visitor, recognise};
use xbuild_platform::Platform;
use xbuild_verify::{Code, Facts, Output, Promise, inspect, native_format, verify};

use super::file::{IN_MEMORY, begins_like, inspected, seen_within};
use super::{Seen, What, no_facts};

/// The members so far.
#[derive(Default)]
pub(super) struct Members {
    pub(super) entries: Vec<Seen>,
    /// Files of a layer that are no programs.
    pub(super) others: u64,
    /// Set for a layer: only programs are listed, and each is held against what the image says.
    pub(super) layer: Option<Layer>,
}

/// What an image says of its layers.
#[derive(Clone)]
pub(super) struct Layer {
    pub(super) platform: Option<Platform>,
}

impl Visitor for Members {
    fn member(&mut self, member: &Member, content: &mut dyn Read, budget: &Budget) -> io::Result<()> {
        let seen = match &member.kind {
            Kind::Folder => return Ok(()),
            Kind::Symlink(to) | Kind::Hardlink(to) => Seen::new(&member.path, 0, no_facts(), What::Link(to.clone())),
            Kind::Special(what) => Seen::new(&member.path, 0, no_facts(), What::Special(what)),
            Kind::File => file(&member.path, content, budget)?,
        };
        match &self.layer {
            None => self.entries.push(seen),
            Some(layer) if seen.facts.is_binary() || !seen.entries().is_empty() || !seen.problems.is_empty() => {
                let problem = layer.problem(&seen.facts);
                self.entries.push(seen.with(problem));
            }
            Some(_) if matches!(seen.what, What::File | What::Archive(_)) => self.others += 1,
            Some(_) => {}
        }
        Ok(())
    }
}

impl Layer {
    /// Whether code that the image's system could start is for another machine. Programs of other systems lie in images as data.
    fn problem(&self, facts: &Facts) -> Option<Problem> {
        let platform = self.platform?;
        if facts.format != Some(native_format(platform.os())) {
            return None;
        }
        let verification = verify(facts, &Promise::new(platform).of(Output::Any));
        let wrong = |code| matches!(code, Code::Machine | Code::Os | Code::Format);
        let mismatch = verification.mismatches().iter().find(|mismatch| wrong(mismatch.code()))?;
        Some(Problem::ImagePlatform { what: mismatch.headline().to_owned(), platform: platform.to_string() })
    }
}

/// A file: in memory while it is small, in a temporary file where it must be read whole and is not.
fn file(path: &str, content: &mut dyn Read, budget: &Budget) -> io::Result<Seen> {
    let mut bytes = Vec::new();
    (&mut *content).take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
    let is_archive = recognise(&bytes[..bytes.len().min(PREFIX)]).is_some();
    if bytes.len() as u64 <= IN_MEMORY {
        let size = bytes.len() as u64;
        if is_archive {
            return seen_within(path, &mut io::Cursor::new(bytes), size, budget);
        }
        return Ok(Seen::new(path, size, inspect(&bytes), What::File));
    }
    let beginning = begins_like(&bytes);
    if !is_archive && beginning.format.is_none() {
        let rest = io::copy(content, &mut io::sink())?;
        return Ok(Seen::new(path, bytes.len() as u64 + rest, beginning, What::File));
    }
    let mut spilled = tempfile::tempfile()?;
    spilled.write_all(&bytes)?;
    drop(bytes);
    io::copy(content, &mut spilled)?;
    let size = spilled.seek(SeekFrom::End(0))?;
    spilled.rewind()?;
    if is_archive {
        return seen_within(path, &mut spilled, size, budget);
    }
    Ok(Seen::inspected(path, size, inspected(&mut spilled)?))
}
