//! Text to tokens, in one pass over the characters and whatever the text.
//!
//! It finds what cannot be cut at all (strings and comments without an end, comments nested too deeply) and stops
//! there. It does not balance braces or count words (`scan` does), and has no idea of nodes (`outline` has).

use crate::SyntaxProblem;
use crate::span::Span;
use crate::token::{Kind, Token, is_newline, is_space};

/// The deepest nesting of comments that is read.
const COMMENT_DEPTH: usize = 32;

/// The tokens up to the end or the first problem, and that problem.
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) problem: Option<SyntaxProblem>,
}

/// Cuts the text. Between them the tokens cover every byte except a byte order mark at the start.
pub(crate) fn lex(text: &str) -> Lexed {
    let at = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut lexer = Lexer { text, at, continued: false, line_has_text: false };
    let mut tokens = Vec::new();
    while let Some(first) = lexer.rest().chars().next() {
        let start = lexer.at;
        match lexer.token(first) {
            Ok((kind, end)) => {
                lexer.line_has_text = kind != Kind::Newline && (kind != Kind::Space || lexer.line_has_text);
                lexer.at = end;
                tokens.push(Token::new(kind, start, end));
            }
            Err(problem) => return Lexed { tokens, problem: Some(problem) },
        }
    }
    Lexed { tokens, problem: None }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// A `\` was seen and its line break was not.
    continued: bool,
    /// Something other than blanks stands before `at` on its line.
    line_has_text: bool,
}

type Cut = Result<(Kind, usize), SyntaxProblem>;

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The kind and the end of the token that starts here.
    fn token(&mut self, first: char) -> Cut {
        let rest = self.rest();
        let punctuation = |kind| Ok((kind, self.at + 1));
        match first {
            '{' => punctuation(Kind::Open),
            '}' => punctuation(Kind::Close),
            ';' => punctuation(Kind::Semicolon),
            '=' => punctuation(Kind::Equals),
            '(' => punctuation(Kind::ParenOpen),
            ')' => punctuation(Kind::ParenClose),
            '"' => self.quoted(),
            '#' => self.hash(),
            '/' if rest.starts_with("//") => Ok((Kind::LineComment, self.line_end())),
            '/' if rest.starts_with("/-") => Ok((Kind::SlashDash, self.at + 2)),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '\\' if continues(rest) => {
                self.continued = true;
                Ok((Kind::Continuation, self.at + 1))
            }
            first if is_newline(first) => Ok(self.newline(first)),
            first if is_space(first) => Ok((Kind::Space, self.at + run(rest, is_space))),
            _ => Ok(self.word()),
        }
    }

    fn newline(&mut self, first: char) -> (Kind, usize) {
        let length = if self.rest().starts_with("\r\n") { 2 } else { first.len_utf8() };
        let kind = if std::mem::take(&mut self.continued) { Kind::Joined } else { Kind::Newline };
        (kind, self.at + length)
    }

    fn line_end(&self) -> usize {
        self.at + run(self.rest(), |character| !is_newline(character))
    }

    /// A run of whatever is no blank and no punctuation; its first character is taken unseen.
    fn word(&self) -> (Kind, usize) {
        let rest = self.rest();
        let end = rest.char_indices().skip(1).find(|&(offset, character)| ends_word(&rest[offset..], character));
        (Kind::Word, self.at + end.map_or(rest.len(), |(offset, _)| offset))
    }

    /// `#` starts a raw string, a keyword, or a comment of another language.
    fn hash(&self) -> Cut {
        let hashes = run(self.rest(), |character| character == '#');
        let after = &self.rest()[hashes..];
        if after.starts_with('"') {
            return self.raw(hashes, after);
        }
        let word = hashes == 1 && after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
        if word && (self.line_has_text || is_keyword_like(after)) {
            return Ok(self.word());
        }
        Ok((Kind::HashComment, self.line_end()))
    }

    fn block_comment(&self) -> Cut {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.at, 0);
        loop {
            match bytes.get(at..at + 2) {
                Some(b"/*") if depth == COMMENT_DEPTH => {
                    return Err(SyntaxProblem::CommentTooDeep { at: Span::new(at, 2), limit: COMMENT_DEPTH });
                }
                Some(b"/*") => (depth, at) = (depth + 1, at + 2),
                Some(b"*/") if depth == 1 => return Ok((Kind::BlockComment, at + 2)),
                Some(b"*/") => (depth, at) = (depth - 1, at + 2),
                Some(_) => at += 1,
                None => return Err(self.unclosed_comment()),
            }
        }
    }

    fn unclosed_comment(&self) -> SyntaxProblem {
        let before = self.text[..self.at].chars().next_back().unwrap_or(' ');
        let glob = !is_space(before) && !is_newline(before) && !matches!(before, '{' | '}' | ';');
        let help = if glob { "for a pattern with `/*` in it, put the pattern in quotes" } else { "close it with `*/`" };
        SyntaxProblem::UnclosedComment { at: Span::new(self.at, 2), help: help.to_owned() }
    }

    fn quoted(&self) -> Cut {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix("\"\"\"") {
            return match after.starts_with(is_newline) {
                true => self.multi_line(),
                false => self.bad_multi_line(after),
            };
        }
        let mut characters = rest.char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => return Ok((Kind::Quoted, self.at + offset + 1)),
                '\\' => skip_escape(&mut characters),
                character if is_newline(character) => break,
                _ => {}
            }
        }
        Err(self.unclosed_string("close it with `\"` on this line"))
    }

    fn multi_line(&self) -> Cut {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 3;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 2,
                b'"' if bytes[at..].starts_with(b"\"\"\"") => return Ok((Kind::MultiLine, at + 3)),
                _ => at += 1,
            }
        }
        Err(self.unclosed_string("close it with `\"\"\"` on a line of its own"))
    }

    /// `"""text"""` on one line. With no end on the line it is taken for an open string.
    fn bad_multi_line(&self, after: &str) -> Cut {
        let mut previous = ['\0'; 2];
        for (offset, character) in after.char_indices() {
            match (previous, character) {
                (['"', '"'], '"') => return Ok((Kind::BadMultiLine, self.at + 3 + offset + 1)),
                (_, character) if is_newline(character) => break,
                _ => previous = [previous[1], character],
            }
        }
        Err(self.unclosed_string("close it with `\"`, or start a multi-line string's text on the next line"))
    }

    fn raw(&self, hashes: usize, after: &str) -> Cut {
        let fence = &self.rest()[..hashes];
        let multi_line = after.strip_prefix("\"\"\"").is_some_and(|body| body.starts_with(is_newline));
        let (quotes, kind) = match (multi_line, after.starts_with("\"\"\"")) {
            (true, _) => ("\"\"\"", Kind::MultiLine),
            (false, true) => ("\"", Kind::BadMultiLine),
            (false, false) => ("\"", Kind::Raw),
        };
        for (offset, character) in after.char_indices().skip(quotes.len()) {
            let behind = after[offset..].strip_prefix(quotes).filter(|_| character == '"');
            if behind.is_some_and(|behind| behind.starts_with(fence)) {
                return Ok((kind, self.at + hashes + offset + quotes.len() + hashes));
            }
            if !multi_line && is_newline(character) {
                break;
            }
        }
        let fence = if hashes > 8 { "#…" } else { fence };
        Err(self.unclosed_string(&format!("close it with `{quotes}{fence}`")))
    }

    fn unclosed_string(&self, help: &str) -> SyntaxProblem {
        let at = Span::between(self.at, self.line_end());
        SyntaxProblem::UnclosedString { at, evidence: None, help: help.to_owned() }
    }
}

/// The length of the longest prefix of such characters.
fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// Whether a word ends before `rest`, which starts with the character.
fn ends_word(rest: &str, first: char) -> bool {
    match first {
        '{' | '}' | ';' | '=' | '(' | ')' | '"' => true,
        '/' => rest.starts_with("//") || rest.starts_with("/*"),
        '\\' => continues(rest),
        first => is_space(first) || is_newline(first),
    }
}

/// Whether the `\` at the start of `rest` joins this line to the next: only blanks and comments follow it.
fn continues(rest: &str) -> bool {
    let mut after = &rest[1..];
    loop {
        after = after.trim_start_matches(is_space);
        let Some(comment) = after.strip_prefix("/*") else { break };
        let Some(end) = comment.find("*/") else { return false };
        after = &comment[end + 2..];
    }
    after.is_empty() || after.starts_with(is_newline) || after.starts_with("//")
}

/// Skips what a `\` in a string escapes: one character, or all blanks and line breaks that follow.
fn skip_escape(characters: &mut (impl Iterator<Item = (usize, char)> + Clone)) {
    let blank = |character| is_space(character) || is_newline(character);
    let escaped = characters.next();
    if escaped.is_some_and(|(_, character)| blank(character)) {
        let mut ahead = characters.clone();
        while ahead.next().is_some_and(|(_, character)| blank(character)) {
            characters.next();
        }
    }
}

/// Whether the text after a `#` starts with a keyword, perhaps in the wrong case, or with another language's boolean.
fn is_keyword_like(after: &str) -> bool {
    let word = &after
        [..after.char_indices().find(|&(at, next)| ends_word(&after[at..], next)).map_or(after.len(), |(at, _)| at)];
    crate::numbers::keyword_meant(word).is_some()
}
