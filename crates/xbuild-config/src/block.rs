//! The settings of one block: which node is which slot, and that nothing is set twice.
//!
//! `when` and what only a target has are told apart by the callers; the forms of the single settings that are more than
//! a list or a string have files of their own.

use xbuild_kdl::Node;
use xbuild_model::{Op, Origin, Setting, Settings, Slot, Spanned, Template, Value};

use crate::builder;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::{self, NodeInfo, Type};
use crate::names::Kind;
use crate::once::Once;
use crate::problem::origin;
use crate::scope::Scope;
use crate::{cc, env, expect, package, smoke};

/// A block that is being read.
pub(crate) struct Block<'c, 't> {
    /// The text, the names, the problems.
    pub(crate) ctx: &'c Ctx<'t>,
    /// Where the block stands.
    pub(crate) scope: Scope<'c>,
    settings: Settings,
    once: Once,
}

impl<'c, 't> Block<'c, 't> {
    /// A block with nothing in it.
    pub(crate) fn new(ctx: &'c Ctx<'t>, scope: Scope<'c>) -> Self {
        Self { ctx, scope, settings: Settings::default(), once: Once::default() }
    }

    /// What was read.
    pub(crate) fn finish(self) -> Settings {
        self.settings
    }

    /// Takes the settings of a block inside this one.
    pub(crate) fn extend(&mut self, inner: Block<'_, '_>) {
        self.settings.entries.extend(inner.settings.entries);
    }

    /// Takes one setting.
    pub(crate) fn push(&mut self, slot: Slot, op: Op, origin: Origin) {
        self.settings.entries.push(Setting { slot, op, origin });
    }

    /// Takes the place of a variable; reports one that is set already.
    pub(crate) fn claim_variable(&mut self, name: &str, at: Origin) -> bool {
        self.once.claim_as(self.ctx, Code::DuplicateEnv, &format!("env {name}"), name, at, "set")
    }

    fn claim(&mut self, code: Code, word: &str, node: &Node) -> bool {
        self.once.claim(self.ctx, code, word, origin(node.name.span), "set")
    }

    /// Reads a node if it is a setting or a builder's block; else `false`.
    pub(crate) fn node(&mut self, node: &Node) -> bool {
        let word = node.name.value.trim_start_matches('+');
        if let Some(kind) = builder::kind_of(word) {
            if self.claim(Code::DuplicateBlock, word, node) && !self.ctx.refuses_append(node) {
                builder::settings_block(self, kind, node);
            }
            return true;
        }
        match word {
            "env" | "env-pass" | "env-secret" => self.variables(word, node),
            "inputs" => self.typed(node, Slot::Inputs, &grammar::INPUTS),
            "outputs" => self.typed(node, Slot::Outputs, &grammar::OUTPUTS),
            "cwd" => self.typed(node, Slot::Cwd, &grammar::CWD),
            "tools" => self.typed(node, Slot::Tools, &grammar::TOOLS),
            "expect" => self.single(node, expect::lower),
            "cc" => self.one(node, Slot::Cc, cc::lower),
            "smoke" => self.one(node, Slot::Smoke, smoke::smoke),
            "network" => self.one(node, Slot::Network, smoke::network),
            _ => return false,
        }
        true
    }

    /// Reads `archive` or `image`; else `false`.
    pub(crate) fn package_node(&mut self, node: &Node) -> bool {
        match node.name.value.trim_start_matches('+') {
            "archive" => self.one(node, Slot::Archive, package::archive),
            "image" => self.one(node, Slot::Image, package::image),
            _ => return false,
        }
        true
    }

    fn variables(&mut self, word: &str, node: &Node) {
        if !self.ctx.refuses_append(node) {
            match word {
                "env" => env::set(self, node),
                "env-pass" => env::pass(self, node, Slot::EnvPass),
                _ => env::pass(self, node, Slot::EnvSecret),
            }
        }
    }

    /// A setting that stands once and is no list.
    fn single(&mut self, node: &Node, lower: fn(&mut Self, &Node)) {
        if !self.ctx.refuses_append(node) && self.claim(Code::DuplicateSetting, &node.name.value, node) {
            lower(self, node);
        }
    }

    /// A setting of one slot with a form of its own; `#null` clears it.
    fn one(&mut self, node: &Node, slot: Slot, lower: fn(&Ctx<'t>, &Node, Scope<'c>) -> Option<Value>) {
        if self.ctx.refuses_append(node) || !self.claim(Code::DuplicateSetting, &node.name.value, node) {
            return;
        }
        let op = if is_cleared(node) { self.clear(node) } else { lower(self.ctx, node, self.scope).map(Op::Set) };
        self.push_read(slot, op, node);
    }

    fn clear(&self, node: &Node) -> Option<Op> {
        self.ctx.check_bare(node);
        Some(Op::Clear)
    }

    fn push_read(&mut self, slot: Slot, op: Option<Op>, node: &Node) {
        if let Some(op) = op {
            self.push(slot, op, origin(node.name.span));
        }
    }

    /// A setting whose form says everything.
    pub(crate) fn typed(&mut self, node: &Node, slot: Slot, form: &NodeInfo) {
        if form.appends {
            return self.list(node, slot, form);
        }
        let word = slot.word();
        if self.ctx.refuses_append(node) || !self.claim(Code::DuplicateSetting, word, node) {
            return;
        }
        let ctx = self.ctx;
        ctx.check_form(node, form);
        let op = ctx.one_argument(node).and_then(|entry| {
            let what = format!("`{word}`");
            Some(match form.of() {
                _ if entry.value.is_null() => Op::Clear,
                Some(Type::Bool) => Op::Set(Value::Bool(ctx.boolean(entry, &what)?)),
                _ => Op::Set(Value::Text(text(ctx, entry, &slot, &what)?)),
            })
        });
        self.push_read(slot, op, node);
    }

    fn list(&mut self, node: &Node, slot: Slot, form: &NodeInfo) {
        if !self.claim(Code::DuplicateSetting, slot.word(), node) {
            return;
        }
        let ctx = self.ctx;
        ctx.check_form(node, form);
        let appends = node.name.value.starts_with('+');
        if is_cleared(node) && !appends {
            return self.push(slot, Op::Clear, origin(node.name.span));
        }
        let Some(entries) = ctx.some_arguments(node) else { return };
        let scope = self.scope;
        let read: Vec<_> = entries.into_iter().map(|entry| element(ctx, entry, &slot, scope)).collect();
        let values: Option<Vec<Spanned<Template>>> = read.into_iter().collect();
        let values = values.filter(|values| slot != Slot::Tools || are_different(ctx, values)).map(Value::List);
        self.push_read(slot, values.map(if appends { Op::Append } else { Op::Set }), node);
    }
}

/// `#null` and nothing else.
pub(crate) fn is_cleared(node: &Node) -> bool {
    let mut arguments = node.arguments();
    arguments.next().is_some_and(|entry| entry.value.is_null()) && arguments.next().is_none()
}

fn text(ctx: &Ctx<'_>, entry: &xbuild_kdl::Entry, slot: &Slot, what: &str) -> Option<Spanned<Template>> {
    let text = ctx.filled_string(entry, what)?;
    let fits = *slot != Slot::Cwd || ctx.check_path(&text, text.origin);
    fits.then(|| Spanned::new(Template::literal(&text), text.origin))
}

fn element(ctx: &Ctx<'_>, entry: &xbuild_kdl::Entry, slot: &Slot, scope: Scope<'_>) -> Option<Spanned<Template>> {
    let what = format!("a value of `{}`", slot.word());
    if *slot == Slot::Tools {
        let name = ctx.resolve(Kind::Toolchain, &ctx.string(entry, &what)?)?;
        return Some(Spanned::new(Template::literal(&name), name.origin));
    }
    let value = ctx.template(entry, &what, scope)?;
    let fits = match slot {
        Slot::Inputs => ctx.check_glob(&value),
        Slot::Outputs => ctx.check_template_path(&value),
        _ => true,
    };
    fits.then_some(value)
}

fn are_different(ctx: &Ctx<'_>, values: &[Spanned<Template>]) -> bool {
    let mut once = Once::default();
    let mut is_new =
        |value: &Spanned<Template>| once.claim(ctx, Code::DuplicateValue, value.raw(), value.origin, "listed");
    values.iter().filter(|value| !is_new(value)).count() == 0
}
