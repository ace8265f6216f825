//! The whole repository under test: the rules of the house, and the documents against the program.
//!
//! One binary, so that it links once. What a single crate promises is tested in that crate.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod agreement;
mod archives;
mod book;
mod builders;
mod codes;
mod commands;
mod completions;
mod explaining;
mod harness;
mod hostile;
mod house;
mod init;
mod interrupt;
mod killers;
mod markdown;
mod repository;
mod reproducible;
mod schemas;
mod smoke;
mod traps;
