//! What can be said of a file, in one spelling for all who say it: xbuild's.

use std::collections::BTreeMap;

/// One thing that can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Kind,
    Arch,
    Bits,
    Endian,
    Os,
    Variant,
    Linkage,
    Interpreter,
    Needed,
    GlibcFloor,
    MinOs,
    Stripped,
    Pie,
    Nx,
    Relro,
    GoVersion,
    GoSettings,
}

impl Fact {
    pub(super) const ALL: [Self; 17] = [
        Self::Kind,
        Self::Arch,
        Self::Bits,
        Self::Endian,
        Self::Os,
        Self::Variant,
        Self::Linkage,
        Self::Interpreter,
        Self::Needed,
        Self::GlibcFloor,
        Self::MinOs,
        Self::Stripped,
        Self::Pie,
        Self::Nx,
        Self::Relro,
        Self::GoVersion,
        Self::GoSettings,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Arch => "architecture",
            Self::Bits => "bits",
            Self::Endian => "byte order",
            Self::Os => "system",
            Self::Variant => "variant",
            Self::Linkage => "linkage",
            Self::Interpreter => "interpreter",
            Self::Needed => "libraries needed",
            Self::GlibcFloor => "glibc floor",
            Self::MinOs => "lowest system",
            Self::Stripped => "stripped",
            Self::Pie => "loads anywhere",
            Self::Nx => "stack not executable",
            Self::Relro => "read-only relocations",
            Self::GoVersion => "Go version",
            Self::GoSettings => "Go settings",
        }
    }

    /// Whether no package and no flag fixes it, so that two who read it must agree.
    pub(super) fn is_settled_by_readers(self) -> bool {
        matches!(self, Self::Needed | Self::GlibcFloor)
    }
}

/// What somebody says of one file. What is not in it, they are silent about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts(BTreeMap<Fact, String>);

impl Facts {
    pub(super) fn get(&self, fact: Fact) -> Option<&str> {
        self.0.get(&fact).map(String::as_str)
    }

    pub(super) fn say(&mut self, fact: Fact, value: impl Into<String>) {
        self.0.insert(fact, value.into());
    }

    /// The same, where there is something to say.
    pub(super) fn say_if(&mut self, fact: Fact, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.say(fact, value);
        }
    }

    /// Architecture, word size and byte order by the architecture's name.
    pub(super) fn say_arch(&mut self, arch: &str) {
        let bits = if matches!(arch, "386" | "arm" | "mips" | "mipsle" | "wasm") { "32" } else { "64" };
        let big = matches!(arch, "mips" | "mips64" | "ppc64" | "s390x");
        self.say(Fact::Arch, arch);
        self.say(Fact::Bits, bits);
        self.say(Fact::Endian, if big { "big" } else { "little" });
    }
}

/// Whether an answer says what is true. Of Go's settings only those that are known count.
pub(super) fn agrees(fact: Fact, truth: &str, answer: &str) -> bool {
    if fact != Fact::GoSettings {
        return truth == answer;
    }
    truth.split(' ').all(|setting| answer.split(' ').any(|said| said == setting))
}
