//! The names that a file declares, and those that it might have declared in a part that could not be read.
//!
//! A name that is used must be declared somewhere in the file, before or after. Where a declaration was broken, the names
//! that it may have meant are *hidden*: using one is no problem of its own.

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use xbuild_kdl::{Document, Node};
use xbuild_model::{Axis, Name, Spanned, ToolchainKind};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::Place;
use crate::problem::{Meaning, shown};
use crate::target;

/// What a name can be the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Profile,
    Axis,
    Toolchain,
    Target,
}

impl Kind {
    /// The word of the declaration, which is also what messages call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Axis => "axis",
            Self::Toolchain => "toolchain",
            Self::Target => "target",
        }
    }

    const fn unknown(self) -> Code {
        match self {
            Self::Profile => Code::UnknownProfile,
            Self::Axis => Code::UnknownAxis,
            Self::Toolchain => Code::UnknownToolchain,
            Self::Target => Code::UnknownTarget,
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Profile => "profile NAME \"linux/amd64\"",
            Self::Axis => "axis NAME one two",
            Self::Toolchain => "toolchain NAME \"1.2.3\" kind=tool path=\"…\"",
            Self::Target => "target NAME { … }",
        }
    }
}

/// The declared names of a file.
#[derive(Debug, Default)]
pub(crate) struct Names {
    profiles: IndexSet<String>,
    targets: IndexMap<String, Option<Vec<String>>>,
    axes: IndexMap<String, AxisValues>,
    toolchains: IndexMap<String, ToolchainKind>,
    hidden: BTreeSet<String>,
    any_hidden: bool,
}

#[derive(Debug)]
struct AxisValues {
    values: IndexSet<String>,
    poisoned: bool,
}

impl Names {
    /// Collects the names of profiles and targets, and what could be a declaration but cannot be read as one.
    pub(crate) fn collect(document: &Document) -> Self {
        let mut names = Self::default();
        for node in &document.nodes {
            names.collect_node(node);
        }
        names
    }

    fn collect_node(&mut self, node: &Node) {
        let word = node.name.value.as_str();
        match (word, Self::collect_name(node)) {
            ("profile", Some(name)) => _ = self.profiles.insert(name),
            ("target", Some(name)) => _ = self.targets.entry(name).or_insert_with(|| target::axis_words(node)),
            ("profile" | "target", None) => self.hide(node),
            _ if node.masked || !Place::Top.has(word) => self.hide(node),
            _ => {}
        }
    }

    fn collect_name(node: &Node) -> Option<String> {
        let first = node.arguments().next().filter(|entry| !entry.masked && !node.masked)?;
        first.value.as_str().filter(|text| text.parse::<Name>().is_ok()).map(str::to_owned)
    }

    /// Remembers what a node that could not be read may have declared: its first argument, or anything.
    pub(crate) fn hide(&mut self, node: &Node) {
        match node.arguments().next().and_then(|entry| entry.value.as_str()) {
            Some(text) => _ = self.hidden.insert(text.to_owned()),
            None => self.any_hidden = true,
        }
    }

    /// Adds the declared axes.
    pub(crate) fn add_axes(&mut self, axes: &[Axis]) {
        for axis in axes {
            let values = axis.values.iter().map(ToString::to_string).collect();
            self.axes.insert(axis.name.to_string(), AxisValues { values, poisoned: axis.poisoned });
        }
    }

    /// Adds a declared toolchain.
    pub(crate) fn add_toolchain(&mut self, name: &str, kind: ToolchainKind) {
        self.toolchains.insert(name.to_owned(), kind);
    }

    /// Whether the name is declared.
    pub(crate) fn has(&self, kind: Kind, name: &str) -> bool {
        match kind {
            Kind::Profile => self.profiles.contains(name),
            Kind::Target => self.targets.contains_key(name),
            Kind::Axis => self.axes.contains_key(name),
            Kind::Toolchain => self.toolchains.contains_key(name),
        }
    }

    /// The declared names of a kind, in file order.
    pub(crate) fn all(&self, kind: Kind) -> Box<dyn Iterator<Item = &str> + '_> {
        match kind {
            Kind::Profile => Box::new(self.profiles.iter().map(String::as_str)),
            Kind::Target => Box::new(self.targets.keys().map(String::as_str)),
            Kind::Axis => Box::new(self.axes.keys().map(String::as_str)),
            Kind::Toolchain => Box::new(self.toolchains.keys().map(String::as_str)),
        }
    }

    /// Whether a part that could not be read may have declared this name.
    pub(crate) fn may_hide(&self, name: &str) -> bool {
        self.any_hidden || self.hidden.contains(name)
    }

    /// Whether some declaration could not be read.
    pub(crate) fn hides_something(&self) -> bool {
        self.any_hidden || !self.hidden.is_empty()
    }

    /// The values of an axis that could be read, in file order.
    pub(crate) fn axis_values(&self, axis: &str) -> impl Iterator<Item = &str> {
        self.axes.get(axis).into_iter().flat_map(|axis| &axis.values).map(String::as_str)
    }

    /// Whether an axis has a value; `None` where that could not be read.
    pub(crate) fn has_axis_value(&self, axis: &str, value: &str) -> Option<bool> {
        let axis = self.axes.get(axis)?;
        let has = axis.values.contains(value);
        (has || !axis.poisoned).then_some(has)
    }

    /// Whether a target is known not to have an axis.
    pub(crate) fn lacks_axis(&self, target: &str, axis: &str) -> bool {
        let Some(Some(axes)) = self.targets.get(target) else { return false };
        axes.iter().all(|own| own != axis && self.has(Kind::Axis, own))
    }

    /// The kind of a declared toolchain.
    pub(crate) fn toolchain_kind(&self, name: &str) -> Option<ToolchainKind> {
        self.toolchains.get(name).copied()
    }

    /// The declared toolchains of these kinds, in file order.
    pub(crate) fn toolchains_of(&self, kinds: &[ToolchainKind]) -> Vec<&str> {
        let of_kind = self.toolchains.iter().filter(|(_, kind)| kinds.contains(kind));
        of_kind.map(|(name, _)| name.as_str()).collect()
    }
}

impl Ctx<'_> {
    /// The name as that of something declared; reports one that is not, unless it may be hidden.
    pub(crate) fn resolve(&self, kind: Kind, name: &Spanned<String>) -> Option<Spanned<Name>> {
        match name.parse::<Name>() {
            Ok(known) if self.names.has(kind, name) => Some(Spanned::new(known, name.origin)),
            _ if self.names.may_hide(name) => {
                self.suffer();
                None
            }
            _ => {
                self.report_unknown(kind, name);
                None
            }
        }
    }

    fn report_unknown(&self, kind: Kind, name: &Spanned<String>) {
        let word = kind.word();
        let candidates = self.names.all(kind);
        let declare = || format!("declare it: `{}`", kind.example().replace("NAME", name));
        let help = self.suggest(name, candidates).or_else(|| name.parse::<Name>().ok().map(|_| declare()));
        let headline = format!("there is no {word} {}", shown(name));
        self.report(
            Meaning::new(kind.unknown(), name.origin, headline, format!("no {word} has this name")).maybe_help(help),
        );
    }
}
