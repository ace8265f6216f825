//! `expect linkage=… glibc-max="…" …`: what an artifact must be, beyond its platform.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Expectation, Op, Slot, Spanned, Template, Value};

use crate::block::Block;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, LINKAGES};
use crate::problem::{Meaning, origin, shown};

/// Reads the node: one slot for each property.
pub(crate) fn lower(block: &mut Block<'_, '_>, node: &Node) {
    let ctx = block.ctx;
    ctx.check_form(node, &grammar::EXPECT);
    if node.entries.is_empty() && !ctx.is_damaged(node) {
        let problem =
            Meaning::new(Code::EmptyList, origin(node.name.span), "`expect` expects nothing", "no properties");
        ctx.report(problem.help("write `expect linkage=static`"));
    }
    for expectation in Expectation::ALL {
        let Some(entry) = ctx.property(node, expectation.as_str()) else { continue };
        let op = if entry.value.is_null() { Some(Op::Clear) } else { value(ctx, expectation, entry).map(Op::Set) };
        if let Some(op) = op {
            block.push(Slot::Expect(expectation), op, origin(entry.span));
        }
    }
}

fn value(ctx: &Ctx<'_>, expectation: Expectation, entry: &Entry) -> Option<Value> {
    let what = format!("`{}`", expectation.as_str());
    let text = match expectation {
        Expectation::Stripped => return ctx.boolean(entry, &what).map(Value::Bool),
        Expectation::Linkage => {
            let word = ctx.word(entry, &what, &LINKAGES.map(|word| (word, word)))?;
            Spanned::new(word.to_owned(), origin(entry.value_span))
        }
        Expectation::GlibcMax => version(ctx, entry, &what, 2..=2, "2.28")?,
        Expectation::MinOs => version(ctx, entry, &what, 1..=3, "12.0")?,
        Expectation::Interpreter => ctx.filled_string(entry, &what)?,
    };
    Some(Value::Text(Spanned::new(Template::literal(&text), text.origin)))
}

fn version(
    ctx: &Ctx<'_>,
    entry: &Entry,
    what: &str,
    parts: std::ops::RangeInclusive<usize>,
    example: &str,
) -> Option<Spanned<String>> {
    let text = ctx.string(entry, what)?;
    let numbers: Vec<&str> = text.split('.').collect();
    if parts.contains(&numbers.len()) && numbers.iter().all(|number| number.parse::<u16>().is_ok()) {
        return Some(text);
    }
    let headline = format!("{what} cannot be {}", shown(&text));
    let problem = Meaning::new(Code::WrongType, text.origin, headline, "not a version");
    ctx.report(problem.help(format!("write numbers and dots: \"{example}\"")));
    None
}
