//! One problem of a file: a code, a headline, the places it is about, and what to type next.
//!
//! Problems of the text as KDL come from `xbuild-kdl` and are passed on as they are; those of the meaning are composed
//! where they are found. All user text in them has gone through [`shown`] or `printable`, so no message carries a
//! terminal escape.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, Severity};
use xbuild_kdl::{Span, SyntaxProblem, printable};
use xbuild_model::Origin;

use crate::code::Code;

/// A problem of `xbuild.kdl`.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
pub enum Problem {
    /// The text is not KDL.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Syntax(#[from] SyntaxProblem),
    /// The text is KDL, but not a project.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Meaning(#[from] Meaning),
}

impl Problem {
    /// The code without its prefix: `quote-me`.
    pub fn slug(&self) -> String {
        match self {
            Self::Syntax(problem) => problem.slug(),
            Self::Meaning(meaning) => meaning.code.slug().to_owned(),
        }
    }

    /// The place that the problem is about; the start of the text where it is about the whole.
    pub fn primary(&self) -> Origin {
        match self {
            Self::Syntax(problem) => origin(problem.primary()),
            Self::Meaning(meaning) => meaning.labels.first().map_or_else(Origin::default, |label| label.origin),
        }
    }

    /// Whether the file is no project because of it; a warning is not.
    pub fn is_error(&self) -> bool {
        self.severity().unwrap_or_default() == Severity::Error
    }
}

/// A problem of what the text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    code: Code,
    headline: String,
    help: Option<String>,
    labels: Vec<Label>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Label {
    origin: Origin,
    text: String,
}

impl Meaning {
    /// A problem at a place: what is wrong, and what stands at the place.
    pub(crate) fn new(code: Code, origin: Origin, headline: impl Into<String>, label: impl Into<String>) -> Self {
        let labels = vec![Label { origin, text: label.into() }];
        Self { code, headline: headline.into(), help: None, labels }
    }

    /// A problem of the whole file.
    pub(crate) fn whole(code: Code, headline: impl Into<String>) -> Self {
        Self { code, headline: headline.into(), help: None, labels: Vec::new() }
    }

    /// What to type next.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to type next, where that is known.
    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Another place that explains the first.
    pub(crate) fn because(mut self, origin: Origin, text: impl Into<String>) -> Self {
        self.labels.push(Label { origin, text: text.into() });
        self
    }

    pub(crate) const fn is_error(&self) -> bool {
        matches!(self.code.severity(), Severity::Error)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline)
    }
}

impl std::error::Error for Meaning {}

impl Diagnostic for Meaning {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("xbuild::{}", self.code.slug())))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.code.severity())
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().enumerate().map(|(index, label)| {
            let text = Some(label.text.clone());
            if index == 0 {
                LabeledSpan::new_primary_with_span(text, label.origin)
            } else {
                LabeledSpan::new_with_span(text, label.origin)
            }
        })))
    }
}

/// A place of the reader as a place of the model.
pub(crate) const fn origin(span: Span) -> Origin {
    Origin { offset: span.offset, length: span.length }
}

/// User text in backticks, safe to show and short enough for a headline.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 24;
    let text = printable(text);
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    format!("`{}…`", text.trim_end_matches('…').chars().take(LONGEST).collect::<String>())
}
