//! Programs that are really started: by this machine, and by an emulator that the test wrote.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::RwLock;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use xbuild_exec::sandbox::CancelToken;
use xbuild_platform::HostPlatform;
use xbuild_smoke::{Machine, Report, Request, Subject, run};
use xbuild_verify::inspect;

/// Held for writing while a program is written: a process that starts meanwhile would hold it open, and a program that is open
/// for writing does not start.
static STARTING: RwLock<()> = RwLock::new(());

/// A folder with programs, which is all of the search path.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    fn program(&self, name: &str, bytes: impl AsRef<[u8]>) -> Utf8PathBuf {
        let _nobody_starts = STARTING.write();
        let path = self.path().join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn script(&self, name: &str, lines: &str) -> Utf8PathBuf {
        self.program(name, format!("#!/bin/sh\n{lines}\n"))
    }

    fn run_within(&self, artifact: &Utf8Path, arguments: &[&str], timeout: Duration) -> Report {
        let facts = inspect(&fs::read(artifact).unwrap());
        let host = HostPlatform::from_rust_names("linux", "x86_64").unwrap();
        let request = Request {
            subject: Subject { facts: &facts, promised: None, go_root: None },
            artifact: artifact.to_owned(),
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
            exit: 3,
            timeout,
        };
        let _nobody_writes = STARTING.read();
        let machine = Machine::look(host, std::iter::once(self.path()));
        run(&request, &machine, &CancelToken::new().unwrap())
    }

    fn run(&self, artifact: &Utf8Path, arguments: &[&str]) -> Report {
        self.run_within(artifact, arguments, Duration::from_secs(60))
    }

    /// The verdict on a script that is to end with 3.
    fn verdict(&self, lines: &str) -> String {
        self.run(&self.script("app", lines), &[]).verdict.to_string()
    }
}

/// A static program for linux/arm64, as far as anybody looks who does not start it.
fn arm64_program() -> Vec<u8> {
    let mut elf = vec![0; 120];
    elf[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    // Executable, AArch64, version, and one program header behind the file's: a segment of the whole file.
    for (at, value) in [(16, 2), (18, 183), (20, 1), (32, 64), (52, 64), (54, 56), (56, 1), (64, 1), (68, 5)] {
        elf[at] = value;
    }
    (elf[96], elf[104]) = (120, 120);
    elf
}

#[test]
fn the_exit_code_decides_and_a_signal_has_its_name() {
    let room = Room::new();
    assert_eq!(room.verdict("exit 3"), "passed");
    assert_eq!(room.verdict("exit 4"), "exit 4");
    assert_eq!(room.verdict("kill -ILL $$"), "killed by SIGILL (illegal instruction)");
    assert_eq!(room.verdict("kill -SEGV $$"), "killed by SIGSEGV (segmentation fault)");
}

#[test]
fn a_program_sees_an_empty_folder_and_an_environment_of_its_own() {
    let room = Room::new();
    let lines = "ls -A; /usr/bin/env | grep -v '^_=' | cut -d= -f1 | sort; [ \"$PWD\" = \"$HOME\" ] && exit 3";
    let report = room.run(&room.script("app", lines), &[]);
    assert_eq!((report.verdict.to_string().as_str(), report.output.as_str()), ("passed", "HOME\nPATH\nPWD\nTMPDIR\n"));
}

#[test]
fn arguments_are_no_words_of_a_shell() {
    let room = Room::new();
    let app = room.script("app", "printf '<%s>' \"$@\"; read line; exit 3");
    let report = room.run(&app, &["a b", "$HOME", ";exit 0"]);
    assert_eq!(report.output, "<a b><$HOME><;exit 0>");
    assert_eq!(report.argv, [app.as_str(), "a b", "$HOME", ";exit 0"]);
}

#[test]
fn what_does_not_end_is_killed_with_everything_that_it_started() {
    let room = Room::new();
    // The child writes on until its group is gone; a write to a file that stays is what would show it.
    let app = room.script("app", "(while :; do echo x >> \"$0.alive\"; done) & wait");
    let report = room.run_within(&app, &[], Duration::from_millis(200));
    assert_eq!(report.verdict.to_string(), "timed out");
    let size = || fs::metadata(format!("{app}.alive")).map_or(0, |file| file.len());
    assert_eq!(size(), size());
}

#[test]
fn only_the_beginning_of_what_is_printed_is_kept() {
    let room = Room::new();
    let report = room.run(&room.script("app", "head -c 1000000 /dev/zero; exit 3"), &[]);
    assert_eq!((report.verdict.to_string().as_str(), report.output.len()), ("passed", 256 * 1024));
}

#[test]
fn a_file_that_the_system_does_not_take_is_refused_and_given_to_no_shell() {
    let room = Room::new();
    let app = room.script("app", "exit 3");
    fs::set_permissions(&app, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(room.run(&app, &[]).verdict.to_string().starts_with("refused: Permission denied"));
    assert_eq!(room.run(&room.program("empty", ""), &[]).verdict.to_string(), "not run: it is no program but data");
}

#[test]
fn an_emulator_gets_the_program_and_its_words_are_told_from_the_programs() {
    let room = Room::new();
    let app = room.program("app", arm64_program());
    let verdict = |lines: &str| {
        room.script("qemu-aarch64-static", lines);
        let report = room.run(&app, &["--version"]);
        (report.verdict.to_string(), report.output)
    };
    let missing = room.run(&app, &[]).verdict.to_string();
    assert_eq!(missing, "not run: `qemu-aarch64` is not installed");
    assert_eq!(verdict("printf '<%s>' \"$@\"; exit 3"), ("passed".into(), format!("<{app}><--version>")));
    let refusal = "refused: ./app: Invalid ELF image for this architecture";
    let lines = "echo 'qemu-aarch64-static: ./app: Invalid ELF image for this architecture' >&2; exit 255";
    assert_eq!(verdict(lines).0, refusal);
    assert_eq!(verdict("exit 255").0, "refused: it ended with 255 and no word, as it does when it loads nothing");
    assert_eq!(verdict("echo panic; exit 255").0, "exit 255");
    assert_eq!(verdict("kill -ILL $$").0, "killed by SIGILL (illegal instruction)");
}
