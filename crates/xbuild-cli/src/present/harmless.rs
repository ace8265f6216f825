//! Text for a terminal in which nothing acts on the terminal: file names, arguments and values of files come from anywhere.
//!
//! Every line that people read passes here, on its way into a table or out of a message. What a tool printed is shown
//! untouched, and documents for programs are not for terminals.

use xbuild_kdl::printable;

/// The text with every character that moves a cursor, changes colours or reorders what is read written as `\u{1b}`. Line ends
/// and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut shown, character);
    }
    shown
}

/// The same on one line: for the name of a file, which may hold line ends too.
pub(crate) fn one_line(text: &str) -> String {
    harmless(text).replace('\n', r"\u{a}").replace('\t', r"\u{9}")
}

/// The same for a drawing that may have colours: sequences that set colours stay.
pub(crate) fn harmless_but_colors(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let color = color_length(rest);
        if color > 0 {
            shown.push_str(&rest[..color]);
            rest = &rest[color..];
        } else {
            push(&mut shown, character);
            rest = &rest[character.len_utf8()..];
        }
    }
    shown
}

fn push(shown: &mut String, character: char) {
    if matches!(character, '\n' | '\t') || !is_unsafe(character) {
        shown.push(character);
    } else {
        shown.extend(character.escape_unicode());
    }
}

/// Whether a message may not show the character as it is.
pub(crate) fn is_unsafe(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    printable(text) != text
}

/// How long the sequence is that sets colours (SGR, `ESC [ 1 ; 31 m`) at the start of the text; 0 where none is.
fn color_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let numbers = rest.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(rest.len());
    if rest[numbers..].starts_with('m') { text.len() - rest.len() + numbers + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_spelt_out() {
        assert_eq!(harmless("plain, ü, 漢字\n\ttext"), "plain, ü, 漢字\n\ttext");
        assert_eq!(harmless("\u{1b}[31m\r\u{7}\u{9b}2J\u{202e}"), r"\u{1b}[31m\u{d}\u{7}\u{9b}2J\u{202e}");
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(one_line("a\nb\tc\u{1b}d"), r"a\u{a}b\u{9}c\u{1b}d");
    }

    #[test]
    fn colours_stay_in_a_drawing_and_nothing_else_does() {
        let drawing = "\u{1b}[1;31mred\u{1b}[0m";
        assert_eq!(harmless_but_colors(drawing), drawing);
        assert_eq!(harmless_but_colors("\u{1b}[2J\u{1b}]0;t\u{7}\u{1b}[3"), r"\u{1b}[2J\u{1b}]0;t\u{7}\u{1b}[3");
    }
}
