//! Arguments that do not read: in clap's words for people, as the document of diagnostics for programs.
//!
//! The problem: the flag that says "for a program" stands among the arguments that could not be read. So it is looked for in
//! the words themselves, as clap would read it. What the arguments mean is [`crate::args`]'s; arguments that read and mean
//! nothing are refused by the commands.

use std::ffi::OsString;
use std::io::Write as _;

use clap::ValueEnum as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use miette::Diagnostic;

use crate::args::Format;
use crate::context::{Failure, Problem};
use crate::diagnostics::{Note, human, json};
use crate::exit::Exit;
use crate::present::harmless::harmless;
use crate::present::json::write_line;

/// Arguments that do not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code("xbuild::usage"))]
struct Usage {
    message: String,
    #[help]
    help: Option<String>,
}

/// Help and versions are answers; anything else that `clap` says quotes what was typed.
pub(crate) fn refused(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Exit {
    // A closed pipe is no reason to say more.
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Done;
    }
    if wanted(arguments).is_some_and(Format::is_for_programs) {
        return report(&Failure::new(Exit::Usage, Usage::of(error)), Format::Json);
    }
    let _ = std::io::stderr().write_all(harmless(&error.render().to_string()).as_bytes());
    Exit::Usage
}

/// Reports a failure from before there is a terminal to ask about colours.
pub(crate) fn report(failure: &Failure, format: Format) -> Exit {
    let problems: Vec<(&Problem, Note)> = failure.problems.iter().map(|problem| (problem, Note::default())).collect();
    let source = failure.source.as_ref();
    let mut out = std::io::stderr().lock();
    let _ = if format.is_for_programs() {
        write_line(&mut out, &json(&problems, source))
    } else {
        let text: String =
            problems.iter().map(|(problem, note)| human(problem.as_ref(), source, note, false)).collect();
        out.write_all(text.as_bytes())
    };
    failure.exit
}

/// A command that there is not.
pub(crate) fn no_such_command(word: &str) -> Failure {
    let message = format!("there is no command '{}'", harmless(word));
    Failure::new(Exit::Usage, Usage { message, help: Some("run `xbuild --help`".into()) })
}

/// The format that the words ask for. What stands behind `--` is for another program.
fn wanted(arguments: impl Iterator<Item = OsString>) -> Option<Format> {
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let flags = words.iter().take_while(|word| *word != "--").enumerate();
    let values = flags.filter_map(|(at, word)| match word.strip_prefix("--format")? {
        "" => words.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    });
    values.filter_map(|value| Format::from_str(value, false).ok()).last()
}

impl Usage {
    fn of(error: &clap::Error) -> Self {
        Self { message: message(error), help: help(error) }
    }
}

/// Clap's first sentence. Names that it lists below are put behind it; values that it offers are help.
fn message(error: &clap::Error) -> String {
    // What is rendered here is the whole help, not a sentence.
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing".into();
    }
    let text = error.render().to_string();
    let sentence = text.strip_prefix("error: ").unwrap_or(&text);
    let lines = sentence.lines().map(str::trim).take_while(|line| !line.is_empty() && !line.starts_with('['));
    lines.collect::<Vec<_>>().join(" ")
}

/// What to type instead: the nearest, else what there is, else where the command is described.
fn help(error: &clap::Error) -> Option<String> {
    let names = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(name) => Some(quoted(std::slice::from_ref(name))),
        ContextValue::Strings(names) if !names.is_empty() => Some(quoted(names)),
        _ => None,
    };
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let known = [ContextKind::ValidValue, ContextKind::ValidSubcommand];
    let near = near.into_iter().find_map(names).map(|names| format!("try {names}"));
    let known = || known.into_iter().find_map(names).map(|names| format!("use one of {names}"));
    let more = || match error.get(ContextKind::Usage)? {
        ContextValue::StyledStr(usage) => Some(format!("run `{} --help`", named(&usage.to_string()))),
        _ => None,
    };
    near.or_else(known).or_else(more)
}

/// The command of a line of usage: `Usage: xbuild inspect [OPTIONS] <FILE>...`.
fn named(usage: &str) -> String {
    let words = usage.trim().trim_start_matches("Usage:").split_whitespace();
    words.take_while(|word| !word.starts_with(['-', '<', '['])).collect::<Vec<_>>().join(" ")
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Arguments;

    fn check(words: &str, message: &str, help: Option<&str>) {
        let error = Arguments::try_parse_from(words.split_whitespace()).expect_err("it does not read");
        let expect = Usage { message: message.to_owned(), help: help.map(str::to_owned) };
        assert_eq!(Usage::of(&error), expect, "{words}");
    }

    #[test]
    fn what_does_not_read_is_said_in_one_sentence_with_what_to_type() {
        check("xbuild biuld", "unrecognized subcommand 'biuld'", Some("try `build`"));
        check("xbuild build --no-cahce", "unexpected argument '--no-cahce' found", Some("try `--no-cache`"));
        check(
            "xbuild explain",
            "the following required arguments were not provided: <CODE>",
            Some("run `xbuild explain --help`"),
        );
        check("xbuild build -j 0", "invalid value '0' for '--jobs <N>': 0 is not in 1..=4096", None);
        check("xbuild build --cell", "a value is required for '--cell <ID>' but none was supplied", None);
        check(
            "xbuild fmt --color x",
            "invalid value 'x' for '--color <WHEN>'",
            Some("use one of `auto`, `always`, `never`"),
        );
        check("xbuild", "a command is missing", None);
    }

    #[test]
    fn the_format_is_found_among_words_that_do_not_read() {
        let check = |words: &str, expect: Option<Format>| {
            assert_eq!(wanted(words.split_whitespace().map(OsString::from)), expect, "{words}");
        };
        check("xbuild nonsense --format json", Some(Format::Json));
        check("xbuild --format=ndjson nonsense", Some(Format::Ndjson));
        check("xbuild nonsense --format human", Some(Format::Human));
        check("xbuild nonsense --format", None);
        check("xbuild nonsense --format jsn", None);
        check("xbuild nonsense --formatjson", None);
        check("xbuild nonsense -- --format json", None);
    }
}
