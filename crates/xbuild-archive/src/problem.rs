//! What can be wrong with an archive or an image, or keep a part of it from being looked at.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// How many problems of one archive are told.
const MOST: usize = 100;

/// Something wrong. `Display` is the sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It ends too early.
    #[error("{what} ends too early")]
    Truncated {
        /// What does.
        what: String,
    },
    /// It breaks its format's rules: a checksum, a header.
    #[error("{what}: {why}")]
    Malformed {
        /// What does.
        what: String,
        /// Which rule.
        why: String,
    },
    /// It unpacks to more than is looked at.
    #[error("it unpacks to more than {most} bytes; the rest was not looked at")]
    TooMuch {
        /// The bound.
        most: u64,
    },
    /// It has more members than are looked at, or more problems than are told.
    #[error("more than {most} {what}; the rest was not read")]
    TooMany {
        /// What there are so many of.
        what: &'static str,
        /// The bound.
        most: u64,
    },
    /// A member that cannot be read without a password.
    #[error("`{name}` is encrypted")]
    Encrypted {
        /// The member.
        name: String,
    },
    /// A name that would leave the folder that the archive is unpacked in, or cannot be a name.
    #[error("the name `{name}` {why}")]
    UnsafeName {
        /// The name.
        name: String,
        /// What it does.
        why: &'static str,
    },
    /// Two members with one name.
    #[error("the name `{name}` stands there {why}")]
    SameName {
        /// The name.
        name: String,
        /// How the two are alike.
        why: &'static str,
    },
    /// Something that holds files and was not opened.
    #[error("{what} was not looked into: {why}")]
    NotLookedInto {
        /// What.
        what: String,
        /// Why not.
        why: String,
    },
    /// A part of an image that is not what its digest or size says, or is not there.
    #[error("{what} {why}")]
    Blob {
        /// The blob.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// The index and the configuration of an image name different platforms.
    #[error("the index says {index}, the configuration says {config}")]
    TwoPlatforms {
        /// What the index says.
        index: String,
        /// What the configuration says.
        config: String,
    },
    /// A program in an image for another platform.
    #[error("{what}, in an image for {platform}")]
    ImagePlatform {
        /// What the program is: "an x86-64 program".
        what: String,
        /// What the image says it is for.
        platform: String,
    },
}

impl Problem {
    /// The diagnostic's code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "xbuild::truncated",
            Self::Malformed { .. } => "xbuild::malformed",
            Self::TooMuch { .. } => "xbuild::unpacks-too-large",
            Self::TooMany { .. } => "xbuild::too-many",
            Self::Encrypted { .. } => "xbuild::encrypted",
            Self::UnsafeName { .. } => "xbuild::unsafe-name",
            Self::SameName { .. } => "xbuild::same-name",
            Self::NotLookedInto { .. } => "xbuild::not-looked-into",
            Self::Blob { .. } => "xbuild::image-blob",
            Self::TwoPlatforms { .. } => "xbuild::contradiction",
            Self::ImagePlatform { .. } => "xbuild::image-platform",
        }
    }

    /// Whether a check that met it has failed; the others are warnings.
    pub const fn is_error(&self) -> bool {
        !matches!(self, Self::SameName { .. })
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Problem", 2)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("message", &self.to_string())?;
        object.end()
    }
}

/// The problems of one archive, no more than a hundred of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// One more. Behind the hundredth stands that there are more.
    pub fn push(&mut self, problem: Problem) {
        match self.0.len() {
            ..MOST => self.0.push(problem),
            MOST => self.0.push(Problem::TooMany { what: "problems", most: MOST as u64 }),
            _ => {}
        }
    }

    /// In the order in which they were met.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}
