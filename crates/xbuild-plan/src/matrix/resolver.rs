//! The resolution of many cells: cells to which the same `when` blocks apply share one answer.
//!
//! A hundred thousand cells of a project have a handful of different settings. The memo's key is the target, the profile
//! and the set of `when` blocks that hold; nothing else about a cell decides what its settings are.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use xbuild_model::{Layer, Project, When};

use super::cell::{CellRef, Matrix, NO_PAIR};
use super::matcher::Matcher;
use super::narrow::Scope;
use super::problem::MatrixProblem;
use super::resolve::{Applied, Conflict, resolve_layers};
use super::resolved::{LayerKind, Resolved};

/// Settings, or why there are none; shared between cells.
pub(super) type Outcome<'m> = Result<Arc<Resolved<'m>>, Arc<[Conflict]>>;

/// Resolves cells of one matrix.
#[derive(Debug)]
pub struct Resolver<'m> {
    project: &'m Project,
    matrix: &'m Matrix<'m>,
    defaults: Vec<Scope<'m>>,
    profiles: Vec<Vec<Scope<'m>>>,
    targets: Vec<Option<TargetRules<'m>>>,
}

/// The conditions of the layers above one target, prepared for its points, and what came out so far.
#[derive(Debug)]
struct TargetRules<'m> {
    scopes: Vec<Scope<'m>>,
    defaults: Vec<Matcher>,
    profiles: HashMap<u32, Vec<Matcher>>,
    target: Vec<Matcher>,
    memo: HashMap<Key, Outcome<'m>>,
    /// How many values the memo holds.
    held: usize,
    near: Option<Near<'m>>,
}

/// What is known of the cells of one profile and platform, which stand together in the matrix: they differ in the `when`
/// blocks that ask for an axis, and in nothing else.
#[derive(Debug)]
struct Near<'m> {
    pair: u32,
    /// By layer and number; `None` where there are more than bits.
    asking: Option<Vec<(usize, usize)>>,
    /// By the bits of those that hold.
    known: HashMap<u64, Outcome<'m>>,
}

/// The most values that are kept for one target; then they are worked out anew.
const MOST_HELD: usize = 100_000;

/// The profile and the numbers of the `when` blocks that hold, layer by layer.
type Key = (Option<u32>, [Vec<usize>; 3]);

impl<'m> Resolver<'m> {
    /// A resolver for the cells of this matrix and no other.
    pub fn new(matrix: &'m Matrix<'m>) -> Self {
        let project = matrix.project;
        let profiles = project.profiles.iter().map(|profile| scopes(&profile.layer)).collect();
        let targets = project.targets.iter().map(|_| None).collect();
        Self { project, matrix, defaults: scopes(&project.defaults), profiles, targets }
    }

    /// The settings of a cell.
    ///
    /// # Errors
    ///
    /// `when-conflict` for each slot that two `when` blocks set differently.
    pub fn resolve(&mut self, cell: CellRef<'m>) -> Result<Arc<Resolved<'m>>, Vec<MatrixProblem>> {
        self.outcome(cell).map_err(|conflicts| {
            conflicts.iter().map(|conflict| MatrixProblem::when_conflict(conflict, cell)).collect()
        })
    }

    /// Forgets what it knows about a target whose cells are all done.
    pub(super) fn forget(&mut self, target: usize) {
        self.targets[target] = None;
    }

    /// The `when` blocks that hold for a cell, weakest layer first and in the file's order within one.
    pub fn holding(&mut self, cell: CellRef<'m>) -> Vec<(LayerKind, &'m When)> {
        let (project, matrix) = (self.project, self.matrix);
        let index = cell.row.target as usize;
        let rules = self.targets[index].get_or_insert_with(|| TargetRules::new(matrix, index));
        let (profile, [defaults, own, target]) = rules.key(matrix, cell);
        let profile = profile.map(|number| (LayerKind::Profile, &project.profiles[number as usize].layer, own));
        let defaults = (LayerKind::Defaults, &project.defaults, defaults);
        let target = (LayerKind::Target, &project.targets[index].layer, target);
        let layers = std::iter::once(defaults).chain(profile).chain([target]);
        layers.flat_map(|(kind, layer, holding)| holding.into_iter().map(move |at| (kind, &layer.whens[at]))).collect()
    }

    pub(super) fn outcome(&mut self, cell: CellRef<'m>) -> Outcome<'m> {
        let matrix = self.matrix;
        let index = cell.row.target as usize;
        let rules = self.targets[index].get_or_insert_with(|| TargetRules::new(matrix, index));
        rules.approach(matrix, index, cell.row.pair);
        let bits = rules.bits(matrix, cell);
        if let Some(outcome) = bits.and_then(|bits| rules.near.as_ref()?.known.get(&bits)) {
            return outcome.clone();
        }
        let outcome = self.look_up(cell, index);
        if let (Some(bits), Some(near)) = (bits, self.targets[index].as_mut().and_then(|rules| rules.near.as_mut())) {
            near.known.insert(bits, outcome.clone());
        }
        outcome
    }

    fn look_up(&mut self, cell: CellRef<'m>, index: usize) -> Outcome<'m> {
        let (project, matrix) = (self.project, self.matrix);
        let rules = self.targets[index].get_or_insert_with(|| TargetRules::new(matrix, index));
        let key = rules.key(matrix, cell);
        if let Some(outcome) = rules.memo.get(&key) {
            return outcome.clone();
        }
        let target = &project.targets[index];
        let [defaults, profile, own] = key.1.clone();
        let mut layers = vec![Applied {
            kind: LayerKind::Defaults,
            layer: &project.defaults,
            scopes: &self.defaults,
            holding: defaults,
        }];
        if let Some(number) = key.0.map(|number| number as usize) {
            let layer = &project.profiles[number].layer;
            layers.push(Applied { kind: LayerKind::Profile, layer, scopes: &self.profiles[number], holding: profile });
        }
        layers.push(Applied { kind: LayerKind::Target, layer: &target.layer, scopes: &rules.scopes, holding: own });
        let outcome = resolve_layers(target, &layers).map(Arc::new).map_err(Arc::from);
        rules.keep(key, &outcome);
        outcome
    }
}

impl<'m> TargetRules<'m> {
    fn new(matrix: &'m Matrix<'m>, index: usize) -> Self {
        let (project, target) = (matrix.project, &matrix.project.targets[index]);
        let prepare = |layer: &Layer| matchers(matrix, index, layer);
        let used: BTreeSet<u32> = matrix.blocks[index].pairs.iter().map(|pair| pair.profile).collect();
        Self {
            scopes: scopes(&target.layer),
            defaults: prepare(&project.defaults),
            profiles: used
                .into_iter()
                .map(|number| (number, prepare(&project.profiles[number as usize].layer)))
                .collect(),
            target: prepare(&target.layer),
            memo: HashMap::new(),
            held: 0,
            near: None,
        }
    }

    /// The matchers that are asked for cells of a pair, layer by layer, and the pair's profile.
    fn layers(&self, matrix: &Matrix<'_>, target: usize, pair: u32) -> (Option<u32>, [&[Matcher]; 3]) {
        let profile = (pair != NO_PAIR).then(|| matrix.blocks[target].pairs[pair as usize].profile);
        let of_profile = profile.and_then(|number| self.profiles.get(&number)).map_or(&[][..], Vec::as_slice);
        (profile, [&self.defaults, of_profile, &self.target])
    }

    fn approach(&mut self, matrix: &Matrix<'_>, target: usize, pair: u32) {
        if self.near.as_ref().is_some_and(|near| near.pair == pair) {
            return;
        }
        let (_, layers) = self.layers(matrix, target, pair);
        let asks = |matcher: &Matcher| matcher.asks_for_axes() && matcher.holds_at_pair(pair);
        let numbers = |(layer, matchers): (usize, &[Matcher])| -> Vec<(usize, usize)> {
            (0..matchers.len()).filter(|&number| asks(&matchers[number])).map(|number| (layer, number)).collect()
        };
        let asking: Vec<(usize, usize)> = layers.into_iter().enumerate().flat_map(numbers).collect();
        let asking = (asking.len() <= u64::BITS as usize).then_some(asking);
        self.near = Some(Near { pair, asking, known: HashMap::new() });
    }

    fn bits(&self, matrix: &Matrix<'_>, cell: CellRef<'_>) -> Option<u64> {
        let asking = self.near.as_ref()?.asking.as_ref()?;
        let (_, layers) = self.layers(matrix, cell.row.target as usize, cell.row.pair);
        let bit = |(place, &(layer, number)): (usize, &(usize, usize))| {
            u64::from(layers[layer][number].holds_for_values(cell.values)) << place
        };
        Some(asking.iter().enumerate().map(bit).sum())
    }

    fn keep(&mut self, key: Key, outcome: &Outcome<'m>) {
        self.held += 1 + outcome.as_ref().map_or(0, |resolved| resolved.values.len() + resolved.deps.len());
        if self.held > MOST_HELD {
            self.memo.clear();
            self.near = None;
            self.held = 0;
        }
        self.memo.insert(key, outcome.clone());
    }

    fn key(&self, matrix: &Matrix<'_>, cell: CellRef<'_>) -> Key {
        let holding = |matchers: &[Matcher]| -> Vec<usize> {
            let holds = |matcher: &Matcher| matcher.holds(cell.row.pair, cell.values);
            matchers.iter().enumerate().filter(|(_, matcher)| holds(matcher)).map(|(number, _)| number).collect()
        };
        let (profile, layers) = self.layers(matrix, cell.row.target as usize, cell.row.pair);
        (profile, layers.map(holding))
    }
}

fn scopes(layer: &Layer) -> Vec<Scope<'_>> {
    layer.whens.iter().map(|when| Scope::of(&when.condition)).collect()
}

fn matchers(matrix: &Matrix<'_>, index: usize, layer: &Layer) -> Vec<Matcher> {
    let prepare = |when: &When| Matcher::new(&when.condition, matrix.project, &matrix.blocks[index]);
    layer.whens.iter().map(prepare).collect()
}

/// The settings of a single cell; for many, keep a [`Resolver`].
///
/// # Errors
///
/// As [`Resolver::resolve`].
pub fn resolve<'m>(matrix: &'m Matrix<'m>, cell: CellRef<'m>) -> Result<Arc<Resolved<'m>>, Vec<MatrixProblem>> {
    Resolver::new(matrix).resolve(cell)
}
