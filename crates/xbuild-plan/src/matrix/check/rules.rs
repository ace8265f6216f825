//! Rules that do nothing: an `exclude` that removes no cell, a `when` that never applies, a target without cells.

use std::cell::Cell;
use std::collections::BTreeSet;

use xbuild_model::{Condition, Dimension, Exclude, Term, When};

use super::super::cell::{Block, CellRef, How, Matrix, Point};
use super::super::matcher::Matcher;
use super::super::problem::MatrixProblem;
use super::is_uncertain;

pub(super) fn check(matrix: &Matrix<'_>) -> Vec<MatrixProblem> {
    check_rules(matrix, &Cell::new(0))
}

fn check_rules<'m>(matrix: &'m Matrix<'m>, explained: &'m Cell<usize>) -> Vec<MatrixProblem> {
    let mut problems = Vec::new();
    let everywhere = Cells::all(matrix, explained);
    problems.extend(everywhere.excludes(&matrix.project.excludes));
    problems.extend(
        everywhere.whens(&matrix.project.defaults.whens).map(|(when, label, help)| MatrixProblem::DefaultsWhenNever {
            at: when.origin,
            label,
            help,
        }),
    );
    for (profile, declared) in matrix.project.profiles.iter().enumerate() {
        let cells = Cells { profile: Some(profile as u32), ..Cells::all(matrix, explained) };
        problems.extend(cells.whens(&declared.layer.whens).map(never));
    }
    for block in &matrix.blocks {
        let cells = Cells { blocks: vec![block], ..Cells::all(matrix, explained) };
        problems.extend(cells.excludes(&block.target.excludes));
        problems.extend(cells.whens(&block.target.layer.whens).map(never));
        problems.extend(no_cells(matrix, block));
    }
    problems
}

fn never((when, label, help): (&When, String, Option<String>)) -> MatrixProblem {
    MatrixProblem::WhenNever { at: when.origin, label, help }
}

/// The cells that a rule could touch.
struct Cells<'m> {
    matrix: &'m Matrix<'m>,
    blocks: Vec<&'m Block<'m>>,
    profile: Option<u32>,
    explained: &'m Cell<usize>,
}

/// The most rules for which all cells are asked what they have instead: a report shows fifty problems of all kinds.
const MOST_EXPLAINED: usize = 20;

impl<'m> Cells<'m> {
    fn all(matrix: &'m Matrix<'m>, explained: &'m Cell<usize>) -> Self {
        Self { matrix, blocks: matrix.blocks.iter().collect(), profile: None, explained }
    }

    /// Whether nothing may be said about them: some are unknown, or there are none (which is reported, or no mistake).
    fn is_silent(&self) -> bool {
        self.blocks.iter().any(|block| is_uncertain(self.matrix.project, block)) || self.cells().next().is_none()
    }

    fn cells(&self) -> impl Iterator<Item = CellRef<'m>> + use<'m> {
        let of_all = self.blocks.clone().into_iter();
        let (matrix, profile) = (self.matrix, self.profile);
        of_all.flat_map(move |block| cells_of(matrix, block, profile))
    }

    /// Every point of the product: the cells that it made and those that were removed.
    fn points(&self) -> impl Iterator<Item = Point<'m>> {
        let matrix = self.matrix;
        let rows = self.blocks.clone().into_iter().flat_map(|block| block.dropped.rows.clone());
        let removed = rows.filter_map(|row| matrix.dropped_at(row)).map(|point| *point);
        let made = self.cells().filter(|cell| matches!(cell.how(), How::Expanded)).map(|cell| *cell);
        made.chain(removed)
    }

    fn excludes(&self, excludes: &'m [Exclude]) -> impl Iterator<Item = MatrixProblem> {
        let silent = excludes.is_empty() || self.is_silent_before_rules();
        let dead = excludes.iter().filter(move |exclude| !silent && self.is_dead(exclude));
        dead.map(|exclude| {
            let (label, help) = self.explain(&exclude.condition, self.points());
            MatrixProblem::ExcludeNothing { at: exclude.origin, label, help }
        })
    }

    fn is_silent_before_rules(&self) -> bool {
        self.blocks.iter().any(|block| is_uncertain(self.matrix.project, block)) || self.points().next().is_none()
    }

    /// An `exclude` is dead when it held for no point before any other `exclude`: what another one removes too counts.
    fn is_dead(&self, exclude: &Exclude) -> bool {
        !exclude.condition.poisoned
            && !self.blocks.iter().any(|block| {
                Matcher::new(&exclude.condition, self.matrix.project, block).holds_somewhere(block.expanded_pairs)
            })
    }

    fn whens(&self, whens: &'m [When]) -> impl Iterator<Item = (&'m When, String, Option<String>)> {
        let silent = whens.is_empty() || self.is_silent();
        let dead = whens.iter().filter(move |when| !silent && !when.condition.poisoned && self.is_never(when));
        dead.map(|when| {
            let (label, help) = self.explain(&when.condition, self.cells().map(|cell| *cell));
            (when, label, help)
        })
    }

    fn is_never(&self, when: &When) -> bool {
        !self.blocks.iter().any(|block| {
            let matcher = Matcher::new(&when.condition, self.matrix.project, block);
            cells_of(self.matrix, block, self.profile).any(|cell| matcher.holds(cell.row.pair, cell.values))
        })
    }

    /// What no point has, and what they have instead.
    fn explain(&self, condition: &Condition, points: impl Iterator<Item = Point<'m>>) -> (String, Option<String>) {
        let who = match self.blocks.as_slice() {
            [block] => format!("no cell of `{}` has", block.target.name),
            _ => "no cell has".to_owned(),
        };
        self.explained.set(self.explained.get() + 1);
        if self.explained.get() > MOST_EXPLAINED {
            return (format!("{who} all of these at once"), None);
        }
        let mut present: Vec<BTreeSet<String>> = vec![BTreeSet::new(); condition.terms.len()];
        for point in points {
            for (term, values) in condition.terms.iter().zip(&mut present) {
                values.extend(value_of(term, point));
            }
        }
        let absent = |(term, values): &(&Term, &BTreeSet<String>)| term.values.iter().all(|v| !values.contains(v));
        match condition.terms.iter().zip(&present).find(absent) {
            None => (format!("{who} all of these at once"), None),
            Some((term, values)) => {
                let label = format!("{who} {}={}", term.dimension.as_str(), term.values.join("|"));
                (label, instead(&term.dimension, values))
            }
        }
    }
}

fn cells_of<'m>(
    matrix: &'m Matrix<'m>,
    block: &Block<'m>,
    profile: Option<u32>,
) -> impl Iterator<Item = CellRef<'m>> + use<'m> {
    let is_of = move |cell: &CellRef<'_>| profile.is_none() || cell.place_key().map(|(own, _)| own) == profile;
    block.cells.rows.clone().map(|row| matrix.cell_at(row)).filter(is_of)
}

fn value_of(term: &Term, point: Point<'_>) -> Option<String> {
    let axis = |name: &str| point.axis(name).map(ToString::to_string);
    term.dimension.of(point.profile()?, point.platform()?, axis)
}

fn instead(dimension: &Dimension, values: &BTreeSet<String>) -> Option<String> {
    let known: Vec<&str> = values.iter().take(8).map(String::as_str).collect();
    (!known.is_empty()).then(|| format!("there is {}={}", dimension.as_str(), known.join("|")))
}

fn no_cells(matrix: &Matrix<'_>, block: &Block<'_>) -> Option<MatrixProblem> {
    let project = matrix.project;
    if !block.cells.rows.is_empty() || is_uncertain(project, block) {
        return None;
    }
    let name = &block.target.name;
    let rule = block.dropped.rows.clone().find_map(|row| matrix.dropped_at(row)).map(|point| point.by().origin);
    let (label, help) = if rule.is_some() {
        ("every cell of it is excluded", format!("remove an `exclude`, or remove `{name}`"))
    } else if project.profiles.is_empty() {
        ("no profile says what it is built for", "declare one: `profile prod \"linux/amd64\"`".to_owned())
    } else {
        ("its profiles have no platforms", format!("give `{name}` a profile with a platform"))
    };
    Some(MatrixProblem::NoCells { at: name.origin, label: label.to_owned(), rule, target: name.to_string(), help })
}
