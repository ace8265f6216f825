//! `cc TOOLCHAIN libc=… sysroot="…"`: which C compiler a cell uses.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{CcChoice, Libc, Spanned, ToolchainKind, Value};

use crate::builder::toolchain_of_kind;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar;
use crate::problem::{Meaning, shown};
use crate::scope::Scope;

/// Reads the node.
pub(crate) fn lower(ctx: &Ctx<'_>, node: &Node, _scope: Scope<'_>) -> Option<Value> {
    ctx.check_form(node, &grammar::CC);
    let libc = ctx.property(node, "libc").map(|entry| libc(ctx, entry));
    let sysroot = ctx.property(node, "sysroot").map(|entry| ctx.filled_string(entry, "`sysroot`"));
    let name = ctx.one_argument(node).and_then(|entry| ctx.string(entry, "the toolchain of `cc`"))?;
    let toolchain = toolchain_of_kind(ctx, &name, &[ToolchainKind::Zig, ToolchainKind::Cc], "`cc`")?;
    let (libc, sysroot) = (written(libc)?, written(sysroot)?);
    Some(Value::Cc(CcChoice { toolchain, libc, sysroot }))
}

/// An optional part: outer `None` where it was wrong.
#[expect(clippy::option_option, reason = "absent and wrong are different answers")]
pub(crate) fn written<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    match part {
        None => Some(None),
        Some(Some(read)) => Some(Some(read)),
        Some(None) => None,
    }
}

fn libc(ctx: &Ctx<'_>, entry: &Entry) -> Option<Spanned<Libc>> {
    let text = ctx.string(entry, "`libc`")?;
    if let Ok(libc) = text.parse() {
        return Some(Spanned::new(libc, text.origin));
    }
    let headline = format!("`libc` cannot be {}", shown(&text));
    let problem = Meaning::new(Code::WrongType, text.origin, headline, "not a C library");
    ctx.report(problem.help("write `libc=musl`, `libc=gnu` or a floor: `libc=\"gnu-2.28\"`"));
    None
}
