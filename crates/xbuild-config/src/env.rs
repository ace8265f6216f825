//! Variables: `env`, `env-pass`, `env-secret`, and those that the file cannot set because xbuild derives them.

use xbuild_kdl::{Entry, Node, Value as KdlValue, printable, quote};
use xbuild_model::{EnvName, Op, Origin, Slot, Spanned, Value};
use xbuild_platform::{Arch, GO_DERIVED_ENV, Platform, PlatformError};

use crate::block::Block;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar;
use crate::problem::{Meaning, origin, shown};

/// Derived for every action, whatever builds it.
pub const DERIVED_FOR_ALL: [&str; 6] = ["CC", "CXX", "AR", "PATH", "HOME", "TMPDIR"];

/// What `GOFLAGS` cannot hold: the builder decides it.
pub const DERIVED_GOFLAGS: [&str; 5] = ["o", "C", "trimpath", "buildvcs", "toolexec"];

/// `env NAME="value" NAME=#null`.
pub(crate) fn set(block: &mut Block<'_, '_>, node: &Node) {
    let ctx = block.ctx;
    ctx.check_form(node, &grammar::ENV);
    for entry in node.arguments() {
        report_argument(ctx, entry);
    }
    if node.entries.is_empty() && node.children.is_none() && !ctx.is_damaged(node) {
        let problem = Meaning::new(Code::EmptyList, origin(node.name.span), "`env` sets nothing", "no variables");
        ctx.report(problem.help("write `env NAME=\"value\"`"));
    }
    for (name, entry) in node.properties() {
        let name = Spanned::new(name.value.clone(), origin(name.span));
        set_one(block, &name, entry);
    }
}

fn set_one(block: &mut Block<'_, '_>, name: &Spanned<String>, entry: &Entry) {
    let ctx = block.ctx;
    if ctx.is_masked(entry) {
        return;
    }
    let Some(variable) = variable(ctx, name, entry.value.as_str()) else { return };
    if !block.claim_variable(name, name.origin) {
        return;
    }
    let op = if entry.value.is_null() { Some(Op::Clear) } else { value(block, name, entry).map(Op::Set) };
    if let Some(op) = op {
        block.push(Slot::Env(variable), op, origin(entry.span));
    }
}

fn value(block: &Block<'_, '_>, name: &Spanned<String>, entry: &Entry) -> Option<Value> {
    let ctx = block.ctx;
    if let KdlValue::Bool(word) = entry.value {
        let headline = format!("{} must be a string, not a boolean", shown(name));
        let problem = Meaning::new(Code::WrongType, origin(entry.value_span), headline, "boolean");
        ctx.report(problem.help(format!("put it in quotes: \"{word}\"")));
        return None;
    }
    let text = ctx.template(entry, &shown(name), block.scope)?;
    if name.value == "GOFLAGS" && reports_goflags(ctx, text.raw(), text.origin) {
        return None;
    }
    Some(Value::Text(text))
}

/// `env-pass NAME…` or `env-secret NAME…`.
pub(crate) fn pass(block: &mut Block<'_, '_>, node: &Node, slot: fn(EnvName) -> Slot) {
    let ctx = block.ctx;
    ctx.check_arguments(node, &grammar::ENV_PASS);
    ctx.check_no_block(node);
    for (name, entry) in node.properties() {
        if !ctx.is_masked(entry) {
            report_value(ctx, node, &name.value, origin(entry.span));
        }
    }
    if node.entries.is_empty() {
        ctx.some_arguments(node);
    }
    for entry in ctx.arguments(node) {
        let Some(name) = ctx.string(entry, "the name of a variable") else { continue };
        let Some(variable) = variable(ctx, &name, None) else { continue };
        if block.claim_variable(&name, name.origin) {
            block.push(slot(variable), Op::Set(Value::Bool(true)), name.origin);
        }
    }
}

fn report_value(ctx: &Ctx<'_>, node: &Node, name: &str, at: Origin) {
    let headline = format!("{} takes names only", shown(&node.name.value));
    let problem = Meaning::new(Code::UnknownProperty, at, headline, "a value");
    let name = printable(name);
    ctx.report(problem.help(format!("write `{} {name}`, or set it: `env {name}=\"…\"`", node.name.value)));
}

fn report_argument(ctx: &Ctx<'_>, entry: &Entry) {
    if ctx.is_masked(entry) {
        return;
    }
    let text = entry.value.as_str().unwrap_or_default();
    let help = match text.split_once('=') {
        Some((name, value)) if name.parse::<EnvName>().is_ok() => {
            format!("write `env {name}={}`", quote(&printable(value)))
        }
        None if text.parse::<EnvName>().is_ok() => format!("write `env {text}=\"…\"`, or `env-pass {text}`"),
        _ => "write `env NAME=\"value\"`".to_owned(),
    };
    let headline = "a variable is written `NAME=\"value\"`";
    ctx.report(Meaning::new(Code::EnvArg, origin(entry.span), headline, "no value is set here").help(help));
}

/// Checks a variable's name: its letters, and that it is not derived.
fn variable(ctx: &Ctx<'_>, name: &Spanned<String>, value: Option<&str>) -> Option<EnvName> {
    let Ok(variable) = name.parse::<EnvName>() else {
        let headline = format!("{} is not the name of a variable", shown(name));
        let label = "letters, digits and `_`, not starting with a digit";
        ctx.report(Meaning::new(Code::BadName, name.origin, headline, label));
        return None;
    };
    let by_builder = GO_DERIVED_ENV.contains(&name.value.as_str());
    if !by_builder && !DERIVED_FOR_ALL.contains(&name.value.as_str()) {
        return Some(variable);
    }
    let headline = format!("{} is set by xbuild for every cell", shown(name));
    let label =
        if by_builder { "computed from the platform and the builder" } else { "computed from the cell's toolchains" };
    let problem = Meaning::new(Code::DerivedEnv, name.origin, headline, label);
    ctx.report(problem.help(replacement(name, value.unwrap_or_default())));
    None
}

/// What to write in place of a derived variable.
fn replacement(name: &str, value: &str) -> String {
    let instead = match name {
        "CGO_ENABLED" if value == "1" => "write `go { cgo #true }` instead",
        "CGO_ENABLED" => "write `go { cgo #false }` instead",
        "GOOS" | "GOARCH" => "write the platform in a profile instead: `profile NAME \"linux/arm64\"`",
        "GOENV" => "remove it: no settings of `go env -w` are read",
        "GOTOOLCHAIN" => "write the version in `toolchain go \"VERSION\"` instead",
        "GOROOT" => "write `toolchain go \"VERSION\" root=\"FOLDER\"` instead",
        "GOPATH" | "GOCACHE" | "GOMODCACHE" => "remove it: the caches are xbuild's own (`--cache-dir`)",
        "GOPROXY" | "GOSUMDB" => "remove it: modules are fetched before the build, with your own settings",
        "GOWORK" => "remove it: a `go.work` in the project is found",
        "GOWASM" => "remove it: WebAssembly has no variants",
        "CC" | "CXX" | "AR" => "write `cc TOOLCHAIN` instead, such as `cc zig`",
        "PATH" => "declare the program with `toolchain` and name it in `tools` instead",
        "HOME" | "TMPDIR" => "remove it: every action has a folder of its own",
        level => return level_replacement(level, value),
    };
    instead.to_owned()
}

/// The platform that says what `GOARM=7` and its like say.
fn level_replacement(name: &str, value: &str) -> String {
    let arch = Arch::ALL.iter().copied().find(|arch| arch.go_level_variable() == Some(name)).unwrap_or(Arch::Arm);
    let level = if arch == Arch::Arm { format!("v{value}") } else { value.to_owned() };
    let platform = match format!("linux/{arch}/{level}").parse::<Platform>() {
        Ok(platform) => platform.to_string(),
        Err(PlatformError::Baseline { short, .. }) => short,
        Err(_) => format!("linux/{arch}/{}", arch.variants().last().map_or("", |variant| variant.as_str())),
    };
    format!("write the platform \"{platform}\" in a profile instead")
}

/// Reports the first flag in `GOFLAGS` that the builder sets itself.
fn reports_goflags(ctx: &Ctx<'_>, flags: &str, at: Origin) -> bool {
    let flag_name = |word: &str| word.trim_start_matches('-').split('=').next().unwrap_or_default().to_owned();
    let derived = |word: &&str| word.starts_with('-') && DERIVED_GOFLAGS.contains(&flag_name(word).as_str());
    let Some(flag) = flags.split_whitespace().find(derived) else { return false };
    let name = flag_name(flag);
    let headline = format!("`-{name}` in `GOFLAGS` is set by xbuild for every cell");
    let help = match name.as_str() {
        "o" => "write `go \"PACKAGE\" bin=NAME` instead",
        "C" => "write `cwd FOLDER` instead",
        "trimpath" => "write `go { trimpath #false }` instead, or nothing: it is on",
        "buildvcs" => "remove it: write `+ldflags \"-X=main.version={commit}\"` to stamp the commit",
        _ => "remove it: only declared tools run in a build",
    };
    let label = "computed from the platform and the builder";
    ctx.report(Meaning::new(Code::DerivedEnv, at, headline, label).help(help));
    true
}
