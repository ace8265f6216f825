//! What the processor-specific sections of an ELF file say about the level it needs: `.ARM.attributes` and
//! `.MIPS.abiflags`.
//!
//! Go without cgo writes no `.ARM.attributes`; with cgo the C objects' tags survive. Tags and their numbers are those of
//! Arm's "Addenda to, and Errata in, the ABI" and of the MIPS psABI.

use xbuild_platform::{Arch, Endian};

use crate::bytes::{View, padded_name, uvarint};
use crate::facts::Level;

/// The name of every level above v7: 32-bit code for ARMv8 cores.
pub(crate) const ABOVE_V7: &str = "v8";

const TAG_FILE: u64 = 1;
const TAG_CPU_ARCH: u64 = 6;
const TAG_COMPATIBILITY: u64 = 32;
const MIPS_SOFT_FLOAT: u8 = 3;

/// The level in an `.ARM.attributes` section; `None` where it names none, or a microcontroller's.
pub(crate) fn arm(section: &[u8], endian: Endian) -> Option<Level> {
    let view = View::new(section, endian);
    let mut at = 1;
    while view.u8(0)? == b'A' {
        let size = u64::from(view.u32(at)?);
        let block = view.slice(at + 4, size.checked_sub(4)?)?;
        if let Some(number) = block.strip_prefix(b"aeabi\0").and_then(|block| cpu_arch(View::new(block, endian))) {
            return arm_level(number);
        }
        at += size.max(4);
    }
    None
}

/// `Tag_CPU_arch` among the attributes of the whole file.
fn cpu_arch(vendor: View<'_>) -> Option<u64> {
    let mut at = 0;
    loop {
        let scope = u64::from(vendor.u8(at)?);
        let size = u64::from(vendor.u32(at + 1)?);
        if scope == TAG_FILE {
            return attribute(vendor.slice(at + 5, size.checked_sub(5)?)?, TAG_CPU_ARCH);
        }
        at += size.max(5);
    }
}

fn attribute(mut list: &[u8], wanted: u64) -> Option<u64> {
    while !list.is_empty() {
        let (tag, used) = uvarint(list)?;
        list = &list[used..];
        if !is_text(tag) {
            let (value, used) = uvarint(list)?;
            list = &list[used..];
            if tag == wanted {
                return Some(value);
            }
        }
        if is_text(tag) || tag == TAG_COMPATIBILITY {
            list = &list[(padded_name(list).len() + 1).min(list.len())..];
        }
    }
    None
}

/// Whether a tag's value is text: CPU names, and odd tags from 33.
const fn is_text(tag: u64) -> bool {
    matches!(tag, 4 | 5) || (tag > TAG_COMPATIBILITY && tag % 2 == 1)
}

fn arm_level(number: u64) -> Option<Level> {
    let named = |name| Arch::Arm.variant(name).map(Level::Named);
    match number {
        0 | 1 => Some(Level::Other("v4".into())),
        2 => Some(Level::Other("v4t".into())),
        3..=5 => named("v5"),
        6..=9 => named("v6"),
        10 => named("v7"),
        14 | 15 | 18..=20 | 22 => Some(Level::Other(ABOVE_V7.into())),
        _ => None,
    }
}

/// The level in a `.MIPS.abiflags` section: which kind of floating point the code was compiled for.
pub(crate) fn mips(section: &[u8], arch: Arch) -> Option<Level> {
    match section.get(7)? {
        0 => None,
        &MIPS_SOFT_FLOAT => arch.variant("softfloat").map(Level::Named),
        _ => Some(Level::Baseline),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `.ARM.attributes` of Debian's gcc for armhf, cut down: a CPU name, an architecture, a profile.
    fn section(arch: u8) -> Vec<u8> {
        let attributes = [b"\x05ARM\0\x06".as_slice(), &[arch, 7, b'A']].concat();
        let file = [&[1][..], &(attributes.len() as u32 + 5).to_le_bytes(), &attributes].concat();
        let vendor = [b"aeabi\0".as_slice(), &file].concat();
        [&b"A"[..], &(vendor.len() as u32 + 4).to_le_bytes(), &vendor].concat()
    }

    fn check(arch: u8, expect: Option<&str>) {
        let level = arm(&section(arch), Endian::Little);
        assert_eq!(level.as_ref().and_then(Level::name), expect, "{arch}");
    }

    #[test]
    fn architectures_of_the_attributes_are_levels() {
        check(2, Some("v4t"));
        check(4, Some("v5"));
        check(6, Some("v6"));
        check(10, Some("v7"));
        check(14, Some("v8"));
        check(11, None);
    }

    #[test]
    fn a_cut_section_is_none() {
        let whole = section(10);
        for end in 0..whole.len() {
            assert_eq!(arm(&whole[..end], Endian::Little), None, "{end}");
        }
    }

    #[test]
    fn sizes_that_lie_end_the_search() {
        assert_eq!(arm(b"A\0\0\0\0", Endian::Little), None);
        assert_eq!(arm(&[b"A".as_slice(), &[0xff; 40]].concat(), Endian::Little), None);
    }
}
