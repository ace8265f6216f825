//! Where in the text of `xbuild.kdl` a value was written.

use std::fmt;
use std::ops::Deref;

/// A stretch of bytes in the project's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin {
    /// Where it starts, in bytes from the start of the file.
    pub offset: usize,
    /// How long it is, in bytes.
    pub length: usize,
}

impl From<Origin> for miette::SourceSpan {
    fn from(origin: Origin) -> Self {
        (origin.offset, origin.length).into()
    }
}

/// A value and where it was written. Equal when the values are: an origin is for messages, never for decisions.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub origin: Origin,
}

impl<T> Spanned<T> {
    /// Joins a value with its place.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
