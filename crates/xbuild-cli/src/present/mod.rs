//! How answers are shown: tables for people, documents for programs, one file for each kind of answer.

pub(crate) mod artifact;
pub(crate) mod borrowed;
pub(crate) mod build;
pub(crate) mod card;
pub(crate) mod cell;
pub(crate) mod diff;
pub(crate) mod found;
pub(crate) mod graph;
pub(crate) mod harmless;
pub(crate) mod json;
pub(crate) mod plan;
pub(crate) mod plan_table;
pub(crate) mod progress;
pub(crate) mod setting;
pub(crate) mod shell;
pub(crate) mod smoke;
pub(crate) mod table;
pub(crate) mod trace;
pub(crate) mod why;
