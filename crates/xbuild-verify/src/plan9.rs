//! Plan 9's a.out: one magic number for each architecture, big-endian header, text and data after it.
//!
//! Layout is that of Plan 9's `a.out(6)`.

use xbuild_platform::{Arch, Endian, Os};

use crate::bytes::View;
use crate::facts::{Facts, Format, Kind, Linkage, OsSource};
use crate::go::{self, buildinfo};
use crate::machine::Machine;

const HEADER: u64 = 32;

/// The architecture that the magic number stands for.
pub(crate) fn magic(view: View<'_>) -> Option<(u32, Arch)> {
    let number = view.with(Endian::Big).u32(0)?;
    let arch = match number {
        0x0000_01eb => Arch::I386,
        0x0000_8a97 => Arch::Amd64,
        0x0000_0647 => Arch::Arm,
        _ => return None,
    };
    Some((number, arch))
}

/// Facts about a program; `None` where the header is cut or names no entry point, which proves nothing.
pub(crate) fn inspect(view: View<'_>, number: u32, arch: Arch) -> Option<Facts> {
    let view = view.with(Endian::Big);
    let field = |index: u64| view.u32(index * 4).map(u64::from);
    let (text, data, symbols, entry) = (field(1)?, field(2)?, field(4)?, field(5)?);
    let (unwind, lines) = (field(6)?, field(7)?);
    if text == 0 || entry == 0 {
        return None;
    }
    let mut facts = Facts::of_machine(Kind::Executable, Format::Plan9, Machine::magic(number, arch));
    facts.bits = Some(arch.bits());
    facts.endian = Some(Endian::Little);
    facts.stripped = Some(symbols == 0);
    facts.linkage = Some(Linkage::Static);
    // 64-bit headers have a second, wide entry point.
    let start = if arch == Arch::Amd64 { HEADER + 8 } else { HEADER };
    let end = start + text + data + symbols + unwind + lines;
    if end > view.len() {
        facts.truncated("the program", end, view.len());
    }
    // The blob is aligned in memory; data begins on a page there, so offsets within it count.
    let info = buildinfo::read(view.cut(start + text, data), 0, &|_, _| None);
    go::settle(&mut facts, info, Some((Os::Plan9, OsSource::Format)));
    Some(facts)
}
