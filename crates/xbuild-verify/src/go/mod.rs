//! What Go's linker wrote into a binary about its build, and what that says beside the header.
//!
//! Build info is a claim of the tool that made the file: where it and the header name different machines or systems, the
//! file contradicts itself. A key that is absent is not a default. Finding the bytes is [`buildinfo`]'s work, reading the
//! text [`modinfo`]'s.

pub(crate) mod buildinfo;
pub(crate) mod modinfo;
pub(crate) mod pclntab;

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xbuild_platform::{Arch, Os};

use crate::Problem;
use crate::facts::{Facts, Level, OsSource, VariantSource};

/// A module as build info lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoModule {
    /// The module's path.
    pub path: String,
    /// Its version; `(devel)` for the module that was built.
    pub version: String,
    /// Its `h1:` sum, where build info has it.
    pub sum: Option<String>,
    /// The module that was built instead of it.
    pub replace: Option<Box<Self>>,
}

/// Build settings, in the order in which they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoSettings(pub(crate) Vec<(String, String)>);

impl GoSettings {
    /// The value of a setting, `None` where it was not written.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Every setting with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether nothing was written, as before Go 1.18.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for GoSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for GoSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// Keeps the order, and a key that was written twice.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = GoSettings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings with their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<GoSettings, A::Error> {
        let mut settings = Vec::new();
        while let Some(pair) = map.next_entry()? {
            settings.push(pair);
        }
        Ok(GoSettings(settings))
    }
}

/// Go's build info.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoInfo {
    /// The toolchain: `go1.26.8`, with its experiments.
    pub version: String,
    /// The main package's path.
    pub path: Option<String>,
    /// `GOOS`, `GOARCH`, `CGO_ENABLED`, `-tags`, `vcs.revision`, …
    pub settings: GoSettings,
    /// The module that holds the main package.
    pub main: Option<GoModule>,
    /// The modules that it was built with.
    #[serde(default)]
    pub deps: Vec<GoModule>,
}

impl GoInfo {
    /// `GOOS`, where it was written and is known.
    pub fn os(&self) -> Option<Os> {
        Os::from_name(self.settings.get("GOOS")?)
    }

    /// `GOARCH`, where it was written and is known.
    pub fn arch(&self) -> Option<Arch> {
        Arch::from_name(self.settings.get("GOARCH")?)
    }

    /// Whether settings were written and `-trimpath` is not one of them.
    pub fn keeps_paths(&self) -> bool {
        !self.settings.is_empty() && self.settings.get("-trimpath") != Some("true")
    }
}

/// Adds build info to facts whose header was read. `evidence` is what else names an operating system.
pub(crate) fn settle(facts: &mut Facts, go: Option<GoInfo>, evidence: Option<(Os, OsSource)>) {
    if let Some(go) = &go {
        settle_arch(facts, go);
        settle_level(facts, go);
        contradict_os(facts, go, evidence);
        facts.set_os(go.os(), OsSource::GoBuildinfo);
    }
    if let Some((os, source)) = evidence {
        facts.set_os(Some(os), source);
    }
    facts.go = go;
}

fn settle_arch(facts: &mut Facts, go: &GoInfo) {
    let Some(claimed) = go.settings.get("GOARCH") else { return };
    let header = facts.arch.map(Arch::as_str).or_else(|| facts.machine.and_then(crate::Machine::name));
    if let Some(header) = header.filter(|header| *header != claimed) {
        facts.problems.push(Problem::Contradiction {
            field: "architecture".into(),
            first_source: "the header".into(),
            first: header.into(),
            second_source: "Go's build info".into(),
            second: format!("GOARCH={claimed}"),
        });
    }
}

fn contradict_os(facts: &mut Facts, go: &GoInfo, evidence: Option<(Os, OsSource)>) {
    let (Some(claimed), Some((os, source))) = (go.settings.get("GOOS"), evidence) else { return };
    if Os::from_name(claimed).is_some_and(|claimed| agrees(claimed, os)) {
        return;
    }
    facts.problems.push(Problem::Contradiction {
        field: "operating system".into(),
        first_source: source_title(source).into(),
        first: os.to_string(),
        second_source: "Go's build info".into(),
        second: format!("GOOS={claimed}"),
    });
}

/// Whether a file of `claimed` carries marks of `marked`: Android's carry Linux's, illumos' carry Solaris'.
fn agrees(claimed: Os, marked: Os) -> bool {
    claimed == marked || matches!((claimed, marked), (Os::Android, Os::Linux) | (Os::Illumos, Os::Solaris))
}

/// A source of an operating system as a sentence names it.
pub(crate) const fn source_title(source: OsSource) -> &'static str {
    match source {
        OsSource::GoBuildinfo => "Go's build info",
        OsSource::OsAbi => "EI_OSABI in the header",
        OsSource::Note => "a note",
        OsSource::Interpreter => "the interpreter",
        OsSource::LoadCommand => "a load command",
        OsSource::Imports => "the import section",
        OsSource::Format => "the format",
    }
}

/// Takes the level that Go was asked for, unless the header proved a higher one (C code that was linked in).
fn settle_level(facts: &mut Facts, go: &GoInfo) {
    let Some(arch) = facts.arch.filter(|arch| go.arch() == Some(*arch)) else { return };
    let Some(variable) = arch.go_level_variable() else { return };
    let Some(value) = go.settings.get(variable) else { return };
    match level(arch, value) {
        Some(level) if proven_higher(facts, &level) => {}
        Some(level) => facts.set_level(level, VariantSource::GoBuildinfo),
        None => facts.problems.push(Problem::GoLevel { variable: variable.into(), value: value.to_owned() }),
    }
}

fn proven_higher(facts: &Facts, claimed: &Level) -> bool {
    match (&facts.variant, claimed) {
        (Some(Level::Named(proven)), Level::Named(claimed)) => proven > claimed,
        (Some(Level::Named(_)), Level::Baseline) => true,
        (Some(Level::Other(name)), _) => name == crate::elf::attributes::ABOVE_V7,
        _ => false,
    }
}

/// What a level variable's value stands for; `None` for a value that Go takes without knowing it.
pub(crate) fn level(arch: Arch, value: &str) -> Option<Level> {
    let (name, options) = value.split_once(',').map_or((value, None), |(name, options)| (name, Some(options)));
    let level = match arch {
        Arch::Arm => Level::Named(arch.variant(&format!("v{name}"))?),
        Arch::Arm64 if name == "v8.0" => Level::Baseline,
        _ if arch.baseline() == Some(name) => Level::Baseline,
        _ => Level::Named(arch.variant(name)?),
    };
    // `GOARM64=v8.0,lse` needs more than v8.0; `GOARM=7,softfloat` needs no more than 7.
    let needs_more = arch == Arch::Arm64 && options.is_some();
    Some(if needs_more { Level::Other(value.to_owned()) } else { level })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arch: Arch, value: &str, expect: Option<&str>) {
        let answer = level(arch, value).map(|level| level.name().unwrap_or("baseline").to_owned());
        assert_eq!(answer.as_deref(), expect, "{arch} {value}");
    }

    #[test]
    fn levels_are_read_as_go_writes_them() {
        check(Arch::Arm, "7", Some("v7"));
        check(Arch::Arm, "5,softfloat", Some("v5"));
        check(Arch::Amd64, "v1", Some("baseline"));
        check(Arch::Amd64, "v3", Some("v3"));
        check(Arch::Arm64, "v8.0", Some("baseline"));
        check(Arch::Arm64, "v8.2", Some("v8.2"));
        check(Arch::Arm64, "v8.0,lse", Some("v8.0,lse"));
        check(Arch::Mips, "softfloat", Some("softfloat"));
    }

    #[test]
    fn levels_that_go_takes_without_knowing_them_are_none() {
        check(Arch::Arm, "8", None);
        check(Arch::Amd64, "v9", None);
        check(Arch::Arm64, "8", None);
    }
}
