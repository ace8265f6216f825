//! `ar`: static libraries, of every dialect that the `object` crate reads (GNU, BSD, COFF, AIX), and thin ones.
//!
//! Every member is opened. What they agree on is the library's; where they do not, the fact is `None`, and different
//! architectures are a problem. Symbol tables, Go's own members and other text are no objects and are passed over. A
//! thin archive holds names only: of its members nothing is known.

use object::read::archive::{ArchiveFile, ArchiveMember};

use crate::facts::{Facts, Format, Kind};
use crate::macho::fat::agreed;
use crate::{Problem, sniff};

const MOST_MEMBERS: usize = 65_536;

/// Whether the bytes begin as an archive of objects does.
pub(crate) fn is_ar(bytes: &[u8]) -> bool {
    [b"!<arch>\n", b"!<thin>\n", b"<bigaf>\n"].into_iter().any(|magic| bytes.starts_with(magic))
}

pub(crate) fn inspect(bytes: &[u8], depth: u8) -> Facts {
    let mut facts = Facts::of(Kind::StaticLibrary, Some(Format::Ar));
    let archive = match ArchiveFile::parse(bytes) {
        Ok(archive) => archive,
        Err(error) => {
            facts.malformed(format!("not a sound archive: {error}"));
            return facts;
        }
    };
    let mut walk = Walk { bytes, depth, budget: bytes.len() as u64, objects: Vec::new(), passed_over: false };
    for (index, member) in archive.members().enumerate() {
        if index == MOST_MEMBERS {
            facts.problems.push(Problem::TooMany { what: "members", most: MOST_MEMBERS });
            break;
        }
        match member {
            Ok(member) => walk.take(&member, &mut facts),
            Err(error) => facts.malformed(format!("member {index}: {error}")),
        }
    }
    if !archive.is_thin() {
        // A Debian package is an `ar` file too, and no library.
        if walk.passed_over && walk.objects.is_empty() && facts.problems.is_empty() {
            facts.kind = Kind::Archive;
        }
        describe(&walk.objects, &mut facts);
    }
    facts
}

/// A member that is an object, with its name.
type Object = (String, Facts);

struct Walk<'a> {
    bytes: &'a [u8],
    depth: u8,
    /// How many bytes may still be read: an AIX archive can list one member many times over.
    budget: u64,
    objects: Vec<Object>,
    passed_over: bool,
}

impl<'a> Walk<'a> {
    fn take(&mut self, member: &ArchiveMember<'a>, facts: &mut Facts) {
        if member.is_thin() || is_go_own(member.name()) {
            self.passed_over = true;
            return;
        }
        let content = member.data(self.bytes).ok().filter(|_| member.size() <= self.budget);
        let Some(content) = content else {
            let end = member.file_range().0.saturating_add(member.size());
            facts.truncated(format!("member {}", name(member)), end, self.bytes.len() as u64);
            return;
        };
        self.budget -= member.size();
        let object = sniff::inspect_part(content, self.depth);
        if object.is_binary() {
            self.objects.push((name(member), object));
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
    String::from_utf8_lossy(member.name()).into_owned()
}

fn describe(objects: &[Object], facts: &mut Facts) {
    let parts: Vec<&Facts> = objects.iter().map(|(_, object)| object).collect();
    facts.members = Some(parts.len() as u64);
    facts.os = agreed(&parts, |part| part.os);
    facts.os_source = agreed(&parts, |part| part.os_source);
    facts.arch = agreed(&parts, |part| part.arch);
    facts.variant = agreed(&parts, |part| part.variant.clone());
    facts.variant_source = facts.variant.as_ref().and_then(|_| agreed(&parts, |part| part.variant_source));
    facts.bits = agreed(&parts, |part| part.bits);
    facts.endian = agreed(&parts, |part| part.endian);
    facts.machine = agreed(&parts, |part| part.machine);
    facts.abi = agreed(&parts, |part| part.abi.clone());
    facts.stripped = agreed(&parts, |part| part.stripped);
    facts.go = parts.iter().find_map(|part| part.go.clone());
    mixed(objects, facts);
    for (name, object) in objects {
        let broken = object.problems.iter().filter(|problem| problem.is_error()).take(1);
        facts.problems.extend(broken.map(|problem| in_member(name, problem)));
    }
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

fn mixed(objects: &[Object], facts: &mut Facts) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (name, object) in objects {
        let Some(machine) = object.machine else { continue };
        let spelt = machine.arch().map_or_else(|| machine.value(), |arch| arch.to_string());
        if seen.len() < 16 && !seen.iter().any(|(other, _)| *other == spelt) {
            seen.push((spelt, name));
        }
    }
    if seen.len() > 1 {
        let found = seen.into_iter().map(|(arch, name)| format!("{arch} ({name})")).collect();
        facts.problems.push(Problem::MixedArchitectures { found });
    }
}
