//! The language as one table: which words there are, where each may stand, and how it looks there.
//!
//! The reader asks this table: for the outline of every node, and for what to say about a word that stands elsewhere or
//! nowhere. What is printed about the language (`xbuild schema`, the book's reference, `xbuild explain NODE`) is made of
//! the same table, so neither can know more than the other. How a value is read is written where its node is lowered.

mod node;
mod page;
mod table;

pub use node::{ArgumentInfo, NodeInfo, Open, PropertyInfo, Type};
pub use page::{Unmarked, entry, filled};
pub(crate) use table::*;

use xbuild_kdl::Node;
use xbuild_model::BuilderKind;

use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, origin, shown};

pub use crate::condition::BUILT_IN as CONDITIONS;
pub use crate::env::{DERIVED_FOR_ALL, DERIVED_GOFLAGS};

/// Every node, in the order of the documentation.
pub fn nodes() -> &'static [&'static NodeInfo] {
    &ALL
}

/// A place where nodes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Outside every block.
    Top,
    /// `defaults { … }` or `profile NAME … { … }`.
    Layer,
    /// `when` in `defaults` or a profile.
    LayerWhen,
    /// `target NAME { … }`.
    Target,
    /// `when` in a target.
    TargetWhen,
    /// `go { … }` and the like.
    Builder(BuilderKind),
    /// `archive … { … }` or `image … { … }`.
    Package,
}

impl Place {
    /// The nodes in whose blocks this is, with the nodes around those: `target/when`. `top` is outside every block.
    pub const fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Top => &["top"],
            Self::Layer => &["defaults", "profile"],
            Self::LayerWhen => &["defaults/when", "profile/when"],
            Self::Target => &["target"],
            Self::TargetWhen => &["target/when"],
            Self::Builder(BuilderKind::Go) => &["go"],
            Self::Builder(BuilderKind::Cargo) => &["cargo"],
            Self::Builder(BuilderKind::Zig) => &["zig"],
            Self::Builder(BuilderKind::C) => &["c"],
            Self::Builder(BuilderKind::Command) => &["command"],
            Self::Package => &["archive", "image"],
        }
    }

    /// The nodes that stand here.
    pub fn nodes(self) -> impl Iterator<Item = &'static NodeInfo> {
        ALL.iter().copied().filter(move |node| node.places.contains(&self))
    }

    /// The words that stand here.
    pub(crate) fn words(self) -> impl Iterator<Item = &'static str> {
        self.nodes().map(|node| node.name)
    }

    /// Whether the word stands here.
    pub(crate) fn has(self, word: &str) -> bool {
        self.words().any(|known| known == word)
    }

    fn name(self) -> String {
        match self {
            Self::Top => "at the top of the file".into(),
            Self::Layer => "in `defaults` or a profile".into(),
            Self::LayerWhen | Self::TargetWhen => "in `when`".into(),
            Self::Target => "in a target".into(),
            Self::Builder(kind) => format!("in `{}`", kind.as_str()),
            Self::Package => "in this block".into(),
        }
    }
}

/// Where a word of the language belongs.
fn home(word: &str) -> Option<String> {
    let place = match [Place::Top, Place::Target, Place::TargetWhen, Place::Layer].map(|place| place.has(word)) {
        [true, true, ..] => "at the top or in a `target`",
        [true, ..] => "at the top of the file",
        [_, true, false, true] => "in `defaults`, a `profile` or a `target`",
        [_, true, true, true] => "in `defaults`, a `profile`, a `target` or a `when`",
        [_, true, true, false] => "in a `target` or its `when`",
        [_, true, ..] => "in a `target`",
        _ if Place::Package.has(word) => "in the block of `archive` or `image`",
        _ => return builder_home(word),
    };
    Some(format!("it belongs {place}"))
}

fn builder_home(word: &str) -> Option<String> {
    let kinds = BuilderKind::ALL.into_iter().filter(|kind| Place::Builder(*kind).has(word));
    let homes: Vec<String> = kinds.map(|kind| format!("`{} {{ {word} … }}`", kind.as_str())).collect();
    (!homes.is_empty()).then(|| format!("write {}", homes.join(" or ")))
}

/// Whether the language has the word anywhere.
pub(crate) fn is_known(word: &str) -> bool {
    ALL.iter().any(|node| node.name == word)
}

impl Ctx<'_> {
    /// Reports a `+` before something that is not a list of settings.
    pub(crate) fn refuses_append(&self, node: &Node) -> bool {
        let Some(word) = node.name.value.strip_prefix('+') else { return false };
        let headline = format!("nothing can be added to {}", shown(word));
        let problem =
            Meaning::new(Code::AppendScalar, origin(node.name.span), headline, "`+` adds to a list of settings");
        self.report(problem.help(format!("write `{}`", xbuild_kdl::printable(word))));
        true
    }

    /// Reports a node that does not belong where it stands.
    pub(crate) fn stranger(&self, node: &Node, place: Place) {
        self.suffer();
        if node.masked {
            return;
        }
        let word = node.name.value.trim_start_matches('+');
        if place.has(word) && self.refuses_append(node) {
            return;
        }
        let at = origin(node.name.span);
        let name = shown(word);
        if let Some(home) = home(word) {
            let headline = format!("{name} does not belong {}", place.name());
            self.report(Meaning::new(Code::Misplaced, at, headline, "not here").help(home));
            return;
        }
        let headline = format!("{name} is not known {}", place.name());
        let help = self.suggest(word, place.words()).or_else(|| Some("remove it".into()));
        self.report(Meaning::new(Code::UnknownNode, at, headline, "not known here").maybe_help(help));
    }
}
