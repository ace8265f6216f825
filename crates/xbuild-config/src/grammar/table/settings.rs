//! The settings, which every layer of a cell can have.

use super::{ASKED, many, one, property};
use crate::grammar::{NodeInfo, Open, Place, Type};

/// Where settings stand.
const EVERYWHERE: &[Place] = &[Place::Layer, Place::LayerWhen, Place::Target, Place::TargetWhen];

/// The exit codes that a smoke test can expect.
pub(crate) const SMOKE_EXITS: (i128, i128) = (0, 255);

/// How long a smoke test may take, in seconds.
pub(crate) const SMOKE_LIMITS: (i128, i128) = (1, 86_400);

/// How an artifact can be linked.
pub(crate) const LINKAGES: [&str; 3] = ["static", "static-pie", "dynamic"];

/// What can be wrong with a `when`.
pub(crate) const WHEN_CODES: &[&str] = &[
    "unknown-condition",
    "unknown-value",
    "when-never",
    "when-conflict",
    "condition-arg",
    "empty-when",
    "nested-when",
    "duplicate-value",
];

pub(crate) static ENV: NodeInfo = NodeInfo {
    name: "env",
    about: "variables of the build, each `NAME=\"value\"`, or `NAME=#null` to take one back",
    places: EVERYWHERE,
    repeats: true,
    open: Some(Open::Variables),
    default: Some("none"),
    codes: &["derived-env", "env-arg", "duplicate-env", "empty-list"],
    example: "env GOFLAGS=\"-mod=readonly\"",
    ..NodeInfo::BARE
};

pub(crate) static ENV_PASS: NodeInfo = NodeInfo {
    name: "env-pass",
    about: "variables that are taken over from the environment",
    places: EVERYWHERE,
    repeats: true,
    arguments: &[many("NAME", Type::Variable, 1)],
    default: Some("none"),
    codes: &["env-unset", "derived-env", "duplicate-env"],
    example: "env-pass SOURCE_DATE_EPOCH",
    ..NodeInfo::BARE
};

pub(crate) static ENV_SECRET: NodeInfo = NodeInfo {
    name: "env-secret",
    about: "variables that are taken over from the environment, and whose values are secret",
    places: EVERYWHERE,
    repeats: true,
    arguments: &[many("NAME", Type::Variable, 1)],
    default: Some("none"),
    codes: &["env-unset", "derived-env", "duplicate-env"],
    example: "env-secret TOKEN",
    ..NodeInfo::BARE
};

pub(crate) static CC: NodeInfo = NodeInfo {
    name: "cc",
    about: "the C compiler, a toolchain of kind `zig` or `cc`, with its C library and the folder of its headers",
    places: EVERYWHERE,
    arguments: &[one("TOOLCHAIN", Type::Toolchain)],
    properties: &[property("libc", Type::Libc), property("sysroot", Type::Text)],
    clears: true,
    default: Some("none"),
    codes: &["unknown-toolchain", "cgo-no-cc", "one-value"],
    example: "cc zig libc=musl",
    ..NodeInfo::BARE
};

pub(crate) static CWD: NodeInfo = NodeInfo {
    name: "cwd",
    about: "the folder that the build runs in",
    places: EVERYWHERE,
    arguments: &[one("PATH", Type::Path)],
    clears: true,
    default: Some("the project's root"),
    codes: &["path-escapes", "one-value"],
    example: "cwd \"services/app\"",
    ..NodeInfo::BARE
};

pub(crate) static INPUTS: NodeInfo = NodeInfo {
    name: "inputs",
    about: "the files that the build reads, beside those that the builder finds",
    places: EVERYWHERE,
    arguments: &[many("GLOB", Type::Glob, 1)],
    appends: true,
    clears: true,
    default: Some("what the builder finds; `command` must say"),
    codes: &["path-escapes", "command-undeclared"],
    example: "inputs \"proto/**\"",
    ..NodeInfo::BARE
};

pub(crate) static OUTPUTS: NodeInfo = NodeInfo {
    name: "outputs",
    about: "the files that the build writes",
    places: EVERYWHERE,
    arguments: &[many("PATH", Type::PathTemplate, 1)],
    appends: true,
    clears: true,
    default: Some("the builder's artifact; `command` must say"),
    codes: &["path-escapes", "overlapping-outputs", "command-undeclared"],
    example: "outputs \"gen/api.txt\"",
    ..NodeInfo::BARE
};

pub(crate) static TOOLS: NodeInfo = NodeInfo {
    name: "tools",
    about: "toolchains that the build may start, beside the builder's own",
    places: EVERYWHERE,
    arguments: &[many("TOOLCHAIN", Type::Toolchain, 1)],
    appends: true,
    clears: true,
    default: Some("the builder's"),
    codes: &["unknown-toolchain", "duplicate-value"],
    example: "tools zig",
    ..NodeInfo::BARE
};

pub(crate) static EXPECT: NodeInfo = NodeInfo {
    name: "expect",
    about: "what the artifact must be, beside its platform; `#null` takes a promise back",
    places: EVERYWHERE,
    properties: &[
        property("linkage", Type::Word(linkages)),
        property("glibc-max", Type::Numbers),
        property("min-os", Type::Numbers),
        property("stripped", Type::Bool),
        property("interpreter", Type::Text),
    ],
    default: Some("`linkage=static` for Go on Linux without cgo"),
    codes: &["wrong-type", "empty-list"],
    example: "expect linkage=static glibc-max=\"2.28\"",
    ..NodeInfo::BARE
};

pub(crate) static SMOKE: NodeInfo = NodeInfo {
    name: "smoke",
    about: "starts the artifact with these arguments after it was verified",
    places: EVERYWHERE,
    arguments: &[many("ARGUMENT", Type::Template, 0)],
    properties: &[
        property("exit", Type::Integer(SMOKE_EXITS.0, SMOKE_EXITS.1)),
        property("timeout-seconds", Type::Integer(SMOKE_LIMITS.0, SMOKE_LIMITS.1)),
    ],
    clears: true,
    default: Some("none; `exit=0`, `timeout-seconds=30`"),
    codes: &["wrong-type"],
    example: "smoke \"--version\" exit=0",
    ..NodeInfo::BARE
};

pub(crate) static NETWORK: NodeInfo = NodeInfo {
    name: "network",
    about: "whether the build may use the network, and why",
    places: EVERYWHERE,
    arguments: &[one("BOOL", Type::Bool)],
    properties: &[property("reason", Type::Text)],
    clears: true,
    default: Some("`#false`"),
    codes: &["network-reason", "one-value"],
    example: "network #true reason=\"downloads a model\"",
    ..NodeInfo::BARE
};

pub(crate) static WHEN: NodeInfo = NodeInfo {
    name: "when",
    about: "settings of the cells that the condition matches; a narrower one beats a wider",
    places: &[Place::Layer],
    repeats: true,
    properties: ASKED,
    open: Some(Open::Conditions),
    block: Some(Place::LayerWhen),
    codes: WHEN_CODES,
    example: "when os=linux {\n    env LEVEL=\"1\"\n}",
    ..NodeInfo::BARE
};

fn linkages() -> Vec<&'static str> {
    LINKAGES.to_vec()
}
