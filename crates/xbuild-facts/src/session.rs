//! One run's view of the machine, and the way from selected cells to a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use camino::Utf8Path;
use xbuild_builder::{Action, ExecProperties, Recipe};
use xbuild_model::Project;
use xbuild_plan::matrix::{CellRef, Matrix, Resolved, Resolver};
use xbuild_plan::{Cell, Plan, PlannedCell, Reason, judge, outline, with_dependencies};
use xbuild_platform::HostPlatform;
use xbuild_store::Store;
use xbuild_toolchain::{Environment, Pin, Progress};

use crate::fault::Fault;
use crate::go::GoCell;
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
}

impl Session<'_> {
    /// The plan for some cells and for what they depend on.
    pub fn plan<'m>(&self, matrix: &'m Matrix<'m>, selected: &[CellRef<'m>]) -> Gathered {
        let mut resolver = Resolver::new(matrix);
        let cells = with_dependencies(matrix, &mut resolver, selected);
        let mut gathered = Gathered::default();
        let stamps = commit::stamps(self.project, self.root, self.environment.get("PATH"));
        let mut go_cells = Vec::new();
        for (cell, resolved) in &cells {
            let mut planned = outline(*cell, resolved);
            match self.go_cell(*cell, resolved, &planned, &stamps) {
                Ok(go) => {
                    planned.recipe = Some(go.recipe.clone());
                    gathered.modules.insert(planned.identity.id.clone(), go.module.clone());
                    go_cells.push((gathered.plan.cells.len(), go));
                }
                Err(reason) => planned.why.push(reason),
            }
            gathered.plan.cells.push(planned);
        }
        self.complete(&cells, &go_cells, &mut gathered);
        gathered
    }

    /// Finds tools, asks for inputs, and judges.
    fn complete(&self, cells: &[Cell<'_>], go_cells: &[(usize, GoCell)], gathered: &mut Gathered) {
        let names: BTreeSet<&str> =
            go_cells.iter().flat_map(|(_, go)| go.recipe.tools.iter().map(String::as_str)).collect();
        gathered.tools = self.tools(names, &mut gathered.faults);
        let look = Look::new(self.root, self.store.files());
        let inputs = self.go_inputs(go_cells, &gathered.tools, &look, &mut gathered.faults);
        for ((index, go), inputs) in go_cells.iter().zip(inputs) {
            let planned = &mut gathered.plan.cells[*index];
            let action = inputs.and_then(|inputs| {
                planned.import_path = inputs.import_path;
                self.action(&cells[*index].1, &go.recipe, inputs.tree, &gathered.tools, &mut gathered.faults)
            });
            match action {
                Ok(action) => self.judge(planned, action),
                Err(reason) => planned.why.push(reason),
            }
        }
    }

    fn action(
        &self,
        resolved: &Resolved<'_>,
        recipe: &Recipe,
        inputs: xbuild_content::Tree,
        tools: &Tools,
        faults: &mut Vec<Fault>,
    ) -> Result<Action, Reason> {
        let mut identities = BTreeMap::new();
        for name in &recipe.tools {
            let missing = |detail| Reason::ToolMissing { what: name.clone(), detail };
            let tool = tools.get(name).map_err(missing)?;
            let identity = xbuild_builder::Tool { version: tool.version.clone(), digest: tool.digest };
            identities.insert(name.clone(), identity);
        }
        let mut recipe = recipe.clone();
        self.pass_env(resolved, &mut recipe, faults);
        let unavailable = |fault: Fault| Reason::Unsupported { what: "env-secret".into(), detail: fault.to_string() };
        let secrets = self.secrets(resolved, faults).map_err(unavailable)?;
        let exec = ExecProperties { platform: self.host };
        Ok(Action { recipe, secrets, inputs, tools: identities, exec, timeout_seconds: None })
    }

    fn judge(&self, planned: &mut PlannedCell, action: Action) {
        let key = action.key();
        let history = self.history(&planned.identity.id, key);
        (planned.verdict, planned.why) = judge(&action, key, &history);
        planned.recipe = Some(action.recipe.clone());
        planned.key = Some(key);
        planned.action = Some(action);
    }

    /// Brings the modules that the actions of some cells need; a fault for each module that cannot be had.
    pub fn bring_modules(&self, gathered: &Gathered, cells: &BTreeSet<&str>) -> Vec<Fault> {
        let modules: BTreeSet<(&GoModule, &str)> = gathered
            .plan
            .cells
            .iter()
            .filter(|cell| cells.contains(cell.identity.id.as_str()))
            .filter_map(|cell| {
                let tool = cell.action.as_ref()?.recipe.tools.first()?;
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
