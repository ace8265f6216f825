//! The table as text: the parts of the book's page that are made of it, and what `xbuild explain NODE` prints.
//!
//! A part of a page stands between `<!-- table: NAME -->` and `<!-- end of table -->`. Nothing else of the page is touched.

use std::fmt::Write as _;

use xbuild_model::Placeholder;
use xbuild_platform::{Arch, GO_DERIVED_ENV, Os, PAIRS};

use super::{ArgumentInfo, DERIVED_FOR_ALL, DERIVED_GOFLAGS, NodeInfo, Open, Place, PropertyInfo, Type, nodes};

const START: &str = "<!-- table: ";
const END: &str = "<!-- end of table -->\n";

/// A page whose marks are not those of a part.
#[derive(Debug, thiserror::Error)]
#[error("no part is called `{name}`, or its end is missing")]
pub struct Unmarked {
    name: String,
}

/// The page with every part made anew.
pub fn filled(page: &str) -> Result<String, Unmarked> {
    let mut parts = page.split(START);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(" -->\n").unwrap_or((part, ""));
        let made = made(name).zip(rest.split_once(END));
        let (made, (_, after)) = made.ok_or_else(|| Unmarked { name: name.to_owned() })?;
        let _infallible = write!(text, "{START}{name} -->\n\n{made}\n{END}{after}");
    }
    Ok(text)
}

fn made(name: &str) -> Option<String> {
    Some(match name {
        "nodes" => table_of_nodes(),
        "builders" => table_of_children(),
        "repeats" => repeats(),
        "systems" => systems(),
        "variants" => variants(),
        "placeholders" => placeholders(),
        "derived" => derived(),
        _ => return None,
    })
}

/// Whether it stands in a builder's block and nowhere else.
fn is_child(node: &NodeInfo) -> bool {
    matches!(node.places, [Place::Builder(_)])
}

fn table_of_children() -> String {
    let rows = nodes().iter().filter(|node| is_child(node)).map(|node| {
        [
            format!("`{}`", node.name),
            join(places(node), ", "),
            node.about.to_owned(),
            join(node.arguments.iter().map(argument), ", "),
            node.default.unwrap_or("-").to_owned(),
        ]
    });
    table(&["node", "builder", "what it is", "arguments", "default"], rows)
}

fn table_of_nodes() -> String {
    let rows = nodes().iter().filter(|node| !is_child(node)).map(|node| {
        let properties = join(properties(node), ", ");
        let block = block(node).unwrap_or_else(|| "-".into());
        let codes = node.codes.iter().map(|code| format!("[{code}](../errors/{code}.md)"));
        [
            format!("`{}`", node.name),
            node.about.to_owned(),
            join(places(node), ", "),
            join(node.arguments.iter().map(argument), ", "),
            properties,
            block,
            node.default.unwrap_or("-").to_owned(),
            join(codes, ", "),
        ]
    });
    let head =
        ["node", "what it is", "where", "arguments", "properties", "in its block", "default", "codes when wrong"];
    table(&head, rows)
}

fn table<const N: usize>(head: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned)) + &line(&head.map(|_| "---".to_owned()));
    text.extend(rows.map(|row| line(&row.map(|cell| cell.replace('|', "\\|")))));
    text
}

/// The parts in a row; `-` where there are none.
fn join(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    if parts.is_empty() { "-".into() } else { parts.join(between) }
}

fn places(node: &NodeInfo) -> Vec<String> {
    if node.places == [Place::Layer, Place::LayerWhen, Place::Target, Place::TargetWhen] {
        return vec!["settings".into()];
    }
    let mut words: Vec<String> = Vec::new();
    if node.places == [Place::Target, Place::TargetWhen] {
        return vec!["`target`, its `when`".into()];
    }
    for word in node.places.iter().flat_map(|place| place_words(*place)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn place_words(place: Place) -> Vec<String> {
    match place {
        Place::Top => vec!["top".into()],
        Place::LayerWhen | Place::TargetWhen => vec!["`when`".into()],
        other => other.paths().iter().map(|word| format!("`{word}`")).collect(),
    }
}

fn argument(argument: &ArgumentInfo) -> String {
    let count = match (argument.least, argument.many) {
        (0, true) => ", any number".to_owned(),
        (least, true) => format!(", {least} or more"),
        (_, false) => String::new(),
    };
    format!("{}: {}{count}", argument.name, typed(argument.of))
}

fn typed(of: Type) -> String {
    match of {
        Type::Integer(first, last) if first == last => first.to_string(),
        Type::Integer(first, last) => format!("integer from {first} to {last}"),
        other => other.values().map_or_else(|| other.as_str().to_owned(), |values| listed(&values)),
    }
}

/// Words that can be chosen; long lists are in the tables of platforms.
fn listed(values: &[&str]) -> String {
    let words: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    if words.len() > 5 { "word".into() } else { words.join(" ") }
}

fn properties(node: &NodeInfo) -> Vec<String> {
    let open = node.open.map(|open| match open {
        Open::Axes => "an axis: one of its values".to_owned(),
        Open::Conditions => "an axis: one of its values; `a|b` is either".to_owned(),
        Open::Variables => "`NAME`: template or `#null`".to_owned(),
    });
    node.properties.iter().map(property).chain(open).collect()
}

fn property(property: &PropertyInfo) -> String {
    let of = typed(property.of);
    let needed = if property.required { " (required)" } else { "" };
    format!("`{}`: {of}{needed}", property.name)
}

fn block(node: &NodeInfo) -> Option<String> {
    Some(match node.block? {
        Place::Layer => "settings, `when`".into(),
        Place::LayerWhen => "settings".into(),
        Place::Target => "one builder, settings, `when`, and what stands in `target`".into(),
        Place::TargetWhen => "settings, `deps`, `archive`, `image`".into(),
        other => join(other.words().map(|word| format!("`{word}`")), " "),
    })
}

/// The sentence about what may stand several times.
fn repeats() -> String {
    let mut words: Vec<String> = Vec::new();
    for node in nodes().iter().filter(|node| node.repeats) {
        let word = format!("`{}`", node.name);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let last = words.pop().unwrap_or_default();
    let text = format!(
        "{} and {last} may stand several times in one place; the same name in two of them is a duplicate. Every other node stands once.",
        words.join(", ")
    );
    wrapped(&text)
}

fn systems() -> String {
    let rows = Os::ALL.iter().map(|os| {
        let architectures = PAIRS.iter().filter(|pair| pair.0 == *os).map(|pair| pair.1.to_string());
        [os.to_string(), join(architectures, " ")]
    });
    table(&["system", "architectures"], rows)
}

fn variants() -> String {
    let with_variants = Arch::ALL.iter().filter(|arch| arch.variants().next().is_some());
    let rows = with_variants.map(|arch| {
        let short = arch.baseline().unwrap_or("– (one must be written)");
        [arch.to_string(), join(arch.variants().map(|variant| variant.to_string()), " "), short.to_owned()]
    });
    table(&["architecture", "variants", "the short form means"], rows)
}

fn placeholders() -> String {
    let rows = Placeholder::examples().map(|one| [format!("`{{{one}}}`"), one.about().to_owned()]);
    table(&["placeholder", "what it stands for"], rows)
}

fn derived() -> String {
    let names: Vec<&str> = GO_DERIVED_ENV.iter().copied().chain(DERIVED_FOR_ALL).collect();
    let flags: Vec<String> = DERIVED_GOFLAGS.iter().map(|flag| format!("`-{flag}`")).collect();
    let (last, names) = names.split_last().unwrap_or((&"", &[]));
    let names = names.join(", ");
    let flags = flags.join(", ");
    wrapped(&format!("{names} and {last} are derived from the cell. `GOFLAGS` may be set, without {flags}."))
}

/// A paragraph in lines of at most 130 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let length = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if length == 0 => line.push_str(word),
            Some(line) if length + word.chars().count() < 130 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

/// What the language says of a word, for people; `None` where it does not have the word.
pub fn entry(word: &str) -> Option<String> {
    let same: Vec<&NodeInfo> = nodes().iter().copied().filter(|node| node.name == word).collect();
    let parts: Vec<String> = same.iter().map(|node| form(node)).collect();
    (!parts.is_empty()).then(|| format!("# `{word}`\n\n{}", parts.join("\n")))
}

fn form(node: &NodeInfo) -> String {
    let mut facts = vec![("stands", places_in_full(node))];
    let mut fact = |name: &'static str, parts: Vec<String>, between: &str| {
        if !parts.is_empty() {
            facts.push((name, parts.join(between)));
        }
    };
    fact("arguments", node.arguments.iter().map(argument).collect(), ", ");
    fact("properties", properties(node), ", ");
    fact("in its block", block(node).into_iter().collect(), "");
    fact("default", node.default.iter().map(|default| (*default).to_owned()).collect(), "");
    fact("also", also(node), ", ");
    fact("codes", node.all_codes().iter().map(|code| format!("`{code}`")).collect(), ", ");
    let facts: String = facts.iter().map(|(name, text)| format!("- {name}: {text}\n")).collect();
    let about = capital(node.about);
    format!("{about}.\n\n```kdl\n{}\n```\n\n{facts}", node.example)
}

fn places_in_full(node: &NodeInfo) -> String {
    let paths: Vec<&str> = node.places.iter().flat_map(|place| place.paths()).copied().collect();
    let words: Vec<String> =
        paths.iter().map(|path| if *path == "top" { "at the top".into() } else { format!("in `{path}`") }).collect();
    format!("{}; {}", words.join(", "), if node.repeats { "may repeat" } else { "once" })
}

fn also(node: &NodeInfo) -> Vec<String> {
    let appends = node.appends.then(|| format!("`+{}` adds to the list", node.name));
    let clears = node.clears.then(|| format!("`{} #null` clears it", node.name));
    appends.into_iter().chain(clears).collect()
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
