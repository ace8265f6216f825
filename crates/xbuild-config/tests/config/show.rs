//! Problems as plain text, for snapshots.

use miette::{Diagnostic as _, Severity};
use xbuild_config::{Problem, read};
use xbuild_kdl::Lines;

/// Compares the problems of a text with an inline test snapshot.
macro_rules! check {
    ($text:expr, @$snapshot:literal $(,)?) => {
        insta::assert_snapshot!(crate::show::problems($text), @$snapshot)
    };
}

/// Adds a line to a text.
macro_rules! put {
    ($out:ident, $($text:tt)+) => {{
        $out.push_str(&format!($($text)+));
        $out.push('\n');
    }};
}

/// Every problem of a text: code, headline, labels as line:column+length (the primary one first), help.
pub(crate) fn problems(text: &str) -> String {
    let lines = Lines::new(text);
    let shown: Vec<String> = read(text.as_bytes()).problems.iter().map(|problem| show(problem, &lines)).collect();
    shown.join("\n")
}

fn show(problem: &Problem, lines: &Lines) -> String {
    let mut out = String::new();
    let kind = match problem.severity() {
        Some(Severity::Warning) => " (warning)",
        Some(Severity::Advice) => " (advice)",
        _ => "",
    };
    put!(out, "{}{kind}\n  × {problem}", problem.code().expect("every problem has a code"));
    for label in problem.labels().into_iter().flatten() {
        let (line, column) = lines.line_column(label.offset());
        let mark = if label.primary() { "" } else { "also " };
        put!(out, "  {mark}{line}:{column}+{} {}", label.len(), label.label().unwrap_or_default());
    }
    if let Some(help) = problem.help() {
        put!(out, "  help: {help}");
    }
    out
}
