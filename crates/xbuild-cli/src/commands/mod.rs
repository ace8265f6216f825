//! One file a command: gather → call → present.

mod build;
mod check;
mod completions;
pub(crate) mod explain;
mod fmt;
mod init;
mod inspect;
mod inspect_smoke;
mod lock;
mod man;
mod matrix;
mod plan;
mod schema;
mod smoke;
mod verify;
mod verify_files;
mod why;

use crate::args::{Command, Format};
use crate::context::{Context, Failure};
use crate::exit::Exit;

/// A format that a command does not have.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("`{command}` has no format `{format}`")]
#[diagnostic(code("xbuild::bad-format"), help("use one of {known}"))]
struct BadFormat {
    command: &'static str,
    format: String,
    known: &'static str,
}

/// Runs a command.
pub(crate) fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(arguments) => {
            formats(context, "init", &[Format::Human, Format::Json], "human, json")?;
            init::run(context, &arguments)
        }
        Command::Check => {
            formats(context, "check", &[Format::Human, Format::Json], "human, json")?;
            check::run(context)
        }
        Command::Fmt(arguments) => {
            formats(context, "fmt", &[Format::Human, Format::Json], "human, json")?;
            fmt::run(context, &arguments)
        }
        Command::Matrix(selecting) => {
            formats(
                context,
                "matrix",
                &[Format::Human, Format::Table, Format::Json, Format::Ndjson, Format::Github],
                "human, table, json, ndjson, github",
            )?;
            matrix::run(context, &selecting)
        }
        Command::Plan(arguments) if arguments.diff => {
            let words = "human, table, json, ndjson";
            formats(context, "plan --diff", &[Format::Human, Format::Table, Format::Json, Format::Ndjson], words)?;
            plan::run(context, &arguments)
        }
        Command::Plan(arguments) => {
            formats(
                context,
                "plan",
                &[Format::Human, Format::Table, Format::Json, Format::Ndjson, Format::Dot, Format::Mermaid],
                "human, table, json, ndjson, dot, mermaid",
            )?;
            plan::run(context, &arguments)
        }
        Command::Why(arguments) => {
            formats(context, "why", &[Format::Human, Format::Table, Format::Json], "human, table, json")?;
            why::run(context, &arguments)
        }
        Command::Build(arguments) => {
            formats(context, "build", &[Format::Human, Format::Json, Format::Ndjson], "human, json, ndjson")?;
            build::run(context, &arguments)
        }
        Command::Verify(arguments) => {
            formats(context, "verify", &[Format::Human, Format::Json], "human, json")?;
            verify::run(context, &arguments)
        }
        Command::Inspect(arguments) => {
            formats(context, "inspect", &[Format::Human, Format::Json], "human, json")?;
            inspect::run(context, &arguments)
        }
        Command::Lock(arguments) => {
            formats(context, "lock", &[Format::Human, Format::Json], "human, json")?;
            lock::run(context, &arguments)
        }
        Command::Explain(arguments) => explain::run(context, &arguments),
        Command::Schema => {
            formats(context, "schema", &[Format::Human, Format::Json], "human, json")?;
            Ok(schema::run(context))
        }
        Command::Completions(arguments) => Ok(completions::run(context, &arguments)),
        Command::Man(arguments) => man::run(context, &arguments),
    }
}

fn formats(context: &Context, command: &'static str, known: &[Format], words: &'static str) -> Result<(), Failure> {
    let format = context.global.format;
    if known.contains(&format) {
        return Ok(());
    }
    let format =
        clap::ValueEnum::to_possible_value(&format).map(|value| value.get_name().to_owned()).unwrap_or_default();
    Err(Failure::new(Exit::Usage, BadFormat { command, format, known: words }))
}
