//! KDL text to model, every problem at once.
//!
//! [`read`] takes the text of an `xbuild.kdl` and gives back a [`Project`] with every [`Problem`] of the file, in file
//! order. Reading never stops at the first problem: what was wrong is left out and its owner is marked poisoned, so
//! that nothing is reported twice and `xbuild-plan` can go on with the rest.
//!
//! One function per KDL node, one file per family of nodes: `project` (the top), `toolchain`, `profile` (with `defaults`
//! and `axis`), `target`, `builder`, `block` (settings), `env`, `cc`, `expect`, `smoke`, `package` (archive and image),
//! `rule`, `condition`, `deps`; then `check` and `cycle` look at the whole. `form`, `value`, `path`, `platform` and
//! `placeholder` read the parts of a node, `grammar` knows what stands where, `names` what the file declares.
//!
//! It reads no files, expands no matrix and resolves no setting; `xbuild-plan` raises what needs that.

mod block;
mod builder;
mod cc;
mod check;
mod code;
mod condition;
mod ctx;
mod cycle;
mod deps;
mod env;
mod expect;
mod form;
pub mod grammar;
mod names;
mod once;
mod package;
mod path;
mod placeholder;
mod platform;
mod problem;
mod profile;
mod project;
mod rule;
mod scope;
mod smoke;
mod suggest;
mod target;
mod toolchain;
mod value;

pub use code::{CodeInfo, catalogue};
pub use problem::{Meaning, Problem};

use xbuild_model::Project;

use crate::code::Code;
use crate::ctx::Ctx;

/// The most problems that a report holds.
const MOST: usize = 50;

/// What a text says, and what is wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// The project, as far as it could be read; `None` where the text could not be read at all.
    pub project: Option<Project>,
    /// The problems in file order, fifty and a count of the rest at the most.
    pub problems: Vec<Problem>,
}

/// Reads the text of an `xbuild.kdl`.
pub fn read(text: &[u8]) -> Checked {
    let parsed = xbuild_kdl::parse(text);
    let problems = parsed.problems.into_iter().map(Problem::from).collect();
    let text = std::str::from_utf8(text).unwrap_or_default();
    if parsed.fatal {
        return Checked { project: None, problems: in_order(problems, 0) };
    }
    let mut ctx = Ctx::new(text, problems);
    let mut project = project::lower(&mut ctx, &parsed.document);
    check::run(&ctx, &mut project);
    let (problems, forgotten) = ctx.into_problems();
    Checked { project: Some(project), problems: in_order(problems, forgotten) }
}

fn in_order(mut problems: Vec<Problem>, forgotten: usize) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.primary().offset);
    let more = problems.len().saturating_sub(MOST) + forgotten;
    if more > 0 {
        problems.truncate(MOST);
        let headline = format!("{more} more {} not shown", if more == 1 { "problem is" } else { "problems are" });
        problems.push(Meaning::whole(Code::TooMany, headline).help("repair these first").into());
    }
    problems
}
