//! What every lowering function has at hand: the text, the declared names, and where problems go.
//!
//! **Poison.** Whoever owns a declaration asks [`Ctx::trouble`] before and after lowering it: where the count grew, a part
//! of it was wrong (reported here, or repaired by the reader) and the owner is poisoned.

use std::cell::{Cell, RefCell};

use xbuild_kdl::{Entry, Node};
use xbuild_model::Origin;

use crate::names::Names;
use crate::problem::{Meaning, Problem};
use crate::suggest;

/// Beyond so many problems no more words are compared: nobody reads their help.
const SUGGESTED: usize = 500;

/// How many problems are kept, from the start of the file; between two clearings as many again. One string can hold a million.
const KEPT: usize = 1_000;

/// The text, the names, and the problems so far.
pub(crate) struct Ctx<'a> {
    /// The whole text.
    pub(crate) text: &'a str,
    /// What the file declares.
    pub(crate) names: Names,
    problems: RefCell<Vec<Problem>>,
    /// Problems that were forgotten, because so many stand before them in the file.
    forgotten: Cell<usize>,
    /// What stands from here on is not shown any more: there is an error, and enough stands before.
    horizon: Cell<Option<usize>>,
    trouble: Cell<usize>,
}

impl<'a> Ctx<'a> {
    /// Nothing is known yet, and the reader's problems stand first.
    pub(crate) fn new(text: &'a str, problems: Vec<Problem>) -> Self {
        Self {
            text,
            names: Names::default(),
            problems: RefCell::new(problems),
            forgotten: Cell::new(0),
            horizon: Cell::new(None),
            trouble: Cell::new(0),
        }
    }

    /// Takes an error at a place, which is not put into words where nobody will read it.
    pub(crate) fn report_at(&self, at: Origin, meaning: impl FnOnce() -> Meaning) {
        if self.horizon.get().is_some_and(|horizon| at.offset >= horizon) {
            self.suffer();
            self.forgotten.set(self.forgotten.get() + 1);
        } else {
            self.report(meaning());
        }
    }

    /// Takes a problem.
    pub(crate) fn report(&self, meaning: Meaning) {
        if meaning.is_error() {
            self.suffer();
        }
        let mut problems = self.problems.borrow_mut();
        problems.push(meaning.into());
        if problems.len() > 2 * KEPT {
            problems.sort_by_key(|problem| problem.primary().offset);
            let (kept, rest) = problems.split_at(KEPT);
            // One error stays: whether there is one decides what else is looked at.
            let error = rest.iter().position(Problem::is_error).filter(|_| !kept.iter().any(Problem::is_error));
            problems.swap(KEPT, KEPT + error.unwrap_or_default());
            self.forgotten.set(self.forgotten.get() + problems.len() - KEPT - 1);
            problems.truncate(KEPT + 1);
            if problems.iter().any(Problem::is_error) {
                self.horizon.set(problems.get(KEPT - 1).map(|last| last.primary().offset + 1));
            }
        }
    }

    /// Notes that something is missing whose cause is reported already.
    pub(crate) fn suffer(&self) {
        self.trouble.set(self.trouble.get() + 1);
    }

    /// How much went wrong so far.
    pub(crate) const fn trouble(&self) -> usize {
        self.trouble.get()
    }

    /// Runs a lowering and says whether something in it went wrong.
    pub(crate) fn watch<T>(&self, lower: impl FnOnce() -> T) -> (T, bool) {
        let before = self.trouble();
        let lowered = lower();
        (lowered, self.trouble() > before)
    }

    /// Whether an error was found, by the reader or here.
    pub(crate) fn has_errors(&self) -> bool {
        self.problems.borrow().iter().any(Problem::is_error)
    }

    /// The problems, and how many more there were.
    pub(crate) fn into_problems(self) -> (Vec<Problem>, usize) {
        (self.problems.into_inner(), self.forgotten.get())
    }

    /// The help for a word that is not known.
    pub(crate) fn suggest<'w>(&self, word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<String> {
        if self.problems.borrow().len() > SUGGESTED { None } else { suggest::help(word, candidates) }
    }

    /// Up to three words near to one that is not known.
    pub(crate) fn near<'w>(&self, word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Vec<&'w str> {
        if self.problems.borrow().len() > SUGGESTED { Vec::new() } else { suggest::near(word, candidates) }
    }

    /// The arguments that are no mistakes; the others poison.
    pub(crate) fn arguments<'n>(&self, node: &'n Node) -> Vec<&'n Entry> {
        node.arguments().filter(|entry| !self.is_masked(entry)).collect()
    }

    /// The property of that name, unless it is a mistake, which poisons.
    pub(crate) fn property<'n>(&self, node: &'n Node, name: &str) -> Option<&'n Entry> {
        node.property(name).filter(|entry| !self.is_masked(entry))
    }

    /// Whether the entry is a mistake that is reported already; it poisons.
    pub(crate) fn is_masked(&self, entry: &Entry) -> bool {
        if entry.masked {
            self.suffer();
        }
        entry.masked
    }

    /// Whether something in the node is a mistake that is reported already, so that nothing in it can be called missing.
    pub(crate) fn is_damaged(&self, node: &Node) -> bool {
        let damaged = node.masked || node.entries.iter().any(|entry| entry.masked);
        if damaged {
            self.suffer();
        }
        damaged
    }
}
