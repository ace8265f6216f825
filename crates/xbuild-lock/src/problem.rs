//! What can be wrong with a lock's text.

use xbuild_kdl::{Span, SyntaxProblem};

/// A lock that cannot be read. Every label is a place in `xbuild.lock`.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum LockProblem {
    /// The text is not KDL.
    #[error("`xbuild.lock` cannot be read")]
    #[diagnostic(
        code("xbuild::lock-syntax"),
        help("after a merge, resolve the conflict or restore the committed file; `xbuild lock` writes it anew")
    )]
    Syntax {
        /// What the reader said, in file order.
        #[related]
        problems: Vec<SyntaxProblem>,
    },
    /// Written by another version of xbuild.
    #[error("`xbuild.lock` has format {found}, this xbuild reads format {}", crate::FORMAT)]
    #[diagnostic(
        code("xbuild::lock-format"),
        help("install the xbuild that wrote it, or delete the file and run `xbuild lock`")
    )]
    Format {
        /// The number that stands there.
        found: String,
        /// Where.
        #[label("this format")]
        at: miette::SourceSpan,
    },
    /// A node that this format does not have.
    #[error("`{name}` is no part of a lock of format {}", crate::FORMAT)]
    #[diagnostic(
        code("xbuild::lock-node"),
        help("a newer xbuild may have written it: install that, or run `xbuild lock`")
    )]
    Node {
        /// The node's name.
        name: String,
        /// Where.
        #[label("not known here")]
        at: miette::SourceSpan,
    },
    /// A node that is known, with other values than it takes.
    #[error("`{name}` takes {expected}")]
    #[diagnostic(code("xbuild::lock-value"), help("run `xbuild lock` to write the file anew"))]
    Value {
        /// The node's name.
        name: String,
        /// What it takes.
        expected: &'static str,
        /// Where.
        #[label("here")]
        at: miette::SourceSpan,
    },
    /// The same block twice, as a merge may leave it.
    #[error("`{name}` stands twice in `xbuild.lock`")]
    #[diagnostic(code("xbuild::lock-duplicate"), help("a merge kept both sides: remove one of them"))]
    Duplicate {
        /// What the block is about.
        name: String,
        /// Where the second one is.
        #[label("again here")]
        at: miette::SourceSpan,
    },
}

/// A place in the text, for a label.
pub(crate) fn label(span: Span) -> miette::SourceSpan {
    (span.offset, span.length).into()
}
