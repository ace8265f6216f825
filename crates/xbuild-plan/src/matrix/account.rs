//! The settings of a cell with everything that was said about each, builder defaults included.
//!
//! A [`Resolved`] leaves out what nobody wrote. An explanation may not: the weakest of the four layers is what a builder does by
//! itself. The values of that layer stand here, once, for the planner and for the explanation.

use std::borrow::Cow;

use xbuild_model::{BuilderKind, Slot, Spanned, Template, Value};

use super::resolve::builder_of;
use super::resolved::{Resolved, Said};

/// The slots for which a builder has a value of its own.
const DEFAULTED: [Slot; 5] =
    [Slot::GoCgo, Slot::GoTrimpath, Slot::CargoDefaultFeatures, Slot::CargoProfile, Slot::ZigOptimize];

/// What the builder does where nothing is said: the weakest layer.
pub fn builder_default(slot: &Slot) -> Option<Value> {
    let text = |text: &str| Some(Value::Text(Spanned::new(Template::literal(text), Default::default())));
    match slot {
        Slot::GoCgo => Some(Value::Bool(false)),
        Slot::GoTrimpath | Slot::CargoDefaultFeatures => Some(Value::Bool(true)),
        Slot::CargoProfile => text("release"),
        Slot::ZigOptimize => text("ReleaseSafe"),
        _ => None,
    }
}

/// One setting of a cell, and why it is what it is.
#[derive(Debug, Clone)]
pub struct Account<'r> {
    /// What is set.
    pub slot: Slot,
    /// The builder whose block the setting stands in; `None` for one that every builder has.
    pub builder: Option<BuilderKind>,
    /// To what; `None` where it is unset or cleared and the builder has no value of its own.
    pub value: Option<Cow<'r, Value>>,
    /// What made the value: the setting that won, then what was appended; empty where it is the builder's default.
    pub made_by: &'r [Said<'r>],
    /// What applied and was replaced, weakest layer first.
    pub lost: &'r [Said<'r>],
    /// The builder's own value, whether it stands or was replaced.
    pub default: Option<Value>,
}

/// The account of every setting of a cell, in the order of [`Slot`].
pub fn accounts<'r>(builder: Option<BuilderKind>, resolved: &'r Resolved<'r>) -> Vec<Account<'r>> {
    let said = resolved.iter().map(|(slot, value)| Account {
        slot: slot.clone(),
        builder: builder_of(slot),
        value: value.value().map(Cow::Borrowed).or_else(|| builder_default(slot).map(Cow::Owned)),
        made_by: value.made_by(),
        lost: value.lost(),
        default: builder_default(slot),
    });
    let is_silent = |slot: &Slot| builder_of(slot) == builder && resolved.get(slot).is_none();
    let silent = DEFAULTED.into_iter().filter(is_silent).map(|slot| {
        let default = builder_default(&slot);
        Account { slot, builder, value: default.clone().map(Cow::Owned), made_by: &[], lost: &[], default }
    });
    let mut all: Vec<Account<'r>> = said.chain(silent).collect();
    all.sort_by(|one, other| one.slot.cmp(&other.slot));
    all
}
