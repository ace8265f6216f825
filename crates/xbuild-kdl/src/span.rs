//! Places in a text, in bytes.

use miette::SourceSpan;

/// A run of bytes in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte, counted from the start of the text.
    pub offset: usize,
    /// Number of bytes.
    pub length: usize,
}

impl Span {
    /// A span of `length` bytes at `offset`.
    #[must_use]
    pub const fn new(offset: usize, length: usize) -> Self {
        Self { offset, length }
    }

    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn between(start: usize, end: usize) -> Self {
        Self { offset: start, length: end.saturating_sub(start) }
    }

    /// The first byte after the span.
    #[must_use]
    pub const fn end(self) -> usize {
        self.offset + self.length
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::between(self.offset.min(other.offset), self.end().max(other.end()))
    }

    /// The text under the span; empty where the span does not fit the text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.offset..self.end()).unwrap_or_default()
    }
}

impl From<Span> for SourceSpan {
    fn from(span: Span) -> Self {
        (span.offset, span.length).into()
    }
}
