//! `builder: rust`: triples of rustc as platforms, and what of cargo's flags xbuild has a setting for.

use xbuild_platform::{Platform, right_arch, right_os};

use super::details::Item;
use super::template::{Known, translate};
use crate::draft::{Slot, Value};
use crate::note::Notes;

/// What GoReleaser builds a Rust program for where nothing is said.
const DEFAULT: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
];

/// The platforms of a list of triples, each once.
pub(super) fn platforms(triples: &[Item], notes: &mut Notes, comments: &mut Vec<String>) -> Vec<Platform> {
    let default = || DEFAULT.map(|text| Item { text: text.to_owned(), place: None }).to_vec();
    let listed = if triples.is_empty() { default() } else { triples.to_vec() };
    let mut found: Vec<(Platform, String)> = Vec::new();
    for item in listed {
        let shown = xbuild_kdl::printable(&item.text);
        let known = platform(&item.text);
        let why = match known {
            None => Some("is no platform of xbuild".to_owned()),
            Some(platform) => {
                let before = found.iter().find(|(one, _)| *one == platform);
                before.map(|(_, triple)| format!("is {platform} like `{triple}`: choose the C library with `cc`"))
            }
        };
        match (known, why) {
            (Some(platform), None) => found.push((platform, shown)),
            (_, why) => {
                let message = format!("holds `{shown}`, which {}: it was left out", why.unwrap_or_default());
                comments.push(notes.add(item.place, "builds.targets", message));
            }
        }
    }
    found.into_iter().map(|(platform, _)| platform).collect()
}

/// `aarch64-unknown-linux-musl` as `linux/arm64`.
fn platform(triple: &str) -> Option<Platform> {
    let words: Vec<&str> = triple.split('-').collect();
    let (arch, rest) = words.split_first()?;
    let arch = match *arch {
        // rustc's `arm` is ARMv6; other people's word for it says nothing.
        "arm" => "arm/v6",
        other => right_arch(other).unwrap_or(other),
    };
    let (arch, variant) = arch.split_once('/').map_or((arch, ""), |(arch, variant)| (arch, variant));
    let os = rest.iter().find_map(|word| {
        let os = right_os(word).filter(|_| *word != "apple" && *word != "gnu").unwrap_or(word);
        xbuild_platform::Os::from_name(os)
    })?;
    let slash = if variant.is_empty() { "" } else { "/" };
    format!("{os}/{arch}{slash}{variant}").parse().ok()
}

/// Cargo's flags, sorted.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub(super) package: Option<String>,
    profile: Option<Item>,
    features: Vec<String>,
    no_default_features: bool,
    rest: Vec<Item>,
}

impl Flags {
    pub(super) fn read(items: &[Item]) -> Self {
        let mut flags = Self::default();
        let mut items = items.iter();
        while let Some(item) = items.next() {
            let (name, value) = item.text.split_once('=').map_or((item.text.as_str(), None), |(n, v)| (n, Some(v)));
            let mut value = || value.map(str::to_owned).or_else(|| items.next().map(|next| next.text.clone()));
            match name {
                "--release" => {}
                "-p" | "--package" => flags.package = value(),
                "--profile" => flags.profile = value().map(|text| Item { text, place: item.place }),
                "-F" | "--features" => {
                    let list = value().unwrap_or_default();
                    flags.features.extend(list.split([',', ' ']).filter(|one| !one.is_empty()).map(str::to_owned));
                }
                "--no-default-features" => flags.no_default_features = true,
                _ => flags.rest.push(item.clone()),
            }
        }
        flags
    }

    /// As children of `cargo`, in the grammar's order.
    pub(super) fn slots(self, known: &Known, notes: &mut Notes) -> Vec<Slot> {
        let mut comments = Vec::new();
        let mut text = |item: &Item| {
            let filled = translate(&item.text, known).render();
            if filled.is_none() {
                let message = format!("holds `{}`, which has no counterpart", xbuild_kdl::printable(&item.text));
                comments.push(notes.add(item.place, "builds.flags", message));
            }
            filled.filter(|text| !text.is_empty())
        };
        let rest: Vec<String> = self.rest.iter().filter_map(&mut text).collect();
        let profile = self.profile.as_ref().and_then(text);
        let list = |values: Vec<String>| (!values.is_empty()).then_some(Value::List(values));
        let features = self.features.iter().map(|one| one.replace('{', "{{").replace('}', "}}")).collect();
        let slot =
            |word, value: Option<Value>| value.map(|value| Slot { word, comments: Vec::new(), value: Some(value) });
        let mut slots: Vec<Slot> = [
            slot("features", list(features)),
            slot("flags", list(rest)),
            slot("default-features", self.no_default_features.then_some(Value::Bool(false))),
            slot("cargo-profile", profile.map(Value::Text)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !comments.is_empty() {
            slots.push(Slot { word: "flags", comments, value: None });
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(triple: &str, expect: Option<&str>) {
        assert_eq!(platform(triple).map(|platform| platform.to_string()).as_deref(), expect, "{triple}");
    }

    #[test]
    fn triples_are_platforms() {
        check("x86_64-unknown-linux-gnu", Some("linux/amd64"));
        check("aarch64-unknown-linux-musl", Some("linux/arm64"));
        check("armv7-unknown-linux-gnueabihf", Some("linux/arm/v7"));
        check("arm-unknown-linux-gnueabihf", Some("linux/arm/v6"));
        check("aarch64-apple-darwin", Some("darwin/arm64"));
        check("x86_64-pc-windows-msvc", Some("windows/amd64"));
        check("i686-unknown-freebsd", Some("freebsd/386"));
        check("thumbv7em-none-eabi", None);
    }
}
