//! One run's view of the machine, and the way from selected cells to a plan.
//!
//! Cells are planned in the order of their dependencies: what a cell needs of another one is known when that one is
//! cached, and then enters its key. Where it is not, the cell waits, and [`Session::resume`] plans it by the same function
//! once it is built.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Action, ExecProperties, Place};
use xbuild_content::{Hash, Tree};
use xbuild_model::Project;
use xbuild_plan::matrix::{CellRef, Matrix, Resolver};
use xbuild_plan::{Need, Plan, PlannedCell, Reason, Verdict, judge, outline, with_dependencies};
use xbuild_platform::HostPlatform;
use xbuild_store::{ActionCache as _, Store};
use xbuild_toolchain::{Environment, Pin, Progress};

use crate::borrowed::{Outputs, lay_out};
use crate::draft::{Draft, Files};
use crate::fault::{Fault, told};
use crate::go::Listed;
use crate::module::GoModule;
use crate::tools::Tools;
use crate::watch::Look;
use crate::{GoFolders, commit};

/// What the user allows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// The network is out of bounds.
    pub offline: bool,
    /// Cached results are not read.
    pub no_cache: bool,
    /// How many processors there are.
    pub processors: usize,
}

/// Everything that a plan is made from.
pub struct Session<'a> {
    /// The project's folder: absolute, links resolved.
    pub root: &'a Utf8Path,
    /// The project.
    pub project: &'a Project,
    /// The cache.
    pub store: &'a Store,
    /// The user's environment.
    pub environment: &'a Environment,
    /// The platform of this machine.
    pub host: HostPlatform,
    /// What the lock knows of toolchains, by `NAME@VERSION`.
    pub pins: BTreeMap<String, Pin>,
    /// Where artifacts go: no source, wherever it is.
    pub out: Utf8PathBuf,
    /// What the user allows.
    pub settings: Settings,
    /// Where steps that take long are told.
    pub progress: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl std::fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("root", &self.root).field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A plan and what it was made from.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The plan.
    pub plan: Plan,
    /// The toolchains.
    pub tools: Tools,
    /// The Go modules whose dependencies the actions need, by cell.
    pub modules: BTreeMap<String, GoModule>,
    /// What could not be had.
    pub faults: Vec<Fault>,
    /// How far each cell came without its tools and dependencies.
    pub(crate) drafts: BTreeMap<String, Draft>,
    /// The digests of sysroots, by folder.
    pub(crate) sysroots: BTreeMap<Utf8PathBuf, Hash>,
}

/// A cell whose action can be made: everything that it needs is known.
struct Ready<'g> {
    cell: &'g PlannedCell,
    draft: &'g Draft,
    borrowed: Tree,
}

/// An action, and the import path of a Go main.
type Made = Result<(Action, Option<String>), Reason>;

impl Session<'_> {
    /// The plan for some cells and for what they depend on.
    pub fn plan<'m>(&self, matrix: &'m Matrix<'m>, selected: &[CellRef<'m>]) -> Gathered {
        let mut resolver = Resolver::new(matrix);
        let cells = with_dependencies(matrix, &mut resolver, selected);
        let mut gathered = Gathered::default();
        let stamps = commit::stamps(self.project, self.root, self.environment.get("PATH"));
        for (cell, resolved) in &cells {
            let mut planned = outline(matrix, *cell, resolved);
            planned.smoke = xbuild_plan::smoke(*cell, resolved, &stamps);
            match self.draft(*cell, resolved, &planned, &stamps, &mut gathered.faults) {
                Ok(draft) => gathered.start(&mut planned, draft),
                Err(reason) => planned.why.push(reason),
            }
            gathered.plan.cells.push(planned);
        }
        let names: BTreeSet<&str> =
            gathered.drafts.values().flat_map(|draft| draft.recipe.tools.iter().map(String::as_str)).collect();
        gathered.tools = self.tools(names, &mut gathered.faults);
        self.find_sysroots(&mut gathered);
        self.complete(&mut gathered);
        gathered
    }

    /// Judges cell after cell, those first whose needs are known. A cell of this loop is judged once: its needs stand before
    /// it in the plan.
    fn complete(&self, gathered: &mut Gathered) {
        let look = Look::new(self.root, self.store.files());
        let mut known = Outputs::new();
        let mut open: Vec<usize> = (0..gathered.plan.cells.len()).collect();
        while !open.is_empty() {
            let waiting: BTreeSet<&str> =
                open.iter().map(|index| gathered.plan.cells[*index].identity.id.as_str()).collect();
            let is_next = |index: &usize| {
                gathered.plan.cells[*index].needs.iter().all(|need| !waiting.contains(need.cell.as_str()))
            };
            let (now, later): (Vec<usize>, Vec<usize>) = open.iter().copied().partition(is_next);
            if now.is_empty() {
                break;
            }
            self.complete_some(gathered, &now, &mut known, &look);
            open = later;
        }
    }

    fn complete_some(&self, gathered: &mut Gathered, now: &[usize], known: &mut Outputs, look: &Look<'_>) {
        let mut ready = Vec::new();
        let mut indices = Vec::new();
        let mut lacking = Vec::new();
        for &index in now {
            let cell = &gathered.plan.cells[index];
            let Some(draft) = gathered.drafts.get(&cell.identity.id) else { continue };
            match gathered.needed(draft, &cell.needs, known) {
                Ok(borrowed) => {
                    ready.push(Ready { cell, draft, borrowed });
                    indices.push(index);
                }
                Err(reasons) => lacking.push((index, reasons)),
            }
        }
        let (made, faults) = self.actions(&ready, gathered, look);
        drop(ready);
        gathered.faults.extend(faults);
        for (index, reasons) in lacking {
            gathered.plan.cells[index].why.extend(reasons);
        }
        for (index, made) in indices.into_iter().zip(made) {
            let cell = &mut gathered.plan.cells[index];
            self.judge(cell, made);
            let outputs = cell.key.filter(|_| cell.verdict == Verdict::Cached).and_then(|key| self.outputs(key));
            known.extend(outputs.map(|outputs| (cell.identity.id.clone(), outputs)));
        }
    }

    /// The same cell, now that the outputs of everything that it needs are known.
    pub fn resume(&self, gathered: &Gathered, cell: &PlannedCell, known: &Outputs) -> PlannedCell {
        let mut cell = PlannedCell { why: Vec::new(), ..cell.clone() };
        let Some(draft) = gathered.drafts.get(&cell.identity.id) else { return cell };
        match gathered.needed(draft, &cell.needs, known) {
            Ok(borrowed) => {
                let look = Look::new(self.root, self.store.files());
                let (made, faults) = self.actions(&[Ready { cell: &cell, draft, borrowed }], gathered, &look);
                let told = faults
                    .iter()
                    .map(|fault| Reason::QuestionFailed { what: cell.identity.target.clone(), detail: words(fault) });
                let told: Vec<Reason> = told.collect();
                for made in made {
                    self.judge(&mut cell, made);
                }
                if cell.action.is_none() && !told.is_empty() {
                    cell.why = told;
                }
            }
            Err(reasons) => cell.why.extend(reasons),
        }
        cell
    }

    /// The actions of cells that lack nothing, in order, and what went wrong on the way.
    fn actions(&self, ready: &[Ready<'_>], gathered: &Gathered, look: &Look<'_>) -> (Vec<Made>, Vec<Fault>) {
        let mut faults = Vec::new();
        let listed: Vec<Listed<'_>> = ready
            .iter()
            .filter_map(|ready| match &ready.draft.files {
                Files::Go(cell) => Some(Listed { cell, borrowed: &ready.borrowed }),
                Files::Named(_) => None,
            })
            .collect();
        let mut listings = self.go_inputs(&listed, &gathered.tools, look, &mut faults).into_iter();
        let made = ready.iter().map(|ready| {
            let (tree, import_path) = match &ready.draft.files {
                Files::Go(_) => {
                    let lost = || Err(Reason::QuestionFailed { what: "go list".into(), detail: "not asked".into() });
                    let inputs = listings.next().unwrap_or_else(lost)?;
                    (inputs.tree, inputs.import_path)
                }
                Files::Named(inputs) => (self.tree(inputs).map_err(|failed| told(*failed, &mut faults))?, None),
            };
            Ok((self.action(ready, tree, gathered)?, import_path))
        });
        let made = made.collect();
        (made, faults)
    }

    fn action(&self, ready: &Ready<'_>, mut inputs: Tree, gathered: &Gathered) -> Result<Action, Reason> {
        self.join(&mut inputs, &ready.borrowed, &ready.cell.needs)?;
        let draft = ready.draft;
        let mut tools = BTreeMap::new();
        for name in &draft.recipe.tools {
            let missing = |detail| Reason::ToolMissing { what: name.clone(), detail };
            let tool = gathered.tools.get(name).map_err(missing)?;
            let identity = xbuild_builder::Tool { version: tool.version.clone(), digest: tool.digest };
            tools.insert(name.clone(), identity);
        }
        let sysroot = draft.sysroot.iter();
        let sysroots = sysroot.filter_map(|(name, folder)| Some((name.clone(), *gathered.sysroots.get(folder)?)));
        Ok(Action {
            recipe: draft.recipe.clone(),
            secrets: draft.secrets.clone(),
            inputs,
            borrowed: ready.borrowed.iter().map(|(path, _)| path.clone()).collect(),
            sysroots: sysroots.collect(),
            tools,
            exec: ExecProperties { platform: self.host },
            timeout_seconds: None,
        })
    }

    fn judge(&self, planned: &mut PlannedCell, made: Made) {
        let (action, import_path) = match made {
            Ok(made) => made,
            Err(reason) => return planned.why.push(reason),
        };
        let key = action.key();
        let history = self.history(&planned.identity.id, key);
        (planned.verdict, planned.why) = judge(&action, key, &history);
        planned.recipe = Some(action.recipe.clone());
        planned.key = Some(key);
        planned.action = Some(action);
        planned.import_path = import_path;
    }

    /// What a record says that an action made.
    fn outputs(&self, key: xbuild_builder::ActionKey) -> Option<Tree> {
        self.store.record(key).ok()?.map(|record| record.outputs)
    }

    /// Reads the sysroots that cells use, each once.
    fn find_sysroots(&self, gathered: &mut Gathered) {
        let used: BTreeSet<(String, Utf8PathBuf)> =
            gathered.drafts.values().filter_map(|draft| draft.sysroot.clone()).collect();
        for (name, folder) in used {
            match self.folder_digest(&folder, None) {
                Some(digest) => drop(gathered.sysroots.insert(folder, digest)),
                None => gathered.faults.push(Fault::Sysroot { name, path: folder.into_string() }),
            }
        }
    }

    /// Brings the modules that the actions of some cells need; a fault for each module that cannot be had.
    pub fn bring_modules(&self, gathered: &Gathered, cells: &BTreeSet<&str>) -> Vec<Fault> {
        let modules: BTreeSet<(&GoModule, &str)> = gathered
            .plan
            .cells
            .iter()
            .filter(|cell| cells.contains(cell.identity.id.as_str()))
            .filter_map(|cell| {
                let tool = cell.recipe.as_ref()?.tools.first()?;
                Some((gathered.modules.get(&cell.identity.id)?, tool.as_str()))
            })
            .collect();
        modules
            .into_iter()
            .filter_map(|(module, tool)| self.fetch(module, gathered.tools.get(tool).ok()?).err())
            .collect()
    }

    /// Go's folders in this run's cache.
    pub fn go_folders(&self) -> GoFolders {
        GoFolders::below(self.store.root())
    }
}

impl Gathered {
    fn start(&mut self, planned: &mut PlannedCell, draft: Draft) {
        let id = planned.identity.id.clone();
        planned.recipe = Some(draft.recipe.clone());
        let sysroot = draft.sysroot.iter();
        planned.places.extend(sysroot.map(|(name, folder)| (Place::Sysroot(name.clone()), folder.to_string())));
        if let Files::Go(go) = &draft.files {
            self.modules.insert(id.clone(), go.module.clone());
        }
        self.drafts.insert(id, draft);
    }

    /// The names of all variables whose values are secret.
    pub fn secrets(&self) -> BTreeSet<&str> {
        self.drafts.values().flat_map(|draft| draft.secrets.keys().map(String::as_str)).collect()
    }

    /// What the dependencies of a cell bring; every tool and sysroot that is not there, and every cell that it waits for.
    fn needed(&self, draft: &Draft, needs: &[Need], known: &Outputs) -> Result<Tree, Vec<Reason>> {
        let lacks = self.lacks(draft);
        match lay_out(needs, known) {
            Ok(tree) if lacks.is_empty() => Ok(tree),
            Ok(_) => Err(lacks),
            Err(reasons) => Err(lacks.into_iter().chain(reasons).collect()),
        }
    }

    fn lacks(&self, draft: &Draft) -> Vec<Reason> {
        let tools = draft.recipe.tools.iter().filter_map(|name| {
            let detail = self.tools.get(name).err()?;
            Some(Reason::ToolMissing { what: name.clone(), detail })
        });
        let sysroot = draft.sysroot.iter().filter(|(_, folder)| !self.sysroots.contains_key(folder));
        let sysroot = sysroot.map(|(name, folder)| Reason::ToolMissing {
            what: format!("sysroot of {name}"),
            detail: format!("it is not at `{folder}`"),
        });
        tools.chain(sysroot).collect()
    }
}

/// What a fault says, and what its cause said.
fn words(fault: &Fault) -> String {
    let cause = std::error::Error::source(fault).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{fault}{cause}")
}
