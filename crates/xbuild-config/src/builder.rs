//! Builders: the node in a target that says what is built, and the blocks that only set.
//!
//! Which child is which slot, and of what type, is one table. Whether the program of a `command` is declared, and what it reads
//! and writes, is checked in `check`, when all layers are known.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Builder, BuilderKind, Name, Slot, Spanned, Template, ToolchainKind};

use crate::block::Block;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, NodeInfo, OUTPUT_KINDS, Place};
use crate::names::Kind;
use crate::problem::{Meaning, origin, shown};
use crate::scope::Scope;

/// What is in a builder's block, where it is kept, and how it looks.
static CHILDREN: [(BuilderKind, Slot, &NodeInfo); 19] = [
    (BuilderKind::Go, Slot::GoCgo, &grammar::GO_CGO),
    (BuilderKind::Go, Slot::GoTags, &grammar::GO_TAGS),
    (BuilderKind::Go, Slot::GoLdflags, &grammar::GO_LDFLAGS),
    (BuilderKind::Go, Slot::GoGcflags, &grammar::GO_GCFLAGS),
    (BuilderKind::Go, Slot::GoFlags, &grammar::GO_FLAGS),
    (BuilderKind::Go, Slot::GoCgoCflags, &grammar::GO_CGO_CFLAGS),
    (BuilderKind::Go, Slot::GoCgoLdflags, &grammar::GO_CGO_LDFLAGS),
    (BuilderKind::Go, Slot::GoTrimpath, &grammar::GO_TRIMPATH),
    (BuilderKind::Go, Slot::GoBuildmode, &grammar::GO_BUILDMODE),
    (BuilderKind::Cargo, Slot::CargoFeatures, &grammar::CARGO_FEATURES),
    (BuilderKind::Cargo, Slot::CargoRustflags, &grammar::CARGO_RUSTFLAGS),
    (BuilderKind::Cargo, Slot::CargoFlags, &grammar::CARGO_FLAGS),
    (BuilderKind::Cargo, Slot::CargoDefaultFeatures, &grammar::CARGO_DEFAULT_FEATURES),
    (BuilderKind::Cargo, Slot::CargoProfile, &grammar::CARGO_PROFILE),
    (BuilderKind::Zig, Slot::ZigOptimize, &grammar::ZIG_OPTIMIZE),
    (BuilderKind::Zig, Slot::ZigFlags, &grammar::ZIG_FLAGS),
    (BuilderKind::C, Slot::CCflags, &grammar::C_CFLAGS),
    (BuilderKind::C, Slot::CLdflags, &grammar::C_LDFLAGS),
    (BuilderKind::C, Slot::CStd, &grammar::C_STD),
];

/// The builder of that name.
pub(crate) fn kind_of(word: &str) -> Option<BuilderKind> {
    BuilderKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}

/// Whether the builder of that name has that word in its block.
pub(crate) fn has_child(builder: &str, word: &str) -> bool {
    kind_of(builder).is_some_and(|kind| Place::Builder(kind).has(word))
}

fn child(kind: BuilderKind, word: &str) -> Option<(Slot, &'static NodeInfo)> {
    CHILDREN.iter().find(|child| child.0 == kind && child.2.name == word).map(|child| (child.1.clone(), child.2))
}

/// How the builder looks in a target.
const fn form(kind: BuilderKind) -> &'static NodeInfo {
    match kind {
        BuilderKind::Go => &grammar::GO,
        BuilderKind::Cargo => &grammar::CARGO,
        BuilderKind::Zig => &grammar::ZIG,
        BuilderKind::C => &grammar::C,
        BuilderKind::Command => &grammar::COMMAND,
    }
}

/// The builder node of a target. `None` where it does not say what is built.
pub(crate) fn node(ctx: &Ctx<'_>, kind: BuilderKind, node: &Node, scope: Scope<'_>) -> Option<Builder> {
    let form = form(kind);
    ctx.check_arguments(node, form);
    ctx.check_properties(node, form);
    let no_block = kind != BuilderKind::Command || !reports_command_block(ctx, node);
    let arguments = arguments(ctx, kind, node, scope);
    let bin = ctx.property(node, "bin").and_then(|entry| bin(ctx, entry));
    let toolchain = toolchain(ctx, kind, node);
    let output_kind = ctx.property(node, "kind").and_then(|entry| output_kind(ctx, entry));
    let origin = origin(node.name.span);
    (no_block && !node.masked).then_some(())?;
    Some(Builder { kind, arguments: arguments?, bin, toolchain, output_kind, origin })
}

fn reports_command_block(ctx: &Ctx<'_>, node: &Node) -> bool {
    let Some(block) = &node.children else { return false };
    let brace = xbuild_model::Origin { offset: block.span.offset, length: 1 };
    let problem = Meaning::new(Code::CommandBlock, brace, "`command` has no block", "not here");
    ctx.report(problem.help("write its arguments after the program: `command PROGRAM \"ARGUMENT\"`"));
    true
}

fn arguments(ctx: &Ctx<'_>, kind: BuilderKind, node: &Node, scope: Scope<'_>) -> Option<Vec<Spanned<Template>>> {
    let entries: Vec<&Entry> = node.arguments().collect();
    if entries.is_empty() {
        if !ctx.is_damaged(node) {
            needs_argument(ctx, kind, node);
        }
        return None;
    }
    let read: Vec<_> = entries.into_iter().map(|entry| argument(ctx, kind, entry, scope)).collect();
    read.into_iter().collect()
}

fn needs_argument(ctx: &Ctx<'_>, kind: BuilderKind, node: &Node) {
    let (lacks, example) = match kind {
        BuilderKind::Go => ("which package it builds", "go \"./cmd/NAME\""),
        BuilderKind::Cargo => ("which package it builds", "cargo NAME"),
        BuilderKind::Zig => ("which source it builds", "zig \"src/main.zig\""),
        BuilderKind::C => ("which sources it builds", "c \"src/*.c\""),
        BuilderKind::Command => ("which program it runs", "command TOOLCHAIN \"ARGUMENT\""),
    };
    let headline = format!("`{}` does not say {lacks}", kind.as_str());
    let problem = Meaning::new(Code::BuilderNeedsArg, origin(node.name.span), headline, "nothing follows");
    ctx.report(problem.help(format!("write `{example}`")));
}

fn argument(ctx: &Ctx<'_>, kind: BuilderKind, entry: &Entry, scope: Scope<'_>) -> Option<Spanned<Template>> {
    match kind {
        BuilderKind::Command => ctx.template(entry, "an argument of `command`", scope),
        BuilderKind::C => {
            let glob = ctx.template(entry, "a source of `c`", scope)?;
            ctx.check_glob(&glob).then_some(glob)
        }
        BuilderKind::Go | BuilderKind::Cargo | BuilderKind::Zig => {
            let text = ctx.filled_string(entry, &format!("what `{}` builds", kind.as_str()))?;
            Some(Spanned::new(Template::literal(&text), text.origin))
        }
    }
}

fn bin(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<String>> {
    let name = ctx.filled_string(entry, "`bin`")?;
    if !name.contains(['/', '\\']) && name.value != "." && name.value != ".." {
        return Some(name);
    }
    let headline = format!("{} is not a file name", shown(&name));
    let problem = Meaning::new(Code::PathEscapes, name.origin, headline, "`bin` names a file, without folders");
    ctx.report(problem.help("write the file's name alone"));
    None
}

fn output_kind(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<String>> {
    let words = OUTPUT_KINDS.map(|word| (word, word));
    let word = ctx.word(entry, "`kind`", &words)?;
    Some(Spanned::new(word.to_owned(), origin(entry.value_span)))
}

fn toolchain(ctx: &Ctx<'_>, kind: BuilderKind, node: &Node) -> Option<Spanned<Name>> {
    let needed = kind.toolchain_kind()?;
    if node.property("toolchain").is_none() {
        if !ctx.is_damaged(node) {
            check_only_toolchain(ctx, kind, needed, node);
        }
        return None;
    }
    let entry = ctx.property(node, "toolchain")?;
    let name = ctx.string(entry, "`toolchain`")?;
    toolchain_of_kind(ctx, &name, &[needed], &format!("`{}`", kind.as_str()))
}

/// Resolves a toolchain's name and checks that it can do what is wanted of it.
pub(crate) fn toolchain_of_kind(
    ctx: &Ctx<'_>,
    name: &Spanned<String>,
    kinds: &[ToolchainKind],
    user: &str,
) -> Option<Spanned<Name>> {
    let name = ctx.resolve(Kind::Toolchain, name)?;
    let kind = ctx.names.toolchain_kind(&name)?;
    if kinds.contains(&kind) {
        return Some(name);
    }
    let headline = format!("{user} cannot use {}", shown(&name));
    let label = format!("a toolchain of kind `{}`", kind.as_str());
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let declare = format!("it needs a toolchain of kind {}", crate::suggest::any_of(&words));
    let help = ctx.suggest(&name, ctx.names.toolchains_of(kinds)).or(Some(declare));
    ctx.report(Meaning::new(Code::UnknownToolchain, name.origin, headline, label).maybe_help(help));
    None
}

fn check_only_toolchain(ctx: &Ctx<'_>, kind: BuilderKind, needed: ToolchainKind, node: &Node) {
    let word = needed.as_str();
    let at = origin(node.name.span);
    match ctx.names.toolchains_of(&[needed]).as_slice() {
        [_] => {}
        [] if ctx.names.hides_something() => ctx.suffer(),
        [] => {
            let headline = format!("`{}` needs a {word} toolchain, and none is declared", kind.as_str());
            let problem = Meaning::new(Code::UnknownToolchain, at, headline, "which version?");
            ctx.report(problem.help(format!("add `toolchain {word} \"VERSION\"` at the top")));
        }
        several => {
            let headline = format!("`{}` does not say which {word} toolchain it uses", kind.as_str());
            let problem = Meaning::new(Code::UnknownToolchain, at, headline, format!("{} are declared", several.len()));
            let words: Vec<String> = several.iter().take(8).map(|name| format!("`toolchain={name}`")).collect();
            ctx.report(problem.help(format!("add {}", words.join(" or "))));
        }
    }
}

/// A builder's block in `defaults`, a profile or a `when`: settings only.
pub(crate) fn settings_block(block: &mut Block<'_, '_>, kind: BuilderKind, node: &Node) {
    let ctx = block.ctx;
    if is_other_builder(ctx, kind, node, block.scope) {
        return;
    }
    for entry in node.arguments() {
        builder_argument(ctx, kind, entry);
    }
    for (name, entry) in node.properties() {
        if form(kind).has_property(&name.value) {
            builder_argument(ctx, kind, entry);
        } else if !ctx.is_masked(entry) {
            ctx.unknown_property(node, &name.value, origin(name.span), &[]);
        }
    }
    if kind == BuilderKind::Command && reports_command_block(ctx, node) {
        return;
    }
    if node.children.is_none() && node.entries.is_empty() && !ctx.is_damaged(node) {
        let headline = format!("`{}` sets nothing", kind.as_str());
        let problem = Meaning::new(Code::EmptyList, origin(node.name.span), headline, "no block");
        let block = format!("write `{} {{ … }}`, or remove it", kind.as_str());
        ctx.report(problem.help(if kind == BuilderKind::Command { "remove it".to_owned() } else { block }));
    }
    children_of(block, kind, node);
}

fn is_other_builder(ctx: &Ctx<'_>, kind: BuilderKind, node: &Node, scope: Scope<'_>) -> bool {
    let own = scope.subject.and_then(|subject| Some((subject, subject.builder?)));
    let Some((subject, own)) = own.filter(|(_, own)| *own != kind) else { return false };
    other_builder(ctx, &subject.name, own, kind, node);
    true
}

/// Reports a block for a builder that the target does not have.
pub(crate) fn other_builder(ctx: &Ctx<'_>, target: &str, own: BuilderKind, other: BuilderKind, node: &Node) {
    let headline = format!("{} is not built by `{}`", shown(target), other.as_str());
    let problem = Meaning::new(Code::OtherBuilder, origin(node.name.span), headline, "another builder");
    ctx.report(problem.help(format!("its builder is `{}`: write `{0} {{ … }}`", own.as_str())));
}

fn builder_argument(ctx: &Ctx<'_>, kind: BuilderKind, entry: &Entry) {
    if ctx.is_masked(entry) {
        return;
    }
    let headline = format!("this `{}` only sets, it does not build", kind.as_str());
    let problem = Meaning::new(Code::BuilderArg, origin(entry.span), headline, "belongs to the builder of a target");
    ctx.report(problem.help("remove it, or write it in a `target`"));
}

/// The settings in a builder's block.
pub(crate) fn children_of(block: &mut Block<'_, '_>, kind: BuilderKind, node: &Node) {
    let ctx = block.ctx;
    let scope = block.scope.inside_builder(kind);
    let mut inner = Block::new(ctx, scope);
    for one in node.nodes() {
        match child(kind, one.name.value.trim_start_matches('+')) {
            Some((slot, form)) => inner.typed(one, slot, form),
            None if one.name.value == "when" => when_inside(ctx, one, kind),
            None => ctx.stranger(one, Place::Builder(kind)),
        }
    }
    block.extend(inner);
}

fn when_inside(ctx: &Ctx<'_>, node: &Node, kind: BuilderKind) {
    let headline = format!("`when` does not belong in `{}`", kind.as_str());
    let problem = Meaning::new(Code::Misplaced, origin(node.name.span), headline, "not here");
    ctx.report(problem.help(format!("turn it around: `when … {{ {} {{ … }} }}`", kind.as_str())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_child_is_kept_under_its_own_word_and_every_word_is_kept() {
        for (kind, slot, form) in &CHILDREN {
            assert_eq!((slot.word(), form.places), (form.name, &[Place::Builder(*kind)][..]));
        }
        let words = BuilderKind::ALL.into_iter().flat_map(|kind| Place::Builder(kind).words());
        assert_eq!(words.count(), CHILDREN.len());
    }
}
