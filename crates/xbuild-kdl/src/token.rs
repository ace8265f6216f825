//! The tokens of KDL v2, and which characters are blanks, line breaks, or not allowed at all.
//!
//! The tables are those of the KDL 2.0.0 specification ("Whitespace", "Newline", "Disallowed Literal Code Points"), the last
//! one with an addition of ours.
//! A token has no meaning yet: `(`, `=` and `[` are cut wherever they stand.

use crate::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of blanks.
    Space,
    /// One line break that ends a node.
    Newline,
    /// One line break after a `\`: it ends nothing.
    Joined,
    /// A `\` that continues the line.
    Continuation,
    /// `// …` without its line break.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// `# …`, which is no KDL, without its line break.
    HashComment,
    /// `/-`
    SlashDash,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `;`
    Semicolon,
    /// `=`
    Equals,
    /// `(`
    ParenOpen,
    /// `)`
    ParenClose,
    /// Everything else that stands together: words, numbers, keywords, and what KDL would not allow in them.
    Word,
    /// `"…"`
    Quoted,
    /// `#"…"#`
    Raw,
    /// `"""` and the lines up to the next one, raw or not.
    MultiLine,
    /// `"""`, raw or not, with text behind it on the same line, which is no KDL.
    BadMultiLine,
}

/// A run of bytes of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    start: u32,
    end: u32,
}

impl Kind {
    /// Whether it is a string with quotes.
    pub(crate) fn is_string(self) -> bool {
        matches!(self, Self::Quoted | Self::Raw | Self::MultiLine | Self::BadMultiLine)
    }

    /// Whether it can be a name or a value.
    pub(crate) fn is_text(self) -> bool {
        self == Self::Word || self.is_string()
    }
}

impl Token {
    /// A token from `start` up to `end`. Texts are far below 4 GiB: the lexer is given nothing longer than 4 MiB.
    pub(crate) fn new(kind: Kind, start: usize, end: usize) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { kind, start: narrow(start), end: narrow(end) }
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(crate) fn span(self) -> Span {
        Span::between(self.start(), self.end())
    }

    pub(crate) fn text(self, text: &str) -> &str {
        self.span().of(text)
    }
}

/// The specification's `unicode-space`.
pub(crate) fn is_space(character: char) -> bool {
    matches!(
        character,
        '\t' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// The specification's `newline`, of which CR LF is one.
pub(crate) fn is_newline(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{B}' | '\u{C}' | '\u{2028}' | '\u{2029}')
}

/// The specification's `disallowed-literal-code-points`: controls, DEL, direction marks, and a byte order mark that
/// is not the first character. And one range more than the specification has: the C1 controls, which some terminals obey
/// (U+009B is their `ESC [`). The one of them that is a line break in KDL, U+0085, stays one.
pub(crate) fn is_disallowed(character: char) -> bool {
    matches!(character,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
