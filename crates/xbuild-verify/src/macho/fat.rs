//! Universal Mach-O: a table of slices, one for each architecture.
//!
//! Every slice must lie in the file, aligned, apart from the others, and its own header must agree with the table. Java
//! class files begin with the same four bytes; their next word is a version of 45 or more.

use xbuild_platform::Endian;

use crate::bytes::View;
use crate::facts::{Facts, Format, Kind, Slice};
use crate::machine::Machine;
use crate::{Problem, sniff};

/// The first version of Java's class files; no universal file has as many slices.
const JAVA_1_0: u32 = 45;

struct Entry {
    cpu: u32,
    offset: u64,
    size: u64,
    align: u32,
}

/// Whether the bytes are a universal file; a Java class is not.
pub(crate) fn is_universal(view: View<'_>) -> bool {
    let view = view.with(Endian::Big);
    matches!(view.u32(0), Some(0xcafe_babe | 0xcafe_babf)) && view.u32(4).is_none_or(|count| count < JAVA_1_0)
}

pub(crate) fn inspect(view: View<'_>, depth: u8) -> Facts {
    let mut facts = Facts::of(Kind::Unknown, Some(Format::MachoUniversal));
    let view = view.with(Endian::Big);
    let wide = view.u32(0) == Some(0xcafe_babf);
    let Some(count) = view.u32(4) else {
        facts.truncated("the universal header", 8, view.len());
        return facts;
    };
    let mut entries: Vec<Entry> = Vec::new();
    for index in 0..u64::from(count) {
        let Some(entry) = entry(view, index, wide) else {
            facts.truncated("the table of slices", 8 + u64::from(count) * width(wide), view.len());
            break;
        };
        // What is also another's is looked into once.
        if check(&entry, index, &entries, view, &mut facts) {
            facts.slices.extend(slice(&entry, view, depth));
        }
        entries.push(entry);
    }
    if count == 0 {
        facts.malformed("a universal file without slices");
    }
    contradict(&entries, &mut facts);
    agree(&mut facts);
    facts
}

const fn width(wide: bool) -> u64 {
    if wide { 32 } else { 20 }
}

fn entry(view: View<'_>, index: u64, wide: bool) -> Option<Entry> {
    let at = 8 + index * width(wide);
    let bits = if wide { 64 } else { 32 };
    let word = u64::from(bits / 8);
    Some(Entry {
        cpu: view.u32(at)?,
        offset: view.word(at + 8, bits)?,
        size: view.word(at + 8 + word, bits)?,
        align: view.u32(at + 8 + 2 * word)?,
    })
}

/// Whether the slice is apart from those before it.
fn check(entry: &Entry, index: u64, before: &[Entry], view: View<'_>, facts: &mut Facts) -> bool {
    let end = entry.offset.saturating_add(entry.size);
    if end > view.len() {
        facts.truncated(format!("slice {index}"), end, view.len());
    }
    let aligned = entry.align < 32 && entry.offset.is_multiple_of(1 << entry.align);
    if !aligned {
        facts.malformed(format!("slice {index} begins at {}, which is no multiple of 2^{}", entry.offset, entry.align));
    }
    let overlaps = |other: &Entry| entry.offset < other.offset.saturating_add(other.size) && other.offset < end;
    let is_apart = !before.iter().any(overlaps);
    if !is_apart {
        facts.malformed(format!("slice {index} overlaps another"));
    }
    is_apart
}

fn slice(entry: &Entry, view: View<'_>, depth: u8) -> Option<Slice> {
    let part = view.part(entry.offset, entry.size)?;
    Some(Slice { offset: entry.offset, size: entry.size, facts: sniff::inspect_inside(part, depth) })
}

/// The table's machine against each slice's own.
fn contradict(entries: &[Entry], facts: &mut Facts) {
    for slice in &facts.slices {
        let Some(entry) = entries.iter().find(|entry| entry.offset == slice.offset) else { continue };
        let (table, own) = (Machine::macho(entry.cpu), slice.facts.machine);
        if own != Some(table) {
            facts.problems.push(Problem::Contradiction {
                field: "architecture".into(),
                first_source: "the table of slices".into(),
                first: table.value(),
                second_source: "the slice's own header".into(),
                second: own.map_or_else(|| "no machine".into(), Machine::value),
            });
        }
    }
}

/// Fills the whole file's facts with what all slices share.
fn agree(facts: &mut Facts) {
    let slices = std::mem::take(&mut facts.slices);
    let parts: Vec<&Facts> = slices.iter().map(|slice| &slice.facts).collect();
    facts.kind = agreed(&parts, |part| Some(part.kind)).unwrap_or(Kind::Unknown);
    facts.os = agreed(&parts, |part| part.os);
    facts.os_source = agreed(&parts, |part| part.os_source);
    facts.foreign_os = agreed(&parts, |part| part.foreign_os.clone());
    facts.arch = agreed(&parts, |part| part.arch);
    facts.bits = agreed(&parts, |part| part.bits);
    facts.endian = agreed::<Endian>(&parts, |part| part.endian);
    facts.linkage = agreed(&parts, |part| part.linkage);
    facts.interpreter = agreed(&parts, |part| part.interpreter.clone());
    facts.needed = agreed(&parts, |part| Some(part.needed.clone())).unwrap_or_default();
    facts.min_os = agreed(&parts, |part| part.min_os);
    facts.signed = agreed(&parts, |part| part.signed);
    facts.stripped = agreed(&parts, |part| part.stripped);
    for problem in parts.iter().flat_map(|part| &part.problems) {
        if !facts.problems.contains(problem) {
            facts.problems.push(problem.clone());
        }
    }
    facts.slices = slices;
}

/// The value that all parts have; `None` where one differs or does not say.
fn agreed<T: PartialEq>(parts: &[&Facts], value: impl Fn(&Facts) -> Option<T>) -> Option<T> {
    let (first, rest) = parts.split_first()?;
    let first = value(first)?;
    rest.iter().all(|part| value(part).as_ref() == Some(&first)).then_some(first)
}
