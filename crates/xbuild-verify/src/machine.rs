//! Machine numbers: what each format's header calls an instruction set, and how people spell it.
//!
//! Numbers are those of the ELF gABI registry (`e_machine`), Apple's `mach/machine.h` (`cputype`) and Microsoft's PE
//! specification (`Machine`). An ELF machine number alone does not always name an architecture: MIPS and PowerPC have
//! one number for both byte orders, and RISC-V, LoongArch, SPARC and s390 one for both widths.

use std::fmt;

use object::{elf, macho, pe};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xbuild_platform::{Arch, Endian};

use crate::Format;

/// The machine field of a header: its number, its spelling, and the architecture where the platform table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    field: &'static str,
    number: u32,
    name: Option<&'static str>,
    arch: Option<Arch>,
}

impl Machine {
    /// The field's name in its format's specification: `e_machine`, `cputype`.
    pub const fn field(self) -> &'static str {
        self.field
    }

    /// The number in the header.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// How people spell it: `x86-64`, `AArch64`; `None` for a number that is not in the tables.
    pub const fn name(self) -> Option<&'static str> {
        self.name
    }

    /// The architecture, where the platform table has it.
    pub const fn arch(self) -> Option<Arch> {
        self.arch
    }

    /// The number with its spelling: `62 (x86-64)`.
    pub fn value(self) -> String {
        let number = if self.field == "Machine" || self.number > 0xffff {
            format!("{:#x}", self.number)
        } else {
            self.number.to_string()
        };
        format!("{number} ({})", self.name.unwrap_or("unknown"))
    }

    /// What XCOFF of 32 bits is for: no platform of the table.
    pub(crate) const XCOFF_32: Self = Self { field: "magic", number: 0x01df, name: Some("PowerPC"), arch: None };

    pub(crate) fn elf(number: u16, bits: u8, endian: Endian, n32: bool) -> Self {
        let row = ELF.iter().find(|row| row.0.0 == number);
        let arch = elf_arch(elf::Machine(number), bits, endian, n32);
        let name = arch.map(arch_title).or(row.map(|row| row.1));
        Self { field: "e_machine", number: u32::from(number), name, arch }
    }

    pub(crate) fn macho(number: u32) -> Self {
        let row = MACHO.iter().find(|row| row.0.0 == number);
        Self { field: "cputype", number, name: row.map(|row| row.1), arch: row.and_then(|row| row.2) }
    }

    pub(crate) fn pe(number: u16) -> Self {
        let row = PE.iter().find(|row| row.0.0 == number);
        Self {
            field: "Machine",
            number: u32::from(number),
            name: row.map(|row| row.1),
            arch: row.and_then(|row| row.2),
        }
    }

    /// A format that has a magic number for each architecture instead of a field.
    pub(crate) const fn magic(number: u32, arch: Arch) -> Self {
        Self { field: "magic", number, name: Some(arch_title(arch)), arch: Some(arch) }
    }

    /// What a header with the same field would say for `arch`.
    pub fn expected_for(self, arch: Arch) -> Option<Self> {
        let format = match self.field {
            "e_machine" => Format::Elf,
            "cputype" => Format::Macho,
            "Machine" => Format::Pe,
            _ => return None,
        };
        Self::expected(format, arch)
    }

    /// What the header of `format` would say for `arch`.
    pub fn expected(format: Format, arch: Arch) -> Option<Self> {
        match format {
            Format::Elf => {
                let row = ELF.iter().find(|row| elf_arch(row.0, arch.bits(), arch.endian(), false) == Some(arch))?;
                Some(Self::elf(row.0.0, arch.bits(), arch.endian(), false))
            }
            Format::Macho | Format::MachoUniversal => {
                MACHO.iter().find(|row| row.2 == Some(arch)).map(|row| Self::macho(row.0.0))
            }
            Format::Pe => PE.iter().find(|row| row.2 == Some(arch)).map(|row| Self::pe(row.0.0)),
            Format::Wasm | Format::Ar | Format::Xcoff | Format::Plan9 => None,
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.field, self.value())
    }
}

impl Serialize for Machine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Machine", 3)?;
        object.serialize_field("field", self.field)?;
        object.serialize_field("number", &self.number)?;
        object.serialize_field("name", &self.name)?;
        object.end()
    }
}

/// A machine as JSON has it.
#[derive(Deserialize)]
struct Written {
    field: String,
    number: u32,
    name: Option<String>,
}

impl<'de> Deserialize<'de> for Machine {
    /// Field, number and name are looked up in the tables. RISC-V and LoongArch have one number and one name for both
    /// widths: then it is the wide one, and who knows the width says so with `Machine::narrow`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let found = Self::all(&written).find(|machine| {
            (machine.field, machine.number, machine.name) == (&*written.field, written.number, written.name.as_deref())
        });
        found.ok_or_else(|| {
            let name = written.name.as_deref().unwrap_or("unknown");
            de::Error::custom(format!("{} = {} ({name}) is no machine that is known", written.field, written.number))
        })
    }
}

impl Machine {
    /// What the written number can stand for.
    fn all(written: &Written) -> impl Iterator<Item = Self> + use<> {
        let number = written.number;
        let short = u16::try_from(number).ok();
        let widths = [(64, false), (32, false), (32, true)];
        let elf = widths.into_iter().flat_map(move |(bits, n32)| {
            let orders = [Endian::Little, Endian::Big].into_iter();
            orders.filter_map(move |endian| Some(Self::elf(short?, bits, endian, n32)))
        });
        let magic = Arch::ALL.iter().map(move |arch| Self::magic(number, *arch));
        elf.chain(short.map(Self::pe)).chain([Self::macho(number), Self::XCOFF_32]).chain(magic)
    }

    /// The same machine of a file whose pointers have 32 bits.
    pub(crate) fn narrow(self) -> Self {
        match self.arch {
            Some(Arch::Riscv64 | Arch::Loong64) if self.field == "e_machine" => Self { arch: None, ..self },
            _ => self,
        }
    }
}

/// An architecture as people write it in a sentence.
pub const fn arch_title(arch: Arch) -> &'static str {
    match arch {
        Arch::I386 => "i386",
        Arch::Amd64 => "x86-64",
        Arch::Arm => "ARM",
        Arch::Arm64 => "AArch64",
        Arch::Loong64 => "LoongArch",
        Arch::Mips => "big-endian MIPS",
        Arch::Mips64 => "big-endian MIPS64",
        Arch::Mips64le => "little-endian MIPS64",
        Arch::Mipsle => "little-endian MIPS",
        Arch::Ppc64 => "big-endian PowerPC64",
        Arch::Ppc64le => "little-endian PowerPC64",
        Arch::Riscv64 => "RISC-V",
        Arch::S390x => "IBM Z",
        Arch::Wasm => "WebAssembly",
    }
}

const ELF: &[(elf::Machine, &str)] = &[
    (elf::EM_386, "i386"),
    (elf::EM_X86_64, "x86-64"),
    (elf::EM_ARM, "ARM"),
    (elf::EM_AARCH64, "AArch64"),
    (elf::EM_LOONGARCH, "LoongArch"),
    (elf::EM_MIPS, "MIPS"),
    (elf::EM_PPC64, "PowerPC64"),
    (elf::EM_RISCV, "RISC-V"),
    (elf::EM_S390, "IBM S/390"),
    (elf::EM_PPC, "PowerPC"),
    (elf::EM_SPARC, "SPARC"),
    (elf::EM_SPARC32PLUS, "SPARC v8+"),
    (elf::EM_SPARCV9, "SPARC v9"),
    (elf::EM_IA_64, "Itanium"),
    (elf::EM_PARISC, "PA-RISC"),
    (elf::EM_68K, "m68k"),
    (elf::EM_SH, "SuperH"),
    (elf::EM_ALPHA, "Alpha"),
    (elf::EM_AVR, "AVR"),
    (elf::EM_XTENSA, "Xtensa"),
    (elf::EM_HEXAGON, "Hexagon"),
    (elf::EM_BPF, "eBPF"),
    (elf::EM_CSKY, "C-SKY"),
    (elf::EM_ARC_COMPACT2, "ARC"),
    (elf::EM_MSP430, "MSP430"),
];

const MACHO: &[(macho::CpuType, &str, Option<Arch>)] = &[
    (macho::CPU_TYPE_X86_64, "x86-64", Some(Arch::Amd64)),
    (macho::CPU_TYPE_ARM64, "AArch64", Some(Arch::Arm64)),
    (macho::CPU_TYPE_X86, "i386", Some(Arch::I386)),
    (macho::CPU_TYPE_ARM, "ARM", Some(Arch::Arm)),
    (macho::CPU_TYPE_ARM64_32, "AArch64 with 32-bit pointers", Some(Arch::Arm64)),
    (macho::CPU_TYPE_POWERPC, "PowerPC", None),
    (macho::CPU_TYPE_POWERPC64, "PowerPC64", Some(Arch::Ppc64)),
];

/// ARM64EC and ARM64X have numbers of their own in objects only; images carry another machine's.
const PE: &[(pe::Machine, &str, Option<Arch>)] = &[
    (pe::IMAGE_FILE_MACHINE_AMD64, "x86-64", Some(Arch::Amd64)),
    (pe::IMAGE_FILE_MACHINE_ARM64, "AArch64", Some(Arch::Arm64)),
    (pe::IMAGE_FILE_MACHINE_I386, "i386", Some(Arch::I386)),
    (pe::IMAGE_FILE_MACHINE_ARMNT, "ARM", Some(Arch::Arm)),
    (pe::IMAGE_FILE_MACHINE_ARM64EC, "ARM64EC", Some(Arch::Arm64)),
    (pe::IMAGE_FILE_MACHINE_ARM64X, "ARM64X", Some(Arch::Arm64)),
    (pe::IMAGE_FILE_MACHINE_ARM, "ARM", Some(Arch::Arm)),
    (pe::IMAGE_FILE_MACHINE_IA64, "Itanium", None),
    (pe::IMAGE_FILE_MACHINE_RISCV64, "RISC-V", Some(Arch::Riscv64)),
    (pe::IMAGE_FILE_MACHINE_EBC, "EFI byte code", None),
];

/// The architecture of an ELF header, whatever the class where the platform table has one width only (x32 and ILP32 are
/// ABIs of 64-bit architectures); `None` where the width makes it another architecture.
fn elf_arch(machine: elf::Machine, bits: u8, endian: Endian, n32: bool) -> Option<Arch> {
    let big = endian == Endian::Big;
    Some(match machine {
        elf::EM_386 => Arch::I386,
        elf::EM_X86_64 => Arch::Amd64,
        elf::EM_ARM => Arch::Arm,
        elf::EM_AARCH64 => Arch::Arm64,
        elf::EM_LOONGARCH if bits == 64 => Arch::Loong64,
        elf::EM_RISCV if bits == 64 => Arch::Riscv64,
        elf::EM_S390 if bits == 64 => Arch::S390x,
        elf::EM_PPC64 => [Arch::Ppc64le, Arch::Ppc64][usize::from(big)],
        elf::EM_MIPS if bits == 64 || n32 => [Arch::Mips64le, Arch::Mips64][usize::from(big)],
        elf::EM_MIPS => [Arch::Mipsle, Arch::Mips][usize::from(big)],
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_elf_architecture_is_found_by_its_own_header() {
        for &arch in Arch::ALL.iter().filter(|arch| **arch != Arch::Wasm) {
            let machine = Machine::expected(Format::Elf, arch).unwrap();
            assert_eq!(machine.arch(), Some(arch));
        }
        assert_eq!(Machine::expected(Format::Elf, Arch::Wasm), None);
    }

    #[test]
    fn numbers_are_spelt_as_their_formats_do() {
        assert_eq!(Machine::expected(Format::Elf, Arch::Arm64).unwrap().to_string(), "e_machine = 183 (AArch64)");
        assert_eq!(Machine::expected(Format::Macho, Arch::Arm64).unwrap().to_string(), "cputype = 0x100000c (AArch64)");
        assert_eq!(Machine::expected(Format::Pe, Arch::Amd64).unwrap().to_string(), "Machine = 0x8664 (x86-64)");
        assert_eq!(Machine::elf(999, 64, Endian::Little, false).to_string(), "e_machine = 999 (unknown)");
    }

    #[test]
    fn width_and_order_decide_where_the_number_does_not() {
        let arch = |number, bits, endian| Machine::elf(number, bits, endian, false).arch();
        assert_eq!(arch(8, 32, Endian::Big), Some(Arch::Mips));
        assert_eq!(arch(8, 64, Endian::Little), Some(Arch::Mips64le));
        assert_eq!(arch(243, 32, Endian::Little), None);
        assert_eq!(arch(62, 32, Endian::Little), Some(Arch::Amd64));
        assert_eq!(Machine::elf(8, 32, Endian::Big, true).arch(), Some(Arch::Mips64));
    }
}
