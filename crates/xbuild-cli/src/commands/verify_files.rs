//! `xbuild verify --expect PLATFORM FILE…`: files, folders, archives and images against one platform, without a project.
//!
//! What was named must hold at least one program, and all of it must have been looked at: a check that looked at nothing, or
//! that passed over something, has not passed.

use miette::Diagnostic;
use xbuild_archive::Problem;
use xbuild_kdl::printable;
use xbuild_platform::{Platform, PlatformError};
use xbuild_verify::{Expect, Output, Promise, Verdict};

use crate::args::{Linkage, VerifyArguments};
use crate::commands::verify::{Checked, Row};
use crate::context::{Context, Failure};
use crate::diagnostics::Note;
use crate::exit::Exit;
use crate::looking::{Seen, Unreadable, What, look_at};
use crate::present::harmless::one_line;

#[derive(Debug, thiserror::Error, Diagnostic)]
enum FilesError {
    #[error("`{text}` is no platform: {error}")]
    #[diagnostic(code("xbuild::unknown-platform"))]
    Platform {
        text: String,
        error: PlatformError,
        #[help]
        help: Option<String>,
    },
    #[error("no file was named, so nothing was checked")]
    #[diagnostic(code("xbuild::nothing-checked"), help("write `xbuild verify --expect {platform} FILE…`"))]
    NoFiles { platform: Platform },
    #[error("nothing in `{path}` is a program, so nothing was checked")]
    #[diagnostic(code("xbuild::nothing-checked"), help("run `xbuild inspect {path}` to see what is in it"))]
    NoPrograms { path: String },
}

/// What keeps a file from passing, whatever platform was promised.
#[derive(Debug, thiserror::Error)]
#[error("`{name}`: {problem}")]
struct Unfit {
    name: String,
    problem: Problem,
}

impl Diagnostic for Unfit {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.problem.code()))
    }
}

pub(crate) fn run(context: &Context, text: &str, arguments: &VerifyArguments) -> Result<Exit, Failure> {
    let platform: Platform = text.parse().map_err(|error: PlatformError| {
        let help = error.help();
        Failure::new(Exit::Usage, FilesError::Platform { text: printable(text), error, help })
    })?;
    let paths = &arguments.selecting.profiles;
    if paths.is_empty() {
        return Err(Failure::new(Exit::Usage, FilesError::NoFiles { platform }));
    }
    let promise = Promise { expect: expect(arguments), ..Promise::new(platform) };
    let mut checked = Checked::default();
    for path in paths {
        argument(&mut checked, path, look_at(path, context.cwd.join(path).as_std_path()), &promise);
    }
    Ok(checked.finish(context, None))
}

fn expect(arguments: &VerifyArguments) -> Expect {
    Expect {
        linkage: arguments.linkage.map(|linkage| match linkage {
            Linkage::Static => xbuild_verify::Linkage::Static,
            Linkage::StaticPie => xbuild_verify::Linkage::StaticPie,
            Linkage::Dynamic => xbuild_verify::Linkage::Dynamic,
        }),
        glibc_max: arguments.glibc_max,
        min_os: arguments.min_os,
        stripped: arguments.stripped,
        interpreter: arguments.interpreter.clone(),
    }
}

/// Everything that one argument names.
fn argument(
    checked: &mut Checked,
    path: &str,
    looked: impl Iterator<Item = Result<Seen, Unreadable>>,
    promise: &Promise,
) {
    let failures = checked.problems.len();
    let mut programs = 0;
    for looked in looked {
        match looked {
            // What was named itself must be compiled code; what is found in something may be anything.
            Ok(seen) => {
                let name = seen.path.to_string();
                let is_named = name == path;
                programs += one(checked, &name, seen, promise, is_named);
            }
            Err(error) => {
                let (name, exit) = (error.path().to_owned(), error.exit());
                checked.unreadable(&name, &name, exit, Box::new(error));
            }
        }
    }
    if programs == 0 && checked.problems.len() == failures {
        let (seen, verdict, mismatches) = (None, Verdict::NotBinary, Vec::new());
        checked.rows.push(Row { name: path.to_owned(), path: path.into(), seen, verdict, mismatches });
        let problem = FilesError::NoPrograms { path: path.to_owned() };
        checked.fail(Exit::Verify, Box::new(problem), Note::default());
    }
}

/// A file and what is in it. How many programs were checked.
fn one(checked: &mut Checked, name: &str, mut seen: Seen, promise: &Promise, is_named: bool) -> usize {
    let unfit = unfit(checked, name, &seen);
    match &mut seen.what {
        What::Link(_) => 0,
        What::Special(what) => {
            let error = Unreadable::NotRegular { path: name.into(), what };
            checked.unreadable(name, name, error.exit(), Box::new(error));
            0
        }
        What::Archive(inside) => {
            let entries = std::mem::take(&mut inside.entries);
            if let Some(verdict) = unfit {
                row(checked, name, seen, verdict);
            }
            let names = entries.into_iter().map(|entry| (format!("{name}:{}", entry.path), entry));
            names.map(|(name, entry)| one(checked, &name, entry, promise, false)).sum()
        }
        What::File if seen.facts.is_binary() || (is_named && unfit.is_none()) => {
            seen.path = name.into();
            // Whoever names a text has taken it for a program.
            let output = if seen.facts.is_binary() { Output::Any } else { Output::Executable };
            checked.file(name.to_owned(), seen, &promise.clone().of(output));
            if let (Some(row), Some(verdict)) = (checked.rows.last_mut(), unfit) {
                row.verdict = row.verdict.max(verdict);
            }
            1
        }
        What::File => {
            if let Some(verdict) = unfit {
                row(checked, name, seen, verdict);
            }
            0
        }
    }
}

fn row(checked: &mut Checked, name: &str, seen: Seen, verdict: Verdict) {
    checked.rows.push(Row {
        name: name.to_owned(),
        path: name.into(),
        seen: Some(seen),
        verdict,
        mismatches: Vec::new(),
    });
}

/// Reports the first of what makes a file unfit, and says how many more there are. The gravest verdict of all.
fn unfit(checked: &mut Checked, name: &str, seen: &Seen) -> Option<Verdict> {
    let errors: Vec<&Problem> = seen.problems.iter().filter(|problem| problem.is_error()).collect();
    let (first, more) = errors.split_first()?;
    let note = (!more.is_empty()).then(|| format!("and {} more; `xbuild inspect` tells all", more.len()));
    let problem = Unfit { name: one_line(name), problem: (*first).clone() };
    checked.fail(Exit::Verify, Box::new(problem), Note { note, output: None });
    errors.into_iter().map(verdict).max()
}

/// What a problem comes to.
fn verdict(problem: &Problem) -> Verdict {
    match problem {
        Problem::Truncated { .. } => Verdict::Truncated,
        Problem::Malformed { .. } | Problem::UnsafeName { .. } | Problem::SameName { .. } | Problem::Blob { .. } => {
            Verdict::Malformed
        }
        Problem::TwoPlatforms { .. } | Problem::ImagePlatform { .. } => Verdict::Contradiction,
        Problem::TooMuch { .. }
        | Problem::TooMany { .. }
        | Problem::Encrypted { .. }
        | Problem::NotLookedInto { .. } => Verdict::Unknown,
    }
}
