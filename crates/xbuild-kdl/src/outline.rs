//! Tokens to pieces, node by node: the shape of a KDL text, with each mistake reported once and repaired.
//!
//! Here is the shape: nodes, entries, blocks, what is commented out. What is wrong inside a name or a value is
//! `repair`'s part of the same walk. Commented-out parts (`/-`) are walked without reporting or keeping anything: they
//! need whole strings and braces, no more. It decodes nothing; the `kdl` crate does.

use crate::SyntaxProblem;
use crate::piece::{Piece, PieceKind};
use crate::printable::printable;
use crate::span::Span;
use crate::token::{Kind, Token, is_disallowed};

/// The deepest nesting of commented-out blocks that is read.
const COMMENTED_DEPTH: usize = 3;

/// The pieces of a text and what was wrong with it.
pub(crate) struct Outline {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) problems: Vec<SyntaxProblem>,
}

/// Walks a text whose braces are balanced.
///
/// # Errors
///
/// Commented-out blocks that are nested too deeply.
pub(crate) fn outline(text: &str, tokens: &[Token]) -> Result<Outline, SyntaxProblem> {
    let mut walk = Walk::new(text, tokens);
    walk.nodes()?;
    Ok(Outline { pieces: walk.pieces, problems: walk.problems })
}

/// The walk over the tokens of one text.
pub(crate) struct Walk<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: &'t [Token],
    pub(crate) at: usize,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) node: NodeState,
    /// The token before which no closing `'` is left for an open one.
    pub(crate) no_quote_before: usize,
    /// The token before which no `]` is left for an open `[`.
    pub(crate) no_bracket_before: usize,
    problems: Vec<SyntaxProblem>,
    /// How many commented-out parts the walk is in; in one, nothing is reported or kept.
    muted: usize,
    /// How many commented-out blocks the walk is in.
    commented: usize,
}

/// What is known of the node that is walked.
#[derive(Clone, Copy, Default)]
pub(crate) struct NodeState {
    /// Its name among the pieces, if it is kept.
    pub(crate) name: Option<usize>,
    /// A comma was reported for it.
    pub(crate) comma: bool,
    /// It has entries.
    pub(crate) entries: bool,
}

type Walked = Result<(), SyntaxProblem>;

impl<'t> Walk<'t> {
    fn new(text: &'t str, tokens: &'t [Token]) -> Self {
        Self {
            text,
            tokens,
            at: 0,
            pieces: Vec::new(),
            node: NodeState::default(),
            no_quote_before: 0,
            no_bracket_before: 0,
            problems: Vec::new(),
            muted: 0,
            commented: 0,
        }
    }

    /// The kind of the token that is next.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.token().map(|token| token.kind)
    }

    /// The token that is next.
    pub(crate) fn token(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    /// The place of the next token; the end of the text after the last one.
    pub(crate) fn span(&self) -> Span {
        self.token().map_or(Span::new(self.text.len(), 0), Token::span)
    }

    pub(crate) fn report(&mut self, problem: SyntaxProblem) {
        if self.muted == 0 {
            self.problems.push(problem);
        }
    }

    /// Reports what makes the whole node doubtful, once a node.
    pub(crate) fn spoil(&mut self, problem: SyntaxProblem) {
        if !self.mask_node() {
            self.report(problem);
        }
    }

    /// Marks the node as doubtful, and tells whether it was already.
    pub(crate) fn mask_node(&mut self) -> bool {
        let name = self.node.name.and_then(|name| self.pieces.get_mut(name));
        name.is_some_and(|name| std::mem::replace(&mut name.masked, true))
    }

    pub(crate) fn keep(&mut self, piece: Piece) {
        if self.muted == 0 {
            self.pieces.push(piece);
        }
    }

    /// Walks something without reporting or keeping it.
    pub(crate) fn mute<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.muted += 1;
        let walked = walk(self);
        self.muted -= 1;
        walked
    }

    /// Nodes up to the `}` of their block or the end of the text.
    fn nodes(&mut self) -> Walked {
        loop {
            self.skip_lines();
            match self.kind() {
                None | Some(Kind::Close) => return Ok(()),
                Some(Kind::Semicolon) => self.empty_node(),
                Some(Kind::SlashDash) => self.commented_node()?,
                Some(Kind::Open) => self.nameless_block()?,
                Some(_) => self.node(false)?,
            }
        }
    }

    fn node(&mut self, commented: bool) -> Walked {
        let outer = std::mem::take(&mut self.node);
        self.annotation();
        if self.kind().is_some_and(Kind::is_text) {
            self.node.name = (self.muted == 0).then_some(self.pieces.len());
            self.name();
            self.entries(commented)?;
            self.end_node();
        } else {
            self.no_name()?;
            self.at += usize::from(self.kind() == Some(Kind::Semicolon));
        }
        self.node = outer;
        Ok(())
    }

    fn entries(&mut self, commented: bool) -> Walked {
        let mut after_block = false;
        loop {
            self.skip_blanks();
            if after_block && !matches!(self.kind(), Some(Kind::Open | Kind::SlashDash)) && !self.at_end_of_node() {
                self.spoil(syntax(
                    "a block ends its node, also one that is commented out",
                    self.span(),
                    "more of the same node",
                    "move it before the `/-`",
                ));
                after_block = false;
            }
            match self.kind() {
                _ if self.at_end_of_node() => return Ok(()),
                Some(Kind::SlashDash) => after_block |= self.commented_entry()?,
                Some(Kind::Open) if !self.template() => {
                    self.block(commented)?;
                    return self.after_block();
                }
                Some(Kind::Equals) => self.equals(),
                Some(Kind::ParenOpen) if self.annotation() => {}
                Some(Kind::ParenOpen | Kind::ParenClose) => self.parenthesis(),
                _ => self.entry(),
            }
        }
    }

    /// The end of a node that is kept, with the `;` that may mark it.
    fn end_node(&mut self) {
        self.keep(Piece::sound(PieceKind::Break, Span::new(self.span().offset, 0)));
        self.at += usize::from(self.kind() == Some(Kind::Semicolon));
    }

    /// A `;` with no node before it.
    fn empty_node(&mut self) {
        self.report(syntax("this `;` ends no node", self.span(), "nothing before it", "remove it"));
        self.at += 1;
    }

    pub(crate) fn at_end_of_node(&self) -> bool {
        matches!(
            self.kind(),
            None | Some(Kind::Newline | Kind::Semicolon | Kind::Close | Kind::LineComment | Kind::HashComment)
        )
    }

    fn block(&mut self, commented: bool) -> Walked {
        let at = self.span();
        self.commented += usize::from(commented);
        if self.commented > COMMENTED_DEPTH {
            return Err(SyntaxProblem::SlashdashTooDeep { at, limit: COMMENTED_DEPTH });
        }
        self.keep(Piece::sound(PieceKind::Open, at));
        self.at += 1;
        self.nodes()?;
        self.keep(Piece::sound(PieceKind::Close, self.span()));
        self.at += 1;
        self.commented -= usize::from(commented);
        Ok(())
    }

    /// After a block only the end of the node may come, or a commented-out block.
    fn after_block(&mut self) -> Walked {
        loop {
            self.skip_blanks();
            let at = self.span();
            match self.kind() {
                _ if self.at_end_of_node() => return Ok(()),
                Some(Kind::SlashDash) => _ = self.commented_entry()?,
                Some(Kind::Open) => {
                    self.spoil(syntax("a node has one block", at, "a second block", "put everything into one block"));
                    self.mute(|walk| walk.block(false))?;
                }
                _ => {
                    let help = "start a new line after the `}`";
                    self.report(syntax("a block ends its node", at, "more of the same line", help));
                    return Ok(());
                }
            }
        }
    }

    /// A `{` where a node should start: mostly the block of the node on the line above.
    fn nameless_block(&mut self) -> Walked {
        let at = self.span();
        if self.follows_open_node() {
            let help = "move the `{` to the end of the line above";
            self.report(syntax("a block starts on the line of its node", at, "the line break ended the node", help));
            self.pieces.pop();
            self.block(false)?;
            self.after_block()?;
            self.end_node();
            return Ok(());
        }
        self.report(syntax("a block needs a name before it", at, "this block belongs to no node", "write `name {`"));
        self.mute(|walk| walk.block(false))?;
        self.mute(Self::after_block)
    }

    /// Whether the last node kept ended at a line break, without a block.
    fn follows_open_node(&self) -> bool {
        let [.., last, end] = self.pieces.as_slice() else { return false };
        let between = self.tokens[..self.at].iter().rev().take_while(|token| token.start() >= end.span.offset);
        self.muted == 0
            && end.kind == PieceKind::Break
            && !matches!(last.kind, PieceKind::Break | PieceKind::Close | PieceKind::Open)
            && between.into_iter().all(|token| matches!(token.kind, Kind::Newline | Kind::Space | Kind::LineComment))
    }

    /// `/-` before a node.
    fn commented_node(&mut self) -> Walked {
        let (first, at) = (self.at, self.span());
        self.at += 1;
        self.mute(Self::skip_lines);
        match self.kind() {
            Some(Kind::Open) => self.mute(|walk| walk.block(true))?,
            None | Some(Kind::Close | Kind::Semicolon | Kind::SlashDash) => self.report(nothing_commented(at)),
            Some(_) => self.mute(|walk| walk.node(true))?,
        }
        self.commented_characters(first);
        Ok(())
    }

    /// `/-` before an argument, a property or a block; whether it was a block.
    fn commented_entry(&mut self) -> Result<bool, SyntaxProblem> {
        let (first, at) = (self.at, self.span());
        if first.checked_sub(1).is_some_and(|before| self.tokens[before].kind.is_text()) {
            self.report(syntax("`/-` needs a space before it", at, "it touches what is before it", "put a space here"));
        }
        self.at += 1;
        self.mute(Self::skip_lines);
        let is_block = self.kind() == Some(Kind::Open);
        match self.kind() {
            Some(Kind::Open) => self.mute(|walk| walk.block(true))?,
            None | Some(Kind::Close | Kind::Semicolon | Kind::SlashDash | Kind::Equals) => {
                self.report(nothing_commented(at));
            }
            Some(_) => self.mute(|walk| {
                walk.annotation();
                if walk.kind().is_some_and(Kind::is_text) {
                    walk.entry();
                }
            }),
        }
        self.commented_characters(first);
        Ok(is_block)
    }

    /// The characters of what was commented out from a token on: free like those of a comment.
    fn commented_characters(&mut self, first: usize) {
        // What is inside another commented-out part is told with that one, so each token is looked at once.
        let end = if self.muted == 0 { self.at } else { first };
        for token in self.tokens.iter().take(end).skip(first) {
            self.characters(token.span());
        }
    }

    /// Something that cannot start a node: reported, and skipped with the rest of its line.
    fn no_name(&mut self) -> Walked {
        if self.at_end_of_node() {
            return Ok(());
        }
        let (at, found) = (self.span(), printable(self.span().of(self.text)));
        self.report(syntax("a node starts with its name", at, &format!("`{found}` is no name"), "write `name value`"));
        self.mute(Self::skip_node)
    }

    fn skip_node(&mut self) -> Walked {
        while !self.at_end_of_node() {
            match self.kind() {
                Some(Kind::Open) => self.block(false)?,
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Skips what may stand inside a node: blanks, comments, joined lines.
    pub(crate) fn skip_blanks(&mut self) {
        let mut continued = false;
        loop {
            match self.kind() {
                Some(Kind::Continuation) => continued = true,
                Some(Kind::Joined) => continued = false,
                Some(Kind::Space) => {}
                Some(Kind::BlockComment) => self.comment(),
                Some(Kind::LineComment) if continued => self.comment(),
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Skips what may stand after a `/-`: blanks, comments, line breaks.
    fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            match self.kind() {
                Some(Kind::Newline | Kind::Joined) => {}
                Some(Kind::LineComment) => self.comment(),
                Some(Kind::HashComment) => self.hash_comment(),
                _ => return,
            }
            self.at += 1;
        }
    }

    /// The characters of a comment: free, except those that KDL allows nowhere.
    fn comment(&mut self) {
        self.characters(self.span());
    }

    fn characters(&mut self, at: Span) {
        let found = at.of(self.text).char_indices().find(|(_, character)| is_disallowed(*character));
        if let Some((offset, character)) = found {
            self.report(bad_character(at.offset + offset, character));
        }
    }

    fn hash_comment(&mut self) {
        let at = self.span();
        let text = at.of(self.text).trim_start_matches('#').trim();
        let help = (!text.is_empty()).then(|| format!("write `// {}`", printable(text)));
        self.report(SyntaxProblem::HashComment { at: Span::new(at.offset, 1), help });
    }
}

/// A [`SyntaxProblem::Syntax`].
pub(crate) fn syntax(headline: &str, at: Span, label: &str, help: &str) -> SyntaxProblem {
    let help = (!help.is_empty()).then(|| help.to_owned());
    SyntaxProblem::Syntax { headline: headline.to_owned(), at, label: label.to_owned(), help }
}

/// A character that KDL allows nowhere, at an offset of the text.
pub(crate) fn bad_character(offset: usize, character: char) -> SyntaxProblem {
    let at = Span::new(offset, character.len_utf8());
    let code = u32::from(character);
    let headline = format!("the invisible character U+{code:04X} is not allowed");
    syntax(&headline, at, "it stands here", &format!("remove it, or write it in a quoted string as \\u{{{code:x}}}"))
}

fn nothing_commented(at: Span) -> SyntaxProblem {
    syntax("`/-` comments out nothing", at, "nothing follows", "remove it")
}
