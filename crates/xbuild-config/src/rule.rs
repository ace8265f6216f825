//! Rules: `when`, `exclude` and `include`.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{AxisValue, Dimension, Exclude, Include, Name, Origin, Spanned, When};

use crate::block::Block;
use crate::code::Code;
use crate::condition;
use crate::ctx::Ctx;
use crate::deps;
use crate::grammar;
use crate::names::Kind;
use crate::platform;
use crate::problem::{Meaning, origin, shown};
use crate::scope::{Scope, Subject};

/// `exclude CONDITION`.
pub(crate) fn exclude(ctx: &Ctx<'_>, node: &Node) -> Exclude {
    let (condition, poisoned) = ctx.watch(|| {
        ctx.check_form(node, &grammar::EXCLUDE);
        condition::lower(ctx, node)
    });
    let condition = xbuild_model::Condition { poisoned: poisoned || condition.poisoned, ..condition };
    Exclude { condition, origin: origin(node.name.span) }
}

/// `when CONDITION { … }` in a block of the given scope.
pub(crate) fn when(ctx: &Ctx<'_>, node: &Node, outer: Scope<'_>) -> When {
    let scope = outer.inside_when();
    let condition = condition::lower(ctx, node);
    if node.nodes().is_empty() && !node.masked {
        let problem = Meaning::new(Code::EmptyWhen, origin(node.name.span), "this `when` sets nothing", "no settings");
        ctx.report(problem.help("write the settings in its block: `when … { … }`"));
    }
    let mut block = Block::new(ctx, scope);
    let mut deps = deps::Deps::new(ctx);
    for one in node.nodes() {
        match one.name.value.as_str() {
            "when" => nested(ctx, node, one),
            "deps" if scope.subject.is_some() => deps.node(one),
            _ if scope.subject.is_some() && block.package_node(one) => {}
            _ if block.node(one) => {}
            _ => ctx.stranger(one, scope.place),
        }
    }
    When { condition, settings: block.finish(), deps: deps.finish(), origin: origin(node.name.span) }
}

fn nested(ctx: &Ctx<'_>, outer: &Node, inner: &Node) {
    if inner.masked {
        return ctx.suffer();
    }
    let headline = "a `when` does not stand in another `when`";
    let problem = Meaning::new(Code::NestedWhen, origin(inner.name.span), headline, "inside another condition");
    let problem = problem.because(origin(outer.name.span), "the outer `when`");
    ctx.report(problem.help("write one `when` beside it with both conditions"));
}

/// `include profile=… platform=… AXIS=…` in a target.
pub(crate) fn include(ctx: &Ctx<'_>, node: &Node, subject: &Subject) -> Include {
    let (mut include, poisoned) = ctx.watch(|| {
        ctx.check_form(node, &grammar::INCLUDE);
        read_include(ctx, node, subject)
    });
    include.poisoned = poisoned || node.masked;
    if !include.poisoned {
        include.poisoned = reports_missing(ctx, &include, subject);
    }
    include
}

fn read_include(ctx: &Ctx<'_>, node: &Node, subject: &Subject) -> Include {
    let mut include =
        Include { profile: None, platform: None, axes: Vec::new(), origin: origin(node.name.span), poisoned: false };
    for (name, entry) in node.properties() {
        if ctx.is_masked(entry) || reports_several(ctx, entry) {
            continue;
        }
        let name_at = origin(name.span);
        match name.value.as_str() {
            "profile" => {
                include.profile = ctx.string(entry, "a profile").and_then(|name| ctx.resolve(Kind::Profile, &name));
            }
            "platform" => include.platform = platform::lower(ctx, entry),
            axis => include.axes.extend(include_axis(ctx, axis, name_at, entry, subject)),
        }
    }
    include
}

fn reports_several(ctx: &Ctx<'_>, entry: &Entry) -> bool {
    let several = entry.value.as_str().is_some_and(|text| text.contains('|'));
    if several {
        let headline = "`include` must name one whole cell";
        let problem = Meaning::new(Code::IncludePartial, origin(entry.value_span), headline, "several values");
        ctx.report(problem.help("write one `include` for each cell"));
    }
    several
}

fn include_axis(
    ctx: &Ctx<'_>,
    name: &str,
    name_at: Origin,
    entry: &Entry,
    subject: &Subject,
) -> Option<(Spanned<Name>, Spanned<AxisValue>)> {
    if condition::BUILT_IN.contains(&name) {
        let headline = format!("`include` does not take {}", shown(name));
        let problem = Meaning::new(Code::UnknownCondition, name_at, headline, "not the name of one cell");
        ctx.report(problem.help("name the whole platform: `platform=\"linux/arm64\"`"));
        return None;
    }
    let axis = ctx.resolve(Kind::Axis, &Spanned::new(name.to_owned(), name_at))?;
    let value = axis_value(ctx, &axis, entry)?;
    if subject.axes.as_ref().is_some_and(|own| !own.iter().any(|own| own == name)) {
        foreign_axis(ctx, &subject.name, &axis);
        return None;
    }
    Some((axis, value))
}

/// Reports an axis that is declared, but not the target's.
pub(crate) fn foreign_axis(ctx: &Ctx<'_>, target: &str, axis: &Spanned<Name>) {
    let headline = format!("{} does not have the axis {}", shown(target), shown(axis));
    let problem = Meaning::new(Code::UnknownAxis, axis.origin, headline, "not an axis of this target");
    ctx.report(problem.help(format!("remove it, or add `axes {axis}` to `{target}`")));
}

/// A value of a declared axis.
pub(crate) fn axis_value(ctx: &Ctx<'_>, axis: &Spanned<Name>, entry: &Entry) -> Option<Spanned<AxisValue>> {
    let text = ctx.string(entry, &format!("the value of {}", shown(axis)))?;
    condition::known_value(ctx, &Dimension::Axis(axis.value.clone()), &text, text.origin)?;
    Some(Spanned::new(text.parse().ok()?, text.origin))
}

fn reports_missing(ctx: &Ctx<'_>, include: &Include, subject: &Subject) -> bool {
    let Some(axes) = &subject.axes else { return true };
    let has_axis = |axis: &str| include.axes.iter().any(|(name, _)| name.as_str() == axis);
    let parts = [("profile", include.profile.is_some()), ("platform", include.platform.is_some())];
    let mut missing: Vec<&str> = parts.into_iter().filter(|(_, written)| !written).map(|(word, _)| word).collect();
    missing.extend(axes.iter().map(String::as_str).filter(|axis| !has_axis(axis)));
    if missing.is_empty() {
        return false;
    }
    let words: Vec<String> = missing.iter().take(4).map(|word| shown(word)).collect();
    let label = format!("missing {}", words.join(", "));
    let problem = Meaning::new(Code::IncludePartial, include.origin, "`include` must name one whole cell", label);
    ctx.report(problem.help("to change settings of existing cells use `when`"));
    true
}
