//! Pieces and decoded values to a document: its values, each with its place.
//!
//! Strings on one line are decoded on the way, the rest was decoded before. The only problem that shows here is a property
//! that stands twice, because names must be decoded to be compared.

use std::collections::HashMap;
use std::iter::Peekable;
use std::slice::Iter;
use std::vec::IntoIter;

use kdl::KdlValue;

use crate::document::{Block, Document, Entry, Node, Spanned, StringStyle, Value};
use crate::piece::{Piece, PieceKind};
use crate::plain::plain;
use crate::printable::printable;
use crate::{Span, SyntaxProblem};

/// Builds the document of these pieces; `values` are those of the pieces that are neither replaced nor plain. `None` if they
/// do not fit together.
pub(crate) fn lower(text: &str, pieces: &[Piece], values: Vec<KdlValue>) -> Option<(Document, Vec<SyntaxProblem>)> {
    let (pieces, values) = (pieces.iter().peekable(), values.into_iter());
    let mut lowering = Lowering { text, pieces, values, problems: Vec::new() };
    let nodes = lowering.nodes()?;
    let all = lowering.pieces.next().is_none() && lowering.values.next().is_none();
    all.then_some((Document { nodes }, lowering.problems))
}

struct Lowering<'t> {
    text: &'t str,
    pieces: Peekable<Iter<'t, Piece>>,
    values: IntoIter<KdlValue>,
    problems: Vec<SyntaxProblem>,
}

impl Lowering<'_> {
    /// The kind of the piece that is next.
    fn kind(&mut self) -> Option<PieceKind> {
        self.pieces.peek().map(|piece| piece.kind)
    }

    fn next(&mut self, kind: PieceKind) -> Option<Piece> {
        self.pieces.next().copied().filter(|piece| piece.kind == kind)
    }

    fn nodes(&mut self) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        while self.kind() == Some(PieceKind::Name) {
            nodes.push(self.node()?);
        }
        Some(nodes)
    }

    fn node(&mut self) -> Option<Node> {
        let piece = self.next(PieceKind::Name)?;
        let name = self.name(piece)?;
        let entries = self.entries()?;
        let children = if self.kind() == Some(PieceKind::Open) { Some(self.block()?) } else { None };
        self.next(PieceKind::Break)?;
        let last = children.as_ref().map(|block| block.span).or(entries.last().map(|entry: &Entry| entry.span));
        let span = last.map_or(piece.span, |last| piece.span.to(last));
        Some(Node { name, entries, children, span, masked: piece.masked })
    }

    fn block(&mut self) -> Option<Block> {
        let open = self.next(PieceKind::Open)?;
        let nodes = self.nodes()?;
        let close = self.next(PieceKind::Close)?;
        Some(Block { nodes, span: open.span.to(close.span) })
    }

    fn entries(&mut self) -> Option<Vec<Entry>> {
        let mut seen = HashMap::new();
        let mut kept = Vec::new();
        while matches!(self.kind(), Some(PieceKind::Argument | PieceKind::Key)) {
            let entry = self.entry()?;
            if !self.repeats(&entry, &mut seen) {
                kept.push(entry);
            }
        }
        Some(kept)
    }

    /// Whether a property of that name was there before; reports it.
    fn repeats(&mut self, entry: &Entry, seen: &mut HashMap<String, Span>) -> bool {
        let Some(name) = entry.name.as_ref().filter(|_| !entry.masked) else { return false };
        let first = *seen.entry(name.value.clone()).or_insert(name.span);
        if first != name.span {
            let problem = SyntaxProblem::DuplicateProperty { name: printable(&name.value), at: name.span, first };
            self.problems.push(problem);
        }
        first != name.span
    }

    fn entry(&mut self) -> Option<Entry> {
        if self.kind() == Some(PieceKind::Argument) {
            let piece = self.next(PieceKind::Argument)?;
            let (span, value) = (piece.span, self.value(piece)?);
            return Some(Entry { name: None, value, span, value_span: span, masked: piece.masked });
        }
        let key = self.next(PieceKind::Key)?;
        let name = Some(self.name(key)?);
        let piece = self.next(PieceKind::PropertyValue)?;
        let value = self.value(piece)?;
        let masked = key.masked || piece.masked;
        Some(Entry { name, value, span: key.span.to(piece.span), value_span: piece.span, masked })
    }

    fn name(&mut self, piece: Piece) -> Option<Spanned<String>> {
        let Value::String { text, .. } = self.value(piece)? else { return None };
        Some(Spanned { value: text, span: piece.span })
    }

    fn value(&mut self, piece: Piece) -> Option<Value> {
        let raw = piece.span.of(self.text);
        if piece.replaced {
            return Some(Value::String { text: raw.to_owned(), style: StringStyle::Bare });
        }
        if let Some(text) = plain(raw) {
            return Some(Value::String { text: text.into_owned(), style: style(raw) });
        }
        Some(match self.values.next()? {
            KdlValue::String(text) => Value::String { text, style: style(raw) },
            KdlValue::Integer(value) => Value::Integer { value, raw: raw.to_owned() },
            KdlValue::Float(value) => Value::Float { value, raw: raw.to_owned() },
            KdlValue::Bool(value) => Value::Bool(value),
            KdlValue::Null => Value::Null,
        })
    }
}

/// How a string is spelled, from its first characters.
fn style(raw: &str) -> StringStyle {
    let unfenced = raw.trim_start_matches('#');
    let multi_line = unfenced.strip_prefix("\"\"\"").is_some_and(|body| body.starts_with(crate::token::is_newline));
    match (raw.as_bytes().first(), multi_line) {
        (_, true) => StringStyle::MultiLine,
        (Some(b'"'), _) => StringStyle::Quoted,
        (Some(b'#'), _) => StringStyle::Raw,
        _ => StringStyle::Bare,
    }
}
