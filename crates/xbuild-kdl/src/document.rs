//! A KDL document as values with their places: what the stages after parsing walk.
//!
//! It keeps what meaning needs (order, spans, how a value was spelled) and drops what it does not (comments, blanks).
//! A commented-out (`/-`) part is not in it. There are no type annotations: they are reported by the parser.

use crate::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place, quotes included.
    pub span: Span,
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The nodes at the top, in file order.
    pub nodes: Vec<Node>,
}

/// One node: a name, its arguments and properties, and perhaps a block of children.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The name, unquoted. Where the name itself was a mistake, the text as written.
    pub name: Spanned<String>,
    /// Arguments and properties in file order. A property that repeats an earlier one is not here: it is reported.
    pub entries: Vec<Entry>,
    /// The block; `Some` also for an empty `{}`.
    pub children: Option<Block>,
    /// From the name to the end of the last entry or block.
    pub span: Span,
    /// The node holds a mistake that is reported already: what it lacks or says must raise nothing more.
    pub masked: bool,
}

/// The `{ … }` of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The nodes inside, in file order.
    pub nodes: Vec<Node>,
    /// From `{` to `}`, both included.
    pub span: Span,
}

/// An argument (no name) or a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The property's name, unquoted; `None` for an argument.
    pub name: Option<Spanned<String>>,
    /// The value.
    pub value: Value,
    /// The whole entry: `version="1"`.
    pub span: Span,
    /// The value alone, quotes included.
    pub value_span: Span,
    /// The entry is a mistake that is reported already. Its value is the text as written, and it must raise
    /// nothing more: not by itself, and not by being counted as missing.
    pub masked: bool,
}

/// How a string is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StringStyle {
    /// `word`
    Bare,
    /// `"text"`
    Quoted,
    /// `#"text"#`
    Raw,
    /// `"""` … `"""`, raw or not, over several lines
    MultiLine,
}

/// A KDL value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string.
    String {
        /// The string itself, escapes resolved.
        text: String,
        /// How it is spelled.
        style: StringStyle,
    },
    /// A whole number.
    Integer {
        /// The number.
        value: i128,
        /// As written: `1_000`, `0x1f`.
        raw: String,
    },
    /// A number with a fraction or an exponent, or `#inf`, `#-inf`, `#nan`.
    Float {
        /// The number.
        value: f64,
        /// As written: `1.20` (which reads as 1.2).
        raw: String,
    },
    /// `#true` or `#false`
    Bool(bool),
    /// `#null`
    Null,
}

impl Node {
    /// The entries without a name, in file order.
    pub fn arguments(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.name.is_none())
    }

    /// The properties in file order, each with its name.
    pub fn properties(&self) -> impl Iterator<Item = (&Spanned<String>, &Entry)> {
        self.entries.iter().filter_map(|entry| Some((entry.name.as_ref()?, entry)))
    }

    /// The property of that name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Entry> {
        self.properties().find(|(own, _)| own.value == name).map(|(_, entry)| entry)
    }

    /// The nodes of the block; empty without one.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        self.children.as_ref().map_or(&[], |block| &block.nodes)
    }

    /// The node without its block: its name and its entries.
    #[must_use]
    pub fn header_span(&self) -> Span {
        self.entries.last().map_or(self.name.span, |entry| self.name.span.to(entry.span))
    }
}

impl Value {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer { value, .. } => Some(*value),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is `#null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A number's text as written, which the number itself may have lost: `1.20`.
    #[must_use]
    pub fn raw_number(&self) -> Option<&str> {
        match self {
            Self::Integer { raw, .. } | Self::Float { raw, .. } => Some(raw),
            _ => None,
        }
    }

    /// What kind of value it is, for messages: `string`, `number`, `boolean`, `#null`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::String { .. } => "string",
            Self::Integer { .. } | Self::Float { .. } => "number",
            Self::Bool(_) => "boolean",
            Self::Null => "#null",
        }
    }
}
