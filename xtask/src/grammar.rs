//! `grammar`: writes the tables of the book's reference anew, out of the table that the reader asks.
//!
//! A test of the repository fails where the committed page differs from what this writes.

use std::fs;

use crate::Outcome;
use crate::step::root;

/// The page, from the repository's root.
const PAGE: &str = "book/src/reference/grammar.md";

pub(crate) fn write() -> Outcome {
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path)?;
    let filled = xbuild_config::grammar::filled(&page)?;
    if filled == page {
        println!("{PAGE}: nothing to do");
        return Ok(());
    }
    fs::write(&path, filled)?;
    println!("{PAGE}: written");
    Ok(())
}
