//! Facts and verdicts about programs that real compilers wrote: Go for twelve platforms, and the host's C compiler.
//!
//! The Go program needs the runtime alone and is built in an environment of its own; the build cache stays in the
//! target folder, so that only the first run compiles the runtime.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "the forged tests use more of it")]
mod forge;
#[path = "real/mutation.rs"]
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use xbuild_platform::Platform;
use xbuild_verify::{
    Expect, Facts, Linkage, Output, Promise, Source, Verdict, Version, inspect, inspect_source, leaks, leaks_in,
    platform_of, verify,
};

const GO_PLATFORMS: [&str; 12] = [
    "linux/amd64/v3",
    "linux/arm/v5",
    "linux/arm/v7",
    "linux/arm64",
    "linux/mips/softfloat",
    "linux/s390x",
    "openbsd/amd64",
    "darwin/arm64",
    "windows/amd64",
    "aix/ppc64",
    "plan9/amd64",
    "wasip1/wasm",
];

fn platform(text: &str) -> Platform {
    text.parse().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-real").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Where the Go program is built, and what it is built to.
fn go_build(platform: Platform, name: &str, flags: &[&str]) -> Vec<u8> {
    let source = folder("go-source");
    fs::write(source.join("go.mod"), "module example.com/hi\n\ngo 1.21\n").unwrap();
    fs::write(source.join("main.go"), "package main\n\nfunc main() { println(\"hi\") }\n").unwrap();
    let out = folder("out").join(name);
    let mut command = Command::new("go");
    command.args(["build", "-buildvcs=false", "-o"]).arg(&out).args(flags).arg(".").current_dir(&source);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", folder("home")).env("GOCACHE", folder("go-cache"));
    command.envs([("GOENV", "off"), ("GOTOOLCHAIN", "local"), ("GOFLAGS", ""), ("CGO_ENABLED", "0")]);
    run(command.envs(platform.go_env()));
    fs::read(out).unwrap()
}

/// Every platform's program, built once for all tests of this file.
fn go_programs() -> &'static [(Platform, Vec<u8>)] {
    static PROGRAMS: OnceLock<Vec<(Platform, Vec<u8>)>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let build = |text: &&str| (platform(text), go_build(platform(text), &platform(text).folder(), &["-trimpath"]));
        GO_PLATFORMS.iter().map(build).collect()
    })
}

fn cc(name: &str, flags: &[&str]) -> Vec<u8> {
    // Tests run at the same time: each has a source of its own.
    let source = folder("c-source").join(format!("{name}.c"));
    fs::write(&source, "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n").unwrap();
    let out = folder("out").join(name);
    run(Command::new("gcc").args(flags).arg("-o").arg(&out).arg(&source));
    fs::read(out).unwrap()
}

fn word<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The facts of one file in a line.
fn line(facts: &Facts) -> String {
    let hardening = facts.hardening;
    [
        platform_of(facts).unwrap_or_default(),
        facts.kind.to_string(),
        word(facts.format),
        word(facts.bits),
        word(facts.endian),
        word(facts.linkage),
        word(facts.interpreter.as_ref()),
        format!("[{}]", facts.needed.join(" ")),
        format!("min={}", word(facts.min_os)),
        format!("abi={}", word(facts.abi.as_ref())),
        format!("level={}", word(facts.variant_source)),
        format!("os={}", word(facts.os_source)),
        format!("signed={}", word(facts.signed)),
        format!("stripped={}", word(facts.stripped)),
        format!("pie={} nx={} relro={}", word(hardening.pie), word(hardening.nx), word(hardening.relro)),
        format!("{} problems", facts.problems.len()),
    ]
    .join(" ")
}

#[test]
fn go_programs_say_what_they_are() {
    let lines: Vec<String> = go_programs().iter().map(|(_, bytes)| line(&inspect(bytes))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    linux/amd64/v3 executable elf 64 little static - [] min=- abi=- level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    linux/arm/v5 executable elf 32 little static - [] min=- abi=eabi5 level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    linux/arm/v7 executable elf 32 little static - [] min=- abi=eabi5 level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    linux/arm64 executable elf 64 little static - [] min=- abi=- level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    linux/mips/softfloat executable elf 32 big static - [] min=- abi=o32 level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    linux/s390x executable elf 64 big static - [] min=- abi=- level=- os=go-buildinfo signed=- stripped=false pie=false nx=true relro=none 0 problems
    openbsd/amd64 executable elf 64 little dynamic /usr/libexec/ld.so [libc.so libpthread.so] min=- abi=- level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=false nx=- relro=none 0 problems
    darwin/arm64 executable macho 64 little dynamic /usr/lib/dyld [/usr/lib/libSystem.B.dylib] min=12.0 abi=- level=go-buildinfo os=go-buildinfo signed=true stripped=false pie=true nx=true relro=- 0 problems
    windows/amd64 executable pe 64 little dynamic - [kernel32.dll] min=6.1 abi=- level=go-buildinfo os=go-buildinfo signed=false stripped=false pie=true nx=true relro=- 0 problems
    aix/ppc64 executable xcoff 64 big dynamic - [libc.a(shr_64.o) libpthread.a(shr_xpg5_64.o)] min=- abi=- level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=- nx=- relro=- 0 problems
    plan9/amd64 executable plan9 64 little static - [] min=- abi=- level=go-buildinfo os=go-buildinfo signed=- stripped=false pie=- nx=- relro=- 0 problems
    wasip1/wasm executable wasm 32 little - - [wasi_snapshot_preview1] min=- abi=- level=- os=go-buildinfo signed=- stripped=false pie=- nx=- relro=- 0 problems
    ");
}

#[test]
fn go_build_info_is_read_in_every_format() {
    for (platform, bytes) in go_programs() {
        let go = inspect(bytes).go.unwrap_or_else(|| panic!("{platform}: no build info"));
        assert!(go.version.starts_with("go1."), "{platform}: {}", go.version);
        assert_eq!(go.path.as_deref(), Some("example.com/hi"), "{platform}");
        assert_eq!(go.main.as_ref().map(|main| main.path.as_str()), Some("example.com/hi"), "{platform}");
        assert_eq!((go.os(), go.arch()), (Some(platform.os()), Some(platform.arch())));
        if let Some((variable, value)) = platform.go_level() {
            assert_eq!(go.settings.get(variable), Some(value.as_str()), "{platform}");
        }
    }
}

#[test]
fn each_program_keeps_its_own_promise_and_no_other() {
    for (made_for, bytes) in go_programs() {
        let facts = inspect(bytes);
        for (promised, _) in go_programs() {
            let verification = verify(&facts, &Promise::new(*promised));
            let expect = if made_for == promised { Verdict::Match } else { Verdict::Mismatch };
            assert_eq!(verification.verdict(), expect, "{made_for} as {promised}: {:?}", verification.mismatches());
        }
    }
}

#[test]
fn a_program_cut_anywhere_before_its_end_is_no_match() {
    for (platform, bytes) in go_programs() {
        let promise = Promise::new(*platform);
        let early = (1..200).chain((200..bytes.len() / 2).step_by(bytes.len() / 40));
        for end in early {
            let verdict = verify(&inspect(&bytes[..end]), &promise).verdict();
            assert_ne!(verdict, Verdict::Match, "{platform} cut at {end}");
        }
    }
}

#[test]
fn trimmed_programs_carry_no_folder_and_others_name_theirs() {
    let source = folder("go-source").display().to_string();
    for (platform, bytes) in go_programs() {
        assert_eq!(inspect(bytes).build_paths, [] as [String; 0], "{platform}");
        assert!(!leaks(bytes, source.as_bytes()), "{platform}");
    }
    // PE has no section for the table, so this one is found by its magic number.
    let bytes = go_build(platform("windows/amd64"), "untrimmed.exe", &["-ldflags=-s -w"]);
    let facts = inspect(&bytes);
    assert!(facts.build_paths.contains(&source), "{:?}", facts.build_paths);
    assert!(facts.go.as_ref().is_some_and(xbuild_verify::GoInfo::keeps_paths));
    assert_eq!(facts.stripped, Some(true));
    assert!(leaks(&bytes, source.as_bytes()));
}

/// A program that is read where it is asked for.
struct Unlent<'a>(&'a [u8]);

impl Source for Unlent<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn a_program_that_is_read_in_places_says_the_same_and_is_mostly_not_read() {
    let source = folder("go-source").display().to_string();
    for (platform, bytes) in go_programs() {
        let inspection = inspect_source(&Unlent(bytes)).unwrap();
        assert_eq!(inspection.facts, inspect(bytes), "{platform}");
        let text = serde_json::to_string(&inspection.facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), inspection.facts, "{platform}");
        // A module is searched from end to end, and so are names in PE, which has no section for them.
        let part = if platform.os().to_string() == "wasip1" { 1 } else { 2 };
        assert!(inspection.read * part <= bytes.len() as u64 + 4096, "{platform}: {} bytes", inspection.read);
        assert!(!leaks_in(&Unlent(bytes), source.as_bytes()).unwrap(), "{platform}");
    }
}

/// The line of each file is that of an x86-64 Linux.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn c_programs_of_the_host_say_what_they_are() {
    let files = [
        cc("dynamic", &["-pie", "-Wl,-z,relro,-z,lazy"]),
        cc("static", &["-static", "-no-pie"]),
        cc("static-pie", &["-static-pie", "-Wl,-z,lazy"]),
        cc("fixed", &["-no-pie", "-s", "-Wl,-z,relro,-z,now"]),
        cc("hi.so", &["-shared", "-fPIC", "-Wl,-z,lazy"]),
        cc("hi.o", &["-c"]),
    ];
    let lines: Vec<String> = files.iter().map(|bytes| line(&inspect(bytes))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    linux/amd64 executable elf 64 little dynamic /lib64/ld-linux-x86-64.so.2 [libc.so.6] min=- abi=- level=- os=note signed=- stripped=false pie=true nx=true relro=partial 0 problems
    linux/amd64 executable elf 64 little static - [] min=- abi=- level=- os=osabi signed=- stripped=false pie=false nx=true relro=partial 0 problems
    linux/amd64 executable elf 64 little static-pie - [] min=- abi=- level=- os=osabi signed=- stripped=false pie=true nx=true relro=partial 0 problems
    linux/amd64 executable elf 64 little dynamic /lib64/ld-linux-x86-64.so.2 [libc.so.6] min=- abi=- level=- os=note signed=- stripped=true pie=false nx=true relro=full 0 problems
    amd64 shared-library elf 64 little dynamic - [libc.so.6] min=- abi=- level=- os=- signed=- stripped=false pie=- nx=true relro=partial 0 problems
    amd64 object elf 64 little - - [] min=- abi=- level=- os=- signed=- stripped=false pie=- nx=- relro=- 0 problems
    ");
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_level_that_the_linker_records_is_a_floor() {
    let facts = inspect(&cc("v3", &["-Wl,-z,x86-64-v3"]));
    assert_eq!(platform_of(&facts).as_deref(), Some("linux/amd64/v3"));
    let verdict = |text: &str| verify(&facts, &Promise::new(platform(text))).verdict();
    assert_eq!(verdict("linux/amd64"), Verdict::Mismatch);
    assert_eq!(verdict("linux/amd64/v2"), Verdict::Mismatch);
    assert_eq!(verdict("linux/amd64/v3"), Verdict::Match);
    assert_eq!(verdict("linux/amd64/v4"), Verdict::Match);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_static_library_is_what_its_members_are() {
    cc("member.o", &["-c"]);
    let out = folder("out");
    fs::remove_file(out.join("libhi.a")).ok();
    run(Command::new("ar").args(["rcs", "libhi.a", "member.o"]).current_dir(&out));
    let facts = inspect(&fs::read(out.join("libhi.a")).unwrap());
    assert_eq!((facts.members, facts.bits, platform_of(&facts).as_deref()), (Some(1), Some(64), Some("amd64")));
    let promise = |text: &str| Promise::new(platform(text)).of(Output::StaticLibrary);
    assert_eq!(verify(&facts, &promise("linux/amd64")).verdict(), Verdict::Match);
    assert_eq!(verify(&facts, &promise("linux/arm64")).verdict(), Verdict::Mismatch);
    assert_eq!(verify(&facts, &Promise::new(platform("linux/amd64"))).verdict(), Verdict::Mismatch);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_thin_library_says_nothing_of_its_members() {
    cc("thin.o", &["-c"]);
    let out = folder("out");
    fs::remove_file(out.join("libthin.a")).ok();
    run(Command::new("ar").args(["rcsT", "libthin.a", "thin.o"]).current_dir(&out));
    let facts = inspect(&fs::read(out.join("libthin.a")).unwrap());
    assert_eq!((facts.members, facts.arch, facts.problems.len()), (None, None, 0));
    let promise = Promise::new(platform("linux/amd64")).of(Output::StaticLibrary);
    assert_eq!(verify(&facts, &promise).verdict(), Verdict::Unknown);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn expectations_are_compared_with_what_the_linker_did() {
    let facts = inspect(&cc("expected", &[]));
    let failed = |expect: Expect| {
        let promise = Promise { expect, ..Promise::new(platform("linux/amd64")) };
        verify(&facts, &promise).mismatches().iter().map(|mismatch| mismatch.code().to_string()).collect::<Vec<_>>()
    };
    let glibc = |text: &str| Expect { glibc_max: text.parse::<Version>().ok(), ..Expect::default() };
    assert_eq!(failed(glibc("2.2")), ["glibc-mismatch"]);
    assert_eq!(failed(glibc("9.9")), [] as [&str; 0]);
    assert_eq!(failed(Expect { linkage: Some(Linkage::Static), ..Expect::default() }), ["linkage-mismatch"]);
    assert_eq!(failed(Expect { linkage: Some(Linkage::Dynamic), ..Expect::default() }), [] as [&str; 0]);
    assert_eq!(failed(Expect { stripped: Some(true), ..Expect::default() }), ["stripped-mismatch"]);
    assert_eq!(failed(Expect { interpreter: Some("/lib/x".into()), ..Expect::default() }), ["interpreter-mismatch"]);
    assert_eq!(failed(Expect { min_os: "5.4".parse().ok(), ..Expect::default() }), ["unknown-fact"]);
}
