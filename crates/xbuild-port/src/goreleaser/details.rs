//! What GoReleaser calls build details: the lists that a build has and an override replaces.

use crate::note::Place;
use crate::yaml::{Node, Value};

/// A text of a list, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) text: String,
    pub(crate) place: Option<Place>,
}

/// The details that hold for one target.
#[derive(Debug, Clone, Default)]
pub(crate) struct Details {
    pub(crate) buildmode: Option<Item>,
    pub(crate) ldflags: Vec<Item>,
    pub(crate) tags: Vec<Item>,
    pub(crate) flags: Vec<Item>,
    pub(crate) asmflags: Vec<Item>,
    pub(crate) gcflags: Vec<Item>,
    pub(crate) env: Vec<Item>,
}

/// The keys that are details.
pub(crate) const KEYS: [&str; 7] = ["buildmode", "ldflags", "tags", "flags", "asmflags", "gcflags", "env"];

/// What GoReleaser links with where a build does not say. It names itself as the one who built.
const DEFAULT_LDFLAGS: &str = "-s -w -X main.version={{.Version}} -X main.commit={{.Commit}} \
                               -X main.date={{.Date}} -X main.builtBy=goreleaser";

impl Details {
    /// Those of a build or an override, as they are written.
    pub(crate) fn read(node: &Node) -> Self {
        let texts = |key| node.get(key).map(items).unwrap_or_default();
        Self {
            buildmode: texts("buildmode").into_iter().find(|item| !item.text.is_empty()),
            ldflags: texts("ldflags"),
            tags: fields(node, "tags"),
            flags: fields(node, "flags"),
            asmflags: texts("asmflags"),
            gcflags: texts("gcflags"),
            env: texts("env"),
        }
    }

    /// With GoReleaser's default where the build says nothing.
    pub(crate) fn with_defaults(mut self) -> Self {
        if self.ldflags.is_empty() {
            self.ldflags = vec![Item { text: DEFAULT_LDFLAGS.to_owned(), place: None }];
        }
        self
    }

    /// With an override on top: a list that it has replaces the whole list, its variables are added.
    pub(crate) fn overridden(&self, by: &Self) -> Self {
        let list = |own: &[Item], other: &[Item]| if other.is_empty() { own.to_vec() } else { other.to_vec() };
        Self {
            buildmode: by.buildmode.clone().or_else(|| self.buildmode.clone()),
            ldflags: list(&self.ldflags, &by.ldflags),
            tags: list(&self.tags, &by.tags),
            flags: list(&self.flags, &by.flags),
            asmflags: list(&self.asmflags, &by.asmflags),
            gcflags: list(&self.gcflags, &by.gcflags),
            env: [self.env.as_slice(), by.env.as_slice()].concat(),
        }
    }
}

/// The texts of a list, or the one text.
pub(crate) fn items(node: &Node) -> Vec<Item> {
    let item = |node: &Node| Some(Item { text: node.text()?.to_owned(), place: Some(node.place) });
    node.items().iter().filter_map(item).collect()
}

/// The texts of a list, or the words of the one text.
fn fields(node: &Node, key: &str) -> Vec<Item> {
    let Some(node) = node.get(key) else { return Vec::new() };
    let Value::Text(text) = &node.value else { return items(node) };
    text.split_whitespace().map(|word| Item { text: word.to_owned(), place: Some(node.place) }).collect()
}
