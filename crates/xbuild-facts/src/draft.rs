//! A cell on the way to its action: everything that its settings and the project's files tell, before tools and dependencies.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use xbuild_builder::{Place, Recipe, SecretValue, c, cargo, command, zig};
use xbuild_content::RelPath;
use xbuild_model::BuilderKind;
use xbuild_plan::matrix::{CellRef, Resolved};
use xbuild_plan::{Order, PlannedCell, Reason, Stamps};

use crate::fault::Fault;
use crate::go::GoCell;
use crate::session::Session;
use crate::sources::Inputs;

/// What an action is made of besides its inputs' bytes, its tools and its dependencies' outputs.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) recipe: Recipe,
    pub(crate) secrets: BTreeMap<String, SecretValue>,
    pub(crate) files: Files,
    /// The toolchain of a sysroot, and the sysroot's folder.
    pub(crate) sysroot: Option<(String, Utf8PathBuf)>,
}

/// How the input files are found.
#[derive(Debug)]
pub(crate) enum Files {
    /// `go list` is asked.
    Go(Box<GoCell>),
    /// By their names.
    Named(Inputs),
}

impl Session<'_> {
    /// The draft of a cell.
    pub(crate) fn draft(
        &self,
        cell: CellRef<'_>,
        resolved: &Resolved<'_>,
        planned: &PlannedCell,
        stamps: &Stamps,
        faults: &mut Vec<Fault>,
    ) -> Result<Draft, Reason> {
        let (mut recipe, files) = self.recipe(cell, resolved, planned, stamps)?;
        self.pass_env(resolved, &mut recipe, faults);
        let unavailable = |fault: Fault| Reason::Unsupported { what: "env-secret".into(), detail: fault.to_string() };
        let secrets = self.secrets(resolved, faults).map_err(unavailable)?;
        let sysroot = xbuild_plan::sysroot(resolved).map(|(name, folder)| (name, self.root.join(folder)));
        let used = sysroot.filter(|(name, _)| uses_sysroot(&recipe, name));
        Ok(Draft { recipe, secrets, files, sysroot: used })
    }

    /// One arm for each builder.
    fn recipe(
        &self,
        cell: CellRef<'_>,
        resolved: &Resolved<'_>,
        planned: &PlannedCell,
        stamps: &Stamps,
    ) -> Result<(Recipe, Files), Reason> {
        let project = self.project;
        let nothing =
            || Reason::Unsupported { what: planned.builder.as_str().into(), detail: "it makes no file".into() };
        let output = || planned.artifacts.first().map(|artifact| &artifact.output).ok_or_else(nothing);
        let order = || Ok(Order { project, cell, resolved, output: output()?, stamps });
        let globs = xbuild_plan::inputs(cell, resolved, stamps)?;
        Ok(match planned.builder {
            BuilderKind::Go => {
                let go = self.go_cell(&order()?, globs)?;
                (go.recipe.clone(), Files::Go(Box::new(go)))
            }
            BuilderKind::Command => {
                let settings = xbuild_plan::command::settings(cell, resolved, &planned.artifacts, stamps)?;
                (command::recipe(&settings), Files::Named(Inputs::named(globs)))
            }
            BuilderKind::C => {
                let settings = xbuild_plan::c::settings(&order()?)?;
                let sources = xbuild_plan::c::sources(cell, resolved, stamps)?;
                let found = self.matching(&sources);
                // Where a glob matches nothing the command shows the glob; the reason says so.
                let shown = found.unwrap_or_else(|_| paths(&sources));
                (c::recipe(&settings, &shown), Files::Named(Inputs::of_c(sources, globs)))
            }
            BuilderKind::Zig => {
                let settings = xbuild_plan::zig::settings(&order()?)?;
                let inputs = Inputs::of_zig(&settings.source, globs);
                (zig::recipe(&settings), Files::Named(inputs))
            }
            BuilderKind::Cargo => {
                let settings = xbuild_plan::cargo::settings(&order()?)?;
                (cargo::recipe(&settings), Files::Named(Inputs::of_cargo(globs)))
            }
        })
    }
}

fn paths(globs: &[String]) -> Vec<RelPath> {
    globs.iter().filter_map(|glob| RelPath::new(glob).ok()).collect()
}

/// A `cc` that the builder does not use brings no sysroot.
fn uses_sysroot(recipe: &Recipe, name: &str) -> bool {
    let place = Place::Sysroot(name.to_owned());
    let words = recipe.argv.iter().chain(recipe.env.values().map(|entry| &entry.value));
    words.into_iter().any(|word| word.names(&place))
}
