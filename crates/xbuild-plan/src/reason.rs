//! Why a cell would be built, or why that cannot be told: every verdict that is not "cached" carries its reasons.
//!
//! Reasons come from the same walk that makes the key: what is in one is in the other.

use xbuild_builder::{Action, ActionKey};
use xbuild_content::{Change, Field, canonical, words};

/// What would happen to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Its outputs are in the cache.
    Cached,
    /// Its action would run.
    Build,
    /// It cannot be told; the reasons say what is missing.
    Unknown,
}

impl Verdict {
    /// The word in JSON and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::Build => "build",
            Self::Unknown => "unknown",
        }
    }
}

/// One reason for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The cell was never built on this machine.
    NeverBuilt,
    /// A part of the key is another one than last time.
    Changed {
        /// Which part.
        part: Part,
        /// Which one of its kind: a path, a variable, a tool, a word.
        what: String,
        /// What it was; `None` where it is new.
        old: Option<String>,
        /// What it is; `None` where it is gone.
        new: Option<String>,
    },
    /// The same action was built before, and the cache no longer has it.
    RecordMissing,
    /// The cache has it, but a file of it is not what it was.
    Damaged {
        /// The output.
        what: String,
    },
    /// `--no-cache`.
    CacheOff,
    /// A toolchain is not there.
    ToolMissing {
        /// The toolchain's name.
        what: String,
        /// What was looked for.
        detail: String,
    },
    /// The toolchain could not say what goes in.
    QuestionFailed {
        /// The target's package or program.
        what: String,
        /// The toolchain's words.
        detail: String,
    },
    /// A file or folder that goes in cannot be read.
    InputUnreadable {
        /// Its path, from the project's root where it lies below.
        what: String,
        /// Why not.
        detail: String,
    },
    /// A dependency decides the inputs and is not built.
    Waiting {
        /// The dependency's cell.
        what: String,
    },
    /// A file that the cell is to read is not there, or cannot be read.
    InputMissing {
        /// The glob or the path.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A dependency's output has no place in the tree: the sources have that path.
    PathTaken {
        /// The path.
        what: String,
        /// Whose output it is, and what to do.
        detail: String,
    },
    /// This xbuild cannot carry out what the cell needs.
    Unsupported {
        /// What it is.
        what: String,
        /// Why not.
        detail: String,
    },
}

/// The parts of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// An input file.
    Input,
    /// A variable.
    Env,
    /// The command.
    Argv,
    /// A tool.
    Tool,
    /// Anything else: outputs, folder, network, timeout, exec platform.
    Setting,
}

impl Part {
    /// The word in JSON and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Env => "env",
            Self::Argv => "argv",
            Self::Tool => "tool",
            Self::Setting => "setting",
        }
    }

    /// Which part a path of an explanation belongs to, and what remains of the path.
    fn of(path: &str) -> (Self, &str) {
        let (group, rest) = path.split_once('/').unwrap_or((path, path));
        match group {
            "input" => (Self::Input, rest),
            "env" | "secret" => (Self::Env, rest),
            "argv" => (Self::Argv, rest),
            "tool" | "sysroot" => (Self::Tool, rest),
            _ => (Self::Setting, group),
        }
    }
}

impl Reason {
    /// The word in JSON: `input_changed`, `tool_missing`, ….
    pub fn kind(&self) -> String {
        match self {
            Self::NeverBuilt => "never_built".into(),
            Self::Changed { part, old, new, .. } => {
                let how = match (old, new) {
                    (None, _) => "added",
                    (_, None) => "removed",
                    _ => "changed",
                };
                format!("{}_{how}", part.as_str())
            }
            Self::RecordMissing => "record_missing".into(),
            Self::Damaged { .. } => "cache_damaged".into(),
            Self::CacheOff => "cache_off".into(),
            Self::ToolMissing { .. } => "tool_missing".into(),
            Self::QuestionFailed { .. } => "question_failed".into(),
            Self::InputUnreadable { .. } => "input_unreadable".into(),
            Self::Waiting { .. } => "waiting".into(),
            Self::InputMissing { .. } => "input_missing".into(),
            Self::PathTaken { .. } => "path_taken".into(),
            Self::Unsupported { .. } => "unsupported".into(),
        }
    }

    /// Whether the file asks for what cannot be: no machine could build the cell.
    pub const fn is_impossible(&self) -> bool {
        matches!(self, Self::Unsupported { .. } | Self::InputMissing { .. } | Self::PathTaken { .. })
    }

    /// What it is about; `None` where the kind says all.
    pub fn what(&self) -> Option<&str> {
        match self {
            Self::NeverBuilt | Self::RecordMissing | Self::CacheOff => None,
            Self::Changed { what, .. }
            | Self::Damaged { what }
            | Self::ToolMissing { what, .. }
            | Self::QuestionFailed { what, .. }
            | Self::InputUnreadable { what, .. }
            | Self::Waiting { what }
            | Self::InputMissing { what, .. }
            | Self::PathTaken { what, .. }
            | Self::Unsupported { what, .. } => Some(what),
        }
    }

    /// The old and the new value, where there are such.
    pub fn values(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Changed { old, new, .. } => (old.as_deref(), new.as_deref()),
            Self::ToolMissing { detail, .. }
            | Self::QuestionFailed { detail, .. }
            | Self::InputUnreadable { detail, .. }
            | Self::InputMissing { detail, .. }
            | Self::PathTaken { detail, .. }
            | Self::Unsupported { detail, .. } => (None, Some(detail)),
            _ => (None, None),
        }
    }

    /// For people, in a few words.
    pub fn sentence(&self) -> String {
        match self {
            Self::NeverBuilt => "never built here".into(),
            Self::Changed { part, what, old, new } => changed(*part, what, old.as_deref(), new.as_deref()),
            Self::RecordMissing => "no longer in the cache".into(),
            Self::Damaged { what } => format!("the cached `{what}` is damaged"),
            Self::CacheOff => "--no-cache".into(),
            Self::ToolMissing { what, detail } => format!("no {what}: {detail}"),
            Self::QuestionFailed { what, detail } => format!("{what}: {detail}"),
            // It names the file itself.
            Self::InputUnreadable { detail, .. } => detail.clone(),
            Self::Waiting { what } => format!("waits for {what}"),
            Self::InputMissing { what, detail }
            | Self::PathTaken { what, detail }
            | Self::Unsupported { what, detail } => format!("{what}: {detail}"),
        }
    }
}

fn changed(part: Part, what: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (part, old, new) {
        (Part::Input, None, _) => format!("{what} is new"),
        (Part::Input, _, None) => format!("{what} is gone"),
        (Part::Input, ..) => format!("{what} changed"),
        (Part::Argv, None, _) => format!("command: {what} is new"),
        (Part::Argv, _, None) => format!("command: {what} is gone"),
        (Part::Argv, old, new) => format!("command: {} → {}", shown(old), shown(new)),
        (_, old, new) => format!("{what}: {} → {}", shown(old), shown(new)),
    }
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| "unset".into(), |value| if value.is_empty() { "\"\"".into() } else { value.to_owned() })
}

/// What the cache knows of an action and of its cell.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// What a look-up of the action's key gave.
    pub lookup: Lookup,
    /// The key and its explanation when the cell was last built.
    pub last: Option<(ActionKey, Vec<Field>)>,
}

/// What a look-up of a key gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Lookup {
    /// A record whose every file is there and good.
    Hit,
    /// No record.
    #[default]
    Missing,
    /// A record, but this file of it is damaged or gone.
    Damaged(String),
    /// Nobody looked: `--no-cache`.
    Off,
}

/// The verdict on an action whose every part is known.
pub fn judge(action: &Action, key: ActionKey, history: &History) -> (Verdict, Vec<Reason>) {
    match &history.lookup {
        Lookup::Hit => return (Verdict::Cached, Vec::new()),
        Lookup::Off => return (Verdict::Build, vec![Reason::CacheOff]),
        Lookup::Damaged(what) => return (Verdict::Build, vec![Reason::Damaged { what: what.clone() }]),
        Lookup::Missing => {}
    }
    let reasons = match &history.last {
        None => vec![Reason::NeverBuilt],
        Some((last, _)) if *last == key => vec![Reason::RecordMissing],
        Some((_, explanation)) => changes(explanation, action),
    };
    (Verdict::Build, reasons)
}

/// What differs between an action and an earlier one, of which the explanation of its key is left. The command differs by the
/// words that moved, not by position.
pub fn changes(before: &[Field], action: &Action) -> Vec<Reason> {
    between(before, &action.explain())
}

fn between(old: &[Field], new: &[Field]) -> Vec<Reason> {
    let differing = canonical::changes(old, new).into_iter();
    let others = differing.filter(|change| Part::of(&change.path).0 != Part::Argv).map(reason);
    argv(&argv_words(old), &argv_words(new)).into_iter().chain(others).collect()
}

/// The words of a command, in their order.
fn argv_words(fields: &[Field]) -> Vec<&str> {
    let words = fields.iter().filter(|field| Part::of(&field.path).0 == Part::Argv);
    words.map(|field| field.value.as_str()).collect()
}

fn argv(old: &[&str], new: &[&str]) -> Vec<Reason> {
    let owned = |word: Option<&str>| word.map(str::to_owned);
    let reason = |(old, new): (Option<&str>, Option<&str>)| Reason::Changed {
        part: Part::Argv,
        what: new.or(old).unwrap_or_default().to_owned(),
        old: owned(old),
        new: owned(new),
    };
    words::moved(old, new).into_iter().map(reason).collect()
}

fn reason(change: Change) -> Reason {
    let (part, what) = Part::of(&change.path);
    Reason::Changed { part, what: what.to_owned(), old: change.old, new: change.new }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
        let fields = |all: &[(&str, &str)]| -> Vec<Field> {
            all.iter().map(|(path, value)| Field { path: (*path).into(), value: (*value).into() }).collect()
        };
        between(&fields(old), &fields(new)).iter().map(Reason::sentence).collect()
    }

    #[test]
    fn a_word_that_is_added_to_a_command_moves_no_other() {
        let old = [("argv/0", "go"), ("argv/1", "-o"), ("argv/2", "x")];
        let new = [("argv/0", "go"), ("argv/1", "-s"), ("argv/2", "-o"), ("argv/3", "x")];
        assert_eq!(sentences(&old, &new), ["command: -s is new"]);
        assert_eq!(sentences(&new, &old), ["command: -s is gone"]);
        assert_eq!(sentences(&[("argv/0", "-t=a")], &[("argv/0", "-t=b")]), ["command: -t=a → -t=b"]);
    }

    #[test]
    fn everything_else_is_told_by_name() {
        let old = [("env/A", "1"), ("input/a.go", "x"), ("input/b.go", "x"), ("cwd", ".")];
        let new = [("env/A", ""), ("input/a.go", "y"), ("input/c.go", "x"), ("cwd", "sub")];
        let expect = ["cwd: . → sub", "A: 1 → \"\"", "a.go changed", "b.go is gone", "c.go is new"];
        assert_eq!(sentences(&old, &new), expect);
    }
}
