//! Bytes to a document and all its problems: the order of the steps, and the `kdl` crate kept within bounds.
//!
//! The crate runs on a thread of its own and with bounded patience, because its time is not linear in everything (a multi-line
//! string of joined lines). It is given the values that need it and nothing else: no nodes, no blocks, no words.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use kdl::{KdlDiagnostic, KdlDocument, KdlValue};

use crate::lower::lower;
use crate::outline::{Outline, outline, syntax};
use crate::patience::{PATIENCE, wait};
use crate::piece::{Clean, Piece};
use crate::plain::plain;
use crate::scan::scan;
use crate::span::Span;
use crate::token::is_newline;
use crate::{Document, SyntaxProblem};

/// The stack of the parse thread. Nothing that it does grows with the text but the 32 levels of the document; the rest is for
/// what was not measured.
const STACK: usize = 4 << 20;

/// How many values the crate is given at once.
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

/// Decodes the values that need the crate, a few thousand at a time because its document is large, and builds the document.
fn read(text: &str, pieces: &[Piece]) -> Parsed {
    let mut pieces = pieces.to_vec();
    let needs_crate = |piece: &Piece| piece.is_text() && !piece.replaced && plain(piece.span.of(text)).is_none();
    let coded: Vec<usize> = (0..pieces.len()).filter(|index| needs_crate(&pieces[*index])).collect();
    let (mut values, mut problems) = (Vec::with_capacity(coded.len()), Vec::new());
    for batch in coded.chunks(BATCH) {
        match decode(text, &mut pieces, batch, &mut problems) {
            Some(decoded) => values.extend(decoded),
            None => {
                problems.push(unreadable());
                return Parsed { document: Document::default(), problems, fatal: true };
            }
        }
    }
    let Some((document, repeated)) = lower(text, &pieces, values) else { return Parsed::refused(unreadable()) };
    problems.extend(repeated);
    Parsed { document, problems, fatal: false }
}

/// Parses, and replaces what the parser refuses, until it refuses nothing. `None` where that does not end; otherwise what
/// is not replaced.
fn decode(
    text: &str,
    pieces: &mut [Piece],
    batch: &[usize],
    problems: &mut Vec<SyntaxProblem>,
) -> Option<Vec<KdlValue>> {
    for _ in 0..ROUNDS {
        let sources = batch.iter().map(|index| pieces[*index]);
        let clean = Clean::new(sources.map(|piece| (!piece.replaced).then(|| piece.span.of(text))));
        let found = match KdlDocument::parse_v2(&clean.text) {
            Ok(document) => return values(document, pieces, batch),
            Err(error) => blame(text, &clean, pieces, batch, &error.diagnostics),
        };
        if found.is_empty() {
            break;
        }
        problems.extend(found);
    }
    None
}

/// The values of what is not replaced. `None` if the crate read something else than it was given.
fn values(mut document: KdlDocument, pieces: &[Piece], batch: &[usize]) -> Option<Vec<KdlValue>> {
    let [node] = document.nodes_mut().as_mut_slice() else { return None };
    let entries = std::mem::take(node.entries_mut());
    let all = entries.len() == batch.len() && entries.iter().all(|entry| entry.name().is_none());
    let decoded = entries.iter().zip(batch).filter(|(_, index)| !pieces[**index].replaced);
    all.then(|| decoded.map(|(entry, _)| entry.value().clone()).collect())
}

/// Replaces the pieces that the parser's diagnostics point at. Empty if they point at none that can be replaced.
fn blame(
    text: &str,
    clean: &Clean,
    pieces: &mut [Piece],
    batch: &[usize],
    diagnostics: &[KdlDiagnostic],
) -> Vec<SyntaxProblem> {
    let mut found = Vec::new();
    for diagnostic in diagnostics {
        let Some(&index) = batch.get(clean.value_at(diagnostic.span.offset())) else { continue };
        let piece = &mut pieces[index];
        if !piece.replaced {
            (piece.replaced, piece.masked) = (true, true);
            found.push(refused(piece.span, piece.span.of(text)));
        }
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
