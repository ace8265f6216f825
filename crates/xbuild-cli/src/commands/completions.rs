//! `xbuild completions`: the script that makes a shell complete xbuild's arguments.

use std::ffi::OsString;
use std::path::Path;

use crate::args::CompletionsArguments;
use crate::complete;
use crate::context::Context;
use crate::exit::Exit;

pub(crate) fn run(context: &Context, arguments: &CompletionsArguments) -> Exit {
    context.print(&format!("{}\n", complete::script(arguments.shell, &program()).trim()));
    Exit::Done
}

/// What the script starts: the program as it was started here. A name stays one, so that a newer program is found later.
fn program() -> OsString {
    let name = std::env::args_os().next().unwrap_or_else(|| "xbuild".into());
    if Path::new(&name).components().count() < 2 {
        return name;
    }
    std::path::absolute(&name).map_or(name, Into::into)
}
