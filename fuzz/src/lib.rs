//! What holds for every text, in a form that fuzz targets can ask for: where problems lie, how they read, what a document
//! means, what is left of a text without its blanks.
//!
//! It panics where something does not hold; that is how a fuzzer is told. The same laws on generated texts are in the tests
//! of the crates.

use miette::Diagnostic;
use xbuild_kdl::{Document, Node, Value};

/// Checks that a problem lies in the text and acts on no terminal.
pub fn check_problem(text: &str, problem: &dyn Diagnostic) {
    let headline = problem.to_string();
    let labels: Vec<_> = problem.labels().into_iter().flatten().collect();
    for label in &labels {
        assert!(text.get(label.offset()..label.offset() + label.len()).is_some(), "outside the text: {headline}");
    }
    let help = problem.help().map(|help| help.to_string());
    let words = labels.iter().filter_map(|label| label.label()).chain(help.as_deref()).chain([headline.as_str()]);
    for line in words {
        assert!(!line.chars().any(acts_on_a_terminal), "{line:?}");
    }
}

fn acts_on_a_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks that every place of a document lies in the text.
pub fn check_places(text: &str, nodes: &[Node]) {
    for node in nodes {
        let entries = node.entries.iter().flat_map(|entry| [entry.span, entry.value_span]);
        for span in entries.chain([node.span, node.name.span]) {
            assert!(text.get(span.offset..span.end()).is_some(), "{span:?} is outside the text");
        }
        check_places(text, node.nodes());
    }
}

/// What a document says, without places.
#[must_use]
pub fn meaning(document: &Document) -> String {
    document.nodes.iter().map(node).collect::<Vec<_>>().join(";")
}

fn node(node: &Node) -> String {
    let entry = |entry: &xbuild_kdl::Entry| {
        let name = entry.name.as_ref().map_or(String::new(), |name| format!("{:?}=", name.value));
        format!(" {name}{}", value(&entry.value))
    };
    let entries: String = node.entries.iter().map(entry).collect();
    let block = node.children.as_ref().map(|block| block.nodes.iter().map(self::node).collect::<Vec<_>>().join(";"));
    format!("{:?}{entries}{}", node.name.value, block.map_or(String::new(), |nodes| format!(" {{{nodes}}}")))
}

/// A value with its spelling, as far as it has one: `1.20` is not `1.2` for whoever wrote it.
fn value(value: &Value) -> String {
    value.raw_number().map_or_else(|| format!("{value:?}"), str::to_owned)
}

/// A text without blanks, line breaks and byte order mark: layout may change nothing of this.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{feff}').collect()
}
