//! The outline of a node: how many arguments, which properties, whether a block. What does not fit is reported, so that
//! nothing in a node is passed over in silence.

use xbuild_kdl::{Entry, Node};
use xbuild_model::{Name, Origin, Spanned};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::grammar::NodeInfo;
use crate::names::Kind;
use crate::problem::{Meaning, origin, shown};

impl Ctx<'_> {
    /// Reports what a node of this form does not have.
    pub(crate) fn check_form(&self, node: &Node, form: &NodeInfo) {
        self.check_arguments(node, form);
        if form.block.is_none() {
            self.check_no_block(node);
        }
        if form.open.is_none() {
            self.check_properties(node, form);
        }
    }

    /// Reports arguments that a node of this form does not have.
    pub(crate) fn check_arguments(&self, node: &Node, form: &NodeInfo) {
        let Some(most) = form.most() else { return };
        for entry in node.arguments().skip(most) {
            self.unexpected_argument(node, entry, most);
        }
    }

    /// Reports what stands beside an argument that says everything.
    pub(crate) fn check_bare(&self, node: &Node) {
        self.check_known_properties(node, &[]);
        self.check_no_block(node);
    }

    /// Reports properties that a node of this form does not have.
    pub(crate) fn check_properties(&self, node: &Node, form: &NodeInfo) {
        let known: Vec<&str> = form.properties.iter().map(|property| property.name).collect();
        self.check_known_properties(node, &known);
    }

    fn unexpected_argument(&self, node: &Node, entry: &Entry, most: usize) {
        if self.is_masked(entry) {
            return;
        }
        let word = shown(&node.name.value);
        let headline = match most {
            0 => format!("{word} takes no arguments"),
            1 => format!("{word} takes one argument"),
            most => format!("{word} takes {most} arguments"),
        };
        let label = if most == 0 { "not here" } else { "one too many" };
        self.report(Meaning::new(Code::UnexpectedArgument, origin(entry.span), headline, label).help("remove it"));
    }

    fn check_known_properties(&self, node: &Node, known: &[&'static str]) {
        for (name, entry) in node.properties() {
            if !known.contains(&name.value.as_str()) && !self.is_masked(entry) {
                self.unknown_property(node, &name.value, origin(name.span), known);
            }
        }
    }

    /// Reports a property that the node does not have.
    pub(crate) fn unknown_property(&self, node: &Node, name: &str, at: Origin, known: &[&'static str]) {
        let word = &node.name.value;
        let headline = format!("{} has no property {}", shown(word), shown(name));
        let help = if crate::builder::has_child(word, name) {
            Some(format!("write it in the block: `{word} … {{ {name} … }}`"))
        } else {
            self.suggest(name, known.iter().copied()).or_else(|| Some("remove it".into()))
        };
        self.report(Meaning::new(Code::UnknownProperty, at, headline, "not known here").maybe_help(help));
    }

    /// Reports a block.
    pub(crate) fn check_no_block(&self, node: &Node) {
        let Some(block) = &node.children else { return };
        let brace = Origin { offset: block.span.offset, length: 1 };
        let headline = format!("{} has no block", shown(&node.name.value));
        let problem = Meaning::new(Code::UnexpectedBlock, brace, headline, "not here");
        self.report(problem.help("remove the braces and what they hold"));
    }

    /// The one argument of a setting; reports none or several.
    pub(crate) fn one_argument<'n>(&self, node: &'n Node) -> Option<&'n Entry> {
        let arguments: Vec<&Entry> = node.arguments().collect();
        if let [one] = arguments.as_slice() {
            return Some(one);
        }
        if !self.is_damaged(node) {
            let word = shown(&node.name.value);
            let (at, label, help) = match arguments.as_slice() {
                [_, second, ..] => (origin(second.span), "one too many", "keep one of them"),
                _ => (origin(node.name.span), "no value", "write the value after it"),
            };
            self.report(Meaning::new(Code::OneValue, at, format!("{word} takes exactly one value"), label).help(help));
        }
        None
    }

    /// The arguments of a list; reports an empty one.
    pub(crate) fn some_arguments<'n>(&self, node: &'n Node) -> Option<Vec<&'n Entry>> {
        if node.arguments().next().is_some() {
            return Some(node.arguments().collect());
        }
        if !self.is_damaged(node) {
            let word = &node.name.value;
            let headline = format!("{} lists nothing", shown(word));
            let problem = Meaning::new(Code::EmptyList, origin(node.name.span), headline, "no values");
            self.report(problem.help("write the values after it"));
        }
        None
    }

    /// The name that a declaration gives; reports a missing one.
    pub(crate) fn declared_name(&self, node: &Node, kind: Kind) -> Option<Spanned<Name>> {
        let word = kind.word();
        if let Some(entry) = node.arguments().next() {
            return self.name(entry, &format!("the name of a {word}"));
        }
        if !self.is_damaged(node) {
            let headline = format!("this {word} has no name");
            let problem = Meaning::new(Code::MissingName, origin(node.name.span), headline, "a name belongs here");
            self.report(problem.help(format!("write `{word} NAME …`")));
        }
        None
    }
}
