//! Arguments to calls; events to text, JSON and exit codes.
//!
//! A command is gather → call → present: it gathers the project and the machine's facts, calls one function of another
//! crate, and presents the answer. No decision that a test would want without a terminal is made here.

mod args;
mod commands;
mod complete;
mod context;
mod diagnostics;
mod exit;
mod folder;
mod known;
mod looking;
mod present;
mod project;
mod selecting;
mod signals;
mod usage;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::context::Context;

/// Runs the program with this process's arguments.
pub fn main() -> ExitCode {
    if let Some(exit) = complete::asked() {
        return exit.into();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::refused(&error, std::env::args_os()).into(),
    };
    let format = arguments.global.format;
    let context = match Context::new(arguments.global) {
        Ok(context) => context,
        Err(failure) => return usage::report(&failure, format).into(),
    };
    let exit = match commands::run(&context, arguments.command) {
        Ok(exit) => exit,
        Err(failure) => context.report(&failure),
    };
    context.finish();
    exit.into()
}
