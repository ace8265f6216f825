//! Tests of the matrix, and the small language in which they write projects.

mod check;
mod expand;
mod laws;
pub(crate) mod project;
mod resolve;
mod why;

use miette::Diagnostic;

/// A diagnostic as text: severity, code, message; each label as `LINE:COLUMN text`, the primary one first; help.
pub(crate) fn show(text: &str, problem: &dyn Diagnostic) -> String {
    let code = problem.code().expect("every problem has a code").to_string();
    let kind = if problem.severity() == Some(miette::Severity::Warning) { "warning " } else { "" };
    let mut out = format!("{kind}{}: {problem}\n", code.trim_start_matches("xbuild::"));
    let mut labels: Vec<_> = problem.labels().into_iter().flatten().collect();
    labels.sort_by_key(|label| !label.primary());
    for label in labels {
        let before = &text[..label.offset()];
        let line = before.lines().count() + usize::from(before.ends_with('\n'));
        let column = label.offset() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        out.push_str(&format!("  {line}:{column} {}\n", label.label().unwrap_or_default()));
    }
    if let Some(help) = problem.help() {
        out.push_str(&format!("  help: {help}\n"));
    }
    out
}
