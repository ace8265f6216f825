//! Tokens that touch and were meant as one word: URLs, patterns, templates, calls, quoted and bracketed text.
//!
//! KDL cuts them at `//`, `/*`, `(` and `{`, and some of what remains is even valid: `src/**/*.go` is `src`, a
//! comment and `*.go`. Here they are found; `repair` reports them. A look ahead that finds nothing is remembered or
//! bounded, so that a hostile text is still walked in linear time.

use crate::outline::Walk;
use crate::piece::PieceKind;
use crate::span::Span;
use crate::token::{Kind, Token, is_newline, is_space};
use crate::words::{Flaw, flaw};

/// The deepest nesting of braces and parentheses in what was meant as one word.
const RUN_DEPTH: usize = 8;

/// The most values that are read out of one word of an array. The array is a mistake that is reported, and a word can hold
/// a million of them.
const PARTS: usize = 1_000;

/// Tokens that need one pair of quotes around them.
pub(crate) struct Run {
    pub(crate) tokens: usize,
    pub(crate) span: Span,
    pub(crate) reason: String,
    /// The run has braces in it.
    pub(crate) braces: bool,
}

impl Walk<'_> {
    fn ahead(&self) -> &[Token] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// The first token from `start` on that fits, before one that stops the search. `dead` is how far an earlier
    /// search looked in vain; it is moved on when this one finds nothing.
    fn find(
        &self,
        dead: &mut usize,
        start: usize,
        stops: impl Fn(Token) -> bool,
        fits: impl Fn(&str) -> bool,
    ) -> Option<usize> {
        let mut at = start.max(*dead);
        while let Some(token) = self.tokens.get(at).filter(|token| !stops(**token)) {
            if token.kind == Kind::Word && fits(token.text(self.text).trim_end_matches(',')) {
                return Some(at);
            }
            at += 1;
        }
        *dead = at;
        None
    }

    /// Whether `{name}text` is next, which is no block.
    pub(crate) fn template(&self) -> bool {
        self.kind() == Some(Kind::Open) && self.run_to_quote().is_some()
    }

    /// The tokens from here that touch each other, if they were meant as one word.
    pub(crate) fn run_to_quote(&self) -> Option<Run> {
        let tokens = self.ahead();
        let count = self.touching(tokens);
        let run = tokens.get(..count)?;
        let reason = self.reason_to_quote(run)?;
        let span = run.first()?.span().to(self.end_of_run(run.last()?));
        Some(Run { tokens: count, span, reason, braces: run.iter().any(|token| token.kind == Kind::Open) })
    }

    /// How many tokens touch and have their braces and parentheses closed.
    fn touching(&self, tokens: &[Token]) -> usize {
        let (mut depth, mut whole) = (0_usize, 0);
        for (index, token) in tokens.iter().enumerate() {
            let previous = index.checked_sub(1).map(|before| tokens[before]);
            match token.kind {
                Kind::Word => {}
                Kind::Open | Kind::ParenOpen if depth < RUN_DEPTH => depth += 1,
                Kind::Close | Kind::ParenClose if depth > 0 => depth -= 1,
                Kind::BlockComment if self.is_pattern(previous, *token) => {}
                Kind::LineComment if self.is_url(previous) => return index + 1,
                _ => break,
            }
            if depth == 0 {
                whole = index + 1;
            }
        }
        whole
    }

    /// Whether a comment is the `/**/` of a pattern such as `src/**/*.go`.
    fn is_pattern(&self, previous: Option<Token>, comment: Token) -> bool {
        previous.is_some_and(|token| token.kind == Kind::Word)
            && !comment.text(self.text).contains(|character| is_space(character) || is_newline(character))
    }

    /// Whether a comment is the `//…` of a URL.
    fn is_url(&self, previous: Option<Token>) -> bool {
        previous.is_some_and(|token| token.kind == Kind::Word && token.text(self.text).ends_with(':'))
    }

    fn reason_to_quote(&self, run: &[Token]) -> Option<String> {
        let pair = run.windows(2).find_map(|pair| match (pair[0].kind, pair[1].kind) {
            (Kind::Word, Kind::LineComment) => Some("KDL reads `//` as a comment"),
            (Kind::BlockComment, Kind::Word) => Some("KDL reads `/*` as a comment"),
            (Kind::Word, Kind::ParenOpen) => Some("KDL does not allow `(` in a bare word"),
            (Kind::Close, Kind::Word) => Some("KDL reads `{` as a block"),
            _ => None,
        });
        let first = run.first().filter(|first| first.kind == Kind::Word);
        match first.and_then(|first| flaw(Kind::Word, first.text(self.text), false)) {
            Some(Flaw::Quote(reason)) => Some(reason),
            _ => pair.map(str::to_owned),
        }
    }

    /// The last token's place; of a comment only the part up to the first blank.
    fn end_of_run(&self, last: &Token) -> Span {
        let text = last.text(self.text);
        match last.kind {
            Kind::LineComment => Span::new(last.start(), text.find(is_space).unwrap_or(text.len())),
            _ => last.span(),
        }
    }

    /// Takes `'text'`, over several words where the closing quote is on the same line, and gives its place.
    pub(crate) fn single_quotes(&mut self) -> Span {
        let (start, at) = (self.at, self.span());
        let closed = |word: &str| word.ends_with('\'');
        let stops = |token: Token| matches!(token.kind, Kind::Newline | Kind::Open | Kind::Close | Kind::Semicolon);
        let alone = at.length > 1 && closed(at.of(self.text).trim_end_matches(','));
        let mut dead = self.no_quote_before;
        let end = if alone { None } else { self.find(&mut dead, start + 1, stops, closed) };
        self.no_quote_before = dead;
        let last = end.unwrap_or(start);
        self.at = last + 1;
        let quoted = at.to(self.tokens[last].span());
        Span::new(quoted.offset, quoted.of(self.text).trim_end_matches(',').len())
    }

    /// How many tokens the array that starts here has, brackets included; 1 where no end is found.
    pub(crate) fn bracketed(&mut self, role: PieceKind) -> usize {
        let stops = |token: Token| match token.kind {
            Kind::Newline | Kind::LineComment => role == PieceKind::Name,
            kind => !kind.is_text() && !matches!(kind, Kind::Space | Kind::BlockComment),
        };
        if role == PieceKind::Key || self.span().of(self.text).trim_end_matches(',').ends_with(']') {
            return 1;
        }
        let mut dead = self.no_bracket_before;
        let end = self.find(&mut dead, self.at + 1, stops, |word| word.ends_with(']'));
        self.no_bracket_before = dead;
        end.map_or(1, |end| end + 1 - self.at)
    }

    /// The values in one token of an array: a string, or the parts of a word between brackets and commas.
    pub(crate) fn values_in(&self, kind: Kind, at: Span) -> Vec<(Kind, Span)> {
        match kind {
            Kind::Word => self.parts(at),
            kind if kind.is_string() => vec![(kind, at)],
            _ => Vec::new(),
        }
    }

    fn parts(&self, at: Span) -> Vec<(Kind, Span)> {
        let word = at.of(self.text);
        let separator = |character| matches!(character, '[' | ']' | ',');
        let mut start = 0;
        let mut parts = Vec::new();
        for part in word.split(separator) {
            if parts.len() == PARTS {
                break;
            }
            if !part.is_empty() {
                parts.push((Kind::Word, Span::new(at.offset + start, part.len())));
            }
            start += part.len() + 1;
        }
        parts
    }
}
