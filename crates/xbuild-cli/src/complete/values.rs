//! The values that clap cannot know: names out of the project's file, platforms, levels, codes.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::sync::{Arc, LazyLock};

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _};
use xbuild_exec::sandbox::Level;
use xbuild_model::Project;
use xbuild_plan::matrix::{self, Limits};
use xbuild_platform::Platform;

use crate::commands::explain;

/// A larger matrix offers no ids: nobody reads so many, and somebody waits for them.
const MOST_CELLS: u64 = 10_000;

/// The words so far, and the project that they mean, read when the first value asks for it.
type Meant = LazyLock<Option<Project>, Box<dyn FnOnce() -> Option<Project> + Send + Sync>>;

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    Profiles,
    Targets,
    Platforms,
    Axes,
    Cells,
    Toolchains,
    AllPlatforms,
    Levels,
    Pages,
    Commands,
}

/// Which argument takes what, by clap's name for it.
const VALUES: [(&str, Values); 10] = [
    ("profiles", Values::Profiles),
    ("targets", Values::Targets),
    ("platforms", Values::Platforms),
    ("axes", Values::Axes),
    ("cells", Values::Cells),
    ("update", Values::Toolchains),
    ("expect", Values::AllPlatforms),
    ("isolation", Values::Levels),
    ("page", Values::Pages),
    ("command", Values::Commands),
];

/// The command line with values for every argument that has some.
pub(super) fn attach(command: Command, words: &[OsString]) -> Command {
    let of_words = words.to_vec();
    let meant: Arc<Meant> = Arc::new(LazyLock::new(Box::new(move || super::place::project(&of_words))));
    let files = words.iter().any(|word| word == "--expect" || word.to_string_lossy().starts_with("--expect="));
    attach_to(command, &meant, files)
}

/// `files`: what stands where profiles stand otherwise are files.
fn attach_to(command: Command, meant: &Arc<Meant>, files: bool) -> Command {
    let command = command.mut_subcommands(|inner| attach_to(inner, meant, files));
    command.mut_args(|argument| {
        let Some((_, values)) = VALUES.iter().find(|(id, _)| argument.get_id() == *id) else { return argument };
        let (values, meant) = (*values, Arc::clone(meant));
        argument.add(ArgValueCompleter::new(move |current: &OsStr| match values {
            Values::Profiles if files => PathCompleter::any().complete(current),
            _ => candidates(values, &meant, &current.to_string_lossy()),
        }))
    })
}

fn candidates(values: Values, meant: &Meant, start: &str) -> Vec<CompletionCandidate> {
    let of_project = || (**meant).as_ref().map(|project| named(values, project)).unwrap_or_default();
    let all: Vec<(String, Option<String>)> = match values {
        Values::AllPlatforms => Platform::all().map(|platform| (platform.to_string(), None)).collect(),
        Values::Levels => Level::ALL.iter().map(|level| (level.name().to_owned(), None)).collect(),
        Values::Pages => explain::titles().map(|(name, title)| (name, Some(title))).collect(),
        Values::Commands => commands(),
        _ => of_project().into_iter().map(|name| (name, None)).collect(),
    };
    let fitting = all.into_iter().filter(|(name, _)| name.starts_with(start));
    fitting.map(|(name, about)| CompletionCandidate::new(name).help(about.map(Into::into))).collect()
}

/// The names of one kind in a project, in the file's order.
fn named(values: Values, project: &Project) -> Vec<String> {
    match values {
        Values::Profiles => project.profiles.iter().map(|profile| profile.name.to_string()).collect(),
        Values::Targets => project.targets.iter().map(|target| target.name.to_string()).collect(),
        Values::Toolchains => project.toolchains.iter().map(|toolchain| toolchain.name.to_string()).collect(),
        Values::Platforms => platforms(project),
        Values::Axes => project.axes.iter().flat_map(axis).collect(),
        Values::Cells => cells(project),
        Values::AllPlatforms | Values::Levels | Values::Pages | Values::Commands => Vec::new(),
    }
}

fn axis(axis: &xbuild_model::Axis) -> impl Iterator<Item = String> {
    axis.values.iter().map(|value| format!("{}={value}", axis.name))
}

/// The platforms of the project's profiles, each once.
fn platforms(project: &Project) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = project.profiles.iter().flat_map(|profile| &profile.platforms);
    all.map(ToString::to_string).filter(|platform| seen.insert(platform.clone())).collect()
}

fn cells(project: &Project) -> Vec<String> {
    let expanded = matrix::expand(project, Limits { max_cells: MOST_CELLS });
    expanded.matrix.cells().map(|cell| cell.id().to_string()).collect()
}

fn commands() -> Vec<(String, Option<String>)> {
    let command = <crate::args::Arguments as clap::CommandFactory>::command();
    let about = |inner: &Command| inner.get_about().map(ToString::to_string);
    command.get_subcommands().map(|inner| (inner.get_name().to_owned(), about(inner))).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn ids(command: &Command) -> Vec<String> {
        let own = command.get_arguments().map(|argument| argument.get_id().to_string());
        own.chain(command.get_subcommands().flat_map(ids)).collect()
    }

    #[test]
    fn every_argument_of_the_table_exists() {
        let known = ids(&crate::args::Arguments::command());
        let lost: Vec<&str> =
            VALUES.iter().map(|(id, _)| *id).filter(|id| !known.iter().any(|one| one == id)).collect();
        assert_eq!(lost, [""; 0]);
    }
}
