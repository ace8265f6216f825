//! The command line as `clap` reads it: commands, selection and global flags, all of them a contract.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use xbuild_verify::Version;

/// Declarative build matrices: one file says what is shipped, and the bytes prove it.
#[derive(Debug, Parser)]
#[command(name = "xbuild", version, max_term_width = 100, disable_help_subcommand = true, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Work in this folder.
    #[arg(short = 'C', long = "dir", value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// The project's file; `-` reads standard input. Without it, `xbuild.kdl` is looked for here and upwards.
    #[arg(short = 'f', long = "file", value_name = "PATH", global = true, value_hint = ValueHint::AnyPath)]
    pub(crate) file: Option<Utf8PathBuf>,
    /// Where the cache is.
    #[arg(long, value_name = "DIR", global = true, env = "XBUILD_CACHE_DIR", hide_env_values = true, value_hint = ValueHint::DirPath)]
    pub(crate) cache_dir: Option<Utf8PathBuf>,
    /// How results are written to standard output.
    #[arg(long, value_name = "FORMAT", global = true, default_value = "human")]
    pub(crate) format: Format,
    /// Use no network.
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub(crate) color: Color,
    /// Say less.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// How many actions run at once; the number of processors where not given.
    #[arg(short, long, value_name = "N", global = true, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) jobs: Option<u32>,
    /// Demand at least this isolation of actions: none, env, landlock or namespace.
    #[arg(long, value_name = "LEVEL", global = true, env = "XBUILD_ISOLATION", hide_env_values = true)]
    pub(crate) isolation: Option<String>,
    /// The largest matrix that is expanded.
    #[arg(long, value_name = "N", global = true, default_value_t = 100_000)]
    pub(crate) max_cells: u64,
    /// Treat warnings about the file as errors.
    #[arg(long, global = true)]
    pub(crate) deny_warnings: bool,
    /// Fail where `xbuild.lock` would change, and write nothing to it.
    #[arg(long, global = true)]
    pub(crate) locked: bool,
    /// Go on with what does not depend on a failure (the default).
    #[arg(long, global = true, conflicts_with = "fail_fast")]
    pub(crate) keep_going: bool,
    /// Start nothing more after a failure.
    #[arg(long, global = true)]
    pub(crate) fail_fast: bool,
    /// Do not read cached results; write them all the same.
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Where artifacts go; `dist` beside `xbuild.kdl` where not given.
    #[arg(long, value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<Utf8PathBuf>,
    /// Write a Chrome trace of the run.
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::AnyPath)]
    pub(crate) trace: Option<Utf8PathBuf>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// A plain table (`matrix`, `plan`).
    Table,
    /// A workflow's `matrix` (`matrix`).
    Github,
    /// A graph for Graphviz (`plan`).
    Dot,
    /// A flowchart for Mermaid (`plan`).
    Mermaid,
}

impl Format {
    /// Whether a program reads the results; problems are then a document too.
    pub(crate) const fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a small `xbuild.kdl` for what is found here; never overwrites.
    Init(InitArguments),
    /// Parse and check `xbuild.kdl`: every problem at once.
    Check,
    /// Lay out `xbuild.kdl` in the canonical way, comments kept.
    Fmt(FmtArguments),
    /// List the cells, and what was dropped and why; reads nothing but the file.
    Matrix(Selecting),
    /// The dry run: what would be built, with what, and why.
    Plan(PlanArguments),
    /// Why a cell exists and is as it is, and why it was or would be rebuilt.
    Why(WhyArguments),
    /// Build or restore, verify, and write `xbuild.lock`.
    Build(BuildArguments),
    /// Check artifacts against `xbuild.lock` and the promised platforms.
    Verify(VerifyArguments),
    /// What any binary or archive really is, from its bytes.
    Inspect(InspectArguments),
    /// Resolve toolchains and write their pins.
    Lock(LockArguments),
    /// The page of a diagnostic, or what a word of the language means, offline.
    Explain(ExplainArguments),
    /// The grammar of `xbuild.kdl` as JSON.
    Schema,
    /// The script that makes a shell complete xbuild's arguments.
    Completions(CompletionsArguments),
    /// The manual page of xbuild, or of one of its commands.
    Man(ManArguments),
}

/// Which cells: kinds combine with "and", repeats with "or".
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Selecting {
    /// Profiles; without one those marked as default, or all.
    #[arg(value_name = "PROFILE")]
    pub(crate) profiles: Vec<String>,
    /// Targets.
    #[arg(short, long = "target", value_name = "NAME")]
    pub(crate) targets: Vec<String>,
    /// Platforms, `*` allowed: `linux/*`.
    #[arg(short, long = "platform", value_name = "PATTERN")]
    pub(crate) platforms: Vec<String>,
    /// Values of axes.
    #[arg(long = "axis", value_name = "NAME=VALUE")]
    pub(crate) axes: Vec<String>,
    /// Cells by id, `*` allowed.
    #[arg(long = "cell", value_name = "ID")]
    pub(crate) cells: Vec<String>,
    /// Cells that this machine can run.
    #[arg(long)]
    pub(crate) host: bool,
    /// Every profile.
    #[arg(long)]
    pub(crate) all: bool,
    /// Every N-th cell, starting with the I-th.
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<String>,
}

/// `xbuild init`.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// What to start from; without it whatever is found: Go modules, Cargo packages, or a command to fill in.
    #[arg(long, value_name = "WHAT")]
    pub(crate) from: Option<From>,
}

/// What `xbuild init` starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum From {
    /// A `.goreleaser.yaml`.
    Goreleaser,
    /// Cargo packages.
    Cargo,
    /// Go modules.
    Go,
    /// Nothing: a command to fill in.
    Command,
}

/// `xbuild fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArguments {
    /// Write nothing; fail where something would change.
    #[arg(long)]
    pub(crate) check: bool,
}

/// `xbuild plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) selecting: Selecting,
    /// Compare with `xbuild.lock`: cells that come and go, and decisions that moved.
    #[arg(long)]
    pub(crate) diff: bool,
}

/// `xbuild why`.
#[derive(Debug, Args)]
pub(crate) struct WhyArguments {
    /// The cell's id; also of one that an `exclude` removed.
    #[arg(value_name = "CELL")]
    pub(crate) cell: String,
}

/// `xbuild build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    #[command(flatten)]
    pub(crate) selecting: Selecting,
    /// Write the digests of the artifacts to the lock.
    #[arg(long)]
    pub(crate) release: bool,
    /// Build everything anew, with an empty compile cache.
    #[arg(long)]
    pub(crate) from_scratch: bool,
    /// Start what `smoke` says, here or under an emulator; with `=require`, fail where nothing can run it.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "try")]
    pub(crate) smoke: Option<Smoking>,
}

/// What `--smoke` demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Smoking {
    /// Run what can be run.
    Try,
    /// Fail where something cannot be run.
    Require,
}

/// `xbuild verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    pub(crate) selecting: Selecting,
    /// Check the named files, folders, archives and images against this platform, without a project.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) expect: Option<String>,
    /// With `--expect`: exactly this linkage.
    #[arg(long, value_name = "LINKAGE", requires = "expect")]
    pub(crate) linkage: Option<Linkage>,
    /// With `--expect`: no glibc newer than this is needed.
    #[arg(long, value_name = "VERSION", requires = "expect", value_parser = glibc)]
    pub(crate) glibc_max: Option<Version>,
    /// With `--expect`: starts on this version of the system.
    #[arg(long, value_name = "VERSION", requires = "expect", value_parser = system)]
    pub(crate) min_os: Option<Version>,
    /// With `--expect`: symbols are gone, or with `=false` are there.
    #[arg(long, value_name = "BOOL", requires = "expect", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) stripped: Option<bool>,
    /// With `--expect`: exactly this program interpreter.
    #[arg(long, value_name = "PATH", requires = "expect")]
    pub(crate) interpreter: Option<String>,
}

/// How a file finds the code that it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Linkage {
    /// It holds everything.
    Static,
    /// It holds everything and loads at any address.
    StaticPie,
    /// It asks for libraries or an interpreter.
    Dynamic,
}

/// `2.28`.
fn glibc(text: &str) -> Result<Version, String> {
    version(text, 2..=2, "2.28")
}

/// `12.0`.
fn system(text: &str) -> Result<Version, String> {
    version(text, 1..=3, "12.0")
}

fn version(text: &str, parts: std::ops::RangeInclusive<usize>, example: &str) -> Result<Version, String> {
    let right = parts.contains(&text.split('.').count());
    text.parse().ok().filter(|_| right).ok_or_else(|| format!("write numbers and dots: {example}"))
}

/// `xbuild inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// Files, archives, image layouts, and folders of them.
    #[arg(value_name = "FILE", required_unless_present = "smoke", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<Utf8PathBuf>,
    /// Also start each program once, with all the arguments that follow.
    #[arg(long, value_name = "ARGS", num_args = 0.., allow_hyphen_values = true)]
    pub(crate) smoke: Option<Vec<String>>,
}

/// `xbuild lock`.
#[derive(Debug, Args)]
pub(crate) struct LockArguments {
    /// Only report drift.
    #[arg(long)]
    pub(crate) check: bool,
    /// Accept what is found for this toolchain, whatever the lock says.
    #[arg(long, value_name = "TOOL")]
    pub(crate) update: Vec<String>,
}

/// `xbuild explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A code, with or without `xbuild::`, or a node of `xbuild.kdl`.
    #[arg(id = "page", value_name = "CODE")]
    pub(crate) code: String,
}

/// `xbuild completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// A shell that can ask for completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// bash.
    Bash,
    /// zsh.
    Zsh,
    /// fish.
    Fish,
    /// PowerShell.
    Powershell,
    /// elvish.
    Elvish,
}

/// `xbuild man`.
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command; the whole program where not given.
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}
