//! Words that KDL does not read as strings: numbers and keywords, by the grammar of KDL 2.0.0.

/// What a word that starts like a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// A number that fits.
    Valid,
    /// A number with more digits than the parser holds (i128).
    Huge,
    /// No number.
    Invalid,
}

/// Whether KDL takes the word for a number: a digit, perhaps after a sign, a dot, or both.
pub(crate) fn starts_like_number(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|first: char| first.is_ascii_digit())
}

/// Reads the word as `number` of the grammar.
pub(crate) fn number(word: &str) -> Number {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    match unsigned.get(..2) {
        Some("0x") => digits(&unsigned[2..], 16),
        Some("0o") => digits(&unsigned[2..], 8),
        Some("0b") => digits(&unsigned[2..], 2),
        _ => decimal(unsigned),
    }
}

fn decimal(text: &str) -> Number {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(left, right)| (left, Some(right)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(left, right)| (left, Some(right)));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    let parts = [Some(whole), fraction, exponent].into_iter().flatten();
    parts.map(|part| digits(part, 10)).max_by_key(|number| *number as u8).unwrap_or(Number::Invalid)
}

/// Digits of a base with `_` between or behind them.
fn digits(text: &str, base: u32) -> Number {
    let allowed = |character: char| character == '_' || character.is_digit(base);
    if !text.starts_with(|first: char| first.is_digit(base)) || !text.chars().all(allowed) {
        return Number::Invalid;
    }
    match i128::from_str_radix(&text.replace('_', ""), base) {
        Ok(_) => Number::Valid,
        Err(_) => Number::Huge,
    }
}

/// Whether the word is a keyword as KDL spells it.
pub(crate) fn is_keyword(word: &str) -> bool {
    matches!(word, "#true" | "#false" | "#null" | "#inf" | "#-inf" | "#nan")
}

/// Whether the word is one that KDL reserves because it looks like a keyword without its `#`.
pub(crate) fn is_reserved(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan")
}

/// The keyword that a word without its `#` stands for, in any case and by the names of other languages.
pub(crate) fn keyword_meant(word: &str) -> Option<&'static str> {
    const MEANT: [(&str, &str); 11] = [
        ("true", "#true"),
        ("yes", "#true"),
        ("on", "#true"),
        ("false", "#false"),
        ("no", "#false"),
        ("off", "#false"),
        ("null", "#null"),
        ("nil", "#null"),
        ("inf", "#inf"),
        ("-inf", "#-inf"),
        ("nan", "#nan"),
    ];
    MEANT.iter().find(|(spelled, _)| word.eq_ignore_ascii_case(spelled)).map(|(_, keyword)| *keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expect: Number) {
        for word in words {
            assert_eq!(number(word), expect, "{word}");
        }
    }

    #[test]
    fn numbers_of_the_grammar_are_numbers() {
        check(&["0", "-1", "+1_000", "1.20", "1_.5_", "1e9", "1.5E-3", "0xfF_", "-0b10", "0o17"], Number::Valid);
    }

    #[test]
    fn versions_and_words_are_not() {
        check(&["1.", "1.x", "1e", "0x", "0xg", "_1", "1a", "", "0b2", "1.26.3"], Number::Invalid);
    }

    #[test]
    fn numbers_beyond_the_parser_are_told_apart() {
        check(&["170141183460469231731687303715884105728", "1.170141183460469231731687303715884105728"], Number::Huge);
    }

    #[test]
    fn a_sign_or_a_dot_before_a_digit_starts_a_number() {
        let likely = ["1", "-1", ".1", "+.1", "1a"].map(starts_like_number);
        let unlikely = ["-", ".", "-.a", "a1", ""].map(starts_like_number);
        assert_eq!((likely, unlikely), ([true; 5], [false; 5]));
    }
}
