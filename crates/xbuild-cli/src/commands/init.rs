//! `xbuild init`: a small `xbuild.kdl` for what the folder holds, or for what a GoReleaser configuration says.

use std::io::{ErrorKind, Read as _, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use miette::Diagnostic;
use serde_json::{Value, json};
use xbuild_port::init::{self, Kind};
use xbuild_port::{Note, Written, goreleaser};

use crate::args::{From, InitArguments};
use crate::context::{Context, Failure};
use crate::diagnostics::Source;
use crate::exit::Exit;
use crate::folder::gather;

const NAME: &str = "xbuild.kdl";

/// The largest configuration that is read.
const LARGEST: u64 = 4 * 1024 * 1024;

#[derive(Debug, thiserror::Error, Diagnostic)]
enum InitError {
    #[error("`{path}` is there already")]
    #[diagnostic(
        code("xbuild::already-there"),
        help("nothing was written; move it away, or write elsewhere: `--file PATH`")
    )]
    Exists { path: Utf8PathBuf },
    #[error("there is {what} in `{folder}`")]
    #[diagnostic(code("xbuild::nothing-found"), help("{help}"))]
    Nothing { what: &'static str, folder: Utf8PathBuf, help: &'static str },
    #[error("cannot read `{path}`")]
    #[diagnostic(code("xbuild::io"))]
    Read {
        path: Utf8PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot write `{path}`")]
    #[diagnostic(code("xbuild::io"))]
    Write {
        path: Utf8PathBuf,
        #[source]
        source: std::io::Error,
    },
}

/// Where the file goes.
enum Target {
    /// A file that is not there yet, and how it is called in messages.
    File { path: Utf8PathBuf, name: Utf8PathBuf },
    /// Standard output.
    Output,
}

/// What was written, and from which text its notes are.
struct Made {
    written: Written,
    from: Option<String>,
}

pub(crate) fn run(context: &Context, arguments: &InitArguments) -> Result<Exit, Failure> {
    let target = Target::of(context)?;
    let root = target.root(context);
    let made = match arguments.from {
        Some(From::Goreleaser) => import(root)?,
        None => find(root, None)?,
        Some(From::Go) => find(root, Some(Kind::Go))?,
        Some(From::Cargo) => find(root, Some(Kind::Cargo))?,
        Some(From::Command) => find(root, Some(Kind::Command))?,
    };
    if let Target::File { path, name } = &target {
        write(path, name, &made.written.kdl)?;
    }
    present(context, &target, &made);
    if arguments.from.is_none()
        && let Some(file) = configuration(root)
    {
        context.say(&format!("{file} is here too: `xbuild init --from goreleaser` imports it"));
    }
    Ok(Exit::Done)
}

impl Target {
    fn of(context: &Context) -> Result<Self, Failure> {
        let name = match &context.global.file {
            Some(path) if path == "-" => return Ok(Self::Output),
            Some(path) => path.clone(),
            None => NAME.into(),
        };
        let path = context.cwd.join(&name);
        match path.symlink_metadata() {
            Ok(_) => Err(environment(InitError::Exists { path: name })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::File { path, name }),
            Err(source) => Err(environment(InitError::Write { path: name, source })),
        }
    }

    /// The folder that the file is for: its own.
    fn root<'p>(&'p self, context: &'p Context) -> &'p Utf8Path {
        match self {
            Self::File { path, .. } => path.parent().unwrap_or(&context.cwd),
            Self::Output => &context.cwd,
        }
    }
}

fn environment(error: InitError) -> Failure {
    Failure::new(Exit::Environment, error)
}

fn find(root: &Utf8Path, kind: Option<Kind>) -> Result<Made, Failure> {
    let written = init::write(&gather(root), kind).ok_or_else(|| {
        let what = match kind {
            Some(Kind::Cargo) => "no Cargo package with a program",
            _ => "no main package of a Go module",
        };
        let help = "start with a command to fill in: `xbuild init --from command`";
        environment(InitError::Nothing { what, folder: root.to_owned(), help })
    })?;
    Ok(Made { written, from: None })
}

/// The configuration that GoReleaser would read.
fn configuration(root: &Utf8Path) -> Option<&'static str> {
    goreleaser::FILES.into_iter().find(|file| root.join(file).exists())
}

fn import(root: &Utf8Path) -> Result<Made, Failure> {
    let Some(name) = configuration(root) else {
        let help = "name the project's folder: `xbuild init --from goreleaser --dir DIR`";
        let what = "no `.goreleaser.yaml`";
        return Err(environment(InitError::Nothing { what, folder: root.to_owned(), help }));
    };
    let text = read(&root.join(name)).map_err(|source| environment(InitError::Read { path: name.into(), source }))?;
    let source = Source { name: name.to_owned(), text };
    let written = goreleaser::import(&source.text, name, &gather(root))
        .map_err(|problem| Failure::new(Exit::Config, problem).about(&source))?;
    Ok(Made { written, from: Some(source.name) })
}

fn read(path: &Utf8Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// Writes beside the place and links it there, so that nothing half-written stays and nothing is overwritten.
fn write(path: &Utf8Path, name: &Utf8Path, text: &str) -> Result<(), Failure> {
    let fail = |source: std::io::Error| match source.kind() {
        ErrorKind::AlreadyExists => environment(InitError::Exists { path: name.to_owned() }),
        _ => environment(InitError::Write { path: name.to_owned(), source }),
    };
    let folder = path.parent().unwrap_or(path);
    let mut beside = tempfile::Builder::new().prefix(".xbuild-init-").tempfile_in(folder).map_err(fail)?;
    beside.write_all(text.as_bytes()).map_err(fail)?;
    let mode: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    beside.as_file().set_permissions(mode).map_err(fail)?;
    beside.persist_noclobber(path).map_err(|error| fail(error.error))?;
    Ok(())
}

fn present(context: &Context, target: &Target, made: &Made) {
    if context.is_json() {
        return context.print_json(&document(target, made));
    }
    for note in &made.written.notes {
        context.say(&format!("note: {}", line(note, made.from.as_deref())));
    }
    match target {
        Target::Output => context.print(&made.written.kdl),
        Target::File { name, .. } => {
            context.say(&format!("{name}: written; `xbuild matrix` lists its cells"));
        }
    }
}

fn line(note: &Note, from: Option<&str>) -> String {
    match (from, note.place) {
        (Some(from), Some(place)) => format!("{from}:{}:{}: {note}", place.line, place.column),
        (Some(from), None) => format!("{from}: {note}"),
        (None, _) => note.to_string(),
    }
}

fn document(target: &Target, made: &Made) -> Value {
    let note = |note: &Note| {
        json!({
            "file": made.from,
            "line": note.place.map(|place| place.line),
            "column": note.place.map(|place| place.column),
            "key": note.key,
            "message": note.to_string(),
        })
    };
    let (path, text) = match target {
        Target::File { name, .. } => (Some(name.as_str()), None),
        Target::Output => (None, Some(made.written.kdl.as_str())),
    };
    json!({
        "format": 1,
        "path": path,
        "text": text,
        "notes": made.written.notes.iter().map(note).collect::<Vec<_>>(),
    })
}
