//! `flags` of a build: what of it xbuild has a setting for, what it decides itself, and the rest as it is.

use super::details::Item;
use super::settings::{List, Translator, tag_words};

/// The flags of a build, sorted.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    /// From `-tags`; the last one counts.
    pub(crate) tags: List,
    /// Where `-tags` stands.
    pub(crate) tags_at: Option<Item>,
    /// Where `-ldflags` stands.
    pub(crate) ldflags_at: Option<Item>,
    /// From `-buildmode`.
    pub(crate) buildmode: Option<Item>,
    /// Everything else.
    pub(crate) rest: List,
}

const KEY: &str = "builds.flags";

/// Flags whose value may be the next word.
const WITH_VALUE: [&str; 17] = [
    "asmflags",
    "buildmode",
    "compiler",
    "covermode",
    "coverpkg",
    "gccgoflags",
    "gcflags",
    "installsuffix",
    "ldflags",
    "mod",
    "modfile",
    "o",
    "overlay",
    "p",
    "pgo",
    "pkgdir",
    "tags",
];

impl Flags {
    /// Sorts the flags.
    pub(crate) fn read(items: &[Item], translator: &mut Translator<'_>) -> Self {
        let mut flags = Self::default();
        let mut items = items.iter();
        while let Some(item) = items.next() {
            let (name, value) = parts(&item.text);
            match value {
                None if WITH_VALUE.contains(&name) || name == "C" || name == "toolexec" => {
                    let value = items.next().map(|next| next.text.clone());
                    flags.take(name, value, item, translator);
                }
                value => flags.take(name, value.map(str::to_owned), item, translator),
            }
        }
        flags
    }

    fn take(&mut self, name: &str, value: Option<String>, item: &Item, translator: &mut Translator<'_>) {
        let valued = value.map(|text| Item { text, place: item.place });
        match (name, valued) {
            ("trimpath", None) => {}
            ("tags", Some(value)) => self.take_tags(value, translator),
            ("ldflags", Some(value)) => self.ldflags_at = Some(value),
            ("buildmode", Some(value)) => self.buildmode = Some(value),
            (name, valued) => match own(name) {
                Some(why) => {
                    let message = format!("holds `-{name}`, which was not carried over: {why}");
                    self.rest.comments.push(translator.notes.add(item.place, KEY, message));
                }
                None => self.keep(item, valued, translator),
            },
        }
    }

    fn take_tags(&mut self, value: Item, translator: &mut Translator<'_>) {
        self.tags = List::default();
        if let Some(text) = translator.whole(&value, KEY, &mut self.tags) {
            self.tags.values = tag_words(text.trim_matches(['\'', '"'])).collect();
        }
        self.tags_at = Some(value);
    }

    fn keep(&mut self, item: &Item, value: Option<Item>, translator: &mut Translator<'_>) {
        // A value that stood in a word of its own still does.
        let next = value.filter(|value| !item.text.ends_with(&value.text));
        for item in std::iter::once(item).chain(&next) {
            if let Some(text) = translator.whole(item, KEY, &mut self.rest) {
                self.rest.values.push(text);
            }
        }
    }
}

/// The name and the value of `-name=value`; a flag and its value in one word are split too.
fn parts(text: &str) -> (&str, Option<&str>) {
    let Some(flag) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')) else { return ("", None) };
    let (name, value) = flag.split_once(['=', ' ']).map_or((flag, None), |(name, value)| (name, Some(value.trim())));
    (name, value)
}

/// Why a flag is xbuild's own business.
fn own(name: &str) -> Option<&'static str> {
    Some(match name {
        "o" => "an artifact's name is `bin`, or the target's name",
        "C" => "the folder is `cwd`",
        "buildvcs" => "xbuild stamps nothing by itself: write `{commit}` in `ldflags`",
        "toolexec" => "only declared tools run in a build",
        "trimpath" => "it is `trimpath #false` here, and `#true` where nothing is said",
        "race" | "msan" | "asan" => "it needs cgo, which needs a C compiler: declare one and choose it with `cc`",
        "p" => "`--jobs` says how much runs at once",
        _ => return None,
    })
}
