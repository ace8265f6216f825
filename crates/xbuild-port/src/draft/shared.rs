//! What all targets share: settings that every one of several targets has alike are written once, in `defaults`.
//!
//! Only what is exactly the same moves, comments included, so a target's settings stay what they were.

use super::{Builder, Settings, Target};

/// Takes out of the targets what they share.
pub(crate) fn hoist(targets: &mut [Target]) -> Settings {
    let mut defaults = Settings::default();
    if targets.len() < 2 {
        return defaults;
    }
    if targets.iter().all(|target| matches!(target.builder, Builder::Go { .. })) {
        let first = targets[0].settings.slots.clone();
        defaults.slots =
            first.into_iter().filter(|slot| targets.iter().all(|one| one.settings.slots.contains(slot))).collect();
    }
    let first = targets[0].settings.env.clone();
    defaults.env =
        first.into_iter().filter(|variable| targets.iter().all(|one| one.settings.env.contains(variable))).collect();
    for target in targets {
        target.settings.slots.retain(|slot| !defaults.slots.contains(slot));
        target.settings.env.retain(|variable| !defaults.env.contains(variable));
    }
    defaults
}
