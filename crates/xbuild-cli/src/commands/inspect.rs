//! `xbuild inspect`: what any binary really is, from its bytes.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use miette::Diagnostic;
use serde_json::{Map, Value, json};
use xbuild_verify::{Facts, Machine, platform_of};

use crate::args::InspectArguments;
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::present::artifact::{facts, sentence};
use crate::present::harmless::harmless;
use crate::present::table::{Table, bytes};
use crate::source::{Unread, inspect_file};

/// A file that cannot be looked at.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum Unreadable {
    #[error("cannot read `{path}`: {why}")]
    #[diagnostic(code("xbuild::unreadable"))]
    Read { path: Utf8PathBuf, why: String, kind: ErrorKind },
    #[error("`{path}` was changed while it was read")]
    #[diagnostic(code("xbuild::changed-while-read"), help("run it again when nothing writes the file any more"))]
    Changed { path: Utf8PathBuf },
    #[error("`{path}` is {what}, not a file")]
    #[diagnostic(code("xbuild::not-regular"), help("name the files in it"))]
    NotRegular { path: Utf8PathBuf, what: &'static str },
}

impl Unreadable {
    /// Whether nothing is there.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Read { kind: ErrorKind::NotFound | ErrorKind::NotADirectory, .. })
    }

    /// How a check ends that it keeps from being made: a file that is there and may not be read says nothing of the file.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Read { kind: ErrorKind::PermissionDenied, .. } => Exit::Environment,
            Self::Read { .. } | Self::Changed { .. } | Self::NotRegular { .. } => Exit::Verify,
        }
    }
}

/// A file and what it is.
pub(crate) struct Seen {
    pub(crate) path: Utf8PathBuf,
    pub(crate) size: u64,
    /// How many of its bytes were read.
    pub(crate) read: u64,
    pub(crate) facts: Facts,
}

/// Reads and inspects a file. Pipes, devices and folders are told by their kind before anything is opened.
pub(crate) fn look(path: &Utf8Path, at: &Utf8Path) -> Result<Seen, Unreadable> {
    use std::os::unix::fs::FileTypeExt as _;
    let unreadable =
        |error: std::io::Error| Unreadable::Read { path: path.to_owned(), why: error.to_string(), kind: error.kind() };
    let kind = at.metadata().map_err(unreadable)?.file_type();
    let what = match () {
        () if kind.is_dir() => Some("a folder"),
        () if kind.is_fifo() => Some("a pipe"),
        () if kind.is_socket() => Some("a socket"),
        () if kind.is_block_device() || kind.is_char_device() => Some("a device"),
        () => None,
    };
    if let Some(what) = what {
        return Err(Unreadable::NotRegular { path: path.to_owned(), what });
    }
    let (size, inspection) = inspect_file(at).map_err(|unread| match unread {
        Unread::Error(error) => unreadable(error),
        Unread::Changed => Unreadable::Changed { path: path.to_owned() },
    })?;
    Ok(Seen { path: path.to_owned(), size, read: inspection.read, facts: inspection.facts })
}

pub(crate) fn run(context: &Context, arguments: &InspectArguments) -> Result<Exit, Failure> {
    let mut seen = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for path in &arguments.files {
        match look(path, &context.cwd.join(path)) {
            Ok(file) => seen.push(file),
            Err(error) => problems.push(Box::new(error)),
        }
    }
    if context.is_json() {
        let files: Vec<Value> = seen.iter().map(|file| Value::Object(document(file))).collect();
        context.print_json(&json!({ "format": 1, "files": files }));
    } else {
        context.print(&human(&seen));
    }
    context.problems(&problems, None);
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Environment })
}

/// A file in JSON.
pub(crate) fn document(file: &Seen) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("path".into(), json!(file.path));
    fields.insert("size".into(), json!(file.size));
    fields.extend(facts(&file.facts));
    fields.insert("bytes_read".into(), json!(file.read));
    fields
}

fn human(seen: &[Seen]) -> String {
    if let [one] = seen {
        return card(one);
    }
    let mut table = Table::new(&["file", "size", "what it is", "problems"]);
    for file in seen {
        let problems: Vec<String> = file.facts.problems.iter().map(ToString::to_string).collect();
        table.row(vec![file.path.to_string(), bytes(file.size), sentence(&file.facts), problems.join("; ")]);
    }
    table.render()
}

/// Everything about one file, a line each.
fn card(file: &Seen) -> String {
    let facts = &file.facts;
    let show = |value: Option<String>| value.filter(|text| !text.is_empty());
    let flag = |value: Option<bool>| value.map(|value| if value { "yes" } else { "no" }.to_owned());
    let go = facts.go.as_ref();
    let setting = |name: &str| go.and_then(|go| go.settings.get(name).map(|value| format!("{name}={value}")));
    let settings: Vec<String> = ["GOOS", "GOARCH", "GOARM", "GOAMD64", "GOARM64", "CGO_ENABLED"]
        .iter()
        .filter_map(|name| setting(name))
        .collect();
    let lines = [
        ("kind", Some(facts.kind.to_string())),
        ("format", facts.format.map(|format| format.title().to_owned())),
        ("platform", platform_of(facts)),
        ("machine", facts.machine.map(Machine::value)),
        ("os from", facts.os_source.map(|source| source.to_string())),
        ("variant from", facts.variant_source.map(|source| source.to_string())),
        ("linkage", facts.linkage.map(|linkage| linkage.to_string())),
        ("interpreter", facts.interpreter.clone()),
        ("needs", show(Some(facts.needed.join(", ")))),
        ("glibc floor", facts.glibc_floor.as_ref().map(ToString::to_string)),
        ("minimum os", facts.min_os.as_ref().map(ToString::to_string)),
        ("go", go.map(|go| go.version.clone())),
        ("go build", show(Some(settings.join(" ")))),
        ("signed", flag(facts.signed)),
        ("stripped", flag(facts.stripped)),
        ("packed", facts.packed.map(|packer| packer.to_string())),
    ];
    let mut text = format!("{} ({})\n", harmless(file.path.as_str()), bytes(file.size));
    for (name, value) in lines.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        text.push_str(&format!("  {name:<12}  {}\n", harmless(&value)));
    }
    for problem in &facts.problems {
        text.push_str(&format!("  {:<12}  {}\n", "problem", harmless(&problem.to_string())));
    }
    text
}
