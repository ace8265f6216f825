//! Laws on random small projects: against a slow reference that follows the rules word by word, and under reordering.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use xbuild_model::{AxisValue, Condition, Layer, Op, Project, Setting, Value, When};
use xbuild_platform::Platform;

use super::project::project;
use crate::matrix::{CellRef, IdParts, Limits, Resolved, Resolver, expand};

/// A `when` in words: its condition and its settings.
type Rule = (String, Vec<String>);

/// A project in words.
#[derive(Debug, Clone)]
struct Plan {
    excludes: Vec<String>,
    defaults: (Vec<String>, Vec<Rule>),
    profile: (Vec<String>, Vec<Rule>),
    target: (Vec<String>, Vec<Rule>),
}

impl Plan {
    fn text(&self) -> String {
        let mut out = "axis ed a b c\nprofile edge linux/arm64 windows/amd64\ndefaults\n".to_owned();
        write_layer(&mut out, &self.defaults);
        out.push_str("profile prod linux/amd64 linux/arm64 darwin/amd64\n");
        write_layer(&mut out, &self.profile);
        out.push_str("target t go\n  axes ed\n");
        out.extend(self.excludes.iter().map(|condition| format!("  exclude {condition}\n")));
        write_layer(&mut out, &self.target);
        out
    }

    /// The same with every list of `when` blocks the other way round.
    fn reversed(&self) -> Self {
        let mut plan = self.clone();
        for (_, rules) in [&mut plan.defaults, &mut plan.profile, &mut plan.target] {
            rules.reverse();
        }
        plan
    }
}

fn write_layer(out: &mut String, (settings, rules): &(Vec<String>, Vec<Rule>)) {
    out.extend(settings.iter().map(|setting| format!("  {setting}\n")));
    for (condition, settings) in rules {
        out.push_str(&format!("  when {condition}\n"));
        out.extend(settings.iter().map(|setting| format!("    {setting}\n")));
    }
}

fn condition() -> impl Strategy<Value = String> {
    let one = |values: &'static [&'static str], name: &'static str| {
        let some = prop::sample::subsequence(values, 1..=2);
        prop::option::weighted(0.4, some.prop_map(move |values| format!("{name}={}", values.join("|"))))
    };
    let os = one(&["linux", "darwin", "windows"], "os");
    let platform = one(&["linux/amd64", "linux/arm64", "darwin/amd64", "windows/amd64"], "platform");
    let terms = (
        os,
        platform,
        one(&["amd64", "arm64"], "arch"),
        one(&["a", "b", "c"], "ed"),
        one(&["prod", "edge"], "profile"),
    );
    terms.prop_filter_map("a condition has a term", |(a, b, c, d, e)| {
        let terms: Vec<String> = [a, b, c, d, e].into_iter().flatten().collect();
        (!terms.is_empty()).then(|| terms.join(" "))
    })
}

fn settings() -> impl Strategy<Value = Vec<String>> {
    let one = |values: &'static [&'static str]| prop::option::weighted(0.5, prop::sample::select(values));
    let all = (one(&["tags x", "tags y", "tags #null"]), one(&["+tags p", "+tags q"]), one(&["cwd m", "cwd n"]));
    all.prop_map(|(a, b, c)| [a, b, c].into_iter().flatten().map(str::to_owned).collect())
}

fn layer() -> impl Strategy<Value = (Vec<String>, Vec<Rule>)> {
    (settings(), prop::collection::vec((condition(), settings()), 0..4))
}

fn plan() -> impl Strategy<Value = Plan> {
    let excludes = prop::collection::vec(condition(), 0..3);
    (excludes, layer(), layer(), layer()).prop_map(|(excludes, defaults, profile, target)| Plan {
        excludes,
        defaults,
        profile,
        target,
    })
}

/// A place that a condition can hold at; it need not be a cell.
type Place<'a> = (&'a str, Platform, Option<&'a str>);

fn holds(condition: &Condition, (profile, platform, edition): Place<'_>) -> bool {
    condition.terms.iter().all(|term| {
        let axis = |name: &str| edition.filter(|_| name == "ed").map(str::to_owned);
        term.dimension.of(profile, platform, axis).is_some_and(|value| term.values.contains(&value))
    })
}

/// Enough to tell apart whatever the conditions of these tests can say.
const PLATFORMS: [&str; 16] = [
    "linux/amd64",
    "linux/amd64/v2",
    "linux/arm64",
    "linux/arm64/v9.0",
    "linux/riscv64",
    "darwin/amd64",
    "darwin/amd64/v2",
    "darwin/arm64",
    "darwin/arm64/v8.1",
    "windows/amd64",
    "windows/amd64/v2",
    "windows/arm64",
    "windows/arm64/v8.1",
    "windows/386",
    "freebsd/amd64",
    "freebsd/arm64",
];

/// Where a condition holds, among many places, some of which no condition of these tests names.
fn places(condition: &Condition) -> BTreeSet<Place<'static>> {
    let platforms = PLATFORMS.map(|text| text.parse::<Platform>().expect("a platform"));
    let editions = [None, Some("a"), Some("b"), Some("c"), Some("other")];
    let all = ["prod", "edge", "other"].into_iter().flat_map(|profile| {
        platforms.into_iter().flat_map(move |platform| editions.map(|edition| (profile, platform, edition)))
    });
    all.filter(|&place| holds(condition, place)).collect()
}

/// What a layer says about one thing, as the rules have it: a list of items, or a disagreement.
fn reference(layers: &[&Layer], slot: &str, place: Place<'_>) -> Result<Option<Vec<String>>, ()> {
    let mut value = None;
    for layer in layers {
        let whens: Vec<(BTreeSet<Place<'_>>, &When)> = layer
            .whens
            .iter()
            .filter(|when| holds(&when.condition, place))
            .map(|when| (places(&when.condition), when))
            .collect();
        let plain = layer.settings.entries.iter().map(|setting| (None, setting));
        let conditional =
            whens.iter().flat_map(|(places, when)| when.settings.entries.iter().map(move |one| (Some(places), one)));
        let said: Vec<(Option<&BTreeSet<Place<'_>>>, &Setting)> =
            plain.chain(conditional).filter(|(_, setting)| setting.slot.label() == slot).collect();
        value = apply(value, &said)?;
    }
    Ok(value)
}

type Claims<'a, 'b> = [(Option<&'a BTreeSet<Place<'b>>>, &'a Setting)];

fn apply(weaker: Option<Vec<String>>, said: &Claims<'_, '_>) -> Result<Option<Vec<String>>, ()> {
    let beats = |one: Option<&BTreeSet<Place<'_>>>, other: Option<&BTreeSet<Place<'_>>>| match (one, other) {
        (Some(_), None) => true,
        (Some(one), Some(other)) => one.is_subset(other) && one != other,
        (None, _) => false,
    };
    let sets: Vec<_> = said.iter().filter(|(_, setting)| !matches!(setting.op, Op::Append(_))).collect();
    let winners: Vec<_> = sets.iter().filter(|one| !sets.iter().any(|other| beats(other.0, one.0))).collect();
    if winners.iter().any(|one| one.1.op != winners[0].1.op) {
        return Err(());
    }
    let mut value = winners.first().map_or(weaker, |winner| items(&winner.1.op));
    let mut appends: Vec<_> = said.iter().filter(|(_, setting)| matches!(setting.op, Op::Append(_))).collect();
    appends.sort_by_key(|(_, setting)| setting.origin);
    for (scope, setting) in appends {
        if !winners.iter().any(|winner| beats(winner.0, *scope)) {
            value.get_or_insert_default().extend(items(&setting.op).unwrap_or_default());
        }
    }
    Ok(value)
}

fn items(op: &Op) -> Option<Vec<String>> {
    match op {
        Op::Clear => None,
        Op::Set(value) | Op::Append(value) => Some(value_items(value)),
    }
}

fn value_items(value: &Value) -> Vec<String> {
    match value {
        Value::List(list) => list.iter().map(|item| item.raw().to_owned()).collect(),
        Value::Text(text) => vec![text.raw().to_owned()],
        other => vec![format!("{other:?}")],
    }
}

fn values(resolved: &Resolved<'_>) -> BTreeMap<String, Option<Vec<String>>> {
    resolved.iter().map(|(slot, value)| (slot.label(), value.value().map(value_items))).collect()
}

fn place_of(cell: CellRef<'_>) -> Place<'_> {
    let profile = cell.profile().expect("a profile").as_str();
    (profile, cell.platform().expect("a platform"), cell.axis("ed").map(AxisValue::as_str))
}

fn layers_of<'p>(project: &'p Project, profile: &str) -> [&'p Layer; 3] {
    let of_profile = project.profiles.iter().find(|declared| declared.name.as_str() == profile).expect("declared");
    [&project.defaults, &of_profile.layer, &project.targets[0].layer]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_are_the_product_without_what_is_excluded(plan in plan()) {
        let project = project(&plan.text());
        let mut expect = Vec::new();
        for profile in &project.profiles {
            for platform in &profile.platforms {
                for edition in ["a", "b", "c"] {
                    let place = (profile.name.as_str(), platform.value, Some(edition));
                    if !project.targets[0].excludes.iter().any(|exclude| holds(&exclude.condition, place)) {
                        expect.push(format!("{}/t@{platform},ed={edition}", profile.name));
                    }
                }
            }
        }
        let matrix = expand(&project, Limits::default()).matrix;
        let cells: Vec<String> = matrix.cells().map(|cell| cell.id().to_string()).collect();
        prop_assert_eq!(&cells, &expect);
        prop_assert_eq!(cells.len() + matrix.dropped().count(), 15);
        prop_assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), cells.len());
    }

    #[test]
    fn an_id_reads_back_to_its_parts(plan in plan()) {
        let project = project(&plan.text());
        let matrix = expand(&project, Limits::default()).matrix;
        for cell in matrix.cells() {
            let id = cell.id().to_string();
            let (profile, platform, edition) = place_of(cell);
            let axes = edition.map(|edition| ("ed", edition)).into_iter().collect();
            prop_assert_eq!(IdParts::parse(&id), Some(IdParts { target: "t", place: Some((profile, platform)), axes }));
            prop_assert_eq!(matrix.find(&id), Some(cell));
        }
    }

    #[test]
    fn resolution_agrees_with_the_rules_word_by_word(plan in plan()) {
        let project = project(&plan.text());
        let matrix = expand(&project, Limits::default()).matrix;
        let mut resolver = Resolver::new(&matrix);
        for cell in matrix.cells() {
            let place = place_of(cell);
            let layers = layers_of(&project, place.0);
            let expect = ["tags", "cwd"].map(|slot| reference(&layers, slot, place));
            match resolver.resolve(cell) {
                Err(_) => prop_assert!(expect.contains(&Err(())), "{}", cell.id()),
                Ok(resolved) => {
                    let values = values(&resolved);
                    let own = ["tags", "cwd"].map(|slot| Ok(values.get(slot).cloned().flatten()));
                    prop_assert_eq!(own, expect, "{}", cell.id());
                }
            }
        }
    }

    #[test]
    fn the_order_of_when_blocks_decides_no_value(plan in plan()) {
        let (one, other) = (project(&plan.text()), project(&plan.reversed().text()));
        let (one, other) = (expand(&one, Limits::default()).matrix, expand(&other, Limits::default()).matrix);
        let (mut first, mut second) = (Resolver::new(&one), Resolver::new(&other));
        for (cell, twin) in one.cells().zip(other.cells()) {
            let sorted = |resolved: &Resolved<'_>| {
                let mut values = values(resolved);
                values.values_mut().flatten().for_each(|items| items.sort());
                values
            };
            let answer = first.resolve(cell).map(|resolved| sorted(&resolved)).map_err(|problems| problems.len());
            let mirrored = second.resolve(twin).map(|resolved| sorted(&resolved)).map_err(|problems| problems.len());
            prop_assert_eq!(answer, mirrored, "{}", cell.id());
        }
    }
}
