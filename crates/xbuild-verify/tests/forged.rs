//! Facts and verdicts about forged files: each test makes one field say something, or lie.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod forge;
#[path = "forge/hostile.rs"]
mod hostile;
#[path = "forge/ranged.rs"]
mod ranged;

use forge::shapes::go_elf;
use forge::{Elf, Macho, ar, clr, number, pe, universal, wasm};
use xbuild_verify::{Expect, Facts, Kind, Linkage, Output, Promise, Verdict, inspect, platform_of, verify};

const AMD64: u16 = 62;
const ARM64: u16 = 183;
const ARM: u16 = 40;
const MIPS: u16 = 8;
const SPARC64: u16 = 43;

fn promise(platform: &str) -> Promise {
    Promise::new(platform.parse().unwrap())
}

/// The verdict about `bytes` and its mismatches, a line each, as a diagnostic would tell them.
fn verdict(bytes: &[u8], promise: &Promise) -> String {
    let verification = verify(&inspect(bytes), promise);
    let lines = verification.mismatches().iter().map(|mismatch| {
        format!("\nxbuild::{}: is {}\n  note: {}", mismatch.code(), mismatch.headline(), mismatch.evidence())
    });
    format!("{}{}", verification.verdict(), lines.collect::<String>())
}

fn system(elf: &Elf) -> (Option<String>, Option<String>) {
    let facts = inspect(&elf.bytes());
    (facts.os.map(|os| os.to_string()), facts.os_source.map(|source| source.to_string()))
}

fn codes(facts: &Facts) -> Vec<&'static str> {
    facts.problems.iter().map(xbuild_verify::Problem::code).collect()
}

#[test]
fn facts_of_later_versions_are_read_but_for_their_words() {
    let facts = inspect(&Elf::new(243, 32, false).bytes());
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    let later = text.replacen('{', r#"{"invented":[{"later":1}],"#, 1);
    assert_eq!(serde_json::from_str::<Facts>(&later).unwrap(), facts);
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        serde_json::from_str::<Facts>(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(refused(r#""elf""#, r#""coff9""#).starts_with("unknown variant `coff9`"));
    assert!(refused(r#""number":243"#, r#""number":244"#).starts_with("e_machine = 244 (RISC-V) is no machine"));
    assert!(
        refused(r#""problems":[]"#, r#""problems":[{"code":"xbuild::odd"}]"#)
            .starts_with("unknown variant `xbuild::odd`")
    );
}

#[test]
fn another_machine_is_told_with_both_numbers() {
    insta::assert_snapshot!(verdict(&Elf::new(AMD64, 64, false).bytes(), &promise("linux/arm64")), @r"
    mismatch
    xbuild::machine-mismatch: is an x86-64 program
      note: ELF header, e_machine = 62 (x86-64), expected 183 (AArch64)
    ");
    insta::assert_snapshot!(verdict(&Elf::new(SPARC64, 64, true).bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::machine-mismatch: is a SPARC v9 program
      note: ELF header, e_machine = 43 (SPARC v9), expected 62 (x86-64)
    ");
    insta::assert_snapshot!(verdict(&Elf::new(MIPS, 32, false).bytes(), &promise("linux/mips")), @r"
    mismatch
    xbuild::machine-mismatch: is a little-endian MIPS program
      note: ELF header, e_machine = 8 (little-endian MIPS), expected 8 (big-endian MIPS)
    ");
    insta::assert_snapshot!(verdict(&pe(0xaa64, 3, false), &promise("windows/amd64")), @r"
    mismatch
    xbuild::machine-mismatch: is an AArch64 program
      note: PE header, Machine = 0xaa64 (AArch64), expected 0x8664 (x86-64)
    ");
    insta::assert_snapshot!(verdict(&Macho::new(Macho::X86_64).bytes(), &promise("darwin/arm64")), @r"
    mismatch
    xbuild::machine-mismatch: is an x86-64 program
      note: Mach-O header, cputype = 0x1000007 (x86-64), expected 0x100000c (AArch64)
    ");
}

#[test]
fn another_container_is_told_alone() {
    insta::assert_snapshot!(verdict(&Macho::new(Macho::X86_64).bytes(), &promise("linux/arm64")), @r"
    mismatch
    xbuild::format-mismatch: is a Mach-O file, not ELF
      note: the first bytes are those of Mach-O, linux/arm64 has ELF
    ");
    insta::assert_snapshot!(verdict(&Elf::new(AMD64, 64, false).bytes(), &promise("js/wasm")), @r"
    mismatch
    xbuild::format-mismatch: is an ELF file, not WebAssembly
      note: the first bytes are those of ELF, js/wasm has WebAssembly
    ");
    insta::assert_snapshot!(verdict(&wasm(&[]), &promise("windows/amd64")), @r"
    mismatch
    xbuild::format-mismatch: is a WebAssembly file, not PE
      note: the first bytes are those of WebAssembly, windows/amd64 has PE
    ");
}

#[test]
fn a_static_program_without_marks_fits_every_system_that_asks_for_none() {
    let mut elf = Elf::new(AMD64, 64, false);
    assert_eq!(system(&elf), (None, None));
    for platform in ["linux/amd64", "dragonfly/amd64"] {
        assert_eq!(verdict(&elf.bytes(), &promise(platform)), "match", "{platform}");
    }
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("freebsd/amd64")), @r"
    mismatch
    xbuild::os-mismatch: is a program without a mark of FreeBSD
      note: neither EI_OSABI nor a note nor the interpreter names FreeBSD, which starts no program without
    ");
    // A library is not started, and a packed program has its mark inside.
    elf.part(2, &[0; 16]);
    elf.file_type = 3;
    assert_eq!(verdict(&elf.bytes(), &promise("freebsd/amd64").of(Output::SharedLibrary)), "match");
    elf.file_type = 2;
    let mut bytes = elf.bytes();
    bytes[0x200..0x204].copy_from_slice(b"UPX!");
    assert_eq!(verdict(&bytes, &promise("freebsd/amd64")), "match");
}

#[test]
fn a_program_for_solaris_is_none_for_linux() {
    let mut elf = Elf::new(AMD64, 64, false);
    elf.interpreter("/lib/amd64/ld.so.1");
    assert_eq!(system(&elf), (Some("solaris".into()), Some("interpreter".into())));
    assert_eq!(verdict(&elf.bytes(), &promise("illumos/amd64")), "match");
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::os-mismatch: is a Solaris program
      note: the interpreter: solaris, expected linux
    ");
}

#[test]
fn systems_are_proven_in_order() {
    let mut elf = Elf::new(AMD64, 64, false);
    elf.interpreter("/lib64/ld-linux-x86-64.so.2");
    assert_eq!(system(&elf), (Some("linux".into()), Some("interpreter".into())));
    elf.note("NetBSD", 1, &[0; 4]);
    assert_eq!(system(&elf), (Some("netbsd".into()), Some("note".into())));
    elf.os_abi = 9;
    assert_eq!(system(&elf), (Some("freebsd".into()), Some("osabi".into())));
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::os-mismatch: is a FreeBSD program
      note: EI_OSABI in the header: freebsd, expected linux
    ");
}

#[test]
fn the_hurd_is_not_linux() {
    let mut elf = Elf::new(AMD64, 64, false);
    elf.note("GNU", 1, &[1, 0, 0, 0]);
    elf.os_abi = 3;
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::os-mismatch: is a hurd program
      note: the header: hurd, expected linux
    ");
}

#[test]
fn one_machine_with_two_widths_has_two_abis() {
    insta::assert_snapshot!(verdict(&Elf::new(AMD64, 32, false).bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::machine-mismatch: is a 32-bit program, not 64-bit
      note: ELF header, 32-bit class, ABI x32, expected 64
    ");
    insta::assert_snapshot!(verdict(&Elf::new(ARM64, 64, true).bytes(), &promise("linux/arm64")), @r"
    mismatch
    xbuild::machine-mismatch: is a big-endian program, not little-endian
      note: ELF header, byte order big, expected little
    ");
}

#[test]
fn go_is_held_to_the_letter_of_its_level() {
    let arm = |level: &str| go_elf(ARM, 32, &[("GOARCH", "arm"), ("GOOS", "linux"), ("GOARM", level)]).bytes();
    assert_eq!(verdict(&arm("7"), &promise("linux/arm/v7")), "match");
    assert_eq!(verdict(&arm("7,softfloat"), &promise("linux/arm/v7")), "match");
    insta::assert_snapshot!(verdict(&arm("6"), &promise("linux/arm/v7")), @r"
    mismatch
    xbuild::variant-mismatch: is GOARM=6, not GOARM=7
      note: Go's build info, GOARM=6, expected 7
    ");
    insta::assert_snapshot!(verdict(&arm("7"), &promise("linux/arm/v6")), @r"
    mismatch
    xbuild::variant-mismatch: is GOARM=7, not GOARM=6
      note: Go's build info, GOARM=7, expected 6
    ");
}

#[test]
fn a_level_that_go_does_not_know_is_not_believed() {
    let bytes = go_elf(AMD64, 64, &[("GOARCH", "amd64"), ("GOOS", "linux"), ("GOAMD64", "v9")]).bytes();
    let facts = inspect(&bytes);
    assert_eq!((facts.variant.clone(), codes(&facts)), (None, vec!["xbuild::go-level"]));
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/amd64")), @r"
    mismatch
    xbuild::variant-mismatch: is GOAMD64=v9, not GOAMD64=v1
      note: Go's build info, GOAMD64=v9, expected v1
    ");
}

#[test]
fn build_info_that_names_another_machine_or_system_is_a_contradiction() {
    let bytes = go_elf(AMD64, 64, &[("GOARCH", "arm64"), ("GOOS", "linux")]).bytes();
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/amd64")), @r"
    contradiction
    xbuild::contradiction: is amd64 and GOARCH=arm64 at once
      note: the header says amd64, Go's build info says GOARCH=arm64
    ");
    let mut elf = go_elf(AMD64, 64, &[("GOARCH", "amd64"), ("GOOS", "windows")]);
    elf.os_abi = 9;
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("freebsd/amd64")), @r"
    contradiction
    xbuild::contradiction: is freebsd and GOOS=windows at once
      note: EI_OSABI in the header says freebsd, Go's build info says GOOS=windows
    ");
}

#[test]
fn an_interpreter_for_another_machine_is_a_contradiction() {
    let mut elf = Elf::new(ARM64, 64, false);
    elf.interpreter("/lib64/ld-linux-x86-64.so.2");
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("linux/arm64")), @r"
    contradiction
    xbuild::contradiction: is arm64 and amd64 at once
      note: the header says arm64, the interpreter /lib64/ld-linux-x86-64.so.2 says amd64
    ");
}

#[test]
fn a_high_level_of_cgo_is_above_what_go_was_told() {
    // As Debian's armhf `direnv`: Go was told 6, the C objects need v7.
    let mut elf = go_elf(AMD64, 64, &[("GOARCH", "amd64"), ("GOOS", "linux"), ("GOAMD64", "v1")]);
    let property = [0xc000_8002_u32, 4, 1 | 2 | 4, 0].map(u32::to_le_bytes).concat();
    elf.note("GNU", 5, &property);
    assert_eq!(platform_of(&inspect(&elf.bytes())).as_deref(), Some("linux/amd64/v3"));
    insta::assert_snapshot!(verdict(&elf.bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::variant-mismatch: is amd64 v3 code, not v1
      note: .note.gnu.property, x86 ISA needed = v3, expected v1
    ");
}

/// A dynamic program that needs libc, and the highest glibc version it asks for.
fn dynamic_elf(version: &str) -> Elf {
    let mut elf = go_elf(AMD64, 64, &[("GOARCH", "amd64"), ("GOOS", "linux"), ("GOAMD64", "v1"), ("CGO_ENABLED", "1")]);
    elf.interpreter("/lib64/ld-linux-x86-64.so.2");
    ask_for_glibc(&mut elf, version);
    elf
}

/// Tables that ask for libc, and for this version of it.
fn ask_for_glibc(elf: &mut Elf, version: &str) {
    let strings = elf.put(format!("\0libc.so.6\0{version}\0GLIBC_PRIVATE\0").as_bytes());
    let private = 12 + version.len() as u64;
    let record = |fields: &[(u64, usize)]| {
        fields.iter().flat_map(|(value, size)| number(*value, *size, false)).collect::<Vec<u8>>()
    };
    let needs = [
        record(&[(1, 2), (2, 2), (1, 4), (16, 4), (0, 4)]),
        record(&[(0, 4), (0, 2), (2, 2), (11, 4), (16, 4)]),
        record(&[(0, 4), (0, 2), (3, 2), (private, 4), (0, 4)]),
    ];
    let needs = elf.put(&needs.concat());
    elf.dynamic(&[(1, 1), (5, strings), (0x6fff_fffe, needs), (0x6fff_ffff, 1)]);
}

#[test]
fn the_cgo_trap_is_told_by_name() {
    let bytes = dynamic_elf("GLIBC_2.34").bytes();
    let expect = Expect { linkage: Some(Linkage::Static), glibc_max: "2.28".parse().ok(), ..Expect::default() };
    insta::assert_snapshot!(verdict(&bytes, &Promise { expect, ..promise("linux/amd64") }), @r"
    mismatch
    xbuild::linkage-mismatch: is dynamically linked, not static
      note: interpreter /lib64/ld-linux-x86-64.so.2; needs libc.so.6; CGO_ENABLED=1 in Go's build info: cgo brought the C library in
    xbuild::glibc-mismatch: is made for glibc 2.34, not 2.28
      note: .gnu.version_r needs GLIBC_2.34, expected at most GLIBC_2.28
    ");
}

#[test]
fn a_library_that_needs_glibc_is_none_for_a_system_without() {
    let mut elf = Elf::new(AMD64, 64, false);
    elf.file_type = 3;
    ask_for_glibc(&mut elf, "GLIBC_2.17");
    let library = |platform: &str| verdict(&elf.bytes(), &promise(platform).of(Output::SharedLibrary));
    assert_eq!((system(&elf), library("linux/amd64").as_str()), ((None, None), "match"));
    insta::assert_snapshot!(library("openbsd/amd64"), @r"
    mismatch
    xbuild::os-mismatch: is a shared library for glibc
      note: the libraries and symbols that it needs are those of glibc, which OpenBSD does not have
    ");
}

#[test]
fn version_order_is_by_number() {
    let floor = |version: &str| inspect(&dynamic_elf(version).bytes()).glibc_floor.map(|floor| floor.to_string());
    assert_eq!(floor("GLIBC_2.9").as_deref(), Some("2.9"));
    assert_eq!(floor("GLIBC_ABI_DT_RELR").as_deref(), Some("2.36"));
    assert_eq!(floor("GCC_3.0"), None);
    let expect = Expect { glibc_max: "2.34".parse().ok(), ..Expect::default() };
    assert_eq!(verdict(&dynamic_elf("GLIBC_2.9").bytes(), &Promise { expect, ..promise("linux/amd64") }), "match");
}

#[test]
fn a_position_independent_program_that_needs_nothing_is_static_pie() {
    let mut elf = Elf::new(AMD64, 64, false);
    elf.file_type = 3;
    elf.dynamic(&[(0x6fff_fffb, 0x0800_0000)]);
    assert_eq!(inspect(&elf.bytes()).linkage, Some(Linkage::StaticPie));
    let mut library = Elf::new(AMD64, 64, false);
    library.file_type = 3;
    library.dynamic(&[(14, 1)]);
    assert_eq!(inspect(&library.bytes()).linkage, None);
    insta::assert_snapshot!(verdict(&library.bytes(), &promise("linux/amd64")), @r"
    mismatch
    xbuild::kind-mismatch: is a shared library, not a program
      note: ELF header, kind shared-library
    ");
    assert_eq!(verdict(&library.bytes(), &promise("linux/amd64").of(Output::SharedLibrary)), "match");
}

#[test]
fn a_packed_program_hides_what_it_is() {
    let mut elf = go_elf(AMD64, 64, &[("GOARCH", "amd64"), ("GOOS", "linux")]);
    let mut bytes = elf.bytes();
    bytes[0x200..0x204].copy_from_slice(b"UPX!");
    let facts = inspect(&bytes);
    assert_eq!((facts.linkage, facts.go, facts.libc, facts.stripped), (None, None, None, None));
    let expect = Expect { linkage: Some(Linkage::Static), ..Expect::default() };
    assert_eq!(verdict(&bytes, &promise("linux/amd64")), "match");
    insta::assert_snapshot!(verdict(&bytes, &Promise { expect, ..promise("linux/amd64") }), @r"
    unknown
    xbuild::unknown-fact: is of unknown linkage
      note: the program is packed (upx) and hides it
    ");
    // The same four bytes in the program's own data are no packer's.
    elf.put(b"UPX!");
    assert_eq!(inspect(&elf.bytes()).packed, None);
    // A position-independent one has the file type of libraries, and no dynamic section that could load it as one.
    let mut pie = Elf::new(62, 64, false);
    pie.file_type = 3;
    let mut bytes = pie.bytes();
    bytes[0x200..0x204].copy_from_slice(b"UPX!");
    let facts = inspect(&bytes);
    assert_eq!((facts.kind, facts.packed.is_some(), facts.linkage), (Kind::Executable, true, None));
}

#[test]
fn a_dotnet_program_is_for_the_machines_that_its_flags_name() {
    // IL only; rather 32 bits; 32 bits required; with machine code of its own.
    for (flags, is_portable) in [(1, true), (0x2_0003, true), (3, false), (0, false)] {
        let facts = inspect(&clr(flags));
        assert_eq!(platform_of(&facts).as_deref(), if is_portable { None } else { Some("windows/386") }, "{flags:#x}");
        let expected = if is_portable { "match" } else { "mismatch" };
        assert!(verdict(&clr(flags), &promise("windows/arm64")).starts_with(expected), "{flags:#x}");
        assert_eq!(verdict(&clr(flags), &promise("windows/386")), "match");
    }
    assert!(verdict(&clr(1), &promise("linux/amd64")).contains("format-mismatch"));
}

#[test]
fn a_cut_program_is_truncated_whatever_else_it_is() {
    let bytes = Elf::new(AMD64, 64, false).bytes();
    insta::assert_snapshot!(verdict(&bytes[..bytes.len() - 1], &promise("linux/arm64")), @r"
    truncated
    xbuild::truncated: is truncated
      note: loaded segment 0 ends at byte 1088, the file at 1087
    ");
    insta::assert_snapshot!(verdict(&bytes[..70], &promise("linux/amd64")), @r"
    truncated
    xbuild::truncated: is truncated
      note: the program header table ends at byte 120, the file at 70
    ");
    insta::assert_snapshot!(verdict(&bytes[..5], &promise("linux/amd64")), @r"
    truncated
    xbuild::truncated: is truncated
      note: the ELF header ends at byte 64, the file at 5
    ");
}

#[test]
fn a_damaged_section_table_is_a_warning() {
    let mut bytes = Elf::new(AMD64, 64, false).bytes();
    bytes[40..42].copy_from_slice(&[0, 8]);
    bytes[60] = 9;
    let facts = inspect(&bytes);
    assert_eq!((codes(&facts), facts.stripped), (vec!["xbuild::damaged-sections"], None));
    assert_eq!(verdict(&bytes, &promise("linux/amd64")), "match");
}

#[test]
fn headers_that_lie_are_malformed() {
    let malformed = |change: fn(&mut Elf)| {
        let mut elf = Elf::new(AMD64, 64, false);
        change(&mut elf);
        verdict(&elf.bytes(), &promise("linux/amd64"))
    };
    insta::assert_snapshot!(malformed(|elf| elf.file_type = 9), @r"
    malformed
    xbuild::malformed: is malformed
      note: e_type is 9: no kind of file
    ");
    insta::assert_snapshot!(malformed(|elf| elf.segments.clear()), @r"
    malformed
    xbuild::malformed: is malformed
      note: nothing is loaded: the file has no PT_LOAD
    ");
    insta::assert_snapshot!(malformed(|elf| elf.dynamic(&[(1, 1), (5, 0xffff_ffff)])), @r"
    malformed
    xbuild::malformed: is malformed
      note: the dynamic string table (DT_STRTAB) is not in a loaded part of the file
    ");
    let mut bytes = Elf::new(AMD64, 64, false).bytes();
    bytes[4] = 7;
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/amd64")), @r"
    malformed
    xbuild::malformed: is malformed
      note: EI_CLASS is 7: neither 32 nor 64 bits
    ");
}

#[test]
fn what_is_not_compiled_is_told_by_what_it_is() {
    insta::assert_snapshot!(verdict(b"#!/bin/sh\nexit 0\n", &promise("linux/amd64")), @r"
    not-binary
    xbuild::not-binary: is a script, not a program
      note: the first line is `#!/bin/sh`
    ");
    insta::assert_snapshot!(verdict(b"PK\x03\x04", &promise("linux/amd64")), @r"
    not-binary
    xbuild::not-binary: is an archive, not a program
      note: the first bytes are those of packed files
    ");
    insta::assert_snapshot!(verdict(b"", &promise("linux/amd64")), @r"
    not-binary
    xbuild::not-binary: is not a program
      note: the first bytes belong to no object format
    ");
    assert_eq!(verdict(b"hello", &promise("linux/amd64").of(Output::Any)), "match");
}

#[test]
fn a_commands_output_is_compared_where_it_is_compiled() {
    let any = promise("linux/arm64").of(Output::Any);
    let library = |machine| ar(&[("a.o", object(machine))]);
    assert_eq!(verdict(&Elf::new(ARM64, 64, false).bytes(), &any), "match");
    assert_eq!(verdict(&library(ARM64), &any), "match");
    assert_eq!(inspect(&library(AMD64)).members, Some(1));
    insta::assert_snapshot!(verdict(&library(AMD64), &any), @r"
    mismatch
    xbuild::machine-mismatch: is an x86-64 static library
      note: the members' headers, e_machine = 62 (x86-64), expected 183 (AArch64)
    ");
}

/// An object: an ELF file with a section table, here an empty one.
fn object(machine: u16) -> Vec<u8> {
    let mut elf = Elf::new(machine, 64, false);
    elf.file_type = 1;
    elf.segments.clear();
    elf.bytes()
}

#[test]
fn a_library_of_mixed_architectures_is_a_mismatch() {
    let bytes = ar(&[("a.o", object(AMD64)), ("b.o", object(ARM64)), ("c.txt", b"text".to_vec())]);
    let facts = inspect(&bytes);
    assert_eq!((facts.arch, facts.bits, facts.members), (None, Some(64), Some(2)));
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/arm64").of(Output::StaticLibrary)), @r"
    mismatch
    xbuild::mixed-architectures: is a library for several architectures
      note: the members are for several architectures: amd64 (a.o), arm64 (b.o)
    ");
}

#[test]
fn a_library_whose_member_is_cut_is_truncated() {
    let bytes = ar(&[("a.o", object(AMD64))]);
    insta::assert_snapshot!(verdict(&bytes[..bytes.len() - 9], &promise("linux/amd64").of(Output::StaticLibrary)), @r"
    truncated
    xbuild::truncated: is truncated
      note: member a.o ends at byte 1156, the file at 1147
    ");
}

#[test]
fn an_ar_file_without_objects_is_no_library() {
    let bytes = ar(&[("debian-binary", b"2.0\n".to_vec()), ("data.tar", vec![0; 600])]);
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/amd64").of(Output::StaticLibrary)), @r"
    mismatch
    xbuild::kind-mismatch: is an archive, not a static library
      note: the members' headers, kind archive
    ");
}

#[test]
fn gos_own_members_are_passed_over() {
    let export = b"go object darwin arm64 go1.26.8\n".to_vec();
    let bytes = ar(&[("__.PKGDEF", export.clone()), ("_go_.o", export), ("x.o", object(AMD64))]);
    assert_eq!((inspect(&bytes).members, platform_of(&inspect(&bytes)).as_deref()), (Some(1), Some("amd64")));
}

#[test]
fn a_universal_program_is_taken_by_its_slice() {
    let slice = |cpu| (cpu, Macho::new(cpu).bytes());
    let bytes = universal(&[slice(Macho::X86_64), slice(Macho::ARM64)]);
    let facts = inspect(&bytes);
    assert_eq!((platform_of(&facts).as_deref(), facts.slices.len()), (Some("darwin/(amd64, arm64)"), 2));
    assert_eq!(verdict(&bytes, &promise("darwin/arm64")), "match");
    assert_eq!(verdict(&bytes, &promise("darwin/amd64")), "match");
    insta::assert_snapshot!(verdict(&bytes, &promise("ios/arm64")), @r"
    mismatch
    xbuild::os-mismatch: is a macOS program
      note: a load command: darwin, expected ios
    ");
    insta::assert_snapshot!(verdict(&bytes, &promise("linux/arm64")), @r"
    mismatch
    xbuild::format-mismatch: is a universal Mach-O file, not ELF
      note: the first bytes are those of universal Mach-O, linux/arm64 has ELF
    ");
}

#[test]
fn a_universal_table_that_lies_is_found_out() {
    let program = |cpu| Macho::new(cpu).bytes();
    let mut swapped = universal(&[(Macho::ARM64, program(Macho::X86_64))]);
    insta::assert_snapshot!(verdict(&swapped, &promise("darwin/amd64")), @r"
    contradiction
    xbuild::contradiction: is 0x100000c (AArch64) and 0x1000007 (x86-64) at once
      note: the table of slices says 0x100000c (AArch64), the slice's own header says 0x1000007 (x86-64)
    ");
    swapped[8 + 8 + 3] = 1;
    insta::assert_snapshot!(verdict(&swapped, &promise("darwin/amd64")), @r"
    truncated
    xbuild::truncated: is truncated
      note: slice 0 ends at byte 6145, the file at 6144
    xbuild::malformed: is malformed
      note: slice 0 begins at 4097, which is no multiple of 2^10
    ");
    let whole = universal(&[(Macho::ARM64, program(Macho::ARM64)), (Macho::X86_64, program(Macho::X86_64))]);
    insta::assert_snapshot!(verdict(&whole[..whole.len() - 0x500], &promise("darwin/arm64")), @r"
    truncated
    xbuild::truncated: is truncated
      note: slice 1 ends at byte 8192, the file at 6912
    ");
    let mut overlapping = whole;
    overlapping.copy_within(16..24, 36);
    insta::assert_snapshot!(verdict(&overlapping, &promise("darwin/arm64")), @r"
    malformed
    xbuild::malformed: is malformed
      note: slice 1 overlaps another
    ");
}

#[test]
fn what_macos_kills_at_start_is_an_error() {
    let unsigned = Macho::new(Macho::ARM64).without(0x1d).bytes();
    insta::assert_snapshot!(verdict(&unsigned, &promise("darwin/arm64")), @r"
    mismatch
    xbuild::unsigned: is not signed
      note: no code signature: macOS on arm64 kills the program at start
    ");
    let on_intel = Macho::new(Macho::X86_64).without(0x1d).bytes();
    assert_eq!(verdict(&on_intel, &promise("darwin/amd64")), "match");
    let anonymous = Macho::new(Macho::ARM64).without(0x1b).bytes();
    assert_eq!(codes(&inspect(&anonymous)), ["xbuild::no-uuid"]);
    assert_eq!(verdict(&anonymous, &promise("darwin/arm64")), "match");
}

#[test]
fn apples_systems_are_not_macos() {
    let program = |platform: u32| {
        let mut macho = Macho::new(Macho::ARM64).without(0x32);
        macho.command(0x32, &[platform, 17 << 16 | 2 << 8, 0, 0]);
        macho.bytes()
    };
    insta::assert_snapshot!(verdict(&program(2), &promise("darwin/arm64")), @r"
    mismatch
    xbuild::os-mismatch: is an iOS program
      note: a load command: ios, expected darwin
    ");
    insta::assert_snapshot!(verdict(&program(6), &promise("darwin/arm64")), @r"
    mismatch
    xbuild::os-mismatch: is a maccatalyst program
      note: the header: maccatalyst, expected darwin
    ");
    assert_eq!(verdict(&program(7), &promise("ios/arm64")), "match");
    assert_eq!(inspect(&program(7)).abi.as_deref(), Some("simulator"));
    let expect = Expect { min_os: "17.1".parse().ok(), ..Expect::default() };
    insta::assert_snapshot!(verdict(&program(2), &Promise { expect, ..promise("ios/arm64") }), @r"
    mismatch
    xbuild::min-os-mismatch: is made for iOS 17.2, not 17.1
      note: the minimum version of the load command is 17.2, expected at most 17.1
    ");
}

#[test]
fn a_macho_file_cut_anywhere_is_truncated() {
    let bytes = Macho::new(Macho::ARM64).bytes();
    for end in 4..bytes.len() {
        assert_eq!(verify(&inspect(&bytes[..end]), &promise("darwin/arm64")).verdict(), Verdict::Truncated, "{end}");
    }
}

#[test]
fn windows_hybrids_are_arm64() {
    let facts = inspect(&pe(0x8664, 3, true));
    assert_eq!((platform_of(&facts).as_deref(), facts.abi.as_deref()), (Some("windows/arm64"), Some("arm64ec")));
    assert_eq!(inspect(&pe(0xaa64, 3, true)).abi.as_deref(), Some("arm64x"));
    assert_eq!(inspect(&pe(0x8664, 3, false)).abi, None);
    assert_eq!(verdict(&pe(0x8664, 3, false), &promise("windows/amd64")), "match");
    insta::assert_snapshot!(verdict(&pe(0x8664, 3, true), &promise("windows/amd64")), @r"
    mismatch
    xbuild::machine-mismatch: is an ARM64EC program
      note: PE header, Machine = 0x8664 (x86-64) with the hybrid metadata of arm64ec, expected 0x8664 (x86-64) alone
    ");
    insta::assert_snapshot!(verdict(&pe(0x8664, 10, false), &promise("windows/amd64")), @r"
    mismatch
    xbuild::os-mismatch: is an efi program
      note: the header: efi, expected windows
    ");
}

#[test]
fn a_pe_file_cut_anywhere_is_truncated() {
    let bytes = pe(0x8664, 3, false);
    for end in 2..bytes.len() {
        assert_eq!(verify(&inspect(&bytes[..end]), &promise("windows/amd64")).verdict(), Verdict::Truncated, "{end}");
    }
}

#[test]
fn a_memory_of_a_module_says_how_wide_its_pointers_are() {
    let module = |section: u8, body: &[u8]| {
        let bytes = [b"\0asm\x01\0\0\0".as_slice(), &[section, body.len() as u8], body].concat();
        inspect(&bytes).bits
    };
    let imported =
        |limits: &[u8]| module(2, &[&[1, 3, b'e', b'n', b'v', 6], b"memory".as_slice(), &[2], limits].concat());
    assert_eq!((module(5, &[1, 0, 2]), module(5, &[1, 4, 2])), (Some(32), Some(64)));
    assert_eq!((imported(&[0, 2]), imported(&[4, 2])), (Some(32), Some(64)));
    // What follows a memory with bounds and a page size of its own is still read.
    let second = [2, 1, b'a', 1, b'm', 2, 9, 1, 2, 0, 1, b'b', 1, b'm', 2, 4, 1];
    assert_eq!(module(2, &second), Some(64));
}

#[test]
fn an_object_that_shows_all_its_symbols_is_not_stripped() {
    let mut object = Macho { file_type: 1, ..Macho::new(Macho::X86_64) };
    object.command(2, &[0x700, 1, 0x710, 16]);
    let mut bytes = object.bytes();
    // One name that other objects may use: a program with no other symbol is stripped, an object is not.
    bytes[0x704] = 0x0f;
    assert_eq!(inspect(&bytes).stripped, Some(false));
    bytes[12] = 2;
    assert_eq!(inspect(&bytes).stripped, Some(true));

    let module = inspect(b"\0asm\x01\0\0\0\x00\x09\x07linking\x02");
    assert_eq!((module.kind.to_string().as_str(), module.stripped), ("object", Some(false)));
}

#[test]
fn the_imports_of_a_module_name_its_host() {
    let host = |imports: &[&str]| inspect(&wasm(imports)).os.map(|os| os.to_string());
    assert_eq!(host(&["wasi_snapshot_preview1"]).as_deref(), Some("wasip1"));
    assert_eq!(host(&["env", "gojs"]).as_deref(), Some("js"));
    // Emscripten's JavaScript gives some functions of WASI, and more that no runtime of WASI has.
    assert_eq!(host(&["wasi_snapshot_preview1 fd_write", "env __syscall_openat"]).as_deref(), Some("js"));
    assert_eq!(host(&["wasi_snapshot_preview1 fd_write", "env log"]).as_deref(), Some("wasip1"));
    assert_eq!(host(&["env"]), None);
    insta::assert_snapshot!(verdict(&wasm(&["gojs"]), &promise("wasip1/wasm")), @r"
    mismatch
    xbuild::os-mismatch: is a JavaScript program
      note: the import section: js, expected wasip1
    ");
    assert_eq!(inspect(b"\0asm\x0d\0\x01\0").abi.as_deref(), Some("component"));
    insta::assert_snapshot!(verdict(&wasm(&["gojs"])[..12], &promise("js/wasm")), @r"
    truncated
    xbuild::truncated: is truncated
      note: section 2 at byte 8 ends at byte 20, the file at 12
    ");
    insta::assert_snapshot!(verdict(b"\0asm\x02\0\0\0", &promise("js/wasm")), @r"
    malformed
    xbuild::malformed: is malformed
      note: the version is neither a core module's nor a component's
    ");
    insta::assert_snapshot!(verdict(b"\0asm\x01\0\0\0", &promise("js/wasm")), @r"
    mismatch
    xbuild::kind-mismatch: is not a program
      note: WebAssembly header, kind unknown
    ");
    insta::assert_snapshot!(verdict(b"\0asm\x01\0\0\0\x03\x02\x01\0", &promise("js/wasm")), @r"
    malformed
    xbuild::malformed: is malformed
      note: 1 functions are declared and 0 have a body
    ");
}

#[test]
fn the_contracts_fields_come_first_and_in_order() {
    let json = serde_json::to_string(&inspect(&Elf::new(AMD64, 64, false).bytes())).unwrap();
    insta::assert_snapshot!(json, @r#"{"kind":"executable","format":"elf","os":null,"arch":"amd64","variant":null,"variant_source":null,"bits":64,"endian":"little","linkage":"static","interpreter":null,"needed":[],"glibc_floor":null,"min_os":null,"go":null,"slices":[],"signed":null,"stripped":true,"packed":null,"hardening":{"pie":false,"nx":null,"relro":"none"},"build_paths":[],"problems":[],"os_source":null,"foreign_os":null,"machine":{"field":"e_machine","number":62,"name":"x86-64"},"abi":null,"libc":null,"producers":[],"members":null}"#);
    let json = serde_json::to_string(&inspect(b"\x7fELF")).unwrap();
    assert!(json.contains(
        r#""problems":[{"code":"xbuild::truncated","message":"the ELF header ends at byte 64, the file at 4","what":"the ELF header","end":64,"size":4}]"#
    ));
}
