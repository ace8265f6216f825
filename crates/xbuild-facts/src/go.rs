//! Go cells: from settings to recipes, and from `go list` to input trees.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xbuild_builder::go::{GoSettings, Listing, Question, question, recipe};
use xbuild_builder::{Place, Places, Recipe};
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Key, Tree};
use xbuild_model::BuilderKind;
use xbuild_plan::matrix::{CellRef, Resolved};
use xbuild_plan::{PlannedCell, Reason, Stamps};
use xbuild_toolchain::{ModuleRequest, fetch_modules};

use crate::GoFolders;
use crate::ask::ask;
use crate::fault::{Fault, Said};
use crate::inputs::Source;
use crate::module::GoModule;
use crate::session::Session;
use crate::tools::{Tool, Tools};
use crate::watch::{Look, Watch};

/// A cell that `go build` makes.
pub(crate) struct GoCell {
    pub(crate) settings: GoSettings,
    pub(crate) recipe: Recipe,
    pub(crate) module: GoModule,
    /// What `inputs` adds to the files that `go list` names.
    pub(crate) more_inputs: Vec<String>,
}

/// What goes into a Go cell.
#[derive(Clone)]
pub(crate) struct GoInputs {
    pub(crate) tree: Tree,
    pub(crate) import_path: Option<String>,
}

/// Cells that one `go list` answers for.
struct Group<'a> {
    question: Question,
    module: &'a GoModule,
    toolchain: &'a str,
    cells: Vec<usize>,
}

/// An answer that is kept, with what it depends on.
#[derive(Serialize, Deserialize)]
struct Kept {
    watches: Vec<Watch>,
    listing: Listing,
}

/// How many answers to one question are kept: what an edit changed is often changed back.
const KEPT: usize = 4;

impl Session<'_> {
    pub(crate) fn go_cell(
        &self,
        cell: CellRef<'_>,
        resolved: &Resolved<'_>,
        planned: &PlannedCell,
        stamps: &Stamps,
    ) -> Result<GoCell, Reason> {
        if planned.builder != BuilderKind::Go {
            let what = planned.builder.as_str().to_owned();
            return Err(Reason::Unsupported { what, detail: "this xbuild carries out `go` targets only".into() });
        }
        let unsupported = |what: &str, detail: &str| Reason::Unsupported { what: what.into(), detail: detail.into() };
        let artifact = planned.artifacts.first().ok_or_else(|| unsupported("go", "it makes no file"))?;
        let settings = xbuild_plan::go::settings(self.project, cell, resolved, &artifact.output, stamps)?;
        let module = GoModule::find(self.root, settings.cwd.as_ref());
        let recipe = recipe(&settings, &module.workspace());
        if let Some(dep) = resolved.deps().first() {
            return Err(unsupported(&format!("deps {}", dep.target.value), "this xbuild carries out no dependencies"));
        }
        let more_inputs = xbuild_plan::go::inputs(cell, resolved, stamps)?;
        Ok(GoCell { settings, recipe, module, more_inputs })
    }

    /// The inputs of each cell, in order; every question is asked once for all cells that share it.
    pub(crate) fn go_inputs(
        &self,
        cells: &[(usize, GoCell)],
        tools: &Tools,
        look: &Look<'_>,
        faults: &mut Vec<Fault>,
    ) -> Vec<Result<GoInputs, Reason>> {
        let groups = groups(cells);
        let answers = self.listings(&groups, tools, look);
        let waiting = || Reason::ToolMissing { what: "go".into(), detail: "not asked".into() };
        let mut inputs: Vec<Result<GoInputs, Reason>> = cells.iter().map(|_| Err(waiting())).collect();
        for (group, answer) in groups.iter().zip(answers) {
            match answer {
                Ok(listing) => {
                    for cell in &group.cells {
                        inputs[*cell] = self.inputs(&cells[*cell].1, &listing);
                    }
                }
                Err(failed) => {
                    let (reason, fault) = *failed;
                    faults.extend(fault);
                    for cell in &group.cells {
                        inputs[*cell] = Err(reason.clone());
                    }
                }
            }
        }
        inputs
    }

    fn inputs(&self, cell: &GoCell, listing: &Listing) -> Result<GoInputs, Reason> {
        let what = || cell.settings.package.clone();
        let failed = |detail: String| Reason::Unsupported { what: what(), detail };
        let main = listing.matching(&cell.settings.package);
        let main = main.ok_or_else(|| failed("`go list` does not know it".into()))?;
        let module_cache = self.go_folders().modules();
        let source = Source { root: self.root, module_cache: &module_cache, digests: self.store.files() };
        let mut tree = source.tree(&cell.module, listing, main).map_err(|error| failed(error.to_string()))?;
        source.add_globs(&mut tree, &cell.more_inputs).map_err(|error| failed(error.to_string()))?;
        // A package that is not whole is built alone: its own words are then shown for it, and only for it.
        let whole = main.errors().next().is_none();
        Ok(GoInputs { tree, import_path: whole.then(|| main.import_path.clone()) })
    }

    /// The answers to all questions, some at once.
    fn listings(&self, groups: &[Group<'_>], tools: &Tools, look: &Look<'_>) -> Vec<Answered> {
        let at_once = self.settings.processors.clamp(1, 8);
        let mut answers: Vec<Option<Answered>> = groups.iter().map(|_| None).collect();
        let chunk = groups.len().div_ceil(at_once).max(1);
        std::thread::scope(|scope| {
            for (groups, answers) in groups.chunks(chunk).zip(answers.chunks_mut(chunk)) {
                scope.spawn(move || {
                    for (group, answer) in groups.iter().zip(answers) {
                        *answer = Some(self.listing(group, tools, look));
                    }
                });
            }
        });
        let lost =
            || Err(Box::new((Reason::QuestionFailed { what: "go list".into(), detail: "not asked".into() }, None)));
        answers.into_iter().map(|answer| answer.unwrap_or_else(lost)).collect()
    }

    fn listing(&self, group: &Group<'_>, tools: &Tools, look: &Look<'_>) -> Answered {
        let missing = |detail| Box::new((Reason::ToolMissing { what: group.toolchain.to_owned(), detail }, None));
        let tool = tools.get(group.toolchain).map_err(missing)?;
        let key = canonical::key("xbuild go list 1", &Asked { root: self.root, question: &group.question, tool });
        let mut kept = self.kept(key);
        if let Some(found) = kept.iter().position(|kept| look.holds(&kept.watches)) {
            return Ok(kept.swap_remove(found).listing);
        }
        let listing = self.ask_go(group, tool).map_err(|fault| {
            let detail = fault.to_string();
            Box::new((Reason::QuestionFailed { what: group.question.packages.join(" "), detail }, Some(fault)))
        })?;
        if listing.packages().all(|package| package.errors().next().is_none()) {
            let files: Vec<Utf8PathBuf> = group.module.files.iter().cloned().collect();
            kept.insert(0, Kept { watches: look.watches(&listing, &files), listing: listing.clone() });
            kept.truncate(KEPT);
            self.keep(key, &kept);
        }
        Ok(listing)
    }

    fn kept(&self, key: Key) -> Vec<Kept> {
        self.store.memo_get(key).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn keep(&self, key: Key, kept: &[Kept]) {
        if let Ok(bytes) = serde_json::to_vec(kept) {
            // A store that cannot keep an answer only costs the next run time.
            let _ = self.store.memo_put(key, &bytes);
        }
    }

    fn ask_go(&self, group: &Group<'_>, tool: &Tool) -> Result<Listing, Fault> {
        self.fetch(group.module, tool)?;
        let folder =
            group.question.cwd.as_ref().map_or_else(|| self.root.to_owned(), |cwd| self.root.join(cwd.as_str()));
        let failed = |said: String| Fault::Question {
            packages: group.question.packages.join(" "),
            folder: folder.to_string(),
            said: Said(said),
        };
        let places = self.question_places(group, tool).map_err(|error| failed(error.to_string()))?;
        let answer = ask(&group.question, &places, &folder).map_err(|error| failed(error.to_string()))?;
        if !answer.success {
            return Err(failed(answer.stderr));
        }
        Listing::parse(&answer.stdout).map_err(|error| failed(error.to_string()))
    }

    fn question_places(&self, group: &Group<'_>, tool: &Tool) -> std::io::Result<Places> {
        let folders = self.go_folders();
        let home = folders.home();
        GoFolders::prepare_home(&home)?;
        let tmp = home.join("tmp");
        std::fs::create_dir_all(&tmp)?;
        let build = folders.build(tool.digest, &group.question.env);
        let name = group.toolchain.to_owned();
        Ok(Places::from([
            (Place::Tool(name.clone()), tool.program.to_string()),
            (Place::Root(name), tool.root.to_string()),
            (Place::Src, self.root.to_string()),
            (Place::Home, home.to_string()),
            (Place::Tmp, tmp.to_string()),
            (Place::Cache("go-build".into()), build.to_string()),
            (Place::Cache("go-mod".into()), folders.modules().to_string()),
        ]))
    }

    /// Brings what a module needs; nothing for one that is vendored or needs nothing.
    pub(crate) fn fetch(&self, module: &GoModule, tool: &Tool) -> Result<(), Fault> {
        let Some(go) = &tool.go else { return Ok(()) };
        if module.is_vendored(self.root) {
            return Ok(());
        }
        for folder in &module.modules {
            let root: Utf8PathBuf = self.root.join(folder);
            if !root.join("go.mod").is_file() {
                continue;
            }
            let request =
                ModuleRequest { root, module_cache: self.go_folders().modules(), offline: self.settings.offline };
            fetch_modules(go, &request, self.environment, self.progress)?;
        }
        Ok(())
    }
}

type Answered = Result<Listing, Box<(Reason, Option<Fault>)>>;

/// Cells by question: everything equal but the package.
fn groups<'a>(cells: &'a [(usize, GoCell)]) -> Vec<Group<'a>> {
    let mut groups: Vec<(Group<'a>, BTreeSet<String>)> = Vec::new();
    for (index, (_, cell)) in cells.iter().enumerate() {
        let asked = question(&cell.settings, &cell.module.workspace(), &[]);
        let known = groups.iter_mut().find(|(group, _)| group.question == asked);
        let package = cell.settings.package.clone();
        match known {
            Some((group, packages)) => {
                group.cells.push(index);
                packages.insert(package);
            }
            None => {
                let toolchain = &cell.settings.toolchain;
                let group = Group { question: asked, module: &cell.module, toolchain, cells: vec![index] };
                groups.push((group, BTreeSet::from([package])));
            }
        }
    }
    let complete = |(mut group, packages): (Group<'a>, BTreeSet<String>)| {
        let packages: Vec<String> = packages.into_iter().collect();
        let settings = &cells[group.cells[0]].1.settings;
        group.question = question(settings, &group.module.workspace(), &packages);
        group
    };
    groups.into_iter().map(complete).collect()
}

/// What a kept answer is kept under.
struct Asked<'a> {
    root: &'a Utf8Path,
    question: &'a Question,
    tool: &'a Tool,
}

impl Canonical for Asked<'_> {
    fn walk(&self, out: &mut Fields<'_>) {
        out.list("argv", self.question.argv.iter().map(xbuild_builder::Word::keyed));
        out.group("env", |out| {
            for (name, entry) in &self.question.env {
                out.text(name, entry.value.keyed());
            }
        });
        // An answer names folders by their whole path, so a copy of the project elsewhere asks for itself.
        out.text("root", self.root.as_str());
        out.text("cwd", self.question.cwd.as_ref().map_or(".", |cwd| cwd.as_str()));
        out.text("tool", self.tool.digest.to_hex());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_answer_survives_writing_and_reading() {
        let listing = Listing::parse(br#"{"ImportPath":"m/a","Dir":"/p/a","Match":["./a"],"GoFiles":["a.go"]}"#);
        let kept = vec![Kept { watches: Vec::new(), listing: listing.expect("JSON") }];
        let bytes = serde_json::to_vec(&kept).expect("writes");
        let back: Vec<Kept> = serde_json::from_slice(&bytes).expect("reads");
        assert_eq!(back[0].listing, kept[0].listing);
    }
}
