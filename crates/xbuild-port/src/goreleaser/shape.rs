//! Whether the parts of a configuration that are read have the form that they are read in.
//!
//! Everything that is not read may be anything: it becomes a note, whatever it holds.

use super::{details, matrix};
use crate::ImportProblem;
use crate::yaml::{Node, Value};

/// What belongs under a key.
#[derive(Clone, Copy)]
enum Form {
    Text,
    /// A list of texts, or one of them.
    Texts,
    /// A list of blocks, or one of them.
    Blocks,
}

/// Keys of a build that are one text.
const TEXTS: [&str; 6] = ["id", "main", "dir", "binary", "builder", "buildmode"];

/// Refuses a configuration in which something else stands there.
pub(super) fn check(root: &Node) -> Result<(), ImportProblem> {
    if !matches!(root.value, Value::Map(_) | Value::Null) {
        return Err(wrong(root, "the configuration", "a block of settings"));
    }
    for key in ["builds", "archives"] {
        root.get(key).map_or(Ok(()), |node| expect(node, key, Form::Blocks))?;
    }
    root.get("env").map_or(Ok(()), |node| expect(node, "env", Form::Texts))?;
    for build in root.get("builds").map_or(&[][..], Node::items) {
        for (key, node) in build.entries() {
            form(key).map_or(Ok(()), |form| expect(node, &format!("builds.{key}"), form))?;
        }
        for node in build.get("overrides").map_or(&[][..], Node::items).iter().flat_map(Node::entries) {
            form(&node.0).map_or(Ok(()), |form| expect(&node.1, &format!("builds.overrides.{}", node.0), form))?;
        }
    }
    Ok(())
}

fn form(key: &str) -> Option<Form> {
    match key {
        "ignore" | "overrides" => Some(Form::Blocks),
        "targets" => Some(Form::Texts),
        _ if TEXTS.contains(&key) => Some(Form::Text),
        _ if matrix::PRODUCT_KEYS.contains(&key) || details::KEYS.contains(&key) => Some(Form::Texts),
        _ => None,
    }
}

fn expect(node: &Node, key: &str, form: Form) -> Result<(), ImportProblem> {
    let is_text = |node: &Node| matches!(node.value, Value::Text(_) | Value::Null);
    let is_block = |node: &Node| matches!(node.value, Value::Map(_) | Value::Null);
    let other = |fits: &dyn Fn(&Node) -> bool| node.items().iter().find(|item| !fits(item));
    let (found, wanted) = match form {
        Form::Text => ((!is_text(node)).then_some(node), "a text"),
        Form::Texts => (other(&is_text), "a list of texts"),
        Form::Blocks => (other(&is_block), "a list of blocks"),
    };
    found.map_or(Ok(()), |found| Err(wrong(found, key, wanted)))
}

fn wrong(node: &Node, key: &str, wanted: &'static str) -> ImportProblem {
    ImportProblem::Shape { at: node.span, key: key.to_owned(), wanted, found: node.kind() }
}
