//! The project: its file found, read and checked, every problem reported at once.

use std::fmt::Display;
use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use miette::{Diagnostic, Severity};
use xbuild_model::Project;
use xbuild_plan::matrix::{self, Limits, Matrix};

use crate::context::{Context, Failure, Problem};
use crate::diagnostics::Source;
use crate::exit::Exit;

const NAME: &str = "xbuild.kdl";

/// A project's text and where it is.
#[derive(Debug)]
pub(crate) struct File {
    /// The project's folder: absolute, links resolved.
    pub(crate) root: Utf8PathBuf,
    /// The text, for labels; broken bytes are replaced there.
    pub(crate) source: Source,
    bytes: Vec<u8>,
}

/// A project whose file was read, with everything that is wrong with it.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) file: File,
    pub(crate) project: Project,
    /// Warnings; errors ended it before.
    pub(crate) warnings: Vec<Problem>,
}

/// No project to work on.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum NoProject {
    #[error("no `{NAME}` here or in any folder above")]
    #[diagnostic(
        code("xbuild::no-project"),
        help("write one, or name it: `--file PATH` (looked from `{from}` upwards)")
    )]
    Nowhere { from: Utf8PathBuf },
    #[error("`{path}` is a folder, not a file")]
    #[diagnostic(code("xbuild::no-project"), help("name the file: `--file {path}/{NAME}`"))]
    Folder { path: Utf8PathBuf },
    #[error("cannot read `{path}`")]
    #[diagnostic(code("xbuild::no-project"))]
    Unreadable {
        path: Utf8PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl File {
    /// Finds and reads the file.
    pub(crate) fn find(context: &Context) -> Result<Self, Failure> {
        let fail = |error| Failure::new(Exit::Config, error);
        match context.global.file.as_deref() {
            Some(path) if path == "-" => Self::from_stdin(context).map_err(fail),
            Some(path) => Self::read(context, &context.cwd.join(path)).map_err(fail),
            None => {
                let found = context.cwd.ancestors().map(|folder| folder.join(NAME)).find(|path| path.exists());
                let path = found.ok_or_else(|| fail(NoProject::Nowhere { from: context.cwd.clone() }))?;
                Self::read(context, &path).map_err(fail)
            }
        }
    }

    fn from_stdin(context: &Context) -> Result<Self, NoProject> {
        let mut bytes = Vec::new();
        let unreadable = |source| NoProject::Unreadable { path: "standard input".into(), source };
        // One byte more than the largest file tells that there is more.
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Self::new(context.cwd.clone(), "standard input".to_owned(), bytes))
    }

    fn read(context: &Context, path: &Utf8Path) -> Result<Self, NoProject> {
        let unreadable = |source| NoProject::Unreadable { path: path.to_owned(), source };
        let metadata = path.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(NoProject::Folder { path: path.to_owned() });
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        let root = path.parent().unwrap_or(&context.cwd).canonicalize_utf8().map_err(unreadable)?;
        let name = path.strip_prefix(&context.cwd).unwrap_or(path).to_string();
        Ok(Self::new(root, name, bytes))
    }

    fn new(root: Utf8PathBuf, name: String, bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { root, source: Source { name, text }, bytes }
    }

    /// The bytes as they are.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Everything that is wrong with the text, errors and warnings in file order, and the project as far as it goes.
    pub(crate) fn check(&self, context: &Context) -> (Option<Project>, Vec<Problem>) {
        let checked = xbuild_config::read(&self.bytes);
        let mut found: Vec<(usize, Problem)> = Vec::new();
        for problem in checked.problems {
            found.push((problem.primary().offset, Box::new(problem)));
        }
        if let Some(project) = &checked.project {
            let expanded = matrix::expand(project, Limits { max_cells: context.global.max_cells });
            let checks = matrix::check(&expanded.matrix);
            for problem in expanded.problems.into_iter().chain(checks) {
                found.push((problem.primary().offset, Box::new(problem)));
            }
        }
        found.sort_by_key(|(offset, _)| *offset);
        (checked.project, at_most(found.into_iter().map(|(_, problem)| problem).collect()))
    }

    /// The project, where nothing is wrong with it.
    pub(crate) fn load(self, context: &Context) -> Result<Loaded, Failure> {
        let (project, problems) = self.check(context);
        let fails = problems.iter().any(|problem| is_error(context, problem));
        match project {
            Some(project) if !fails => Ok(Loaded { file: self, project, warnings: problems }),
            _ => Err(Failure { exit: Exit::Config, problems, source: Some(self.source) }),
        }
    }
}

/// Fifty problems and a count of the rest. What reads the file counts its own in the same way; beside so many of them the
/// matrix's are knock-on.
fn at_most(mut problems: Vec<Problem>) -> Vec<Problem> {
    let is_count = |problem: &Problem| problem.code().is_some_and(|code| code.to_string() == "xbuild::too-many");
    let count = problems.iter().position(is_count).map(|place| problems.remove(place));
    let more = problems.len().saturating_sub(MOST);
    let fails = |problem: &Problem| matches!(problem.severity(), None | Some(Severity::Error));
    let severity = if problems.iter().skip(MOST).any(fails) { Severity::Error } else { Severity::Warning };
    problems.truncate(MOST);
    match count {
        Some(count) => problems.push(count),
        None if more > 0 => problems.push(Box::new(TooMany { more, severity })),
        None => {}
    }
    problems
}

/// The most problems that a report holds.
const MOST: usize = 50;

/// What is left out.
#[derive(Debug, thiserror::Error)]
#[error("{more} more {} not shown", if *more == 1 { "problem is" } else { "problems are" })]
struct TooMany {
    more: usize,
    severity: Severity,
}

impl Diagnostic for TooMany {
    fn code(&self) -> Option<Box<dyn Display + '_>> {
        Some(Box::new("xbuild::too-many"))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help(&self) -> Option<Box<dyn Display + '_>> {
        Some(Box::new("repair these first"))
    }
}

/// The largest text that is looked at; the reader refuses it before parsing (see the book's `too-large`).
pub(crate) const LARGEST: u64 = 4 * 1024 * 1024;

/// Whether a problem fails the run.
pub(crate) fn is_error(context: &Context, problem: &Problem) -> bool {
    match problem.severity() {
        None | Some(Severity::Error) => true,
        Some(Severity::Warning) => context.global.deny_warnings,
        Some(Severity::Advice) => false,
    }
}

impl Loaded {
    /// Finds, reads and checks the project; warnings are said.
    pub(crate) fn find(context: &Context) -> Result<Self, Failure> {
        let loaded = File::find(context)?.load(context)?;
        context.problems(&loaded.warnings, Some(&loaded.file.source));
        Ok(loaded)
    }

    /// The project's name: declared, or its folder's.
    pub(crate) fn name(&self) -> String {
        let declared = self.project.name.as_ref().map(ToString::to_string);
        declared.or_else(|| self.file.root.file_name().map(str::to_owned)).unwrap_or_else(|| "project".into())
    }

    /// The project's cells. The check before has found nothing against it.
    pub(crate) fn matrix(&self, context: &Context) -> Matrix<'_> {
        matrix::expand(&self.project, Limits { max_cells: context.global.max_cells }).matrix
    }
}
