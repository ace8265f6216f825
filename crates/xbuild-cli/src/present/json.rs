//! JSON as it is printed: on one line, and harmless on a terminal too.
//!
//! JSON lets DEL, the C1 controls and the marks that reorder text stand in a string as they are. Here they are written as
//! `\u009b`, which is the same value. What stands in a document is decided by whoever makes it.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::harmless::is_unsafe;

/// Writes a document and a line feed.
pub(crate) fn write_line(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    document.serialize(&mut Serializer::with_formatter(&mut *out, Harmless))?;
    out.write_all(b"\n")
}

/// A list whose items are made while it is written, so that only one of them is held. It can be written once.
pub(crate) struct Each<I>(RefCell<I>);

impl<I> Each<I> {
    /// The items, in their order.
    pub(crate) const fn new(items: I) -> Self {
        Self(RefCell::new(items))
    }
}

impl<T: Serialize, I: Iterator<Item = T>> Serialize for Each<I> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&mut *self.0.borrow_mut())
    }
}

/// The form without blanks.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_unsafe(*character)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + character.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let mut line = Vec::new();
        write_line(&mut line, &text).expect("memory takes all");
        let line = String::from_utf8(line).expect("JSON is UTF-8");
        assert_eq!(line, format!("{expect}\n"));
        assert_eq!(serde_json::from_str::<String>(&line).expect("JSON"), text);
    }

    #[test]
    fn plain_text_stays() {
        check("größer, 漢字, \"a\\b\"\n", r#""größer, 漢字, \"a\\b\"\n""#);
    }

    #[test]
    fn a_list_is_made_while_it_is_written() {
        let mut line = Vec::new();
        write_line(&mut line, &Each::new(0..2)).expect("memory takes all");
        assert_eq!(line, b"[0,1]\n");
    }

    #[test]
    fn what_acts_on_a_terminal_is_spelt_out() {
        check("\u{1b}[31m\u{7}\u{7f}", r#""\u001b[31m\u0007\u007f""#);
        check("a\u{9b}2J\u{202e}b\u{feff}\u{e0041}", r#""a\u009b2J\u202eb\ufeff\udb40\udc41""#);
    }
}
