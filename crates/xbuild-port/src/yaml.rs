//! YAML as a tree of texts: every scalar as it was written, every value with its place, anchors and merge keys followed.
//!
//! GoReleaser reads numbers, booleans and words alike where it wants a text (`goarm: [6, "7"]`), so a scalar keeps its
//! spelling here: `1.20` stays `1.20`. The one file that knows the YAML crate.

use std::fmt;

use miette::SourceSpan;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::{ImportProblem, Place};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) span: Option<SourceSpan>,
    pub(crate) value: Value,
}

/// What stands there.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// What stands under a key of a map; `null` counts as nothing.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let (_, node) = self.entries().iter().find(|(name, _)| name == key)?;
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// The entries of a map, in the order of the text.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a list; anything else is a list of itself, `null` an empty one.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            Value::Text(_) | Value::Map(_) => std::slice::from_ref(self),
        }
    }

    /// A scalar's text.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The value in one line, for a note.
    pub(crate) fn shown(&self) -> String {
        let all = |nodes: Vec<String>, between: &str| nodes.join(between);
        xbuild_kdl::printable(&match &self.value {
            Value::Null => String::new(),
            Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Value::List(items) => all(items.iter().map(Self::shown).collect(), ", "),
            Value::Map(entries) => {
                all(entries.iter().map(|(key, node)| format!("{key}: {}", node.shown())).collect(), ", ")
            }
        })
    }

    /// What kind of value it is, in a message.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a block",
        }
    }
}

/// Reads a text of one document; an empty text is `null`.
pub(crate) fn read(text: &str) -> Result<Node, ImportProblem> {
    let raw: Spanned<Raw> = serde_saphyr::from_str(text).map_err(|error| problem(text, &error))?;
    Ok(node(text, &raw))
}

fn problem(text: &str, error: &serde_saphyr::Error) -> ImportProblem {
    let what = error.without_snippet().to_string();
    let location = error.location();
    // The place is shown beside the words, and what a caller could set is nothing to a reader.
    let ends = [" at line ", ", set ", "; use "];
    let what = ends.iter().fold(what.as_str(), |what, end| what.split(end).next().unwrap_or(what));
    let at = location.map(|at| SourceSpan::from((offset(text, at), 0)));
    ImportProblem::Yaml { at, what: what.to_owned() }
}

/// The byte that a place stands for.
fn offset(text: &str, at: Location) -> usize {
    let lines = usize::try_from(at.line()).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(lines).map(str::len).sum();
    let line = text[start..].split('\n').next().unwrap_or_default();
    let characters = usize::try_from(at.column()).unwrap_or(1).saturating_sub(1);
    start + line.chars().take(characters).map(char::len_utf8).sum::<usize>()
}

/// A value as the reader gives it.
#[derive(Debug)]
enum Raw {
    Null,
    /// A text between quotes, or one that nobody takes for anything else.
    Text(String),
    /// A number or a boolean: its spelling is in the source.
    Plain(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

fn node(text: &str, raw: &Spanned<Raw>) -> Node {
    let at = raw.defined;
    let value = match &raw.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Text(text.clone()),
        Raw::Plain(read) => Value::Text(source(text, at).map_or_else(|| read.clone(), |text| text.trim().to_owned())),
        Raw::List(items) => Value::List(items.iter().map(|item| node(text, item)).collect()),
        Raw::Map(entries) => Value::Map(entries.iter().map(|(key, value)| entry(text, key, value)).collect()),
    };
    let span = range(at).map(|(start, length)| SourceSpan::from((start, length)));
    Node { place: Place { line: at.line(), column: at.column() }, span, value }
}

fn entry(text: &str, key: &Spanned<Raw>, value: &Spanned<Raw>) -> (String, Node) {
    let key_node = node(text, key);
    let value = node(text, value);
    // A block is found where its key stands: it begins a line below.
    let place = if matches!(value.value, Value::Text(_)) { value.place } else { key_node.place };
    (key_node.text().unwrap_or_default().to_owned(), Node { place, ..value })
}

fn range(at: Location) -> Option<(usize, usize)> {
    let span = at.span();
    Some((usize::try_from(span.byte_offset()?).ok()?, usize::try_from(span.byte_len()?).ok()?))
}

fn source(text: &str, at: Location) -> Option<&str> {
    let (start, length) = range(at)?;
    text.get(start..start + length)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let answer = match read(text) {
            Ok(node) => node.shown(),
            Err(ImportProblem::Yaml { at: Some(at), what }) => format!("{what} at byte {}", at.offset()),
            Err(other) => other.to_string(),
        };
        assert_eq!(answer, expect, "{text}");
    }

    #[test]
    fn scalars_keep_their_spelling() {
        check("a: 1.20\nb: 007\nc: yes\nd: '386'\n6: ~", "a: 1.20, b: 007, c: yes, d: 386, 6: ");
        check("on: off", "on: off");
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        check("a: &a {x: 1.0, y: 2}\nb: {<<: *a, y: 3}\nc: [*a]", "a: x: 1.0, y: 2, b: y: 3, x: 1.0, c: x: 1.0, y: 2");
    }

    #[test]
    fn an_empty_text_is_nothing() {
        check("", "");
        check("# only this\n", "");
    }

    #[test]
    fn mistakes_have_a_place() {
        check("a: [1\nb: 2\n", "illegal placement of ':' indicator at byte 7");
        check("ü: 1\nü: 2\n", "duplicate mapping key: ü at byte 6");
        check("a: *x\n", "alias references unknown anchor at byte 3");
    }
}
