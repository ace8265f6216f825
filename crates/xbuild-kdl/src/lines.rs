//! Byte offsets as lines and columns.

use crate::Span;

/// The lines of one text. A line ends at LF; a CR before it belongs to the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<usize>,
    end: usize,
}

impl Lines {
    /// Indexes the text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(offset, _)| offset + 1)).collect();
        Self { starts, end: text.len() }
    }

    /// Line and column of a byte offset. Both count from 1; the column counts bytes. An offset past the end is
    /// taken as the end.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.end);
        let line = self.starts.partition_point(|start| *start <= offset);
        (line, offset - self.starts[line - 1] + 1)
    }

    /// How many lines there are; an empty text has one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line (from 1) without its LF; `None` if there is no such line.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<Span> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).map_or(self.end, |next| next - 1);
        Some(Span::between(start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_bytes() {
        let lines = Lines::new("é\nprofile prod linux/amd64\r\n");
        assert_eq!(lines.line_column(0), (1, 1));
        assert_eq!(lines.line_column(2), (1, 3));
        assert_eq!(lines.line_column(3), (2, 1));
        assert_eq!(lines.line_column(16), (2, 14));
        assert_eq!(lines.line_column(29), (3, 1));
        assert_eq!(lines.line_column(usize::MAX), (3, 1));
    }

    #[test]
    fn a_line_is_found_by_its_number() {
        let text = "a\nbc\n";
        let lines = Lines::new(text);
        assert_eq!(lines.count(), 3);
        let shown: Vec<_> = (0..5).map(|line| lines.line(line).map(|span| span.of(text))).collect();
        assert_eq!(shown, [None, Some("a"), Some("bc"), Some(""), None]);
    }

    #[test]
    fn an_empty_text_has_one_line() {
        assert_eq!(Lines::new("").line_column(7), (1, 1));
    }
}
