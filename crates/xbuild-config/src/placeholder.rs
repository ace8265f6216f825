//! Strings with placeholders: each placeholder must mean something where it stands.
//!
//! In `defaults` and profiles any declared axis and target may be named; in a target only its own axes and dependencies.

use xbuild_kdl::Entry;
use xbuild_model::{Origin, Placeholder, Spanned, Template, TemplateError};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::names::Kind;
use crate::problem::{Meaning, origin, shown};
use crate::scope::{Scope, Subject};
use crate::suggest::any_of;

impl Ctx<'_> {
    /// A string in which braces mean something.
    pub(crate) fn template(&self, entry: &Entry, what: &str, scope: Scope<'_>) -> Option<Spanned<Template>> {
        let text = self.string(entry, what)?;
        let template = match Template::parse(&text) {
            Ok(template) => template,
            Err(error) => {
                self.report(self.broken_braces(entry, &text, &error));
                return None;
            }
        };
        let start = self.source(entry).find(text.as_str()).map(|start| entry.value_span.offset + start);
        let place = |offset: usize, placeholder: &Placeholder| {
            let at = |start| Origin { offset: start + offset, length: placeholder.to_string().len() + "{}".len() };
            start.map_or_else(|| origin(entry.value_span), at)
        };
        let mut known = true;
        for (offset, one) in template.placed() {
            known &= self.check_placeholder(one, || place(offset, one), scope);
        }
        known.then(|| Spanned::new(template, text.origin))
    }

    fn broken_braces(&self, entry: &Entry, text: &str, error: &TemplateError) -> Meaning {
        let (offset, brace) = match error {
            TemplateError::Unclosed { offset } => (*offset, "{"),
            TemplateError::Stray { offset } => (*offset, "}"),
        };
        let at = self.source(entry).find(text).map_or_else(
            || origin(entry.value_span),
            |start| Origin { offset: entry.value_span.offset + start + offset, length: 1 },
        );
        let problem = Meaning::new(Code::UnknownPlaceholder, at, error.to_string(), "a brace alone");
        problem.help(format!("write `{brace}{brace}` for a brace"))
    }

    fn source(&self, entry: &Entry) -> &str {
        entry.value_span.of(self.text)
    }

    /// `at` is where the placeholder stands in the text; the whole value where escapes hide it.
    fn check_placeholder(&self, placeholder: &Placeholder, at: impl FnOnce() -> Origin, scope: Scope<'_>) -> bool {
        match self.judge(placeholder, scope.subject) {
            Verdict::Known => return true,
            Verdict::Hidden => self.suffer(),
            Verdict::Wrong(headline, help) => {
                let at = at();
                self.report_at(at, || {
                    Meaning::new(Code::UnknownPlaceholder, at, headline, "means nothing here").maybe_help(help)
                });
            }
        }
        false
    }

    fn judge(&self, placeholder: &Placeholder, subject: Option<&Subject>) -> Verdict {
        match (placeholder, subject) {
            (Placeholder::OutOf(target), Some(subject)) => self.out_of_dep(target, subject),
            (Placeholder::OutOf(target), None) => self.out_of_any(target),
            (Placeholder::Axis(word), _) if self.names.has(Kind::Axis, word) => own_axis(word, subject),
            (Placeholder::Axis(word), _) => self.unknown(word, subject),
            (varying, Some(subject)) if subject.noarch && varies(varying) => noarch(varying),
            _ => Verdict::Known,
        }
    }

    fn out_of_dep(&self, target: &str, subject: &Subject) -> Verdict {
        let Some(deps) = &subject.deps else { return Verdict::Known };
        if deps.iter().any(|dep| dep == target) {
            return Verdict::Known;
        }
        let headline = format!("{} does not need {}", shown(&subject.name), shown(target));
        let declared = self.names.has(Kind::Target, target);
        let add = format!("add `deps {target}` to the target");
        let help = if declared { Some(add) } else { self.suggest(target, deps.iter().map(String::as_str)) };
        Verdict::Wrong(headline, help)
    }

    fn out_of_any(&self, target: &str) -> Verdict {
        if self.names.has(Kind::Target, target) {
            return Verdict::Known;
        }
        if self.names.may_hide(target) {
            return Verdict::Hidden;
        }
        let help = self.suggest(target, self.names.all(Kind::Target));
        Verdict::Wrong(format!("there is no target {}", shown(target)), help)
    }

    fn unknown(&self, word: &str, subject: Option<&Subject>) -> Verdict {
        if self.names.may_hide(word) {
            return Verdict::Hidden;
        }
        let words = Placeholder::WORDS.iter().map(|(known, _)| *known);
        let near = match subject.and_then(|subject| subject.axes.as_ref()) {
            Some(own) => self.near(word, words.chain(own.iter().map(String::as_str))),
            None => self.near(word, words.chain(self.names.all(Kind::Axis))),
        };
        let braces = "write `{{` and `}}` for braces";
        let help =
            if near.is_empty() { braces.to_owned() } else { format!("did you mean {}? ({braces})", any_of(&near)) };
        Verdict::Wrong(format!("there is no placeholder {}", shown(&format!("{{{word}}}"))), Some(help))
    }
}

/// What is to be said of a placeholder.
enum Verdict {
    /// It means something.
    Known,
    /// It may mean something that could not be read.
    Hidden,
    /// It means nothing: a headline and a help.
    Wrong(String, Option<String>),
}

/// A declared axis: it must be the target's.
fn own_axis(word: &str, subject: Option<&Subject>) -> Verdict {
    let own = subject.and_then(|subject| Some((subject, subject.axes.as_ref()?)));
    match own.filter(|(_, axes)| !axes.iter().any(|axis| axis == word)) {
        None => Verdict::Known,
        Some((subject, _)) => {
            let headline = format!("{} does not have the axis {}", shown(&subject.name), shown(word));
            Verdict::Wrong(headline, Some(format!("add `axes {word}` to the target")))
        }
    }
}

/// Whether a placeholder differs from cell to cell.
const fn varies(placeholder: &Placeholder) -> bool {
    use Placeholder::{Arch, Exe, Os, Platform, Profile, Variant};
    matches!(placeholder, Profile | Platform | Os | Arch | Variant | Exe)
}

fn noarch(placeholder: &Placeholder) -> Verdict {
    let headline = format!("a `noarch` target has no {}", shown(&format!("{{{placeholder}}}")));
    Verdict::Wrong(headline, Some("remove the placeholder, or `noarch`".into()))
}
