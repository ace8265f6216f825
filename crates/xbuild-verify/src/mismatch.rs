//! A promise and a fact that differ: which field, what was promised, what was found, and where in the file it stands.
//!
//! A mismatch is made where the comparison is ([`crate::compare`], [`crate::expectation`]); here is what it consists of
//! and which verdict it leads to.

use serde::Serialize;
use xbuild_platform::Os;

use crate::Format;
use xbuild_platform::words;

words! {
    /// What a comparison came to. The order is that of gravity: a file's verdict is the gravest of its mismatches'.
    Verdict {
        /// Every promise is kept.
        Match = "match",
        /// The user asked for a field that the bytes do not prove.
        Unknown = "unknown",
        /// A promise and a fact differ.
        Mismatch = "mismatch",
        /// Two sources inside the file disagree.
        Contradiction = "contradiction",
        /// The file is no compiled code.
        NotBinary = "not-binary",
        /// A part breaks its format's rules.
        Malformed = "malformed",
        /// A part lies behind the end of the file.
        Truncated = "truncated",
        /// A folder, a pipe, a device: found by the caller, before there are bytes.
        NotRegular = "not-regular",
    }
}

words! {
    /// The fact that a mismatch is about, as the JSON of facts names it.
    Field {
        /// What the file is for.
        Kind = "kind",
        /// The container.
        Format = "format",
        /// The operating system.
        Os = "os",
        /// The instruction set.
        Arch = "arch",
        /// The level of the instruction set.
        Variant = "variant",
        /// Pointer size.
        Bits = "bits",
        /// Byte order.
        Endian = "endian",
        /// How it finds the code that it does not hold.
        Linkage = "linkage",
        /// The lowest glibc.
        GlibcFloor = "glibc_floor",
        /// The lowest system.
        MinOs = "min_os",
        /// Whether symbols are gone.
        Stripped = "stripped",
        /// The program interpreter.
        Interpreter = "interpreter",
        /// Whether there is a code signature.
        Signed = "signed",
        /// The file as such.
        Problems = "problems",
    }
}

words! {
    /// The diagnostic that tells of a mismatch, without the `xbuild::` before it.
    Code {
        /// Not compiled code.
        NotBinary = "not-binary",
        /// Ends too early.
        Truncated = "truncated",
        /// Breaks its format's rules.
        Malformed = "malformed",
        /// Says two things.
        Contradiction = "contradiction",
        /// Another container.
        Format = "format-mismatch",
        /// For something else.
        Kind = "kind-mismatch",
        /// Another instruction set, pointer size or byte order.
        Machine = "machine-mismatch",
        /// A library for several instruction sets.
        MixedArchitectures = "mixed-architectures",
        /// Another system.
        Os = "os-mismatch",
        /// Another level.
        Variant = "variant-mismatch",
        /// Another linkage.
        Linkage = "linkage-mismatch",
        /// A newer glibc.
        Glibc = "glibc-mismatch",
        /// A newer system.
        MinOs = "min-os-mismatch",
        /// Symbols where none should be, or none where they should.
        Stripped = "stripped-mismatch",
        /// Another interpreter.
        Interpreter = "interpreter-mismatch",
        /// No code signature where the system demands one.
        Unsigned = "unsigned",
        /// A field that was asked for and that the bytes do not prove.
        Unknown = "unknown-fact",
    }
}

impl Code {
    /// The verdict that a mismatch with this code leads to.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::NotBinary => Verdict::NotBinary,
            Self::Truncated => Verdict::Truncated,
            Self::Malformed => Verdict::Malformed,
            Self::Contradiction => Verdict::Contradiction,
            Self::Unknown => Verdict::Unknown,
            _ => Verdict::Mismatch,
        }
    }
}

/// A promise and a fact that differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    pub(crate) code: Code,
    pub(crate) field: Field,
    pub(crate) promised: String,
    pub(crate) found: Option<String>,
    pub(crate) headline: String,
    pub(crate) evidence: String,
    /// The member of an archive that it is about; it is the beginning of the evidence too.
    #[serde(skip)]
    pub(crate) member: Option<String>,
}

impl Mismatch {
    /// The same of a member of an archive.
    #[must_use]
    pub fn within(&self, member: &str) -> Self {
        let evidence = format!("{member}: {}", self.evidence);
        Self { evidence, member: Some(member.to_owned()), ..self.clone() }
    }

    /// That an archive with programs in it is not whole, or contradicts itself.
    pub fn of_archive(code: Code, evidence: &str) -> Self {
        let headline = if code == Code::Contradiction { "for two platforms at once".into() } else { code.to_string() };
        Self {
            code,
            field: Field::Problems,
            promised: "a sound file".to_owned(),
            found: None,
            headline,
            evidence: evidence.to_owned(),
            member: None,
        }
    }

    /// The member of an archive that it is about; `None` where it is about the file itself.
    pub fn member(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// Where the proof stands, behind the file's path: `dist/app, ELF header, …`, `dist/app.zip:bin/app: ELF header, …`.
    pub fn evidence_at(&self, path: &str) -> String {
        let between = if self.member.is_some() { ":" } else { ", " };
        format!("{path}{between}{}", self.evidence)
    }

    /// The diagnostic's code: `machine-mismatch`.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The fact that differs.
    pub const fn field(&self) -> Field {
        self.field
    }

    /// The promised value, as JSON has it.
    pub fn promised(&self) -> &str {
        &self.promised
    }

    /// The value found; `None` where the bytes prove none.
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// What the file is, for a sentence that ends with it: "`app@linux/arm64` is *an x86-64 program*".
    pub fn headline(&self) -> &str {
        &self.headline
    }

    /// Where in the file the proof stands: "ELF header, e_machine = 62 (x86-64), expected 183 (AArch64)".
    pub fn evidence(&self) -> &str {
        &self.evidence
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.headline, self.evidence)
    }
}

/// A file's verdict and everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    verdict: Verdict,
    mismatches: Vec<Mismatch>,
}

impl Verification {
    pub(crate) fn new(mismatches: Vec<Mismatch>) -> Self {
        let verdict = mismatches.iter().map(|mismatch| mismatch.code.verdict()).max().unwrap_or(Verdict::Match);
        Self { verdict, mismatches }
    }

    /// The same with more mismatches.
    #[must_use]
    pub fn and(self, more: impl IntoIterator<Item = Mismatch>) -> Self {
        Self::new(self.mismatches.into_iter().chain(more).collect())
    }

    /// The gravest of the mismatches' verdicts, or [`Verdict::Match`].
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What differs, gravest knock-on errors left out; empty exactly for [`Verdict::Match`].
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

/// A word with its article: `an x86-64`, `a Mach-O`.
pub(crate) fn with_article(words: &str) -> String {
    let article = if words.starts_with(['A', 'E', 'I', 'O', 'X', 'a', 'e', 'i', 'o', 'x']) { "an" } else { "a" };
    format!("{article} {words}")
}

/// A system as its makers write it.
pub(crate) const fn os_title(os: Os) -> &'static str {
    match os {
        Os::Aix => "AIX",
        Os::Android => "Android",
        Os::Darwin => "macOS",
        Os::Dragonfly => "DragonFly",
        Os::Freebsd => "FreeBSD",
        Os::Illumos => "illumos",
        Os::Ios => "iOS",
        Os::Js => "JavaScript",
        Os::Linux => "Linux",
        Os::Netbsd => "NetBSD",
        Os::Openbsd => "OpenBSD",
        Os::Plan9 => "Plan 9",
        Os::Solaris => "Solaris",
        Os::Wasip1 => "WASI",
        Os::Windows => "Windows",
    }
}

/// The part of a file that names its machine.
pub(crate) fn header_title(format: Option<Format>) -> String {
    match format {
        None => "the file".to_owned(),
        Some(Format::Ar) => "the members' headers".to_owned(),
        Some(format) => format!("{} header", format.title()),
    }
}
