//! The `kdl` crate's document to ours: its values, our places.
//!
//! Both are walked side by side. The crate decodes strings and numbers; where things stand, and which of them are
//! masked, is what the pieces know. The only problem that shows here is a property that stands twice, because
//! names must be decoded to be compared.

use std::collections::HashMap;
use std::slice::Iter;

use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};

use crate::document::{Block, Document, Entry, Node, Spanned, StringStyle, Value};
use crate::piece::{Piece, PieceKind};
use crate::printable::printable;
use crate::{Span, SyntaxProblem};

/// Lowers what was parsed from these pieces. `None` if the crate read something else than they are.
pub(crate) fn lower(text: &str, document: &KdlDocument, pieces: &[Piece]) -> Option<(Document, Vec<SyntaxProblem>)> {
    let mut lowering = Lowering { text, pieces: pieces.iter(), problems: Vec::new() };
    let nodes = lowering.nodes(document)?;
    lowering.pieces.next().is_none().then_some((Document { nodes }, lowering.problems))
}

struct Lowering<'t> {
    text: &'t str,
    pieces: Iter<'t, Piece>,
    problems: Vec<SyntaxProblem>,
}

impl Lowering<'_> {
    fn next(&mut self, kind: PieceKind) -> Option<Piece> {
        self.pieces.next().copied().filter(|piece| piece.kind == kind)
    }

    fn nodes(&mut self, document: &KdlDocument) -> Option<Vec<Node>> {
        document.nodes().iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &KdlNode) -> Option<Node> {
        let piece = self.next(PieceKind::Name)?;
        let name = self.name(piece, node.name().value());
        let entries = self.entries(node.entries())?;
        let children = self.children(node.children())?;
        self.next(PieceKind::Break)?;
        let last = children.as_ref().map(|block| block.span).or(entries.last().map(|entry: &Entry| entry.span));
        let span = last.map_or(piece.span, |last| piece.span.to(last));
        Some(Node { name, entries, children, span, masked: piece.masked })
    }

    /// `Some(None)` for a node without a block.
    fn children(&mut self, children: Option<&KdlDocument>) -> Option<Option<Block>> {
        let Some(children) = children else { return Some(None) };
        let open = self.next(PieceKind::Open)?;
        let nodes = self.nodes(children)?;
        let close = self.next(PieceKind::Close)?;
        Some(Some(Block { nodes, span: open.span.to(close.span) }))
    }

    fn entries(&mut self, entries: &[KdlEntry]) -> Option<Vec<Entry>> {
        let mut seen = HashMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            let entry = self.entry(entry)?;
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

    fn entry(&mut self, entry: &KdlEntry) -> Option<Entry> {
        let Some(name) = entry.name() else {
            let piece = self.next(PieceKind::Argument)?;
            let (span, value) = (piece.span, self.value(piece, entry.value()));
            return Some(Entry { name: None, value, span, value_span: span, masked: piece.masked });
        };
        let key = self.next(PieceKind::Key)?;
        let piece = self.next(PieceKind::PropertyValue)?;
        let (name, value) = (Some(self.name(key, name.value())), self.value(piece, entry.value()));
        let masked = key.masked || piece.masked;
        Some(Entry { name, value, span: key.span.to(piece.span), value_span: piece.span, masked })
    }

    fn name(&self, piece: Piece, decoded: &str) -> Spanned<String> {
        let value = if piece.replaced { piece.span.of(self.text) } else { decoded };
        Spanned { value: value.to_owned(), span: piece.span }
    }

    fn value(&self, piece: Piece, value: &KdlValue) -> Value {
        let raw = piece.span.of(self.text);
        match value {
            _ if piece.replaced => Value::String { text: raw.to_owned(), style: StringStyle::Bare },
            KdlValue::String(text) => Value::String { text: text.clone(), style: style(raw) },
            KdlValue::Integer(value) => Value::Integer { value: *value, raw: raw.to_owned() },
            KdlValue::Float(value) => Value::Float { value: *value, raw: raw.to_owned() },
            KdlValue::Bool(value) => Value::Bool(*value),
            KdlValue::Null => Value::Null,
        }
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
