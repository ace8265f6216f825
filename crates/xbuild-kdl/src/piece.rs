//! The repaired shape between our tokens and the document: names, values and braces, each with its place in the user's text.
//!
//! There are no comments in it, nothing that is commented out, and no mistake that is not marked. The `kdl` crate is given the
//! values that need it and nothing else, so its time and memory depend on them alone, and nesting is nothing to it.

use crate::Span;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PieceKind {
    /// A node's name; every node starts with one.
    Name,
    /// An argument.
    Argument,
    /// A property's name; its value follows.
    Key,
    /// A property's value.
    PropertyValue,
    /// `{`
    Open,
    /// `}`
    Close,
    /// The end of a node.
    Break,
}

/// One piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    /// Where it stands in the user's text.
    pub(crate) span: Span,
    /// The place is under a problem that is reported.
    pub(crate) masked: bool,
    /// The text is no KDL: it is taken as it is written.
    pub(crate) replaced: bool,
}

impl Piece {
    /// A piece whose text is KDL.
    pub(crate) fn sound(kind: PieceKind, span: Span) -> Self {
        Self { kind, span, masked: false, replaced: false }
    }

    /// A piece that stands for a mistake.
    pub(crate) fn broken(kind: PieceKind, span: Span) -> Self {
        Self { kind, span, masked: true, replaced: true }
    }

    /// Whether it is a name or a value.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self.kind, PieceKind::Open | PieceKind::Close | PieceKind::Break)
    }
}

/// A node whose arguments are values of a text, for the `kdl` crate to decode; and where each starts in it.
pub(crate) struct Clean {
    pub(crate) text: String,
    starts: Vec<u32>,
}

impl Clean {
    /// Writes values, one blank between them; a placeholder for one that was refused before.
    pub(crate) fn new<'t>(values: impl IntoIterator<Item = Option<&'t str>>) -> Self {
        let mut clean = Self { text: String::from("values"), starts: Vec::new() };
        for value in values {
            clean.text.push(' ');
            clean.starts.push(u32::try_from(clean.text.len()).unwrap_or(u32::MAX));
            clean.text.push_str(value.unwrap_or("refused"));
        }
        clean
    }

    /// The value that an offset of this text lies in, or the last one before it.
    pub(crate) fn value_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }
}
