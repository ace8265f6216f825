//! The system calls that an action is denied: sockets other than Unix ones when it has no network, and io_uring always.
//!
//! Landlock's network rights cover TCP only (from ABI 4); this filter covers every other family, and older kernels.
//! io_uring is denied because it opens sockets without the system call that the filter sees. Everything else passes: the
//! filter is no sandbox of its own.
//!
//! The program is put together here rather than by `seccompiler`, which knows one architecture at a time and kills
//! processes of any other: running a 32-bit program on a 64-bit kernel is legitimate.
//!
//! Numbers are from the kernel's `include/uapi/linux/audit.h` (`AUDIT_ARCH_*`) and its per-architecture system call tables.

use seccompiler::{BpfProgram, sock_filter};

use super::Reason;

/// One calling convention that a process may use.
struct Convention {
    /// The architecture whose kernel offers it, as [`std::env::consts::ARCH`] spells it.
    host: &'static str,
    /// `seccomp_data.arch`.
    audit: u32,
    /// The number of `socket`.
    socket: u32,
    /// The number of `socketcall`, whose arguments a filter cannot see, where it exists.
    socketcall: Option<u32>,
    /// Numbers from here on are another convention under the same `audit` value (x32), denied whole.
    alien: Option<u32>,
}

const CONVENTIONS: [Convention; 7] = [
    Convention { host: "x86_64", audit: 0xC000_003E, socket: 41, socketcall: None, alien: Some(0x4000_0000) },
    Convention { host: "x86_64", audit: 0x4000_0003, socket: 359, socketcall: Some(102), alien: None },
    Convention { host: "aarch64", audit: 0xC000_00B7, socket: 198, socketcall: None, alien: None },
    Convention { host: "aarch64", audit: 0x4000_0028, socket: 281, socketcall: Some(102), alien: None },
    Convention { host: "riscv64", audit: 0xC000_00F3, socket: 198, socketcall: None, alien: None },
    Convention { host: "loongarch64", audit: 0xC000_0102, socket: 198, socketcall: None, alien: None },
    Convention { host: "powerpc64", audit: 0xC000_0015, socket: 326, socketcall: Some(102), alien: None },
];

/// `io_uring_setup`, `io_uring_enter`, `io_uring_register`: the same numbers everywhere.
const IO_URING: [u32; 3] = [425, 426, 427];
const AF_UNIX: u32 = 1;
/// "Permission denied", as Landlock answers; so one rule finds both in a log.
const EACCES: u32 = 13;

/// Offsets into `struct seccomp_data` (`include/uapi/linux/seccomp.h`); the first argument's low half, little-endian.
const NUMBER: u32 = 0;
const AUDIT: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

/// Classic BPF (`include/uapi/linux/bpf_common.h`): load a word, jump if equal, jump if not less, return.
const LOAD: u16 = 0x20;
const EQUAL: u16 = 0x15;
const NOT_LESS: u16 = 0x35;
const RETURN: u16 = 0x06;
/// What a filter returns (`SECCOMP_RET_ALLOW`, `SECCOMP_RET_ERRNO`).
const ALLOW: u32 = 0x7FFF_0000;
const DENY: u32 = 0x0005_0000 | EACCES;

/// Confines the calling thread and what it starts, for good.
pub(super) fn apply(network: bool) -> Result<(), Reason> {
    let architecture = std::env::consts::ARCH;
    if !CONVENTIONS.iter().any(|convention| convention.host == architecture) {
        return Err(Reason::UnknownCalls { architecture });
    }
    seccompiler::apply_filter(&program(architecture, network))
        .map_err(|error| Reason::Refused { step: "the filter of system calls", message: error.to_string() })
}

/// One block for each convention of the host; a process of any other is denied everything.
fn program(architecture: &str, network: bool) -> BpfProgram {
    let mut program = vec![instruction(LOAD, AUDIT, 0, 0)];
    for convention in CONVENTIONS.iter().filter(|convention| convention.host == architecture) {
        let block = block(convention, network);
        program.push(instruction(EQUAL, convention.audit, 0, distance(block.len())));
        program.extend(block);
    }
    program.push(instruction(RETURN, DENY, 0, 0));
    program
}

/// Where a test leads.
#[derive(Clone, Copy)]
enum Then {
    Next,
    Allow,
    Deny,
}

/// A test, or a load, of one block.
enum Step {
    Load(u32),
    Test(u16, u32, Then, Then),
}

/// The steps, followed by "allow" and "deny".
fn block(convention: &Convention, network: bool) -> BpfProgram {
    let steps = steps(convention, network);
    let mut block: BpfProgram =
        steps.iter().enumerate().map(|(at, step)| assemble(step, steps.len() - at - 1)).collect();
    block.push(instruction(RETURN, ALLOW, 0, 0));
    block.push(instruction(RETURN, DENY, 0, 0));
    block
}

fn steps(convention: &Convention, network: bool) -> Vec<Step> {
    let deny = |number| Step::Test(EQUAL, number, Then::Deny, Then::Next);
    let mut steps = vec![Step::Load(NUMBER)];
    steps.extend(convention.alien.map(|first| Step::Test(NOT_LESS, first, Then::Deny, Then::Next)));
    steps.extend(IO_URING.map(deny));
    if !network {
        steps.extend(convention.socketcall.map(deny));
        steps.push(Step::Test(EQUAL, convention.socket, Then::Next, Then::Allow));
        steps.push(Step::Load(FIRST_ARGUMENT));
        steps.push(Step::Test(EQUAL, AF_UNIX, Then::Allow, Then::Deny));
    }
    steps
}

/// `left`: how many steps follow this one before "allow".
fn assemble(step: &Step, left: usize) -> sock_filter {
    let jump = |then| match then {
        Then::Next => 0,
        Then::Allow => distance(left),
        Then::Deny => distance(left + 1),
    };
    match *step {
        Step::Load(offset) => instruction(LOAD, offset, 0, 0),
        Step::Test(code, value, yes, no) => instruction(code, value, jump(yes), jump(no)),
    }
}

/// A jump's width is eight bits; blocks are a dozen instructions long.
fn distance(instructions: usize) -> u8 {
    u8::try_from(instructions).unwrap_or(u8::MAX)
}

fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the program as the kernel would; `true` is "allow".
    fn allowed(program: &[sock_filter], audit: u32, number: u32, argument: u32) -> bool {
        let (mut at, mut word) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[at].clone();
            at += 1;
            let jump = |yes| usize::from(if yes { jt } else { jf });
            match code {
                LOAD if k == NUMBER => word = number,
                LOAD if k == AUDIT => word = audit,
                LOAD => word = argument,
                EQUAL => at += jump(word == k),
                NOT_LESS => at += jump(word >= k),
                _ => return k == ALLOW,
            }
        }
    }

    #[test]
    fn sockets_are_unix_only_without_network_and_io_uring_is_denied_always() {
        for convention in &CONVENTIONS {
            for network in [false, true] {
                let program = program(convention.host, network);
                let ask = |number, argument| allowed(&program, convention.audit, number, argument);
                assert!(ask(convention.socket, AF_UNIX), "unix on {:x}", convention.audit);
                for family in [2, 10, 16, 17, 38, 40] {
                    assert_eq!(ask(convention.socket, family), network, "family {family} on {:x}", convention.audit);
                }
                assert!(IO_URING.iter().all(|number| !ask(*number, AF_UNIX)));
                assert!([0, 1, 500].iter().all(|number| ask(*number, 2)));
                assert!(convention.socketcall.is_none_or(|number| ask(number, 1) == network));
                assert!(convention.alien.is_none_or(|first| !ask(first + convention.socket, AF_UNIX)));
                assert!(!allowed(&program, 0xDEAD, 0, 0));
            }
        }
    }
}
