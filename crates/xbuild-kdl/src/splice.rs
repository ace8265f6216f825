//! Edits of a text at byte spans, so that everything around them stays as it was written.

use std::ops::Range;

use thiserror::Error;

use crate::Span;

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards; empty to delete.
    pub replacement: String,
}

/// Edits that cannot be made together, or not in this text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Overlap {
    /// Two edits replace the same bytes.
    #[error("two edits replace the same text at byte {0}")]
    Edits(usize),
    /// An edit lies outside the text, or splits a character.
    #[error("an edit at byte {0} does not fit the text")]
    Outside(usize),
}

/// Makes all edits at once. Their order does not matter, except that insertions at one place keep it.
///
/// # Errors
///
/// [`Overlap`] when two edits touch the same bytes, or one does not fit the text.
pub fn splice(text: &str, mut edits: Vec<Edit>) -> Result<String, Overlap> {
    edits.sort_by_key(|edit| edit.span);
    let mut spliced = String::with_capacity(text.len());
    let mut done = 0;
    for edit in &edits {
        let range = fitting(text, edit.span)?;
        if range.start < done {
            return Err(Overlap::Edits(range.start));
        }
        spliced.push_str(&text[done..range.start]);
        spliced.push_str(&edit.replacement);
        done = range.end;
    }
    spliced.push_str(&text[done..]);
    Ok(spliced)
}

fn fitting(text: &str, span: Span) -> Result<Range<usize>, Overlap> {
    let end = span.offset.checked_add(span.length);
    let range = end.map(|end| span.offset..end).filter(|range| text.get(range.clone()).is_some());
    range.ok_or(Overlap::Outside(span.offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, edits: &[(usize, usize, &str)], expect: Result<&str, Overlap>) {
        let edits = edits.iter().map(|&(offset, length, replacement)| Edit {
            span: Span::new(offset, length),
            replacement: replacement.to_owned(),
        });
        assert_eq!(splice(text, edits.collect()), expect.map(str::to_owned));
    }

    #[test]
    fn edits_are_made_at_once_whatever_their_order() {
        check("one two three", &[(8, 5, "3"), (0, 3, "1"), (3, 0, "!")], Ok("1! two 3"));
    }

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        check("ab", &[(1, 0, "x"), (1, 0, "y"), (1, 1, "")], Ok("axy"));
    }

    #[test]
    fn edits_that_overlap_are_refused() {
        check("abcd", &[(0, 3, "x"), (2, 1, "y")], Err(Overlap::Edits(2)));
    }

    #[test]
    fn edits_outside_the_text_are_refused() {
        check("é", &[(1, 0, "x")], Err(Overlap::Outside(1)));
        check("a", &[(2, 0, "x")], Err(Overlap::Outside(2)));
        check("a", &[(1, usize::MAX, "x")], Err(Overlap::Outside(1)));
    }
}
