//! What only a target has, and what it shares with its `when` blocks alone.

use xbuild_model::ArchiveFormat;

use super::{ASKED, many, one, property};
use crate::grammar::{NodeInfo, Open, Place, PropertyInfo, Type};

pub(crate) static NOARCH: NodeInfo = NodeInfo {
    name: "noarch",
    about: "one cell for all profiles and platforms; with `command` only",
    places: &[Place::Target],
    default: Some("off"),
    codes: &["noarch-dep", "noarch-builder"],
    example: "noarch",
    ..NodeInfo::BARE
};

pub(crate) static PROFILES: NodeInfo = NodeInfo {
    name: "profiles",
    about: "the profiles that the target is built for",
    places: &[Place::Target],
    arguments: &[many("PROFILE", Type::Profile, 1)],
    default: Some("all"),
    codes: &["unknown-profile", "duplicate-value"],
    example: "profiles prod",
    ..NodeInfo::BARE
};

pub(crate) static AXES: NodeInfo = NodeInfo {
    name: "axes",
    about: "the axes that multiply the target, the first varies slowest",
    places: &[Place::Target],
    arguments: &[many("AXIS", Type::Axis, 1)],
    default: Some("none"),
    codes: &["unknown-axis", "duplicate-value"],
    example: "axes edition",
    ..NodeInfo::BARE
};

pub(crate) static INCLUDE: NodeInfo = NodeInfo {
    name: "include",
    about: "adds one whole cell: a profile, a platform, and a value of each axis of the target",
    places: &[Place::Target],
    repeats: true,
    properties: &[
        PropertyInfo { name: "profile", of: Type::Profile, required: true },
        PropertyInfo { name: "platform", of: Type::Platform, required: true },
    ],
    open: Some(Open::Axes),
    codes: &["include-partial", "include-existing", "unknown-condition"],
    example: "include profile=prod platform=\"linux/arm64\"",
    ..NodeInfo::BARE
};

pub(crate) static DEPS: NodeInfo = NodeInfo {
    name: "deps",
    about: "targets whose outputs the target needs, with values for axes that only they have; `at` places the outputs of one",
    places: &[Place::Target, Place::TargetWhen],
    repeats: true,
    arguments: &[many("TARGET", Type::Target, 1)],
    properties: &[property("at", Type::Path)],
    open: Some(Open::Axes),
    default: Some("none; the outputs appear in `.xbuild/deps/TARGET`"),
    codes: &[
        "unknown-target",
        "dep-ambiguous",
        "dep-cycle",
        "dep-missing-cell",
        "noarch-dep",
        "duplicate-value",
        "unexpected-argument",
    ],
    example: "deps base at=\"gen/base\"",
    ..NodeInfo::BARE
};

pub(crate) static ARCHIVE: NodeInfo = NodeInfo {
    name: "archive",
    about: "packs the artifact; `name` is the archive's without its ending",
    places: &[Place::Target, Place::TargetWhen],
    arguments: &[many("FORMAT", Type::Word(archive_formats), 1)],
    properties: &[property("name", Type::PathTemplate)],
    block: Some(Place::Package),
    clears: true,
    default: Some("none"),
    codes: &["archive-format", "duplicate-value"],
    example: "archive \"tar.gz\" \"zip\" name=\"{target}-{version}\"",
    ..NodeInfo::BARE
};

pub(crate) static IMAGE: NodeInfo = NodeInfo {
    name: "image",
    about: "puts the artifact into a container image, on a `base` or on nothing",
    places: &[Place::Target, Place::TargetWhen],
    arguments: &[one("REFERENCE", Type::Template)],
    properties: &[property("base", Type::PinnedImage)],
    block: Some(Place::Package),
    clears: true,
    default: Some("none"),
    codes: &["image-not-linux", "image-unpinned", "one-value"],
    example: "image \"example/{target}:{version}\"",
    ..NodeInfo::BARE
};

pub(crate) static ADD: NodeInfo = NodeInfo {
    name: "add",
    about: "more files for the archive or the image",
    places: &[Place::Package],
    repeats: true,
    arguments: &[many("PATH", Type::PathTemplate, 1)],
    default: Some("none"),
    codes: &["path-escapes", "duplicate-value"],
    example: "add \"LICENSE\" \"README.md\"",
    ..NodeInfo::BARE
};

pub(crate) static TARGET_WHEN: NodeInfo = NodeInfo {
    name: "when",
    about: "settings, dependencies and packages of the target's cells that the condition matches; a narrower one beats a wider",
    places: &[Place::Target],
    repeats: true,
    properties: ASKED,
    open: Some(Open::Conditions),
    block: Some(Place::TargetWhen),
    codes: super::WHEN_CODES,
    example: "when os=linux {\n    env LEVEL=\"1\"\n}",
    ..NodeInfo::BARE
};

fn archive_formats() -> Vec<&'static str> {
    ArchiveFormat::ALL.map(ArchiveFormat::as_str).to_vec()
}
