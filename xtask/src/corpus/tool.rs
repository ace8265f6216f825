//! Who is asked about a file, and how what they print is understood.
//!
//! A tool that says nothing of a thing, or fails, is silent about it; only what it does say can be wrong. Where it takes an
//! obvious step to understand it (a program that asks for an interpreter is dynamic), that step is taken for it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::facts::{Fact, Facts};
use super::specimen::Specimen;
use crate::Outcome;
use crate::step::{output, target};

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Xbuild,
    Readelf,
    LlvmReadobj,
    File,
    Go,
}

impl Tool {
    pub(super) const ALL: [Self; 5] = [Self::Xbuild, Self::Readelf, Self::LlvmReadobj, Self::File, Self::Go];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Xbuild => "xbuild inspect",
            Self::Readelf => "readelf",
            Self::LlvmReadobj => "llvm-readobj",
            Self::File => "file",
            Self::Go => "go version -m",
        }
    }

    /// What it says of itself; nothing where it is not there.
    pub(super) fn version(self) -> Option<String> {
        let said = match self {
            Self::Xbuild => output(xbuild("debug").arg("--version")),
            Self::Readelf => output(Command::new("readelf").arg("--version")),
            Self::LlvmReadobj => output(Command::new("llvm-readobj").arg("--version")),
            Self::File => output(Command::new("file").arg("--version")),
            Self::Go => output(Command::new("go").arg("version")),
        };
        let said = said.ok()?;
        said.lines().find(|line| line.contains(|c: char| c.is_ascii_digit())).map(|line| line.trim().to_owned())
    }

    /// What it says of every file, in their order.
    pub(super) fn ask(self, specimens: &[Specimen]) -> Outcome<Vec<Facts>> {
        if self == Self::Xbuild {
            return ask_xbuild(specimens);
        }
        specimens.iter().map(|specimen| self.ask_about(&specimen.path)).collect()
    }

    fn ask_about(self, path: &Path) -> Outcome<Facts> {
        let (program, arguments, understand): (&str, &[&str], fn(&str) -> Facts) = match self {
            Self::Xbuild => return Err("xbuild is asked about all at once".into()),
            Self::Readelf => ("readelf", &["-hlSAVdW"], readelf),
            Self::LlvmReadobj => ("llvm-readobj", &READOBJ, readobj),
            Self::File => ("file", &["-b"], file),
            Self::Go => ("go", &["version", "-m"], go),
        };
        let said = Command::new(program).args(arguments).arg(path).env("LC_ALL", "C").output()?;
        Ok(understand(&String::from_utf8_lossy(&said.stdout)))
    }
}

/// The program, from the folder of a profile.
pub(super) fn xbuild(profile: &str) -> Command {
    Command::new(target().join(profile).join(format!("xbuild{}", std::env::consts::EXE_SUFFIX)))
}

/// xbuild's document about these files. It exits with 1 where it finds something wrong, which is an answer too.
pub(super) fn document(specimens: &[Specimen]) -> Outcome<Value> {
    let mut command = xbuild("debug");
    command.args(["inspect", "--format", "json"]).args(specimens.iter().map(|specimen| &specimen.path));
    Ok(serde_json::from_slice(&command.output()?.stdout)?)
}

fn ask_xbuild(specimens: &[Specimen]) -> Outcome<Vec<Facts>> {
    let document = document(specimens)?;
    let files = document["files"].as_array().ok_or("`xbuild inspect` printed no files")?;
    if files.len() != specimens.len() {
        return Err(format!("`xbuild inspect` answers for {} of {} files", files.len(), specimens.len()).into());
    }
    Ok(files.iter().map(inspected).collect())
}

fn inspected(file: &Value) -> Facts {
    let mut facts = Facts::default();
    let text = |key: &str| file[key].as_str();
    let machine = file["machine"]["name"].as_str().zip(file["bits"].as_u64());
    facts.say_if(Fact::Kind, text("kind"));
    facts.say_if(Fact::Arch, text("arch").or_else(|| other_arch(machine?.0, machine?.1)));
    facts.say_if(Fact::Bits, file["bits"].as_u64().map(|bits| bits.to_string()));
    facts.say_if(Fact::Endian, text("endian"));
    facts.say_if(Fact::Os, text("os").or_else(|| text("foreign_os")));
    facts.say_if(Fact::Linkage, text("linkage"));
    facts.say_if(Fact::MinOs, text("min_os"));
    facts.say_if(Fact::Stripped, file["stripped"].as_bool().map(yes_or_no));
    let hardening = &file["hardening"];
    facts.say_if(Fact::Pie, hardening["pie"].as_bool().map(yes_or_no));
    facts.say_if(Fact::Nx, hardening["nx"].as_bool().map(yes_or_no));
    facts.say_if(Fact::Relro, hardening["relro"].as_str());
    facts.say_if(Fact::GoVersion, file["go"]["version"].as_str());
    if file["go"].is_object() {
        facts.say(Fact::Variant, text("variant").unwrap_or("none"));
    }
    if let Some(settings) = file["go"]["settings"].as_object() {
        let settings = settings.iter().filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
        facts.say(Fact::GoSettings, settings.collect::<Vec<_>>().join(" "));
    }
    if text("format") == Some("elf") {
        facts.say(Fact::Interpreter, text("interpreter").unwrap_or("none"));
        facts.say(Fact::GlibcFloor, text("glibc_floor").unwrap_or("none"));
        let needed = file["needed"].as_array().map(Vec::as_slice).unwrap_or_default();
        facts.say(Fact::Needed, listed(needed.iter().filter_map(Value::as_str)));
    }
    facts
}

/// Architectures that no platform has: xbuild gives them no name of its own, but says the machine's.
fn other_arch(machine: &str, bits: u64) -> Option<&'static str> {
    Some(match (machine, bits) {
        ("PowerPC", _) => "ppc",
        ("RISC-V", 32) => "riscv32",
        ("SPARC", _) => "sparc",
        ("SPARC v9", _) => "sparc64",
        ("AVR", _) => "avr",
        ("eBPF", _) => "bpf",
        ("Hexagon", _) => "hexagon",
        _ => return None,
    })
}

/// What `llvm-readobj` is asked for.
const READOBJ: [&str; 6] =
    ["--file-headers", "--program-headers", "--sections", "--dynamic-table", "--version-info", "--macho-version-min"];

const fn yes_or_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".into() } else { names.join(" ") }
}

/// What stands between two marks, wherever they do.
fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split_once(to).map(|(found, _)| found))
}

/// The one value that all members of a library share.
fn shared<'a>(values: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let values: BTreeSet<&str> = values.collect();
    if values.len() == 1 { values.into_iter().next() } else { None }
}

/// The first of a table's names that a text has.
fn named(text: &str, table: &[(&str, &'static str)]) -> Option<&'static str> {
    table.iter().find(|(name, _)| text.contains(name)).map(|(_, value)| *value)
}

/// The highest `GLIBC_x.y` of these.
fn floor<'a>(versions: impl Iterator<Item = &'a str>) -> String {
    let numbers = |version: &'a str| {
        let numbers = version.split('.').map(str::parse::<u32>).collect::<Result<Vec<u32>, _>>().ok()?;
        Some((numbers, version))
    };
    let relr = |version: &'a str| if version == "ABI_DT_RELR" { "2.36" } else { version };
    versions.map(relr).filter_map(numbers).max().map_or_else(|| "none".into(), |(_, version)| version.to_owned())
}

/// ABIs that name a system. `UNIX - System V` names none, and so do those of a processor.
const SYSTEMS: [(&str, &str); 6] = [
    ("Linux", "linux"),
    ("FreeBSD", "freebsd"),
    ("NetBSD", "netbsd"),
    ("OpenBSD", "openbsd"),
    ("Solaris", "solaris"),
    ("GNU", "linux"),
];

fn readelf(text: &str) -> Facts {
    let mut facts = Facts::default();
    let line = |key: &'static str| shared(between(text, key, "\n").map(str::trim));
    let Some(class) = line("  Class:") else { return facts };
    let bits = class.trim_start_matches("ELF");
    let endian = line("  Data:").map(|data| if data.contains("big") { "big" } else { "little" });
    facts.say(Fact::Bits, bits);
    facts.say_if(Fact::Endian, endian);
    // MIPS has 64-bit machines with short pointers.
    let width = if between(text, "  Flags:", "\n").any(|flags| flags.contains(", abi2")) { "64" } else { bits };
    facts.say_if(Fact::Arch, line("  Machine:").and_then(|machine| machine_arch(machine, width, endian)));
    facts.say_if(Fact::Os, line("  OS/ABI:").and_then(|abi| named(abi, &SYSTEMS)));
    let interpreter = between(text, "Requesting program interpreter: ", "]").next();
    let needed = listed(between(text, "Shared library: [", "]"));
    let dynamic = interpreter.is_some() || needed != "none";
    let kind = line("  Type:").unwrap_or_default();
    let is_pie = kind.contains("Position-Independent Executable");
    facts.say_if(Fact::Linkage, linkage(dynamic, kind.starts_with("EXEC"), text.contains("Flags: PIE")));
    facts.say_if(Fact::Kind, elf_kind(kind, is_pie));
    if is_pie || kind.starts_with("EXEC") {
        facts.say(Fact::Pie, yes_or_no(is_pie));
    }
    facts.say(Fact::Interpreter, interpreter.unwrap_or("none"));
    facts.say(Fact::Needed, needed);
    if line("  Number of section headers:") != Some("0") {
        facts.say(Fact::Stripped, yes_or_no(!text.contains(" .symtab ")));
    }
    facts.say_if(Fact::Nx, between(text, " GNU_STACK ", "\n").next().map(|stack| yes_or_no(!stack.contains("RWE"))));
    if text.contains("Program Headers:") {
        let binds_now = text.contains("(BIND_NOW)") || text.contains("Flags: NOW") || text.contains("BIND_NOW\n");
        facts.say(Fact::Relro, relro(text.contains(" GNU_RELRO "), binds_now));
    }
    let needs = text.split("Version needs section").nth(1).unwrap_or_default();
    facts.say(Fact::GlibcFloor, floor(between(needs, "Name: GLIBC_", " ")));
    facts
}

/// By the word that the header has; a library and a program that loads anywhere share one.
fn elf_kind(word: &str, is_pie: bool) -> Option<&'static str> {
    match word.split(['_', ' ']).next().unwrap_or_default() {
        "REL" | "Relocatable" => Some("object"),
        "EXEC" | "Executable" => Some("executable"),
        "DYN" | "SharedObject" => Some(if is_pie { "executable" } else { "shared-library" }),
        _ => None,
    }
}

const fn relro(protected: bool, binds_now: bool) -> &'static str {
    match (protected, binds_now) {
        (false, _) => "none",
        (true, false) => "partial",
        (true, true) => "full",
    }
}

fn linkage(dynamic: bool, fixed: bool, pie: bool) -> Option<&'static str> {
    match (dynamic, fixed, pie) {
        (true, ..) => Some("dynamic"),
        (false, true, _) => Some("static"),
        (false, false, true) => Some("static-pie"),
        (false, false, false) => None,
    }
}

fn machine_arch(machine: &str, bits: &str, endian: Option<&str>) -> Option<&'static str> {
    Some(match (machine, bits, endian?) {
        ("Advanced Micro Devices X86-64", ..) => "amd64",
        ("Intel 80386", ..) => "386",
        ("AArch64", ..) => "arm64",
        ("ARM", ..) => "arm",
        ("MIPS R3000", "32", "big") => "mips",
        ("MIPS R3000", "32", _) => "mipsle",
        ("MIPS R3000", "64", "big") => "mips64",
        ("MIPS R3000", "64", _) => "mips64le",
        ("PowerPC64", _, "big") => "ppc64",
        ("PowerPC64", ..) => "ppc64le",
        ("IBM S/390", "64", _) => "s390x",
        ("RISC-V", "64", _) => "riscv64",
        ("LoongArch", "64", _) => "loong64",
        ("PowerPC", ..) => "ppc",
        ("RISC-V", "32", _) => "riscv32",
        ("Sparc", ..) => "sparc",
        ("Sparc v9", ..) => "sparc64",
        ("Atmel AVR 8-bit microcontroller", ..) => "avr",
        ("Linux BPF", ..) => "bpf",
        ("QUALCOMM DSP6 Processor", ..) => "hexagon",
        _ => return None,
    })
}

/// By the name that LLVM gives the format, which has word size and byte order where the architecture's own name has not.
const FORMATS: [(&str, &str); 34] = [
    ("elf64-x86-64", "amd64"),
    ("elf32-x86-64", "amd64"),
    ("elf64-bigaarch64", "arm64"),
    ("elf32-bigarm", "arm"),
    ("elf32-littleriscv", "riscv32"),
    ("elf32-powerpc", "ppc"),
    ("elf32-sparc", "sparc"),
    ("elf32-avr", "avr"),
    ("elf32-hexagon", "hexagon"),
    ("elf64-bpf", "bpf"),
    ("elf32-mips\nArch: mips64el", "mips64le"),
    ("elf32-i386", "386"),
    ("elf64-littleaarch64", "arm64"),
    ("elf32-littlearm", "arm"),
    ("elf64-powerpcle", "ppc64le"),
    ("elf64-powerpc", "ppc64"),
    ("elf64-s390", "s390x"),
    ("elf64-littleriscv", "riscv64"),
    ("elf64-loongarch", "loong64"),
    ("COFF-x86-64", "amd64"),
    ("COFF-i386", "386"),
    ("COFF-ARM64", "arm64"),
    ("COFF-ARM", "arm"),
    ("Mach-O 64-bit x86-64", "amd64"),
    ("Mach-O arm64", "arm64"),
    ("Mach-O 32-bit i386", "386"),
    ("aix5coff64-rs6000", "ppc64"),
    ("aixcoff64-rs6000", "ppc64"),
    ("WASM", "wasm"),
    ("elf64-mips\nArch: mips64el", "mips64le"),
    ("elf64-mips\nArch: mips64", "mips64"),
    ("elf32-mips\nArch: mipsel", "mipsle"),
    ("elf32-mips\nArch: mips", "mips"),
    ("elf64-sparc", "sparc64"),
];

fn readobj(text: &str) -> Facts {
    let mut facts = Facts::default();
    let format = shared(between(text, "Format: ", "\nAddressSize"));
    let Some(format) = format else { return facts };
    facts.say_if(Fact::Arch, named(format, &FORMATS));
    facts.say_if(Fact::Bits, shared(between(text, "AddressSize: ", "bit")));
    let endian = shared(between(text, "DataEncoding: ", " "));
    facts.say_if(Fact::Endian, endian.map(|data| if data.starts_with("Big") { "big" } else { "little" }));
    facts.say_if(Fact::Os, shared(between(text, "OS/ABI: ", " ")).and_then(|abi| named(abi, &SYSTEMS)));
    if format.starts_with("COFF") {
        say_coff(&mut facts, text);
    } else if format.starts_with("Mach-O") {
        say_macho(&mut facts, text);
    }
    if !format.starts_with("elf") {
        return facts;
    }
    let needed = listed(between(text, "Shared library: [", "]"));
    let dynamic = needed != "none" || text.contains("Type: PT_INTERP");
    let kind = shared(between(text, "\n  Type: ", " ")).unwrap_or_default();
    let flags: Vec<&str> = between(text, " FLAGS_1 ", "\n").flat_map(str::split_whitespace).collect();
    let is_pie = flags.contains(&"PIE");
    facts.say_if(Fact::Linkage, linkage(dynamic, kind == "Executable", is_pie));
    facts.say_if(Fact::Kind, elf_kind(kind, is_pie || text.contains("Type: PT_INTERP")));
    if is_pie || kind == "Executable" {
        facts.say(Fact::Pie, yes_or_no(is_pie));
    }
    facts.say(Fact::Needed, needed);
    facts.say(Fact::Stripped, yes_or_no(!text.contains("Name: .symtab")));
    let stack = between(text, "Type: PT_GNU_STACK", "Alignment").next();
    facts.say_if(Fact::Nx, stack.map(|stack| yes_or_no(!stack.contains("PF_X"))));
    let binds_now = flags.contains(&"NOW") || text.contains("BIND_NOW");
    if text.contains("  ProgramHeader {") {
        facts.say(Fact::Relro, relro(text.contains("Type: PT_GNU_RELRO"), binds_now));
    }
    let needs = text.split("VersionRequirements [").nth(1).unwrap_or_default();
    facts.say(Fact::GlibcFloor, floor(between(needs, "Name: GLIBC_", "\n")));
    facts
}

fn say_coff(facts: &mut Facts, text: &str) {
    let is_efi = text.contains("IMAGE_SUBSYSTEM_EFI");
    facts.say(Fact::Os, if is_efi { "efi" } else { "windows" });
    let is_linked = text.contains("ImageOptionalHeader {");
    let kind = match (is_linked, text.contains("IMAGE_FILE_DLL")) {
        (false, _) => "object",
        (true, false) => "executable",
        (true, true) => "shared-library",
    };
    facts.say(Fact::Kind, kind);
    facts.say_if(Fact::Stripped, shared(between(text, "SymbolCount: ", "\n")).map(|count| yes_or_no(count == "0")));
}

fn say_macho(facts: &mut Facts, text: &str) {
    let kinds = [("Relocatable", "object"), ("Executable", "executable"), ("DynamicLibrary", "shared-library")];
    let kind = shared(between(text, "FileType: ", " ")).and_then(|kind| named(kind, &kinds));
    facts.say_if(Fact::Kind, kind);
    facts.say_if(Fact::MinOs, shared(between(text, "  Version: ", "\n")));
    facts.say_if(Fact::Os, shared(between(text, "Platform: ", "\n")).and_then(|os| named(os, &APPLE)));
    if kind == Some("executable") {
        facts.say(Fact::Pie, yes_or_no(text.contains("MH_PIE")));
    }
}

/// Apple's systems as LLVM calls them.
const APPLE: [(&str, &str); 2] = [("macos", "darwin"), ("ios", "ios")];

/// As `file` calls them, the longer names first.
const PROCESSORS: [(&str, &str); 33] = [
    ("SPARC V9", "sparc64"),
    ("SPARC", "sparc"),
    ("Atmel AVR", "avr"),
    ("eBPF", "bpf"),
    ("QUALCOMM DSP6", "hexagon"),
    ("Intel amd64", "amd64"),
    ("ARM aarch64", "arm64"),
    ("Aarch64", "arm64"),
    ("ARM64", "arm64"),
    (" arm64 ", "arm64"),
    ("x86-64", "amd64"),
    ("x86_64", "amd64"),
    ("LoongArch", "loong64"),
    ("IBM S/390", "s390x"),
    ("UCB RISC-V", "riscv64"),
    ("Intel 80386", "386"),
    ("Intel i386", "386"),
    ("Intel 386", "386"),
    (" i386", "386"),
    ("64-bit LSB", "64-bit LSB"),
    ("64-bit MSB", "64-bit MSB"),
    ("32-bit LSB", "32-bit LSB"),
    ("32-bit MSB", "32-bit MSB"),
    ("ARMv7", "arm"),
    (" ARM", "arm"),
    ("WebAssembly", "wasm"),
    ("AMD64", "amd64"),
    ("amd64", "amd64"),
    ("XCOFF64", "ppc64"),
    ("Plan 9 executable, ARM", "arm"),
    ("PowerPC or cisco 4500", "ppc"),
    ("PowerPC", "ppc64"),
    ("arm", "arm"),
];

fn file(text: &str) -> Facts {
    let mut facts = Facts::default();
    facts.say_if(Fact::Arch, file_arch(text));
    facts.say_if(Fact::Bits, named(text, &[("64-bit", "64"), ("32-bit", "32"), ("PE32+", "64"), ("PE32 ", "32")]));
    facts.say_if(Fact::Endian, named(text, &[(" LSB ", "little"), (" MSB ", "big")]));
    facts.say_if(Fact::Os, file_system(text));
    let linkages =
        [("statically linked", "static"), ("static-pie linked", "static-pie"), ("dynamically linked", "dynamic")];
    facts.say_if(Fact::Linkage, named(text, &linkages));
    let interpreter = text.split_once(", interpreter ").map(|(_, rest)| rest.split(',').next().unwrap_or(rest).trim());
    facts.say_if(Fact::Interpreter, interpreter);
    facts.say_if(Fact::Kind, named(text, &KINDS));
    facts.say_if(Fact::Stripped, named(text, &[("not stripped", "no"), ("stripped", "yes")]));
    facts.say_if(Fact::Pie, named(text, &[(" pie executable", "yes"), ("B executable", "no")]));
    facts
}

/// As `file` calls what a file is for, the longer names first.
const KINDS: [(&str, &str); 9] = [
    ("shared library", "shared-library"),
    ("shared object", "shared-library"),
    ("relocatable", "object"),
    ("COFF object", "object"),
    (" object, flags", "object"),
    ("(DLL)", "shared-library"),
    ("executable", "executable"),
    ("EFI application", "executable"),
    ("current ar archive", "static-library"),
];

fn file_arch(text: &str) -> Option<&'static str> {
    let endian = if text.contains(" MSB ") { "big" } else { "little" };
    let bits = if text.contains("64-bit") || text.contains(", N32 ") { "64" } else { "32" };
    if text.contains(", MIPS,") {
        return machine_arch("MIPS R3000", bits, Some(endian));
    }
    if text.contains("UCB RISC-V") && bits == "32" {
        return Some("riscv32");
    }
    if text.contains("64-bit PowerPC") {
        return machine_arch("PowerPC64", bits, Some(endian));
    }
    named(text, &PROCESSORS).filter(|arch| !arch.contains("-bit"))
}

fn file_system(text: &str) -> Option<&'static str> {
    let systems = [
        ("for GNU/Linux", "linux"),
        ("(GNU/Linux)", "linux"),
        ("EFI application", "efi"),
        ("FreeBSD", "freebsd"),
        ("NetBSD", "netbsd"),
        ("OpenBSD", "openbsd"),
        ("for Android", "android"),
        ("Solaris", "solaris"),
        ("MS Windows", "windows"),
        ("Plan 9", "plan9"),
        ("XCOFF", "aix"),
    ];
    named(text, &systems)
}

fn go(text: &str) -> Facts {
    let mut facts = Facts::default();
    let first = text.lines().next().and_then(|line| line.rsplit_once(": "));
    let Some((_, version)) = first.filter(|(_, version)| version.starts_with("go1")) else { return facts };
    facts.say(Fact::GoVersion, version);
    let settings: Vec<&str> = between(text, "\tbuild\t", "\n").collect();
    let value = |key: &str| settings.iter().find_map(|setting| setting.strip_prefix(key)?.strip_prefix('='));
    facts.say_if(Fact::Arch, value("GOARCH"));
    facts.say_if(Fact::Os, value("GOOS"));
    facts.say(Fact::GoSettings, settings.join(" "));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(facts: &Facts, expect: &[(Fact, &str)]) {
        for (fact, value) in expect {
            assert_eq!(facts.get(*fact), Some(*value), "{}", fact.name());
        }
    }

    #[test]
    fn what_file_prints_is_understood() {
        let said = file("ELF 64-bit LSB executable, ARM aarch64, version 1 (SYSV), statically linked, stripped");
        check(&said, &[(Fact::Arch, "arm64"), (Fact::Bits, "64"), (Fact::Endian, "little"), (Fact::Linkage, "static")]);
        assert_eq!(said.get(Fact::Os), None);
        check(
            &file("ELF 32-bit MSB executable, MIPS, MIPS32 version 1"),
            &[(Fact::Arch, "mips"), (Fact::Endian, "big")],
        );
    }

    #[test]
    fn what_is_linked_and_how_is_understood() {
        let said = file("ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, not stripped");
        check(&said, &[(Fact::Kind, "executable"), (Fact::Pie, "yes"), (Fact::Stripped, "no")]);
        let said = readelf(
            "  Class:  ELF64\n  Type:  DYN (Shared object file)\nProgram Headers:\n  GNU_STACK 0 0 0 0 0 RWE 0x10\n  \
             GNU_RELRO 0\n",
        );
        check(&said, &[(Fact::Kind, "shared-library"), (Fact::Nx, "no"), (Fact::Relro, "partial")]);
        let said = readobj(
            "Format: Mach-O arm64\nAddressSize: 64bit\n  FileType: Executable (0x2)\n  Platform: ios\n  Version: 15.0\n",
        );
        check(&said, &[(Fact::Kind, "executable"), (Fact::Os, "ios"), (Fact::MinOs, "15.0"), (Fact::Pie, "no")]);
    }

    #[test]
    fn what_readelf_prints_is_understood() {
        let text = "ELF Header:\n  Class:                             ELF64\n  Data:      2's complement, little endian\n  \
                    OS/ABI:    UNIX - System V\n  Type:   EXEC (Executable file)\n  Machine:    RISC-V\n";
        let expect = [(Fact::Arch, "riscv64"), (Fact::Bits, "64"), (Fact::Linkage, "static"), (Fact::Needed, "none")];
        check(&readelf(text), &expect);
        assert_eq!(readelf("readelf: Error: Not an ELF file").get(Fact::Arch), None);
    }

    #[test]
    fn what_go_prints_is_understood() {
        let said = go("x: go1.26.8\n\tpath\tx\n\tbuild\tGOARCH=arm\n\tbuild\tGOOS=linux\n\tbuild\tGOARM=7,hardfloat\n");
        check(&said, &[(Fact::Arch, "arm"), (Fact::Os, "linux"), (Fact::GoVersion, "go1.26.8")]);
        assert_eq!(go("x: could not read Go build info").get(Fact::GoVersion), None);
    }

    #[test]
    fn the_highest_version_is_the_floor() {
        assert_eq!(floor(["2.4", "2.17", "PRIVATE"].into_iter()), "2.17");
        assert_eq!(floor(["2.4", "ABI_DT_RELR"].into_iter()), "2.36");
        assert_eq!(floor(std::iter::empty()), "none");
    }
}
