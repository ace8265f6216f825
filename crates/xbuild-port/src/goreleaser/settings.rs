//! Build details as settings of xbuild: flags, tags and variables, each in the slot where xbuild has it.

use xbuild_model::EnvName;

use super::details::{Details, Item};
use super::env;
use super::flags::Flags;
use super::template::{Filled, Known, Part, render, translate};
use super::words;
use crate::draft::{Settings, Slot, Value, Variable};
use crate::note::Notes;

/// Translates what one build says; notes what it cannot.
pub(crate) struct Translator<'a> {
    pub(crate) known: &'a Known,
    pub(crate) notes: &'a mut Notes,
}

/// A list of one slot while it is filled.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) comments: Vec<String>,
    pub(crate) values: Vec<String>,
}

impl List {
    fn slot(self, word: &'static str) -> Option<Slot> {
        let value = (!self.values.is_empty()).then_some(Value::List(self.values));
        (value.is_some() || !self.comments.is_empty()).then_some(Slot { word, comments: self.comments, value })
    }
}

/// The settings of one target.
pub(crate) fn settings(details: &Details, known: &Known, notes: &mut Notes) -> Settings {
    let environment = env::read(&details.env, known, notes);
    let mut known = known.clone();
    known.env.extend(environment.fixed);
    let mut translator = Translator { known: &known, notes };
    let mut flags = Flags::read(&details.flags, &mut translator);
    let tags = translator.tags(details, &mut flags);
    let ldflags = translator.linked(details, &mut flags);
    let gcflags = translator.compiled(details, &mut flags);
    let buildmode = translator.buildmode(details, &mut flags);
    let slots = [
        environment.cgo,
        tags.slot("tags"),
        ldflags.slot("ldflags"),
        gcflags.slot("gcflags"),
        flags.rest.slot("flags"),
        buildmode,
    ];
    Settings { slots: slots.into_iter().flatten().collect(), env: variables(environment.variables) }
}

fn variables(list: Vec<(EnvName, Variable)>) -> Vec<Variable> {
    list.into_iter().map(|(_, variable)| variable).collect()
}

impl Translator<'_> {
    /// Translates a text and says what became something else.
    pub(crate) fn filled(&mut self, item: &Item, key: &str, comments: &mut Vec<String>) -> Filled {
        let filled = translate(&item.text, self.known);
        for remark in &filled.remarks {
            comments.push(self.notes.add(item.place, key, remark.message()));
        }
        comments.dedup();
        filled
    }

    /// Says that a text was left out.
    pub(crate) fn lost(&mut self, item: &Item, key: &str, text: &str, comments: &mut Vec<String>) {
        let message = format!(
            "was not carried over: `{}` has no counterpart in `{}`",
            xbuild_kdl::printable(text.trim()),
            xbuild_kdl::printable(&item.text.split_whitespace().collect::<Vec<_>>().join(" "))
        );
        comments.push(self.notes.add(item.place, key, message));
    }

    /// A text of a list, whole.
    pub(crate) fn whole(&mut self, item: &Item, key: &str, list: &mut List) -> Option<String> {
        let filled = self.filled(item, key, &mut list.comments);
        let rendered = filled.render();
        if rendered.is_none() {
            self.lost(item, key, filled.lost().unwrap_or_default(), &mut list.comments);
        }
        rendered.filter(|text| !text.is_empty())
    }

    /// The words of a text, those left out that cannot be said.
    pub(crate) fn words(&mut self, item: &Item, key: &str, list: &mut List) {
        let filled = self.filled(item, key, &mut list.comments);
        for word in words::join_definitions(words::split(&filled.parts)) {
            let lost = word.iter().find_map(|part| if let Part::Lost(text) = part { Some(text) } else { None });
            match (render(&word), lost) {
                (Some(word), _) => list.values.push(word),
                (None, lost) => self.lost_word(item, key, &word, lost.map_or("", String::as_str), &mut list.comments),
            }
        }
    }

    fn lost_word(&mut self, item: &Item, key: &str, word: &[Part], lost: &str, comments: &mut Vec<String>) {
        let source = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Fill(word) => format!("{{{word}}}"),
            Part::Lost(action) if action.starts_with("{{") || action.contains("}}") => action.clone(),
            Part::Lost(action) => format!("{{{{ {action} }}}}"),
        };
        let text: String = word.iter().map(source).collect();
        let shown = Item { text, place: item.place };
        self.lost(&shown, key, lost, comments);
    }

    fn tags(&mut self, details: &Details, flags: &mut Flags) -> List {
        let key = "builds.tags";
        if details.tags.is_empty() {
            return std::mem::take(&mut flags.tags);
        }
        let mut list = List::default();
        if let Some(item) = flags.tags_at.take() {
            let message = "sets `-tags`, which `tags` replaces: it was left out";
            list.comments.push(self.notes.add(item.place, "builds.flags", message));
        }
        for item in &details.tags {
            if let Some(text) = self.whole(item, key, &mut list) {
                list.values.extend(tag_words(&text));
            }
        }
        list
    }

    fn linked(&mut self, details: &Details, flags: &mut Flags) -> List {
        let mut list = List::default();
        if let Some(item) = flags.ldflags_at.take() {
            let message = "sets `-ldflags`, which `ldflags` (or its default) replaces: it was left out";
            list.comments.push(self.notes.add(item.place, "builds.flags", message));
        }
        for item in &details.ldflags {
            if item.place.is_none() {
                self.default_ldflags(item, &mut list);
            } else {
                self.words(item, "builds.ldflags", &mut list);
            }
        }
        list
    }

    /// GoReleaser's own, with the one word that names it replaced.
    fn default_ldflags(&mut self, item: &Item, list: &mut List) {
        list.comments.push("GoReleaser's default, which a build without `ldflags` has.".to_owned());
        self.words(item, "builds.ldflags", list);
        for value in &mut list.values {
            if value == "-X=main.builtBy=goreleaser" {
                *value = "-X=main.builtBy=xbuild".to_owned();
            }
        }
    }

    fn compiled(&mut self, details: &Details, flags: &mut Flags) -> List {
        let mut list = List::default();
        // One `-gcflags` is a list of words; several are several flags, in their order.
        let has_more = flags.rest.values.iter().any(|flag| flag.starts_with("-gcflags"));
        match details.gcflags.as_slice() {
            [item] if !has_more => self.words(item, "builds.gcflags", &mut list),
            several => self.repeated("-gcflags=", several, "builds.gcflags", flags),
        }
        self.repeated("-asmflags=", &details.asmflags, "builds.asmflags", flags);
        list
    }

    fn repeated(&mut self, flag: &str, items: &[Item], key: &str, flags: &mut Flags) {
        for item in items {
            if let Some(text) = self.whole(item, key, &mut flags.rest) {
                flags.rest.values.push(format!("{flag}{text}"));
            }
        }
    }

    fn buildmode(&mut self, details: &Details, flags: &mut Flags) -> Option<Slot> {
        let item = details.buildmode.as_ref().or(flags.buildmode.as_ref())?.clone();
        let mut list = List::default();
        let mode = self.filled(&item, "builds.buildmode", &mut list.comments).literal();
        let Some(mode) = mode else {
            self.lost(&item, "builds.buildmode", &item.text, &mut list.comments);
            return list.slot("buildmode");
        };
        if mode.starts_with("c-") {
            let message = format!("is `{mode}`, which needs cgo and makes a library with a name of its own");
            list.comments.push(self.notes.add(item.place, "builds.buildmode", message));
        }
        Some(Slot { word: "buildmode", comments: list.comments, value: Some(Value::Text(mode)) })
    }
}

/// The tags of a text: Go takes commas and, as it once did, white space.
pub(crate) fn tag_words(text: &str) -> impl Iterator<Item = String> {
    text.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()).map(str::to_owned)
}
