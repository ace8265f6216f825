//! A lock's text to a [`Lock`], strictly: what is not known is an error, so that nothing is lost when it is written again.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use xbuild_kdl::{Node, printable};

use crate::model::{Artifact, ArtifactState, Lock, Output, Release, Smoke, ToolchainId, ToolchainPin, Value, Verified};
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
        Entry::Occupied(place) => Err(twice(node, &place.key().to_string())),
    }
}

/// The fields that may stand more than once in a block.
const REPEATED: [&str; 5] = ["toolchain", "env", "secret-env", "verified", "release"];

/// The fields that are blocks themselves.
const BLOCKS: [&str; 2] = ["verified", "release"];

/// The fields of a block: each once, and none with a block of its own, but for those that do.
fn fields(node: &Node) -> Result<&[Node]> {
    let fields = node.nodes();
    for (position, field) in fields.iter().enumerate() {
        let name = field.name.value.as_str();
        if !REPEATED.contains(&name) && fields[..position].iter().any(|before| before.name.value == name) {
            return Err(twice(field, name));
        }
        if !BLOCKS.contains(&name) && field.children.is_some() {
            return Err(wrong(field, "no block"));
        }
    }
    Ok(fields)
}

/// Fails where one of the fields is missing.
fn require(node: &Node, names: &[&str], expected: &'static str) -> Result<()> {
    let has = |name: &&str| node.nodes().iter().any(|field| field.name.value == **name);
    if names.iter().all(has) { Ok(()) } else { Err(wrong(node, expected)) }
}

fn twice(node: &Node, name: &str) -> LockProblem {
    LockProblem::Duplicate { name: printable(name), at: label(node.name.span) }
}

fn format(node: Option<&Node>) -> Result<()> {
    let Some(node) = node else {
        return Err(LockProblem::Format { found: "none".into(), at: (0, 0).into() });
    };
    if node.name.value != "xbuild-lock" {
        return Err(unknown(node));
    }
    match node.entries.as_slice() {
        _ if node.children.is_some() => Err(wrong(node, "no block")),
        [one] if one.name.is_none() && one.value.as_integer() == Some(crate::FORMAT) => Ok(()),
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
    require(node, &["tree"], "a `tree`")?;
    let mut pin = ToolchainPin::default();
    for child in fields(node)? {
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
    if let [only] = fields(node)?
        && only.name.value == "pending"
    {
        return if only.entries.is_empty() { Ok(ArtifactState::Pending) } else { Err(wrong(only, "nothing")) };
    }
    require(node, &["builder", "argv"], "a `builder` and an `argv`, or `pending` alone")?;
    let mut built = Artifact::default();
    for child in fields(node)? {
        artifact_field(&mut built, child)?;
    }
    Ok(ArtifactState::Built(built))
}

fn artifact_field(built: &mut Artifact, node: &Node) -> Result<()> {
    match node.name.value.as_str() {
        "builder" => built.builder = argument(node)?,
        "toolchain" => once_in(&mut built.toolchains, node)?,
        "argv" => built.argv = arguments(node)?,
        "env" => {
            let Ok([name, value]) = <[String; 2]>::try_from(arguments(node)?) else {
                return Err(wrong(node, "a name and a value"));
            };
            once(&mut built.env, name, value, node)?;
        }
        "secret-env" => once_in(&mut built.secret_env, node)?,
        "smoke" => built.smoke = Some(smoke(node)?),
        "verified" => once_of(&mut output(built, node)?.verified, verified(node)?, node)?,
        "release" => once_of(&mut output(built, node)?.release, release(node)?, node)?,
        _ => return Err(unknown(node)),
    }
    Ok(())
}

fn smoke(node: &Node) -> Result<Smoke> {
    let expected = "arguments and `exit=` with a number from 0 to 255";
    let (exits, words): (Vec<_>, Vec<_>) = node.entries.iter().partition(|entry| entry.name.is_some());
    let [exit] = exits.as_slice() else { return Err(wrong(node, expected)) };
    let named = exit.name.as_ref().is_some_and(|name| name.value == "exit");
    let code = exit.value.as_integer().filter(|_| named).and_then(|code| u8::try_from(code).ok());
    let arguments = words.iter().map(|entry| entry.value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    match (arguments, code) {
        (Some(arguments), Some(exit)) => Ok(Smoke { arguments, exit }),
        _ => Err(wrong(node, expected)),
    }
}

fn once_in(set: &mut BTreeSet<String>, node: &Node) -> Result<()> {
    let name = argument(node)?;
    if set.contains(&name) {
        return Err(twice(node, &name));
    }
    set.insert(name);
    Ok(())
}

fn once_of<T>(place: &mut Option<T>, value: T, node: &Node) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(twice(node, &node.name.value)),
    }
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
    let facts = fields(node)?.iter().map(|fact| {
        let values = fact.entries.iter().map(|entry| {
            let value = &entry.value;
            if entry.name.is_some() {
                return Err(wrong(fact, "no properties"));
            }
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
    require(node, &["inputs", "blake3", "sha256", "size"], "`inputs`, `blake3`, `sha256` and `size`")?;
    let mut release = Release { inputs: String::new(), blake3: String::new(), sha256: String::new(), size: 0 };
    for child in fields(node)? {
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
    if one.name.is_some() {
        return Err(wrong(node, "a number of bytes"));
    }
    let number = one.value.as_integer().and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| wrong(node, "a number of bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lock;

    /// What is said of a lock whose first `from` is `to`, and the text that the label points at.
    fn check(from: &str, to: &str, expect: &str) {
        let text = crate::print(&lock()).replacen(from, to, 1);
        assert!(text.contains(to), "{from:?} is in the lock");
        let problem = read(text.as_bytes()).expect_err(&text);
        let at = miette::Diagnostic::labels(&problem).and_then(|mut labels| labels.next());
        let at = at.map(|label| format!(" at {:?}", &text[label.offset()..label.offset() + label.len()]));
        assert_eq!(format!("{problem}{}", at.unwrap_or_default()), expect);
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        check("toolchain \"go", "tool \"go", "`tool` is no part of a lock of format 1 at \"tool\"");
        check("    builder", "    newer 1\n    builder", "`newer` is no part of a lock of format 1 at \"newer\"");
        check("    tree", "    size 3\n    tree", "`size` is no part of a lock of format 1 at \"size\"");
        check("    size", "    mode 3\n        size", "`mode` is no part of a lock of format 1 at \"mode\"");
        check(
            "    pending",
            "    pending\n    size 3",
            "`artifact` takes a `builder` and an `argv`, or `pending` alone at \"artifact \\\"edge/b@linux/arm64\\\"\"",
        );
    }

    #[test]
    fn a_smoke_run_has_arguments_and_one_exit_code() {
        let said = |line: &str| format!("`smoke` takes arguments and `exit=` with a number from 0 to 255 at {line:?}");
        for line in ["smoke \"-v\"", "smoke exit=256", "smoke 3 exit=0", "smoke exit=0 seconds=3", "smoke code=0"] {
            check("    secret-env", &format!("    {line}\n    secret-env"), &said(line));
        }
        check(
            "    secret-env",
            "    smoke exit=0\n    smoke exit=0\n    secret-env",
            "`smoke` stands twice in `xbuild.lock` at \"smoke\"",
        );
    }

    #[test]
    fn another_format_is_told_by_its_number() {
        check("xbuild-lock 1", "xbuild-lock 2", "`xbuild.lock` has format 2, this xbuild reads format 1 at \"2\"");
        check(
            "xbuild-lock 1",
            "xbuild-lock \"1\"",
            "`xbuild-lock` takes the number of a format at \"xbuild-lock \\\"1\\\"\"",
        );
        check("xbuild-lock 1", "xbuild-lock 1 { x; }", "`xbuild-lock` takes no block at \"xbuild-lock 1\"");
        check("xbuild-lock 1", "", "`toolchain` is no part of a lock of format 1 at \"toolchain\"");
        let none = read(b"// nothing\n").expect_err("no format");
        assert_eq!(none.to_string(), "`xbuild.lock` has format none, this xbuild reads format 1");
    }

    #[test]
    fn what_a_merge_leaves_twice_is_an_error() {
        check(
            "artifact \"edge/b@linux/arm64\"",
            "artifact \"edge/a@linux/amd64\"",
            "`edge/a@linux/amd64` stands twice in `xbuild.lock` at \"artifact\"",
        );
        check("    tree", "    tree \"x\"\n    tree", "`tree` stands twice in `xbuild.lock` at \"tree\"");
        check("    argv", "    argv \"go\"\n    argv", "`argv` stands twice in `xbuild.lock` at \"argv\"");
        check("    env", "    env \"GOARCH\" \"arm\"\n    env", "`GOARCH` stands twice in `xbuild.lock` at \"env\"");
        check("        arch", "        arch \"arm\"\n        arch", "`arch` stands twice in `xbuild.lock` at \"arch\"");
        check(
            "    release",
            "    verified { }\n    release",
            "`verified` stands twice in `xbuild.lock` at \"verified\"",
        );
        check(
            "    verified",
            "    toolchain \"go@1.26.8\"\n    verified",
            "`go@1.26.8` stands twice in `xbuild.lock` at \"toolchain\"",
        );
    }

    #[test]
    fn a_value_of_another_kind_or_a_missing_one_is_an_error() {
        check("builder \"go\"", "builder #true", "`builder` takes strings at \"builder #true\"");
        check("builder \"go\"", "builder", "`builder` takes one string at \"builder\"");
        check("builder \"go\"", "builder \"go\" { x; }", "`builder` takes no block at \"builder \\\"go\\\"\"");
        check("\"GOARCH\" \"amd64\"", "\"GOARCH\"", "`env` takes a name and a value at \"env \\\"GOARCH\\\"\"");
        check("size 3", "size -3", "`size` takes a number of bytes at \"size -3\"");
        check("size 3", "size bytes=3", "`size` takes a number of bytes at \"size bytes=3\"");
        check("bits 64", "bits 6.4", "`bits` takes strings, whole numbers or booleans at \"bits 6.4\"");
        check("bits 64", "bits of=64", "`bits` takes no properties at \"bits of=64\"");
        check("    sha256 \"s\"\n", "", "`release` takes `inputs`, `blake3`, `sha256` and `size` at \"release\"");
        check(
            "    builder \"go\"\n",
            "",
            "`artifact` takes a `builder` and an `argv`, or `pending` alone at \"artifact \\\"edge/a@linux/amd64\\\"\"",
        );
        check(
            " host=\"linux/amd64\"",
            "",
            "`toolchain` takes a name and `host=\"…\"` at \"toolchain \\\"go@1.26.8\\\"\"",
        );
    }

    #[test]
    fn conflict_markers_are_no_lock() {
        let markers = "<<<<<<< ours\n    env \"A\" \"1\"\n=======\n    env \"A\" \"2\"\n>>>>>>> theirs\n";
        let text = crate::print(&lock()).replacen("    env \"GOARCH\" \"amd64\"\n", markers, 1);
        assert!(text.contains("======="));
        assert!(matches!(read(text.as_bytes()), Err(LockProblem::Syntax { .. })));
        assert!(matches!(read(b"xbuild-lock 1\nartifact \xff"), Err(LockProblem::Syntax { .. })));
    }
}
