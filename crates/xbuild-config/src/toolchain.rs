//! `toolchain NAME "VERSION" kind=… path=… | root=…`.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Location, Name, Spanned, Toolchain, ToolchainKind};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar;
use crate::names::Kind;
use crate::problem::{Meaning, origin, shown};

/// Reads the node; `None` where its kind or version is not known.
pub(crate) fn lower(ctx: &Ctx<'_>, node: &Node) -> Option<Toolchain> {
    ctx.check_form(node, &grammar::TOOLCHAIN);
    let name = ctx.declared_name(node, Kind::Toolchain);
    let location = location(ctx, node);
    let kind = kind(ctx, node, name.as_ref());
    let version = version(ctx, node, kind);
    let (name, kind) = (name?, kind?);
    Some(Toolchain { name, kind, version: version?, location })
}

fn kind(ctx: &Ctx<'_>, node: &Node, name: Option<&Spanned<Name>>) -> Option<ToolchainKind> {
    let of = |word: &str| ToolchainKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    if node.property("kind").is_none() {
        let name = name?;
        let implied = of(name).filter(|kind| !matches!(kind, ToolchainKind::Cc | ToolchainKind::Tool));
        if implied.is_none() && !ctx.is_damaged(node) {
            report_no_kind(ctx, name);
        }
        return implied;
    }
    let entry = ctx.property(node, "kind")?;
    let word = ctx.string(entry, "`kind`")?;
    let known = of(&word);
    if known.is_none() {
        let headline = format!("{} is not a kind of toolchain", shown(&word));
        let help = ctx.suggest(&word, ToolchainKind::ALL.map(ToolchainKind::as_str));
        ctx.report(Meaning::new(Code::ToolchainKind, word.origin, headline, "not a kind").maybe_help(help));
    }
    known
}

fn report_no_kind(ctx: &Ctx<'_>, name: &Spanned<Name>) {
    let headline = format!("xbuild does not know what kind of toolchain {} is", shown(name));
    let problem = Meaning::new(Code::ToolchainKind, name.origin, headline, "not `go`, `rust` or `zig`");
    let near = crate::suggest::near(name, ["go", "rust", "zig"]);
    let meant = if near.is_empty() { String::new() } else { format!("write {}, or ", crate::suggest::any_of(&near)) };
    ctx.report(problem.help(format!("{meant}add `kind=tool` for a program, `kind=cc` for a C compiler")));
}

fn location(ctx: &Ctx<'_>, node: &Node) -> Option<Location> {
    let path = ctx.property(node, "path").and_then(|entry| ctx.filled_string(entry, "`path`"));
    let root = ctx.property(node, "root").and_then(|entry| ctx.filled_string(entry, "`root`"));
    match (path, root) {
        (Some(path), Some(root)) => {
            let headline = "a toolchain is in one place, `path` or `root`";
            let problem = Meaning::new(Code::DuplicateProperty, root.origin, headline, "another place");
            ctx.report(problem.because(path.origin, "the one place").help("keep one of the two"));
            None
        }
        (Some(path), None) => Some(Location::Path(path)),
        (None, Some(root)) => Some(Location::Root(root)),
        (None, None) => None,
    }
}

fn version(ctx: &Ctx<'_>, node: &Node, kind: Option<ToolchainKind>) -> Option<Spanned<String>> {
    let Some(entry) = node.arguments().nth(1) else {
        if !ctx.is_damaged(node) && node.arguments().next().is_some() {
            report_no_version(ctx, node);
        }
        return None;
    };
    let version = ctx.filled_string(entry, "a version")?;
    let Some(kind) = kind else { return Some(version) };
    if is_exact(kind, &version) {
        return Some(version);
    }
    report_inexact(ctx, kind, &version, entry);
    None
}

fn report_no_version(ctx: &Ctx<'_>, node: &Node) {
    let headline = "this toolchain has no version";
    let problem = Meaning::new(Code::InexactVersion, origin(node.header_span()), headline, "which version?");
    let name = node.arguments().next().and_then(|entry| entry.value.as_str()).unwrap_or("NAME");
    let name = xbuild_kdl::printable(name);
    ctx.report(problem.help(format!("write the exact version: `toolchain {name} \"1.2.3\"`")));
}

fn report_inexact(ctx: &Ctx<'_>, kind: ToolchainKind, version: &str, entry: &Entry) {
    let bare = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    let help = if bare != version && is_exact(kind, bare) {
        format!("write \"{bare}\"")
    } else {
        let numbers = if bare.split('.').all(is_number) { bare.split('.').count() } else { 0 };
        match numbers {
            1 => format!("write all three numbers, such as \"{bare}.0.0\""),
            2 => format!("write all three numbers, such as \"{bare}.0\""),
            _ => format!("write one release, such as \"{}\"", example(kind)),
        }
    };
    let headline = format!("{} is not an exact version", shown(version));
    let label = "may mean another one tomorrow";
    ctx.report(Meaning::new(Code::InexactVersion, origin(entry.value_span), headline, label).help(help));
}

const fn example(kind: ToolchainKind) -> &'static str {
    match kind {
        ToolchainKind::Go => "1.26.3",
        ToolchainKind::Rust => "1.95.0",
        ToolchainKind::Zig => "0.15.2",
        ToolchainKind::Cc | ToolchainKind::Tool => "1.2.3",
    }
}

/// Whether a version names one release. `cc` and `tool` carry the user's own label.
fn is_exact(kind: ToolchainKind, version: &str) -> bool {
    match kind {
        ToolchainKind::Cc | ToolchainKind::Tool => true,
        ToolchainKind::Go => is_release(version) || is_go_release(version),
        ToolchainKind::Rust => is_release(version) || is_dated(version),
        ToolchainKind::Zig => is_release(version),
    }
}

/// `1.2.3`, `1.2.3-beta.4`, `0.16.0-dev.12+abc`.
fn is_release(version: &str) -> bool {
    let (numbers, rest) = version.split_once('-').map_or((version, None), |(numbers, rest)| (numbers, Some(rest)));
    let three = numbers.split('.').count() == 3 && numbers.split('.').all(is_number);
    three
        && rest.is_none_or(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b))
        })
}

/// `1.27rc1`, and `1.20`: before 1.21 the first release of a line had two numbers.
fn is_go_release(version: &str) -> bool {
    let Some((major, rest)) = version.split_once('.') else { return false };
    let minor = rest.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches("rc").trim_end_matches("beta");
    let is_candidate = rest != minor && !minor.is_empty() && is_number(minor);
    let is_old = rest.parse::<u32>().is_ok_and(|minor| minor < 21) && is_number(rest);
    major == "1" && (is_candidate || is_old)
}

/// `nightly-2026-01-31`.
fn is_dated(version: &str) -> bool {
    let date = version.strip_prefix("nightly-").or_else(|| version.strip_prefix("beta-"));
    date.is_some_and(|date| {
        let lengths: Vec<usize> = date.split('-').map(str::len).collect();
        lengths == [4, 2, 2] && date.split('-').all(is_digits)
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number without a sign or leading zeros.
fn is_number(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: ToolchainKind, version: &str, exact: bool) {
        assert_eq!(is_exact(kind, version), exact, "{version}");
    }

    #[test]
    fn releases_are_exact() {
        check(ToolchainKind::Go, "1.26.3", true);
        check(ToolchainKind::Go, "1.27rc1", true);
        check(ToolchainKind::Go, "1.20", true);
        check(ToolchainKind::Rust, "1.95.0", true);
        check(ToolchainKind::Rust, "nightly-2026-01-31", true);
        check(ToolchainKind::Zig, "0.16.0-dev.12+abc123", true);
        check(ToolchainKind::Tool, "whatever", true);
    }

    #[test]
    fn lines_ranges_and_words_are_not() {
        for version in ["1.26", "1", "latest", "^1.2.3", "1.2.x", "v1.26.3", "go1.26.3", "1.26.03", "1.26.3-", "1.rc1"]
        {
            check(ToolchainKind::Go, version, false);
        }
        check(ToolchainKind::Rust, "stable", false);
        check(ToolchainKind::Rust, "nightly", false);
        check(ToolchainKind::Rust, "nightly-26-1-1", false);
        check(ToolchainKind::Rust, "1.20", false);
    }
}
