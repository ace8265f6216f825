//! Which system, C library and calling convention an ELF file names outside Go's build info.
//!
//! Evidence in order: a specific `EI_OSABI`, notes, the interpreter's path. A static program may have none of them; then
//! the answer is `None`. Interpreters are told by their file names, because distributions move them about.

use object::elf;
use xbuild_platform::{Arch, Os};

use super::notes::Notes;
use super::table::Header;
use crate::Problem;
use crate::facts::{Facts, Libc, OsSource, is_libc};

/// The first evidence for an operating system.
pub(crate) fn evidence(header: &Header, notes: &Notes, facts: &Facts) -> Option<(Os, OsSource)> {
    if notes.is_foreign {
        return None;
    }
    let interpreter = facts.interpreter.as_deref().and_then(|path| interpreter_os(path, facts.arch));
    os_abi(header.os_abi)
        .map(|os| (os, OsSource::OsAbi))
        .or_else(|| Some((notes.os?, OsSource::Note)))
        .or_else(|| Some((interpreter?, OsSource::Interpreter)))
}

fn os_abi(number: u8) -> Option<Os> {
    Some(match elf::OsAbi(number) {
        elf::ELFOSABI_LINUX => Os::Linux,
        elf::ELFOSABI_FREEBSD => Os::Freebsd,
        elf::ELFOSABI_NETBSD => Os::Netbsd,
        elf::ELFOSABI_OPENBSD => Os::Openbsd,
        elf::ELFOSABI_SOLARIS => Os::Solaris,
        elf::ELFOSABI_AIX => Os::Aix,
        _ => return None,
    })
}

/// The system whose dynamic linker has this path. illumos has Solaris', as it has its `EI_OSABI`; 32-bit Solaris shares its path
/// with Linux on MIPS.
fn interpreter_os(path: &str, arch: Option<Arch>) -> Option<Os> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_mips = matches!(arch, Some(Arch::Mips | Arch::Mipsle | Arch::Mips64 | Arch::Mips64le));
    Some(match (path, name) {
        ("/system/bin/linker" | "/system/bin/linker64", _) => Os::Android,
        ("/usr/libexec/ld-elf.so.2" | "/libexec/ld-elf.so.2", _) => Os::Dragonfly,
        (_, "ld-elf.so.1") => Os::Freebsd,
        (_, "ld.elf_so") => Os::Netbsd,
        ("/usr/libexec/ld.so", _) => Os::Openbsd,
        (_, "ld64.so.1" | "ld64.so.2") => Os::Linux,
        ("/lib/ld.so.1", _) if is_mips => Os::Linux,
        (path, "ld.so.1") if is_solaris(path, arch) => Os::Solaris,
        (_, name) if name.starts_with("ld-linux") || name.starts_with("ld-musl-") => Os::Linux,
        _ => return None,
    })
}

/// Solaris keeps the linkers of 64 bits in folders of their own, and those of 32 bits where nobody else on x86 does.
fn is_solaris(path: &str, arch: Option<Arch>) -> bool {
    let folder = path.strip_prefix("/usr").unwrap_or(path).strip_suffix("/ld.so.1");
    match folder {
        Some("/lib/amd64" | "/lib/64" | "/lib/sparcv9") => true,
        Some("/lib") => arch == Some(Arch::I386),
        _ => false,
    }
}

/// The architecture that a Linux interpreter is named after; `None` where several share the name.
fn interpreter_arch(path: &str) -> Option<Arch> {
    let name = path.rsplit('/').next()?;
    if let Some(musl) = name.strip_prefix("ld-musl-") {
        return musl_arch(musl.split(['.', '-']).next()?);
    }
    Some(match name {
        "ld-linux-x86-64.so.2" | "ld-linux-x32.so.2" => Arch::Amd64,
        "ld-linux-aarch64.so.1" => Arch::Arm64,
        "ld-linux-armhf.so.3" | "ld-linux.so.3" => Arch::Arm,
        "ld64.so.2" => Arch::Ppc64le,
        name if name.starts_with("ld-linux-riscv64") => Arch::Riscv64,
        name if name.starts_with("ld-linux-loongarch") => Arch::Loong64,
        _ => return None,
    })
}

fn musl_arch(word: &str) -> Option<Arch> {
    Some(match word {
        "x86_64" | "x32" => Arch::Amd64,
        "i386" => Arch::I386,
        "aarch64" => Arch::Arm64,
        "arm" | "armhf" => Arch::Arm,
        "riscv64" => Arch::Riscv64,
        "loongarch64" => Arch::Loong64,
        "powerpc64" => Arch::Ppc64,
        "powerpc64le" => Arch::Ppc64le,
        "s390x" => Arch::S390x,
        "mips" => Arch::Mips,
        "mipsel" => Arch::Mipsle,
        _ => return None,
    })
}

/// A program whose interpreter is made for another machine cannot start anywhere.
pub(crate) fn check_interpreter(facts: &mut Facts) {
    let (Some(path), Some(arch)) = (&facts.interpreter, facts.arch) else { return };
    let Some(other) = interpreter_arch(path).filter(|other| *other != arch) else { return };
    // A program for big-endian PowerPC with the second ABI uses the same loader.
    if (arch, other) == (Arch::Ppc64, Arch::Ppc64le) {
        return;
    }
    facts.problems.push(Problem::Contradiction {
        field: "architecture".into(),
        first_source: "the header".into(),
        first: arch.to_string(),
        second_source: format!("the interpreter {path}"),
        second: other.to_string(),
    });
}

pub(crate) fn libc(facts: &Facts) -> Option<Libc> {
    let interpreter = facts.interpreter.as_deref().unwrap_or_default();
    let name = interpreter.rsplit('/').next().unwrap_or_default();
    let needs = |prefix: &str| facts.needed.iter().any(|name| name.starts_with(prefix));
    if name.starts_with("ld-musl-") || needs("libc.musl-") {
        Some(Libc::Musl)
    } else if interpreter.starts_with("/system/bin/linker") {
        Some(Libc::Bionic)
    } else if facts.glibc_floor.is_some()
        || (name.starts_with("ld-linux") && facts.needed.iter().any(|name| is_libc(name)))
    {
        Some(Libc::Gnu)
    } else {
        None
    }
}

/// The calling convention in `e_flags`, or in the class where one architecture has two.
pub(crate) fn abi(header: &Header) -> Option<String> {
    let flags = header.flags;
    let name = match (elf::Machine(header.machine), header.bits) {
        (elf::EM_X86_64, 32) => "x32",
        (elf::EM_AARCH64, 32) => "ilp32",
        (elf::EM_ARM, _) => return arm_abi(flags),
        (elf::EM_RISCV, bits) => return Some(riscv_abi(flags, bits)),
        (elf::EM_MIPS, _) if is_n32(header) => "n32",
        (elf::EM_MIPS, 64) => "n64",
        (elf::EM_MIPS, _) => "o32",
        (elf::EM_PPC64, _) => *["elfv1", "elfv2"].get((flags & 3).checked_sub(1)? as usize)?,
        (elf::EM_LOONGARCH, 64) => *["lp64s", "lp64f", "lp64d"].get((flags & 7).checked_sub(1)? as usize)?,
        _ => return None,
    };
    Some(name.to_owned())
}

/// MIPS with 64-bit registers and 32-bit pointers.
pub(crate) fn is_n32(header: &Header) -> bool {
    elf::Machine(header.machine) == elf::EM_MIPS && header.bits == 32 && header.flags & elf::EF_MIPS_ABI2.0 != 0
}

/// Static Go sets neither float bit: that is normal, and says nothing.
fn arm_abi(flags: u32) -> Option<String> {
    let version = flags >> 24;
    let float = match (flags & 0x200, flags & 0x400) {
        (0, 0x400) => "-hard",
        (0x200, 0) => "-soft",
        _ => "",
    };
    (version != 0).then(|| format!("eabi{version}{float}"))
}

fn riscv_abi(flags: u32, bits: u8) -> String {
    let base = if bits == 32 { "ilp32" } else { "lp64" };
    let embedded = if flags & 8 != 0 { "e" } else { "" };
    let float = ["", "f", "d", "q"][(flags >> 1 & 3) as usize];
    format!("{base}{embedded}{float}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_name_systems() {
        let check = |path: &str, expect: Option<Os>| assert_eq!(interpreter_os(path, None), expect, "{path}");
        check("/lib64/ld-linux-x86-64.so.2", Some(Os::Linux));
        check("/nix/store/x-glibc/lib/ld-linux-aarch64.so.1", Some(Os::Linux));
        check("/lib/ld-musl-armhf.so.1", Some(Os::Linux));
        check("/system/bin/linker64", Some(Os::Android));
        check("/libexec/ld-elf.so.1", Some(Os::Freebsd));
        check("/usr/libexec/ld.so", Some(Os::Openbsd));
        check("/lib/amd64/ld.so.1", Some(Os::Solaris));
        check("/usr/lib/64/ld.so.1", Some(Os::Solaris));
        check("/lib/ld.so.1", None);
        assert_eq!(interpreter_os("/usr/lib/ld.so.1", Some(Arch::I386)), Some(Os::Solaris));
        assert_eq!(interpreter_os("/lib/ld.so.1", Some(Arch::Mips)), Some(Os::Linux));
    }

    #[test]
    fn interpreters_name_architectures() {
        let check = |path: &str, expect: Option<Arch>| assert_eq!(interpreter_arch(path), expect, "{path}");
        check("/lib64/ld-linux-x86-64.so.2", Some(Arch::Amd64));
        check("/lib/ld-musl-mipsel-sf.so.1", Some(Arch::Mipsle));
        check("/lib/ld-linux.so.2", None);
        check("/lib/ld64.so.1", None);
    }

    #[test]
    fn float_bits_are_told_only_where_set() {
        assert_eq!(arm_abi(0x0500_0002).as_deref(), Some("eabi5"));
        assert_eq!(arm_abi(0x0500_0400).as_deref(), Some("eabi5-hard"));
        assert_eq!(riscv_abi(0x5, 64), "lp64d");
    }
}
