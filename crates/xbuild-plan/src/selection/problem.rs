//! Why a selection selects nothing, and what was probably meant.

use miette::Diagnostic;
use thiserror::Error;
use xbuild_model::Origin;

use super::Selection;
use super::filter::{Filter, is_pattern};
use crate::matrix::{IdParts, Matrix};

/// A selection that cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum SelectionError {
    /// A profile that is not declared.
    #[error("there is no profile `{name}`")]
    #[diagnostic(code("xbuild::unknown-profile"))]
    UnknownProfile {
        /// The name.
        name: String,
        /// What there is.
        #[help]
        help: Option<String>,
    },
    /// A target that is not declared.
    #[error("there is no target `{name}`")]
    #[diagnostic(code("xbuild::unknown-target"))]
    UnknownTarget {
        /// The name.
        name: String,
        /// What there is.
        #[help]
        help: Option<String>,
    },
    /// An axis that is not declared.
    #[error("there is no axis `{name}`")]
    #[diagnostic(code("xbuild::unknown-axis"))]
    UnknownAxis {
        /// The name.
        name: String,
        /// What there is.
        #[help]
        help: Option<String>,
    },
    /// A value that an axis does not have.
    #[error("the axis `{axis}` has no value `{value}`")]
    #[diagnostic(code("xbuild::unknown-value"))]
    UnknownValue {
        /// The axis.
        axis: String,
        /// The value.
        value: String,
        /// What there is.
        #[help]
        help: Option<String>,
    },
    /// An id that is no cell's.
    #[error("there is no cell `{id}`")]
    #[diagnostic(code("xbuild::unknown-cell"))]
    UnknownCell {
        /// The id.
        id: String,
        /// What the file says against the cell, where it says something.
        #[label(primary, "{says}")]
        at: Option<Origin>,
        /// What that does.
        says: &'static str,
        /// The nearest ids.
        #[help]
        help: Option<String>,
    },
    /// Every part of the selection exists, but no cell has them all.
    #[error("the selection matches no cell")]
    #[diagnostic(code("xbuild::empty-selection"))]
    Empty {
        /// The nearest ids.
        #[help]
        help: Option<String>,
    },
    /// A glob that cannot be read.
    #[error("`{pattern}` is not a pattern: {reason}")]
    #[diagnostic(code("xbuild::bad-pattern"))]
    BadPattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not `I/N` with I from 1 to N.
    #[error("`{text}` is not a shard")]
    #[diagnostic(code("xbuild::bad-shard"), help("write I/N with I from 1 to N: `--shard 1/4`"))]
    BadShard {
        /// The text.
        text: String,
    },
}

impl SelectionError {
    pub(super) fn bad_pattern(pattern: &str, error: &globset::Error) -> Self {
        Self::BadPattern { pattern: pattern.to_owned(), reason: error.kind().to_string() }
    }
}

/// Every name of the selection must exist: a misspelt one beside a right one would silently build less.
pub(super) fn check_names(selection: &Selection, matrix: &Matrix<'_>) -> Result<(), SelectionError> {
    let project = matrix.project();
    let profiles: Vec<&str> = project.profiles.iter().map(|profile| profile.name.as_str()).collect();
    if let Some(name) = unknown(&selection.profiles, &profiles) {
        return Err(SelectionError::UnknownProfile { help: candidates(&name, &profiles), name });
    }
    let targets: Vec<&str> = project.targets.iter().map(|target| target.name.as_str()).collect();
    if let Some(name) = unknown(&selection.targets, &targets) {
        return Err(SelectionError::UnknownTarget { help: candidates(&name, &targets), name });
    }
    selection.axes.iter().try_for_each(|(axis, value)| check_axis(matrix, axis, value))?;
    let mut ids = selection.cells.iter().filter(|id| !is_pattern(id));
    ids.try_for_each(|id| super::find_cell(matrix, id).map(drop))
}

fn check_axis(matrix: &Matrix<'_>, name: &str, value: &str) -> Result<(), SelectionError> {
    let axes = &matrix.project().axes;
    let Some(axis) = axes.iter().find(|axis| axis.name.as_str() == name) else {
        let known: Vec<&str> = axes.iter().map(|axis| axis.name.as_str()).collect();
        return Err(SelectionError::UnknownAxis { name: name.to_owned(), help: candidates(name, &known) });
    };
    let known: Vec<&str> = axis.values.iter().map(|value| value.as_str()).collect();
    if known.contains(&value) {
        return Ok(());
    }
    let help = candidates(value, &known);
    Err(SelectionError::UnknownValue { axis: name.to_owned(), value: value.to_owned(), help })
}

fn unknown(names: &[String], known: &[&str]) -> Option<String> {
    names.iter().find(|name| !known.contains(&name.as_str())).cloned()
}

/// Names within a third of the length, or else the first eight that there are.
fn candidates(name: &str, known: &[&str]) -> Option<String> {
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|&other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|(distance, other)| *distance <= name.chars().count().max(other.chars().count()) / 3)
        .collect();
    near.sort_unstable();
    let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let nearest: Vec<&str> = near.into_iter().take(3).map(|(_, other)| other).collect();
    match (nearest.is_empty(), known) {
        (false, _) => Some(format!("did you mean {}?", quoted(&nearest))),
        (true, []) => None,
        (true, known) => Some(format!("there is {}", quoted(&known[..known.len().min(8)]))),
    }
}

pub(super) fn unknown_cell(matrix: &Matrix<'_>, id: &str) -> SelectionError {
    let excluded = matrix.find_dropped(id).map(|dropped| (dropped.by().origin, "this removes it"));
    let against = excluded.or_else(|| Some((unlisted(matrix, id)?, "only these profiles")));
    let (at, says) = against.map_or((None, ""), |(at, says)| (Some(at), says));
    let nearest =
        nearest(matrix.cells().map(|cell| cell.id().to_string()).map(|other| (strsim::levenshtein(id, &other), other)));
    SelectionError::UnknownCell { id: id.to_owned(), at, says, help: nearest }
}

/// The list of profiles of the id's target, where the id's profile is declared and not in it.
fn unlisted(matrix: &Matrix<'_>, id: &str) -> Option<Origin> {
    let parts = IdParts::parse(id)?;
    let (profile, _) = parts.place?;
    let project = matrix.project();
    let target = project.targets.iter().find(|target| target.name.as_str() == parts.target)?;
    let is_declared = project.profiles.iter().any(|known| known.name.as_str() == profile);
    let listed = target.profiles.as_ref().filter(|listed| listed.iter().all(|name| name.as_str() != profile))?;
    let (first, last) = (listed.first()?.origin, listed.last()?.origin);
    is_declared.then_some(Origin { offset: first.offset, length: last.offset + last.length - first.offset })
}

/// The ids that miss the selection by the fewest kinds.
pub(super) fn empty(selection: &Selection, matrix: &Matrix<'_>, filter: &Filter<'_>) -> SelectionError {
    let mut buffer = String::new();
    let scored = matrix.cells().map(|cell| {
        let missed = super::filter::KINDS - filter.passes(cell, &mut buffer);
        let text = cell.id().to_string();
        let apart = selection.cells.iter().map(|pattern| distance(pattern, &text)).min().unwrap_or(0);
        (usize::from(missed) * 1_000_000 + apart, text)
    });
    SelectionError::Empty { help: nearest(scored) }
}

/// How far an id is from a pattern: as far as the pattern's letters go.
fn distance(pattern: &str, id: &str) -> usize {
    let letters = pattern.replace('*', "");
    strsim::levenshtein(&letters, id.get(..letters.len()).unwrap_or(id))
}

/// The three with the smallest score; of equal ones the first.
fn nearest(scored: impl Iterator<Item = (usize, String)>) -> Option<String> {
    let mut best: Vec<(usize, String)> = Vec::new();
    for (score, id) in scored {
        let at = best.partition_point(|(other, _)| *other <= score);
        if at < 3 {
            best.insert(at, (score, id));
            best.truncate(3);
        }
    }
    let ids: Vec<String> = best.into_iter().map(|(_, id)| format!("`{id}`")).collect();
    (!ids.is_empty()).then(|| format!("the nearest: {}", ids.join(", ")))
}
