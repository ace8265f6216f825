//! A project in a folder of its own, and the real program run on it with an environment of its own.
//!
//! Compiling Go's standard library takes most of a minute for each platform, so all tests share one cache, which is kept
//! between runs and warmed once, before the first test that builds. Each project's module has a name that was never used
//! before, so no test finds what another one built.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Three platforms in two profiles, and one program. It starts at line 2: line 1 names the toolchain.
pub(crate) const FLEET: &str = r#"
profile prod "linux/amd64"
profile edge "linux/arm64" "linux/arm/v7"

target app {
    go "."
}
"#;

/// One platform, one program.
pub(crate) const SINGLE: &str = r#"
profile prod "linux/amd64"

target app {
    go "."
}
"#;

/// Where `FLEET` leaves its programs.
pub(crate) const AMD64: &str = "dist/prod/linux_amd64/app";
pub(crate) const ARM64: &str = "dist/edge/linux_arm64/app";
pub(crate) const ARM_V7: &str = "dist/edge/linux_arm_v7/app";

/// No run takes so long: a blob of this age belongs to one that has ended.
const STALE: Duration = Duration::from_secs(60 * 60);

/// The release of the Go on this machine, without `go` before it, and its folder.
static GO: LazyLock<(String, PathBuf)> = LazyLock::new(|| {
    let mut command = Command::new("go");
    command.args(["env", "GOVERSION", "GOROOT"]).env("GOENV", "off").env("GOTOOLCHAIN", "local").env_remove("GOROOT");
    let output = command.output().expect("these tests need a Go on PATH");
    let answer = String::from_utf8(output.stdout).unwrap();
    let (version, root) = answer.trim().split_once('\n').expect("two lines");
    (version.strip_prefix("go").expect("a release of Go").to_owned(), PathBuf::from(root))
});

/// The shared cache, with the standard library compiled for the platforms of `FLEET`.
static WARM: LazyLock<PathBuf> = LazyLock::new(|| {
    let cache = cache();
    forget_stale(&cache.join("v1/cas"));
    Project::with_module("example.com/warm", FLEET).xbuild(&["build"]).exits(0);
    cache
});

/// Where the shared cache is.
pub(crate) fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("xbuild-cache")
}

/// A blob that is gone is a miss, so the old ones are removed: the cache would grow with every run.
fn forget_stale(blobs: &Path) {
    for path in files(blobs).values() {
        let age = fs::metadata(path).and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > STALE) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The files below a folder, by their path from there.
fn files(folder: &Path) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(), path);
            }
        }
    }
    found
}

/// The release of Go that the projects name.
pub(crate) fn go_version() -> &'static str {
    &GO.0
}

/// The folder of that Go.
pub(crate) fn go_root() -> &'static Path {
    &GO.1
}

/// The platform of this machine, as Go and xbuild write it.
pub(crate) fn host() -> String {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}/{arch}", std::env::consts::OS)
}

/// Says why a test looks at less than it would elsewhere.
pub(crate) fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr().lock(), "skipped: {what}: {why}");
}

/// A folder with a project, and a home beside it.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A Go program that says hello, and an `xbuild.kdl` whose first line names the Go of this machine.
    pub(crate) fn go(kdl: &str) -> Self {
        LazyLock::force(&WARM);
        let unique = Self::empty();
        let name = unique.folder.path().file_name().unwrap().to_str().unwrap().trim_start_matches('.').to_lowercase();
        unique.filled(&format!("example.com/{name}"), kdl)
    }

    fn with_module(module: &str, kdl: &str) -> Self {
        Self::empty().filled(module, kdl)
    }

    fn filled(self, module: &str, kdl: &str) -> Self {
        self.write("xbuild.kdl", &format!("toolchain go \"{}\"{kdl}", go_version()));
        self.write("go.mod", &format!("module {module}\n\ngo 1.21\n"));
        self.write("main.go", &program("hello"));
        self
    }

    /// A project of this text alone, for commands that build nothing.
    pub(crate) fn text(kdl: impl AsRef<[u8]>) -> Self {
        let project = Self::empty();
        fs::write(project.path("xbuild.kdl"), kdl).unwrap();
        project
    }

    /// A folder without a project.
    pub(crate) fn empty() -> Self {
        let project = Self { folder: TempDir::new().unwrap() };
        fs::create_dir_all(project.root()).unwrap();
        fs::create_dir_all(project.home()).unwrap();
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root().join(below)
    }

    pub(crate) fn write(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, below: &str) -> Vec<u8> {
        fs::read(self.path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
    }

    pub(crate) fn read_text(&self, below: &str) -> String {
        String::from_utf8(self.read(below)).unwrap()
    }

    /// Replaces what stands exactly once in a file.
    pub(crate) fn edit(&self, below: &str, from: &str, to: &str) {
        let text = self.read_text(below);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {text}");
        self.write(below, &text.replace(from, to));
    }

    /// The names of the files in the output folder, hidden ones included.
    pub(crate) fn outputs(&self) -> Vec<String> {
        files(&self.path("dist")).into_keys().collect()
    }

    /// The program, ready to run here: of this process's environment it sees `PATH` alone.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.isolated(Path::new(env!("CARGO_BIN_EXE_xbuild")), arguments)
    }

    /// Another program in the same place and environment.
    pub(crate) fn isolated(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.root()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home()).env("XBUILD_CACHE_DIR", cache());
        command
    }

    /// Runs the program here.
    pub(crate) fn xbuild(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments))
    }

    /// The system calls of a kind (as strace names it) of a run that must succeed, one a line; `None` where strace cannot be
    /// used on this machine, which is said.
    #[track_caller]
    pub(crate) fn calls(&self, kind: &str, arguments: &[&str]) -> Option<Vec<String>> {
        let trace = format!("trace={kind}");
        let before = ["-f", "-qq", "-e", &trace, "-e", "signal=none", "-o", "trace", env!("CARGO_BIN_EXE_xbuild")];
        let tried = self.isolated(Path::new("strace"), &["-e", "trace=none", "true"]).output();
        if !tried.as_ref().is_ok_and(|output| output.status.success()) {
            skipped("system calls", &format!("strace is not usable here: {tried:?}"));
            return None;
        }
        run(self.isolated(Path::new("strace"), &[&before[..], arguments].concat())).exits(0);
        Some(self.read_text("trace").lines().map(str::to_owned).collect())
    }

    /// Builds everything, which must succeed, and answers what was built.
    pub(crate) fn build(&self) -> Value {
        self.xbuild(&["build", "--format", "json"]).exits(0).json()
    }

    /// The verdict on each cell, by its id.
    pub(crate) fn verdicts(&self) -> BTreeMap<String, String> {
        by_id(&self.xbuild(&["plan", "--format", "json"]).exits(0).json(), "verdict")
    }
}

/// A program that prints a text. It needs little of the standard library, so it links quickly.
pub(crate) fn program(text: &str) -> String {
    format!("package main\n\nimport \"os\"\n\nfunc main() {{\n\tos.Stdout.WriteString(\"{text}\\n\")\n}}\n")
}

/// A text of each cell of a document, by the cell's id.
pub(crate) fn by_id(document: &Value, field: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{field} of {document}")).to_owned();
    let cells = document["cells"].as_array().unwrap_or_else(|| panic!("no cells: {document}"));
    cells.iter().map(|cell| (text(&cell["id"]), text(&cell[field]))).collect()
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` where a signal ended it.
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Ran {
    Ran::of(command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Fails the test where it ended otherwise.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let Self { code: found, stdout, stderr } = &self;
        assert_eq!(*found, Some(code), "\n--- standard output\n{stdout}\n--- standard error\n{stderr}");
        self
    }

    /// The exit code; `None` where a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.code
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr));
        assert_eq!(value["format"], 1, "{value}");
        value
    }

    /// The diagnostics of a run with `--format json`.
    #[track_caller]
    pub(crate) fn diagnostics(&self) -> Vec<Value> {
        let documents = self.stderr.lines().chain(self.stdout.lines()).filter(|line| line.starts_with('{'));
        let documents = documents.map(|line| serde_json::from_str::<Value>(line).unwrap());
        documents.flat_map(|document| document["diagnostics"].as_array().cloned().unwrap_or_default()).collect()
    }

    /// The codes of the diagnostics.
    #[track_caller]
    pub(crate) fn codes(&self) -> Vec<String> {
        self.diagnostics().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    }

    /// The one diagnostic with this code.
    #[track_caller]
    pub(crate) fn diagnostic(&self, code: &str) -> Value {
        let mut with_code: Vec<Value> = self.diagnostics();
        with_code.retain(|one| one["code"] == code);
        assert_eq!(with_code.len(), 1, "{code} in {self:#?}");
        with_code.remove(0)
    }
}
