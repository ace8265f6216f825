//! What a file is: in one line for a table, in full for JSON.

use serde::Serialize;
use serde_json::{Map, Value, json};
use xbuild_verify::{Facts, Kind, Machine, Mismatch, platform_of};

use crate::looking::{Inside, Seen, What};

/// What it runs on: a platform, else the header's machine, which no platform that xbuild knows has.
pub(crate) fn machine(facts: &Facts) -> String {
    if facts.is_portable() {
        return ".NET".into();
    }
    let named = || facts.machine.and_then(Machine::name).map(str::to_owned);
    platform_of(facts).or_else(named).unwrap_or_else(|| "unknown machine".into())
}

/// `ELF linux/arm64, static, go1.26.8`.
pub(crate) fn sentence(facts: &Facts) -> String {
    let Some(format) = facts.format else { return facts.kind.to_string() };
    let mut parts = vec![format!("{} {}", format.title(), machine(facts))];
    parts.extend(details(facts));
    parts.join(", ")
}

/// How it is linked and packed, and what made it.
fn details(facts: &Facts) -> impl Iterator<Item = String> {
    let linkage = facts.linkage.map(|linkage| linkage.to_string());
    let packed = facts.packed.map(|packer| format!("packed by {packer}"));
    let go = facts.go.as_ref().map(|go| go.version.clone());
    [linkage, packed, go].into_iter().flatten()
}

/// `linux/arm64 program (ELF, static, go1.26.8)`: the one line on top of a card.
pub(crate) fn headline(seen: &Seen) -> String {
    let facts = &seen.facts;
    match &seen.what {
        What::Link(to) => return format!("link to {to}"),
        What::Special(what) => return format!("{what}, not opened"),
        What::Archive(inside) => return archive(inside),
        What::File => {}
    }
    let Some(format) = facts.format else {
        let by = facts.interpreter.as_ref().map(|interpreter| format!(" for {interpreter}")).unwrap_or_default();
        return if facts.kind == Kind::Unknown { "no program".into() } else { format!("{}{by}", facts.kind.title()) };
    };
    // The only library of which not even the count is known.
    if facts.kind == Kind::StaticLibrary && facts.members.is_none() && facts.problems.is_empty() {
        return format!("thin {} ({}): what it names is in other files", facts.kind.title(), format.title());
    }
    let platform = machine(facts);
    let mut parts = vec![format.title().to_owned()];
    parts.extend(details(facts));
    format!("{platform} {} ({})", facts.kind.title(), parts.join(", "))
}

fn archive(inside: &Inside) -> String {
    match (&inside.image, &inside.platform) {
        (Some(_), Some(platform)) => format!("image for {platform}"),
        (Some(_), None) => "image".into(),
        (None, _)
            if inside
                .entries
                .iter()
                .any(|entry| matches!(&entry.what, What::Archive(inside) if inside.image.is_some())) =>
        {
            "image layout".into()
        }
        (None, _) => "archive".into(),
    }
}

/// A file in JSON: the fields of the contract, with every problem.
pub(crate) fn document(seen: &Seen) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("path".into(), json!(seen.path));
    fields.insert("size".into(), json!(seen.size));
    fields.extend(facts(&seen.facts));
    if let Some(Value::Array(problems)) = fields.get_mut("problems") {
        let beside = seen.problems_beside().into_iter();
        problems.extend(beside.map(|(code, message)| json!({ "code": code, "message": message })));
    }
    fields.insert("bytes_read".into(), json!(seen.read));
    fields
}

/// The same with what stands at the path and what is in it.
fn whole_document(seen: &Seen) -> Map<String, Value> {
    let mut fields = document(seen);
    let inside = if let What::Archive(inside) = &seen.what { Some(inside) } else { None };
    let link = if let What::Link(to) = &seen.what { Some(to) } else { None };
    let entries = inside.map(|inside| inside.entries.iter().map(whole_document).collect::<Vec<_>>());
    let image = inside.and_then(|inside| {
        inside.image.as_ref().map(|manifest| json!({ "manifest": manifest, "platform": inside.platform }))
    });
    fields.insert("link".into(), json!(link));
    fields.insert("entries".into(), json!(entries));
    fields.insert("others".into(), json!(inside.map(|inside| inside.others)));
    fields.insert("image".into(), json!(image));
    fields
}

/// A file in JSON with its run, as it is written: nearly all have nothing wrong with them, and their facts are written as they
/// are.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Written<'a> {
    /// Nothing is wrong with it, and nothing is in it.
    Plain(Plain<'a>),
    /// Anything else.
    Whole(Map<String, Value>),
}

/// The fields of [`whole_document`], in their order.
#[derive(Serialize)]
pub(crate) struct Plain<'a> {
    path: &'a str,
    size: u64,
    #[serde(flatten)]
    facts: &'a Facts,
    bytes_read: u64,
    link: (),
    entries: (),
    others: (),
    image: (),
    smoke: Value,
}

impl<'a> Written<'a> {
    /// The file, and the document of its run.
    pub(crate) fn new(seen: &'a Seen, smoke: Value) -> Self {
        let is_plain = matches!(seen.what, What::File)
            && seen.problems().is_empty()
            && seen.facts.slices.iter().all(|slice| slice.facts.problems.is_empty());
        if !is_plain {
            let mut fields = whole_document(seen);
            fields.insert("smoke".into(), smoke);
            return Self::Whole(fields);
        }
        let (path, size, facts, bytes_read) = (seen.path.as_str(), seen.size, &seen.facts, seen.read);
        Self::Plain(Plain { path, size, facts, bytes_read, link: (), entries: (), others: (), image: (), smoke })
    }
}

/// The fields of the contract, and those added to it.
pub(crate) fn facts(facts: &Facts) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(mut value) => {
            in_words(&mut value);
            if let Value::Object(fields) = value { fields } else { Map::new() }
        }
        Err(_) => Map::new(),
    }
}

/// Leaves of each problem its code and its sentence, which has the values that the library also tells by name.
fn in_words(facts: &mut Value) {
    let lists =
        ["slices", "problems"].map(|name| facts.get_mut(name).and_then(Value::as_array_mut).map(std::mem::take));
    let [slices, problems] = lists.map(Option::unwrap_or_default);
    let word = |problem: &Value| json!({ "code": problem["code"], "message": problem["message"] });
    let slices = slices.into_iter().map(|mut slice| {
        in_words(&mut slice);
        slice
    });
    facts["slices"] = slices.collect();
    facts["problems"] = problems.iter().map(word).collect();
}

/// A broken promise.
pub(crate) fn mismatch(mismatch: &Mismatch) -> Value {
    json!({
        "code": format!("xbuild::{}", mismatch.code()),
        "field": mismatch.field().as_str(),
        "promised": mismatch.promised(),
        "found": mismatch.found(),
        "evidence": mismatch.evidence(),
    })
}
