//! What an import promises: the same cells, a clean check, the layout of `fmt`, and nothing lost silently.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod checked;
mod goreleaser;
mod init;
mod laws;
mod matrix;
