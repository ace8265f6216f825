//! Go cells: from settings to recipes, and from `go list` to input trees.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use xbuild_builder::go::{GoSettings, Listing, Question, question, recipe};
use xbuild_builder::{Place, Places, Recipe};
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Key, Tree};
use xbuild_plan::{Order, Reason};
use xbuild_store::StoreError;
use xbuild_toolchain::{ModuleRequest, fetch_modules};

use crate::GoFolders;
use crate::ask::ask;
use crate::fault::{Failed, Fault, Said, told, unsupported};
use crate::inputs::{InputError, Source, no_input};
use crate::module::GoModule;
use crate::overlay::Overlay;
use crate::session::Session;
use crate::sources::Inputs;
use crate::tools::{Tool, Tools};
use crate::watch::{Look, Watch};

/// A cell that `go build` makes.
#[derive(Debug)]
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
    /// What dependencies bring: it is listed as if it lay in the project.
    borrowed: &'a Tree,
    cells: Vec<usize>,
}

/// A cell to be listed, and what its dependencies bring.
pub(crate) struct Listed<'a> {
    pub(crate) cell: &'a GoCell,
    pub(crate) borrowed: &'a Tree,
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
    pub(crate) fn go_cell(&self, order: &Order<'_>, more_inputs: Vec<String>) -> Result<GoCell, Reason> {
        let settings = xbuild_plan::go::settings(order)?;
        let module = GoModule::find(self.root, settings.cwd.as_ref());
        let recipe = recipe(&settings, &module.workspace());
        Ok(GoCell { settings, recipe, module, more_inputs })
    }

    /// The inputs of each cell, in order; every question is asked once for all cells that share it.
    pub(crate) fn go_inputs(
        &self,
        cells: &[Listed<'_>],
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
                        inputs[*cell] = self.inputs(&cells[*cell], &listing).map_err(|failed| told(*failed, faults));
                    }
                }
                Err(failed) => {
                    let reason = told(*failed, faults);
                    for cell in &group.cells {
                        inputs[*cell] = Err(reason.clone());
                    }
                }
            }
        }
        inputs
    }

    fn inputs(&self, listed: &Listed<'_>, listing: &Listing) -> Result<GoInputs, Failed> {
        let cell = listed.cell;
        let package = &cell.settings.package;
        let failed = |error| no_input(self.root, package, error);
        let main = listing.matching(package);
        let main = main.ok_or_else(|| unsupported(package, "`go list` does not know it".into()))?;
        let module_cache = self.go_folders().modules();
        let borrowed = listed.borrowed;
        let source = Source { root: self.root, module_cache: &module_cache, digests: self.store.files(), borrowed };
        let mut tree = source.tree(&cell.module, listing, main).map_err(failed)?;
        for (path, entry) in self.tree(&Inputs::named(cell.more_inputs.clone()))?.iter() {
            tree.insert(path.clone(), entry.clone()).map_err(|error| unsupported(package, error.to_string()))?;
        }
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
        let asked = Asked { root: self.root, question: &group.question, tool, borrowed: group.borrowed };
        let key = canonical::key("xbuild go list 2", &asked);
        let mut kept = self.kept(key);
        if let Some(found) = kept.iter().position(|kept| look.holds(&kept.watches)) {
            return Ok(kept.swap_remove(found).listing);
        }
        let listing = self.ask_go(group, tool, tools).map_err(|fault| {
            if let Some(unreadable) = self.unreadable(group.module) {
                return no_input(self.root, "", unreadable);
            }
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

    /// A file of the module that may not be read: then no question about it can be answered.
    fn unreadable(&self, module: &GoModule) -> Option<InputError> {
        let unreadable = |file: &Utf8PathBuf| {
            let path = self.root.join(file);
            let source = self
                .store
                .files()
                .digest(&path)
                .err()
                .filter(|error| matches!(error, StoreError::Permission { .. }))?;
            Some(InputError::Read { path, source })
        };
        module.files.iter().find_map(unreadable)
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

    fn ask_go(&self, group: &Group<'_>, tool: &Tool, tools: &Tools) -> Result<Listing, Fault> {
        self.fetch(group.module, tool)?;
        let folder =
            group.question.cwd.as_ref().map_or_else(|| self.root.to_owned(), |cwd| self.root.join(cwd.as_str()));
        let failed = |said: String| Fault::Question {
            packages: group.question.packages.join(" "),
            folder: folder.to_string(),
            said: Said(said),
        };
        let places = self.question_places(group, tool, tools).map_err(|error| failed(error.to_string()))?;
        let overlay = Overlay::new(self, group.borrowed).map_err(|error| failed(error.to_string()))?;
        let mut question = group.question.clone();
        question.argv.splice(2..2, overlay.iter().map(Overlay::flag));
        let answer = ask(&question, &places, &folder).map_err(|error| failed(error.to_string()))?;
        if !answer.success {
            return Err(failed(answer.stderr));
        }
        Listing::parse(&answer.stdout).map_err(|error| failed(error.to_string()))
    }

    fn question_places(&self, group: &Group<'_>, tool: &Tool, tools: &Tools) -> std::io::Result<Places> {
        let folders = self.go_folders();
        let home = folders.home();
        GoFolders::prepare_home(&home)?;
        let tmp = home.join("tmp");
        std::fs::create_dir_all(&tmp)?;
        let build = folders.build(tool.digest, &group.question.env);
        let mut places = tools.places();
        places.extend([
            (Place::Src, self.root.to_string()),
            (Place::Home, home.to_string()),
            (Place::Tmp, tmp.to_string()),
            (Place::Cache("go-build".into()), build.to_string()),
            (Place::Cache("go-mod".into()), folders.modules().to_string()),
        ]);
        Ok(places)
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

type Answered = Result<Listing, Failed>;

/// Cells by question: everything equal but the package.
fn groups<'a>(cells: &[Listed<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<(Group<'a>, BTreeSet<String>)> = Vec::new();
    for (index, Listed { cell, borrowed }) in cells.iter().enumerate() {
        let asked = question(&cell.settings, &cell.module.workspace(), &[]);
        let known = groups.iter_mut().find(|(group, _)| group.question == asked && group.borrowed == *borrowed);
        let package = cell.settings.package.clone();
        match known {
            Some((group, packages)) => {
                group.cells.push(index);
                packages.insert(package);
            }
            None => {
                let toolchain = &cell.settings.toolchain;
                let group = Group { question: asked, module: &cell.module, toolchain, borrowed, cells: vec![index] };
                groups.push((group, BTreeSet::from([package])));
            }
        }
    }
    let complete = |(mut group, packages): (Group<'a>, BTreeSet<String>)| {
        let packages: Vec<String> = packages.into_iter().collect();
        let settings = &cells[group.cells[0]].cell.settings;
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
    borrowed: &'a Tree,
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
        out.group("borrowed", |out| self.borrowed.walk(out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_may_not_be_read_is_a_fault_of_the_machine_said_once() {
        let mut faults = Vec::new();
        for _ in 0..2 {
            let path = Utf8PathBuf::from("/p/lib/a.go");
            let source = StoreError::new("open", &path, std::io::ErrorKind::PermissionDenied.into());
            let failed = no_input("/p".into(), "./cmd", InputError::Read { path, source });
            let reason = told(*failed, &mut faults);
            assert_eq!((reason.kind().as_str(), reason.what()), ("input_unreadable", Some("lib/a.go")));
        }
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!(fault.to_string(), "no permission to open `/p/lib/a.go`");
        assert!(fault.is_environment());
    }

    #[test]
    fn a_package_outside_the_project_is_no_fault_of_the_machine() {
        let outside = InputError::Outside { package: "n".into(), folder: "/n".into() };
        let (reason, fault) = *no_input("/p".into(), "./cmd", outside);
        assert_eq!((reason.kind().as_str(), fault.is_none()), ("unsupported", true));
    }

    #[test]
    fn a_kept_answer_survives_writing_and_reading() {
        let listing = Listing::parse(br#"{"ImportPath":"m/a","Dir":"/p/a","Match":["./a"],"GoFiles":["a.go"]}"#);
        let kept = vec![Kept { watches: Vec::new(), listing: listing.expect("JSON") }];
        let bytes = serde_json::to_vec(&kept).expect("writes");
        let back: Vec<Kept> = serde_json::from_slice(&bytes).expect("reads");
        assert_eq!(back[0].listing, kept[0].listing);
    }
}
