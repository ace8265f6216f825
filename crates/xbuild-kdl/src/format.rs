//! The canonical layout of a KDL text: indentation by depth, no trailing blanks, at most one blank line, LF.
//!
//! It works on tokens, so that comments, the spelling of values and alignment inside a line stay as they were
//! written, and it moves nothing from one line to another. Inside strings and block comments only the line ends
//! change (which KDL does not see). It does not sort, wrap or check.

use crate::scan::scan;
use crate::token::{Kind, Token, is_newline};

/// Lays the text out.
///
/// The meaning does not change: the result parses to the same document, and laying it out again changes nothing.
/// A text that cannot be cut safely (an open string, an open brace) is given back as it is.
#[must_use]
pub fn format(text: &str) -> String {
    let Ok((_, tokens)) = scan(text.as_bytes()) else { return text.to_owned() };
    let mut layout = Layout::new(text);
    tokens.iter().for_each(|token| layout.token(*token));
    layout.finish()
}

struct Layout<'t> {
    text: &'t str,
    laid: String,
    depth: usize,
    /// Line breaks since the last token that shows.
    breaks: usize,
    /// Blanks since then, if no line break came.
    blanks: &'t str,
    /// The line continues the one before it.
    joined: bool,
    /// The last token that shows opened a block.
    opened: bool,
}

impl<'t> Layout<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, laid: String::new(), depth: 0, breaks: 0, blanks: "", joined: false, opened: true }
    }

    fn token(&mut self, token: Token) {
        match token.kind {
            Kind::Newline => (self.breaks, self.joined) = (self.breaks + 1, false),
            Kind::Joined => (self.breaks, self.joined) = (self.breaks + 1, true),
            Kind::Space => self.blanks = token.text(self.text),
            kind => {
                self.depth -= usize::from(kind == Kind::Close && self.depth > 0);
                self.separate(kind);
                self.show(token);
                self.depth += usize::from(kind == Kind::Open);
            }
        }
    }

    /// What stands between the last token that shows and this one.
    fn separate(&mut self, kind: Kind) {
        let blanks = std::mem::take(&mut self.blanks);
        let breaks = std::mem::take(&mut self.breaks);
        if self.laid.is_empty() {
            return;
        }
        if breaks == 0 {
            self.laid.push_str(blanks);
            return;
        }
        let blank_line = breaks > 1 && !self.opened && kind != Kind::Close;
        self.laid.push_str(if blank_line { "\n\n" } else { "\n" });
        // A brace that closes stands below the line that it closes, whatever goes on before it.
        let continues = std::mem::take(&mut self.joined) && kind != Kind::Close;
        let levels = self.depth + usize::from(continues);
        self.laid.extend(std::iter::repeat_n("    ", levels));
    }

    fn show(&mut self, token: Token) {
        let shown = token.text(self.text);
        match token.kind {
            Kind::LineComment | Kind::HashComment => self.laid.push_str(shown.trim_end()),
            Kind::Quoted | Kind::MultiLine | Kind::BlockComment => self.laid.push_str(&with_line_feeds(shown)),
            _ => self.laid.push_str(shown),
        }
        self.opened = token.kind == Kind::Open;
    }

    fn finish(mut self) -> String {
        // A byte order mark that is not the first character is no KDL; moved to the start it would become KDL.
        if self.laid.starts_with('\u{FEFF}') {
            return self.text.to_owned();
        }
        if !self.laid.is_empty() {
            self.laid.push('\n');
        }
        self.laid
    }
}

/// The text with LF for each line break. In a string KDL reads all of them as LF, or joins the lines.
fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace(is_newline, "\n")
}
