//! What a file is: in one line for a table, in full for JSON.

use serde_json::{Map, Value, json};
use xbuild_verify::{Facts, Mismatch, platform_of};

/// `ELF linux/arm64, static, go1.26.8`.
pub(crate) fn sentence(facts: &Facts) -> String {
    let Some(format) = facts.format else { return facts.kind.to_string() };
    let mut parts =
        vec![format!("{} {}", format.title(), platform_of(facts).unwrap_or_else(|| "unknown machine".into()))];
    parts.extend(facts.linkage.map(|linkage| linkage.to_string()));
    parts.extend(facts.packed.map(|packer| format!("packed by {packer}")));
    parts.extend(facts.go.as_ref().map(|go| go.version.clone()));
    parts.join(", ")
}

/// The fields of the contract, and those added to it.
pub(crate) fn facts(facts: &Facts) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
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
