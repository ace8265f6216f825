//! What every command needs: the flags, the machine, the terminal, and the way to report.

use std::collections::BTreeMap;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use miette::Diagnostic;
use serde::Serialize;
use serde_json::Value;
use xbuild_platform::HostPlatform;
use xbuild_toolchain::Environment;

use crate::args::{Color, Global};
use crate::diagnostics::{Note, Source, document, entries, human};
use crate::exit::Exit;
use crate::present::harmless::harmless;
use crate::present::json::write_line;

/// One thing to report, boxed: every crate has its own kind.
pub(crate) type Problem = Box<dyn Diagnostic + Send + Sync>;

/// Why a command ended early: what to report, about which text, and with which exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) problems: Vec<Problem>,
    pub(crate) source: Option<Source>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, problem: impl Diagnostic + Send + Sync + 'static) -> Self {
        Self { exit, problems: vec![Box::new(problem)], source: None }
    }

    /// About places in a text.
    #[must_use]
    pub(crate) fn about(mut self, source: &Source) -> Self {
        self.source = Some(source.clone());
        self
    }
}

/// The machine and the flags.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) cwd: Utf8PathBuf,
    pub(crate) environment: Environment,
    pub(crate) host: HostPlatform,
    color: bool,
    /// The problems so far, for the one document that a program reads at the end.
    told: Mutex<Vec<Value>>,
}

/// A machine that xbuild cannot work on.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(crate) enum MachineError {
    /// Go has no name for it.
    #[error("this machine ({os}, {arch}) is none that Go knows")]
    #[diagnostic(code("xbuild::unknown-host"))]
    Host { os: &'static str, arch: &'static str },
    /// The folder to work in.
    #[error("cannot work in `{path}`: {why}")]
    #[diagnostic(code("xbuild::bad-dir"), help("name a folder that exists: `--dir DIR`"))]
    Folder { path: String, why: String },
}

/// How much of a document is written at once, in bytes.
const OUT: usize = 64 << 10;

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self, Failure> {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let host = HostPlatform::from_rust_names(std::env::consts::OS, std::env::consts::ARCH).ok_or_else(|| {
            let error = MachineError::Host { os: std::env::consts::OS, arch: std::env::consts::ARCH };
            Failure::new(Exit::Environment, error)
        })?;
        let cwd = working_folder(global.dir.as_deref())?;
        let no_color = variables.get("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !no_color && std::io::stderr().is_terminal(),
        };
        Ok(Self { global, cwd, environment: Environment::new(variables), host, color, told: Mutex::default() })
    }

    /// Whether results are for a program.
    pub(crate) fn is_json(&self) -> bool {
        self.global.format.is_for_programs()
    }

    /// Whether progress may be drawn.
    pub(crate) fn draws(&self) -> bool {
        !self.global.quiet && !self.is_json() && std::io::stderr().is_terminal()
    }

    /// Writes a result to standard output. A reader that went away ends the program quietly.
    pub(crate) fn print(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes a document, or one line of a stream of them, to standard output.
    pub(crate) fn print_json(&self, document: &impl Serialize) {
        let mut out = BufWriter::with_capacity(OUT, std::io::stdout().lock());
        let _ = write_line(&mut out, document).and_then(|()| out.flush());
    }

    /// Says something beside the result, on standard error.
    pub(crate) fn say(&self, text: &str) {
        if !self.global.quiet && !self.is_json() {
            let _ = writeln!(std::io::stderr().lock(), "{}", harmless(text));
        }
    }

    /// Reports problems on standard error, in the form that the user chose.
    pub(crate) fn problems(&self, problems: &[Problem], source: Option<&Source>) {
        let with_notes: Vec<(&Problem, Note)> = problems.iter().map(|problem| (problem, Note::default())).collect();
        self.problems_with_notes(&with_notes, source);
    }

    pub(crate) fn problems_with_notes(&self, problems: &[(&Problem, Note)], source: Option<&Source>) {
        if problems.is_empty() {
            return;
        }
        if self.is_json() {
            if let Ok(mut told) = self.told.lock() {
                told.extend(entries(problems, source));
            }
            return;
        }
        let text: String =
            problems.iter().map(|(problem, note)| human(problem.as_ref(), source, note, self.color) + "\n").collect();
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Writes what a program is to read of all problems of the run: one document.
    pub(crate) fn finish(&self) {
        if let Some(told) = self.told.lock().ok().filter(|told| !told.is_empty()) {
            let _ = write_line(&mut BufWriter::new(std::io::stderr().lock()), &document(&told));
        }
    }

    /// Reports why a command ended, and says with which code.
    pub(crate) fn report(&self, failure: &Failure) -> Exit {
        self.problems(&failure.problems, failure.source.as_ref());
        failure.exit
    }

    /// Where artifacts go.
    pub(crate) fn out(&self, root: &Utf8Path) -> Utf8PathBuf {
        self.global.out.as_ref().map_or_else(|| root.join("dist"), |out| self.cwd.join(out))
    }

    /// How many things this machine does at once.
    pub(crate) fn processors(&self) -> u32 {
        std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1))
    }

    /// Where the cache is: the flag, else the user's cache folder, else a folder here.
    pub(crate) fn cache(&self) -> Utf8PathBuf {
        self.own_cache().unwrap_or_else(|| self.cwd.join(".xbuild-cache"))
    }

    /// Whether the cache is where the user wants caches, and not in the working folder for want of a home.
    pub(crate) fn has_own_cache(&self) -> bool {
        self.own_cache().is_some()
    }

    fn own_cache(&self) -> Option<Utf8PathBuf> {
        if let Some(cache) = &self.global.cache_dir {
            return Some(self.cwd.join(cache));
        }
        let absolute = |name| self.environment.get(name).map(Utf8PathBuf::from).filter(|path| path.is_absolute());
        let home = || self.environment.home().map(Utf8Path::to_owned);
        let cache = absolute("XDG_CACHE_HOME").or_else(|| {
            let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            Some(home()?.join(below))
        });
        cache.map(|cache| cache.join("xbuild"))
    }
}

fn working_folder(dir: Option<&Utf8Path>) -> Result<Utf8PathBuf, Failure> {
    let path = dir.unwrap_or(Utf8Path::new("."));
    let fail = |why: String| Failure::new(Exit::Usage, MachineError::Folder { path: path.to_string(), why });
    let absolute = path.canonicalize_utf8().map_err(|error| fail(error.to_string()))?;
    if absolute.is_dir() { Ok(absolute) } else { Err(fail("it is no folder".into())) }
}
