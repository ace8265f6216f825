//! The repaired text between our tokens and the `kdl` crate: names, values and braces, each with its place in the
//! user's text.
//!
//! The crate is given a text made of these pieces: one blank between words, no comments, nothing that is
//! commented out, a placeholder for each mistake. So its time and memory depend on the words alone.

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
    /// The text is no KDL: the parser gets a placeholder in its place.
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

/// What a mistake is replaced with: a bare word.
const PLACEHOLDER: &str = "x";

/// The text that the parser is given, and where each piece starts in it.
pub(crate) struct Clean {
    pub(crate) text: String,
    starts: Vec<u32>,
}

impl Clean {
    /// Writes the pieces of a text.
    pub(crate) fn new(text: &str, pieces: &[Piece]) -> Self {
        let mut clean = Self { text: String::new(), starts: Vec::with_capacity(pieces.len()) };
        for piece in pieces {
            clean.push(text, *piece);
        }
        clean
    }

    fn push(&mut self, text: &str, piece: Piece) {
        self.text.push_str(match piece.kind {
            PieceKind::Argument | PieceKind::Key | PieceKind::Open => " ",
            PieceKind::Name | PieceKind::PropertyValue | PieceKind::Close | PieceKind::Break => "",
        });
        self.starts.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.text.push_str(match piece.kind {
            PieceKind::Open => "{\n",
            PieceKind::Close => "}",
            PieceKind::Break => "\n",
            _ if piece.replaced => PLACEHOLDER,
            _ => piece.span.of(text),
        });
        if piece.kind == PieceKind::Key {
            self.text.push('=');
        }
    }

    /// The piece that an offset of this text lies in, or the last one before it.
    pub(crate) fn piece_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }
}
