//! Bytes to a document and all its problems: the order of the steps, and the `kdl` crate kept within bounds.
//!
//! The crate runs on a thread of its own, because its stack need grows with nesting, and with bounded patience, because
//! its time is not linear in everything (a multi-line string of joined lines). It is given the repaired text only.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use kdl::{KdlDiagnostic, KdlDocument};

use crate::lower::lower;
use crate::outline::{Outline, outline, syntax};
use crate::patience::{PATIENCE, wait};
use crate::piece::{Clean, Piece, PieceKind};
use crate::scan::scan;
use crate::span::Span;
use crate::token::is_newline;
use crate::{Document, SyntaxProblem};

/// The stack of the parse thread. 32 levels need about 210 KB; the rest is for what was not measured.
const STACK: usize = 16 << 20;

/// How many pieces the crate is given at once, and the rest of the node that the last of them is in.
const BATCH: usize = 4_096;

/// How often a text is repaired and read again.
const ROUNDS: usize = 8;

/// What a text is as KDL.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The nodes; none if the text could not be read at all.
    pub document: Document,
    /// Everything wrong with the text as KDL, in file order.
    pub problems: Vec<SyntaxProblem>,
    /// The text could not be read: there is no document, and nothing can be said about its meaning.
    pub fatal: bool,
}

/// Reads a text. It never fails: what is wrong is in the answer.
///
/// Time and memory are bounded whatever the bytes: texts above 4 MiB or 150,000 words, nesting above 32 levels and
/// parsing above two seconds of processor time are problems like any other.
#[must_use]
pub fn parse(bytes: &[u8]) -> Parsed {
    match outlined(bytes) {
        Ok((text, Outline { pieces, problems })) => on_a_thread(text.to_owned(), pieces).after(problems),
        Err(problem) => Parsed::refused(problem),
    }
}

impl Parsed {
    fn refused(problem: SyntaxProblem) -> Self {
        Self { document: Document::default(), problems: vec![problem], fatal: true }
    }

    /// Adds what was known before, and puts all in file order. A timeout stands alone.
    fn after(mut self, before: Vec<SyntaxProblem>) -> Self {
        if !matches!(self.problems[..], [SyntaxProblem::ParseTimeout { .. }]) {
            self.problems.extend(before);
            self.problems.sort_by_cached_key(SyntaxProblem::primary);
        }
        self
    }
}

fn outlined(bytes: &[u8]) -> Result<(&str, Outline), SyntaxProblem> {
    let (text, tokens) = scan(bytes)?;
    Ok((text, outline(text, &tokens)?))
}

/// Reads on a thread; in place where the system grants none, which the depth limit makes safe.
fn on_a_thread(text: String, pieces: Vec<Piece>) -> Parsed {
    let (sender, receiver) = mpsc::sync_channel(1);
    let work = Arc::new((text, pieces));
    let shared = Arc::clone(&work);
    let read_there = move || {
        // Nobody listens any more after a timeout.
        let _ = sender.send(read(&shared.0, &shared.1));
    };
    match thread::Builder::new().name("kdl".to_owned()).stack_size(STACK).spawn(read_there) {
        Ok(_) => wait(&receiver).unwrap_or_else(|error| Parsed::refused(given_up(error))),
        Err(_) => read(&work.0, &work.1),
    }
}

fn given_up(error: RecvTimeoutError) -> SyntaxProblem {
    match error {
        RecvTimeoutError::Timeout => SyntaxProblem::ParseTimeout { seconds: PATIENCE.as_secs() },
        RecvTimeoutError::Disconnected => unreadable(),
    }
}

/// Reads whole nodes, a few thousand pieces at a time: the crate's document is ten times as large as ours.
fn read(text: &str, pieces: &[Piece]) -> Parsed {
    let mut whole = Parsed::default();
    for batch in batches(pieces) {
        let part = read_batch(text, batch);
        whole.problems.extend(part.problems);
        if part.fatal {
            return Parsed { document: Document::default(), fatal: true, ..whole };
        }
        whole.document.nodes.extend(part.document.nodes);
    }
    whole
}

/// Cuts between the nodes at the top.
fn batches(pieces: &[Piece]) -> impl Iterator<Item = &[Piece]> {
    let (mut depth, mut length) = (0_usize, 0_usize);
    pieces.split_inclusive(move |piece| {
        length += 1;
        match piece.kind {
            PieceKind::Open => depth += 1,
            PieceKind::Close => depth = depth.saturating_sub(1),
            PieceKind::Break if depth == 0 && length >= BATCH => {
                length = 0;
                return true;
            }
            _ => {}
        }
        false
    })
}

/// Parses, and replaces what the parser refuses, until it refuses nothing.
fn read_batch(text: &str, pieces: &[Piece]) -> Parsed {
    let (mut pieces, mut problems) = (pieces.to_vec(), Vec::new());
    for _ in 0..ROUNDS {
        let clean = Clean::new(text, &pieces);
        let found = match KdlDocument::parse_v2(&clean.text) {
            Ok(document) => return finished(text, &document, &pieces, problems),
            Err(error) => blame(text, &clean, &mut pieces, &error.diagnostics),
        };
        if found.is_empty() {
            break;
        }
        problems.extend(found);
    }
    problems.push(unreadable());
    Parsed { document: Document::default(), problems, fatal: true }
}

fn finished(text: &str, document: &KdlDocument, pieces: &[Piece], mut problems: Vec<SyntaxProblem>) -> Parsed {
    let Some((document, repeated)) = lower(text, document, pieces) else { return Parsed::refused(unreadable()) };
    problems.extend(repeated);
    Parsed { document, problems, fatal: false }
}

/// Replaces the pieces that the parser's diagnostics point at. Empty if they point at none that can be replaced.
fn blame(text: &str, clean: &Clean, pieces: &mut [Piece], diagnostics: &[KdlDiagnostic]) -> Vec<SyntaxProblem> {
    let mut found = Vec::new();
    for diagnostic in diagnostics {
        let index = clean.piece_at(diagnostic.span.offset());
        let Some(piece) = pieces.get_mut(index).filter(|piece| piece.is_text() && !piece.replaced) else { continue };
        (piece.replaced, piece.masked) = (true, true);
        found.push(refused(piece.span, piece.span.of(text)));
    }
    found
}

/// What the parser alone knows to be wrong: the lines of a multi-line string, as far as we know.
fn refused(at: Span, found: &str) -> SyntaxProblem {
    if found.contains("\"\"\"") {
        let help = "indent every line at least as far as the closing quotes, with the same blanks";
        let at = Span::new(at.offset, found.find(is_newline).unwrap_or(found.len()));
        return syntax("this multi-line string is not indented evenly", at, "in the string that starts here", help);
    }
    syntax("this is not KDL", at, "the parser stops here", "put it in quotes")
}

fn unreadable() -> SyntaxProblem {
    syntax("the file cannot be read as KDL", Span::default(), "the parser gave up", "")
}
