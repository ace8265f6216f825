//! COFF: Windows' unlinked objects and the short entries of its import libraries.
//!
//! COFF has no magic number, so an object is recognised only when its machine is known and all its tables fit; anything
//! less is not claimed.

use xbuild_platform::{Endian, Os};

use crate::bytes::View;
use crate::facts::{Facts, Format, Kind, OsSource};
use crate::machine::Machine;

const HEADER: u64 = 20;
const SECTION: u64 = 40;
const SYMBOL: u64 = 18;

/// Facts about an object; `None` where the bytes are no COFF.
pub(crate) fn inspect(view: View<'_>) -> Option<Facts> {
    let view = view.with(Endian::Little);
    let machine = match (view.u16(0)?, view.u16(2)?) {
        (0, 0xffff) => view.u16(6)?,
        (machine, sections) => plain(view, machine, sections.into())?,
    };
    let machine = Machine::pe(machine);
    machine.name()?;
    let mut facts = Facts::of_machine(Kind::Object, Format::Pe, machine);
    facts.bits = machine.arch().map(xbuild_platform::Arch::bits);
    facts.endian = Some(Endian::Little);
    facts.set_os(Some(Os::Windows), OsSource::Format);
    Some(facts)
}

/// The machine of an ordinary object: no optional header, sections and symbols inside the file.
fn plain(view: View<'_>, machine: u16, sections: u64) -> Option<u16> {
    let symbols_at = u64::from(view.u32(8)?);
    let symbols = u64::from(view.u32(12)?) * SYMBOL;
    let fits = view.u16(16)? == 0
        && sections != 0
        && HEADER + sections * SECTION <= view.len()
        && symbols_at + symbols <= view.len()
        && (symbols_at != 0 || symbols == 0);
    fits.then_some(machine)
}
