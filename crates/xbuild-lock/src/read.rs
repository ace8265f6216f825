//! A lock's text to a [`Lock`], strictly: what is not known is an error, so that nothing is lost when it is written again.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use xbuild_kdl::{Node, printable};

use crate::model::{Artifact, ArtifactState, Lock, Output, Release, ToolchainId, ToolchainPin, Value, Verified};
use crate::problem::{LockProblem, label};

type Result<T> = std::result::Result<T, LockProblem>;

/// Reads the text of a lock; the first problem ends it, because the file is written by a program.
pub fn read(text: &[u8]) -> Result<Lock> {
    let parsed = xbuild_kdl::parse(text);
    if !parsed.problems.is_empty() {
        return Err(LockProblem::Syntax { problems: parsed.problems });
    }
    let mut nodes = parsed.document.nodes.iter();
    format(nodes.next())?;
    let mut lock = Lock::default();
    for node in nodes {
        match node.name.value.as_str() {
            "toolchain" => {
                let (id, pin) = toolchain(node)?;
                once(&mut lock.toolchains, id, pin, node)?;
            }
            "artifact" => once(&mut lock.artifacts, argument(node)?, artifact(node)?, node)?,
            _ => return Err(unknown(node)),
        }
    }
    Ok(lock)
}

fn once<K: Ord + std::fmt::Display, V>(map: &mut BTreeMap<K, V>, key: K, value: V, node: &Node) -> Result<()> {
    match map.entry(key) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(place) => {
            Err(LockProblem::Duplicate { name: printable(&place.key().to_string()), at: label(node.name.span) })
        }
    }
}

fn format(node: Option<&Node>) -> Result<()> {
    let Some(node) = node else {
        return Err(LockProblem::Format { found: "none".into(), at: (0, 0).into() });
    };
    if node.name.value != "xbuild-lock" {
        return Err(unknown(node));
    }
    match node.entries.as_slice() {
        [one] if one.value.as_integer() == Some(crate::FORMAT) => Ok(()),
        [one] if one.value.as_integer().is_some() => Err(LockProblem::Format {
            found: one.value.raw_number().unwrap_or_default().to_owned(),
            at: label(one.value_span),
        }),
        _ => Err(wrong(node, "the number of a format")),
    }
}

fn unknown(node: &Node) -> LockProblem {
    LockProblem::Node { name: printable(&node.name.value), at: label(node.name.span) }
}

fn wrong(node: &Node, expected: &'static str) -> LockProblem {
    LockProblem::Value { name: printable(&node.name.value), expected, at: label(node.header_span()) }
}

/// The strings of a node that takes nothing else.
fn arguments(node: &Node) -> Result<Vec<String>> {
    let strings = node.entries.iter().map(|entry| match (&entry.name, entry.value.as_str()) {
        (None, Some(text)) => Ok(text.to_owned()),
        _ => Err(wrong(node, "strings")),
    });
    strings.collect()
}

fn argument(node: &Node) -> Result<String> {
    match <[String; 1]>::try_from(arguments(node)?) {
        Ok([one]) => Ok(one),
        Err(_) => Err(wrong(node, "one string")),
    }
}

fn toolchain(node: &Node) -> Result<(ToolchainId, ToolchainPin)> {
    let expected = "a name and `host=\"…\"`";
    let name = match node.arguments().collect::<Vec<_>>().as_slice() {
        [one] => one.value.as_str(),
        _ => None,
    };
    let host = node.property("host").and_then(|entry| entry.value.as_str());
    let (Some(name), Some(host), 2) = (name, host, node.entries.len()) else { return Err(wrong(node, expected)) };
    let mut pin = ToolchainPin::default();
    for child in node.nodes() {
        match child.name.value.as_str() {
            "source" => pin.source = Some(argument(child)?),
            "h1" => pin.h1 = Some(argument(child)?),
            "tree" => pin.tree = argument(child)?,
            _ => return Err(unknown(child)),
        }
    }
    Ok((ToolchainId { name: name.to_owned(), host: host.to_owned() }, pin))
}

fn artifact(node: &Node) -> Result<ArtifactState> {
    if let [only] = node.nodes()
        && only.name.value == "pending"
    {
        return if only.entries.is_empty() { Ok(ArtifactState::Pending) } else { Err(wrong(only, "nothing")) };
    }
    let mut built = Artifact::default();
    for child in node.nodes() {
        artifact_field(&mut built, child)?;
    }
    Ok(ArtifactState::Built(built))
}

fn artifact_field(built: &mut Artifact, node: &Node) -> Result<()> {
    match node.name.value.as_str() {
        "builder" => built.builder = argument(node)?,
        "toolchain" => drop(built.toolchains.insert(argument(node)?)),
        "argv" => built.argv = arguments(node)?,
        "env" => {
            let Ok([name, value]) = <[String; 2]>::try_from(arguments(node)?) else {
                return Err(wrong(node, "a name and a value"));
            };
            once(&mut built.env, name, value, node)?;
        }
        "secret-env" => drop(built.secret_env.insert(argument(node)?)),
        "verified" => output(built, node)?.verified = Some(verified(node)?),
        "release" => output(built, node)?.release = Some(release(node)?),
        _ => return Err(unknown(node)),
    }
    Ok(())
}

/// The output that a `verified` or `release` block is about.
fn output<'a>(built: &'a mut Artifact, node: &Node) -> Result<&'a mut Output> {
    let mut names = arguments(node)?;
    if names.len() > 1 {
        return Err(wrong(node, "the path of one output"));
    }
    Ok(built.outputs.entry(names.pop()).or_default())
}

/// Facts are kept as they stand: which facts there are grows with what can be proved.
fn verified(node: &Node) -> Result<Verified> {
    let facts = node.nodes().iter().map(|fact| {
        let values = fact.entries.iter().map(|entry| {
            let value = &entry.value;
            let text = || value.as_str().map(|text| Value::Text(text.to_owned()));
            let number = || value.as_integer().map(Value::Number);
            let flag = || value.as_bool().map(Value::Bool);
            text().or_else(number).or_else(flag).ok_or_else(|| wrong(fact, "strings, whole numbers or booleans"))
        });
        Ok((fact.name.value.clone(), values.collect::<Result<Vec<Value>>>()?))
    });
    Ok(Verified { facts: facts.collect::<Result<_>>()? })
}

fn release(node: &Node) -> Result<Release> {
    let mut release = Release { inputs: String::new(), blake3: String::new(), sha256: String::new(), size: 0 };
    for child in node.nodes() {
        match child.name.value.as_str() {
            "inputs" => release.inputs = argument(child)?,
            "blake3" => release.blake3 = argument(child)?,
            "sha256" => release.sha256 = argument(child)?,
            "size" => release.size = size(child)?,
            _ => return Err(unknown(child)),
        }
    }
    Ok(release)
}

fn size(node: &Node) -> Result<u64> {
    let [one] = node.entries.as_slice() else { return Err(wrong(node, "a number of bytes")) };
    let number = one.value.as_integer().and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| wrong(node, "a number of bytes"))
}
