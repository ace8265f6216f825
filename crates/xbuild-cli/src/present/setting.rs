//! Values of settings: as the file spells them for people, and as JSON.

use serde_json::{Value as Json, json};
use xbuild_model::{Spanned, Template, Value};

/// The value as the file spells it: `#true`, `"-s" "-w"`, `zig libc=musl`.
pub(crate) fn spelled(value: &Value) -> String {
    match value {
        Value::Bool(flag) => boolean(*flag).to_owned(),
        Value::Text(text) => quoted(text.raw()),
        Value::List(items) => list(items),
        Value::Cc(choice) => joined(
            choice.toolchain.to_string(),
            [
                choice.libc.as_ref().map(|libc| format!("libc={libc}")),
                choice.sysroot.as_ref().map(|path| format!("sysroot={}", quoted(path))),
            ],
        ),
        Value::Smoke(smoke) => joined(
            list(&smoke.arguments),
            [Some(format!("exit={}", smoke.exit)), Some(format!("timeout-seconds={}", smoke.timeout_seconds))],
        ),
        Value::Network(network) => joined(
            boolean(network.allowed).to_owned(),
            [network.reason.as_ref().map(|reason| format!("reason={}", quoted(reason)))],
        ),
        Value::Archive(archive) => joined(
            archive.formats.iter().map(|format| quoted(format.as_str())).collect::<Vec<_>>().join(" "),
            [archive.name.as_ref().map(|name| format!("name={}", quoted(name.raw()))), added(&archive.add)],
        ),
        Value::Image(image) => joined(
            quoted(image.reference.raw()),
            [image.base.as_ref().map(|base| format!("base={}", quoted(base))), added(&image.add)],
        ),
    }
}

/// The value as JSON: a bool, a string, a list of strings, or an object with the words of the file as names.
pub(crate) fn json(value: &Value) -> Json {
    let raw = |items: &[Spanned<Template>]| items.iter().map(|item| item.raw().to_owned()).collect::<Vec<_>>();
    let text = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.value.clone());
    match value {
        Value::Bool(flag) => json!(flag),
        Value::Text(text) => json!(text.raw()),
        Value::List(items) => json!(raw(items)),
        Value::Cc(choice) => json!({
            "toolchain": choice.toolchain.to_string(),
            "libc": choice.libc.as_ref().map(ToString::to_string),
            "sysroot": text(&choice.sysroot),
        }),
        Value::Smoke(smoke) => json!({
            "arguments": raw(&smoke.arguments), "exit": smoke.exit, "timeout_seconds": smoke.timeout_seconds,
        }),
        Value::Network(network) => json!({ "allowed": network.allowed, "reason": text(&network.reason) }),
        Value::Archive(archive) => json!({
            "formats": archive.formats.iter().map(|format| format.as_str()).collect::<Vec<_>>(),
            "name": archive.name.as_ref().map(|name| name.raw()),
            "add": raw(&archive.add),
        }),
        Value::Image(image) => json!({
            "reference": image.reference.raw(), "base": text(&image.base), "add": raw(&image.add),
        }),
    }
}

const fn boolean(flag: bool) -> &'static str {
    if flag { "#true" } else { "#false" }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(items: &[Spanned<Template>]) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    items.iter().map(|item| quoted(item.raw())).collect::<Vec<_>>().join(" ")
}

fn added(add: &[Spanned<Template>]) -> Option<String> {
    (!add.is_empty()).then(|| format!("add {}", list(add)))
}

fn joined<const N: usize>(first: String, more: [Option<String>; N]) -> String {
    std::iter::once(first).chain(more.into_iter().flatten()).collect::<Vec<_>>().join(" ")
}
