//! The settings of one cell, each with everything that was said about it.
//!
//! Values of kinds that cannot be (a list where a slot takes a bool) do not come out of the configuration, so the typed
//! readers answer nothing for them. How a winner is found stands in `resolve`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::account::builder_default;
use xbuild_model::{Dep, Op, Origin, Setting, Slot, Spanned, Template, Value, When};

/// A layer that the file writes, weakest first. What builders do on their own is the weakest and is not written: a slot that
/// is absent from [`Resolved`] has the builder's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerKind {
    /// `defaults`.
    Defaults,
    /// The cell's profile.
    Profile,
    /// The cell's target.
    Target,
}

impl LayerKind {
    /// The word for messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::Profile => "profile",
            Self::Target => "target",
        }
    }
}

/// One setting that applies to a cell, won or lost.
#[derive(Debug, Clone, Copy)]
pub struct Said<'m> {
    /// The layer it stands in.
    pub layer: LayerKind,
    /// The `when` it stands in; `None` for a plain setting.
    pub when: Option<&'m When>,
    /// The setting.
    pub setting: &'m Setting,
}

impl Said<'_> {
    /// Where the setting was written.
    pub fn origin(&self) -> Origin {
        self.setting.origin
    }
}

/// One dependency that applies to a cell, won or lost.
#[derive(Debug, Clone, Copy)]
pub struct SaidDep<'m> {
    /// The `when` it stands in; `None` for a plain one.
    pub when: Option<&'m When>,
    /// The dependency.
    pub dep: &'m Dep,
}

/// A dependency of one cell, and what it replaced.
#[derive(Debug, Clone)]
pub struct ResolvedDep<'m> {
    /// The one that holds.
    pub holds: SaidDep<'m>,
    /// Those that applied and were replaced, in the file's order.
    pub lost: Vec<SaidDep<'m>>,
}

/// What a slot is in one cell, and why.
#[derive(Debug, Clone)]
pub struct ResolvedValue<'m> {
    pub(super) value: Option<Cow<'m, Value>>,
    pub(super) made_by: Vec<Said<'m>>,
    pub(super) lost: Vec<Said<'m>>,
}

impl<'m> ResolvedValue<'m> {
    /// The value; `None` where the last word was `#null`.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_deref()
    }

    /// What made the value: the setting that won (several where they say the same), then what was appended to it, in the
    /// order of the list.
    pub fn made_by(&self) -> &[Said<'m>] {
        &self.made_by
    }

    /// What applied and was replaced, weakest layer first and in the file's order within a layer.
    pub fn lost(&self) -> &[Said<'m>] {
        &self.lost
    }

    /// Where the value comes from: the setting that won, or else the first that appended.
    pub fn origin(&self) -> Option<Origin> {
        self.made_by.first().map(Said::origin)
    }

    /// The value of what was said, computed: the winner's, with the lists of all that append.
    pub(super) fn new(made_by: Vec<Said<'m>>, lost: Vec<Said<'m>>) -> Self {
        let base = made_by.iter().find(|said| !matches!(said.setting.op, Op::Append(_)));
        let base = base.and_then(|said| match &said.setting.op {
            Op::Set(value) => Some(value),
            Op::Clear | Op::Append(_) => None,
        });
        let mut appended = made_by.iter().filter_map(|said| appended(&said.setting.op)).peekable();
        let value = if appended.peek().is_none() {
            base.map(Cow::Borrowed)
        } else {
            let start = base.and_then(as_list).unwrap_or_default();
            let list = start.iter().chain(appended.flatten()).cloned().collect();
            Some(Cow::Owned(Value::List(list)))
        };
        Self { value, made_by, lost }
    }
}

fn appended(op: &Op) -> Option<&[Spanned<Template>]> {
    match op {
        Op::Append(value) => as_list(value),
        Op::Set(_) | Op::Clear => None,
    }
}

fn as_list(value: &Value) -> Option<&[Spanned<Template>]> {
    match value {
        Value::List(list) => Some(list),
        _ => None,
    }
}

/// The settings of one cell. Slots of other builders than the target's are left out.
#[derive(Debug, Clone, Default)]
pub struct Resolved<'m> {
    pub(super) values: BTreeMap<&'m Slot, ResolvedValue<'m>>,
    pub(super) deps: Vec<ResolvedDep<'m>>,
}

impl<'m> Resolved<'m> {
    /// Everything that was said about a slot; `None` where nothing was.
    pub fn get(&self, slot: &Slot) -> Option<&ResolvedValue<'m>> {
        self.values.get(slot)
    }

    /// Every slot that something was said about, in the order of [`Slot`].
    pub fn iter(&self) -> impl Iterator<Item = (&'m Slot, &ResolvedValue<'m>)> {
        self.values.iter().map(|(slot, value)| (*slot, value))
    }

    /// The value of a slot; `None` where it is unset or cleared.
    pub fn value(&self, slot: &Slot) -> Option<&Value> {
        self.get(slot).and_then(ResolvedValue::value)
    }

    /// The value of a slot that takes `#true` or `#false`.
    pub fn flag(&self, slot: &Slot) -> Option<bool> {
        match self.value(slot) {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// The same, or what the builder does by itself.
    pub fn flag_or_default(&self, slot: &Slot) -> bool {
        self.flag(slot).unwrap_or_else(|| builder_default(slot) == Some(Value::Bool(true)))
    }

    /// The value of a slot that takes a string.
    pub fn text(&self, slot: &Slot) -> Option<&Spanned<Template>> {
        match self.value(slot) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The value of a slot that takes a list; empty where it is unset or cleared.
    pub fn list(&self, slot: &Slot) -> &[Spanned<Template>] {
        self.value(slot).and_then(as_list).unwrap_or_default()
    }

    /// The dependencies: the target's, with those of matching `when` blocks, in the file's order.
    pub fn deps(&self) -> impl Iterator<Item = &'m Dep> {
        self.deps.iter().map(|resolved| resolved.holds.dep)
    }

    /// The same, each with where it was said and what it replaced.
    pub fn resolved_deps(&self) -> &[ResolvedDep<'m>] {
        &self.deps
    }
}
