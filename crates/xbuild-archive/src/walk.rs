//! From a file to its members: which reader takes it, and what stands in a compressed stream.

use std::io::{self, Read, Seek, SeekFrom};

use crate::container::{PREFIX, is_tar};
use crate::decode::decoded;
use crate::fault::{self, Charged, Content, Medium};
use crate::{Budget, Container, Kind, Member, Problem, Problems, deb, recognise, tarball, zipped};

/// What can be read and sought: a file, a temporary file, bytes.
pub trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// Who looks at members.
pub trait Visitor {
    /// A member. Only a file has content. What is not read of it is read behind it, so that checksums count; an error of
    /// `content` may be passed on, and any other ends the walk.
    fn member(&mut self, member: &Member, content: &mut dyn Read, budget: &Budget) -> io::Result<()>;
}

/// Walks through an archive and tells what is wrong with it. An error is one of the medium or of the visitor. A file that is no
/// archive has no members and no problems.
pub fn walk(source: &mut dyn Seekable, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<Problems> {
    let mut problems = Problems::default();
    let walked = budget.deeper(|| opened(source, budget, visitor, &mut problems));
    match walked {
        Some(walked) => walked?,
        None => problems.push(Problem::NotLookedInto {
            what: "it".into(),
            why: "too many archives stand inside one another".into(),
        }),
    }
    Ok(problems)
}

fn opened(
    source: &mut dyn Seekable,
    budget: &Budget,
    visitor: &mut dyn Visitor,
    problems: &mut Problems,
) -> io::Result<()> {
    source.seek(SeekFrom::Start(0))?;
    let first = prefix(source)?;
    source.seek(SeekFrom::Start(0))?;
    let mut walking = Walking { budget, visitor, problems };
    match recognise(&first) {
        Some(Container::Zip) => zipped::walk(source, &mut walking),
        Some(Container::Deb) => deb::walk(source, &mut walking),
        Some(Container::Tar) => {
            tarball::walk(&mut Charged { inner: Medium(source), budget }, "the archive", &mut walking)
        }
        Some(Container::Closed(format)) => {
            let why = format!("{format} is not unpacked");
            walking.problems.push(Problem::NotLookedInto { what: "it".into(), why });
            Ok(())
        }
        Some(container) => compressed(container, source, &mut walking),
        None => Ok(()),
    }
}

/// The first bytes, as many as decide what it is.
pub(crate) fn prefix(source: &mut (impl Read + ?Sized)) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(PREFIX);
    source.take(PREFIX as u64).read_to_end(&mut first)?;
    Ok(first)
}

/// A walk under way.
pub(crate) struct Walking<'a> {
    pub(crate) budget: &'a Budget,
    pub(crate) visitor: &'a mut dyn Visitor,
    pub(crate) problems: &'a mut Problems,
}

/// Whether to go on behind a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    On,
    /// The stream is of no more use, or a bound is reached.
    Stop,
}

impl Walking<'_> {
    /// Counts a member before it is looked at.
    pub(crate) fn count(&mut self) -> Step {
        if self.budget.member() {
            return Step::On;
        }
        self.problems.push(Problem::TooMany { what: "members", most: self.budget.most_members() });
        Step::Stop
    }

    /// Hands a member to the visitor and reads the rest of it.
    pub(crate) fn visit(&mut self, member: &Member, content: &mut dyn Read) -> io::Result<Step> {
        let mut content = Content::new(content);
        let visited = self.visitor.member(member, &mut content, self.budget);
        if content.failed.is_none() {
            visited?;
        }
        content.drain();
        let what = format!("`{}`", crate::names::short(&member.path));
        if let Some(error) = content.failed {
            self.problems.push(fault::problem(&error, &what, self.budget)?);
            return Ok(Step::Stop);
        }
        if member.kind == Kind::File && member.size.is_some_and(|size| size != content.read) {
            self.problems.push(Problem::Truncated { what });
            return Ok(Step::Stop);
        }
        Ok(Step::On)
    }

    /// Records why a stream ended.
    pub(crate) fn failed(&mut self, error: &io::Error, what: &str) -> io::Result<()> {
        self.problems.push(fault::problem(error, what, self.budget)?);
        Ok(())
    }
}

fn compressed(container: Container, source: &mut dyn Seekable, walking: &mut Walking<'_>) -> io::Result<()> {
    let budget = walking.budget;
    let Some(inner) = decoded(container, Medium(source)) else { return Ok(()) };
    let what = format!("the {} stream", container.title());
    let mut unpacked = Charged { inner, budget };
    let first = match prefix(&mut unpacked) {
        Ok(first) => first,
        Err(error) => return walking.failed(&error, &what),
    };
    let is_tar = is_tar(&first);
    let mut whole = io::Cursor::new(first).chain(unpacked);
    if is_tar {
        return tarball::walk(&mut whole, &what, walking);
    }
    let member = Member { path: "content".into(), kind: Kind::File, mode: None, size: None };
    if walking.count() == Step::On {
        walking.visit(&member, &mut whole)?;
    }
    Ok(())
}
