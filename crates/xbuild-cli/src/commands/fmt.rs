//! `xbuild fmt`: the canonical layout, comments kept.

use miette::Diagnostic;

use crate::args::FmtArguments;
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::project::{File, LARGEST};

#[derive(Debug, thiserror::Error, Diagnostic)]
enum FmtError {
    #[error("`{name}` is not laid out as `xbuild fmt` does it")]
    #[diagnostic(code("xbuild::not-formatted"), help("run `xbuild fmt`"))]
    Differs { name: String },
    #[error("laid out, `{name}` is larger than a file may be")]
    #[diagnostic(code("xbuild::too-large"), help("split it, or generate less of it"))]
    Grows { name: String },
    #[error("cannot write `{path}`")]
    #[diagnostic(code("xbuild::io"))]
    Write {
        path: String,
        #[source]
        source: std::io::Error,
    },
}

pub(crate) fn run(context: &Context, arguments: &FmtArguments) -> Result<Exit, Failure> {
    let file = File::find(context)?;
    let parsed = xbuild_kdl::parse(file.bytes());
    if !parsed.problems.is_empty() {
        let problems = parsed.problems.into_iter().map(|problem| Box::new(problem) as Problem).collect();
        return Err(Failure { exit: Exit::Config, problems, source: Some(file.source) });
    }
    let formatted = xbuild_kdl::format(&file.source.text);
    if formatted.len() as u64 > LARGEST {
        return Err(Failure::new(Exit::Config, FmtError::Grows { name: file.source.name }));
    }
    let differs = formatted != file.source.text;
    let from_stdin = context.global.file.as_deref().is_some_and(|path| path == "-");
    if arguments.check && differs {
        return Err(Failure::new(Exit::Drift, FmtError::Differs { name: file.source.name }));
    }
    if from_stdin && !arguments.check {
        context.print(&formatted);
    } else if differs {
        write(context, &file, &formatted)?;
        context.say(&format!("{}: laid out anew", file.source.name));
    }
    Ok(Exit::Done)
}

/// Writes beside the file and renames, so that a full disk leaves the old text.
fn write(context: &Context, file: &File, text: &str) -> Result<(), Failure> {
    let path = context.cwd.join(&file.source.name);
    let fail = |source| Failure::new(Exit::Environment, FmtError::Write { path: path.to_string(), source });
    let real = path.canonicalize_utf8().map_err(fail)?;
    let mut beside = tempfile::Builder::new().prefix(".xbuild-fmt-").tempfile_in(&file.root).map_err(fail)?;
    std::io::Write::write_all(&mut beside, text.as_bytes()).map_err(fail)?;
    let mode = real.metadata().map_err(fail)?.permissions();
    beside.as_file().set_permissions(mode).map_err(fail)?;
    beside.persist(&real).map_err(|error| fail(error.error))?;
    Ok(())
}
