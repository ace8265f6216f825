//! `archive` and `image`: how artifacts are shipped.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Archive, ArchiveFormat, Image, Spanned, Template, Value};

use crate::cc::written;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, Place};
use crate::once::Once;
use crate::problem::{Meaning, shown};
use crate::scope::Scope;

/// `archive FORMAT… name="…" { add … }`.
pub(crate) fn archive(ctx: &Ctx<'_>, node: &Node, scope: Scope<'_>) -> Option<Value> {
    ctx.check_form(node, &grammar::ARCHIVE);
    let name = ctx.property(node, "name").map(|entry| {
        let name = ctx.template(entry, "the name of an archive", scope)?;
        ctx.check_template_path(&name).then_some(name)
    });
    let add = added(ctx, node, scope);
    let formats = ctx.some_arguments(node).and_then(|entries| formats(ctx, &entries));
    Some(Value::Archive(Archive { formats: formats?, name: written(name)?, add: add? }))
}

fn formats(ctx: &Ctx<'_>, entries: &[&Entry]) -> Option<Vec<Spanned<ArchiveFormat>>> {
    let mut once = Once::default();
    let mut format_once = |entry: &Entry| {
        let format = format(ctx, entry)?;
        once.claim(ctx, Code::DuplicateValue, format.as_str(), format.origin, "listed").then_some(format)
    };
    let read: Vec<_> = entries.iter().map(|entry| format_once(entry)).collect();
    read.into_iter().collect()
}

fn format(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<ArchiveFormat>> {
    let text = ctx.string(entry, "an archive format")?;
    let known = ArchiveFormat::ALL.into_iter().find(|format| format.as_str() == text.value);
    if let Some(format) = known {
        return Some(Spanned::new(format, text.origin));
    }
    let meant = match text.as_str() {
        "tgz" | "gz" | "tar" => Some("tar.gz"),
        "txz" | "xz" => Some("tar.xz"),
        "tzst" | "zst" | "zstd" | "tar.zstd" => Some("tar.zst"),
        _ => None,
    };
    let listed = || ctx.suggest(&text, ArchiveFormat::ALL.map(ArchiveFormat::as_str));
    let help = meant.map(|word| format!("write \"{word}\"")).or_else(listed);
    let headline = format!("{} is not an archive format", shown(&text));
    ctx.report(Meaning::new(Code::ArchiveFormat, text.origin, headline, "not a format").maybe_help(help));
    None
}

/// `image REFERENCE base="…@sha256:…" { add … }`.
pub(crate) fn image(ctx: &Ctx<'_>, node: &Node, scope: Scope<'_>) -> Option<Value> {
    ctx.check_form(node, &grammar::IMAGE);
    let base = ctx.property(node, "base").map(|entry| base(ctx, entry));
    let add = added(ctx, node, scope);
    let entry = ctx.one_argument(node)?;
    let reference = ctx.template(entry, "the reference of an image", scope)?;
    if reference.raw().is_empty() {
        let headline = "the reference of an image must not be empty";
        ctx.report(Meaning::new(Code::WrongType, reference.origin, headline, "nothing between the quotes"));
        return None;
    }
    Some(Value::Image(Image { reference, base: written(base)?, add: add? }))
}

fn base(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<String>> {
    let base = ctx.filled_string(entry, "`base`")?;
    let digest = base.split_once("@sha256:").map(|(name, digest)| (!name.is_empty(), digest));
    if digest.is_some_and(|(named, digest)| named && is_sha256(digest)) {
        return Some(base);
    }
    let problem = Meaning::new(Code::ImageUnpinned, base.origin, "the base image is not pinned", "may change any day");
    let name = base.split('@').next().unwrap_or_default();
    ctx.report(
        problem.help(format!(
            "add its digest: {}",
            xbuild_kdl::quote(&format!("{}@sha256:…", xbuild_kdl::printable(name)))
        )),
    );
    None
}

fn is_sha256(digest: &str) -> bool {
    digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The `add` nodes of a block.
fn added(ctx: &Ctx<'_>, node: &Node, scope: Scope<'_>) -> Option<Vec<Spanned<Template>>> {
    let mut once = Once::default();
    let mut all = Some(Vec::new());
    for one in node.nodes() {
        if !Place::Package.has(&one.name.value) {
            ctx.stranger(one, Place::Package);
            continue;
        }
        ctx.check_form(one, &grammar::ADD);
        for entry in ctx.some_arguments(one).unwrap_or_default() {
            let path = add_path(ctx, entry, scope, &mut once);
            all = all.zip(path).map(|(mut paths, path)| {
                paths.push(path);
                paths
            });
        }
    }
    all
}

fn add_path(ctx: &Ctx<'_>, entry: &Entry, scope: Scope<'_>, once: &mut Once) -> Option<Spanned<Template>> {
    let path = ctx.template(entry, "a path of `add`", scope)?;
    let fits = ctx.check_template_path(&path);
    (fits && once.claim(ctx, Code::DuplicateValue, path.raw(), path.origin, "listed")).then_some(path)
}
