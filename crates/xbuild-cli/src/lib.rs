//! Arguments to calls; events to text, JSON and exit codes.

use std::process::ExitCode;

/// Runs the program with this process's arguments.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
