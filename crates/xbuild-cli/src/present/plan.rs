//! A planned cell in JSON, and the words for a plan that the table and the graph share.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use xbuild_builder::{EnvEntry, EnvSource, Recipe, Word};
use xbuild_facts::Tools;
use xbuild_plan::{PlannedCell, Reason, Verdict};

use crate::present::cell::{Places, identity};

/// How many reasons a line shows before it says how many more there are.
const REASONS: usize = 3;

/// What a planned cell is shown with.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) places: &'a Places<'a>,
    /// The output folder.
    pub(crate) out: &'a str,
}

impl View<'_> {
    /// The fields of the contract, and those added to it.
    pub(crate) fn document(&self, cell: &PlannedCell) -> Map<String, Value> {
        let mut fields = identity(&cell.identity, self.places);
        let recipe = cell.recipe.as_ref();
        let inputs = cell.action.as_ref().map(|action| {
            json!({ "digest": action.inputs.key().to_string(), "files": action.inputs.len(), "bytes": action.inputs.bytes() })
        });
        let more = [
            ("builder", json!(cell.builder.as_str())),
            ("key", json!(cell.key.map(|key| key.to_string()))),
            ("env", json!(recipe.map(|recipe| self.environment(cell, recipe)))),
            ("env_sources", json!(recipe.map(|recipe| self.sources(recipe)))),
            ("secret_env", json!(secrets(cell))),
            ("argv", json!(recipe.map(|recipe| self.argv(cell, recipe)))),
            ("argv_template", json!(recipe.map(|recipe| words(&recipe.argv, Word::template)))),
            ("toolchain", self.toolchains(cell)),
            ("inputs", json!(inputs)),
            ("outputs", json!(self.outputs(cell))),
            ("needs", json!(cell.needs.iter().map(|need| &need.cell).collect::<Vec<_>>())),
            ("verdict", json!(cell.verdict.as_str())),
            ("why", json!(cell.why.iter().map(reason).collect::<Vec<Value>>())),
        ];
        fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
        fields
    }

    /// The command as it would be started here.
    pub(crate) fn argv(&self, cell: &PlannedCell, recipe: &Recipe) -> Vec<String> {
        let shown = self.shown(cell);
        words(&recipe.argv, |word| word.expand(&shown))
    }

    /// Where the artifacts would be.
    pub(crate) fn outputs(&self, cell: &PlannedCell) -> Vec<String> {
        cell.artifacts.iter().map(|artifact| format!("{}/{}", self.out, artifact.path)).collect()
    }

    /// The places of this machine that the words of a cell name.
    fn shown(&self, cell: &PlannedCell) -> xbuild_builder::Places {
        let mut shown = self.tools.places();
        shown.extend(cell.places.clone());
        shown
    }

    fn environment(&self, cell: &PlannedCell, recipe: &Recipe) -> BTreeMap<String, String> {
        let shown = self.shown(cell);
        recipe.env.iter().map(|(name, entry)| (name.clone(), entry.value.expand(&shown))).collect()
    }

    /// Who decided each variable, and where the file says it.
    fn sources(&self, recipe: &Recipe) -> Map<String, Value> {
        let source = |entry: &EnvEntry| {
            let origin = match &entry.source {
                EnvSource::File(origin) | EnvSource::Passed(origin) => self.places.json(*origin),
                EnvSource::Policy | EnvSource::Platform | EnvSource::Builder => Value::Null,
            };
            json!({ "by": entry.source.as_str(), "origin": origin })
        };
        recipe.env.iter().map(|(name, entry)| (name.clone(), source(entry))).collect()
    }

    /// The environment for people: name, value, and who decided it where.
    pub(crate) fn variables(&self, cell: &PlannedCell) -> Vec<[String; 3]> {
        let shown = self.shown(cell);
        let platform = cell.identity.platform_origin.map(|origin| self.places.text(origin));
        let from = |source: &EnvSource| match source {
            EnvSource::File(origin) | EnvSource::Passed(origin) => {
                format!("{}, {}", source.as_str(), self.places.text(*origin))
            }
            EnvSource::Platform => {
                source.as_str().to_owned() + &platform.iter().map(|at| format!(", {at}")).collect::<String>()
            }
            EnvSource::Policy | EnvSource::Builder => source.as_str().to_owned(),
        };
        let open = cell.recipe.iter().flat_map(|recipe| &recipe.env);
        let open = open.map(|(name, entry)| [name.clone(), entry.value.expand(&shown), from(&entry.source)]);
        open.chain(secrets(cell).into_iter().map(|name| [name, "(secret)".into(), "passed".into()])).collect()
    }

    fn toolchains(&self, cell: &PlannedCell) -> Value {
        let names = cell.recipe.iter().flat_map(|recipe| &recipe.tools);
        let tool = |name: &String| {
            let tool = self.tools.get(name).ok()?;
            let digest = format!("blake3:{}", tool.digest);
            Some((name.clone(), json!({ "version": tool.version, "digest": digest, "path": tool.program })))
        };
        Value::Object(names.filter_map(tool).collect())
    }
}

/// The names of secret variables; their values are nobody's business.
fn secrets(cell: &PlannedCell) -> Vec<String> {
    cell.action.iter().flat_map(|action| action.secrets.keys().cloned()).collect()
}

fn words(argv: &[Word], text: impl Fn(&Word) -> String) -> Vec<String> {
    argv.iter().map(text).collect()
}

/// A reason in JSON.
pub(crate) fn reason(reason: &Reason) -> Value {
    let (old, new) = reason.values();
    json!({ "kind": reason.kind(), "what": reason.what(), "old": old, "new": new })
}

/// The first reasons in one line.
pub(crate) fn sentence(why: &[Reason]) -> String {
    let shown: Vec<String> = why.iter().take(REASONS).map(Reason::sentence).collect();
    let more = why.len().saturating_sub(REASONS);
    if more > 0 { format!("{}, and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// How many cells have each verdict, in JSON.
pub(crate) fn totals(cells: &[PlannedCell]) -> Value {
    let count = |verdict| cells.iter().filter(|cell| cell.verdict == verdict).count();
    json!({
        "cells": cells.len(),
        "build": count(Verdict::Build),
        "cached": count(Verdict::Cached),
        "unknown": count(Verdict::Unknown),
    })
}

/// The same for people: `9 to build, 3 cached`.
pub(crate) fn summary<'c>(cells: impl Iterator<Item = &'c PlannedCell>) -> String {
    let verdicts: Vec<Verdict> = cells.map(|cell| cell.verdict).collect();
    let count = |verdict| verdicts.iter().filter(|other| **other == verdict).count();
    let parts = [(Verdict::Build, "to build"), (Verdict::Cached, "cached"), (Verdict::Unknown, "unknown")];
    let parts = parts.into_iter().map(|(verdict, words)| (count(verdict), words)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, words)| format!("{number} {words}")).collect();
    parts.join(", ")
}
