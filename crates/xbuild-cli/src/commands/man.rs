//! `xbuild man`: manual pages, out of the same definition as the command line.

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::args::{Arguments, ManArguments};
use crate::context::{Context, Failure};
use crate::exit::Exit;
use crate::usage;

pub(crate) fn run(context: &Context, arguments: &ManArguments) -> Result<Exit, Failure> {
    let mut program = Arguments::command();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(word) => program.find_subcommand(word).cloned().ok_or_else(|| usage::no_such_command(word))?,
    };
    let mut page = Vec::new();
    let _infallible =
        Man::new(command).source(concat!("xbuild ", env!("CARGO_PKG_VERSION"))).manual("xbuild").render(&mut page);
    context.print(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}
