//! `xbuild verify`: artifacts against the platforms that were promised and against the lock, or any file against one.

use camino::{Utf8Path, Utf8PathBuf};
use miette::{Diagnostic, LabeledSpan};
use serde_json::{Map, Value, json};
use xbuild_exec::{hold, named, promise};
use xbuild_kdl::printable;
use xbuild_lock::{ArtifactState, Lock, verified};
use xbuild_plan::matrix::Resolver;
use xbuild_plan::{PlannedCell, outline, with_dependencies};
use xbuild_verify::{Mismatch, Promise, Verdict, Verification};

use crate::args::VerifyArguments;
use crate::commands::plan::relative_out;
use crate::commands::verify_files;
use crate::context::{Context, Failure, Problem};
use crate::diagnostics::Note;
use crate::exit::Exit;
use crate::looking::{Seen, inside, look};
use crate::present::artifact::{document, headline, mismatch};
use crate::present::harmless::one_line;
use crate::present::table::Table;
use crate::project::Loaded;
use crate::selecting::select;
use crate::workspace::LockFile;

#[derive(Debug, thiserror::Error, Diagnostic)]
enum VerifyError {
    #[error("`{cell}` has no artifact at `{path}`")]
    #[diagnostic(code("xbuild::missing-artifact"), help("run `xbuild build`"))]
    Missing { cell: String, path: String },
    #[error(transparent)]
    #[diagnostic(transparent)]
    Broken(#[from] Broken),
    #[error("`{cell}`: {fact} is `{found}`, the lock says `{promised}`")]
    #[diagnostic(code("xbuild::drift"), help("run `xbuild build` and commit `xbuild.lock`"))]
    Drift { cell: String, fact: String, promised: String, found: String },
}

/// A promise that a file does not keep.
#[derive(Debug, thiserror::Error)]
#[error("{} is {}", named(what, mismatch), mismatch.headline())]
struct Broken {
    what: String,
    mismatch: Box<Mismatch>,
    at: Option<miette::SourceSpan>,
}

impl Diagnostic for Broken {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(format!("xbuild::{}", self.mismatch.code())))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let at = self.at?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some("promised here".into()), at))))
    }
}

pub(crate) fn run(context: &Context, arguments: &VerifyArguments) -> Result<Exit, Failure> {
    match &arguments.expect {
        Some(platform) => verify_files::run(context, platform, arguments),
        None => project(context, arguments),
    }
}

/// The selected cells' artifacts against file and lock.
fn project(context: &Context, arguments: &VerifyArguments) -> Result<Exit, Failure> {
    let loaded = Loaded::find(context)?;
    let matrix = loaded.matrix(context);
    let selected = select(context, &loaded, &matrix, &arguments.selecting)?;
    let lock = LockFile::read(&loaded)?;
    let out = context.out(&loaded.file.root);
    let shown = relative_out(context, &loaded);
    let mut resolver = Resolver::new(&matrix);
    let mut checked = Checked::default();
    for (cell, resolved) in with_dependencies(&matrix, &mut resolver, &selected.cells) {
        let cell = outline(&matrix, cell, &resolved);
        for artifact in &cell.artifacts {
            let mut files = files_of(&out.join(artifact.path.as_str()));
            if files.is_empty() {
                // An empty folder is as good as none.
                files.push(String::new());
            }
            for below in files {
                let path = format!("{shown}/{}{below}", artifact.path);
                match look(&path, out.join(format!("{}{below}", artifact.path)).as_std_path()) {
                    Ok(seen) => checked.artifact(&cell, &format!("{}{below}", artifact.output), seen, &lock.lock),
                    Err(error) if error.is_missing() => checked.missing(&cell, &path),
                    Err(error) => checked.unreadable(&cell.identity.id, &path, error.exit(), Box::new(error)),
                }
            }
        }
    }
    Ok(checked.finish(context, Some(&loaded)))
}

/// What an artifact consists of, as what follows its path: nothing for a file, `/NAME` for each file in a folder.
fn files_of(at: &Utf8Path) -> Vec<String> {
    if !at.is_dir() {
        return vec![String::new()];
    }
    let mut names: Vec<String> =
        at.read_dir_utf8().into_iter().flatten().flatten().map(|entry| entry.file_name().to_owned()).collect();
    names.sort_unstable();
    let below = |name: String| files_of(&at.join(&name)).into_iter().map(move |below| format!("/{name}{below}"));
    names.into_iter().flat_map(below).collect()
}

/// Says where a broken promise was written.
pub(super) type Promised<'a> = &'a dyn Fn(&Mismatch) -> Option<miette::SourceSpan>;

/// One file that was checked.
pub(super) struct Row {
    /// What it was checked as: a cell, or the file itself.
    pub(super) name: String,
    pub(super) path: Utf8PathBuf,
    /// `None` where it could not be read.
    pub(super) seen: Option<Seen>,
    pub(super) verdict: Verdict,
    pub(super) mismatches: Vec<Mismatch>,
}

impl Row {
    fn read(name: String, seen: Seen, verdict: Verdict, mismatches: Vec<Mismatch>) -> Self {
        Self { name, path: seen.path.clone(), seen: Some(seen), verdict, mismatches }
    }

    /// The fields of `inspect`, those of the check behind them. Of a file that could not be read nothing else is known.
    fn json(&self) -> Value {
        let unread = || {
            let fields = [("path", json!(self.path)), ("size", Value::Null), ("bytes_read", Value::Null)];
            Map::from_iter(fields.map(|(name, value)| (name.to_owned(), value)))
        };
        let mut fields = self.seen.as_ref().map_or_else(unread, document);
        let mismatches: Vec<Value> = self.mismatches.iter().map(mismatch).collect();
        fields.insert("name".into(), json!(self.name));
        fields.insert("verdict".into(), json!(self.verdict.as_str()));
        fields.insert("mismatches".into(), json!(mismatches));
        Value::Object(fields)
    }
}

/// What was checked, and what was found wrong.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<(Problem, Note)>,
    exit: Option<Exit>,
}

impl Checked {
    pub(super) fn fail(&mut self, exit: Exit, problem: Problem, note: Note) {
        self.problems.push((problem, note));
        self.exit = Some(self.exit.map_or(exit, |known| known.worse(exit)));
    }

    pub(super) fn unreadable(&mut self, name: &str, path: &str, exit: Exit, problem: Problem) {
        let (verdict, mismatches) = (Verdict::NotRegular, Vec::new());
        self.rows.push(Row { name: name.to_owned(), path: path.into(), seen: None, verdict, mismatches });
        self.fail(exit, problem, Note::default());
    }

    fn missing(&mut self, cell: &PlannedCell, path: &str) {
        let problem = VerifyError::Missing { cell: cell.identity.id.clone(), path: path.to_owned() };
        self.unreadable(&cell.identity.id, path, Exit::Verify, Box::new(problem));
    }

    /// A file that no cell made.
    pub(super) fn file(&mut self, name: String, seen: Seen, promise: &Promise) {
        let verification = hold(promise, &seen.facts, &inside(&seen));
        self.held(name, seen, &verification, None);
    }

    fn held(&mut self, name: String, seen: Seen, verification: &Verification, at: Option<Promised<'_>>) {
        // One report a file: what else differs is mostly a consequence of the first.
        if let Some((mismatch, more)) = verification.mismatches().split_first() {
            let more = if more.is_empty() { String::new() } else { format!("; and {} more", more.len()) };
            let note = Note {
                note: Some(format!("{}{more}", mismatch.evidence_at(&one_line(seen.path.as_str())))),
                output: None,
            };
            let problem = Broken {
                what: one_line(&name),
                mismatch: Box::new(mismatch.clone()),
                at: at.and_then(|at| at(mismatch)),
            };
            self.fail(Exit::Verify, Box::new(problem), note);
        }
        self.rows.push(Row::read(name, seen, verification.verdict(), verification.mismatches().to_vec()));
    }

    fn artifact(&mut self, cell: &PlannedCell, output: &str, seen: Seen, lock: &Lock) {
        let verification = promise(cell).map(|promise| hold(&promise, &seen.facts, &inside(&seen)));
        // A file that breaks its promise differs from the lock too; that is said once.
        if verification.as_ref().is_none_or(|verification| verification.verdict() == Verdict::Match) {
            self.against_lock(cell, output, &seen, lock);
        }
        match verification {
            Some(verification) => {
                let at = |mismatch: &Mismatch| xbuild_exec::promise_origin(cell, mismatch).map(Into::into);
                self.held(cell.identity.id.clone(), seen, &verification, Some(&at));
            }
            None => self.rows.push(Row::read(cell.identity.id.clone(), seen, Verdict::Match, Vec::new())),
        }
    }

    /// Facts that the lock promises and the bytes do not prove.
    fn against_lock(&mut self, cell: &PlannedCell, output: &str, seen: &Seen, lock: &Lock) {
        let Some(ArtifactState::Built(artifact)) = lock.artifacts.get(&cell.identity.id) else { return };
        let single = artifact.outputs.get(&None);
        let Some(promised) = single.or_else(|| artifact.outputs.get(&Some(output.to_owned()))) else { return };
        let Some(promised) = &promised.verified else { return };
        let found = verified(&seen.facts);
        for (fact, values) in &promised.facts {
            let now = found.facts.iter().find(|(name, _)| name == fact).map(|(_, values)| values);
            if now != Some(values) {
                let text = |values: &[xbuild_lock::Value]| {
                    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
                };
                let problem = VerifyError::Drift {
                    cell: cell.identity.id.clone(),
                    fact: fact.clone(),
                    promised: printable(&text(values)),
                    found: now.map_or_else(|| "nothing".into(), |values| printable(&text(values))),
                };
                self.fail(Exit::Drift, Box::new(problem), Note::default());
            }
        }
    }

    pub(super) fn finish(self, context: &Context, loaded: Option<&Loaded>) -> Exit {
        if context.is_json() {
            context.print_json(&self.json());
        } else {
            context.print(&self.table());
        }
        let problems: Vec<(&Problem, Note)> =
            self.problems.iter().map(|(problem, note)| (problem, note.clone())).collect();
        context.problems_with_notes(&problems, loaded.map(|loaded| &loaded.file.source));
        self.exit.unwrap_or(Exit::Done)
    }

    fn json(&self) -> Value {
        let files: Vec<Value> = self.rows.iter().map(Row::json).collect();
        json!({ "format": 1, "checked": files.len(), "ok": self.exit.is_none(), "files": files })
    }

    fn table(&self) -> String {
        let mut table = Table::new(&["checked", "verdict", "what it is"]).with_columns_up_to(56);
        for row in &self.rows {
            let what = row.seen.as_ref().map(headline).unwrap_or_default();
            table.row(vec![row.name.clone(), row.verdict.to_string(), what]);
        }
        let good = self.rows.iter().filter(|row| row.verdict == Verdict::Match).count();
        format!("{}\n{good} of {} as promised\n", table.render(), self.rows.len())
    }
}
