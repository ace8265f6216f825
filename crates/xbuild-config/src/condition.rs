//! Conditions: `os=linux|darwin edition=pro`, on `when` and `exclude`.
//!
//! A value must be known in its dimension; whether a cell has it is found out when the matrix is expanded.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Condition, Dimension, Origin, Spanned, Term};
use xbuild_platform::{Arch, Os, Variant, right_arch, right_os};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::names::Kind;
use crate::once::Once;
use crate::platform;
use crate::problem::{Meaning, origin, shown};

/// The dimensions that every project has.
pub const BUILT_IN: [&str; 5] = ["profile", "platform", "os", "arch", "variant"];

/// Reads the condition of a node. A part that is wrong poisons it.
pub(crate) fn lower(ctx: &Ctx<'_>, node: &Node) -> Condition {
    let (terms, poisoned) = ctx.watch(|| {
        for entry in node.arguments() {
            report_argument(ctx, node, entry);
        }
        if node.entries.is_empty() && !ctx.is_damaged(node) {
            report_empty(ctx, node);
        }
        node.properties().filter_map(|(name, entry)| term(ctx, &name.value, origin(name.span), entry)).collect()
    });
    Condition { terms, poisoned: poisoned || node.masked }
}

fn report_empty(ctx: &Ctx<'_>, node: &Node) {
    let word = &node.name.value;
    let headline = format!("this {} has no condition", shown(word));
    let problem = Meaning::new(Code::ConditionArg, origin(node.name.span), headline, "which cells?");
    ctx.report(problem.help(format!("write `{word} os=linux`, or another condition")));
}

fn report_argument(ctx: &Ctx<'_>, node: &Node, entry: &Entry) {
    if ctx.is_masked(entry) {
        return;
    }
    let word = &node.name.value;
    let headline = "a condition is written `name=value`";
    let problem = Meaning::new(Code::ConditionArg, origin(entry.span), headline, "a value without its name");
    let meant = entry.value.as_str().and_then(|text| dimension_of(ctx, text));
    ctx.report(problem.maybe_help(meant.map(|condition| format!("write `{word} {condition}`"))));
}

/// The condition that somebody meant who wrote its value only.
fn dimension_of(ctx: &Ctx<'_>, text: &str) -> Option<String> {
    let text = xbuild_kdl::printable(text);
    let first = text.split('|').next().unwrap_or_default();
    if Os::from_name(first).is_some() {
        return Some(format!("os={text}"));
    }
    if Arch::from_name(first).is_some() {
        return Some(format!("arch={text}"));
    }
    if platform::parse(first).is_ok() {
        return Some(format!("platform=\"{text}\""));
    }
    if ctx.names.has(Kind::Profile, first) {
        return Some(format!("profile={text}"));
    }
    let axis = ctx.names.all(Kind::Axis).find(|axis| ctx.names.has_axis_value(axis, first) == Some(true))?;
    Some(format!("{axis}={text}"))
}

fn term(ctx: &Ctx<'_>, name: &str, name_at: Origin, entry: &Entry) -> Option<Term> {
    if ctx.is_masked(entry) {
        return None;
    }
    let dimension = dimension(ctx, name, name_at)?;
    let text = ctx.string(entry, &format!("a condition on {}", shown(name)))?;
    let mut once = Once::default();
    let mut value = |part: &str, at: Origin| {
        known_value(ctx, &dimension, part, at)?;
        once.claim(ctx, Code::DuplicateValue, part, at, "listed").then(|| part.to_owned())
    };
    let read: Vec<_> = parts(ctx, &text).into_iter().map(|(part, at)| value(part, at)).collect();
    let values = read.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Term { dimension, values, origin: origin(entry.span) })
}

/// The parts of `a|b`, each where it stands; where escapes hide that, the whole value.
fn parts<'v>(ctx: &Ctx<'_>, text: &'v Spanned<String>) -> Vec<(&'v str, Origin)> {
    let source = ctx.text.get(text.origin.offset..).unwrap_or_default();
    let start = source.get(..text.origin.length).and_then(|source| source.find(text.as_str()));
    let mut done = 0;
    let mut parts = Vec::new();
    for part in text.split('|') {
        let at =
            start.map_or(text.origin, |start| Origin { offset: text.origin.offset + start + done, length: part.len() });
        parts.push((part, at));
        done += part.len() + 1;
    }
    parts
}

fn dimension(ctx: &Ctx<'_>, name: &str, at: Origin) -> Option<Dimension> {
    Some(match name {
        "profile" => Dimension::Profile,
        "platform" => Dimension::Platform,
        "os" => Dimension::Os,
        "arch" => Dimension::Arch,
        "variant" => Dimension::Variant,
        axis => Dimension::Axis(axis_dimension(ctx, axis, at)?),
    })
}

fn axis_dimension(ctx: &Ctx<'_>, name: &str, at: Origin) -> Option<xbuild_model::Name> {
    if ctx.names.has(Kind::Axis, name) {
        return name.parse().ok();
    }
    if ctx.names.may_hide(name) {
        ctx.suffer();
        return None;
    }
    let headline = format!("a condition cannot ask for {}", shown(name));
    let known = BUILT_IN.into_iter().chain(ctx.names.all(Kind::Axis));
    let help = ctx.suggest(name, known);
    ctx.report(Meaning::new(Code::UnknownCondition, at, headline, "no axis has this name").maybe_help(help));
    None
}

/// Checks that a value is known in its dimension.
pub(crate) fn known_value(ctx: &Ctx<'_>, dimension: &Dimension, value: &str, at: Origin) -> Option<()> {
    let help = match dimension {
        Dimension::Profile => return profile(ctx, value, at),
        Dimension::Axis(axis) => return axis_value(ctx, axis, value, at),
        Dimension::Platform => match platform::parse(value) {
            Ok(_) => return Some(()),
            Err(error) => Some(platform::help(&error)),
        },
        Dimension::Os if Os::from_name(value).is_some() => return Some(()),
        Dimension::Arch if Arch::from_name(value).is_some() => return Some(()),
        Dimension::Variant if Arch::ALL.iter().any(|arch| arch.variant(value).is_some()) => return Some(()),
        Dimension::Os => {
            alias_help(ctx, value, "os", right_os(&value.to_lowercase()), Os::ALL.iter().map(|os| os.as_str()))
        }
        Dimension::Arch => arch_help(ctx, value),
        Dimension::Variant => variant_help(ctx, value),
    };
    report_value(ctx, dimension.as_str(), value, at, help);
    None
}

fn report_value(ctx: &Ctx<'_>, dimension: &str, value: &str, at: Origin, help: Option<String>) {
    let headline = format!("{} is not a value of {}", shown(value), shown(dimension));
    ctx.report(Meaning::new(Code::UnknownValue, at, headline, "not known").maybe_help(help));
}

fn profile(ctx: &Ctx<'_>, value: &str, at: Origin) -> Option<()> {
    if ctx.names.has(Kind::Profile, value) {
        return Some(());
    }
    if ctx.names.may_hide(value) {
        ctx.suffer();
    } else {
        let help = ctx.suggest(value, ctx.names.all(Kind::Profile));
        report_value(ctx, "profile", value, at, help);
    }
    None
}

fn axis_value(ctx: &Ctx<'_>, axis: &str, value: &str, at: Origin) -> Option<()> {
    match ctx.names.has_axis_value(axis, value) {
        Some(true) => return Some(()),
        Some(false) => {
            let help = ctx.suggest(value, ctx.names.axis_values(axis));
            report_value(ctx, axis, value, at, help);
        }
        None => ctx.suffer(),
    }
    None
}

fn alias_help<'w>(
    ctx: &Ctx<'_>,
    value: &str,
    dimension: &str,
    alias: Option<&str>,
    words: impl Iterator<Item = &'w str>,
) -> Option<String> {
    alias.map(|word| format!("write `{dimension}={word}`")).or_else(|| ctx.suggest(value, words))
}

fn arch_help(ctx: &Ctx<'_>, value: &str) -> Option<String> {
    let alias = right_arch(&value.to_lowercase());
    if let Some((arch, variant)) = alias.unwrap_or(value).split_once('/')
        && Arch::from_name(arch).is_some()
    {
        return Some(format!("write `arch={arch} variant={variant}`"));
    }
    alias_help(ctx, value, "arch", alias, Arch::ALL.iter().map(|arch| arch.as_str()))
}

fn variant_help(ctx: &Ctx<'_>, value: &str) -> Option<String> {
    let baseline = Arch::ALL.iter().find(|arch| arch.baseline().is_some_and(|base| !base.is_empty() && base == value));
    if let Some(arch) = baseline {
        return Some(format!("the baseline of {arch} has no variant: ask for `arch={arch}`"));
    }
    let mut names: Vec<&str> = Arch::ALL.iter().flat_map(|arch| arch.variants()).map(Variant::as_str).collect();
    names.sort_unstable();
    names.dedup();
    ctx.suggest(value, names)
}
