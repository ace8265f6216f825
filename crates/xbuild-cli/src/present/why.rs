//! Why a cell is there, is as it is, and was or would be built: in four parts for people, and as JSON.

use serde_json::{Value, json};
use xbuild_facts::Turn;
use xbuild_model::{BuilderKind, Dep, Expectation, Name, Op, Slot, When};
use xbuild_plan::matrix::{
    Account, Dropped, LayerKind, Resolved, ResolvedDep, Rule, RuleKind, Said, SaidDep, accounts, when_text,
};
use xbuild_plan::{Part, PlannedCell, Reason, Verdict};

use crate::present::cell::{Places, axes_of};
use crate::present::harmless::harmless;
use crate::present::plan::{View, reason};
use crate::present::setting;
use crate::present::shell::command;
use crate::present::table::Table;

/// How many reasons are shown one by one.
const REASONS: usize = 30;

/// What is known of a cell.
#[derive(Debug)]
pub(crate) struct Reasons<'a> {
    pub(crate) planned: &'a PlannedCell,
    pub(crate) rules: &'a [Rule],
    pub(crate) resolved: &'a Resolved<'a>,
    /// When it last became another one.
    pub(crate) turn: Option<&'a Turn>,
    pub(crate) view: &'a View<'a>,
}

impl Reasons<'_> {
    /// For programs: the fields of a planned cell, and what made it.
    pub(crate) fn json(&self) -> Value {
        let mut fields = self.view.document(self.planned);
        fields.shift_insert(0, "format".into(), json!(1));
        let rules: Vec<Value> = self.rules.iter().map(|rule| rule_json(rule, self.view.places)).collect();
        let settings: Vec<Value> = self.accounts().iter().map(|account| self.account_json(account)).collect();
        let turn = self.turn.map(
            |turn| json!({ "from": turn.from.to_string(), "why": turn.why.iter().map(reason).collect::<Vec<Value>>() }),
        );
        let deps: Vec<Value> =
            self.resolved.resolved_deps().iter().map(|dep| dep_json(dep, self.view.places)).collect();
        let more = [
            ("exists", json!(true)),
            ("rules", json!(rules)),
            ("settings", json!(settings)),
            ("deps", json!(deps)),
            ("last_change", json!(turn)),
        ];
        fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(fields)
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let parts = [
            rules_text(self.rules, self.view.places),
            self.settings_text(),
            self.environment_text(),
            self.outcome_text(),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{}\n\n{}", harmless(&self.planned.identity.id), parts.join("\n"))
    }

    fn accounts(&self) -> Vec<Account<'_>> {
        accounts(Some(self.planned.builder), self.resolved)
    }

    /// What xbuild expects of the artifact without being told.
    fn expected(&self) -> Option<String> {
        let silent = self.planned.expectations.iter().find(|expected| expected.origin.is_none())?;
        (silent.expectation == Expectation::Linkage).then(|| setting::spelled(&silent.value))
    }

    fn account_json(&self, account: &Account<'_>) -> Value {
        let places = self.view.places;
        let default = account.default.as_ref().map(|value| {
            json!({ "layer": "builder", "op": "set", "value": setting::json(value), "when": null, "origin": null })
        });
        let said = |all: &[Said<'_>]| all.iter().map(|said| said_json(said, places)).collect::<Vec<Value>>();
        let stands = account.made_by.is_empty();
        let by = said(account.made_by).into_iter().chain(default.clone().filter(|_| stands));
        let lost = default.filter(|_| !stands).into_iter().chain(said(account.lost));
        json!({
            "name": account.slot.label(),
            "builder": account.builder.map(BuilderKind::as_str),
            "value": account.value.as_deref().map(setting::json),
            "by": by.collect::<Vec<Value>>(),
            "lost": lost.collect::<Vec<Value>>(),
        })
    }

    fn settings_text(&self) -> String {
        let mut table = Table::new(&["settings", "", "said by", "at"]).with_columns_up_to(WIDEST);
        for account in self.accounts() {
            self.rows(&account).into_iter().for_each(|row| table.row(row));
        }
        if let Some(linkage) = self.expected() {
            table.row(row(&Slot::Expect(Expectation::Linkage).label(), linkage, "xbuild, as there is no cgo", ""));
        }
        for dep in self.resolved.resolved_deps() {
            table.row(self.dep_row("deps", dep_text(dep.holds.dep), &dep.holds));
            for lost in &dep.lost {
                table.row(self.dep_row("", format!("  not {}", dep_text(lost.dep)), lost));
            }
        }
        table.render()
    }

    /// A setting: what it is and who said so; then what it replaced, the strongest first.
    fn rows(&self, account: &Account<'_>) -> Vec<Vec<String>> {
        let name = account.slot.label();
        let value = account.value.as_deref().map_or_else(|| "#null".to_owned(), setting::spelled);
        let mut rows = match account.made_by {
            [] => vec![row(&name, value, BUILDER, "")],
            [said] if !matches!(said.setting.op, Op::Append(_)) => {
                vec![row(&name, said_text(said), &speaker(said), &self.at(said))]
            }
            several => {
                let part = |said: &Said<'_>| match &said.setting.op {
                    Op::Append(value) => format!("  + {}", setting::spelled(value)),
                    Op::Set(value) => format!("  = {}", setting::spelled(value)),
                    Op::Clear => "  = #null".to_owned(),
                };
                let parts = several.iter().map(|said| row("", part(said), &speaker(said), &self.at(said)));
                std::iter::once(row(&name, value, "", "")).chain(parts).collect()
            }
        };
        let over = |said: &Said<'_>| row("", format!("  not {}", said_text(said)), &speaker(said), &self.at(said));
        rows.extend(account.lost.iter().rev().map(over));
        if let (Some(default), false) = (&account.default, account.made_by.is_empty()) {
            rows.push(row("", format!("  not {}", setting::spelled(default)), BUILDER, ""));
        }
        rows
    }

    fn dep_row(&self, name: &str, text: String, said: &SaidDep<'_>) -> Vec<String> {
        let by = spoken(LayerKind::Target, said.when);
        row(name, text, &by, &self.view.places.text(said.dep.target.origin))
    }

    fn at(&self, said: &Said<'_>) -> String {
        self.view.places.text(said.origin())
    }

    fn environment_text(&self) -> String {
        let variables = self.view.variables(self.planned);
        if variables.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&["environment", "", "from"]).with_columns_up_to(WIDEST);
        for [name, value, from] in variables {
            table.row(vec![format!("  {name}"), value, from]);
        }
        table.render()
    }

    fn outcome_text(&self) -> String {
        let planned = self.planned;
        let mut table = Table::new(&["outcome"]);
        let mut fact = |name: &str, value: String| table.row(vec![format!("  {name}"), value]);
        if let Some(recipe) = &planned.recipe {
            fact("command", command(&self.view.argv(planned, recipe)));
            recipe.cwd.iter().for_each(|cwd| fact("folder", cwd.to_string()));
        }
        planned.needs.iter().for_each(|need| fact("needs", need.cell.clone()));
        planned.key.iter().for_each(|key| fact("key", key.to_string()));
        fact("verdict", self.verdict_text());
        let before = self.turn.filter(|_| planned.verdict == Verdict::Cached);
        before.iter().for_each(|turn| fact("before", turn.from.to_string()));
        let reasons = match before {
            Some(turn) => reasons_text("changed then", &turn.why),
            None => reasons_text("because", &planned.why),
        };
        table.render() + &reasons
    }

    fn verdict_text(&self) -> String {
        let more = match (self.planned.verdict, self.turn) {
            (Verdict::Cached, Some(_)) => ", under this key since it changed last",
            (Verdict::Cached, None) => ", under this key; it never had another one here",
            (Verdict::Build | Verdict::Unknown, _) => "",
        };
        format!("{}{more}", self.planned.verdict.as_str())
    }
}

/// The longest value that what stands beside it waits for, in characters.
const WIDEST: usize = 64;

const BUILDER: &str = "builder default";

/// For a point that an `exclude` removed: programs.
pub(crate) fn gone_json(dropped: Dropped<'_>, places: &Places<'_>) -> Value {
    let rules: Vec<Value> = dropped.rules().iter().map(|rule| rule_json(rule, places)).collect();
    json!({
        "format": 1,
        "id": dropped.id().to_string(),
        "target": dropped.target().name.as_str(),
        "profile": dropped.profile().map(Name::as_str),
        "platform": dropped.platform(),
        "axes": axes_of(*dropped),
        "exists": false,
        "reason": Dropped::REASON,
        "by": places.json(dropped.by().origin),
        "rules": rules,
    })
}

/// The same for people.
pub(crate) fn gone_text(dropped: Dropped<'_>, places: &Places<'_>) -> String {
    let id = dropped.id();
    format!("{id} is no cell: an `exclude` removes it\n\n{}", rules_text(&dropped.rules(), places))
}

fn rules_text(rules: &[Rule], places: &Places<'_>) -> String {
    let mut table = Table::new(&["rules", "", "at"]);
    for rule in rules {
        let layer = match rule.kind {
            RuleKind::When(layer) => format!(" ({})", layer.as_str()),
            _ => String::new(),
        };
        table.row(vec![
            format!("  {}", rule.effect.sentence()),
            format!("{}{layer}", rule.text),
            places.text(rule.origin),
        ]);
    }
    table.render()
}

fn rule_json(rule: &Rule, places: &Places<'_>) -> Value {
    let layer = match rule.kind {
        RuleKind::When(layer) => Some(layer.as_str()),
        _ => None,
    };
    json!({
        "kind": rule.kind.as_str(),
        "effect": rule.effect.as_str(),
        "what": rule.text,
        "layer": layer,
        "origin": places.json(rule.origin),
    })
}

fn said_json(said: &Said<'_>, places: &Places<'_>) -> Value {
    let (op, value) = match &said.setting.op {
        Op::Set(value) => ("set", Some(value)),
        Op::Append(value) => ("append", Some(value)),
        Op::Clear => ("clear", None),
    };
    json!({
        "layer": said.layer.as_str(),
        "op": op,
        "value": value.map(setting::json),
        "when": said.when.map(when_text),
        "origin": places.json(said.origin()),
    })
}

/// What was said, as the file spells it.
fn said_text(said: &Said<'_>) -> String {
    match &said.setting.op {
        Op::Set(value) => setting::spelled(value),
        Op::Append(value) => format!("+ {}", setting::spelled(value)),
        Op::Clear => "#null".to_owned(),
    }
}

/// Which layer speaks, and under which condition.
fn speaker(said: &Said<'_>) -> String {
    spoken(said.layer, said.when)
}

fn spoken(layer: LayerKind, when: Option<&When>) -> String {
    let when = when.map(|when| format!(", {}", when_text(when))).unwrap_or_default();
    format!("{}{when}", layer.as_str())
}

/// A dependency as the file spells it.
fn dep_text(dep: &Dep) -> String {
    let chosen = dep.axes.iter().map(|(axis, value)| format!(" {axis}={value}"));
    let at = dep.at.iter().map(|at| format!(" at=\"{}\"", at.value));
    std::iter::once(dep.target.to_string()).chain(chosen).chain(at).collect()
}

fn dep_json(dep: &ResolvedDep<'_>, places: &Places<'_>) -> Value {
    let said = |said: &SaidDep<'_>| {
        json!({
            "layer": LayerKind::Target.as_str(),
            "op": "set",
            "value": dep_text(said.dep),
            "when": said.when.map(when_text),
            "origin": places.json(said.dep.target.origin),
        })
    };
    json!({
        "target": dep.holds.dep.target.as_str(),
        "by": said(&dep.holds),
        "lost": dep.lost.iter().map(said).collect::<Vec<Value>>(),
    })
}

fn row(name: &str, value: String, by: &str, at: &str) -> Vec<String> {
    vec![if name.is_empty() { String::new() } else { format!("  {name}") }, value, by.to_owned(), at.to_owned()]
}

/// The reasons; of what changed, the old and the new value beside each other.
fn reasons_text(heading: &str, why: &[Reason]) -> String {
    let mut table = Table::new(&[&format!("  {heading}"), "", "was", "is"]).with_columns_up_to(WIDEST);
    let mut sentences = String::new();
    for reason in why.iter().take(REASONS) {
        let Reason::Changed { part, what, old, new } = reason else {
            sentences.push_str(&format!("  {heading}  {}\n", harmless(&reason.sentence())));
            continue;
        };
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), shortened);
        // A word of a command says itself what it is.
        let what = if *part == Part::Argv { String::new() } else { what.clone() };
        table.row(vec![format!("  {}", part.as_str()), what, value(old), value(new)]);
    }
    if why.len() > REASONS {
        table.row(vec![format!("  … and {} more", why.len() - REASONS)]);
    }
    if why.iter().any(|reason| matches!(reason, Reason::Changed { .. })) {
        sentences + &table.render()
    } else {
        sentences
    }
}

/// A value with each long run of hexadecimal digits cut to its first twelve: enough to see that two differ.
fn shortened(value: &str) -> String {
    let is_digest = |word: &str| word.len() >= 64 && word[..64].bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = |word: &str| if is_digest(word) { word[..12].to_owned() } else { word.to_owned() };
    if value.is_empty() { "\"\"".to_owned() } else { value.split(' ').map(short).collect::<Vec<_>>().join(" ") }
}
