//! What must hold before a text is read as nodes: its size, its depth, and that braces and strings are whole.
//!
//! Nothing here is repaired: a text with such a problem is not read further, because what follows the problem is
//! probably not what it seems. The bounds are what the `kdl` crate 6.7.1 takes for a whole document: about 0.9 KB
//! of memory a word and 6.5 KB of stack a level. It is given less than that (see `reader`).

use crate::SyntaxProblem;
use crate::lex::lex;
use crate::span::Span;
use crate::token::{Kind, Token, is_newline};

/// The longest text that is read, in bytes.
const BYTES: usize = 4 << 20;

/// Names, arguments, properties, lines of multi-line strings and stray tokens that are read.
const WORDS: usize = 150_000;

/// The deepest nesting of blocks that is read.
pub(crate) const DEPTH: usize = 32;

/// Decodes and cuts a text.
///
/// # Errors
///
/// The one problem for which the text is not read.
pub(crate) fn scan(bytes: &[u8]) -> Result<(&str, Vec<Token>), SyntaxProblem> {
    if bytes.len() > BYTES {
        return Err(SyntaxProblem::TooLarge { at: Span::new(BYTES, 1), limit: "4 MiB" });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(&error))?;
    let lexed = lex(text);
    let mut scan = Scan::new(text);
    match lexed.tokens.iter().try_for_each(|token| scan.token(*token)) {
        Err(glued) if scan.same_line(&glued, lexed.problem.as_ref()) => Err(shifted(lexed.problem, glued)),
        Err(problem) => Err(problem),
        Ok(()) => {
            lexed.problem.map_or_else(|| scan.unclosed_brace(), Err)?;
            Ok((text, lexed.tokens))
        }
    }
}

fn not_utf8(error: &std::str::Utf8Error) -> SyntaxProblem {
    SyntaxProblem::NotUtf8 { at: Span::new(error.valid_up_to(), 1) }
}

/// An open string on the line of a glued one: one missing quote explains both.
fn shifted(open: Option<SyntaxProblem>, glued: SyntaxProblem) -> SyntaxProblem {
    match open {
        Some(SyntaxProblem::UnclosedString { at, help, .. }) => {
            SyntaxProblem::UnclosedString { at, evidence: Some(glued.primary()), help }
        }
        _ => glued,
    }
}

/// A brace that is open.
struct Brace {
    at: Span,
    indent: usize,
    /// The first line inside the block that is not indented more than the block's own line.
    evidence: Option<Span>,
}

struct Scan<'t> {
    text: &'t str,
    words: usize,
    open: Vec<Brace>,
    /// The blanks before the first token of this line.
    indent: usize,
    line_start: bool,
    previous: Option<Token>,
    /// The first `}` at the start of a line that is not indented as its block's line is.
    early_close: Option<Span>,
    /// The first block that ends, by its indentation, after the `}` that should have closed the block around it;
    /// and the place where its own should have stood.
    suspect: Option<(Span, Span)>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            words: 0,
            open: Vec::new(),
            indent: 0,
            line_start: true,
            previous: None,
            early_close: None,
            suspect: None,
        }
    }

    fn token(&mut self, token: Token) -> Result<(), SyntaxProblem> {
        self.count(token)?;
        self.glued(token)?;
        match token.kind {
            Kind::Space if self.line_start => self.indent = token.span().length,
            Kind::Newline => (self.line_start, self.indent) = (true, 0),
            kind => {
                if std::mem::take(&mut self.line_start) && kind != Kind::Close {
                    self.note_evidence(token);
                }
                self.brace(token)?;
            }
        }
        self.previous = Some(token);
        Ok(())
    }

    fn count(&mut self, token: Token) -> Result<(), SyntaxProblem> {
        let after = self.previous.map(|previous| previous.kind);
        self.words += match token.kind {
            Kind::MultiLine => 1 + line_breaks(token.text(self.text)),
            Kind::Word | Kind::Quoted | Kind::Raw | Kind::BadMultiLine => usize::from(after != Some(Kind::Equals)),
            Kind::ParenOpen | Kind::ParenClose | Kind::SlashDash | Kind::HashComment => 1,
            Kind::Semicolon | Kind::Equals | Kind::Open => usize::from(!after.is_some_and(Kind::is_text)),
            _ => 0,
        };
        let over = self.words > WORDS;
        over.then_some(SyntaxProblem::TooLarge { at: token.span(), limit: "150,000 words" }).map_or(Ok(()), Err)
    }

    /// A string touches the text before it. Brackets, commas and colons that touch a string are repaired later.
    fn glued(&self, token: Token) -> Result<(), SyntaxProblem> {
        let Some(previous) = self.previous else { return Ok(()) };
        let (before, own) = (previous.text(self.text), token.text(self.text));
        let touches = match (previous.kind, token.kind) {
            (left, right) if left.is_string() && right.is_string() => true,
            (left, Kind::Word) if left.is_string() => !own.starts_with([',', ']', ':']),
            (Kind::Word, right) if right.is_string() => !before.ends_with([',', '[', ':']),
            _ => false,
        };
        let at = token.span();
        touches.then(|| SyntaxProblem::GluedString { at, help: glued_help(before) }).map_or(Ok(()), Err)
    }

    /// A line inside a block starts where the block's own line does, or before it.
    fn note_evidence(&mut self, token: Token) {
        let comment = matches!(token.kind, Kind::LineComment | Kind::BlockComment | Kind::HashComment);
        if let Some(brace) = self.open.last_mut().filter(|brace| self.indent <= brace.indent && !comment) {
            brace.evidence.get_or_insert(token.span());
        }
    }

    fn brace(&mut self, token: Token) -> Result<(), SyntaxProblem> {
        match token.kind {
            Kind::Open if self.open.len() == DEPTH => Err(SyntaxProblem::TooDeep { at: token.span(), limit: DEPTH }),
            Kind::Open => {
                self.open.push(Brace { at: token.span(), indent: self.indent, evidence: None });
                Ok(())
            }
            Kind::Close => self.close(token),
            _ => Ok(()),
        }
    }

    fn close(&mut self, token: Token) -> Result<(), SyntaxProblem> {
        let at = token.span();
        let Some(brace) = self.open.pop() else {
            return Err(SyntaxProblem::StrayBrace { at, evidence: self.early_close });
        };
        let first = self.previous.is_none_or(|previous| matches!(previous.kind, Kind::Space | Kind::Newline));
        if first && self.indent > brace.indent {
            self.early_close.get_or_insert(at);
        }
        if first && self.indent < brace.indent {
            self.suspect.get_or_insert((brace.at, brace.evidence.unwrap_or(at)));
        }
        Ok(())
    }

    fn unclosed_brace(&self) -> Result<(), SyntaxProblem> {
        let Some(last) = self.open.last() else { return Ok(()) };
        let (at, evidence) = match self.suspect {
            Some((brace, place)) => (brace, Some(place)),
            None => (last.at, last.evidence),
        };
        let help = match evidence {
            Some(place) => format!("write `}}` before line {}", self.line(place.offset)),
            None => "write `}` at the end of the block".to_owned(),
        };
        Err(SyntaxProblem::UnclosedBrace { at, evidence, help })
    }

    fn line(&self, offset: usize) -> usize {
        self.text[..offset].matches('\n').count() + 1
    }

    /// Whether a glued string and the lexer's open string stand on one line.
    fn same_line(&self, glued: &SyntaxProblem, open: Option<&SyntaxProblem>) -> bool {
        let (SyntaxProblem::GluedString { at, .. }, Some(SyntaxProblem::UnclosedString { at: open, .. })) =
            (glued, open)
        else {
            return false;
        };
        !self.text[at.offset..open.offset].contains('\n')
    }
}

fn glued_help(before: &str) -> String {
    match before {
        "r" => "a raw string is written #\"…\"#".to_owned(),
        _ if before.starts_with('"') => {
            "put a space between them, or write a quote inside a string as `\\\"`".to_owned()
        }
        _ => "put a space before it, or put all of it in one pair of quotes".to_owned(),
    }
}

/// How many line breaks a text has; CR LF is one.
fn line_breaks(text: &str) -> usize {
    text.matches(is_newline).count() - text.matches("\r\n").count()
}
