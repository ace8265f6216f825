//! A plan against the lock: what comes, goes and moves, for people and as JSON.

use serde_json::{Value, json};
use xbuild_lock::{Diff, Drift, Moved, Subject};

use crate::present::table::Table;

/// How many cells of one kind are named before it is said how many more there are.
const SHOWN: usize = 20;

/// The object `diff`.
pub(crate) fn json(diff: &Diff) -> Value {
    let moved = |moved: &Moved| json!({ "kind": moved.decision.kind(), "what": moved.decision.what(), "old": moved.old, "new": moved.new });
    let changed = diff
        .changed
        .iter()
        .map(|(id, all)| json!({ "id": id, "changes": all.iter().map(moved).collect::<Vec<Value>>() }));
    json!({
        "added": diff.added,
        "removed": diff.removed,
        "pending": diff.pending,
        "changed": changed.collect::<Vec<Value>>(),
        "toolchains": diff.toolchains.iter().map(toolchain).collect::<Vec<Value>>(),
    })
}

/// A pin: which, what the lock says and what was found.
fn toolchain(drift: &Drift) -> Value {
    let (subject, old, new) = match drift {
        Drift::Added(subject) | Drift::Vanished(subject) => (subject, &None, &None),
        Drift::Field { subject, old, new, .. } => (subject, old, new),
    };
    let name = match subject {
        Subject::Toolchain(name) | Subject::Artifact(name) => name,
    };
    let kind = match drift {
        Drift::Added(_) => "added",
        Drift::Vanished(_) => "removed",
        Drift::Field { .. } => "changed",
    };
    json!({ "toolchain": name, "kind": kind, "old": old, "new": new })
}

/// What a reader of a review wants to know, the changes first.
pub(crate) fn text(diff: &Diff) -> String {
    if diff.is_empty() {
        return "xbuild.lock says the same as the plan\n".to_owned();
    }
    let moved = !diff.changed.is_empty() || diff.toolchains.iter().any(|drift| matches!(drift, Drift::Field { .. }));
    let headings: &[&str] = if moved { &["", "in the lock", "planned"] } else { &[] };
    let mut table = Table::new(&[&["against xbuild.lock"], headings].concat());
    for (id, all) in &diff.changed {
        for (index, moved) in all.iter().enumerate() {
            let cell = if index == 0 { format!("~ {id}") } else { String::new() };
            table.row(vec![cell, moved.decision.to_string(), value(moved.old.as_deref()), value(moved.new.as_deref())]);
        }
    }
    for drift in &diff.toolchains {
        table.row(pin(drift));
    }
    for (sign, ids, what) in [
        ("+", &diff.added, "not in the lock"),
        ("-", &diff.removed, "no longer a cell"),
        ("?", &diff.pending, "never built, nothing to compare"),
    ] {
        ids.iter().take(SHOWN).for_each(|id| table.row(vec![format!("{sign} {id}"), what.to_owned()]));
        if ids.len() > SHOWN {
            table.row(vec![format!("{sign} … and {} more", ids.len() - SHOWN), what.to_owned()]);
        }
    }
    format!("{}\n{}\n", table.render(), summary(diff))
}

fn pin(drift: &Drift) -> Vec<String> {
    match drift {
        Drift::Added(subject) => vec![format!("+ {subject}"), "no pin in the lock yet".to_owned()],
        Drift::Vanished(subject) => vec![format!("- {subject}"), "no longer used".to_owned()],
        Drift::Field { subject, field, old, new } => {
            vec![format!("~ {subject}"), field.clone(), value(old.as_deref()), value(new.as_deref())]
        }
    }
}

fn value(value: Option<&str>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| if value.is_empty() { "\"\"".into() } else { value.to_owned() })
}

fn summary(diff: &Diff) -> String {
    let pins = if diff.toolchains.len() == 1 { "toolchain pin" } else { "toolchain pins" };
    let parts = [
        (diff.changed.len(), "changed"),
        (diff.added.len(), "added"),
        (diff.removed.len(), "removed"),
        (diff.pending.len(), "never built"),
        (diff.toolchains.len(), pins),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}"));
    parts.collect::<Vec<_>>().join(", ")
}
