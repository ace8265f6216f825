//! Arguments to calls; events to text, JSON and exit codes.
//!
//! A command is gather → call → present: it gathers the project and the machine's facts, calls one function of another
//! crate, and presents the answer. No decision that a test would want without a terminal is made here.

mod args;
mod commands;
mod context;
mod diagnostics;
mod exit;
mod present;
mod project;
mod selecting;
mod signals;
mod workspace;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::present::harmless::harmless;

/// Runs the program with this process's arguments.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            return refused(&error).into();
        }
    };
    let context = match Context::new(arguments.global) {
        Ok(context) => context,
        Err(failure) => return failure.report_plainly().into(),
    };
    let exit = match commands::run(&context, arguments.command) {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    };
    context.finish();
    exit.into()
}

/// Help and versions are answers; anything else that `clap` says quotes what was typed.
fn refused(error: &clap::Error) -> Exit {
    // A closed pipe is no reason to say more.
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Done;
    }
    let _ = std::io::stderr().write_all(harmless(&error.render().to_string()).as_bytes());
    Exit::Usage
}
