//! Canonical KDL for files that xbuild writes itself: one printer, so that equal values are equal bytes.
//!
//! Strings are always quoted, every node has its own line, blocks are indented by four spaces, and a blank line
//! stands around each block at the top, together with the comments right before it. It has no place for layout chosen
//! by people; [`format`](crate::format()) keeps theirs, and leaves what is printed here as it is.

use crate::printable::is_unsafe;
use crate::token::{is_newline, is_space};

/// A value to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// Printed in quotes.
    String(&'a str),
    /// A name: printed bare where KDL reads it as one word.
    Word(&'a str),
    /// Printed in decimal.
    Integer(i128),
    /// Printed as `#true` or `#false`.
    Bool(bool),
    /// Printed as `#null`.
    Null,
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text)
    }
}

impl<'a> From<&'a String> for Scalar<'a> {
    fn from(text: &'a String) -> Self {
        Self::String(text)
    }
}

impl From<i128> for Scalar<'_> {
    fn from(value: i128) -> Self {
        Self::Integer(value)
    }
}

impl From<u64> for Scalar<'_> {
    fn from(value: u64) -> Self {
        Self::Integer(value.into())
    }
}

impl From<bool> for Scalar<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// What stands after a node's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A value.
    Argument(Scalar<'a>),
    /// A name and a value.
    Property(&'a str, Scalar<'a>),
    /// The node goes on in the next line.
    Break,
}

impl<'a, T: Into<Scalar<'a>>> From<T> for Item<'a> {
    fn from(value: T) -> Self {
        Self::Argument(value.into())
    }
}

impl<'a, T: Into<Scalar<'a>>> From<(&'a str, T)> for Item<'a> {
    fn from((name, value): (&'a str, T)) -> Self {
        Self::Property(name, value.into())
    }
}

/// Builds a canonical KDL text, top down.
#[derive(Debug, Clone, Default)]
pub struct Printer {
    text: String,
    depth: usize,
    /// A blank line comes before the next thing.
    gap: bool,
    after_comment: bool,
}

impl Printer {
    /// A printer with nothing printed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Prints `// text`. Each line of the text becomes a line of its own.
    pub fn comment(&mut self, text: &str) {
        for line in text.split(is_newline) {
            self.start_line();
            let shown: String = line.chars().filter(|character| !is_unsafe(*character)).collect();
            self.text.push_str(format!("// {shown}").trim_end());
            self.text.push('\n');
        }
        self.after_comment = true;
    }

    /// Leaves a blank line before what is printed next, unless it is the first of its block.
    pub fn gap(&mut self) {
        self.gap |= !self.text.is_empty() && !self.text.ends_with("{\n");
    }

    /// Prints a node without a block, on a line of its own.
    pub fn field<'a>(&mut self, name: &str, items: impl IntoIterator<Item = Item<'a>>) {
        self.header(name, items);
        self.text.push('\n');
    }

    /// Prints a node with a block, and in the block what `inside` prints.
    pub fn block<'a>(&mut self, name: &str, items: impl IntoIterator<Item = Item<'a>>, inside: impl FnOnce(&mut Self)) {
        self.gap |= self.depth == 0 && !self.text.is_empty() && !self.after_comment;
        self.header(name, items);
        self.text.push_str(" {\n");
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.gap = false;
        self.start_line();
        self.text.push_str("}\n");
        self.gap = self.depth == 0;
    }

    /// The text: LF line ends, one at the end; empty if nothing was printed.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn header<'a>(&mut self, name: &str, items: impl IntoIterator<Item = Item<'a>>) {
        self.start_line();
        self.name(name);
        let mut before = " ";
        for item in items {
            if item == Item::Break {
                self.text.push_str(" \\\n");
                self.text.extend(std::iter::repeat_n("    ", self.depth + 1));
                before = "";
                continue;
            }
            self.text.push_str(std::mem::replace(&mut before, " "));
            self.item(item);
        }
    }

    fn start_line(&mut self) {
        self.after_comment = false;
        if std::mem::take(&mut self.gap) {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n("    ", self.depth));
    }

    fn item(&mut self, item: Item<'_>) {
        match item {
            Item::Argument(value) => self.scalar(value),
            Item::Property(name, value) => {
                self.name(name);
                self.text.push('=');
                self.scalar(value);
            }
            Item::Break => {}
        }
    }

    fn name(&mut self, name: &str) {
        if is_bare_word(name) {
            self.text.push_str(name);
        } else {
            self.text.push_str(&quote(name));
        }
    }

    fn scalar(&mut self, value: Scalar<'_>) {
        match value {
            Scalar::String(text) => self.text.push_str(&quote(text)),
            Scalar::Word(text) => self.name(text),
            Scalar::Integer(value) => self.text.push_str(&value.to_string()),
            Scalar::Bool(value) => self.text.push_str(if value { "#true" } else { "#false" }),
            Scalar::Null => self.text.push_str("#null"),
        }
    }
}

/// The text as a quoted KDL v2 string (its grammar's `escape`). Besides what KDL demands, everything that a reader
/// could not see or would see in the wrong place is written `\u{…}`.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            unsafe_one if is_unsafe(unsafe_one) => quoted.extend(unsafe_one.escape_unicode()),
            safe => quoted.push(safe),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether KDL reads the text as a bare word (its grammar's `identifier-string`), and nothing in it surprises.
#[must_use]
pub fn is_bare_word(text: &str) -> bool {
    let sign = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = sign.strip_prefix('.').unwrap_or(sign).starts_with(|first: char| first.is_ascii_digit());
    let keyword = matches!(text, "true" | "false" | "null" | "inf" | "-inf" | "nan");
    !text.is_empty() && !number && !keyword && text.chars().all(is_word_character)
}

fn is_word_character(character: char) -> bool {
    !matches!(character, '\\' | '/' | '(' | ')' | '{' | '}' | '[' | ']' | ';' | '"' | '#' | '=' | '\'' | ',' | ':')
        && !is_space(character)
        && !is_newline(character)
        && !is_unsafe(character)
}
