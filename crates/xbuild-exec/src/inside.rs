//! An artifact against its promise, with the programs in it where it is an archive.
//!
//! What a `command` leaves is often a `tar.gz` or a package, and a promise that stops at its first bytes promises nothing. Who
//! looks into archives is handed in (an archive is a matter of its own, and of other people's bytes); what is found there is
//! held against the cell's platform as a bare program is. An archive without a program promises as little as a text does.

use std::fs::File;
use std::io;

use xbuild_verify::{Facts, Mismatch, Output, Promise, Verification, verify};

/// How many broken promises of one archive are told.
const MOST: usize = 100;

/// What is in an archive, as far as promises go.
#[derive(Debug, Clone, Default)]
pub struct Inside {
    /// The programs and libraries, by the members' names, which hold nothing that acts on a terminal.
    pub programs: Vec<(String, Facts)>,
    /// That the archive ends too early or breaks its format's rules.
    pub damage: Option<Mismatch>,
}

/// Looks into an open file: nothing for one that is no archive.
pub type LookInside<'a> = dyn Fn(&File) -> io::Result<Inside> + Sync + 'a;

/// How an artifact keeps a promise. An archive that holds programs must be whole, and each of them is to be what was promised. Those
/// in another system's container are passed over where some are in the platform's own: they are parts of something else, like the
/// launchers for Windows in every installation of Python.
pub fn hold(promise: &Promise, facts: &Facts, inside: &Inside) -> Verification {
    let whole = verify(facts, promise);
    if inside.programs.is_empty() || !whole.mismatches().is_empty() {
        return whole;
    }
    let promise = promise.clone().of(Output::Any);
    // One of each: what else differs is mostly a consequence of it.
    let is_own = |facts: &Facts| facts.format.is_some_and(|format| promise.accepts(format));
    let has_own = inside.programs.iter().any(|(_, facts)| is_own(facts));
    let held = inside.programs.iter().filter(|(_, facts)| !has_own || is_own(facts));
    let broken = held.filter_map(|(member, facts)| {
        let verification = verify(facts, &promise);
        verification.mismatches().first().map(|mismatch| mismatch.within(member))
    });
    whole.and(inside.damage.iter().cloned().chain(broken).take(MOST))
}

#[cfg(test)]
mod tests {
    use xbuild_verify::{Code, inspect};

    use super::*;
    use crate::testing::amd64_program;

    fn check(output: Output, programs: usize, damage: bool, expect: &[&str]) {
        let promise = Promise::new("linux/arm64".parse().expect("a platform")).of(output);
        let program = |at: usize| (format!("bin/{at}"), inspect(&amd64_program()));
        let damage = damage.then(|| Mismatch::of_archive(Code::Truncated, "the gzip stream ends too early"));
        let inside = Inside { programs: (0..programs).map(program).collect(), damage };
        let held = hold(&promise, &inspect(b"PK\x03\x04"), &inside);
        let told: Vec<String> = held
            .mismatches()
            .iter()
            .map(|mismatch| format!("{:?} {}", mismatch.member(), mismatch.headline()))
            .collect();
        assert_eq!(told, expect);
    }

    #[test]
    fn each_program_in_an_archive_is_held_against_the_platform() {
        let both = [r#"Some("bin/0") an x86-64 program"#, r#"Some("bin/1") an x86-64 program"#];
        check(Output::Any, 2, false, &both);
        check(Output::Any, 1, true, &["None truncated", both[0]]);
    }

    #[test]
    fn a_program_of_another_system_is_told_where_there_is_none_of_the_platform() {
        let promise = Promise::new("linux/amd64".parse().expect("a platform")).of(Output::Any);
        let [own, foreign] = [amd64_program(), b"\0asm\x01\0\0\0\x07\x01\0".to_vec()].map(|bytes| inspect(&bytes));
        let told = |programs: &[&Facts]| {
            let programs = programs.iter().map(|facts| ("app".to_owned(), (*facts).clone())).collect();
            hold(&promise, &inspect(b"PK\x03\x04"), &Inside { programs, damage: None }).mismatches().len()
        };
        assert_eq!((told(&[&own, &foreign]), told(&[&foreign])), (0, 1));
    }

    #[test]
    fn what_holds_no_program_or_is_no_program_itself_is_told_as_before() {
        check(Output::Any, 0, true, &[]);
        check(Output::Executable, 2, true, &["None an archive, not a program"]);
    }

    #[test]
    fn the_reports_of_one_archive_are_bounded() {
        let program = |at: usize| (at.to_string(), inspect(&amd64_program()));
        let inside = Inside { programs: (0..MOST + 9).map(program).collect(), damage: None };
        let promise = Promise::new("linux/arm64".parse().expect("a platform")).of(Output::Any);
        assert_eq!(hold(&promise, &inspect(b"PK\x03\x04"), &inside).mismatches().len(), MOST);
    }
}
