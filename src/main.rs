//! The `xbuild` program: hands the arguments to `xbuild-cli` and exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    xbuild_cli::main()
}
