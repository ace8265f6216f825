//! The top of the file: every declaration, in the order in which the others can refer to it.
//!
//! Toolchains and axes refer to nothing and come first; then the names of profiles and targets are known, and everything else can
//! be read. Problems are sorted by place at the end, so the order here is never seen.

use xbuild_kdl::{Document, Node};
use xbuild_model::{Name, Profile, Project, Spanned, Target};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, FORMAT, Place};
use crate::names::Names;
use crate::once::Once;
use crate::problem::{Meaning, origin};
use crate::{profile, rule, target, toolchain};

/// Reads a document.
pub(crate) fn lower(ctx: &mut Ctx<'_>, document: &Document) -> Project {
    ctx.names = Names::collect(document);
    let mut project = Project::default();
    let mut declared = Declared::default();
    for node in nodes(document, "toolchain") {
        toolchain(ctx, node, &mut project, &mut declared.toolchains);
    }
    for node in nodes(document, "axis") {
        axis(ctx, node, &mut project, &mut declared.axes);
    }
    ctx.names.add_axes(&project.axes);
    for node in &document.nodes {
        declaration(ctx, node, &mut project, &mut declared);
    }
    project.poisoned |= ctx.names.hides_something();
    project
}

/// What was declared so far, by kind.
#[derive(Debug, Default)]
struct Declared {
    toolchains: Once,
    axes: Once,
    profiles: Once,
    targets: Once,
    blocks: Once,
}

fn nodes<'d>(document: &'d Document, word: &'static str) -> impl Iterator<Item = &'d Node> {
    document.nodes.iter().filter(move |node| node.name.value == word)
}

fn toolchain(ctx: &mut Ctx<'_>, node: &Node, project: &mut Project, once: &mut Once) {
    let Some(toolchain) = toolchain::lower(ctx, node) else {
        ctx.names.hide(node);
        return;
    };
    if is_first(ctx, Code::DuplicateToolchain, &toolchain.name, once) {
        ctx.names.add_toolchain(&toolchain.name, toolchain.kind);
        project.toolchains.push(toolchain);
    }
}

fn axis(ctx: &mut Ctx<'_>, node: &Node, project: &mut Project, once: &mut Once) {
    let Some(axis) = profile::axis(ctx, node) else {
        ctx.names.hide(node);
        return;
    };
    if is_first(ctx, Code::DuplicateAxis, &axis.name, once) {
        project.axes.push(axis);
    }
}

fn is_first(ctx: &Ctx<'_>, code: Code, name: &Spanned<Name>, once: &mut Once) -> bool {
    once.claim(ctx, code, name, name.origin, "declared")
}

fn declaration(ctx: &Ctx<'_>, node: &Node, project: &mut Project, declared: &mut Declared) {
    let word = node.name.value.as_str();
    let is_block = matches!(word, "xbuild" | "project" | "defaults");
    if is_block && !declared.blocks.claim(ctx, Code::DuplicateBlock, word, origin(node.name.span), "written") {
        return;
    }
    match word {
        "toolchain" | "axis" => {}
        "xbuild" => format(ctx, node),
        "project" => identity(ctx, node, project),
        "profile" => {
            let once = &mut declared.profiles;
            let is_new = |profile: &Profile| is_first(ctx, Code::DuplicateProfile, &profile.name, once);
            project.profiles.extend(profile::lower(ctx, node).filter(is_new));
        }
        "target" => {
            let once = &mut declared.targets;
            let is_new = |target: &Target| is_first(ctx, Code::DuplicateTarget, &target.name, once);
            project.targets.extend(target::lower(ctx, node).filter(is_new));
        }
        "defaults" => {
            let (defaults, poisoned) = ctx.watch(|| profile::defaults(ctx, node));
            project.defaults = defaults;
            project.poisoned |= poisoned || node.masked;
        }
        "exclude" => project.excludes.push(rule::exclude(ctx, node)),
        _ => ctx.stranger(node, Place::Top),
    }
}

/// `xbuild format=1`.
fn format(ctx: &Ctx<'_>, node: &Node) {
    ctx.check_form(node, &grammar::XBUILD);
    let written = node.property("format");
    if written.is_some_and(|entry| entry.masked || entry.value.as_integer() == Some(FORMAT)) || ctx.is_damaged(node) {
        return;
    }
    let (at, headline, label) = match written {
        Some(entry) if entry.value.as_integer().is_some() => {
            (entry.value_span, "this xbuild does not read that format", "not a format that it knows")
        }
        Some(entry) => (entry.value_span, "the format is a number", "not a number"),
        None => (node.name.span, "`xbuild` says nothing", "which format?"),
    };
    ctx.report(Meaning::new(Code::Format, origin(at), headline, label).help("write `xbuild format=1`"));
}

/// `project NAME version="…"`.
fn identity(ctx: &Ctx<'_>, node: &Node, project: &mut Project) {
    ctx.check_form(node, &grammar::PROJECT);
    project.version = ctx.property(node, "version").and_then(|entry| ctx.filled_string(entry, "a version"));
    project.name = project_name(ctx, node);
}

fn project_name(ctx: &Ctx<'_>, node: &Node) -> Option<Spanned<Name>> {
    if let Some(entry) = node.arguments().next() {
        return ctx.name(entry, "the name of a project");
    }
    if !ctx.is_damaged(node) {
        let headline = "this project has no name";
        let problem = Meaning::new(Code::MissingName, origin(node.name.span), headline, "a name belongs here");
        ctx.report(problem.help("write `project NAME …`, or remove it: the folder's name is taken"));
    }
    None
}
