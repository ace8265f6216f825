//! The repository's own chores: `cargo xtask tidy`, `ci`, `grammar`, `bench`, `corpus` and `fuzz`.
//!
//! Whatever takes more than one command to do right has a name here. Nothing in it ships, and no test depends on it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to whoever typed the command")]

mod bench;
mod chores;
mod corpus;
mod fuzz;
mod grammar;
mod step;

use std::error::Error;
use std::process::ExitCode;

/// What a chore comes to. Whoever reads the error is at the keyboard, so a sentence is enough.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: cargo xtask tidy                  layout, lints, documents and house rules: says all that is wrong
       cargo xtask grammar               writes the tables of the book's reference anew
       cargo xtask ci                    all that a merge needs (.ci/run)
       cargo xtask bench [OPTIONS]       xbuild, GoReleaser and a shell loop build the same 30 programs
           --runs N                      runs of each (default 5)
           --platforms N                 only the first N platforms (default 10)
           --scenario NAME               only this one: fresh, cold-platform, unchanged, leaf (repeats)
           --out FILE                    also write every single run, as tab-separated values
       cargo xtask corpus [OPTIONS]      holds what `inspect` says of real programs against how they were made
           --small                       only a dozen Go platforms and about twenty files of Debian
           --only PART                   only this one: go, debian, compilers
           --measure                     also what 300 of them cost, against `file` and `readelf`
       cargo xtask fuzz [OPTIONS]        any bytes for all that reads the bytes of others
           --target NAME                 only this one: parse, check, fmt, inspect (repeats)
           --seconds N                   for so long each (default 60)
           --runs N                      so many executions each
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["tidy"] => chores::tidy(),
        ["ci"] => chores::ci(),
        ["grammar"] => grammar::write(),
        ["bench", options @ ..] => bench::run(options),
        ["corpus", options @ ..] => corpus::run(options),
        ["fuzz", options @ ..] => fuzz::run(options),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("xtask: {error}");
    ExitCode::FAILURE
}
