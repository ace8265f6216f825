//! What an ELF file asks of the dynamic linker: libraries, symbol versions, and flags.
//!
//! Everything is found through `PT_DYNAMIC` and loaded addresses, as the dynamic linker itself finds it, so a damaged
//! or stripped section table changes nothing. glibc's floor is read from the versions needed, never from those defined.

use object::elf;

use super::table::Elf;
use crate::bytes::View;
use crate::{Facts, Problem, Version};

const MOST_ENTRIES: u64 = 65_536;
const MOST_VERSIONS: usize = 4096;
const MOST_NEEDED: usize = 4096;
const MOST_NAME: u64 = 4096;

/// The entries that matter; `None` in [`Dynamic::read`] is a file without `PT_DYNAMIC`.
#[derive(Debug, Default)]
pub(crate) struct Dynamic {
    needed: Vec<u64>,
    strings: Option<u64>,
    versions: Option<u64>,
    version_count: u64,
    flags: u64,
    flags_1: u64,
    bind_now: bool,
    pub(crate) has_soname: bool,
}

impl Dynamic {
    pub(crate) fn read(elf: &Elf<'_>, facts: &mut Facts) -> Option<Self> {
        let segment = elf.segment(elf::PT_DYNAMIC)?;
        let bits = elf.header.bits;
        let width = u64::from(bits / 4);
        let table = elf.view.table(segment.offset, segment.file_size.min(MOST_ENTRIES * width));
        let mut dynamic = Self::default();
        for at in (0..MOST_ENTRIES).map(|index| index * width) {
            let (Some(tag), Some(value)) = (table.word(at, bits), table.word(at + width / 2, bits)) else { break };
            if tag == 0 {
                break;
            }
            dynamic.take(tag, value);
        }
        if dynamic.needed.len() > MOST_NEEDED {
            dynamic.needed.truncate(MOST_NEEDED);
            facts.problems.push(Problem::TooMany { what: "needed libraries".into(), most: MOST_NEEDED });
        }
        Some(dynamic)
    }

    fn take(&mut self, tag: u64, value: u64) {
        // Tags are signed words; the ones of interest are positive and fit in 32 bits.
        match i64::try_from(tag).map(elf::DynamicTag) {
            Ok(elf::DT_NEEDED) => self.needed.push(value),
            Ok(elf::DT_STRTAB) => self.strings = Some(value),
            Ok(elf::DT_SONAME) => self.has_soname = true,
            Ok(elf::DT_BIND_NOW) => self.bind_now = true,
            Ok(elf::DT_FLAGS) => self.flags = value,
            Ok(elf::DT_FLAGS_1) => self.flags_1 = value,
            Ok(elf::DT_VERNEED) => self.versions = Some(value),
            Ok(elf::DT_VERNEEDNUM) => self.version_count = value,
            _ => {}
        }
    }

    pub(crate) const fn needs_libraries(&self) -> bool {
        !self.needed.is_empty()
    }

    pub(crate) const fn is_pie(&self) -> bool {
        self.flags_1 & DF_1_PIE != 0
    }

    /// Whether every function is bound before the program starts.
    pub(crate) const fn binds_now(&self) -> bool {
        self.bind_now || self.flags & DF_BIND_NOW != 0 || self.flags_1 & DF_1_NOW != 0
    }

    pub(crate) fn record(&self, elf: &Elf<'_>, facts: &mut Facts) {
        if self.needed.is_empty() && self.versions.is_none() {
            return;
        }
        let Some(strings) = self.strings.and_then(|address| elf.memory(address)) else {
            facts.malformed("the dynamic string table (DT_STRTAB) is not in a loaded part of the file");
            return;
        };
        for offset in &self.needed {
            match strings.text(*offset, MOST_NAME) {
                Some(name) => facts.needed.push(name),
                None => facts.malformed(format!("DT_NEEDED points at byte {offset}, outside the dynamic string table")),
            }
        }
        facts.glibc_floor = self.versions.and_then(|address| elf.memory(address)).and_then(|table| {
            version_names(table.cut(0, MOST_VERSION_TABLE), strings, self.version_count).filter_map(glibc_version).max()
        });
    }
}

/// How far the table of needed versions reaches, and how long a name may be.
const MOST_VERSION_TABLE: u64 = 1 << 20;
const LONGEST_VERSION: u64 = 256;

const DF_BIND_NOW: u64 = 0x8;
const DF_1_NOW: u64 = 0x1;
const DF_1_PIE: u64 = 0x0800_0000;

/// The names in `.gnu.version_r`: a chain of files, each with a chain of versions.
fn version_names<'a>(table: View<'a>, strings: View<'a>, count: u64) -> impl Iterator<Item = &'a [u8]> {
    let files = chain(table, 0, count.min(MOST_NEEDED as u64), 12);
    let entries = files.flat_map(move |file| {
        let count = table.u16(file + 2).map_or(0, u64::from);
        let first = table.u32(file + 8).and_then(|offset| file.checked_add(u64::from(offset)));
        first.into_iter().flat_map(move |first| chain(table, first, count, 12))
    });
    let names = entries.filter_map(move |entry| table.u32(entry + 8));
    names.take(MOST_VERSIONS).filter_map(move |name| strings.c_string(u64::from(name), LONGEST_VERSION))
}

/// Offsets of at most `count` records, each with the distance to the next one at `next_at`; 0 ends the chain.
fn chain(table: View<'_>, first: u64, count: u64, next_at: u64) -> impl Iterator<Item = u64> {
    let mut next = Some(first);
    (0..count).map_while(move |_| {
        let here = next.filter(|here| *here < table.len())?;
        let distance = table.u32(here + next_at).filter(|distance| *distance != 0);
        next = distance.and_then(|distance| here.checked_add(u64::from(distance)));
        Some(here)
    })
}

/// `GLIBC_2.34` as a version. `GLIBC_PRIVATE` promises nothing, and `GLIBC_ABI_DT_RELR` came with 2.36.
fn glibc_version(name: &[u8]) -> Option<Version> {
    match name.strip_prefix(b"GLIBC_")? {
        b"ABI_DT_RELR" => Some(Version::new(&[2, 36])),
        number => std::str::from_utf8(number).ok()?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: Option<&str>) {
        assert_eq!(glibc_version(name.as_bytes()).map(|version| version.to_string()).as_deref(), expect, "{name}");
    }

    #[test]
    fn only_numbered_glibc_versions_count() {
        check("GLIBC_2.2.5", Some("2.2.5"));
        check("GLIBC_2.34", Some("2.34"));
        check("GLIBC_ABI_DT_RELR", Some("2.36"));
        check("GLIBC_PRIVATE", None);
        check("GLIBCXX_3.4.29", None);
        check("GCC_3.0", None);
    }

    #[test]
    fn a_chain_that_loops_or_leaves_the_table_ends() {
        let mut table = [0; 64];
        table[12] = 16;
        table[28] = 200;
        let view = View::little(&table);
        assert_eq!(chain(view, 0, u64::MAX, 12).collect::<Vec<_>>(), [0, 16]);
        assert_eq!(chain(view, 0, 1, 12).collect::<Vec<_>>(), [0]);
    }
}
