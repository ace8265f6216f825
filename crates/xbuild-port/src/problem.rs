//! Why a text that is to be imported cannot be read at all.

use miette::{Diagnostic, LabeledSpan, SourceSpan};

/// A text that is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportProblem {
    /// Not YAML.
    #[error("this is not YAML that GoReleaser reads")]
    Yaml {
        /// Where it was noticed; `None` where the reader does not say.
        at: Option<SourceSpan>,
        /// The reader's words.
        what: String,
    },
    /// YAML, but something else stands where a list, a text or a block belongs.
    #[error("`{key}` must be {wanted}, not {found}")]
    Shape {
        /// Where it stands.
        at: Option<SourceSpan>,
        /// The setting.
        key: String,
        /// What belongs there.
        wanted: &'static str,
        /// What stands there.
        found: &'static str,
    },
}

impl Diagnostic for ImportProblem {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(match self {
            Self::Yaml { .. } => "xbuild::not-yaml",
            Self::Shape { .. } => "xbuild::goreleaser-shape",
        }))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new("`goreleaser check` shows what GoReleaser says of it"))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (at, label) = match self {
            Self::Yaml { at, what } => (at, what.clone()),
            Self::Shape { at, found, .. } => (at, (*found).to_owned()),
        };
        let at = (*at)?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some(label), at))))
    }
}
