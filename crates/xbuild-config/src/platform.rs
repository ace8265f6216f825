//! A platform in full: `"linux/arm/v7"`.

use xbuild_kdl::{Entry, printable};
use xbuild_model::Spanned;
use xbuild_platform::{Platform, PlatformError};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, shown};

/// Reads a platform.
pub(crate) fn lower(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<Platform>> {
    let text = ctx.string(entry, "a platform")?;
    let error = match parse(&text) {
        Ok(platform) => return Some(Spanned::new(platform, text.origin)),
        Err(error) => error,
    };
    let headline = format!("{} is not a platform", shown(&text));
    let problem = Meaning::new(code(&error), text.origin, headline, printable(&error.to_string()));
    ctx.report(problem.help(help(&error)));
    None
}

/// Reads a platform's text. Text of another number of words has no suggestions.
pub(crate) fn parse(text: &str) -> Result<Platform, PlatformError> {
    let words = text.split(['/', '-', '_', ' ', ':']).count();
    if (2..=3).contains(&words) { text.parse() } else { Err(PlatformError::Shape { suggestions: Vec::new() }) }
}

/// What to write in place of text that is not a platform.
pub(crate) fn help(error: &PlatformError) -> String {
    error.help().map_or_else(|| "write one such as \"linux/amd64\"".to_owned(), |help| printable(&help))
}

const fn code(error: &PlatformError) -> Code {
    match error {
        PlatformError::Pair { .. } => Code::UnsupportedPair,
        PlatformError::Variant { .. } => Code::UnknownVariant,
        _ => Code::UnknownPlatform,
    }
}
