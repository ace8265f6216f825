//! What a node looks like: its arguments, properties and block, what it means, and which codes tell that it is wrong.
//!
//! The outline of every node is checked by what stands here (`form`); what a value means is read where the node is
//! lowered, and the tests hold the one against the other.

use std::fmt::Debug;

use super::Place;

/// One node of the language in the places where it looks and means the same.
#[derive(Debug)]
pub struct NodeInfo {
    /// The word.
    pub name: &'static str,
    /// What it means, in one sentence without a full stop.
    pub about: &'static str,
    /// Where it may stand.
    pub places: &'static [Place],
    /// Whether it may stand several times in one place.
    pub repeats: bool,
    /// The arguments, in their order.
    pub arguments: &'static [ArgumentInfo],
    /// The properties with names of the language's.
    pub properties: &'static [PropertyInfo],
    /// The properties with names of the user's.
    pub open: Option<Open>,
    /// What stands in its block; `None` where it has none.
    pub block: Option<Place>,
    /// Whether `+name` adds to the list of a weaker layer.
    pub appends: bool,
    /// Whether `#null` takes back what a weaker layer says.
    pub clears: bool,
    /// What holds where it is not written.
    pub default: Option<&'static str>,
    /// The codes that are about this node in particular, those of the expanded matrix included.
    pub codes: &'static [&'static str],
    /// How it may look.
    pub example: &'static str,
}

/// An argument, or the rest of them.
#[derive(Debug)]
pub struct ArgumentInfo {
    /// What it is, as a word for a place to fill in.
    pub name: &'static str,
    /// Its type.
    pub of: Type,
    /// How many there must be.
    pub least: usize,
    /// Whether there may be any number of them.
    pub many: bool,
}

/// A property.
#[derive(Debug)]
pub struct PropertyInfo {
    /// The word.
    pub name: &'static str,
    /// The type of its value.
    pub of: Type,
    /// Whether it must be there.
    pub required: bool,
}

/// Properties whose names the user chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// The name of an axis; one of its values.
    Axes,
    /// As [`Open::Axes`], and several values with `|` between them, also for the properties with names of the language's.
    Conditions,
    /// The name of a variable; a string, or `#null`.
    Variables,
}

impl Open {
    /// The word for it in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Axes => "axes",
            Self::Conditions => "conditions",
            Self::Variables => "variables",
        }
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// A name that is declared here.
    Name,
    /// The name of a declared profile.
    Profile,
    /// The name of a declared axis.
    Axis,
    /// The name of a declared target.
    Target,
    /// The name of a declared toolchain.
    Toolchain,
    /// A value that an axis is declared with.
    AxisValue,
    /// A whole platform.
    Platform,
    /// An exact version.
    Version,
    /// `#true` or `#false`.
    Bool,
    /// A whole number from the first to the last.
    Integer(i128, i128),
    /// A string with something in it.
    Text,
    /// A string with placeholders.
    Template,
    /// A path below the project's root.
    Path,
    /// The same with placeholders.
    PathTemplate,
    /// A glob below the project's root, with placeholders.
    Glob,
    /// The name of a variable.
    Variable,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// A C library, with or without a floor.
    Libc,
    /// Numbers with dots.
    Numbers,
    /// An image with its digest.
    PinnedImage,
}

impl Type {
    /// The word for it in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Profile => "profile",
            Self::Axis => "axis",
            Self::Target => "target",
            Self::Toolchain => "toolchain",
            Self::AxisValue => "axis-value",
            Self::Platform => "platform",
            Self::Version => "version",
            Self::Bool => "bool",
            Self::Integer(..) => "integer",
            Self::Text => "string",
            Self::Template => "template",
            Self::Path => "path",
            Self::PathTemplate => "path-template",
            Self::Glob => "glob",
            Self::Variable => "variable",
            Self::Word(_) => "word",
            Self::Libc => "libc",
            Self::Numbers => "numbers",
            Self::PinnedImage => "pinned-image",
        }
    }

    /// The values, where there are only a few.
    pub fn values(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Word(words) => Some(words()),
            _ => None,
        }
    }

    /// The codes that tell that a value is none of this type.
    const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["bad-name", "number-for-string", "wrong-type"],
            Self::Profile => &["unknown-profile", "number-for-string", "wrong-type"],
            Self::Axis => &["unknown-axis", "number-for-string", "wrong-type"],
            Self::Target => &["unknown-target", "number-for-string", "wrong-type"],
            Self::Toolchain => &["unknown-toolchain", "number-for-string", "wrong-type"],
            Self::AxisValue | Self::Variable => &["bad-name", "number-for-string", "wrong-type"],
            Self::Platform => {
                &["unknown-platform", "unknown-variant", "unsupported-pair", "number-for-string", "wrong-type"]
            }
            Self::Version => &["inexact-version", "number-for-string", "wrong-type"],
            Self::Bool => &["want-bool"],
            Self::Integer(..) => &["wrong-type"],
            Self::Text | Self::Word(_) | Self::Libc | Self::Numbers => &["number-for-string", "wrong-type"],
            Self::Template => &["unknown-placeholder", "number-for-string", "wrong-type"],
            Self::Path => &["path-escapes", "number-for-string", "wrong-type"],
            Self::PathTemplate | Self::Glob => {
                &["path-escapes", "unknown-placeholder", "number-for-string", "wrong-type"]
            }
            Self::PinnedImage => &["image-unpinned", "number-for-string", "wrong-type"],
        }
    }
}

/// Codes of nodes that count their arguments themselves, because one too many means something there.
const COUNTED: [&str; 4] = ["one-value", "condition-arg", "env-arg", "builder-arg"];

impl NodeInfo {
    /// Nothing but a word; the tables fill in the rest.
    pub(super) const BARE: Self = Self {
        name: "",
        about: "",
        places: &[],
        repeats: false,
        arguments: &[],
        properties: &[],
        open: None,
        block: None,
        appends: false,
        clears: false,
        default: None,
        codes: &[],
        example: "",
    };

    /// The most arguments; `None` for any number, or where they are counted where the node is lowered.
    pub(crate) fn most(&self) -> Option<usize> {
        let counted = self.codes.iter().any(|code| COUNTED.contains(code));
        let bounded = !counted && self.arguments.iter().all(|argument| !argument.many);
        bounded.then_some(self.arguments.len())
    }

    /// Whether it has a property of that name.
    pub(crate) fn has_property(&self, name: &str) -> bool {
        self.properties.iter().any(|property| property.name == name)
    }

    /// The type of the first argument.
    pub(crate) fn of(&self) -> Option<Type> {
        self.arguments.first().map(|argument| argument.of)
    }

    /// Whether it stands at the top of the file.
    fn is_declaration(&self) -> bool {
        self.places.contains(&Place::Top)
    }

    /// The codes that it may raise: its own, and those that follow from how it looks.
    pub fn all_codes(&self) -> Vec<&'static str> {
        let mut codes = self.codes.to_vec();
        let arguments = self.arguments.iter().map(|argument| argument.of);
        // A condition tells of every value in its own words.
        let named = self.properties.iter().filter(|_| self.open != Some(Open::Conditions));
        let types = arguments.chain(named.map(|property| property.of));
        codes.extend(types.flat_map(Type::codes));
        codes.extend(self.codes_of_outline());
        let mut seen = Vec::new();
        codes.retain(|code| {
            !seen.contains(code) && {
                seen.push(*code);
                true
            }
        });
        codes
    }

    fn codes_of_outline(&self) -> impl Iterator<Item = &'static str> {
        let has_properties = !self.properties.is_empty() || self.open.is_some();
        let is_list = self.arguments.iter().any(|argument| argument.many && argument.least > 0);
        let once = match self.is_declaration() || self.block.is_some_and(|place| matches!(place, Place::Builder(_))) {
            // A second builder is one too many, whatever it is.
            _ if self.repeats || self.codes.contains(&"two-builders") => None,
            true => Some("duplicate-block"),
            false => Some("duplicate-setting"),
        };
        let open = match self.open {
            None => &["unknown-property"][..],
            Some(Open::Axes) => &["unknown-axis", "unknown-value", "number-for-string", "wrong-type"],
            Some(Open::Conditions) => &["unknown-condition", "unknown-value", "number-for-string", "wrong-type"],
            Some(Open::Variables) => &["bad-name", "number-for-string", "wrong-type", "unknown-placeholder"],
        };
        let rest = [
            once,
            has_properties.then_some("duplicate-property"),
            self.most().map(|_| "unexpected-argument"),
            self.block.is_none().then_some("unexpected-block"),
            self.block.map(|_| "unknown-node"),
            is_list.then_some("empty-list"),
            (!self.appends).then_some("append-scalar"),
            Some("misplaced"),
        ];
        open.iter().copied().chain(rest.into_iter().flatten())
    }
}
