//! Nothing stands twice in one place: the first stands, the second is reported with the place of the first.

use indexmap::IndexMap;
use xbuild_model::Origin;

use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, shown};

/// What stands in one place so far.
#[derive(Debug, Default)]
pub(crate) struct Once {
    seen: IndexMap<String, Origin>,
}

impl Once {
    /// Takes a key; `false` where it stood already, which is reported. `verb` is `declared`, `set` or `listed`.
    pub(crate) fn claim(&mut self, ctx: &Ctx<'_>, code: Code, key: &str, at: Origin, verb: &str) -> bool {
        self.claim_as(ctx, code, key, key, at, verb)
    }

    /// As [`Once::claim`], with another text for the message than for the comparison.
    pub(crate) fn claim_as(
        &mut self,
        ctx: &Ctx<'_>,
        code: Code,
        key: &str,
        text: &str,
        at: Origin,
        verb: &str,
    ) -> bool {
        let Some(first) = self.seen.get(key).copied() else {
            self.seen.insert(key.to_owned(), at);
            return true;
        };
        ctx.report_at(at, || {
            let headline = format!("{} is {verb} twice", shown(text));
            let problem = Meaning::new(code, at, headline, format!("{verb} again here"));
            problem.because(first, format!("{verb} here first")).help("keep one of the two")
        });
        false
    }
}
