//! Everything about one file, for a person: a headline, and groups of lines below it.

use xbuild_verify::{Facts, GoInfo, Hardening, Machine, Slice, platform_of};

use crate::looking::Seen;
use crate::present::artifact::{headline, machine};
use crate::present::harmless::one_line;
use crate::present::table::bytes;

/// Where values begin, and how long a line may be.
const INDENT: usize = 16;
const WIDTH: usize = 80;

/// How many paths of sources are shown.
const MOST_PATHS: usize = 5;

/// Go's settings that decide where a program runs and how it was built.
const SETTINGS: [&str; 14] = [
    "GOOS",
    "GOARCH",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GO386",
    "GOMIPS",
    "GOMIPS64",
    "GOPPC64",
    "GORISCV64",
    "CGO_ENABLED",
    "-buildmode",
    "-trimpath",
    "-ldflags",
];

/// A name and its value; lines without a value are left out.
type Line = (&'static str, Option<String>);

/// The card of a file.
pub(crate) fn card(seen: &Seen) -> String {
    let facts = &seen.facts;
    let mut text = format!("{}: {}\n", one_line(seen.path.as_str()), one_line(&headline(seen)));
    text.push_str(&group("file", &[("size", Some(bytes(seen.size))), ("kind", Some(facts.kind.to_string()))]));
    text.push_str(&group("runs on", &runs_on(facts)));
    text.push_str(&group("linkage", &linkage(facts)));
    text.push_str(&group("Go build", &facts.go.as_ref().map(go).unwrap_or_default()));
    text.push_str(&group("built by", &built(facts)));
    text.push_str(&group("hardening", &hardening(facts)));
    text.push_str(&group("parts", &facts.slices.iter().map(slice).collect::<Vec<_>>()));
    let problems = seen.problems().into_iter().map(|(code, message)| ("", Some(format!("{code}: {message}"))));
    text.push_str(&group("problems", &problems.collect::<Vec<_>>()));
    text
}

fn group(title: &str, lines: &[Line]) -> String {
    let mut text = String::new();
    for (name, value) in lines {
        let Some(value) = value.as_ref().filter(|value| !value.is_empty()) else { continue };
        if text.is_empty() {
            text.push_str(&format!("\n{title}\n"));
        }
        let (name, indent) = if name.is_empty() { ("  ".to_owned(), 2) } else { (format!("  {name:<13} "), INDENT) };
        text.push_str(&format!("{name}{}\n", wrapped(&one_line(value), indent)));
    }
    text
}

/// A value over several lines where it is too long for one. A word that is longer than a line stays whole: it may be copied.
fn wrapped(value: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut at = indent;
    for word in value.split(' ') {
        let length = word.chars().count();
        if at > indent && at + 1 + length > WIDTH {
            text.push_str(&format!("\n{:indent$}", ""));
            at = indent;
        } else if at > indent {
            text.push(' ');
            at += 1;
        }
        text.push_str(word);
        at += length;
    }
    text
}

fn yes(value: Option<bool>) -> Option<String> {
    value.map(|value| if value { "yes" } else { "no" }.to_owned())
}

fn runs_on(facts: &Facts) -> Vec<Line> {
    let by = |value: String, source: Option<String>| match source {
        Some(source) => format!("{value} (from {source})"),
        None => value,
    };
    let os = facts.os.map(|os| os.to_string()).or_else(|| facts.foreign_os.clone());
    let level = facts.variant_source.map(|source| {
        let level = facts.variant.as_ref().and_then(xbuild_verify::Level::name).unwrap_or("baseline");
        by(level.to_owned(), Some(source.to_string()))
    });
    let word = facts.bits.map(|bits| match facts.endian {
        Some(endian) => format!("{bits}-bit, {endian}-endian"),
        None => format!("{bits}-bit"),
    });
    vec![
        ("platform", platform_of(facts)),
        ("system", os.map(|os| by(os, facts.os_source.map(|source| source.to_string())))),
        ("machine", facts.machine.map(Machine::value)),
        ("level", level),
        ("word", word),
        ("ABI", facts.abi.clone()),
        ("minimum OS", facts.min_os.as_ref().map(ToString::to_string)),
    ]
}

fn linkage(facts: &Facts) -> Vec<Line> {
    vec![
        ("linked", facts.linkage.map(|linkage| linkage.to_string())),
        ("interpreter", facts.interpreter.clone()),
        ("C library", facts.libc.map(|libc| libc.to_string())),
        ("glibc floor", facts.glibc_floor.as_ref().map(ToString::to_string)),
        ("needs", Some(facts.needed.join(", "))),
        ("objects", facts.members.map(|members| members.to_string())),
    ]
}

fn go(go: &GoInfo) -> Vec<Line> {
    let setting = |name: &&str| go.settings.get(name).map(|value| format!("{name}={value}"));
    let settings: Vec<String> = SETTINGS.iter().filter_map(setting).collect();
    vec![
        ("version", Some(go.version.clone())),
        ("package", go.path.clone()),
        ("module", go.main.as_ref().map(|main| format!("{} {}", main.path, main.version))),
        ("modules", modules(go)),
        ("settings", Some(settings.join(" "))),
        ("commit", commit(go)),
    ]
}

/// How many others it was built with, and those in whose place something else was: they are what a reader looks for.
fn modules(go: &GoInfo) -> Option<String> {
    let replaced: Vec<&str> =
        go.deps.iter().filter(|module| module.replace.is_some()).map(|module| module.path.as_str()).collect();
    let number = match go.deps.len() {
        0 => return None,
        1 => "1 more".to_owned(),
        number => format!("{number} more"),
    };
    Some(if replaced.is_empty() { number } else { format!("{number}, replaced: {}", replaced.join(" ")) })
}

/// The commit, and whether there were changes that it does not have.
fn commit(go: &GoInfo) -> Option<String> {
    let revision = go.settings.get("vcs.revision")?;
    let is_modified = go.settings.get("vcs.modified") == Some("true");
    Some(if is_modified { format!("{revision}, with changes") } else { revision.to_owned() })
}

fn built(facts: &Facts) -> Vec<Line> {
    let shown = facts.build_paths.iter().take(MOST_PATHS).cloned().collect::<Vec<_>>().join(" ");
    let more = facts.build_paths.len().saturating_sub(MOST_PATHS);
    let paths = if more == 0 { shown } else { format!("{shown} and {more} more") };
    vec![("compilers", Some(facts.producers.join(", "))), ("source paths", Some(paths))]
}

fn hardening(facts: &Facts) -> Vec<Line> {
    let Hardening { pie, nx, relro } = facts.hardening;
    vec![
        ("PIE", yes(pie)),
        ("no-exec stack", yes(nx)),
        ("RELRO", relro.map(|relro| relro.to_string())),
        ("signed", yes(facts.signed)),
        ("stripped", yes(facts.stripped)),
        ("packed", facts.packed.map(|packer| packer.to_string())),
    ]
}

fn slice(slice: &Slice) -> Line {
    let machine = machine(&slice.facts);
    ("", Some(format!("{machine}, {} at byte {}", bytes(slice.size), slice.offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_below_itself() {
        let value = ["word"; 20].join(" ");
        let text = wrapped(&value, INDENT);
        assert!(text.lines().count() == 2 && text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), value);
        assert_eq!(wrapped(&"x".repeat(200), INDENT), "x".repeat(200));
    }

    #[test]
    fn what_of_a_go_build_is_not_what_it_seems_is_said() {
        let go: GoInfo = serde_json::from_value(serde_json::json!({
            "version": "go1.26.8", "path": "x/cmd", "main": { "path": "x", "version": "v1.2.3" },
            "settings": { "vcs.revision": "0123", "vcs.modified": "true" },
            "deps": [
                { "path": "y", "version": "v1.0.0", "replace": { "path": "../y", "version": "" } },
                { "path": "z", "version": "v1.0.0" },
            ],
        }))
        .expect("build info");
        let lines: Vec<String> = super::go(&go)
            .into_iter()
            .filter_map(|(name, value)| value.filter(|value| !value.is_empty()).map(|value| format!("{name}: {value}")))
            .collect();
        let expected = [
            "version: go1.26.8",
            "package: x/cmd",
            "module: x v1.2.3",
            "modules: 2 more, replaced: y",
            "commit: 0123, with changes",
        ];
        assert_eq!(lines, expected);
    }
}
