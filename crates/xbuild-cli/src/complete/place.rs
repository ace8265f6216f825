//! The project that is meant by the words so far: the file that `-f`, `-C` or the working folder names.

use std::ffi::OsString;

use clap::FromArgMatches as _;
use miette::{Diagnostic as _, Severity};
use xbuild_model::Project;

use crate::args::Global;
use crate::context::Context;
use crate::project::File;

/// The project, where its file reads without an error.
pub(super) fn project(words: &[OsString]) -> Option<Project> {
    let matches = super::partial(words)?;
    let global = Global::from_arg_matches(&matches).ok()?;
    // Standard input belongs to whoever is typing.
    if global.file.as_deref().is_some_and(|file| file == "-") {
        return None;
    }
    let context = Context::new(global).ok()?;
    let checked = xbuild_config::read(File::find(&context).ok()?.bytes());
    let is_error = |severity: Option<Severity>| !matches!(severity, Some(Severity::Warning | Severity::Advice));
    let fails = checked.problems.iter().any(|problem| is_error(problem.severity()));
    checked.project.filter(|_| !fails)
}
