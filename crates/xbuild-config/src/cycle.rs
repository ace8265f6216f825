//! Targets that need one another: each cycle is reported once, at the dependency that closes it.

use std::collections::HashMap;

use xbuild_model::{Origin, Target};

use crate::check::all_deps;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, shown};

/// The most targets that a message walks through.
const LISTED: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// A walk over targets, depth first, without recursion: a file may chain thousands of them.
struct Walk<'p> {
    targets: &'p [Target],
    needs: Vec<Vec<(usize, Origin)>>,
    states: Vec<State>,
    /// The open targets, each with the next dependency to look at.
    path: Vec<(usize, usize)>,
    cyclic: Vec<usize>,
}

/// Reports every cycle; the answer is the targets on them.
pub(crate) fn check(ctx: &Ctx<'_>, targets: &[Target]) -> Vec<usize> {
    let index: HashMap<&str, usize> =
        targets.iter().enumerate().map(|(index, target)| (target.name.as_str(), index)).collect();
    let edges = |target: &Target| {
        let known = |dep: &xbuild_model::Dep| Some((*index.get(dep.target.as_str())?, dep.target.origin));
        all_deps(target).filter_map(known).collect()
    };
    let needs = targets.iter().map(edges).collect();
    let mut walk =
        Walk { targets, needs, states: vec![State::New; targets.len()], path: Vec::new(), cyclic: Vec::new() };
    for start in 0..targets.len() {
        walk.from(ctx, start);
    }
    walk.cyclic
}

impl Walk<'_> {
    fn from(&mut self, ctx: &Ctx<'_>, start: usize) {
        if self.states[start] == State::New {
            self.open(start);
        }
        while let Some((target, next)) = self.path.last_mut() {
            let (target, edge) = (*target, *next);
            *next += 1;
            match self.needs[target].get(edge).copied() {
                None => self.close(target),
                Some((needed, at)) => self.step(ctx, needed, at),
            }
        }
    }

    fn step(&mut self, ctx: &Ctx<'_>, needed: usize, at: Origin) {
        match self.states[needed] {
            State::New => self.open(needed),
            State::Open => self.report(ctx, needed, at),
            State::Done => {}
        }
    }

    fn open(&mut self, target: usize) {
        self.states[target] = State::Open;
        self.path.push((target, 0));
    }

    fn close(&mut self, target: usize) {
        self.states[target] = State::Done;
        self.path.pop();
    }

    fn report(&mut self, ctx: &Ctx<'_>, first: usize, at: Origin) {
        let name = |index: usize| self.targets[index].name.as_str();
        let open = self.path.iter().map(|(target, _)| *target).skip_while(|target| *target != first);
        let cycle: Vec<usize> = open.collect();
        let mut through: Vec<&str> = cycle.iter().copied().take(LISTED).map(name).collect();
        through.push(name(first));
        let headline = format!("{} needs itself", shown(name(first)));
        let label = format!("needs {} again", shown(name(first)));
        let problem = Meaning::new(Code::DepCycle, at, headline, label);
        ctx.report(problem.help(format!("remove one of these: {}", through.join(" → "))));
        self.cyclic.extend(cycle);
    }
}
