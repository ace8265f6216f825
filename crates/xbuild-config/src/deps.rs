//! `deps TARGET… AXIS=VALUE at="…"`: what a target needs.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{AxisValue, Dep, Name, Spanned};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar;
use crate::names::Kind;
use crate::once::Once;
use crate::problem::{Meaning, origin};
use crate::rule::{axis_value, foreign_axis};

/// `tls=boring`.
type Choice = (Spanned<Name>, Spanned<AxisValue>);

/// The `deps` nodes of one block.
pub(crate) struct Deps<'c, 't> {
    ctx: &'c Ctx<'t>,
    deps: Vec<Dep>,
    once: Once,
}

impl<'c, 't> Deps<'c, 't> {
    /// None yet.
    pub(crate) fn new(ctx: &'c Ctx<'t>) -> Self {
        Self { ctx, deps: Vec::new(), once: Once::default() }
    }

    /// What was read.
    pub(crate) fn finish(self) -> Vec<Dep> {
        self.deps
    }

    /// Reads one node.
    pub(crate) fn node(&mut self, node: &Node) {
        let ctx = self.ctx;
        let ((axes, at), poisoned) = ctx.watch(|| {
            ctx.check_form(node, &grammar::DEPS);
            (axes(ctx, node), place(ctx, node))
        });
        for entry in ctx.some_arguments(node).unwrap_or_default() {
            let (target, unknown) = ctx.watch(|| self.target(entry, &axes));
            let Some(target) = target else { continue };
            let poisoned = poisoned || unknown || node.masked;
            self.deps.push(Dep { target, axes: axes.clone(), at: at.clone(), poisoned });
        }
    }

    fn target(&mut self, entry: &Entry, axes: &[Choice]) -> Option<Spanned<Name>> {
        let name = self.ctx.string(entry, "the name of a target")?;
        let target = self.ctx.resolve(Kind::Target, &name)?;
        for (axis, _) in axes.iter().filter(|(axis, _)| self.ctx.names.lacks_axis(&target, axis)) {
            foreign_axis(self.ctx, &target, axis);
        }
        let is_new = self.once.claim(self.ctx, Code::DuplicateValue, &target, target.origin, "listed");
        is_new.then_some(target)
    }
}

fn axes(ctx: &Ctx<'_>, node: &Node) -> Vec<Choice> {
    let mut axes = Vec::new();
    for (name, entry) in node.properties() {
        if name.value == "at" || ctx.is_masked(entry) {
            continue;
        }
        let Some(axis) = ctx.resolve(Kind::Axis, &Spanned::new(name.value.clone(), origin(name.span))) else {
            continue;
        };
        axes.extend(axis_value(ctx, &axis, entry).map(|value| (axis, value)));
    }
    axes
}

fn place(ctx: &Ctx<'_>, node: &Node) -> Option<Spanned<String>> {
    let entry = ctx.property(node, "at")?;
    let at = ctx.filled_string(entry, "`at`")?;
    if let Some(second) = node.arguments().nth(1) {
        let headline = "`at` places the outputs of one target";
        let problem = Meaning::new(Code::UnexpectedArgument, origin(second.span), headline, "a second target");
        ctx.report(problem.because(at.origin, "the one place").help("write a `deps` for each target"));
        return None;
    }
    ctx.check_path(&at, at.origin).then_some(at)
}
