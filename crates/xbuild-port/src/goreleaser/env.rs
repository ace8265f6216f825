//! `env` of a build: variables that the file can set, those that xbuild derives, and cgo.

use std::collections::HashMap;

use xbuild_model::EnvName;
use xbuild_platform::{Arch, GO_DERIVED_ENV};

use super::details::Item;
use super::template::{Known, Part, translate, whole_variable};
use crate::draft::{Given, Slot, Value, Variable};
use crate::note::Notes;

const KEY: &str = "builds.env";

/// Derived for every action, whatever builds it.
const DERIVED_FOR_ALL: [&str; 6] = ["CC", "CXX", "AR", "PATH", "HOME", "TMPDIR"];

/// What the builder decides and `GOFLAGS` cannot hold.
const DERIVED_GOFLAGS: [&str; 5] = ["o", "C", "trimpath", "buildvcs", "toolexec"];

/// The variables of a build.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// `cgo`, where it is said.
    pub(crate) cgo: Option<Slot>,
    /// Each name once, the last value.
    pub(crate) variables: Vec<(EnvName, Variable)>,
    /// What templates find under `.Env`.
    pub(crate) fixed: HashMap<String, Vec<Part>>,
}

/// Reads `NAME=value` texts in order.
pub(crate) fn read(items: &[Item], known: &Known, notes: &mut Notes) -> Environment {
    let mut environment = Environment::default();
    let mut known = known.clone();
    let is_cgo = |item: &Item| item.text.split('=').next().is_some_and(|name| name.trim() == "CGO_ENABLED");
    let decides = items.iter().rposition(is_cgo);
    for (index, item) in items.iter().enumerate() {
        // The last value is the one that counts.
        if !is_cgo(item) || decides == Some(index) {
            environment.take(item, &mut known, notes);
        }
    }
    environment
}

impl Environment {
    fn take(&mut self, item: &Item, known: &mut Known, notes: &mut Notes) {
        let pair = item.text.split_once('=').map(|(name, value)| (name.trim(), value));
        let Some((name, value)) = pair.filter(|(name, _)| name.parse::<EnvName>().is_ok()) else {
            return self.note(item, "holds", "it is not `NAME=value`", notes);
        };
        let filled = translate(value, known);
        let Ok(variable) = name.parse::<EnvName>() else { return };
        if filled.lost().is_none() {
            known.env.insert(name.to_owned(), filled.parts.clone());
            self.fixed.insert(name.to_owned(), filled.parts.clone());
        }
        if name == "CGO_ENABLED" {
            return self.cgo(item, filled.literal().as_deref(), notes);
        }
        if let Some(why) = derived(name) {
            return self.note(item, "sets", why, notes);
        }
        let passes = whole_variable(value) == Some(name) && filled.lost().is_some();
        let rendered = filled.render();
        let mut comments = Vec::new();
        let given = match rendered {
            _ if passes => Some(Given::Pass),
            Some(text) if name == "GOFLAGS" => goflags(&text, item, notes, &mut comments),
            Some(text) => Some(Given::Text(text)),
            None => {
                let message = format!("sets {name}, which was not carried over: `{}` has no counterpart", shown(value));
                comments.push(notes.add(item.place, KEY, message));
                None
            }
        };
        comments.extend(filled.remarks.iter().map(|remark| notes.add(item.place, KEY, remark.message())));
        self.set(variable, comments, given);
    }

    fn set(&mut self, name: EnvName, comments: Vec<String>, value: Option<Given>) {
        if value.is_none() && comments.is_empty() {
            return;
        }
        let variable = Variable { comments, name: name.clone(), value };
        match self.variables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = variable,
            None => self.variables.push((name, variable)),
        }
    }

    /// What cannot be a variable is said in the place of `cgo`, at the top of the builder's block.
    fn note(&mut self, item: &Item, verb: &str, why: &str, notes: &mut Notes) {
        let message = format!("{verb} `{}`, which was not carried over: {why}", shown(&item.text));
        let comment = notes.add(item.place, KEY, message);
        self.slot().comments.push(comment);
    }

    fn slot(&mut self) -> &mut Slot {
        self.cgo.get_or_insert_with(|| Slot { word: "cgo", comments: Vec::new(), value: None })
    }

    fn cgo(&mut self, item: &Item, value: Option<&str>, notes: &mut Notes) {
        match value.map(str::trim) {
            Some("0") => self.slot().value = Some(Value::Bool(false)),
            Some("") => {}
            _ => {
                let message = "turns cgo on, and it is off here: cgo needs a C compiler that the file names. Add \
                               `toolchain zig \"0.15.2\"` at the top, then `cgo #true` here and `cc zig` in the target";
                let comment = notes.add(item.place, KEY, message);
                let slot = self.slot();
                slot.value = Some(Value::Bool(false));
                slot.comments.push(comment);
            }
        }
    }
}

fn shown(text: &str) -> String {
    xbuild_kdl::printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `GOFLAGS` without what the builder decides.
fn goflags(text: &str, item: &Item, notes: &mut Notes, comments: &mut Vec<String>) -> Option<Given> {
    let name = |word: &str| word.trim_start_matches('-').split('=').next().unwrap_or_default().to_owned();
    let is_derived = |word: &&str| word.starts_with('-') && DERIVED_GOFLAGS.contains(&name(word).as_str());
    let (derived, kept): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(is_derived);
    for word in derived.iter().filter(|word| name(word) != "trimpath") {
        let message = format!("sets `{}` in GOFLAGS, which was not carried over: xbuild decides it", shown(word));
        comments.push(notes.add(item.place, KEY, message));
    }
    (!kept.is_empty()).then(|| Given::Text(kept.join(" ")))
}

/// Why a variable cannot be set by the file.
fn derived(name: &str) -> Option<&'static str> {
    if DERIVED_FOR_ALL.contains(&name) {
        return Some(match name {
            "CC" | "CXX" | "AR" => "a C compiler is a `toolchain`, chosen with `cc`",
            "PATH" => "programs are declared with `toolchain` and named in `tools`",
            _ => "every action has a folder of its own",
        });
    }
    if !GO_DERIVED_ENV.contains(&name) {
        return None;
    }
    let is_level = Arch::ALL.iter().any(|arch| arch.go_level_variable() == Some(name));
    Some(match name {
        "GOPROXY" | "GOSUMDB" => "modules are fetched before the build, with your own settings",
        "GOROOT" | "GOTOOLCHAIN" => "`toolchain go` says which Go is used",
        "GOWORK" => "a `go.work` in the project is found",
        _ if is_level || matches!(name, "GOOS" | "GOARCH") => "the platform says it",
        _ => "xbuild sets it",
    })
}
