//! Which words may stand where, and what to say about one that stands elsewhere or nowhere.
//!
//! What a node looks like inside is written where it is lowered.

use xbuild_kdl::Node;
use xbuild_model::BuilderKind;

use crate::builder;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, origin, shown};

/// The nodes at the top of the file.
pub(crate) const TOP: [&str; 8] =
    ["project", "toolchain", "profile", "axis", "defaults", "target", "exclude", "xbuild"];

/// The settings without builder blocks and `when`.
const SETTINGS: [&str; 11] =
    ["env", "env-pass", "env-secret", "cc", "cwd", "inputs", "outputs", "tools", "expect", "smoke", "network"];

/// What only a target has.
const TARGET: [&str; 5] = ["noarch", "profiles", "axes", "exclude", "include"];

/// What a target and its `when` blocks have.
const PARTS: [&str; 3] = ["deps", "archive", "image"];

/// A place where nodes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
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
    fn words(self) -> Vec<&'static str> {
        let builders = BuilderKind::ALL.map(BuilderKind::as_str);
        let settings = || SETTINGS.into_iter().chain(builders);
        match self {
            Self::Top => TOP.to_vec(),
            Self::Layer => settings().chain(["when"]).collect(),
            Self::LayerWhen => settings().collect(),
            Self::Target => builders.into_iter().chain(TARGET).chain(PARTS).chain(SETTINGS).chain(["when"]).collect(),
            Self::TargetWhen => settings().chain(PARTS).collect(),
            Self::Builder(kind) => builder::children(kind).collect(),
            Self::Package => vec!["add"],
        }
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
    let is = |list: &[&str]| list.contains(&word);
    let anywhere = "in `defaults`, a `profile`, a `target` or a `when`";
    let place = match word {
        "exclude" => "at the top or in a `target`",
        "when" => "in `defaults`, a `profile` or a `target`",
        "add" => "in the block of `archive` or `image`",
        _ if is(&TOP) => "at the top of the file",
        _ if is(&TARGET) => "in a `target`",
        _ if is(&PARTS) => "in a `target` or its `when`",
        _ if is(&SETTINGS) || BuilderKind::ALL.iter().any(|kind| kind.as_str() == word) => anywhere,
        _ => return builder_home(word),
    };
    Some(format!("it belongs {place}"))
}

fn builder_home(word: &str) -> Option<String> {
    let homes: Vec<String> = BuilderKind::ALL
        .into_iter()
        .filter(|kind| builder::children(*kind).any(|child| child == word))
        .map(|kind| format!("`{} {{ {word} … }}`", kind.as_str()))
        .collect();
    (!homes.is_empty()).then(|| format!("write {}", homes.join(" or ")))
}

/// Whether the language has the word anywhere.
pub(crate) fn is_known(word: &str) -> bool {
    home(word).is_some()
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
        if place.words().contains(&word) && self.refuses_append(node) {
            return;
        }
        let at = origin(node.name.span);
        let name = shown(word);
        if let Some(home) = home(word) {
            let headline = format!("{name} does not belong {}", place.name());
            self.report(Meaning::new(Code::Misplaced, at, headline, "not here").help(home));
            return;
        }
        let words = place.words();
        let headline = format!("{name} is not known {}", place.name());
        let help = if words.is_empty() { Some("remove it".into()) } else { self.suggest(word, words) };
        self.report(Meaning::new(Code::UnknownNode, at, headline, "not known here").maybe_help(help));
    }
}
