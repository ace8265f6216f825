//! How answers are shown: tables for people, documents for programs, one file for each kind of answer.

pub(crate) mod artifact;
pub(crate) mod cell;
pub(crate) mod harmless;
pub(crate) mod progress;
pub(crate) mod table;
pub(crate) mod trace;
