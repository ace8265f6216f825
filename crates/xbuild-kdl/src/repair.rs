//! Names and values as people write them in other languages, and what they mean in KDL: the part of the walk that
//! looks into one node.
//!
//! Each function consumes its tokens and keeps pieces that KDL can read, so that one mistake raises one problem and
//! the rest of the node still counts. Runs of several tokens that were meant as one word are `runs`' part.

use crate::SyntaxProblem;
use crate::numbers::is_keyword;
use crate::outline::{Walk, bad_character, syntax};
use crate::piece::{Piece, PieceKind};
use crate::print::quote;
use crate::printable::printable;
use crate::span::Span;
use crate::token::Kind;
use crate::words::{Flaw, flaw};

/// The longest text that a help repeats in quotes, in characters.
const LONGEST_QUOTED: usize = 80;

impl Walk<'_> {
    /// The name of a node.
    pub(crate) fn name(&mut self) {
        let at = self.span();
        let word = at.of(self.text);
        let bare = word.strip_suffix(':').filter(|bare| self.kind() == Some(Kind::Word) && !bare.is_empty());
        if let Some(bare) = bare.filter(|_| self.run_to_quote().is_none()) {
            self.at += 1;
            self.plain(Kind::Word, PieceKind::Name, Span::new(at.offset, bare.len()));
            self.not_assigned(Span::new(at.end() - 1, 1), bare);
        } else if word == ":" {
            self.at += 1;
            self.quote_me(PieceKind::Name, at, "a colon is no name".to_owned());
        } else {
            self.take_one(PieceKind::Name);
        }
    }

    /// One argument or property.
    pub(crate) fn entry(&mut self) {
        if self.colon() {
            return;
        }
        if self.before_equals() {
            self.take_one(PieceKind::Key);
            self.skip_blanks();
            if self.kind() == Some(Kind::Equals) {
                self.at += 1;
                self.property_value();
            } else {
                self.keep(Piece::broken(PieceKind::PropertyValue, Span::new(self.span().offset, 0)));
            }
        } else {
            self.take(PieceKind::Argument);
        }
        self.node.entries = true;
    }

    /// Whether the next token is a property's name.
    fn before_equals(&mut self) -> bool {
        let word = self.span().of(self.text);
        let half_quoted = word.starts_with('\'') && !(word.len() > 1 && word.ends_with('\''));
        let start = self.at;
        self.at += 1;
        self.mute(Self::skip_blanks);
        let equals = self.kind() == Some(Kind::Equals);
        self.at = start;
        equals && !half_quoted && self.kind().is_some_and(Kind::is_text)
    }

    /// What stands after a property's `=`.
    fn property_value(&mut self) {
        let sign = Span::new(self.span().offset.saturating_sub(1), 1);
        self.skip_blanks();
        self.annotation();
        if self.kind().is_some_and(Kind::is_text) || self.template() {
            self.take_one(PieceKind::PropertyValue);
        } else {
            self.spoil(syntax("this property has no value", sign, "nothing follows", "write the value after the `=`"));
            self.keep(Piece::broken(PieceKind::PropertyValue, Span::new(sign.end(), 0)));
        }
    }

    /// `key: value`, `key : value` and `"key": value`; false, and nothing taken, for anything else.
    fn colon(&mut self) -> bool {
        let (Some(token), at) = (self.token(), self.span()) else { return false };
        let next = self.tokens.get(self.at + 1).filter(|next| next.kind == Kind::Word && token.kind.is_string());
        if let Some(next) = next.filter(|next| next.text(self.text).starts_with(':')) {
            self.at += 1;
            self.colon_after(token.kind, at, next.span());
            return true;
        }
        if self.colon_after_name(at) {
            return true;
        }
        let Some(bare) = at.of(self.text).strip_suffix(':').filter(|_| token.kind == Kind::Word) else { return false };
        if self.run_to_quote().is_some() || bare.starts_with(['\'', '[']) {
            return false;
        }
        if bare.is_empty() {
            self.at += 1;
            let name = self.node_name();
            self.not_assigned(at, &name);
        } else {
            self.colon_after(Kind::Word, Span::new(at.offset, bare.len()), Span::new(at.end() - 1, 1));
        }
        true
    }

    /// `"name":value`, where the token that is next starts with the colon.
    fn colon_after_name(&mut self, at: Span) -> bool {
        let touches = self.at.checked_sub(1).is_some_and(|before| self.tokens[before].kind.is_string());
        if !touches || at.length < 2 || !at.of(self.text).starts_with(':') {
            return false;
        }
        self.at += 1;
        let name = self.node_name();
        self.not_assigned(Span::new(at.offset, 1), &name);
        self.plain(Kind::Word, PieceKind::Argument, Span::between(at.offset + 1, at.end()));
        true
    }

    /// A key, and the token that starts with its colon, which is next or holds the key itself.
    fn colon_after(&mut self, key_kind: Kind, key: Span, colon: Span) {
        self.at += 1;
        self.node.entries = true;
        let value = Span::between(colon.offset + 1, colon.end());
        let name = printable(key.of(self.text));
        self.skip_blanks();
        let property = value.length > 0 || self.kind().is_some_and(Kind::is_text);
        let found = if value.length > 0 { value } else { self.span() };
        let kind = if value.length > 0 { Kind::Word } else { self.kind().unwrap_or(Kind::Word) };
        let help = match property {
            true => format!("write `{name}={}`", printable(&as_written(kind, found.of(self.text)))),
            false => format!("write `{name}`"),
        };
        let headline = "a property is written with `=`, not with `:`".to_owned();
        self.report(SyntaxProblem::Equals { headline, at: Span::new(colon.offset, 1), help });
        self.plain(key_kind, if property { PieceKind::Key } else { PieceKind::Argument }, key);
        if value.length > 0 {
            self.plain(Kind::Word, PieceKind::PropertyValue, value);
        } else if property {
            self.take_one(PieceKind::PropertyValue);
        }
    }

    /// `=` where no property's name stands before it.
    pub(crate) fn equals(&mut self) {
        let at = self.span();
        while self.kind() == Some(Kind::Equals) {
            self.at += 1;
        }
        if self.node.entries {
            self.spoil(syntax("this `=` has no name before it", at, "nothing to set", "write `name=value`"));
        } else {
            let name = self.node_name();
            self.not_assigned(at, &name);
        }
        self.node.entries = true;
    }

    /// Reports `name = value` for a node.
    fn not_assigned(&mut self, sign: Span, name: &str) {
        self.mute(Self::skip_blanks);
        let value = match self.kind() {
            Some(kind) if kind.is_text() => format!(" {}", printable(&as_written(kind, self.span().of(self.text)))),
            _ => String::new(),
        };
        let (name, found) = (printable(name), printable(sign.of(self.text)));
        let headline = format!("`{name}` takes its values without `{found}`");
        self.report(SyntaxProblem::Equals { headline, at: sign, help: format!("write `{name}{value}`") });
    }

    fn node_name(&self) -> String {
        let name = self.node.name.and_then(|name| self.pieces.get(name));
        name.map_or("name", |name| name.span.of(self.text)).to_owned()
    }

    /// `(type)`: reported and skipped; false, and nothing taken, for anything else.
    pub(crate) fn annotation(&mut self) -> bool {
        let (start, open) = (self.at, self.span());
        if self.kind() != Some(Kind::ParenOpen) {
            return false;
        }
        self.at += 1;
        self.mute(Self::skip_blanks);
        let named = self.kind().is_some_and(Kind::is_text);
        self.at += 1;
        self.mute(Self::skip_blanks);
        if !named || self.kind() != Some(Kind::ParenClose) {
            self.at = start;
            return false;
        }
        let at = open.to(self.span());
        self.at += 1;
        self.skip_blanks();
        let help = format!("remove `{}`", printable(at.of(self.text)));
        self.report(SyntaxProblem::TypeAnnotation { at, help });
        if self.at_end_of_node() {
            self.mask_node();
        }
        true
    }

    /// A parenthesis that belongs to no type annotation.
    pub(crate) fn parenthesis(&mut self) {
        let at = self.span();
        self.at += 1;
        let closes = self.kind() == Some(Kind::ParenClose);
        let at = if closes { at.to(self.span()) } else { at };
        self.at += usize::from(closes);
        self.spoil(syntax("parentheses have no meaning here", at, "not KDL", "remove them, or put the text in quotes"));
    }

    /// Takes what must be exactly one piece.
    fn take_one(&mut self, role: PieceKind) {
        let (kept, at) = (self.pieces.len(), self.span());
        self.take(role);
        if self.pieces.len() == kept {
            self.keep(Piece::broken(role, at));
        }
    }

    /// Takes a name or a value, however it is spelled.
    fn take(&mut self, role: PieceKind) {
        let at = self.span();
        let word = at.of(self.text);
        match self.kind() {
            Some(Kind::Word) if word.starts_with('\'') => self.single_quoted(role),
            Some(Kind::Word) if is_bracketed(word) => self.array(role),
            Some(kind) => match self.run_to_quote().filter(|run| run.tokens > 1 || kind == Kind::Open) {
                Some(run) if role != PieceKind::Name || !run.braces => {
                    self.at += run.tokens;
                    self.quote_me(role, run.span, run.reason);
                }
                _ => {
                    self.at += 1;
                    self.separated(kind, role, at);
                }
            },
            None => {}
        }
    }

    /// Reports and removes commas around a word.
    fn separated(&mut self, kind: Kind, role: PieceKind, at: Span) {
        let word = at.of(self.text);
        let core = word.trim_matches(',');
        if kind != Kind::Word || core.len() == word.len() {
            return self.plain(kind, role, at);
        }
        let before = word.len() - word.trim_start_matches(',').len();
        let comma = if before > 0 { at.offset } else { at.offset + core.len() };
        if !std::mem::replace(&mut self.node.comma, true) {
            self.report(SyntaxProblem::Comma { at: Span::new(comma, 1) });
        }
        if !core.is_empty() {
            self.plain(kind, role, Span::new(at.offset + before, core.len()));
        }
    }

    /// Keeps one name or value, and reports what is wrong with it.
    fn plain(&mut self, kind: Kind, role: PieceKind, at: Span) {
        let name = matches!(role, PieceKind::Name | PieceKind::Key);
        let Some(flaw) = flaw(kind, at.of(self.text), name) else {
            return self.keep(Piece::sound(role, at));
        };
        let comment = flaw == Flaw::Hash;
        self.report(problem_of(flaw, at, at.of(self.text)));
        self.keep(Piece::broken(role, at));
        if comment {
            self.skip_line();
        }
    }

    /// Skips the rest of a line that turned out to be a comment.
    fn skip_line(&mut self) {
        while !self.at_end_of_node() && self.kind() != Some(Kind::Open) {
            self.at += 1;
        }
    }

    pub(crate) fn quote_me(&mut self, role: PieceKind, at: Span, reason: String) {
        self.report(SyntaxProblem::QuoteMe { at, reason, help: quote_help(at.of(self.text)) });
        self.keep(Piece::broken(role, at));
    }

    /// `'text'`, also with blanks in it.
    fn single_quoted(&mut self, role: PieceKind) {
        let at = self.single_quotes();
        let text = at.of(self.text).trim_matches('\'');
        self.report(SyntaxProblem::SingleQuotes { at, help: quote_help(text) });
        self.keep(Piece::broken(role, at));
    }

    /// `[a, b]`: kept without brackets where several values may stand.
    fn array(&mut self, role: PieceKind) {
        let (start, count) = (self.at, self.bracketed(role));
        let tokens = &self.tokens[start..start + count];
        self.at += count;
        let at = tokens.iter().map(|token| token.span()).reduce(Span::to).unwrap_or_default();
        let values: Vec<_> = tokens.iter().flat_map(|token| self.values_in(token.kind, token.span())).collect();
        let help = self.array_help(role, &values);
        let shown = if at.of(self.text).contains('\n') { Span::new(at.offset, 1) } else { at };
        self.report(SyntaxProblem::NoArrays { at: shown, help });
        if role != PieceKind::Argument {
            return self.keep(Piece::broken(role, at));
        }
        for (kind, span) in values {
            let sound = flaw(kind, span.of(self.text), false).is_none();
            self.keep(if sound { Piece::sound(role, span) } else { Piece::broken(role, span) });
        }
    }

    fn array_help(&self, role: PieceKind, values: &[(Kind, Span)]) -> Option<String> {
        if role != PieceKind::Argument || values.is_empty() {
            return None;
        }
        let values = values.iter().take(8).map(|(kind, span)| as_written(*kind, span.of(self.text)));
        let line: Vec<_> = std::iter::once(self.node_name()).chain(values).collect();
        Some(format!("write `{}`", printable(&line.join(" "))))
    }
}

/// Whether the word starts or ends an array.
fn is_bracketed(word: &str) -> bool {
    let core = word.trim_matches(',');
    let whole = core.ends_with(']') || !core.contains(']');
    core.starts_with('[') && whole || core.trim_matches(']').is_empty() && core.ends_with(']')
}

/// A value as it should have been written: in quotes where it needs them.
fn as_written(kind: Kind, text: &str) -> String {
    match flaw(kind, text, false) {
        Some(Flaw::Keyword(keyword)) => keyword.to_owned(),
        Some(_) if kind == Kind::Word => quote(text),
        _ => text.to_owned(),
    }
}

fn quote_help(text: &str) -> String {
    if text.chars().count() > LONGEST_QUOTED {
        "put it in double quotes".to_owned()
    } else {
        format!("write {}", quote(text))
    }
}

/// The problem that a flaw of the word at that place is.
fn problem_of(flaw: Flaw, at: Span, word: &str) -> SyntaxProblem {
    match flaw {
        Flaw::Character(offset, character) => bad_character(at.offset + offset, character),
        Flaw::Quote(reason) => SyntaxProblem::QuoteMe { at, reason, help: quote_help(word) },
        Flaw::Keyword(keyword) => keyword_problem(at, word, keyword),
        Flaw::Hash => {
            let help = Some(format!("write `//` before a comment, or {} for the text", quote(&printable(word))));
            SyntaxProblem::HashComment { at: Span::new(at.offset, 1), help }
        }
        Flaw::HugeNumber => syntax("this number is too large", at, "more digits than fit", &quote_help(word)),
        Flaw::Escape(offset, length) => {
            let at = Span::new(at.offset + offset, length);
            let escape = printable(word.get(offset..offset + length).unwrap_or_default());
            let help = "write `\\\\` for a backslash, or use a raw string: #\"…\"#";
            syntax(&format!("`{escape}` is no escape"), at, "KDL does not know it", help)
        }
        Flaw::MultiLineStart => {
            let at = Span::new(at.offset, 3);
            let help = "use \"…\" on one line, or start the text on the next line";
            syntax("a multi-line string starts on the next line", at, "the line must end here", help)
        }
    }
}

fn keyword_problem(at: Span, word: &str, keyword: &str) -> SyntaxProblem {
    debug_assert!(is_keyword(keyword));
    let headline = format!("`{}` must be written `{keyword}`", printable(word));
    let help = format!("write {keyword}, or {} for the text", quote(word));
    SyntaxProblem::Keyword { headline, at, help }
}
