//! Rules 2 to 5: which of the settings that apply to a cell win.
//!
//! In one layer a `when` beats plain settings and a narrower `when` beats a wider one; of what is left, all must say
//! the same. A list that is set replaces what it beats, appends included; every other append that applies is added, in the
//! file's order. `env`, `env-pass` and `env-secret` of one name are three ways to set one variable. Which `when` blocks
//! hold for a cell is the caller's to say.

use std::collections::{BTreeMap, BTreeSet};

use xbuild_model::{BuilderKind, Dep, Layer, Op, Origin, Setting, Slot, Target, When};

use super::narrow::Scope;
use super::resolved::{LayerKind, Resolved, ResolvedDep, ResolvedValue, Said, SaidDep};

/// A layer, its conditions prepared, and which of them hold.
#[derive(Debug, Clone)]
pub(super) struct Applied<'r, 'm> {
    pub(super) kind: LayerKind,
    pub(super) layer: &'m Layer,
    pub(super) scopes: &'r [Scope<'m>],
    /// The numbers of the `when` blocks that hold, ascending.
    pub(super) holding: Vec<usize>,
}

/// Two `when` blocks of one layer that do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    /// What they set, as the user calls it.
    pub(super) label: String,
    pub(super) first: Origin,
    pub(super) second: Origin,
    /// Whether `+` would help.
    pub(super) is_list: bool,
}

/// Something said in a layer, with what ranks it.
#[derive(Debug, Clone)]
struct Claim<'r, 'm, T> {
    what: T,
    when: Option<(&'m When, &'r Scope<'m>)>,
    origin: Origin,
}

impl<T> Claim<'_, '_, T> {
    /// Whether both stand in a `when`, and not in the same one (what stands twice in one block is reported by its reader).
    fn may_conflict(&self, other: &Self) -> bool {
        match (self.when, other.when) {
            (Some((when, _)), Some((other, _))) => !std::ptr::eq(when, other),
            _ => false,
        }
    }

    fn beats<U>(&self, other: &Claim<'_, '_, U>) -> bool {
        match (self.when, other.when) {
            (Some(_), None) => true,
            (Some((_, scope)), Some((_, wider))) => scope.is_narrower_than(wider),
            (None, _) => false,
        }
    }
}

/// The settings of a cell from the layers that apply to it, weakest first; or every conflict, in the file's order.
pub(super) fn resolve_layers<'m>(
    target: &'m Target,
    layers: &[Applied<'_, 'm>],
) -> Result<Resolved<'m>, Vec<Conflict>> {
    let builder = target.builder.as_ref().map(|builder| builder.kind);
    let mut conflicts = Vec::new();
    let mut histories: BTreeMap<Slot, History<'m>> = BTreeMap::new();
    for layer in layers {
        for (subject, claims) in claims(layer, builder) {
            let history = histories.entry(subject).or_default();
            conflicts.extend(history.add(layer.kind, &claims));
        }
    }
    let deps = layers.last().map(|layer| deps(target, layer, &mut conflicts)).unwrap_or_default();
    if conflicts.is_empty() {
        let values = histories.into_values().filter_map(History::finish).collect();
        return Ok(Resolved { values, deps });
    }
    conflicts.sort_by_key(|conflict| (conflict.second, conflict.first));
    Err(conflicts)
}

/// What one layer says about each subject.
fn claims<'r, 'm>(
    layer: &Applied<'r, 'm>,
    builder: Option<BuilderKind>,
) -> BTreeMap<Slot, Vec<Claim<'r, 'm, &'m Setting>>> {
    let mut subjects: BTreeMap<Slot, Vec<_>> = BTreeMap::new();
    let plain = layer.layer.settings.entries.iter().map(|setting| (None, setting));
    let conditional = holding(layer)
        .flat_map(|(when, scope)| when.settings.entries.iter().map(move |setting| (Some((when, scope)), setting)));
    for (when, setting) in plain.chain(conditional) {
        if builder_of(&setting.slot).is_none_or(|owner| Some(owner) == builder) {
            let claim = Claim { what: setting, when, origin: setting.origin };
            subjects.entry(subject(&setting.slot)).or_default().push(claim);
        }
    }
    subjects
}

fn holding<'a, 'r, 'm>(
    layer: &'a Applied<'r, 'm>,
) -> impl Iterator<Item = (&'m When, &'r Scope<'m>)> + use<'a, 'r, 'm> {
    layer.holding.iter().map(|&index| (&layer.layer.whens[index], &layer.scopes[index]))
}

/// The slot under which everything is collected that sets the same thing.
fn subject(slot: &Slot) -> Slot {
    match slot {
        Slot::EnvPass(name) | Slot::EnvSecret(name) => Slot::Env(name.clone()),
        other => other.clone(),
    }
}

/// The builder whose block a slot stands in; `None` for settings that every builder has.
pub(super) const fn builder_of(slot: &Slot) -> Option<BuilderKind> {
    match slot {
        Slot::GoCgo
        | Slot::GoTags
        | Slot::GoLdflags
        | Slot::GoGcflags
        | Slot::GoFlags
        | Slot::GoCgoCflags
        | Slot::GoCgoLdflags
        | Slot::GoTrimpath
        | Slot::GoBuildmode => Some(BuilderKind::Go),
        Slot::CargoFeatures
        | Slot::CargoRustflags
        | Slot::CargoFlags
        | Slot::CargoDefaultFeatures
        | Slot::CargoProfile => Some(BuilderKind::Cargo),
        Slot::ZigOptimize | Slot::ZigFlags => Some(BuilderKind::Zig),
        Slot::CCflags | Slot::CLdflags | Slot::CStd => Some(BuilderKind::C),
        Slot::Env(_)
        | Slot::EnvPass(_)
        | Slot::EnvSecret(_)
        | Slot::Cc
        | Slot::Cwd
        | Slot::Inputs
        | Slot::Outputs
        | Slot::Tools
        | Slot::Network
        | Slot::Smoke
        | Slot::Expect(_)
        | Slot::Archive
        | Slot::Image => None,
    }
}

/// What the layers so far have made of one subject.
#[derive(Debug, Default)]
struct History<'m> {
    made_by: Vec<Said<'m>>,
    lost: Vec<Said<'m>>,
}

impl<'m> History<'m> {
    /// Applies what a stronger layer says.
    fn add(&mut self, kind: LayerKind, claims: &[Claim<'_, 'm, &'m Setting>]) -> Option<Conflict> {
        let replaces = |claim: &&Claim<'_, 'm, &'m Setting>| !matches!(claim.what.op, Op::Append(_));
        let winners = unbeaten(claims.iter().filter(replaces));
        let mut kept = Vec::new();
        let mut lost = Vec::new();
        for claim in claims {
            let beaten = winners.iter().any(|winner| winner.beats(claim));
            let said = Said { layer: kind, when: claim.when.map(|(when, _)| when), setting: claim.what };
            if beaten { lost.push(said) } else { kept.push(said) }
        }
        let order = |said: &Said<'_>| (matches!(said.setting.op, Op::Append(_)), said.origin());
        kept.sort_by_key(order);
        lost.sort_by_key(Said::origin);
        if !winners.is_empty() {
            self.lost.append(&mut self.made_by);
        }
        self.lost.append(&mut lost);
        self.made_by.append(&mut kept);
        disagreement(&winners)
    }

    fn finish(self) -> Option<(&'m Slot, ResolvedValue<'m>)> {
        let slot = &self.made_by.first()?.setting.slot;
        Some((slot, ResolvedValue::new(self.made_by, self.lost)))
    }
}

/// Those that no other one beats, in the file's order.
fn unbeaten<'c, 'r, 'm, T>(claims: impl Iterator<Item = &'c Claim<'r, 'm, T>>) -> Vec<&'c Claim<'r, 'm, T>> {
    let claims: Vec<_> = claims.collect();
    let mut winners: Vec<_> =
        claims.iter().copied().filter(|claim| !claims.iter().any(|other| other.beats(claim))).collect();
    winners.sort_by_key(|claim| claim.origin);
    winners
}

fn disagreement(winners: &[&Claim<'_, '_, &Setting>]) -> Option<Conflict> {
    let (first, rest) = winners.split_first()?;
    let same = |other: &Setting| other.slot == first.what.slot && other.op == first.what.op;
    let second = rest.iter().find(|claim| first.may_conflict(claim) && !same(claim.what))?;
    let label = first.what.slot.label();
    let is_list = is_list(first.what) || is_list(second.what);
    Some(Conflict { label, first: first.origin, second: second.origin, is_list })
}

fn is_list(setting: &Setting) -> bool {
    matches!(setting.op, Op::Set(xbuild_model::Value::List(_)))
}

/// The dependencies that apply. A dependency on a target is one thing to set: a `when` that names the same target as the
/// plain `deps` replaces it.
fn deps<'m>(target: &'m Target, layer: &Applied<'_, 'm>, conflicts: &mut Vec<Conflict>) -> Vec<ResolvedDep<'m>> {
    let plain = target.deps.iter().map(|dep| (None, dep));
    let conditional =
        holding(layer).flat_map(|(when, scope)| when.deps.iter().map(move |dep| (Some((when, scope)), dep)));
    let mut subjects: BTreeMap<&str, Vec<Claim<'_, 'm, &'m Dep>>> = BTreeMap::new();
    for (when, dep) in plain.chain(conditional).filter(|(_, dep)| !dep.poisoned) {
        let claim = Claim { what: dep, when, origin: dep.target.origin };
        subjects.entry(dep.target.as_str()).or_default().push(claim);
    }
    let mut deps = Vec::new();
    for claims in subjects.values() {
        let winners = unbeaten(claims.iter());
        conflicts.extend(dep_disagreement(&winners));
        deps.extend(winners.first().map(|winner| resolved_dep(winner, claims)));
    }
    deps.sort_by_key(|dep| dep.holds.dep.target.origin);
    deps
}

fn resolved_dep<'m>(winner: &Claim<'_, 'm, &'m Dep>, claims: &[Claim<'_, 'm, &'m Dep>]) -> ResolvedDep<'m> {
    let said = |claim: &Claim<'_, 'm, &'m Dep>| SaidDep { when: claim.when.map(|(when, _)| when), dep: claim.what };
    let mut lost: Vec<_> = claims.iter().filter(|claim| winner.beats(claim)).map(said).collect();
    lost.sort_by_key(|said| said.dep.target.origin);
    ResolvedDep { holds: said(winner), lost }
}

fn dep_disagreement(winners: &[&Claim<'_, '_, &Dep>]) -> Option<Conflict> {
    let (first, rest) = winners.split_first()?;
    let second = rest.iter().find(|claim| first.may_conflict(claim) && !same_dep(claim.what, first.what))?;
    let label = format!("deps {}", first.what.target);
    Some(Conflict { label, first: first.origin, second: second.origin, is_list: false })
}

fn same_dep(one: &Dep, other: &Dep) -> bool {
    let choices = |dep: &Dep| -> BTreeSet<(String, String)> {
        dep.axes.iter().map(|(axis, value)| (axis.to_string(), value.to_string())).collect()
    };
    choices(one) == choices(other) && one.at == other.at
}
