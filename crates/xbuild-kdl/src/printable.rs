//! User text made safe for a terminal: nothing in it can move the cursor, change colours or reorder what is read.
//!
//! It does not quote for KDL; [`quote`](crate::quote()) does, with the same idea of what is unsafe.

/// The longest text that a message quotes, in characters.
const LONGEST: usize = 80;

/// Whether the character changes how the text around it is shown, or is not shown at all: controls (ESC, CR, NUL,
/// DEL, C1), line separators, direction marks (Unicode's Bidi_Control), zero-width characters and the tag block.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The text as a message may show it: unsafe characters as `\u{1b}`, at most 80 characters and then `…`.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    let mut characters = text.chars();
    for character in characters.by_ref().take(LONGEST) {
        if is_unsafe(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(printable(text), expect);
    }

    #[test]
    fn plain_text_is_shown_as_it_is() {
        check("linux/amd64 – größer", "linux/amd64 – größer");
    }

    #[test]
    fn controls_and_direction_marks_are_spelled_out() {
        check("a\u{1b}[31mb\r\n\0", "a\\u{1b}[31mb\\u{d}\\u{a}\\u{0}");
        check("\u{202e}cod\u{2066}\u{feff}\u{85}", "\\u{202e}cod\\u{2066}\\u{feff}\\u{85}");
    }

    #[test]
    fn long_text_is_cut() {
        let shown = printable(&"é".repeat(1_000_000));
        assert_eq!(shown.chars().count(), 81);
        assert!(shown.ends_with('…'));
    }
}
