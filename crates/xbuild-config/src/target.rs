//! `target NAME { … }`: one builder, what only a target has, and its settings.
//!
//! What the rest refers to (the builder's kind, the axes, the dependencies, `noarch`) is read first, as the target's
//! [`Subject`]; the other nodes follow in file order.

use xbuild_kdl::Node;
use xbuild_model::{Builder, BuilderKind, Dep, Exclude, Include, Layer, Name, Origin, Spanned, Target};

use crate::block::Block;
use crate::builder;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::deps::Deps;
use crate::grammar::{self, NodeInfo, Place, is_known};
use crate::names::Kind;
use crate::once::Once;
use crate::problem::{Meaning, origin, shown};
use crate::rule;
use crate::scope::{Scope, Subject};

/// Reads a target; `None` where it has no name.
pub(crate) fn lower(ctx: &Ctx<'_>, node: &Node) -> Option<Target> {
    let (target, poisoned) = ctx.watch(|| {
        ctx.check_form(node, &grammar::TARGET);
        let name = ctx.declared_name(node, Kind::Target);
        let head = Head::read(ctx, node, name.as_ref());
        let body = Body::read(ctx, node, &head);
        name.map(|name| into_target(name, head, body))
    });
    target.map(|target| Target { poisoned: poisoned || node.masked, ..target })
}

fn into_target(name: Spanned<Name>, head: Head<'_>, body: Body) -> Target {
    let Head { noarch, profiles, axes, .. } = head;
    let Body { builder, deps, excludes, includes, layer } = body;
    Target { name, builder, noarch, profiles, axes, deps, excludes, includes, layer, poisoned: false }
}

/// What the rest of a target refers to.
struct Head<'n> {
    subject: Subject,
    builder: Option<(BuilderKind, &'n Node)>,
    noarch: Option<Origin>,
    profiles: Option<Vec<Spanned<Name>>>,
    axes: Vec<Spanned<Name>>,
}

impl<'n> Head<'n> {
    fn read(ctx: &Ctx<'_>, node: &'n Node, name: Option<&Spanned<Name>>) -> Self {
        let name = name.map_or("unnamed", |name| name.as_str()).to_owned();
        let noarch = noarch(ctx, node);
        let profiles = names(ctx, node, &grammar::PROFILES, Kind::Profile);
        let (axes, broken_axes) = ctx.watch(|| names(ctx, node, &grammar::AXES, Kind::Axis).unwrap_or_default());
        let builder = builder_node(ctx, node, &name, noarch);
        let whole = is_whole(node);
        let own_axes = (whole && !broken_axes).then(|| axes.iter().map(ToString::to_string).collect());
        let subject = Subject {
            name,
            builder: builder.map(|(kind, _)| kind),
            axes: own_axes,
            deps: whole.then(|| dep_names(node)),
            noarch: noarch.is_some(),
        };
        Self { subject, builder, noarch, profiles, axes }
    }
}

/// Whether every node of the target could be read, so that what is not there is not written either.
fn is_whole(node: &Node) -> bool {
    let is_clean = |one: &Node| !one.masked && one.entries.iter().all(|entry| !entry.masked);
    let readable = |one: &Node| is_clean(one) && is_readable(&one.name.value);
    !node.masked && node.nodes().iter().all(|one| readable(one) && one.nodes().iter().all(is_clean))
}

fn is_readable(word: &str) -> bool {
    word.strip_prefix('+')
        .map_or_else(|| is_known(word), |list| Place::Target.nodes().any(|node| node.appends && node.name == list))
}

/// The words of a target's `axes`, before anything is known of them; `None` where the target cannot be read.
pub(crate) fn axis_words(node: &Node) -> Option<Vec<String>> {
    let axes = node.nodes().iter().filter(|one| one.name.value == "axes");
    let words = axes.flat_map(Node::arguments).filter_map(|entry| entry.value.as_str()).map(str::to_owned);
    is_whole(node).then(|| words.collect())
}

fn dep_names(node: &Node) -> Vec<String> {
    let inner = node.nodes().iter().filter(|one| one.name.value == "when").flat_map(Node::nodes);
    let deps = node.nodes().iter().chain(inner).filter(|one| one.name.value == "deps");
    deps.flat_map(Node::arguments).filter_map(|entry| entry.value.as_str()).map(str::to_owned).collect()
}

/// The node of that name; a second one is reported.
fn single<'n>(ctx: &Ctx<'_>, node: &'n Node, word: &str) -> Option<&'n Node> {
    let mut once = Once::default();
    let same = node.nodes().iter().filter(|one| one.name.value == word);
    let claimed: Vec<&Node> =
        same.filter(|one| once.claim(ctx, Code::DuplicateSetting, word, origin(one.name.span), "set")).collect();
    claimed.first().copied()
}

fn noarch(ctx: &Ctx<'_>, node: &Node) -> Option<Origin> {
    let noarch = single(ctx, node, "noarch")?;
    ctx.check_form(noarch, &grammar::NOARCH);
    let at = origin(noarch.name.span);
    let cellular = node
        .nodes()
        .iter()
        .filter(|one| matches!(one.name.value.as_str(), "profiles" | "axes" | "exclude" | "include"));
    for one in cellular {
        let headline = format!("a `noarch` target has one cell, so {} says nothing", shown(&one.name.value));
        let problem = Meaning::new(Code::Misplaced, origin(one.name.span), headline, "not in a `noarch` target");
        ctx.report(problem.because(at, "because of this").help("remove one of the two"));
    }
    Some(at)
}

/// The names that a list refers to, each declared, none twice.
fn names(ctx: &Ctx<'_>, node: &Node, form: &NodeInfo, kind: Kind) -> Option<Vec<Spanned<Name>>> {
    let word = form.name;
    let list = single(ctx, node, word)?;
    ctx.check_form(list, form);
    let mut once = Once::default();
    let mut names = Vec::new();
    for entry in ctx.some_arguments(list)? {
        let name = ctx.string(entry, &format!("a value of `{word}`")).and_then(|name| ctx.resolve(kind, &name));
        let Some(name) = name else { continue };
        if once.claim(ctx, Code::DuplicateValue, &name, name.origin, "listed") {
            names.push(name);
        }
    }
    Some(names)
}

/// The one builder: the first node that says what it builds, else the first.
fn builder_node<'n>(
    ctx: &Ctx<'_>,
    node: &'n Node,
    target: &str,
    noarch: Option<Origin>,
) -> Option<(BuilderKind, &'n Node)> {
    let kind = |one: &'n Node| Some((builder::kind_of(&one.name.value)?, one));
    let all: Vec<(BuilderKind, &Node)> = node.nodes().iter().filter_map(kind).collect();
    let builds = |one: &&(BuilderKind, &Node)| one.1.arguments().next().is_some();
    let Some(chosen) = all.iter().find(builds).or(all.first()).copied() else {
        no_builder(ctx, node, target);
        return None;
    };
    for (other, one) in all.iter().filter(|(_, one)| !std::ptr::eq(*one, chosen.1)) {
        second_builder(ctx, target, chosen, (*other, one));
    }
    if let Some(at) = noarch.filter(|_| chosen.0 != BuilderKind::Command) {
        let headline = format!("`noarch` needs `command`, and {} is built by `{}`", shown(target), chosen.0.as_str());
        let problem = Meaning::new(Code::NoarchBuilder, at, headline, "one artifact for all platforms");
        let problem = problem.because(origin(chosen.1.name.span), "builds for one platform");
        ctx.report(problem.help("remove `noarch`"));
    }
    Some(chosen)
}

fn no_builder(ctx: &Ctx<'_>, node: &Node, target: &str) {
    if !is_whole(node) || ctx.is_damaged(node) {
        return ctx.suffer();
    }
    let headline = format!("target {} has no builder", shown(target));
    let problem = Meaning::new(Code::NoBuilder, origin(node.header_span()), headline, "how is it built?");
    ctx.report(problem.help(format!("add `go \"./cmd/{target}\"`, or `cargo`, `zig`, `c` or `command`")));
}

fn second_builder(ctx: &Ctx<'_>, target: &str, chosen: (BuilderKind, &Node), other: (BuilderKind, &Node)) {
    if other.0 != chosen.0 && other.1.arguments().next().is_none() {
        return builder::other_builder(ctx, target, chosen.0, other.0, other.1);
    }
    let headline = format!("{} has two builders", shown(target));
    let problem = Meaning::new(Code::TwoBuilders, origin(other.1.name.span), headline, "the second builder");
    let problem = problem.because(origin(chosen.1.name.span), "the first builder");
    ctx.report(problem.help("keep one, or make a target of each"));
}

/// The builder, the settings and the rules.
struct Body {
    builder: Option<Builder>,
    deps: Vec<Dep>,
    excludes: Vec<Exclude>,
    includes: Vec<Include>,
    layer: Layer,
}

impl Body {
    fn read(ctx: &Ctx<'_>, node: &Node, head: &Head<'_>) -> Self {
        let scope = Scope { place: Place::Target, subject: Some(&head.subject) };
        let mut block = Block::new(ctx, scope);
        let builder = head.builder.and_then(|(kind, node)| {
            if kind != BuilderKind::Command {
                builder::children_of(&mut block, kind, node);
            }
            builder::node(ctx, kind, node, scope)
        });
        let mut deps = Deps::new(ctx);
        let (mut excludes, mut includes, mut whens) = (Vec::new(), Vec::new(), Vec::new());
        for one in node.nodes() {
            match one.name.value.as_str() {
                "noarch" | "profiles" | "axes" => {}
                "deps" => deps.node(one),
                "exclude" => excludes.push(rule::exclude(ctx, one)),
                "include" => includes.push(rule::include(ctx, one, &head.subject)),
                "when" => whens.push(rule::when(ctx, one, scope)),
                word if builder::kind_of(word).is_some() => {}
                _ => setting(&mut block, one),
            }
        }
        let layer = Layer { settings: block.finish(), whens };
        Self { builder, deps: deps.finish(), excludes, includes, layer }
    }
}

/// A node that must be a setting.
fn setting(block: &mut Block<'_, '_>, node: &Node) {
    if !block.package_node(node) && !block.node(node) {
        block.ctx.stranger(node, block.scope.place);
    }
}
