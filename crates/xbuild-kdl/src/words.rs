//! What is wrong with one word or string, seen alone: the reason why KDL would not read it, or not as it looks.
//!
//! It reports nothing; `outline` turns the answer into a problem and a repair.

use crate::numbers::{Number, is_keyword, is_reserved, keyword_meant, number, starts_like_number};
use crate::token::{Kind, is_disallowed, is_newline, is_space};

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A character that KDL never allows, and its offset in the word.
    Character(usize, char),
    /// KDL reads it only in quotes, and why.
    Quote(String),
    /// A keyword in another spelling, and KDL's.
    Keyword(&'static str),
    /// `#word`: a comment of another language.
    Hash,
    /// A number with too many digits.
    HugeNumber,
    /// A `\` with something behind it that KDL does not know, and its span in the string.
    Escape(usize, usize),
    /// `"""` with text behind it.
    MultiLineStart,
}

/// What is wrong with a name or a value of that kind; `name` where neither numbers nor keywords are allowed.
pub(crate) fn flaw(kind: Kind, text: &str, name: bool) -> Option<Flaw> {
    if let Some((offset, character)) = text.char_indices().find(|(_, character)| is_disallowed(*character)) {
        return Some(Flaw::Character(offset, character));
    }
    match kind {
        Kind::Quoted => bad_escape(text),
        Kind::MultiLine if text.starts_with('"') => bad_escape(text),
        Kind::BadMultiLine => Some(Flaw::MultiLineStart),
        Kind::Word => word_flaw(text, name),
        _ => None,
    }
}

fn word_flaw(word: &str, name: bool) -> Option<Flaw> {
    if let Some(meant) = word.strip_prefix('#') {
        return hash_flaw(word, meant, name);
    }
    if is_reserved(word) {
        return keyword_meant(word).map(Flaw::Keyword);
    }
    if starts_like_number(word) {
        return number_flaw(word, name);
    }
    let forbidden = word.chars().find(|character| matches!(character, '\\' | '/' | '[' | ']' | '#'))?;
    Some(Flaw::Quote(format!("KDL does not allow `{forbidden}` in a bare word")))
}

fn hash_flaw(word: &str, meant: &str, name: bool) -> Option<Flaw> {
    if is_keyword(word) {
        return name.then(|| Flaw::Quote("a keyword cannot be a name".to_owned()));
    }
    Some(keyword_meant(meant).map_or(Flaw::Hash, Flaw::Keyword))
}

fn number_flaw(word: &str, name: bool) -> Option<Flaw> {
    match number(word) {
        Number::Valid if name => Some(Flaw::Quote("a number cannot be a name".to_owned())),
        Number::Valid => None,
        Number::Huge => Some(Flaw::HugeNumber),
        Number::Invalid => Some(Flaw::Quote("this starts like a number and is none".to_owned())),
    }
}

/// The first escape that the grammar's `escape` does not know.
fn bad_escape(string: &str) -> Option<Flaw> {
    let mut characters = string.char_indices();
    while let Some((offset, character)) = characters.next() {
        if character != '\\' {
            continue;
        }
        let escape = &string[offset..];
        if !is_escape(&escape[1..]) {
            let length = escape.chars().take(2).map(char::len_utf8).sum();
            return Some(Flaw::Escape(offset, length));
        }
        characters.next();
    }
    None
}

/// Whether the text after a `\` starts with something that can be escaped.
fn is_escape(text: &str) -> bool {
    if let Some(unicode) = text.strip_prefix("u{") {
        return unicode.split_once('}').is_some_and(|(hex, _)| is_scalar(hex));
    }
    text.starts_with(|next| matches!(next, '\\' | '"' | 'b' | 'f' | 'n' | 'r' | 't' | 's') || is_blank(next))
}

fn is_blank(character: char) -> bool {
    is_space(character) || is_newline(character)
}

/// One to six hexadecimal digits that are a Unicode scalar value.
fn is_scalar(hex: &str) -> bool {
    let digits = (1..=6).contains(&hex.len()) && hex.chars().all(|digit| digit.is_ascii_hexdigit());
    digits && u32::from_str_radix(hex, 16).is_ok_and(|value| char::from_u32(value).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expect: &str) {
        let shown = flaw(Kind::Word, word, false).map_or("sound".to_owned(), |flaw| format!("{flaw:?}"));
        assert_eq!(shown, expect, "{word}");
    }

    #[test]
    fn words_of_the_language_are_sound() {
        for word in ["go", "linux", "-s", "+ldflags", "1.20", "#true", "#-inf", "darwin|windows", "a,b", "-.a"] {
            check(word, "sound");
        }
    }

    #[test]
    fn a_word_that_needs_quotes_says_why() {
        check("linux/386", r#"Quote("KDL does not allow `/` in a bare word")"#);
        check("1.26.3", r#"Quote("this starts like a number and is none")"#);
        check("a\\b", r#"Quote("KDL does not allow `\\` in a bare word")"#);
    }

    #[test]
    fn keywords_in_other_spellings_are_known() {
        check("true", r##"Keyword("#true")"##);
        check("#True", r##"Keyword("#true")"##);
        check("#off", r##"Keyword("#false")"##);
        check("#fff", "Hash");
    }

    #[test]
    fn numbers_and_keywords_are_no_names() {
        for name in ["1", "#true"] {
            assert!(matches!(flaw(Kind::Word, name, true), Some(Flaw::Quote(_))), "{name}");
        }
    }

    #[test]
    fn direction_marks_and_controls_are_found() {
        check("a\u{202e}b", "Character(1, '\\u{202e}')");
        assert_eq!(flaw(Kind::Quoted, "\"\0\"", false), Some(Flaw::Character(1, '\0')));
    }

    #[test]
    fn escapes_are_those_of_the_grammar() {
        let flaws = |string| flaw(Kind::Quoted, string, false);
        assert_eq!(flaws(r#""\\ \" \n \u{1F600} \s \   x""#), None);
        assert_eq!(flaws(r#""a\d""#), Some(Flaw::Escape(2, 2)));
        assert_eq!(flaws(r#""\u{d800}""#), Some(Flaw::Escape(1, 2)));
        assert_eq!(flaws(r#""\u{1234567}""#), Some(Flaw::Escape(1, 2)));
        assert_eq!(flaws(r#""\/""#), Some(Flaw::Escape(1, 2)));
    }
}
