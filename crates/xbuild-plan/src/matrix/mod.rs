//! The matrix: from a project to its cells, and from a cell to its settings.
//!
//! [`expand`] applies rule 1 of the language and yields compact points; names and ids are rendered only when somebody
//! asks. [`Resolver`] applies rules 2 to 5 to one cell and keeps where each value came from; [`dependencies`] applies rule 7.
//! [`rules()`] and [`accounts`] tell somebody who asks about one cell why it is there and why it is so. [`check`] reports what is wrong with the whole. Nothing here chooses cells (`selection`) or makes actions of them.

mod account;
mod artifact;
mod cell;
mod check;
mod deps;
mod expand;
mod id;
mod matcher;
mod narrow;
mod problem;
mod resolve;
mod resolved;
mod resolver;
mod rules;
mod support;
#[cfg(test)]
pub(crate) mod tests;
mod work;

pub use account::{Account, accounts, builder_default};
pub use artifact::{Artifact, Form, artifact_folder, artifacts, form};
pub use cell::{CellId, CellRef, Dropped, How, Matrix, Point};
pub use check::check;
pub use deps::{DepCell, dependencies};
pub use expand::{Expanded, Limits, expand};
pub use id::IdParts;
pub use problem::MatrixProblem;
pub use resolved::{LayerKind, Resolved, ResolvedDep, ResolvedValue, Said, SaidDep};
pub use resolver::{Resolver, resolve};
pub use rules::{Effect, Rule, RuleKind, rules, when_text};
