//! `xbuild schema`: the grammar of `xbuild.kdl` as one JSON document, for editors and for whoever writes such files.
//!
//! It is the table that the reader asks, and nothing is read or started for it. What a field means is in the book's
//! `reference/json.md`.

use serde_json::{Value, json};
use xbuild_config::grammar::{
    ArgumentInfo, CONDITIONS, DERIVED_FOR_ALL, DERIVED_GOFLAGS, NodeInfo, Open, PropertyInfo, Type, nodes,
};
use xbuild_model::Placeholder;
use xbuild_plan::matrix::LayerKind;
use xbuild_platform::{ARCH_ALIASES, Arch, GO_DERIVED_ENV, OS_ALIASES, Os, PAIRS, Platform, Variant};

use crate::context::Context;
use crate::exit::Exit;

pub(crate) fn run(context: &Context) -> Exit {
    let document = document();
    let text = if context.is_json() { format!("{document}\n") } else { format!("{document:#}\n") };
    context.print(&text);
    Exit::Done
}

fn document() -> Value {
    let layers = [LayerKind::Defaults, LayerKind::Profile, LayerKind::Target].map(LayerKind::as_str);
    let derived = GO_DERIVED_ENV.iter().copied().chain(DERIVED_FOR_ALL);
    json!({
        "format": 1,
        "nodes": list(nodes().iter().copied().map(node)),
        "conditions": CONDITIONS,
        "layers": list(["builder"].into_iter().chain(layers)),
        "placeholders": list(Placeholder::examples().map(|one| placeholder(&one))),
        "derived_variables": list(derived),
        "derived_goflags": DERIVED_GOFLAGS.map(|flag| format!("-{flag}")),
        "platforms": list(Platform::all().map(|platform| platform.to_string())),
        "systems": list(Os::ALL.iter().copied().map(system)),
        "architectures": list(Arch::ALL.iter().copied().map(architecture)),
        "aliases": { "os": aliases(&OS_ALIASES), "arch": aliases(&ARCH_ALIASES) },
    })
}

fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    items.into_iter().map(Into::into).collect()
}

fn placeholder(placeholder: &Placeholder) -> Value {
    json!({ "text": format!("{{{placeholder}}}"), "about": placeholder.about() })
}

fn node(node: &NodeInfo) -> Value {
    let children = node.block.map(|place| list(place.nodes().map(|child| child.name)));
    json!({
        "name": node.name,
        "about": node.about,
        "where": list(node.places.iter().flat_map(|place| place.paths()).copied()),
        "repeats": node.repeats,
        "arguments": list(node.arguments.iter().map(argument)),
        "properties": list(node.properties.iter().map(property)),
        "open_properties": node.open.map(Open::as_str),
        "children": children,
        "appends": node.appends,
        "clears": node.clears,
        "default": node.default,
        "codes": node.all_codes(),
        "example": node.example,
    })
}

fn argument(argument: &ArgumentInfo) -> Value {
    let mut value = typed(argument.name, argument.of);
    value["min"] = json!(argument.least);
    value["max"] = if argument.many { Value::Null } else { json!(1) };
    value
}

fn property(property: &PropertyInfo) -> Value {
    let mut value = typed(property.name, property.of);
    value["required"] = json!(property.required);
    value
}

fn typed(name: &str, of: Type) -> Value {
    let range = match of {
        Type::Integer(first, last) => json!({ "first": i64::try_from(first).ok(), "last": i64::try_from(last).ok() }),
        _ => Value::Null,
    };
    json!({ "name": name, "type": of.as_str(), "values": of.values(), "range": range })
}

fn system(os: Os) -> Value {
    let architectures = PAIRS.iter().filter(|pair| pair.0 == os).map(|pair| pair.1.as_str());
    json!({ "os": os.as_str(), "architectures": list(architectures) })
}

fn architecture(arch: Arch) -> Value {
    json!({
        "arch": arch.as_str(),
        "bits": arch.bits(),
        "endian": arch.endian().as_str(),
        "baseline": arch.baseline().filter(|name| !name.is_empty()),
        "variants": list(arch.variants().map(Variant::as_str)),
        "variant_required": arch.baseline().is_none(),
    })
}

fn aliases(words: &[(&str, &str)]) -> Value {
    list(words.iter().map(|(word, means)| json!({ "word": word, "means": means })))
}
