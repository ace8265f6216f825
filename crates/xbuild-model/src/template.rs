//! Strings with placeholders: `{version}`, `{out:proto}`, `{{`.
//!
//! A template is read once, where it is written; whether a name in braces means an axis or another target is checked by
//! `xbuild-config`, and what it stands for in a cell is filled in by `xbuild-plan`.

use std::fmt;

/// What a placeholder asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Placeholder {
    /// `{target}`: the target's name.
    Target,
    /// `{profile}`: the profile's name.
    Profile,
    /// `{platform}`: `linux/arm/v7`.
    Platform,
    /// `{os}`.
    Os,
    /// `{arch}`.
    Arch,
    /// `{variant}`: empty for the baseline.
    Variant,
    /// `{version}`: the project's version.
    Version,
    /// `{commit}`: the commit's full hash.
    Commit,
    /// `{commit-time}`: the commit's time in RFC 3339, UTC.
    CommitTime,
    /// `{exe}`: `.exe` on Windows, `.wasm` for WebAssembly, else nothing.
    Exe,
    /// `{out}`: the action's output folder.
    Out,
    /// `{out:TARGET}`: where the outputs of a dependency are.
    OutOf(String),
    /// Any other word: an axis, if there is one of that name.
    Axis(String),
}

impl Placeholder {
    /// Every word that is not an axis and takes no name.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("target", Self::Target),
        ("profile", Self::Profile),
        ("platform", Self::Platform),
        ("os", Self::Os),
        ("arch", Self::Arch),
        ("variant", Self::Variant),
        ("version", Self::Version),
        ("commit", Self::Commit),
        ("commit-time", Self::CommitTime),
        ("exe", Self::Exe),
        ("out", Self::Out),
    ];

    /// One of each kind; those that take a name have one in capitals.
    pub fn examples() -> impl Iterator<Item = Self> {
        let named = [Self::OutOf("TARGET".into()), Self::Axis("AXIS".into())];
        Self::WORDS.into_iter().map(|(_, placeholder)| placeholder).chain(named)
    }

    /// What it stands for, in a few words.
    pub const fn about(&self) -> &'static str {
        match self {
            Self::Target => "the target's name",
            Self::Profile => "the profile's name",
            Self::Platform => "the platform: `linux/arm/v7`",
            Self::Os => "the operating system: `linux`",
            Self::Arch => "the architecture: `arm`",
            Self::Variant => "the variant: `v7`; empty for the baseline",
            Self::Version => "the project's version",
            Self::Commit => "the commit's full hash",
            Self::CommitTime => "the commit's time: RFC 3339, in UTC",
            Self::Exe => "what an executable's name ends with: `.exe`, `.wasm` or nothing",
            Self::Out => "the folder that the action writes to",
            Self::OutOf(_) => "where the outputs of a dependency are",
            Self::Axis(_) => "the cell's value of an axis",
        }
    }

    /// How long it is as it is written, braces included, in bytes.
    fn written_len(&self) -> usize {
        let word = match self {
            Self::OutOf(target) => "out:".len() + target.len(),
            Self::Axis(name) => name.len(),
            known => Self::WORDS.iter().find(|(_, word)| word == known).map_or(0, |(word, _)| word.len()),
        };
        word + "{}".len()
    }

    fn read(word: &str) -> Self {
        if let Some(target) = word.strip_prefix("out:") {
            return Self::OutOf(target.to_owned());
        }
        let known = Self::WORDS.into_iter().find(|(name, _)| *name == word);
        known.map_or_else(|| Self::Axis(word.to_owned()), |(_, placeholder)| placeholder)
    }
}

impl fmt::Display for Placeholder {
    /// The word as it is written between the braces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOf(target) => write!(f, "out:{target}"),
            Self::Axis(name) => f.write_str(name),
            known => {
                let word =
                    Self::WORDS.iter().find(|(_, placeholder)| placeholder == known).map_or("", |(word, _)| word);
                f.write_str(word)
            }
        }
    }
}

/// A stretch of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text as it is, braces already single.
    Text(String),
    /// Something to fill in.
    Placeholder(Placeholder),
}

/// A string with placeholders, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    raw: String,
    parts: Vec<TemplatePart>,
}

/// Why a string is not a template. Offsets are bytes in the string's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("`{{` is not closed")]
    Unclosed {
        /// Where the brace stands.
        offset: usize,
    },
    /// `}` without `{`.
    #[error("`}}` closes nothing")]
    Stray {
        /// Where the brace stands.
        offset: usize,
    },
}

impl Template {
    /// Reads a string: `{word}` is a placeholder, `{{` and `}}` are braces.
    pub fn parse(raw: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = raw;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let offset = raw.len() - rest.len() + at;
            let from_brace = &rest[at..];
            rest = if let Some(after) = from_brace.strip_prefix("{{") {
                text.push('{');
                after
            } else if let Some(after) = from_brace.strip_prefix("}}") {
                text.push('}');
                after
            } else if from_brace.starts_with('}') {
                return Err(TemplateError::Stray { offset });
            } else {
                let end = from_brace.find('}').ok_or(TemplateError::Unclosed { offset })?;
                if !text.is_empty() {
                    parts.push(TemplatePart::Text(std::mem::take(&mut text)));
                }
                parts.push(TemplatePart::Placeholder(Placeholder::read(&from_brace[1..end])));
                &from_brace[end + 1..]
            };
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(TemplatePart::Text(text));
        }
        Ok(Self { raw: raw.to_owned(), parts })
    }

    /// A string in which braces mean nothing.
    pub fn literal(text: &str) -> Self {
        let parts = if text.is_empty() { Vec::new() } else { vec![TemplatePart::Text(text.to_owned())] };
        Self { raw: text.replace('{', "{{").replace('}', "}}"), parts }
    }

    /// The string as it was written.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Its parts, in order.
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }

    /// Its placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Placeholder(placeholder) => Some(placeholder),
            TemplatePart::Text(_) => None,
        })
    }

    /// Its placeholders, in order, each with the place of its brace in [`Template::raw`], in bytes.
    pub fn placed(&self) -> impl Iterator<Item = (usize, &Placeholder)> {
        let mut end = 0;
        self.parts.iter().filter_map(move |part| {
            let start = end;
            match part {
                TemplatePart::Text(text) => {
                    end += text.len() + text.bytes().filter(|byte| matches!(byte, b'{' | b'}')).count();
                    None
                }
                TemplatePart::Placeholder(placeholder) => {
                    end += placeholder.written_len();
                    Some((start, placeholder))
                }
            }
        })
    }

    /// The string with every placeholder filled in.
    pub fn expand<E>(&self, mut fill: impl FnMut(&Placeholder) -> Result<String, E>) -> Result<String, E> {
        self.parts.iter().try_fold(String::new(), |mut out, part| {
            match part {
                TemplatePart::Text(text) => out.push_str(text),
                TemplatePart::Placeholder(placeholder) => out.push_str(&fill(placeholder)?),
            }
            Ok(out)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: &str) {
        let answer = Template::parse(raw).map_or_else(
            |error| error.to_string(),
            |template| {
                let filled: Result<String, ()> = template.expand(|placeholder| Ok(format!("<{placeholder}>")));
                filled.expect("nothing fails")
            },
        );
        assert_eq!(answer, expect);
    }

    #[test]
    fn placeholders_are_told_by_their_places() {
        let template = Template::parse("{{a}}{os}é{out:proto}{{{edition}").expect("a template");
        let written = |(at, one): (usize, &Placeholder)| template.raw()[at..].starts_with(&format!("{{{one}}}"));
        assert_eq!(template.placed().map(written).collect::<Vec<_>>(), [true; 3]);
    }

    #[test]
    fn placeholders_and_braces() {
        check("-X=main.version={version}", "-X=main.version=<version>");
        check("{out:proto}/{edition}{exe}", "<out:proto>/<edition><exe>");
        check("{{literal}}", "{literal}");
        check("a{b", "`{` is not closed");
        check("a}b", "`}` closes nothing");
        check("", "");
    }

    #[test]
    fn a_literal_has_no_placeholders() {
        assert_eq!(Template::literal("{x}").raw(), "{{x}}");
        assert_eq!(Template::parse(Template::literal("{x}").raw()), Ok(Template::literal("{x}")));
    }
}
