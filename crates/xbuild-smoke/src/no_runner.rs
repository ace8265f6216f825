//! Why a program is not started on this machine.

use xbuild_platform::{Arch, Os};

/// A program that nobody here can start. `Display` is the reason; [`NoRunner::remedy`] what would change it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRunner {
    /// A library, an archive, text.
    #[error("it is no program but {what}")]
    NotAProgram {
        /// What it is.
        what: String,
    },
    /// Bytes that no loader takes.
    #[error("the file is damaged: {problem}")]
    Damaged {
        /// What is wrong with it.
        problem: String,
    },
    /// The bytes name no processor that is known.
    #[error("its processor is not known")]
    UnknownProcessor,
    /// No emulator runs programs of this system.
    #[error("programs for {os}/{arch} do not run on {host}, and no emulator runs them here")]
    System {
        /// The program's system.
        os: Os,
        /// The program's processor.
        arch: Arch,
        /// This machine.
        host: String,
    },
    /// A runner that is not installed.
    #[error("`{runner}` is not installed")]
    Missing {
        /// Its program.
        runner: String,
        /// The package that brings it.
        package: &'static str,
    },
    /// A dynamic program whose loader is not here.
    #[error("its loader `{interpreter}` is not installed for {arch}")]
    NoLoader {
        /// The loader's path, as the program names it.
        interpreter: String,
        /// The processor.
        arch: Arch,
        /// Debian's package that brings it; `None` where none does.
        package: Option<&'static str>,
    },
    /// QEMU crashes Go's 386 programs that processors run.
    #[error("QEMU does not run Go's programs for 386 correctly; an x86-64 machine runs them itself")]
    Go386,
    /// A level that neither this processor nor an emulator has.
    #[error("this processor is below {level}, and no emulator has it")]
    Level {
        /// The level: `amd64/v4`.
        level: String,
    },
    /// A program for a JavaScript host that no Go made: what it needs around it is not known.
    #[error("it is WebAssembly for a JavaScript host that Go did not make")]
    ForeignScript,
    /// Go's runner for WebAssembly of this release is not here.
    #[error("the runner of {version} (`wasm_exec_node.js`) was not found")]
    NoGoScript {
        /// The Go that made the program.
        version: String,
    },
    /// The machine kept it from being started.
    #[error("{why}")]
    Prevented {
        /// What the system said.
        why: String,
    },
}

impl NoRunner {
    /// The next keystrokes, where they are known.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Missing { package, .. } | Self::NoLoader { package: Some(package), .. } => {
                Some(format!("apt-get install {package}"))
            }
            Self::NoGoScript { version } => Some(format!("put the `go` of {version} on `PATH`")),
            _ => None,
        }
    }
}
