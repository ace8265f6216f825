//! `ar`: static libraries, of every dialect that the `object` crate reads (GNU, BSD, COFF, AIX), and thin ones.
//!
//! Every member is opened. What they agree on is the library's; where they do not, the fact is `None`, and different
//! architectures are a problem. Symbol tables, Go's own members and other text are no objects and are passed over. A
//! thin archive holds names only: of its members nothing is known.

use object::read::archive::{ArchiveFile, ArchiveMember};

use crate::bytes::View;
use crate::facts::{Facts, Format, Kind};
use crate::{GoInfo, Problem, sniff};

const MOST_MEMBERS: usize = 65_536;

/// How many kinds of machines, and how many members' problems, are told.
const MOST_MACHINES: usize = 16;
const MOST_BROKEN: usize = 16;

/// Members' headers are this long, and far apart.
const HEADER: u64 = 64;

/// Whether the bytes begin as an archive of objects does.
pub(crate) fn is_ar(view: View<'_>) -> bool {
    [b"!<arch>\n", b"!<thin>\n", b"<bigaf>\n"].into_iter().any(|magic| view.starts_with(magic))
}

pub(crate) fn inspect(view: View<'_>, depth: u8) -> Facts {
    let mut facts = Facts::of(Kind::StaticLibrary, Some(Format::Ar));
    let archive = match ArchiveFile::parse(view.sparing(HEADER)) {
        Ok(archive) => archive,
        Err(error) => {
            facts.malformed(format!("not a sound archive: {error}"));
            return facts;
        }
    };
    let mut walk = Walk { view, depth, budget: view.len(), objects: Objects::default(), passed_over: false };
    for (index, member) in archive.members().enumerate() {
        if index == MOST_MEMBERS {
            facts.problems.push(Problem::TooMany { what: "members".into(), most: MOST_MEMBERS });
            break;
        }
        match member {
            Ok(member) => walk.take(&member, &mut facts),
            Err(error) => facts.malformed(format!("member {index}: {error}")),
        }
    }
    if !archive.is_thin() {
        // A Debian package is an `ar` file too, and no library.
        if walk.passed_over && walk.objects.count == 0 && facts.problems.is_empty() {
            facts.kind = Kind::Archive;
        }
        walk.objects.describe(&mut facts);
    }
    facts
}

struct Walk<'a> {
    view: View<'a>,
    depth: u8,
    /// How many bytes may still be read: an AIX archive can list one member many times over.
    budget: u64,
    objects: Objects,
    passed_over: bool,
}

impl Walk<'_> {
    fn take(&mut self, member: &ArchiveMember<'_>, facts: &mut Facts) {
        if member.is_thin() || is_go_own(member.name()) {
            self.passed_over = true;
            return;
        }
        let (offset, size) = member.file_range();
        let Some(content) = self.view.part(offset, size).filter(|_| size <= self.budget) else {
            facts.truncated(format!("member {}", name(member)), offset.saturating_add(size), self.view.len());
            return;
        };
        self.budget -= size;
        let object = sniff::inspect_inside(content, self.depth);
        if object.is_binary() {
            self.objects.take(&name(member), object);
        } else {
            self.passed_over = true;
        }
    }
}

/// Members that Go's compiler writes for Go's linker: export data and objects in a format of its own.
fn is_go_own(name: &[u8]) -> bool {
    matches!(name, b"__.PKGDEF" | b"_go_.o" | b"preferlinkext" | b"dynimportfail")
}

fn name(member: &ArchiveMember<'_>) -> String {
    String::from_utf8_lossy(&member.name()[..member.name().len().min(MOST_NAME)]).into_owned()
}

/// How long a member's name may be where it is told.
const MOST_NAME: usize = 256;

/// The members that are objects, folded one by one: a library may have very many.
#[derive(Default)]
struct Objects {
    count: u64,
    /// What all of them agree on so far.
    common: Option<Facts>,
    go: Option<GoInfo>,
    /// Each architecture, with a member of it.
    machines: Vec<(String, String)>,
    broken: Vec<Problem>,
}

impl Objects {
    fn take(&mut self, name: &str, mut object: Facts) {
        self.count += 1;
        if let Some(machine) = object.machine {
            let spelt = machine.arch().map_or_else(|| machine.value(), |arch| arch.to_string());
            if self.machines.len() < MOST_MACHINES && !self.machines.iter().any(|(other, _)| *other == spelt) {
                self.machines.push((spelt, name.to_owned()));
            }
        }
        if self.broken.len() < MOST_BROKEN {
            let broken = object.problems.iter().find(|problem| problem.is_error());
            self.broken.extend(broken.map(|problem| in_member(name, problem)));
        }
        let go = object.go.take();
        self.go = self.go.take().or(go);
        match &mut self.common {
            None => self.common = Some(object),
            Some(common) => agree(common, &object),
        }
    }

    fn describe(self, facts: &mut Facts) {
        facts.members = Some(self.count);
        if let Some(common) = self.common {
            facts.os = common.os;
            facts.os_source = common.os_source;
            facts.arch = common.arch;
            facts.variant_source = common.variant_source.filter(|_| common.variant.is_some());
            facts.variant = common.variant;
            facts.bits = common.bits;
            facts.endian = common.endian;
            facts.machine = common.machine;
            facts.abi = common.abi;
            facts.stripped = common.stripped;
        }
        facts.go = self.go;
        if self.machines.len() > 1 {
            let found = self.machines.into_iter().map(|(arch, name)| format!("{arch} ({name})")).collect();
            facts.problems.push(Problem::MixedArchitectures { found });
        }
        facts.problems.extend(self.broken);
    }
}

/// Forgets what another object does not say too.
fn agree(common: &mut Facts, object: &Facts) {
    fn keep<T: PartialEq>(common: &mut Option<T>, other: &Option<T>) {
        if common != other {
            *common = None;
        }
    }
    keep(&mut common.os, &object.os);
    keep(&mut common.os_source, &object.os_source);
    keep(&mut common.arch, &object.arch);
    keep(&mut common.variant, &object.variant);
    keep(&mut common.variant_source, &object.variant_source);
    keep(&mut common.bits, &object.bits);
    keep(&mut common.endian, &object.endian);
    keep(&mut common.machine, &object.machine);
    keep(&mut common.abi, &object.abi);
    keep(&mut common.stripped, &object.stripped);
}

/// A member's problem, told of the member.
fn in_member(name: &str, problem: &Problem) -> Problem {
    match problem {
        Problem::Truncated { what, end, size } => {
            Problem::Truncated { what: format!("in member {name}, {what}"), end: *end, size: *size }
        }
        Problem::Malformed { what } => Problem::Malformed { what: format!("in member {name}, {what}") },
        other => other.clone(),
    }
}
