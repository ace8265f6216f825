//! The sandbox against the real kernel: what a process may see, do and leave behind.
//!
//! Where the kernel has no Landlock, the tests of that level check that the demand is refused, with the reason.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use tempfile::TempDir;
use xbuild_exec::sandbox::{
    CancelToken, Finished, Isolation, IsolationError, Level, Process, RunError, Status, denied_path, run, strongest,
};

/// `tree` is readable, `scratch` and `cache` are writable, and `outside` is neither.
struct Place {
    root: Utf8PathBuf,
    _folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        for name in ["tree", "scratch", "cache", "outside"] {
            fs::create_dir(root.join(name)).unwrap();
            fs::write(root.join(name).join("file"), name).unwrap();
        }
        Self { root, _folder: folder }
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        self.root.join(name)
    }

    fn process(&self, program: &str, arguments: &[&str]) -> Process {
        Process {
            program: program.into(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
            cwd: self.path("tree"),
            readable: vec![self.path("tree")],
            writable: vec![self.path("scratch"), self.path("cache")],
            network: false,
            timeout: Some(Duration::from_secs(60)),
            log: self.path("log"),
            log_limit: None,
        }
    }

    fn shell(&self, script: &str) -> Process {
        self.process("/bin/sh", &["-c", script])
    }
}

/// Runs `process` and gives its end with its log.
fn finish(process: &Process, level: Level) -> Result<(Finished, String), RunError> {
    let isolation = Isolation { level, cancel: CancelToken::new().unwrap() };
    run(process, &isolation).map(|finished| (finished, fs::read_to_string(&process.log).unwrap()))
}

fn check(process: &Process, level: Level, status: Status, log: &str) {
    let (finished, printed) = finish(process, level).unwrap();
    assert_eq!((finished.status, printed.as_str()), (status, log));
}

/// Runs `process` under `landlock` and gives its end to `expect`, or checks that this machine refuses with its reason.
fn confined(process: &Process, expect: impl FnOnce(Finished, &str)) {
    match (finish(process, Level::Landlock), strongest()) {
        (Ok((finished, log)), (Level::Landlock, None)) => {
            assert_eq!(finished.isolation, Level::Landlock);
            expect(finished, &log);
        }
        (Err(RunError::Isolation(error)), (available, Some(reason))) => {
            assert_eq!(error, IsolationError { demanded: Level::Landlock, available, reason });
        }
        (result, strongest) => panic!("{result:?} where the strongest is {strongest:?}"),
    }
}

/// `script` is denied under `landlock` with a message, and works under `env`.
fn denied_when_confined(place: &Place, process: &Process, path: Option<&Utf8Path>) {
    confined(process, |finished, log| {
        assert!(!finished.status.success(), "{log}");
        assert!(log.to_lowercase().contains("permission denied"), "{log}");
        assert_eq!(denied_path(log, process).as_deref(), path);
    });
    let (finished, log) = finish(process, Level::Env).unwrap();
    assert_eq!((finished.status, finished.isolation), (Status::Exited(0), Level::Env), "{log} in {}", place.root);
}

fn allowed_when_confined(process: &Process, expect: &str) {
    confined(process, |finished, log| assert_eq!((finished.status, log), (Status::Exited(0), expect)));
}

#[test]
fn the_environment_is_exactly_what_was_given() {
    let place = Place::new();
    let environment = [("EMPTY", ""), ("SPACED", "a b")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let process = Process { environment: environment.to_vec(), ..place.process("/usr/bin/env", &[]) };
    check(&process, Level::Env, Status::Exited(0), "EMPTY=\nSPACED=a b\n");
    allowed_when_confined(&process, "EMPTY=\nSPACED=a b\n");
}

#[test]
fn level_none_inherits_the_environment_beneath_its_own() {
    let place = Place::new();
    let process = Process { environment: vec![], ..place.process("/usr/bin/env", &[]) };
    let (finished, log) = finish(&process, Level::None).unwrap();
    assert_eq!(finished.isolation, Level::None);
    let path = std::env::var("PATH").unwrap();
    assert!(log.lines().any(|line| line == format!("PATH={path}")), "{log}");
}

#[test]
fn both_streams_go_to_the_log_in_order_and_standard_input_is_empty() {
    let place = Place::new();
    fs::write(place.path("log"), "left from before, and longer than what comes").unwrap();
    let process = place.shell("echo out; echo err >&2; cat; echo again > /dev/stderr; echo end");
    check(&process, Level::Env, Status::Exited(0), "out\nerr\nagain\nend\n");
    allowed_when_confined(&process, "out\nerr\nagain\nend\n");
}

#[test]
fn a_large_output_is_complete() {
    let place = Place::new();
    let process = place.shell("head -c 5000000 /dev/zero | tr '\\0' x");
    let (finished, log) = finish(&process, Level::Env).unwrap();
    assert_eq!((finished.status, log.len()), (Status::Exited(0), 5_000_000));
}

#[test]
fn umask_and_core_limit_are_fixed() {
    let place = Place::new();
    check(&place.shell("umask; ulimit -c"), Level::Env, Status::Exited(0), "0022\n0\n");
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    let place = Place::new();
    check(&place.shell("exit 7"), Level::Env, Status::Exited(7), "");
    check(&place.shell("kill -9 $$"), Level::Env, Status::Signalled(9), "");
    confined(&place.shell("kill -9 $$"), |finished, _| assert_eq!(finished.status, Status::Signalled(9)));
}

#[test]
fn resources_are_those_of_the_tree() {
    let place = Place::new();
    let script = "dd if=/dev/zero of=/dev/null bs=64M count=1; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
    let (finished, _) = finish(&place.shell(script), Level::Env).unwrap();
    assert!(finished.peak_rss_bytes >= 64 << 20, "{finished:?}");
    assert!(finished.cpu > Duration::ZERO && finished.elapsed > Duration::ZERO, "{finished:?}");
}

#[test]
fn a_declared_file_is_read_and_an_undeclared_one_is_denied_and_named() {
    let place = Place::new();
    allowed_when_confined(&place.shell("cat file"), "tree");
    let outside = place.path("outside/file");
    let process = place.process("/bin/cat", &[outside.as_str()]);
    denied_when_confined(&place, &process, Some(&outside));
}

#[test]
fn a_link_out_of_the_tree_leads_nowhere() {
    let place = Place::new();
    std::os::unix::fs::symlink(place.path("outside/file"), place.path("tree/link")).unwrap();
    denied_when_confined(&place, &place.process("/bin/cat", &["link"]), None);
}

#[test]
fn folders_that_are_not_granted_cannot_be_listed() {
    let place = Place::new();
    let root = place.root.clone();
    denied_when_confined(&place, &place.process("/bin/ls", &[root.as_str()]), Some(&root));
}

#[test]
fn writing_is_for_writable_folders_only() {
    let place = Place::new();
    let write = |name: &str| place.shell(&format!("echo new > {}", place.path(name)));
    allowed_when_confined(&write("scratch/new"), "");
    denied_when_confined(&place, &write("tree/new"), None);
    denied_when_confined(&place, &write("outside/new"), Some(&place.path("outside/new")));
}

#[test]
fn truncating_and_removing_declared_inputs_is_denied() {
    let place = Place::new();
    denied_when_confined(&place, &place.shell(": > file"), None);
    denied_when_confined(&place, &place.shell("rm file"), None);
}

#[test]
fn a_rename_and_a_link_between_writable_folders_work() {
    let place = Place::new();
    let script = format!(
        "mkdir {0}/a {0}/b && echo x > {0}/a/f && mv {0}/a/f {0}/b/f && ln {0}/b/f {1}/f && mv {0}/b {1}/b && cat {1}/b/f",
        place.path("scratch"),
        place.path("cache"),
    );
    allowed_when_confined(&place.shell(&script), "x\n");
}

#[test]
fn a_program_that_was_not_granted_does_not_start() {
    let place = Place::new();
    let program = place.path("outside/program");
    fs::copy("/bin/true", &program).unwrap();
    let process = place.process(program.as_str(), &[]);
    check(&process, Level::Env, Status::Exited(0), "");
    let granted = Process { readable: vec![place.path("tree"), program.clone()], ..process.clone() };
    allowed_when_confined(&granted, "");
    if strongest().0 == Level::Landlock {
        let refused = finish(&process, Level::Landlock).unwrap_err();
        let RunError::Start { program: named, source, .. } = refused else { panic!("{refused:?}") };
        assert_eq!((named, source.kind()), (program, std::io::ErrorKind::PermissionDenied));
    }
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::new();
    let missing = place.path("missing");
    let refused = finish(&place.process(missing.as_str(), &[]), Level::Env).unwrap_err();
    assert!(matches!(&refused, RunError::Start { program, .. } if *program == missing), "{refused:?}");
    let process = Process { log: place.path("missing/log"), ..place.shell("true") };
    let refused = finish(&process, Level::Env).unwrap_err();
    assert!(matches!(&refused, RunError::Log { path, .. } if *path == process.log), "{refused:?}");
    let process = Process { readable: vec![missing.clone()], ..place.shell("true") };
    let refused = finish(&process, Level::Landlock).unwrap_err();
    let named = matches!(&refused, RunError::Grant { path, .. } if *path == missing);
    assert!(named || matches!(refused, RunError::Isolation(_)), "{refused:?}");
}

#[test]
fn namespaces_are_demanded_in_vain() {
    let refused = finish(&Place::new().shell("true"), Level::Namespace).unwrap_err();
    assert!(matches!(refused, RunError::Isolation(error) if error.demanded == Level::Namespace));
}

#[test]
fn the_base_system_is_usable() {
    let place = Place::new();
    let script =
        "head -c 4 /dev/urandom | wc -c; echo x > /dev/null; head -c 4 /dev/zero | wc -c; grep -c . /proc/self/comm";
    allowed_when_confined(&place.shell(script), "4\n4\n1\n");
}

#[test]
fn what_is_private_to_another_process_stays_private() {
    let place = Place::new();
    let environ = format!("/proc/{}/environ", std::process::id());
    denied_when_confined(&place, &place.process("/bin/cat", &[&environ]), None);
}

#[test]
fn only_the_throw_away_thread_is_confined() {
    let place = Place::new();
    let before = rustix::thread::no_new_privs().unwrap();
    allowed_when_confined(&place.shell("true"), "");
    assert_eq!(fs::read_to_string(place.path("outside/file")).unwrap(), "outside");
    assert_eq!(rustix::thread::no_new_privs().unwrap(), before);
    TcpListener::bind("127.0.0.1:0").unwrap();
    check(&place.shell(&format!("cat {}", place.path("outside/file"))), Level::Env, Status::Exited(0), "outside");
}

#[test]
fn the_network_is_for_those_who_asked() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{}", listener.local_addr().unwrap().port());
    let process = place.process("/bin/bash", &["-c", &script]);
    denied_when_confined(&place, &process, None);
    allowed_when_confined(&Process { network: true, ..process }, "");
}

/// A 32-bit program that opens an inet socket and exits with the error number: the filter must neither be evaded through
/// the older system calls nor kill the process for using them.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_32_bit_program_runs_and_is_denied_the_same() {
    let place = Place::new();
    let program = place.path("scratch/program");
    fs::write(&program, socket_program_i386()).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let process = place.process(program.as_str(), &[]);
    match finish(&process, Level::Env) {
        Ok((finished, _)) => {
            assert_eq!(finished.status, Status::Exited(256 - 3), "it got file descriptor 3");
            confined(&process, |finished, _| assert_eq!(finished.status, Status::Exited(13), "EACCES"));
        }
        Err(error) => assert!(matches!(error, RunError::Start { .. }), "a kernel without 32-bit programs: {error:?}"),
    }
}

#[cfg(target_arch = "x86_64")]
fn socket_program_i386() -> Vec<u8> {
    let header: [u32; 21] = [
        0x464C_457F,
        0x0001_0101,
        0,
        0,
        0x0003_0002,
        1,
        0x0804_8054,
        52,
        0,
        0,
        0x0020_0034,
        1,
        0, // ELF header
        1,
        0,
        0x0804_8000,
        0x0804_8000,
        114,
        114,
        5,
        0x1000, // one segment, loaded and executable
    ];
    let code: [u8; 30] = [
        0xB8, 0x67, 0x01, 0, 0, // eax = 359, socket
        0xBB, 2, 0, 0, 0, // ebx = AF_INET
        0xB9, 1, 0, 0, 0, // ecx = SOCK_STREAM
        0x31, 0xD2, // edx = 0
        0xCD, 0x80, // call
        0xF7, 0xD8, // eax = -eax
        0x89, 0xC3, // ebx = eax
        0xB8, 1, 0, 0, 0, // eax = 1, exit
        0xCD, 0x80, // call
    ];
    header.iter().flat_map(|word| word.to_le_bytes()).chain(code).collect()
}

/// The process ids that `log` begins with are of processes that are gone.
fn assert_gone(log: &str) {
    let pid = log.lines().next().and_then(|line| line.parse().ok()).and_then(Pid::from_raw);
    assert_eq!(test_kill_process(pid.unwrap()), Err(Errno::SRCH), "{log}");
}

#[test]
fn what_stays_in_the_background_ends_with_the_process() {
    let place = Place::new();
    for level in [Level::Env, strongest().0] {
        let (finished, log) = finish(&place.shell("sleep 600 & echo $!"), level).unwrap();
        assert_eq!(finished.status, Status::Exited(0));
        assert_gone(&log);
    }
}

#[test]
fn a_timeout_kills_the_whole_group() {
    let place = Place::new();
    let script = "trap '' TERM; sleep 600 & echo $!; sleep 600";
    let process = Process { timeout: Some(Duration::from_millis(300)), ..place.shell(script) };
    let (finished, log) = finish(&process, Level::Env).unwrap();
    assert_eq!(finished.status, Status::TimedOut);
    assert!(finished.elapsed >= Duration::from_millis(300) && finished.elapsed < Duration::from_secs(60));
    assert_gone(&log);
}

#[test]
fn a_process_that_floods_its_log_still_times_out() {
    let place = Place::new();
    let process = Process { timeout: Some(Duration::from_millis(100)), ..place.process("/usr/bin/yes", &[]) };
    let (finished, log) = finish(&process, Level::Env).unwrap();
    assert_eq!(finished.status, Status::TimedOut);
    assert!(log.starts_with("y\ny\n"));
}

#[test]
fn a_process_that_closes_its_output_is_still_waited_for() {
    let place = Place::new();
    let process = place.shell("exec >&- 2>&-; sleep 0.2; exit 3");
    let (finished, _) = finish(&process, Level::Env).unwrap();
    assert_eq!(finished.status, Status::Exited(3));
    assert!(finished.elapsed >= Duration::from_millis(200));
}

/// Runs `script`, which writes to the pipe `ready` once it is set up, and cancels it `times` times then.
fn cancelled(script: &str, times: usize) -> (Finished, String) {
    let place = Place::new();
    let ready = place.path("scratch/ready");
    mknodat(CWD, ready.as_str(), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let process = place.shell(&format!("{script}\n").replace("READY", &format!("echo > {ready}")));
    let cancel = CancelToken::new().unwrap();
    let finished = std::thread::scope(|scope| {
        scope.spawn(|| {
            fs::File::open(&ready).unwrap().read_to_end(&mut vec![]).unwrap();
            (0..times).for_each(|_| cancel.cancel());
        });
        run(&process, &Isolation { level: strongest().0, cancel: cancel.clone() }).unwrap()
    });
    assert_eq!((finished.status, cancel.is_cancelled()), (Status::Cancelled, true));
    (finished, fs::read_to_string(&process.log).unwrap())
}

#[test]
fn a_cancel_lets_the_process_clean_up() {
    let (finished, log) = cancelled("trap 'echo cleaned; exit 0' TERM; sleep 600 & echo $!; READY; wait", 1);
    assert!(log.ends_with("cleaned\n"), "{log}");
    assert!(finished.elapsed < Duration::from_secs(60));
    assert_gone(&log);
}

#[test]
fn a_process_that_ignores_the_cancel_is_killed_after_the_grace() {
    let (finished, log) = cancelled("trap '' TERM; sleep 600 & echo $!; READY; wait", 1);
    assert!(finished.elapsed >= Duration::from_secs(2) && finished.elapsed < Duration::from_secs(60));
    assert_gone(&log);
}

#[test]
fn a_second_cancel_kills_at_once() {
    let (finished, log) = cancelled("trap '' TERM; sleep 600 & echo $!; READY; wait", 2);
    assert!(finished.elapsed < Duration::from_secs(2), "{finished:?}");
    assert_gone(&log);
}

#[test]
fn a_cancel_from_before_ends_what_starts_after() {
    let place = Place::new();
    let cancel = CancelToken::new().unwrap();
    cancel.cancel();
    let finished = run(&place.shell("sleep 600"), &Isolation { level: Level::Env, cancel }).unwrap();
    assert_eq!(finished.status, Status::Cancelled);
}

#[test]
fn many_processes_at_once_do_not_disturb_each_other() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for number in 0..16 {
            let log = place.path(&format!("log{number}"));
            let process = Process { log, ..place.shell(&format!("sleep 600 & echo {number}; exit {number}")) };
            let expect = format!("{number}\n");
            scope.spawn(move || check(&process, strongest().0, Status::Exited(number), &expect));
        }
    });
}
