//! Who runs a program: decided by its facts, what was promised of it, and what the machine has.
//!
//! Nothing is started to find out. What no runner could start (another processor, a missing loader, a damaged file) is told
//! here with its reason, because an emulator's exit code would not say it: QEMU 7.2 ends with 255, or with 1 and no word.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_platform::{Arch, HostPlatform, Os, Platform};
use xbuild_verify::{Facts, Format, Kind, Problem};

use crate::machine::Machine;
use crate::no_runner::NoRunner;
use crate::runner::Runner;

/// A program, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What its bytes prove.
    pub facts: &'a Facts,
    /// The platform that was promised, whose level is to be enough for it; `None` where nothing was.
    pub promised: Option<Platform>,
    /// The folder of the Go that made it, where that is known.
    pub go_root: Option<&'a Utf8Path>,
}

/// Decides who runs a program. `exists` says whether a file is on this machine.
pub fn choose(
    subject: &Subject<'_>,
    machine: &Machine,
    exists: &dyn Fn(&Utf8Path) -> bool,
) -> Result<Runner, NoRunner> {
    let facts = subject.facts;
    if facts.kind == Kind::Script {
        return Ok(Runner::Native);
    }
    if facts.kind != Kind::Executable {
        return Err(NoRunner::NotAProgram { what: what(facts) });
    }
    if let Some(problem) = facts.problems.iter().find(|problem| is_damage(problem)) {
        return Err(NoRunner::Damaged { problem: problem.to_string() });
    }
    let choice = Choice { subject, machine, exists };
    match choice.os() {
        Os::Wasip1 => choice.node().map(|program| Runner::NodeWasi { program }),
        Os::Js => choice.go_script(),
        os => choice.machine_code(os),
    }
}

fn what(facts: &Facts) -> String {
    match (facts.format, facts.kind) {
        (_, Kind::Unknown) => "data".to_owned(),
        (_, kind) => format!("a file of kind {kind}"),
    }
}

fn is_damage(problem: &Problem) -> bool {
    matches!(problem, Problem::Truncated { .. } | Problem::Malformed { .. } | Problem::Contradiction { .. })
}

struct Choice<'a> {
    subject: &'a Subject<'a>,
    machine: &'a Machine,
    exists: &'a dyn Fn(&Utf8Path) -> bool,
}

impl Choice<'_> {
    fn facts(&self) -> &Facts {
        self.subject.facts
    }

    /// The system; an ELF program that names none, as static ones may, is tried as one for Linux.
    fn os(&self) -> Os {
        self.facts().os.or_else(|| self.subject.promised.map(Platform::os)).unwrap_or(Os::Linux)
    }

    fn machine_code(&self, os: Os) -> Result<Runner, NoRunner> {
        let host = self.machine.host;
        if os == host.os && self.facts().slices.iter().any(|slice| slice.facts.arch == Some(host.arch)) {
            return Ok(Runner::Native);
        }
        let arch = self.facts().arch.ok_or(NoRunner::UnknownProcessor)?;
        match os {
            _ if runs(host, os, arch) => self.natively(arch),
            Os::Linux if host.os == Os::Linux => self.emulated(arch),
            Os::Windows if matches!(arch, Arch::Amd64 | Arch::I386) => self.wine(),
            _ => Err(NoRunner::System { os, arch, host: host.to_string() }),
        }
    }

    /// This machine runs the processor's programs; the level of the promise may be above it.
    fn natively(&self, arch: Arch) -> Result<Runner, NoRunner> {
        let promised = self.level().filter(|level| level.arch() == Arch::Amd64);
        let needed = promised.and_then(Platform::variant).map_or(1, |variant| match variant.as_str() {
            "v2" => 2,
            "v3" => 3,
            _ => 4,
        });
        match (self.machine.amd64_level, promised) {
            (Some(here), Some(level)) if here < needed && level.qemu_cpu().is_some() => self.emulated(arch),
            (Some(here), Some(level)) if here < needed => {
                Err(NoRunner::Level { level: format!("amd64/{}", level.variant().map_or("v1", |v| v.as_str())) })
            }
            _ => self.loader(arch, Utf8Path::new("/")).map(|_| Runner::Native),
        }
    }

    fn emulated(&self, arch: Arch) -> Result<Runner, NoRunner> {
        if arch == Arch::I386 && self.facts().go.is_some() {
            return Err(NoRunner::Go386);
        }
        let name = arch.qemu().ok_or(NoRunner::UnknownProcessor)?;
        let missing = || NoRunner::Missing { runner: format!("qemu-{name}"), package: "qemu-user-static" };
        let program = self.machine.qemu(name).ok_or_else(missing)?.to_owned();
        let sysroot = self.sysroot(arch)?;
        Ok(Runner::Qemu { program, cpu: self.level().and_then(Platform::qemu_cpu), sysroot })
    }

    /// The level to run at: that of the promise, else the one that the bytes prove, but never one that nobody named.
    fn level(&self) -> Option<Platform> {
        let proven = || {
            self.facts().variant.as_ref()?;
            xbuild_verify::platform_of(self.facts())?.parse().ok()
        };
        self.subject.promised.or_else(proven)
    }

    /// Where a dynamic program finds its loader: nowhere special, if this machine has it at its own path.
    fn sysroot(&self, arch: Arch) -> Result<Option<Utf8PathBuf>, NoRunner> {
        if self.loader(arch, Utf8Path::new("/")).is_ok() {
            return Ok(None);
        }
        let libc = arch.cross_libc(self.is_soft());
        let folder = libc.map(|libc| Utf8Path::new("/usr").join(libc.triplet));
        let found = folder.filter(|folder| self.loader(arch, folder).is_ok());
        found.map(Some).ok_or_else(|| self.no_loader(arch))
    }

    fn loader(&self, arch: Arch, root: &Utf8Path) -> Result<(), NoRunner> {
        let Some(interpreter) = &self.facts().interpreter else { return Ok(()) };
        let at = root.join(interpreter.trim_start_matches('/'));
        if (self.exists)(&at) { Ok(()) } else { Err(self.no_loader(arch)) }
    }

    fn no_loader(&self, arch: Arch) -> NoRunner {
        let interpreter = self.facts().interpreter.clone().unwrap_or_default();
        let is_glibc =
            interpreter.rsplit('/').next().is_some_and(|name| name.starts_with("ld") && !name.contains("musl"));
        let package = match arch {
            _ if !is_glibc => None,
            Arch::I386 if self.machine.host.arch == Arch::Amd64 => Some("libc6-i386"),
            arch => arch.cross_libc(self.is_soft()).map(|libc| libc.package),
        };
        NoRunner::NoLoader { interpreter, arch, package }
    }

    /// Whether a program for ARM passes floating-point numbers as `gnueabi` does.
    fn is_soft(&self) -> bool {
        self.facts().interpreter.as_deref().is_some_and(|path| path.ends_with("/ld-linux.so.3"))
    }

    fn node(&self) -> Result<Utf8PathBuf, NoRunner> {
        let missing = || NoRunner::Missing { runner: "node".to_owned(), package: "nodejs" };
        self.machine.program(&["node"]).map(Utf8Path::to_owned).ok_or_else(missing)
    }

    /// Go's script of the very release that made the program: another one's imports may differ.
    fn go_script(&self) -> Result<Runner, NoRunner> {
        let go = self.facts().go.as_ref().ok_or(NoRunner::ForeignScript)?;
        if self.facts().format != Some(Format::Wasm) {
            return Err(NoRunner::UnknownProcessor);
        }
        let program = self.node()?;
        let root = self.subject.go_root.ok_or_else(|| NoRunner::NoGoScript { version: go.version.clone() })?;
        let places = ["lib/wasm", "misc/wasm"].map(|folder| root.join(folder).join("wasm_exec_node.js"));
        let script = places.into_iter().find(|script| (self.exists)(script));
        let script = script.ok_or_else(|| NoRunner::NoGoScript { version: go.version.clone() })?;
        Ok(Runner::NodeGo { program, script })
    }

    fn wine(&self) -> Result<Runner, NoRunner> {
        let missing = || NoRunner::Missing { runner: "wine".to_owned(), package: "wine" };
        let program = self.machine.program(&["wine64", "wine"]).ok_or_else(missing)?.to_owned();
        let server = self.machine.program(&["wineserver"]).map(Utf8Path::to_owned);
        Ok(Runner::Wine { program, server })
    }
}

/// Whether a machine starts programs of a system and processor itself, their level aside.
fn runs(host: HostPlatform, os: Os, arch: Arch) -> bool {
    let also_386 = os == Os::Linux && (host.arch, arch) == (Arch::Amd64, Arch::I386);
    host.os == os && (host.arch == arch || also_386)
}

#[cfg(test)]
mod tests {
    use xbuild_verify::inspect;

    use super::*;

    /// Facts of a program for a platform; a path makes it dynamic.
    fn program(platform: &str, interpreter: Option<&str>) -> Facts {
        let platform: Platform = platform.parse().expect("a platform");
        let mut facts = inspect(b"");
        facts.kind = Kind::Executable;
        facts.format = Some(if platform.arch() == Arch::Wasm { Format::Wasm } else { Format::Elf });
        facts.os = Some(platform.os());
        facts.arch = Some(platform.arch());
        facts.interpreter = interpreter.map(str::to_owned);
        facts
    }

    /// A program that Go made.
    fn of_go(platform: &str) -> Facts {
        let mut facts = program(platform, None);
        facts.go = Some(xbuild_verify::GoInfo { version: "go1.26.8".into(), ..Default::default() });
        facts
    }

    /// Who runs it on a machine with these runners and files, or why nobody does.
    fn chosen(facts: &Facts, promised: Option<&str>, machine: &Machine, files: &[&str]) -> String {
        let promised = promised.map(|text| text.parse().expect("a platform"));
        let subject = Subject { facts, promised, go_root: Some(Utf8Path::new("/go")) };
        match choose(&subject, machine, &|path| files.contains(&path.as_str())) {
            Ok(runner) => runner.to_string(),
            Err(reason) => match reason.remedy() {
                Some(remedy) => format!("{reason} [{remedy}]"),
                None => reason.to_string(),
            },
        }
    }

    fn pc() -> Machine {
        let all = ["qemu-aarch64-static", "qemu-arm", "qemu-i386-static", "qemu-x86_64-static", "node", "wine"];
        Machine::with("linux/amd64", Some(3), &all)
    }

    fn check(facts: &Facts, promised: Option<&str>, expect: &str) {
        assert_eq!(chosen(facts, promised, &pc(), &[]), expect);
    }

    #[test]
    fn a_machine_runs_its_own_programs_and_386_beside_amd64() {
        check(&program("linux/amd64", None), Some("linux/amd64"), "native");
        check(&of_go("linux/386"), Some("linux/386"), "native");
        check(&program("linux/amd64", None), None, "native");
        let mut unnamed = program("linux/amd64", None);
        unnamed.os = None;
        check(&unnamed, None, "native");
    }

    #[test]
    fn a_level_that_the_processor_lacks_is_emulated_where_that_can_be() {
        check(&program("linux/amd64", None), Some("linux/amd64/v3"), "native");
        check(
            &program("linux/amd64", None),
            Some("linux/amd64/v4"),
            "this processor is below amd64/v4, and no emulator has it",
        );
        let old = Machine::with("linux/amd64", Some(1), &["qemu-x86_64-static"]);
        let facts = program("linux/amd64", None);
        assert_eq!(chosen(&facts, Some("linux/amd64/v2"), &old, &[]), "qemu-x86_64-static -cpu Nehalem");
    }

    #[test]
    fn an_emulator_is_told_the_promised_processor_and_no_other() {
        check(&program("linux/arm64", None), Some("linux/arm64"), "qemu-aarch64-static -cpu cortex-a53");
        check(&program("linux/arm64", None), None, "qemu-aarch64-static");
        check(&of_go("linux/arm/v7"), Some("linux/arm/v6"), "qemu-arm -cpu arm1176");
        let mut proven = of_go("linux/arm/v7");
        proven.variant = Some(xbuild_verify::Level::Named(Arch::Arm.variant("v5").expect("a level")));
        check(&proven, None, "qemu-arm -cpu arm926");
    }

    #[test]
    fn what_is_missing_is_named_with_what_brings_it() {
        check(
            &program("linux/s390x", None),
            Some("linux/s390x"),
            "`qemu-s390x` is not installed [apt-get install qemu-user-static]",
        );
        let bare = Machine::with("linux/amd64", None, &[]);
        let told = |platform: &str| chosen(&of_go(platform), None, &bare, &[]);
        assert_eq!(told("wasip1/wasm"), "`node` is not installed [apt-get install nodejs]");
        assert_eq!(told("windows/amd64"), "`wine` is not installed [apt-get install wine]");
        assert_eq!(
            told("darwin/arm64"),
            "programs for darwin/arm64 do not run on linux/amd64, and no emulator runs them here"
        );
    }

    #[test]
    fn a_dynamic_program_needs_its_loader_here_or_in_a_sysroot() {
        let facts = program("linux/arm64", Some("/lib/ld-linux-aarch64.so.1"));
        let with = |files: &[&str]| chosen(&facts, None, &pc(), files);
        assert_eq!(
            with(&[]),
            "its loader `/lib/ld-linux-aarch64.so.1` is not installed for arm64 [apt-get install libc6-arm64-cross]"
        );
        let cross = "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1";
        assert_eq!(with(&[cross]), "qemu-aarch64-static -L /usr/aarch64-linux-gnu");
        assert_eq!(with(&["/lib/ld-linux-aarch64.so.1", cross]), "qemu-aarch64-static");
        check(
            &program("linux/arm64", Some("/lib/ld-musl-aarch64.so.1")),
            None,
            "its loader `/lib/ld-musl-aarch64.so.1` is not installed for arm64",
        );
        check(
            &program("linux/arm/v5", Some("/lib/ld-linux.so.3")),
            None,
            "its loader `/lib/ld-linux.so.3` is not installed for arm [apt-get install libc6-armel-cross]",
        );
        check(
            &program("linux/386", Some("/lib/ld-linux.so.2")),
            None,
            "its loader `/lib/ld-linux.so.2` is not installed for 386 [apt-get install libc6-i386]",
        );
    }

    #[test]
    fn go_for_386_is_never_given_to_qemu() {
        let arm = Machine::with("linux/arm64", None, &["qemu-i386-static"]);
        assert_eq!(
            chosen(&of_go("linux/386"), None, &arm, &[]),
            "QEMU does not run Go's programs for 386 correctly; an x86-64 machine runs them itself"
        );
        assert_eq!(chosen(&program("linux/386", None), None, &arm, &[]), "qemu-i386-static");
    }

    #[test]
    fn web_assembly_is_run_by_node() {
        check(&of_go("wasip1/wasm"), None, "node with node:wasi");
        check(
            &of_go("js/wasm"),
            None,
            "the runner of go1.26.8 (`wasm_exec_node.js`) was not found [put the `go` of go1.26.8 on `PATH`]",
        );
        check(&program("js/wasm", None), None, "it is WebAssembly for a JavaScript host that Go did not make");
        for place in ["/go/lib/wasm/wasm_exec_node.js", "/go/misc/wasm/wasm_exec_node.js"] {
            let runner = chosen(&of_go("js/wasm"), None, &pc(), &[place]);
            assert_eq!(runner, "node with Go's wasm_exec_node.js");
        }
    }

    #[test]
    fn what_no_loader_takes_is_not_started() {
        let mut library = program("linux/amd64", None);
        library.kind = Kind::SharedLibrary;
        check(&library, None, "it is no program but a file of kind shared-library");
        check(&inspect(b"hello"), None, "it is no program but data");
        let mut cut = program("linux/arm64", None);
        cut.problems = vec![Problem::Malformed { what: "a segment lies outside".into() }];
        check(&cut, None, "the file is damaged: a segment lies outside");
        check(&inspect(b"#!/bin/sh\necho\n"), None, "native");
    }
}
