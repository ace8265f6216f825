//! Problems and documents as text, so that tests can compare them.

use std::fmt::Write as _;

use miette::Diagnostic as _;
use xbuild_kdl::{Document, Entry, Lines, Node, SyntaxProblem, Value};

/// One line a problem: place, code, the text under the primary label, help.
pub(crate) fn problems(text: &str, problems: &[SyntaxProblem]) -> String {
    let lines = Lines::new(text);
    let line = |problem: &SyntaxProblem| {
        let at = problem.primary();
        let (line, column) = lines.line_column(at.offset);
        let help = problem.help().map_or(String::new(), |help| format!(" | {help}"));
        format!("{line}:{column} {} {:?}{help}", problem.slug(), at.of(text))
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One line a document: nodes separated by `;`, what is masked marked with `?`.
pub(crate) fn document(document: &Document) -> String {
    nodes(&document.nodes)
}

fn nodes(all: &[Node]) -> String {
    all.iter().map(node).collect::<Vec<_>>().join("; ")
}

fn node(node: &Node) -> String {
    let mut shown = format!("{}{}", node.name.value, if node.masked { "?" } else { "" });
    for one in &node.entries {
        shown.push(' ');
        shown.push_str(&entry(one));
    }
    if let Some(block) = &node.children {
        let _ = write!(shown, " {{{}}}", nodes(&block.nodes));
    }
    shown
}

fn entry(entry: &Entry) -> String {
    let name = entry.name.as_ref().map_or(String::new(), |name| format!("{}=", name.value));
    format!("{name}{}{}", value(&entry.value), if entry.masked { "?" } else { "" })
}

fn value(value: &Value) -> String {
    match value {
        Value::String { text, .. } => format!("{text:?}"),
        Value::Integer { value, .. } => value.to_string(),
        Value::Float { value, .. } => format!("{value:?}"),
        Value::Bool(value) => format!("#{value}"),
        Value::Null => "#null".to_owned(),
    }
}
