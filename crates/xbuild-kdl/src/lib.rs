//! KDL text as xbuild reads and writes it: tokens, parsing with repair, layout, splicing and printing.
//!
//! The `kdl` crate is a strict parser: it returns no document for a text with one mistake, reports that mistake
//! several times, and can be made to overflow its stack or run for minutes. This crate stands around it:
//!
//! 1. [`parse`] cuts the text into tokens in one linear pass, which also refuses what cannot be read safely
//!    (`scan`, `lex`); such a problem ends the run alone.
//! 2. The tokens are walked once, node by node (`outline`). Each mistake that people make becomes one
//!    [`SyntaxProblem`] and is repaired; comments and commented-out parts fall away.
//! 3. Words and strings on one line are decoded here (`plain`). Numbers, keywords and strings over several lines go to the
//!    `kdl` crate, on a thread (`reader`); what it still refuses is reported, replaced and read again.
//! 4. The result is a [`Document`] whose values know where they stand (`lower`). What stands where a mistake was
//!    repaired is `masked`: it must not raise anything more.
//!
//! It does not know what a profile is (`xbuild-config` does), and it opens no files.

mod document;
mod format;
mod lex;
mod lines;
mod lower;
mod numbers;
mod outline;
mod patience;
mod piece;
mod plain;
mod print;
mod printable;
mod problem;
mod reader;
mod repair;
mod runs;
mod scan;
mod span;
mod splice;
mod token;
mod words;

pub use document::{Block, Document, Entry, Node, Spanned, StringStyle, Value};
pub use format::format;
pub use lines::Lines;
pub use print::{Item, Printer, Scalar, is_bare_word, quote};
pub use printable::printable;
pub use problem::{CODES, SyntaxProblem};
pub use reader::{Parsed, parse};
pub use span::Span;
pub use splice::{Edit, Overlap, splice};
