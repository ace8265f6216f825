//! A C compiler for one platform, as the words that start it: `zig cc`, or a compiler of the user's own.
//!
//! `zig` and `clang` make code for any platform and are told which; a `gcc` is made for one. Levels of an architecture are
//! told to all of them where the platform has one above the baseline. What the artifact then is, is read from its bytes.

use xbuild_platform::Platform;

use crate::{Place, Word};

/// How a C compiler is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// `zig cc`, which brings C libraries.
    Zig,
    /// `clang`, which is told its target.
    Clang,
    /// `gcc`, or anything like it, which has one target.
    Gcc,
}

/// A C compiler for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiler {
    /// The toolchain's name.
    pub toolchain: String,
    /// How it is spoken to.
    pub driver: Driver,
    /// What it compiles for.
    pub platform: Platform,
    /// The C library in zig's spelling: `musl`, `gnu`, `gnu.2.28`.
    pub libc: Option<String>,
    /// Whether a sysroot is chosen.
    pub sysroot: bool,
}

impl Compiler {
    /// The words that start the C compiler.
    pub fn cc(&self) -> Vec<Word> {
        self.start("cc", Place::Tool(self.toolchain.clone()))
    }

    /// The words that start the C++ compiler.
    pub fn cxx(&self) -> Vec<Word> {
        self.start("c++", Place::Cxx(self.toolchain.clone()))
    }

    /// The words that start the archiver.
    pub fn ar(&self) -> Vec<Word> {
        match self.driver {
            Driver::Zig => vec![Word::place(Place::Tool(self.toolchain.clone())), "ar".into()],
            Driver::Clang | Driver::Gcc => vec![Word::place(Place::Ar(self.toolchain.clone()))],
        }
    }

    /// What the compiler itself reads from the environment: where zig keeps what it makes on the way.
    pub fn env(&self) -> Vec<(&'static str, Word)> {
        if self.driver == Driver::Zig { zig_caches() } else { Vec::new() }
    }

    /// The target in the compiler's own spelling; `None` where it has one only.
    fn target(&self) -> Option<[Word; 2]> {
        match self.driver {
            Driver::Zig => Some(["-target".into(), self.platform.zig_target(self.libc.as_deref()).into()]),
            Driver::Clang => Some(["-target".into(), self.platform.llvm_target(self.is_musl()).into()]),
            Driver::Gcc => None,
        }
    }

    fn is_musl(&self) -> bool {
        self.libc.as_deref() == Some("musl")
    }

    fn level(&self) -> Option<String> {
        match self.driver {
            Driver::Zig => Some(format!("-mcpu={}", self.platform.zig_cpu()?)),
            Driver::Clang | Driver::Gcc => Some(format!("-march={}", self.platform.gnu_march()?)),
        }
    }

    fn start(&self, driver: &str, program: Place) -> Vec<Word> {
        let head = match self.driver {
            Driver::Zig => vec![Word::place(Place::Tool(self.toolchain.clone())), driver.into()],
            Driver::Clang | Driver::Gcc => vec![Word::place(program)],
        };
        let sysroot = || Word::text("--sysroot=").join(Word::place(Place::Sysroot(self.toolchain.clone())));
        head.into_iter()
            .chain(self.target().into_iter().flatten())
            .chain(self.level().map(Word::from))
            .chain(self.sysroot.then(sysroot))
            .collect()
    }
}

/// The folders that zig would otherwise take from the home or the tree. They are the action's own: nothing of them is left.
pub(crate) fn zig_caches() -> Vec<(&'static str, Word)> {
    let below = |name: &str| Word::place(Place::Tmp).then(format!("/{name}"));
    vec![("ZIG_GLOBAL_CACHE_DIR", below("zig-global")), ("ZIG_LOCAL_CACHE_DIR", below("zig-local"))]
}

/// The flag that keeps the work area's path out of what a C compiler makes.
pub(crate) fn no_paths() -> Word {
    Word::text("-ffile-prefix-map=").join(Word::place(Place::Src)).then("=/xbuild/src")
}
