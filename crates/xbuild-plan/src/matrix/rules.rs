//! Why a point of the matrix is a cell, or is none: every rule of the file that touches it, with its place.
//!
//! The expansion itself keeps only what it needs (which rule dropped a point, which `include` made one), because a million
//! points must stay small. The rest is found again here, for the one point that somebody asks about, with the matchers that
//! the expansion uses. Which settings a `when` makes is told by `resolve`.

use xbuild_model::{Condition, Exclude, Include, Name, Origin, Spanned, Term, When};

use super::cell::{CellRef, Dropped, How, Point};
use super::matcher::Matcher;
use super::resolved::LayerKind;
use super::resolver::Resolver;

/// What a rule is, by the word that the file has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// The target itself.
    Target,
    /// `noarch`: one cell for all profiles.
    Noarch,
    /// The target's own list of profiles.
    Profiles,
    /// The profile.
    Profile,
    /// A platform of the profile, or of the `include`.
    Platform,
    /// A value of one of the target's axes.
    Axis,
    /// `include`.
    Include,
    /// `exclude`.
    Exclude,
    /// A `when` that holds, in this layer.
    When(LayerKind),
}

impl RuleKind {
    /// The word in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Noarch => "noarch",
            Self::Profiles => "profiles",
            Self::Profile => "profile",
            Self::Platform => "platform",
            Self::Axis => "axis",
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::When(_) => "when",
        }
    }
}

/// What a rule does to a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The point is there because of it.
    Makes,
    /// It changes settings of the cell.
    Changes,
    /// It removes the point.
    Removes,
    /// It would remove the point, which an `include` brings back.
    Overruled,
}

impl Effect {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Makes => "makes",
            Self::Changes => "changes",
            Self::Removes => "removes",
            Self::Overruled => "overruled",
        }
    }

    /// The same for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Makes => "made by",
            Self::Changes => "changed by",
            Self::Removes => "removed by",
            Self::Overruled => "kept in spite of",
        }
    }
}

/// One rule that touches a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is.
    pub kind: RuleKind,
    /// What it does.
    pub effect: Effect,
    /// How the file says it: `exclude profile=edge`.
    pub text: String,
    /// Where.
    pub origin: Origin,
}

/// Every rule that makes or changes a cell: what it is a product of, rules that add or would remove it, and each `when` that
/// holds, weakest layer first.
pub fn rules<'m>(resolver: &mut Resolver<'m>, cell: CellRef<'m>) -> Vec<Rule> {
    let mut rules = match cell.how() {
        How::Expanded => product(*cell),
        How::Included(include) => included(*cell, include),
    };
    let whens = resolver.holding(cell).into_iter();
    rules.extend(whens.map(|(layer, when)| rule(RuleKind::When(layer), Effect::Changes, when_text(when), when.origin)));
    rules
}

impl Dropped<'_> {
    /// Every rule that makes the point, and every one that removes it: each of them is enough.
    pub fn rules(self) -> Vec<Rule> {
        let mut rules = product(*self);
        rules.extend(excludes(*self, Effect::Removes));
        rules
    }
}

fn rule(kind: RuleKind, effect: Effect, text: String, origin: Origin) -> Rule {
    Rule { kind, effect, text, origin }
}

fn makes(kind: RuleKind, text: String, origin: Origin) -> Rule {
    rule(kind, Effect::Makes, text, origin)
}

/// Target × profile × platform × axes.
fn product(point: Point<'_>) -> Vec<Rule> {
    let target = point.target();
    let mut rules = vec![makes(RuleKind::Target, format!("target {}", target.name.value), target.name.origin)];
    rules.extend(target.noarch.map(|origin| makes(RuleKind::Noarch, "noarch".into(), origin)));
    if let Some(profile) = point.profile_declaration() {
        let own = target.profiles.iter().flatten().find(|name| name.value == profile.name.value);
        rules.extend(own.map(|name| makes(RuleKind::Profiles, format!("profiles {}", name.value), name.origin)));
        let name = &profile.name;
        rules.push(makes(RuleKind::Profile, format!("profile {}", name.value), name.origin));
    }
    rules.extend(
        point
            .platform()
            .zip(point.platform_origin())
            .map(|(platform, origin)| makes(RuleKind::Platform, format!("platform \"{platform}\""), origin)),
    );
    rules.extend(axes(point));
    rules
}

/// The values of the axes, each where the axis lists it.
fn axes(point: Point<'_>) -> Vec<Rule> {
    let declared = |name: &Name| point.project.axes.iter().find(|axis| axis.name.value == *name);
    let rule = |(name, value): (&Name, &xbuild_model::AxisValue)| {
        let known: Option<&Spanned<_>> = declared(name)?.values.iter().find(|known| known.value == *value);
        Some(makes(RuleKind::Axis, format!("axis {name}={value}"), known?.origin))
    };
    point.axes().filter_map(rule).collect()
}

fn included(point: Point<'_>, include: &Include) -> Vec<Rule> {
    let target = point.target();
    let mut rules = vec![
        makes(RuleKind::Target, format!("target {}", target.name.value), target.name.origin),
        makes(RuleKind::Include, include_text(include), include.origin),
    ];
    rules.extend(excludes(point, Effect::Overruled));
    rules
}

/// The `exclude` rules that hold at a point: those at the top, then the target's.
fn excludes(point: Point<'_>, effect: Effect) -> Vec<Rule> {
    let all = point.project.excludes.iter().chain(&point.target().excludes);
    let holds = |exclude: &&Exclude| {
        Matcher::new(&exclude.condition, point.project, point.block).holds(point.pair, point.values)
    };
    let text = |exclude: &Exclude| format!("exclude {}", condition_text(&exclude.condition));
    all.filter(holds).map(|exclude| rule(RuleKind::Exclude, effect, text(exclude), exclude.origin)).collect()
}

/// How the file says the condition of a `when`: `when os=linux edition=pro`.
pub fn when_text(when: &When) -> String {
    format!("when {}", condition_text(&when.condition))
}

fn condition_text(condition: &Condition) -> String {
    let term = |term: &Term| format!("{}={}", term.dimension.as_str(), word(&term.values.join("|")));
    condition.terms.iter().map(term).collect::<Vec<_>>().join(" ")
}

fn include_text(include: &Include) -> String {
    let profile = include.profile.as_ref().map(|name| format!(" profile={}", name.value));
    let platform = include.platform.as_ref().map(|platform| format!(" platform=\"{}\"", platform.value));
    let axes = include.axes.iter().map(|(axis, value)| format!(" {}={}", axis.value, word(&value.to_string())));
    std::iter::once("include".to_owned()).chain(profile).chain(platform).chain(axes).collect()
}

/// A value as KDL needs it: quoted where it could not stand bare.
fn word(text: &str) -> String {
    let is_bare = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "|-_.+".contains(c));
    if is_bare { text.to_owned() } else { format!("\"{text}\"") }
}
