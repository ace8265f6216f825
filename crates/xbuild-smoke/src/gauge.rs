//! What an ending means: the program's own doing, or a runner that refused.

use xbuild_exec::sandbox::Status;

use crate::report::{Ended, Verdict};
use crate::runner::Runner;

/// The codes with which QEMU ends when it does not run a program; programs use them too.
const AMBIGUOUS: [i32; 4] = [1, 126, 127, 255];

/// Judges how a runner ended.
pub(crate) fn gauge(runner: &Runner, status: Status, expected: u8, output: &str) -> Verdict {
    match status {
        Status::TimedOut => Verdict::TimedOut,
        Status::Cancelled => Verdict::Cancelled,
        Status::Signalled(signal) => match internal(runner, output) {
            Some(words) => Verdict::Refused { why: words },
            None => Verdict::Failed(Ended::Signal(signal)),
        },
        Status::Exited(code) => {
            let wanted = code == i32::from(expected);
            match refusal(runner, code, output) {
                Some(words) => Verdict::Refused { why: words },
                // Whatever it ends with, it was not the program's choice.
                None if lacks_random(runner, output) => Verdict::Refused {
                    why: "it is too old: it has no `ProcessPrng`, which programs of Go and Rust ask for".into(),
                },
                None if wanted && !crashed(runner, output) => Verdict::Passed,
                None if is_mute(runner, code, output) => Verdict::Refused {
                    why: format!("it ended with {code} and no word, as it does when it loads nothing"),
                },
                None => Verdict::Failed(Ended::Exit(code)),
            }
        }
    }
}

/// Wine ends with the low byte of an exception that nothing caught, which may be 0.
fn crashed(runner: &Runner, output: &str) -> bool {
    let is_wine = matches!(runner, Runner::Wine { .. });
    is_wine && own_words(runner, output).any(|words| words.starts_with("Unhandled "))
}

/// The runner's own words about why it ended.
fn refusal(runner: &Runner, code: i32, output: &str) -> Option<String> {
    if !AMBIGUOUS.contains(&code) {
        return None;
    }
    own_words(runner, output).find(|words| !is_mere_remark(words)).map(str::to_owned)
}

/// An emulator that crashed itself.
fn internal(runner: &Runner, output: &str) -> Option<String> {
    let crashed = own_words(runner, output).chain(output.lines());
    let mut crashed = crashed.filter(|_| matches!(runner, Runner::Qemu { .. }));
    crashed.find(|words| words.starts_with("QEMU internal SIG")).map(str::to_owned)
}

fn own_words<'o>(runner: &Runner, output: &'o str) -> impl Iterator<Item = &'o str> {
    let marks = runner.marks();
    output.lines().filter_map(move |line| marks.iter().find_map(|mark| line.strip_prefix(mark.as_str())))
}

/// What an emulator says and then goes on, or says of the program's own end.
fn is_mere_remark(words: &str) -> bool {
    ["warning: ", "Unsupported syscall", "uncaught target signal", "info: ", "Unhandled "]
        .iter()
        .any(|start| words.starts_with(start))
}

/// QEMU 7.2 may lose its message, and ends with 255 then.
fn is_mute(runner: &Runner, code: i32, output: &str) -> bool {
    matches!(runner, Runner::Qemu { .. }) && code == 255 && output.trim().is_empty()
}

/// Go's runtime and Rust's library take random numbers from a function of Windows that older releases of Wine do not have, and
/// their programs end at once.
fn lacks_random(runner: &Runner, output: &str) -> bool {
    let is_told = |line: &str| {
        line.starts_with("fatal error: bcryptprimitives.dll not found")
            || line.starts_with("fatal error: ProcessPrng not found")
            || line.contains(":err:module:import_dll Library bcryptprimitives.dll ")
    };
    matches!(runner, Runner::Wine { .. }) && output.lines().any(is_told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qemu() -> Runner {
        Runner::Qemu { program: "/usr/bin/qemu-aarch64-static".into(), cpu: None, sysroot: None }
    }

    fn check(runner: &Runner, status: Status, output: &str, expect: &str) {
        assert_eq!(gauge(runner, status, 0, output).to_string(), expect, "{status:?} {output:?}");
    }

    #[test]
    fn a_program_passes_by_its_exit_code_alone() {
        check(&Runner::Native, Status::Exited(0), "qemu-aarch64-static: no", "passed");
        check(&Runner::Native, Status::Exited(255), "", "exit 255");
        check(&qemu(), Status::Exited(3), "", "exit 3");
        assert_eq!(gauge(&qemu(), Status::Exited(255), 255, ""), Verdict::Passed);
    }

    #[test]
    fn an_emulator_that_refused_is_told_by_its_own_words() {
        let words = "qemu-aarch64-static: ./app: Invalid ELF image for this architecture";
        check(&qemu(), Status::Exited(255), words, "refused: ./app: Invalid ELF image for this architecture");
        let words = "qemu-aarch64: Could not open '/lib/ld.so': No such file or directory";
        check(&qemu(), Status::Exited(255), words, "refused: Could not open '/lib/ld.so': No such file or directory");
        check(
            &qemu(),
            Status::Exited(255),
            "",
            "refused: it ended with 255 and no word, as it does when it loads nothing",
        );
        // Also where that very code is what the program was to end with.
        let words = "qemu-aarch64-static: unable to find CPU model 'x'";
        assert!(matches!(gauge(&qemu(), Status::Exited(1), 1, words), Verdict::Refused { .. }));
    }

    #[test]
    fn a_wine_that_is_too_old_is_told() {
        let wine = Runner::Wine { program: "/usr/bin/wine".into(), server: None };
        let words = "fatal error: bcryptprimitives.dll not found\nruntime: panic before malloc heap initialized";
        let expect = "refused: it is too old: it has no `ProcessPrng`, which programs of Go and Rust ask for";
        check(&wine, Status::Exited(2), words, expect);
        let words =
            "00d4:err:module:import_dll Library bcryptprimitives.dll (which is needed by L\"Z:\\\\app.exe\") not found";
        check(&wine, Status::Exited(53), words, expect);
        assert!(matches!(gauge(&wine, Status::Exited(53), 53, words), Verdict::Refused { .. }));
        check(&wine, Status::Exited(2), "fatal error: mine", "exit 2");
        check(&Runner::Native, Status::Exited(2), "fatal error: bcryptprimitives.dll not found", "exit 2");
    }

    #[test]
    fn a_program_that_wine_saw_crash_has_not_passed() {
        let wine = Runner::Wine { program: "/usr/bin/wine".into(), server: None };
        let words = "wine: Unhandled exception 0xe0000000 in thread 24 at address 00006FFFFFC0F3EF";
        check(&wine, Status::Exited(0), words, "exit 0");
        check(&wine, Status::Exited(1), words, "exit 1");
        check(&wine, Status::Exited(0), "app: wine: Unhandled", "passed");
    }

    #[test]
    fn remarks_of_an_emulator_are_no_refusal() {
        check(&qemu(), Status::Exited(1), "qemu-aarch64-static: warning: TCG doesn't\nno config", "exit 1");
        check(&qemu(), Status::Exited(1), "qemu: Unsupported syscall: 435", "exit 1");
        check(&qemu(), Status::Exited(7), "qemu-aarch64-static: x", "exit 7");
    }

    #[test]
    fn a_signal_is_the_programs_unless_the_emulator_crashed() {
        let words = "qemu: uncaught target signal 4 (Illegal instruction) - core dumped";
        check(&qemu(), Status::Signalled(4), words, "killed by SIGILL (illegal instruction)");
        check(
            &qemu(),
            Status::Signalled(11),
            "QEMU internal SIGSEGV {code=1}",
            "refused: QEMU internal SIGSEGV {code=1}",
        );
        check(&Runner::Native, Status::Signalled(64), "", "killed by signal 64");
        check(&Runner::Native, Status::TimedOut, "", "timed out");
    }
}
