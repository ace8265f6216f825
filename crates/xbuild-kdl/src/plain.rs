//! Words and strings on one line, decoded: what needs no parser, which is nearly all of a file.
//!
//! The `kdl` crate takes several microseconds for each word, and a second for a string of some megabytes, so it is left what it
//! is needed for: numbers, keywords and strings over several lines. What stands here has been looked at by `words` before,
//! which knows each character and each escape that KDL does not allow; a law of the tests is that the crate reads the same.

use std::borrow::Cow;

use crate::numbers::starts_like_number;
use crate::token::{is_newline, is_space};

/// The string that a sound name or value is; `None` for what is left to the crate.
pub(crate) fn plain(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => quoted(raw),
        b'#' => raw_string(raw).map(Cow::Borrowed),
        _ => (!starts_like_number(raw)).then_some(Cow::Borrowed(raw)),
    }
}

fn quoted(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    match inner {
        _ if inner.starts_with("\"\"") => None,
        _ if inner.contains('\\') => unescaped(inner).map(Cow::Owned),
        _ => Some(Cow::Borrowed(inner)),
    }
}

/// `#"text"#`; not a keyword, and no string over several lines.
fn raw_string(raw: &str) -> Option<&str> {
    let fence = raw.find(|character| character != '#')?;
    let inner = raw[fence..].strip_prefix('"')?.strip_suffix(&raw[..fence])?.strip_suffix('"')?;
    (!inner.starts_with("\"\"")).then_some(inner)
}

fn unescaped(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = rest[at + 1..].chars().next()?;
        rest = &rest[at + 1 + escape.len_utf8()..];
        match escape {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            's' => text.push(' '),
            '\\' | '"' => text.push(escape),
            'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                rest = after;
            }
            // Blanks and line breaks after a `\` are no part of the string.
            _ => rest = rest.trim_start_matches(|next| is_space(next) || is_newline(next)),
        }
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: Option<&str>) {
        assert_eq!(plain(raw).as_deref(), expect, "{raw}");
    }

    #[test]
    fn words_and_strings_on_one_line_are_decoded() {
        check("linux", Some("linux"));
        check("-s", Some("-s"));
        check("\"a b\"", Some("a b"));
        check("\"\"", Some(""));
        check("##\"a\"#b\"##", Some("a\"#b"));
        check("#\"\"#", Some(""));
    }

    #[test]
    fn escapes_are_decoded() {
        check(r#""\n\r\t\b\f\s\\\"""#, Some("\n\r\t\u{8}\u{c} \\\""));
        check(r#""\u{1F600}x""#, Some("\u{1F600}x"));
        check("\"a\\ \r\n\t b\"", Some("ab"));
    }

    #[test]
    fn numbers_keywords_and_long_strings_are_left_to_the_crate() {
        for raw in ["1", "-.5", "+0x1f", "#true", "#null", "#-inf", "\"\"\"\na\n\"\"\"", "#\"\"\"\na\n\"\"\"#"] {
            check(raw, None);
        }
    }
}
