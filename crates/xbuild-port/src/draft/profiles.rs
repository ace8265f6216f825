//! Which profiles a file needs so that each target has exactly its platforms.
//!
//! Targets with the same platforms share a profile. One list alone is `release`; of several, one that is for a single
//! operating system is named after it, the first other one is `release`, and the rest are named after their first target.

use xbuild_model::Name;
use xbuild_platform::{Os, Platform};

use super::Target;
use crate::name::{Taken, spelled};

/// The profiles, and which one each target is built for.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    pub(crate) list: Vec<Profile>,
    /// For each target the index of its profile; `None` for one without platforms.
    pub(crate) of_target: Vec<Option<usize>>,
}

/// `profile NAME PLATFORM…`.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: Name,
    pub(crate) platforms: Vec<Platform>,
}

impl Profiles {
    /// What a target says of its profile: nothing where there is only one.
    pub(crate) fn named(&self, target: usize) -> Option<&Name> {
        let index = (*self.of_target.get(target)?)?;
        (self.list.len() > 1).then(|| &self.list[index].name)
    }
}

/// The profiles of all targets.
pub(crate) fn of(targets: &[Target]) -> Profiles {
    let mut lists: Vec<(&[Platform], &Name)> = Vec::new();
    let mut of_target = Vec::new();
    for target in targets {
        if target.platforms.is_empty() {
            of_target.push(None);
            continue;
        }
        let known = lists.iter().position(|(platforms, _)| is_same(platforms, &target.platforms));
        of_target.push(Some(known.unwrap_or(lists.len())));
        if known.is_none() {
            lists.push((&target.platforms, &target.name));
        }
    }
    Profiles { list: named(&lists), of_target }
}

fn is_same(one: &[Platform], other: &[Platform]) -> bool {
    one.len() == other.len() && one.iter().all(|platform| other.contains(platform))
}

fn named(lists: &[(&[Platform], &Name)]) -> Vec<Profile> {
    let mut taken = Taken::default();
    let release = spelled("release", "release");
    let mut is_release_free = true;
    let name = |(platforms, target): &(&[Platform], &Name)| {
        let system = one_system(platforms).filter(|_| lists.len() > 1);
        let wanted = match system {
            Some(os) => spelled(os.as_str(), "release"),
            None if std::mem::take(&mut is_release_free) => release.clone(),
            None => (*target).clone(),
        };
        Profile { name: taken.unique(&wanted), platforms: platforms.to_vec() }
    };
    lists.iter().map(name).collect()
}

fn one_system(platforms: &[Platform]) -> Option<Os> {
    let first = platforms.first()?.os();
    platforms.iter().all(|platform| platform.os() == first).then_some(first)
}
