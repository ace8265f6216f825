//! Which of two conditions is narrower: the order that decides between `when` blocks (rule 3).
//!
//! A condition is read as a set: of profiles, of platforms and of values for each axis it names. Its terms about platform,
//! os, arch and variant become one set out of the closed table of platforms, so `platform="linux/arm64"` is narrower than
//! `os=linux` and `variant=v7` narrower than `arch=arm`. A dimension that a condition does not name is wider than any list
//! of its values, even a full one. Whether a condition holds for a cell is asked in `matcher`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use xbuild_model::{Condition, Dimension};
use xbuild_platform::{PAIRS, Platform};

/// What a condition admits; `None` admits everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope<'p> {
    profiles: Option<BTreeSet<&'p str>>,
    platforms: Option<BTreeSet<Platform>>,
    axes: BTreeMap<&'p str, BTreeSet<&'p str>>,
}

impl<'p> Scope<'p> {
    pub(super) fn of(condition: &'p Condition) -> Self {
        let mut scope = Self { profiles: None, platforms: None, axes: BTreeMap::new() };
        for term in &condition.terms {
            let values = || term.values.iter().map(String::as_str).collect::<BTreeSet<&str>>();
            match &term.dimension {
                Dimension::Profile => scope.profiles = Some(values()),
                Dimension::Axis(name) => drop(scope.axes.insert(name, values())),
                dimension => scope.keep_platforms(dimension, &values()),
            }
        }
        scope
    }

    fn keep_platforms(&mut self, dimension: &Dimension, values: &BTreeSet<&str>) {
        let platforms = self.platforms.get_or_insert_with(|| TABLE.clone());
        platforms.retain(|platform| match dimension {
            Dimension::Platform => values.contains(platform.to_string().as_str()),
            Dimension::Os => values.contains(platform.os().as_str()),
            Dimension::Arch => values.contains(platform.arch().as_str()),
            Dimension::Variant => platform.variant().is_some_and(|variant| values.contains(variant.as_str())),
            Dimension::Profile | Dimension::Axis(_) => true,
        });
    }

    /// Whether this one holds only where the other one does, and not the other way round.
    pub(super) fn is_narrower_than(&self, other: &Self) -> bool {
        self.is_within(other) && !other.is_within(self)
    }

    fn is_within(&self, other: &Self) -> bool {
        let axis_is_within =
            |(axis, values): (&&str, &BTreeSet<&str>)| self.axes.get(axis).is_some_and(|own| own.is_subset(values));
        is_subset(self.profiles.as_ref(), other.profiles.as_ref())
            && is_subset(self.platforms.as_ref(), other.platforms.as_ref())
            && other.axes.iter().all(axis_is_within)
    }
}

fn is_subset<T: Ord>(set: Option<&BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> bool {
    match (set, other) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(set), Some(other)) => set.is_subset(other),
    }
}

/// Every platform that can be written, levels and all.
static TABLE: LazyLock<BTreeSet<Platform>> = LazyLock::new(|| {
    let levels = PAIRS.iter().flat_map(|&(os, arch)| {
        arch.variants().filter_map(move |variant| format!("{os}/{arch}/{variant}").parse().ok())
    });
    Platform::all().chain(levels).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::tests::project::condition;

    fn check(narrow: &str, wide: &str, expect: bool) {
        let (narrow_condition, wide_condition) = (condition(narrow), condition(wide));
        let (narrow_scope, wide_scope) = (Scope::of(&narrow_condition), Scope::of(&wide_condition));
        assert_eq!(narrow_scope.is_narrower_than(&wide_scope), expect, "{narrow} < {wide}");
    }

    #[test]
    fn more_terms_are_narrower() {
        check("ed=pro profile=prod", "ed=pro", true);
        check("ed=pro", "ed=pro profile=prod", false);
    }

    #[test]
    fn fewer_values_are_narrower() {
        check("os=linux", "os=linux|darwin", true);
        check("os=linux|darwin", "os=linux", false);
        check("os=linux", "os=linux", false);
    }

    #[test]
    fn a_platform_implies_its_parts() {
        check("platform=linux/arm64", "os=linux", true);
        check("platform=linux/arm64", "arch=arm64 os=linux|darwin", true);
        check("platform=linux/arm/v7", "variant=v7", true);
        check("variant=v7", "arch=arm", true);
        check("os=linux", "platform=linux/arm64", false);
    }

    #[test]
    fn the_same_set_spelt_twice_is_not_narrower() {
        check("os=linux arch=arm variant=v7", "platform=linux/arm/v7", false);
        check("platform=linux/arm/v7", "os=linux arch=arm variant=v7", false);
    }

    #[test]
    fn an_architecture_is_wider_than_its_baseline() {
        check("platform=linux/amd64", "os=linux arch=amd64", true);
    }

    #[test]
    fn crossing_conditions_are_not_comparable() {
        check("ed=pro", "os=linux", false);
        check("os=linux", "ed=pro", false);
        check("os=linux ed=pro", "arch=arm64 ed=pro", false);
    }
}
