//! `profile NAME PLATFORM… default=#true { settings }`, `defaults { settings }` and `axis NAME VALUE VALUE…`.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Axis, AxisValue, Layer, Profile, Spanned};
use xbuild_platform::Platform;

use crate::block::Block;
use crate::code::Code;
use crate::condition::BUILT_IN;
use crate::ctx::Ctx;
use crate::grammar;
use crate::names::Kind;
use crate::once::Once;
use crate::platform;
use crate::problem::{Meaning, origin, shown};
use crate::rule;
use crate::scope::Scope;

/// Reads a profile; `None` where it has no name.
pub(crate) fn lower(ctx: &Ctx<'_>, node: &Node) -> Option<Profile> {
    let (profile, poisoned) = ctx.watch(|| {
        ctx.check_form(node, &grammar::PROFILE);
        let name = ctx.declared_name(node, Kind::Profile);
        let default = ctx.property(node, "default").and_then(|entry| ctx.boolean(entry, "`default`")).unwrap_or(false);
        let platforms = platforms(ctx, node);
        let layer = layer(ctx, node);
        Some(Profile { name: name?, platforms, default, layer, poisoned: node.masked })
    });
    profile.map(|profile| Profile { poisoned: profile.poisoned || poisoned, ..profile })
}

fn platforms(ctx: &Ctx<'_>, node: &Node) -> Vec<Spanned<Platform>> {
    let mut once = Once::default();
    let mut platforms = Vec::new();
    for entry in node.arguments().skip(1) {
        let Some(platform) = platform::lower(ctx, entry) else { continue };
        if once.claim(ctx, Code::DuplicateValue, &platform.to_string(), platform.origin, "listed") {
            platforms.push(platform);
        }
    }
    if node.arguments().count() == 1 && !ctx.is_damaged(node) {
        let word = node.arguments().next().and_then(|entry| entry.value.as_str()).unwrap_or("NAME");
        let headline = format!("profile {} has no platform", shown(word));
        let problem = Meaning::new(Code::NoPlatform, origin(node.header_span()), headline, "a platform belongs here");
        ctx.report(problem.help("write where its artifacts run, such as \"linux/amd64\""));
    }
    platforms
}

/// Reads `defaults`.
pub(crate) fn defaults(ctx: &Ctx<'_>, node: &Node) -> Layer {
    ctx.check_form(node, &grammar::DEFAULTS);
    layer(ctx, node)
}

fn layer(ctx: &Ctx<'_>, node: &Node) -> Layer {
    let scope = Scope::LAYER;
    let mut block = Block::new(ctx, scope);
    let mut whens = Vec::new();
    for one in node.nodes() {
        match one.name.value.as_str() {
            "when" => whens.push(rule::when(ctx, one, scope)),
            _ if block.node(one) => {}
            _ => ctx.stranger(one, scope.place),
        }
    }
    Layer { settings: block.finish(), whens }
}

/// Reads an axis; `None` where it has no name, or one that it cannot have.
pub(crate) fn axis(ctx: &Ctx<'_>, node: &Node) -> Option<Axis> {
    let (axis, poisoned) = ctx.watch(|| {
        ctx.check_form(node, &grammar::AXIS);
        let name = ctx.declared_name(node, Kind::Axis);
        let values = axis_values(ctx, node);
        let name = name.filter(|name| !reports_reserved(ctx, name))?;
        Some(Axis { name, values, poisoned: node.masked })
    });
    axis.map(|axis| Axis { poisoned: axis.poisoned || poisoned, ..axis })
}

fn axis_values(ctx: &Ctx<'_>, node: &Node) -> Vec<Spanned<AxisValue>> {
    let mut once = Once::default();
    let mut values = Vec::new();
    for entry in node.arguments().skip(1) {
        let Some(value) = axis_value(ctx, entry) else { continue };
        if once.claim(ctx, Code::DuplicateValue, value.as_str(), value.origin, "listed") {
            values.push(value);
        }
    }
    let written = node.arguments().count();
    if (1..=2).contains(&written) && !ctx.is_damaged(node) {
        let headline = "an axis has two values or more";
        let label = if written == 1 { "no values" } else { "only one value" };
        let problem = Meaning::new(Code::AxisValues, origin(node.header_span()), headline, label);
        ctx.report(problem.help("add a value, or remove the axis"));
    }
    values
}

fn axis_value(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<AxisValue>> {
    let text = ctx.string(entry, "a value of an axis")?;
    if let Ok(value) = text.parse() {
        return Some(Spanned::new(value, text.origin));
    }
    let headline = format!("{} is not a value of an axis", shown(&text));
    let label = "letters, digits, `.`, `+` and `-`, starting with a letter or digit";
    ctx.report(Meaning::new(Code::BadName, text.origin, headline, label));
    None
}

fn reports_reserved(ctx: &Ctx<'_>, name: &Spanned<xbuild_model::Name>) -> bool {
    let placeholders = xbuild_model::Placeholder::WORDS.iter().map(|(word, _)| *word);
    let reserved = BUILT_IN.into_iter().chain(placeholders).chain(["at"]).any(|word| word == name.as_str());
    if reserved {
        let headline = format!("an axis cannot be called {}", shown(name));
        let label = "this word means something else";
        let problem = Meaning::new(Code::ReservedAxis, name.origin, headline, label);
        ctx.report(problem.help("choose another name"));
    }
    reserved
}
