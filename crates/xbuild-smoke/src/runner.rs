//! Who starts a program, and the command that this makes.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

/// What is asked of `node:wasi` for a program of WASI preview 1. `xbuild-node: ` marks what is not the program's own words.
pub(crate) const WASI_SCRIPT: &str = r#"import { readFileSync } from "node:fs";
const refuse = (error) => {
  console.error(`xbuild-node: ${error?.message ?? error}`);
  process.exit(255);
};
const [file, ...args] = process.argv.slice(2);
let wasi, instance;
try {
  const { WASI } = await import("node:wasi");
  const env = { PWD: "/" };
  wasi = new WASI({ version: "preview1", args: ["program", ...args], env, preopens: { "/": process.cwd() } });
  const module = await WebAssembly.compile(readFileSync(file));
  instance = await WebAssembly.instantiate(module, wasi.getImportObject());
} catch (error) {
  refuse(error);
}
process.exitCode = wasi.start(instance);
"#;

/// Where [`WASI_SCRIPT`] is written, below a folder that the program does not see.
pub(crate) const WASI_FILE: &str = "wasi.mjs";

/// Who starts a program. `Display` is what the user is told; paths of this machine are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// This machine itself.
    Native,
    /// QEMU's emulation of one process.
    Qemu {
        /// The emulator.
        program: Utf8PathBuf,
        /// The processor, where the program's level names one.
        cpu: Option<&'static str>,
        /// Where the loader and the libraries of a dynamic program are.
        sysroot: Option<Utf8PathBuf>,
    },
    /// Node, with its own WASI.
    NodeWasi {
        /// Node.
        program: Utf8PathBuf,
    },
    /// Node, with the script that Go has for it.
    NodeGo {
        /// Node.
        program: Utf8PathBuf,
        /// The script.
        script: Utf8PathBuf,
    },
    /// Wine.
    Wine {
        /// Wine.
        program: Utf8PathBuf,
        /// What its programs share, where it can be told to end.
        server: Option<Utf8PathBuf>,
    },
}

impl Runner {
    /// The program to start, and what stands before the artifact. `own` is a folder that the artifact does not see.
    pub(crate) fn command(&self, artifact: &Utf8Path, own: &Utf8Path) -> (Utf8PathBuf, Vec<String>) {
        let started = |program: &Utf8PathBuf, mut before: Vec<String>| {
            before.push(artifact.to_string());
            (program.clone(), before)
        };
        match self {
            Self::Native => (artifact.to_owned(), Vec::new()),
            Self::Qemu { program, cpu, sysroot } => {
                let cpu = cpu.iter().flat_map(|cpu| ["-cpu".to_owned(), (*cpu).to_owned()]);
                let sysroot = sysroot.iter().flat_map(|sysroot| ["-L".to_owned(), sysroot.to_string()]);
                started(program, cpu.chain(sysroot).collect())
            }
            Self::NodeWasi { program } => {
                started(program, vec!["--no-warnings".into(), own.join(WASI_FILE).to_string()])
            }
            // A deep stack is what Go's own wrapper asks for.
            Self::NodeGo { program, script } => started(program, vec!["--stack-size=8192".into(), script.to_string()]),
            Self::Wine { program, .. } => started(program, Vec::new()),
        }
    }

    /// How a line begins that is the runner's own and not the program's.
    pub(crate) fn marks(&self) -> Vec<String> {
        match self {
            Self::Qemu { program, .. } => {
                let name = program.file_name().unwrap_or_default();
                vec![format!("{name}: "), format!("{}: ", name.trim_end_matches("-static")), "qemu: ".to_owned()]
            }
            Self::NodeWasi { .. } => vec!["xbuild-node: ".to_owned()],
            Self::Wine { .. } => vec!["wine: ".to_owned()],
            Self::Native | Self::NodeGo { .. } => Vec::new(),
        }
    }
}

impl fmt::Display for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |program: &Utf8PathBuf| program.file_name().unwrap_or_default().to_owned();
        match self {
            Self::Native => f.write_str("native"),
            Self::Qemu { program, cpu, sysroot } => {
                f.write_str(&name(program))?;
                cpu.map_or(Ok(()), |cpu| write!(f, " -cpu {cpu}"))?;
                sysroot.as_ref().map_or(Ok(()), |sysroot| write!(f, " -L {sysroot}"))
            }
            Self::NodeWasi { .. } => f.write_str("node with node:wasi"),
            Self::NodeGo { .. } => f.write_str("node with Go's wasm_exec_node.js"),
            Self::Wine { program, .. } => f.write_str(&name(program)),
        }
    }
}
