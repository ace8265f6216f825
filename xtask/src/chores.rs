//! `tidy` and `ci`: is this fit to be merged?
//!
//! `tidy` is for the keyboard: it goes on after a failure and says everything that is wrong. The list of what a merge needs
//! is `.ci/run` and nowhere else; `ci` only starts it.

use std::process::Command;

use crate::Outcome;
use crate::step::{cargo, root, run};

/// A check: what it is called, Cargo's arguments, and what to type where it fails.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    remedy: &'static str,
}

const CHECKS: [Check; 4] = [
    Check { name: "layout", arguments: &["fmt", "--all", "--check"], remedy: "cargo fmt --all" },
    Check {
        name: "lints",
        arguments: &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
        remedy: "see above",
    },
    Check { name: "documents", arguments: &["doc", "--quiet", "--workspace", "--no-deps"], remedy: "see above" },
    Check {
        name: "house rules and book",
        arguments: &["test", "--quiet", "--package", "xbuild", "--test", "main"],
        remedy: "see above",
    },
];

/// Runs every check, and names those that fail.
pub(crate) fn tidy() -> Outcome {
    let failed: Vec<String> = CHECKS.iter().filter_map(failure).collect();
    if failed.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(format!("not tidy:\n  {}", failed.join("\n  ")).into())
}

fn failure(check: &Check) -> Option<String> {
    println!("== {}", check.name);
    let mut command = cargo(check.arguments);
    command.env("RUSTDOCFLAGS", "-D warnings");
    run(&mut command).err().map(|_| format!("{} ({})", check.name, check.remedy))
}

/// Runs what a merge needs.
pub(crate) fn ci() -> Outcome {
    run(Command::new(root().join(".ci").join("run")).current_dir(root()))
}
