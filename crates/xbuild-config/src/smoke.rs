//! `smoke` and `network`: how an artifact is tried out, and whether an action may leave the machine.

use xbuild_kdl::Node;
use xbuild_model::{Network, Smoke, Value};

use crate::cc::written;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, SMOKE_EXITS, SMOKE_LIMITS};
use crate::problem::{Meaning, origin};
use crate::scope::Scope;

/// How long a smoke test may take where the file does not say, in seconds.
const SMOKE_SECONDS: u32 = 30;

/// `smoke ARGS… exit=N timeout-seconds=N`.
pub(crate) fn smoke(ctx: &Ctx<'_>, node: &Node, scope: Scope<'_>) -> Option<Value> {
    ctx.check_form(node, &grammar::SMOKE);
    let exit = ctx.property(node, "exit").map(|entry| {
        let exit = ctx.integer(entry, "`exit`", &(SMOKE_EXITS.0..=SMOKE_EXITS.1))?;
        u8::try_from(exit).ok()
    });
    let timeout = ctx.property(node, "timeout-seconds").map(|entry| {
        let seconds = ctx.integer(entry, "`timeout-seconds`", &(SMOKE_LIMITS.0..=SMOKE_LIMITS.1))?;
        u32::try_from(seconds).ok()
    });
    let arguments: Vec<_> =
        node.arguments().map(|entry| ctx.template(entry, "an argument of `smoke`", scope)).collect();
    let arguments = arguments.into_iter().collect::<Option<Vec<_>>>()?;
    let timeout_seconds = written(timeout)?.unwrap_or(SMOKE_SECONDS);
    Some(Value::Smoke(Smoke { arguments, exit: written(exit)?.unwrap_or(0), timeout_seconds }))
}

/// `network #true reason="…"`.
pub(crate) fn network(ctx: &Ctx<'_>, node: &Node, _scope: Scope<'_>) -> Option<Value> {
    ctx.check_form(node, &grammar::NETWORK);
    let reason = ctx.property(node, "reason").map(|entry| ctx.filled_string(entry, "`reason`"));
    let allowed = ctx.one_argument(node).and_then(|entry| ctx.boolean(entry, "`network`"))?;
    let reason = written(reason)?;
    if allowed && reason.is_none() && !ctx.is_damaged(node) {
        let headline = "`network` does not say why";
        let problem =
            Meaning::new(Code::NetworkReason, origin(node.name.span), headline, "opens the build to the network");
        ctx.report(problem.help("write `network #true reason=\"…\"`"));
        return None;
    }
    Some(Value::Network(Network { allowed, reason }))
}
