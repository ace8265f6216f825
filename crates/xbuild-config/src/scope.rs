//! Where a setting stands, and what it may therefore refer to.

use xbuild_model::BuilderKind;

use crate::grammar::Place;

/// The target whose settings are read. `None` in a list means that it could not be read and anything may be in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// Its name, for messages.
    pub(crate) name: String,
    /// Its builder.
    pub(crate) builder: Option<BuilderKind>,
    /// Its axes.
    pub(crate) axes: Option<Vec<String>>,
    /// The targets that it needs, in all its blocks.
    pub(crate) deps: Option<Vec<String>>,
    /// Whether it has one cell for all platforms.
    pub(crate) noarch: bool,
}

/// The place of a setting, and the target around it, if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    /// The block.
    pub(crate) place: Place,
    /// The target.
    pub(crate) subject: Option<&'s Subject>,
}

impl Scope<'_> {
    /// `defaults` or a profile.
    pub(crate) const LAYER: Self = Self { place: Place::Layer, subject: None };

    /// The scope of a `when` in this one.
    pub(crate) const fn inside_when(self) -> Self {
        let place = if self.subject.is_some() { Place::TargetWhen } else { Place::LayerWhen };
        Self { place, subject: self.subject }
    }

    /// The scope of a builder's block in this one.
    pub(crate) const fn inside_builder(self, kind: BuilderKind) -> Self {
        Self { place: Place::Builder(kind), subject: self.subject }
    }
}
