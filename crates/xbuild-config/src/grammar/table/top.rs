//! What stands at the top of the file.

use xbuild_model::ToolchainKind;

use super::{ASKED, many, one, property};
use crate::grammar::{NodeInfo, Open, Place, PropertyInfo, Type};

/// The only format that is read.
pub(crate) const FORMAT: i128 = 1;

pub(crate) static PROJECT: NodeInfo = NodeInfo {
    name: "project",
    about: "the project's name, and the version that `{version}` stands for",
    places: &[Place::Top],
    arguments: &[one("NAME", Type::Name)],
    properties: &[property("version", Type::Text)],
    default: Some("the folder's name, no version"),
    codes: &["missing-name"],
    example: "project fleet version=\"2.3.0\"",
    ..NodeInfo::BARE
};

pub(crate) static TOOLCHAIN: NodeInfo = NodeInfo {
    name: "toolchain",
    about: "a tool in one exact version, found, fetched, or taken from `path` (the program) or `root` (its folder)",
    places: &[Place::Top],
    repeats: true,
    arguments: &[one("NAME", Type::Name), one("VERSION", Type::Version)],
    properties: &[
        property("kind", Type::Word(toolchain_kinds)),
        property("path", Type::Text),
        property("root", Type::Text),
    ],
    default: Some("`kind` is the name, where that is `go`, `rust` or `zig`"),
    codes: &[
        "missing-name",
        "inexact-version",
        "toolchain-kind",
        "duplicate-toolchain",
        "duplicate-property",
        "unused-toolchain",
    ],
    example: "toolchain go \"1.26.3\"",
    ..NodeInfo::BARE
};

pub(crate) static PROFILE: NodeInfo = NodeInfo {
    name: "profile",
    about: "a named selection of platforms, with settings of its own; `default` selects it where none is named",
    places: &[Place::Top],
    repeats: true,
    arguments: &[one("NAME", Type::Name), many("PLATFORM", Type::Platform, 1)],
    properties: &[property("default", Type::Bool)],
    block: Some(Place::Layer),
    codes: &["missing-name", "no-platform", "unknown-platform", "duplicate-profile", "duplicate-value"],
    example: "profile edge \"linux/arm64\" \"linux/arm/v7\"",
    ..NodeInfo::BARE
};

pub(crate) static AXIS: NodeInfo = NodeInfo {
    name: "axis",
    about: "a named list of values, for which a target is built once each",
    places: &[Place::Top],
    repeats: true,
    arguments: &[one("NAME", Type::Name), many("VALUE", Type::AxisValue, 2)],
    codes: &["missing-name", "axis-values", "reserved-axis", "duplicate-axis", "duplicate-value", "unused-axis"],
    example: "axis edition community pro",
    ..NodeInfo::BARE
};

pub(crate) static DEFAULTS: NodeInfo = NodeInfo {
    name: "defaults",
    about: "settings of every target, weaker than those of profiles and targets",
    places: &[Place::Top],
    block: Some(Place::Layer),
    default: Some("empty"),
    codes: &["duplicate-block"],
    example: "defaults {\n    go {\n        tags netgo\n    }\n}",
    ..NodeInfo::BARE
};

pub(crate) static TARGET: NodeInfo = NodeInfo {
    name: "target",
    about: "a thing that is built: one builder, and settings",
    places: &[Place::Top],
    repeats: true,
    arguments: &[one("NAME", Type::Name)],
    block: Some(Place::Target),
    codes: &["missing-name", "no-builder", "two-builders", "duplicate-target", "no-cells"],
    example: "target app {\n    go \"./cmd/app\"\n}",
    ..NodeInfo::BARE
};

pub(crate) static EXCLUDE: NodeInfo = NodeInfo {
    name: "exclude",
    about: "removes the cells that the condition matches: of every target, or of the target around it",
    places: &[Place::Top, Place::Target],
    repeats: true,
    properties: ASKED,
    open: Some(Open::Conditions),
    codes: &["exclude-nothing", "condition-arg", "duplicate-value"],
    example: "exclude os=linux variant=v7",
    ..NodeInfo::BARE
};

pub(crate) static XBUILD: NodeInfo = NodeInfo {
    name: "xbuild",
    about: "the format of the file",
    places: &[Place::Top],
    properties: &[PropertyInfo { name: "format", of: Type::Integer(FORMAT, FORMAT), required: true }],
    default: Some("`format=1`"),
    codes: &["format"],
    example: "xbuild format=1",
    ..NodeInfo::BARE
};

fn toolchain_kinds() -> Vec<&'static str> {
    ToolchainKind::ALL.map(ToolchainKind::as_str).to_vec()
}
