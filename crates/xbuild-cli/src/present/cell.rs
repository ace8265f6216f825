//! A cell in JSON: the fields that `matrix`, `plan`, `why` and `build` share.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use xbuild_kdl::Lines;
use xbuild_model::Origin;
use xbuild_plan::matrix::Point;
use xbuild_plan::{Identity, PlannedCell};

use crate::diagnostics::Source;

/// Turns origins into places.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    name: &'a str,
    lines: Lines,
}

/// Where something is written, as documents have it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Places<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { name: &source.name, lines: Lines::new(&source.text) }
    }

    /// The place of an origin.
    pub(crate) fn place(&self, origin: Origin) -> Place<'a> {
        let (line, column) = self.lines.line_column(origin.offset);
        Place { file: self.name, line, column }
    }

    /// The same as a value.
    pub(crate) fn json(&self, origin: Origin) -> Value {
        json!(self.place(origin))
    }

    /// `xbuild.kdl:6:14`.
    pub(crate) fn text(&self, origin: Origin) -> String {
        let (line, column) = self.lines.line_column(origin.offset);
        format!("{}:{line}:{column}", self.name)
    }
}

/// `id` to `origin`.
pub(crate) fn identity(identity: &Identity, places: &Places<'_>) -> Map<String, Value> {
    let axes: Map<String, Value> = identity.axes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let fields = [
        ("id", json!(identity.id)),
        ("target", json!(identity.target)),
        ("profile", json!(identity.profile)),
        ("platform", json!(identity.platform)),
        ("axes", Value::Object(axes)),
        ("origin", places.json(identity.origin)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The axes of a point and their values.
pub(crate) fn axes_of(point: Point<'_>) -> Map<String, Value> {
    point.axes().map(|(name, value)| (name.to_string(), json!(value.as_str()))).collect()
}

/// The cells of each target, targets in the order in which their first cells stand.
pub(crate) fn by_target(cells: &[PlannedCell]) -> Vec<(&str, Vec<&PlannedCell>)> {
    let mut targets: Vec<(&str, Vec<&PlannedCell>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells {
        let target = cell.identity.target.as_str();
        let place = *places.entry(target).or_insert(targets.len());
        if place == targets.len() {
            targets.push((target, Vec::new()));
        }
        targets[place].1.push(cell);
    }
    targets
}
