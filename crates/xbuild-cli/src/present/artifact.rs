//! What a file is: in one line for a table, in full for JSON.

use serde::{Serialize, Serializer};
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
    fields.extend(with_problems(seen));
    fields.insert("bytes_read".into(), json!(seen.read));
    fields
}

/// A file in JSON with what stands at its path, what is in it, and its run: written as it is, however much is in it.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    path: &'a str,
    size: u64,
    #[serde(flatten)]
    facts: Told<'a>,
    bytes_read: u64,
    link: Option<&'a str>,
    entries: Option<Entries<'a>>,
    others: Option<u64>,
    image: Option<Value>,
    /// What is in an archive is not started.
    #[serde(skip_serializing_if = "Option::is_none")]
    smoke: Option<Value>,
}

/// Facts with their problems: nearly all have none, and are written as they are.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    AsTheyAre(&'a Facts),
    InWords(Map<String, Value>),
}

/// What is in an archive, each written when its turn comes.
struct Entries<'a>(&'a [Seen]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|seen| Written::new(seen, None)))
    }
}

impl<'a> Written<'a> {
    /// The file, and the document of its run where files are started.
    pub(crate) fn new(seen: &'a Seen, smoke: Option<Value>) -> Self {
        let inside = if let What::Archive(inside) = &seen.what { Some(inside) } else { None };
        let image = inside.and_then(|inside| {
            let manifest = inside.image.as_ref()?;
            Some(json!({ "manifest": manifest, "platform": inside.platform }))
        });
        Self {
            path: seen.path.as_str(),
            size: seen.size,
            facts: told(seen),
            bytes_read: seen.read,
            link: if let What::Link(to) = &seen.what { Some(to) } else { None },
            entries: inside.map(|inside| Entries(&inside.entries)),
            others: inside.map(|inside| inside.others),
            image,
            smoke,
        }
    }
}

fn told(seen: &Seen) -> Told<'_> {
    let is_sound = seen.problems().is_empty() && seen.facts.slices.iter().all(|slice| slice.facts.problems.is_empty());
    if is_sound { Told::AsTheyAre(&seen.facts) } else { Told::InWords(with_problems(seen)) }
}

/// Its facts, with every problem.
fn with_problems(seen: &Seen) -> Map<String, Value> {
    let mut fields = facts(&seen.facts);
    if let Some(Value::Array(problems)) = fields.get_mut("problems") {
        let beside = seen.problems_beside().into_iter();
        problems.extend(beside.map(|(code, message)| json!({ "code": code, "message": message })));
    }
    fields
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
