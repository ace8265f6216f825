//! What `xbuild_config::read` says about texts: the cases of the language, one snapshot for each code, and the model.

#[macro_use]
mod show;

mod cases;
mod codes;
mod grammar;
mod laws;
mod model;
mod report;
mod syntax;
