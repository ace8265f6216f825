//! Which targets GoReleaser builds for, by its own rules, and which platform of xbuild each one is.
//!
//! The product of `goos` and `goarch` with the levels of each architecture, without pairs that cannot exist and without what
//! `ignore` matches; or `targets`, which replaces all of that and is sorted.

use std::collections::BTreeSet;

use xbuild_platform::{Arch, Os, PAIRS, Platform};

use crate::note::Notes;
use crate::yaml::Node;

/// A target of GoReleaser: `linux_arm_7`, with its level written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) goos: String,
    pub(crate) goarch: String,
    pub(crate) level: String,
}

/// The key with the levels of an architecture, and the level without one.
struct Levels {
    key: &'static str,
    default: &'static str,
    arches: &'static [&'static str],
}

const LEVELS: [Levels; 7] = [
    Levels { key: "goamd64", default: "v1", arches: &["amd64"] },
    Levels { key: "go386", default: "sse2", arches: &["386"] },
    Levels { key: "goarm", default: "6", arches: &["arm"] },
    Levels { key: "goarm64", default: "v8.0", arches: &["arm64"] },
    Levels { key: "gomips", default: "hardfloat", arches: &["mips", "mipsle", "mips64", "mips64le"] },
    Levels { key: "goppc64", default: "power8", arches: &["ppc64", "ppc64le"] },
    Levels { key: "goriscv64", default: "rva20u64", arches: &["riscv64"] },
];

/// The keys that decide the product.
pub(crate) const PRODUCT_KEYS: [&str; 10] =
    ["goos", "goarch", "goamd64", "go386", "goarm", "goarm64", "gomips", "goppc64", "goriscv64", "ignore"];

/// Go's first-class ports, which two words of `targets` stand for.
const FIRST_CLASS: [&str; 8] = [
    "darwin_amd64",
    "darwin_arm64",
    "linux_386",
    "linux_amd64",
    "linux_arm",
    "linux_arm64",
    "windows_386",
    "windows_amd64",
];

fn levels_of(goarch: &str) -> Option<&'static Levels> {
    LEVELS.iter().find(|levels| levels.arches.contains(&goarch))
}

impl Target {
    /// `linux_amd64` with the default level where none is written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.splitn(3, '_').map(str::to_owned);
        let (goos, goarch) = (words.next()?, words.next()?);
        let default = levels_of(&goarch).map_or("", |levels| levels.default);
        let level = words.next().unwrap_or_else(|| default.to_owned());
        Some(Self { goos, goarch, level })
    }

    /// The target of an override: its words as they are, and the default level where it names none.
    pub(crate) fn of_override(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let level: String = LEVELS.iter().map(|levels| text(levels.key)).collect();
        let (goos, goarch) = (text("goos"), text("goarch"));
        let default = levels_of(&goarch).map_or("", |levels| levels.default);
        Self { goos, level: if level.is_empty() { default.to_owned() } else { level }, goarch }
    }

    fn spelled(&self) -> String {
        let level = if self.level.is_empty() { String::new() } else { format!("_{}", self.level) };
        format!("{}_{}{level}", self.goos, self.goarch)
    }

    /// The platform; `None` where xbuild has no name for it.
    pub(crate) fn platform(&self) -> Option<Platform> {
        let arch = Arch::from_name(&self.goarch)?;
        let level = match (arch, self.level.as_str()) {
            (Arch::Arm, "5" | "5,softfloat") => "v5",
            (Arch::Arm, "6" | "6,hardfloat") => "v6",
            (Arch::Arm, "7" | "7,hardfloat") => "v7",
            (Arch::Arm64, "v8.0") => "",
            (Arch::Arm, _) => return None,
            (_, level) if Some(level) == arch.baseline() => "",
            (_, level) => level,
        };
        let slash = if level.is_empty() { "" } else { "/" };
        format!("{}/{}{slash}{level}", self.goos, self.goarch).parse().ok()
    }

    fn matches(&self, ignore: &Node) -> bool {
        let fits = |key: &str, value: &str| {
            let wanted = ignore.get(key).and_then(Node::text).unwrap_or_default();
            wanted.is_empty() || wanted == value
        };
        let own = levels_of(&self.goarch).map_or("", |levels| levels.key);
        let level = |key: &str| if key == own { self.level.as_str() } else { "" };
        fits("goos", &self.goos)
            && fits("goarch", &self.goarch)
            && LEVELS.iter().all(|levels| fits(levels.key, level(levels.key)))
    }
}

/// The targets of a build with their platforms, each platform once. What xbuild cannot name is noted.
pub(crate) fn targets(build: &Node, notes: &mut Notes, comments: &mut Vec<String>) -> Vec<(Target, Platform)> {
    let listed = build.get("targets").filter(|node| !node.items().is_empty());
    let all = match listed {
        Some(node) => explicit(node, notes, comments),
        None => product(build, notes, comments),
    };
    if let Some(node) = listed {
        for key in PRODUCT_KEYS.iter().filter(|key| build.get(key).is_some()) {
            let message = "was not carried over: GoReleaser ignores it where `targets` is set";
            comments.push(notes.add(Some(node.place), &format!("builds.{key}"), message));
        }
    }
    let mut found: Vec<(Target, Platform)> = Vec::new();
    for target in all {
        match target.platform() {
            Some(platform) if found.iter().any(|(_, known)| *known == platform) => {}
            Some(platform) => found.push((target, platform)),
            None => comments.push(unknown(build, &target, notes)),
        }
    }
    found
}

fn unknown(build: &Node, target: &Target, notes: &mut Notes) -> String {
    let message = format!("asks for {}, which is no platform of xbuild: it was left out", shown(&target.spelled()));
    notes.add(Some(build.place), "builds", message)
}

fn shown(text: &str) -> String {
    format!("`{}`", xbuild_kdl::printable(text))
}

fn explicit(node: &Node, notes: &mut Notes, comments: &mut Vec<String>) -> Vec<Target> {
    let mut words = BTreeSet::new();
    for item in node.items() {
        let text = item.text().unwrap_or_default();
        if matches!(text, "go_first_class" | "go_118_first_class") {
            words.extend(FIRST_CLASS.iter().filter_map(|text| Target::parse(text)).map(|target| target.spelled()));
        } else if let Some(target) = Target::parse(text) {
            words.insert(target.spelled());
        } else {
            let message = format!("holds {}, which is no target: it was left out", shown(text));
            comments.push(notes.add(Some(item.place), "builds.targets", message));
        }
    }
    words.iter().filter_map(|word| Target::parse(word)).collect()
}

fn product(build: &Node, notes: &mut Notes, comments: &mut Vec<String>) -> Vec<Target> {
    let systems = list(build, "goos", &["linux", "darwin", "windows"]);
    let arches = list(build, "goarch", &["amd64", "arm64", "386"]);
    let mut misspelt = |key: &str, word: &str| {
        let message = format!("holds {}, which Go does not know: it was left out", shown(word));
        let place = build.get(key).map(|node| node.place);
        comments.push(notes.add(place, &format!("builds.{key}"), message));
    };
    systems.iter().filter(|word| Os::from_name(word).is_none()).for_each(|word| misspelt("goos", word));
    arches.iter().filter(|word| Arch::from_name(word).is_none()).for_each(|word| misspelt("goarch", word));
    let mut all = Vec::new();
    for goos in &systems {
        for goarch in &arches {
            let levels =
                levels_of(goarch).map_or_else(|| vec![String::new()], |one| list(build, one.key, &[one.default]));
            let target = |level| Target { goos: goos.clone(), goarch: goarch.clone(), level };
            all.extend(levels.into_iter().map(target).filter(exists));
        }
    }
    let ignores = build.get("ignore").map_or(&[][..], Node::items);
    all.retain(|target| !ignores.iter().any(|ignore| target.matches(ignore)));
    all
}

/// Pairs that cannot exist are passed over, as GoReleaser does it: its defaults make some.
fn exists(target: &Target) -> bool {
    // GoReleaser does not list these two.
    if matches!((target.goos.as_str(), target.goarch.as_str()), ("ios", "amd64") | ("openbsd", "ppc64")) {
        return false;
    }
    let pair = Os::from_name(&target.goos).zip(Arch::from_name(&target.goarch));
    pair.is_some_and(|pair| PAIRS.contains(&pair))
}

fn list(build: &Node, key: &str, default: &[&str]) -> Vec<String> {
    let texts: Vec<String> =
        build.get(key).map_or(&[][..], Node::items).iter().filter_map(Node::text).map(str::to_owned).collect();
    if texts.is_empty() { default.iter().map(|&text| text.to_owned()).collect() } else { texts }
}
