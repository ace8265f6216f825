//! Everything that can be wrong with a text before anybody asks what it means.
//!
//! One variant is one code, with one cause. Places are byte spans; user text in messages has gone through
//! [`printable`](crate::printable()) or [`quote`](crate::quote()), so no message carries a terminal escape.

use miette::Diagnostic;
use thiserror::Error;

use crate::Span;

/// The codes of this crate, in the order of the variants of [`SyntaxProblem`].
pub const CODES: [&str; 21] = [
    "xbuild::not-utf8",
    "xbuild::too-large",
    "xbuild::too-deep",
    "xbuild::slashdash-too-deep",
    "xbuild::comment-too-deep",
    "xbuild::unclosed-brace",
    "xbuild::stray-brace",
    "xbuild::unclosed-string",
    "xbuild::unclosed-comment",
    "xbuild::glued-string",
    "xbuild::parse-timeout",
    "xbuild::quote-me",
    "xbuild::keyword",
    "xbuild::equals",
    "xbuild::no-arrays",
    "xbuild::hash-comment",
    "xbuild::syntax",
    "xbuild::single-quotes",
    "xbuild::comma",
    "xbuild::type-annotation",
    "xbuild::duplicate-property",
];

/// A problem of the text as KDL.
///
/// The first eleven end the run: they come alone, and there is no document. All others are repaired, and the
/// document holds what remains.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum SyntaxProblem {
    /// The file is not text.
    #[error("the file is not UTF-8 text")]
    #[diagnostic(code("xbuild::not-utf8"), help("save the file as UTF-8"))]
    NotUtf8 {
        /// The first byte that is not UTF-8.
        #[label(primary, "this byte is not UTF-8")]
        at: Span,
    },
    /// More bytes or words than a hand-written file has.
    #[error("the file is too large: more than {limit}")]
    #[diagnostic(code("xbuild::too-large"), help("split it, or generate less of it"))]
    TooLarge {
        /// Where the limit is passed.
        #[label(primary, "the limit is reached here")]
        at: Span,
        /// The limit, with its unit.
        limit: &'static str,
    },
    /// Blocks inside blocks, more than 32.
    #[error("blocks are nested too deeply")]
    #[diagnostic(code("xbuild::too-deep"), help("close blocks with `}}`; {limit} levels are the limit"))]
    TooDeep {
        /// The first brace that is too deep.
        #[label(primary, "level {}", limit + 1)]
        at: Span,
        /// The deepest level that is read.
        limit: usize,
    },
    /// Commented-out blocks inside one another, more than 3.
    #[error("commented-out blocks are nested too deeply")]
    #[diagnostic(
        code("xbuild::slashdash-too-deep"),
        help("remove the inner `/-`: what stands in a commented-out block is commented out already")
    )]
    SlashdashTooDeep {
        /// The block that is too deep.
        #[label(primary, "more than {limit} inside one another")]
        at: Span,
        /// The deepest level that is read.
        limit: usize,
    },
    /// Comments inside comments, more than 32.
    #[error("comments are nested too deeply")]
    #[diagnostic(code("xbuild::comment-too-deep"), help("a comment inside a comment needs its own `*/`"))]
    CommentTooDeep {
        /// The first `/*` that is too deep.
        #[label(primary, "level {}", limit + 1)]
        at: Span,
        /// The deepest level that is read.
        limit: usize,
    },
    /// A `{` without its `}`.
    #[error("this block is never closed")]
    #[diagnostic(code("xbuild::unclosed-brace"))]
    UnclosedBrace {
        /// The brace.
        #[label(primary, "no `}}` closes this brace")]
        at: Span,
        /// The line whose indentation shows that the block should have ended before it.
        #[label("by its indentation the block ends before this line")]
        evidence: Option<Span>,
        /// Where to write the missing brace.
        #[help]
        help: String,
    },
    /// A `}` without its `{`.
    #[error("this brace closes nothing")]
    #[diagnostic(code("xbuild::stray-brace"), help("remove the `}}`, or open its block with `{{`"))]
    StrayBrace {
        /// The brace.
        #[label(primary, "no block is open here")]
        at: Span,
        /// The brace that closed a block early, by its indentation.
        #[label("by its indentation this brace closed the block too early")]
        evidence: Option<Span>,
    },
    /// A quote that is not closed on its line.
    #[error("this string is never closed")]
    #[diagnostic(code("xbuild::unclosed-string"))]
    UnclosedString {
        /// From the opening quote to the end of the line.
        #[label(primary, "the string starts here")]
        at: Span,
        /// An earlier string of the line that touches a word: the quotes may be shifted by one.
        #[label("or a quote is missing before here")]
        evidence: Option<Span>,
        /// What to type.
        #[help]
        help: String,
    },
    /// A `/*` without its `*/`.
    #[error("this comment is never closed")]
    #[diagnostic(code("xbuild::unclosed-comment"))]
    UnclosedComment {
        /// The opening.
        #[label(primary, "no `*/` closes this comment")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// A string that touches a word or another string.
    #[error("a string must stand alone")]
    #[diagnostic(code("xbuild::glued-string"))]
    GluedString {
        /// Where the two touch.
        #[label(primary, "this touches the text before it")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// The text takes too long to read.
    #[error("reading the file takes too long")]
    #[diagnostic(code("xbuild::parse-timeout"), help("shorten its longest strings; {seconds} s are the limit"))]
    ParseTimeout {
        /// The limit in seconds.
        seconds: u64,
    },
    /// Text that KDL reads only in quotes.
    #[error("this needs quotes")]
    #[diagnostic(code("xbuild::quote-me"))]
    QuoteMe {
        /// The text.
        #[label(primary, "{reason}")]
        at: Span,
        /// Why KDL does not read it bare.
        reason: String,
        /// What to type.
        #[help]
        help: String,
    },
    /// `true`, `false`, `null` and the like without their `#`, or a `#word` that is no keyword.
    #[error("{headline}")]
    #[diagnostic(code("xbuild::keyword"))]
    Keyword {
        /// What is wrong.
        headline: String,
        /// The word.
        #[label(primary, "KDL keywords start with `#`")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// `name = value` or `name: value` in place of `name value`.
    #[error("{headline}")]
    #[diagnostic(code("xbuild::equals"))]
    Equals {
        /// What is wrong.
        headline: String,
        /// The sign.
        #[label(primary, "not here")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// `[a, b]`
    #[error("KDL has no arrays in brackets")]
    #[diagnostic(code("xbuild::no-arrays"))]
    NoArrays {
        /// The array, or its opening where it spans lines.
        #[label(primary, "values stand one after the other, without brackets")]
        at: Span,
        /// What to type.
        #[help]
        help: Option<String>,
    },
    /// `# text`
    #[error("comments start with `//`, not with `#`")]
    #[diagnostic(code("xbuild::hash-comment"))]
    HashComment {
        /// The sign.
        #[label(primary, "write `//`")]
        at: Span,
        /// What to type.
        #[help]
        help: Option<String>,
    },
    /// Any other text that is not KDL.
    #[error("{headline}")]
    #[diagnostic(code("xbuild::syntax"))]
    Syntax {
        /// What is wrong.
        headline: String,
        /// Where.
        #[label(primary, "{label}")]
        at: Span,
        /// What is there.
        label: String,
        /// What to type.
        #[help]
        help: Option<String>,
    },
    /// `'text'`, which KDL reads as a word with quotes in it.
    #[error("single quotes do not quote")]
    #[diagnostic(code("xbuild::single-quotes"))]
    SingleQuotes {
        /// The text with its quotes.
        #[label(primary, "KDL reads these quotes as part of a word")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// `a, b`
    #[error("values are separated by spaces, not commas")]
    #[diagnostic(code("xbuild::comma"), help("remove the comma"))]
    Comma {
        /// The comma.
        #[label(primary, "KDL reads this comma as part of a word")]
        at: Span,
    },
    /// `(type)value`
    #[error("type annotations have no meaning here")]
    #[diagnostic(code("xbuild::type-annotation"))]
    TypeAnnotation {
        /// The annotation with its parentheses.
        #[label(primary, "a type annotation")]
        at: Span,
        /// What to type.
        #[help]
        help: String,
    },
    /// A property that the node has already.
    #[error("`{name}` is set twice")]
    #[diagnostic(code("xbuild::duplicate-property"), help("keep one of the two"))]
    DuplicateProperty {
        /// The name.
        name: String,
        /// The second one.
        #[label(primary, "set again here")]
        at: Span,
        /// The first one.
        #[label("set here first")]
        first: Span,
    },
}

impl SyntaxProblem {
    /// The code without its prefix: `quote-me`.
    #[must_use]
    pub fn slug(&self) -> String {
        let code = self.code().map(|code| code.to_string()).unwrap_or_default();
        code.trim_start_matches("xbuild::").to_owned()
    }

    /// The place that the problem is about; the start of the text where it is about the whole.
    #[must_use]
    pub fn primary(&self) -> Span {
        let primary = self.labels().into_iter().flatten().find(miette::LabeledSpan::primary);
        primary.map_or_else(Span::default, |label| Span::new(label.offset(), label.len()))
    }
}
