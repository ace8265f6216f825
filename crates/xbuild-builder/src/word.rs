//! Command words and variable values that name places instead of paths.
//!
//! The key and the lock must not depend on where a cache or a home lies, so a path of this machine enters a word only as a
//! [`Place`], and is filled in when the action runs. What depends on the commit is a stamp: the lock shows its name, the
//! key takes its value.

use std::collections::BTreeMap;
use std::fmt;

use xbuild_model::{Template, TemplatePart};

/// Somewhere on the machine that runs the action.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// `{tool:NAME}`: the program of a toolchain.
    Tool(String),
    /// `{cxx:NAME}`: the C++ compiler that stands beside the C compiler of a toolchain.
    Cxx(String),
    /// `{ar:NAME}`: the archiver that belongs to the C compiler of a toolchain.
    Ar(String),
    /// `{dir:NAME}`: the folder that a toolchain's program is in.
    Dir(String),
    /// `{root:NAME}`: the folder of a toolchain.
    Root(String),
    /// `{sysroot:NAME}`: a folder with the headers and libraries of a platform.
    Sysroot(String),
    /// `{src}`: the staged input tree.
    Src,
    /// `{out}`: the folder for the outputs.
    Out,
    /// `{home}`: the action's own home.
    Home,
    /// `{tmp}`: the action's own folder for temporary files.
    Tmp,
    /// `{cache:NAME}`: a folder of the cache that outlives the action, such as Go's build cache.
    Cache(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(name) => write!(f, "{{tool:{name}}}"),
            Self::Cxx(name) => write!(f, "{{cxx:{name}}}"),
            Self::Ar(name) => write!(f, "{{ar:{name}}}"),
            Self::Dir(name) => write!(f, "{{dir:{name}}}"),
            Self::Root(name) => write!(f, "{{root:{name}}}"),
            Self::Sysroot(name) => write!(f, "{{sysroot:{name}}}"),
            Self::Src => f.write_str("{src}"),
            Self::Out => f.write_str("{out}"),
            Self::Home => f.write_str("{home}"),
            Self::Tmp => f.write_str("{tmp}"),
            Self::Cache(name) => write!(f, "{{cache:{name}}}"),
        }
    }
}

/// Where the places are on this machine, for one run of one action.
pub type Places = BTreeMap<Place, String>;

/// A stretch of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// A path that is filled in when the action runs.
    Place(Place),
    /// A value that the file asked for by name and that changes with the commit: `{version}`.
    Stamp {
        /// The placeholder's name.
        name: String,
        /// What it stands for now.
        value: String,
    },
}

/// One word of a command, or the value of a variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    parts: Vec<Part>,
}

impl Word {
    /// A word without places.
    pub fn text(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// A word that is one place.
    pub fn place(place: Place) -> Self {
        Self { parts: vec![Part::Place(place)] }
    }

    /// This word with more text behind it.
    #[must_use]
    pub fn then(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// This word with another behind it.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// A word from a template of the file, each placeholder answered by `fill`.
    pub fn from_template<E>(
        template: &Template,
        mut fill: impl FnMut(&xbuild_model::Placeholder) -> Result<Vec<Part>, E>,
    ) -> Result<Self, E> {
        let mut parts = Vec::new();
        for part in template.parts() {
            match part {
                TemplatePart::Text(text) => parts.push(Part::Text(text.clone())),
                TemplatePart::Placeholder(placeholder) => parts.extend(fill(placeholder)?),
            }
        }
        Ok(Self { parts })
    }

    /// The stretches.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether it names a place.
    pub fn names(&self, place: &Place) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Place(named) if named == place))
    }

    /// How the lock and `plan` show it: places and stamps by name, a brace of the text doubled.
    pub fn template(&self) -> String {
        self.render(
            |text| text.replace('{', "{{").replace('}', "}}"),
            Place::to_string,
            |name, _| format!("{{{name}}}"),
        )
    }

    /// How the key sees it: places by name, stamps by value.
    pub fn keyed(&self) -> String {
        let doubled = |text: &str| text.replace('{', "{{").replace('}', "}}");
        self.render(doubled, Place::to_string, |_, value| doubled(value))
    }

    /// How the process gets it. A place that is not in `places` stays a template, which no path is.
    pub fn expand(&self, places: &Places) -> String {
        let at = |place: &Place| places.get(place).cloned().unwrap_or_else(|| place.to_string());
        self.render(str::to_owned, at, |_, value| value.to_owned())
    }

    fn render(
        &self,
        text: impl Fn(&str) -> String,
        place: impl Fn(&Place) -> String,
        stamp: impl Fn(&str, &str) -> String,
    ) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(value) => text(value),
            Part::Place(value) => place(value),
            Part::Stamp { name, value } => stamp(name, value),
        });
        parts.collect()
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_takes_values_and_the_lock_shows_names() {
        let stamp = Part::Stamp { name: "version".into(), value: "1.2".into() };
        let word = Word::text("-X={v=").join(Word { parts: vec![stamp, Part::Place(Place::Out)] });
        assert_eq!(word.template(), "-X={{v={version}{out}");
        assert_eq!(word.keyed(), "-X={{v=1.2{out}");
        assert_eq!(word.expand(&Places::from([(Place::Out, "/o".into())])), "-X={v=1.2/o");
    }
}
