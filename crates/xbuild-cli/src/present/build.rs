//! What became of a build: events while it runs, a document or a table when it has ended.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use xbuild_exec::{CellReport, Event, Outcome, Report};
use xbuild_plan::Plan;

use crate::present::artifact;
use crate::present::cell::{Places, identity};
use crate::present::smoke;
use crate::present::table::{Table, bytes, duration};

/// A build that has ended.
pub(crate) struct Ended<'a> {
    pub(crate) project: &'a str,
    /// The output folder as results name it.
    pub(crate) out: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) report: &'a Report,
    /// The smoke runs, by cell.
    pub(crate) smoked: &'a BTreeMap<String, xbuild_smoke::Report>,
    /// What was written to the lock, for programs and for people.
    pub(crate) lock: Value,
    pub(crate) lock_sentence: &'static str,
    pub(crate) elapsed: Duration,
}

impl Ended<'_> {
    pub(crate) fn document(&self, places: &Places<'_>) -> Value {
        let reports = |id: &str| self.report.cells.iter().find(|report| report.id == id);
        let cells = self.plan.cells.iter().filter_map(|cell| {
            let report = reports(&cell.identity.id)?;
            let mut fields = identity(&cell.identity, places);
            fields.insert("builder".into(), json!(cell.builder.as_str()));
            fields.insert("key".into(), json!(cell.key.map(|key| key.to_string())));
            fields.extend(outcome(report, self.out));
            fields.insert("smoke".into(), smoke::document(self.smoked.get(&report.id)));
            Some(Value::Object(fields))
        });
        json!({
            "format": 1, "project": self.project, "cells": cells.collect::<Vec<Value>>(), "totals": self.totals(),
            "lock": self.lock,
        })
    }

    /// What follows the events.
    pub(crate) fn last_line(&self) -> Value {
        json!({ "format": 1, "event": "ended", "totals": self.totals(), "lock": self.lock })
    }

    pub(crate) fn table(&self) -> String {
        let heads = ["cell", "outcome", "artifact", "size", "verified", "smoke run"];
        let columns = if self.smoked.is_empty() { 5 } else { 6 };
        let mut table = Table::new(&heads[..columns]);
        for cell in &self.report.cells {
            for mut row in rows(cell, self.out) {
                row.push(smoke::sentence(self.smoked.get(&cell.id)));
                row.truncate(columns);
                table.row(row);
            }
        }
        format!("{}\n{} in {}; {}\n", table.render(), self.counts(), duration(self.elapsed), self.lock_sentence)
    }

    /// `3 built, 1 failed`.
    fn counts(&self) -> String {
        let kinds = [Outcome::Built, Outcome::Cached, Outcome::Failed, Outcome::Skipped];
        let parts = kinds.map(|outcome| (self.count(outcome), outcome)).into_iter().filter(|(number, _)| *number > 0);
        parts.map(|(number, outcome)| format!("{number} {}", outcome.as_str())).collect::<Vec<_>>().join(", ")
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.report.cells.iter().filter(|cell| cell.outcome == outcome).count()
    }

    fn totals(&self) -> Value {
        json!({
            "cells": self.report.cells.len(),
            "built": self.count(Outcome::Built), "cached": self.count(Outcome::Cached),
            "failed": self.count(Outcome::Failed), "skipped": self.count(Outcome::Skipped),
            "elapsed_ms": milliseconds(self.elapsed),
        })
    }
}

/// A row for each artifact, or one that there is none.
fn rows(cell: &CellReport, out: &str) -> Vec<Vec<String>> {
    let state = cell.outcome.as_str().to_owned();
    if cell.artifacts.is_empty() {
        return vec![vec![cell.id.clone(), state, "-".into(), String::new(), String::new()]];
    }
    let row = |artifact: &xbuild_exec::ArtifactReport| {
        let path = format!("{out}/{}", artifact.path);
        let what = artifact::sentence(&artifact.facts);
        vec![cell.id.clone(), state.clone(), path, bytes(artifact.digest.size()), what]
    };
    cell.artifacts.iter().map(row).collect()
}

/// What happened, as a line of `ndjson`.
pub(crate) fn event_line(event: &Event<'_>, out: &str) -> Value {
    match event {
        Event::Began { build, restore } => json!({ "format": 1, "event": "began", "build": build, "restore": restore }),
        Event::Started { cells } => {
            let ids: Vec<&str> = cells.iter().map(|cell| cell.identity.id.as_str()).collect();
            json!({ "format": 1, "event": "started", "cells": ids })
        }
        Event::Finished { report } => {
            let mut fields = Map::new();
            fields.insert("format".into(), json!(1));
            fields.insert("event".into(), json!("finished"));
            fields.insert("id".into(), json!(report.id));
            fields.extend(outcome(report, out));
            Value::Object(fields)
        }
    }
}

fn outcome(report: &CellReport, out: &str) -> Map<String, Value> {
    let artifacts: Vec<Value> = report
        .artifacts
        .iter()
        .map(|artifact| {
            json!({
                "path": format!("{out}/{}", artifact.path),
                "size": artifact.digest.size(),
                "blake3": artifact.digest.to_string(),
                "sha256": format!("sha256:{}", artifact.sha256),
                "facts": artifact::facts(&artifact.facts),
                "mismatches": artifact.mismatches.iter().map(artifact::mismatch).collect::<Vec<Value>>(),
            })
        })
        .collect();
    let ran = report.isolation.is_some();
    let fields = [
        ("outcome", json!(report.outcome.as_str())),
        ("artifacts", json!(artifacts)),
        ("elapsed_ms", json!(ran.then(|| milliseconds(report.elapsed)))),
        ("peak_rss_bytes", json!(ran.then_some(report.peak_rss_bytes))),
        ("log", json!(report.log)),
        ("isolation", json!(report.isolation.map(|level| level.to_string()))),
        ("failure", json!(report.failure.as_ref().map(ToString::to_string))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
