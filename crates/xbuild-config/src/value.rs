//! One value of one type: strings, booleans, numbers, names and paths, each consumed or reported.
//!
//! Every function returns `None` exactly where the value was reported (here or by the reader), which poisons its owner.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use xbuild_kdl::{Entry, Value, printable, quote};
use xbuild_model::{Name, Spanned};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, origin, shown};

impl Ctx<'_> {
    /// A string; a number in its place is shown as it was written. `what` is the subject of the message.
    pub(crate) fn string(&self, entry: &Entry, what: &str) -> Option<Spanned<String>> {
        if self.is_masked(entry) {
            return None;
        }
        if let Some(text) = entry.value.as_str() {
            return Some(Spanned::new(text.to_owned(), origin(entry.value_span)));
        }
        self.report(not_a_string(entry, what));
        None
    }

    /// A string with something in it.
    pub(crate) fn filled_string(&self, entry: &Entry, what: &str) -> Option<Spanned<String>> {
        let text = self.string(entry, what)?;
        if !text.is_empty() {
            return Some(text);
        }
        self.report(Meaning::new(
            Code::WrongType,
            text.origin,
            format!("{what} must not be empty"),
            "nothing between the quotes",
        ));
        None
    }

    /// `#true` or `#false`.
    pub(crate) fn boolean(&self, entry: &Entry, what: &str) -> Option<bool> {
        if self.is_masked(entry) {
            return None;
        }
        if let Some(value) = entry.value.as_bool() {
            return Some(value);
        }
        let headline = format!("{what} is either `#true` or `#false`");
        let label = format!("a {}", entry.value.kind());
        let problem = Meaning::new(Code::WantBool, origin(entry.value_span), headline, label);
        self.report(problem.maybe_help(meant_boolean(&entry.value)));
        None
    }

    /// A whole number in a range.
    pub(crate) fn integer(&self, entry: &Entry, what: &str, range: &RangeInclusive<i128>) -> Option<i128> {
        if self.is_masked(entry) {
            return None;
        }
        let value = entry.value.as_integer();
        if value.is_some_and(|value| range.contains(&value)) {
            return value;
        }
        let headline = format!("{what} is a whole number from {} to {}", range.start(), range.end());
        let label = if value.is_some() { "out of range".into() } else { format!("a {}", entry.value.kind()) };
        self.report(Meaning::new(Code::WrongType, origin(entry.value_span), headline, label));
        None
    }

    /// One of a few words.
    pub(crate) fn word<T>(&self, entry: &Entry, what: &str, words: &[(&str, T)]) -> Option<T>
    where
        T: Copy,
    {
        let text = self.string(entry, what)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let help = self.suggest(&text, words.iter().map(|(word, _)| *word));
        let headline = format!("{what} cannot be {}", shown(&text));
        self.report(Meaning::new(Code::WrongType, text.origin, headline, "not one of its words").maybe_help(help));
        None
    }

    /// A new name, `[a-z][a-z0-9-]*`.
    pub(crate) fn name(&self, entry: &Entry, what: &str) -> Option<Spanned<Name>> {
        let text = self.string(entry, what)?;
        match text.parse() {
            Ok(name) => Some(Spanned::new(name, text.origin)),
            Err(_) => {
                let headline = format!("{} is not a name", shown(&text));
                let label = "small letters, digits and `-`, starting with a letter";
                let problem = Meaning::new(Code::BadName, text.origin, headline, label);
                self.report(problem.maybe_help(spelled_as_name(&text).map(|name| format!("write `{name}`"))));
                None
            }
        }
    }
}

fn not_a_string(entry: &Entry, what: &str) -> Meaning {
    let at = origin(entry.value_span);
    let kind = entry.value.kind();
    let Some(raw) = entry.value.raw_number() else {
        let headline = format!("{what} must be a string, not {}", with_article(kind));
        return Meaning::new(Code::WrongType, at, headline, kind);
    };
    let read = match &entry.value {
        Value::Float { value, .. } => value.to_string(),
        _ => entry.value.as_integer().unwrap_or_default().to_string(),
    };
    let mut help = format!("put it in quotes: {}", quote(&printable(raw)));
    if read != raw {
        let _infallible = write!(help, " (as a number it reads as {read})");
    }
    let headline = format!("{what} must be a string, not a number");
    Meaning::new(Code::NumberForString, at, headline, "number").help(help)
}

fn with_article(kind: &str) -> String {
    if kind.starts_with('#') { format!("`{kind}`") } else { format!("a {kind}") }
}

fn meant_boolean(value: &Value) -> Option<String> {
    let word = match (value.as_str(), value.as_integer()) {
        (Some("true" | "yes" | "on" | "1"), _) | (_, Some(1)) => "#true",
        (Some("false" | "no" | "off" | "0"), _) | (_, Some(0)) => "#false",
        _ => return None,
    };
    Some(format!("write `{word}`"))
}

/// The nearest text that is a name, if there is one.
fn spelled_as_name(text: &str) -> Option<String> {
    let respelt: String = text.to_lowercase().replace(['_', ' ', '.', '/'], "-").trim_matches('-').to_owned();
    respelt.parse::<Name>().is_ok().then_some(respelt)
}
