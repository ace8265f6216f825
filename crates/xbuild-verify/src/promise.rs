//! What was promised of a file: the platform, what it is for, and what `expect` adds.
//!
//! These are parsed values; that `expect` was written well is checked before, where the text is. What a platform implies
//! (the container that its programs have) is said here; comparing is [`crate::compare`]'s.

use xbuild_platform::{Os, Platform};

use crate::{Format, Kind, Linkage, Version};
use xbuild_platform::words;

words! {
    /// What the promised file is for.
    Output {
        /// A program.
        Executable = "executable",
        /// A library to link.
        StaticLibrary = "static-library",
        /// A library to load.
        SharedLibrary = "shared-library",
        /// Whatever a command wrote: compared only where it is compiled code.
        Any = "any-output",
    }
}

impl Output {
    /// The kind of file that it is; `None` where any will do.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Executable => Some(Kind::Executable),
            Self::StaticLibrary => Some(Kind::StaticLibrary),
            Self::SharedLibrary => Some(Kind::SharedLibrary),
            Self::Any => None,
        }
    }
}

/// What a user asks of an artifact beyond its platform; `None` asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expect {
    /// Exactly this linkage.
    pub linkage: Option<Linkage>,
    /// No symbol version of glibc above this one.
    pub glibc_max: Option<Version>,
    /// Starts on this version of the system.
    pub min_os: Option<Version>,
    /// Symbols and debug information are gone, or are there.
    pub stripped: Option<bool>,
    /// Exactly this program interpreter.
    pub interpreter: Option<String>,
}

/// Everything promised of one file.
///
/// ```
/// use xbuild_verify::{Expect, Format, Linkage, Output, Promise};
///
/// let expect = Expect { linkage: Some(Linkage::Static), ..Expect::default() };
/// let promise = Promise { expect, ..Promise::new("linux/arm/v7".parse()?) };
/// assert_eq!(promise.format(), Format::Elf);
/// assert_eq!(promise.of(Output::StaticLibrary).format(), Format::Ar);
/// # Ok::<(), xbuild_platform::PlatformError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Where it is to run.
    pub platform: Platform,
    /// What it is for.
    pub output: Output,
    /// What the user asks beyond that.
    pub expect: Expect,
}

impl Promise {
    /// A program for a platform, without further wishes.
    pub fn new(platform: Platform) -> Self {
        Self { platform, output: Output::Executable, expect: Expect::default() }
    }

    /// The same promise of another output.
    #[must_use]
    pub fn of(self, output: Output) -> Self {
        Self { output, ..self }
    }

    /// The container that the promised file has.
    pub const fn format(&self) -> Format {
        match self.output {
            Output::StaticLibrary => Format::Ar,
            Output::Executable | Output::SharedLibrary | Output::Any => native_format(self.platform.os()),
        }
    }

    /// Whether a file in this container can keep the promise.
    pub fn accepts(&self, format: Format) -> bool {
        let native = native_format(self.platform.os());
        let universal = format == Format::MachoUniversal && native == Format::Macho;
        format == self.format() || universal || (self.output == Output::Any && format == Format::Ar)
    }
}

/// The container that a system's programs and libraries have.
pub const fn native_format(os: Os) -> Format {
    match os {
        Os::Darwin | Os::Ios => Format::Macho,
        Os::Windows => Format::Pe,
        Os::Js | Os::Wasip1 => Format::Wasm,
        Os::Aix => Format::Xcoff,
        Os::Plan9 => Format::Plan9,
        Os::Android
        | Os::Dragonfly
        | Os::Freebsd
        | Os::Illumos
        | Os::Linux
        | Os::Netbsd
        | Os::Openbsd
        | Os::Solaris => Format::Elf,
    }
}
