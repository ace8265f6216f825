//! What every action sees, whatever builds it: a home of its own, one locale, one time zone, one clock, and a `PATH` of
//! declared tools before the base system.
//!
//! Nothing is inherited, so what is not stated here, by a builder or by the file is not there at all. What a builder adds
//! stands in its own folder; variables that are passed on or secret come from the user's environment, later.

use std::collections::BTreeMap;

use xbuild_content::RelPath;

use crate::{EnvEntry, EnvSource, Place, Recipe, Word};

/// What every builder takes from a cell's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Common {
    /// The folder that the command starts in; `None` is the project's root.
    pub cwd: Option<RelPath>,
    /// What `env` sets.
    pub env: BTreeMap<String, EnvEntry>,
    /// Toolchains whose folders are on `PATH`, besides the builder's.
    pub tools: Vec<String>,
    /// Whether the command may use the network.
    pub network: bool,
}

/// The variables that xbuild states for every action; `first` are the folders at the head of `PATH`.
pub(crate) fn policy(first: Vec<Word>, tools: &[String]) -> [(&'static str, Word); 6] {
    [
        ("HOME", Word::place(Place::Home)),
        ("TMPDIR", Word::place(Place::Tmp)),
        ("PATH", path(first, tools)),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("SOURCE_DATE_EPOCH", "315532800".into()),
    ]
}

/// `first`, the folders of the tools, then the base system's.
fn path(first: Vec<Word>, tools: &[String]) -> Word {
    let tools = tools.iter().map(|name| Word::place(Place::Dir(name.clone())));
    let folders = first.into_iter().chain(tools).map(|folder| folder.then(":"));
    folders.fold(Word::default(), Word::join).then("/usr/bin:/bin")
}

/// A complete environment: policy, then what the platform and the builder say, then the file.
pub(crate) fn environment(
    common: &Common,
    first: Vec<Word>,
    platform: impl IntoIterator<Item = (String, Word)>,
    builder: impl IntoIterator<Item = (String, Word)>,
) -> BTreeMap<String, EnvEntry> {
    let sourced =
        |source: EnvSource| move |(name, value): (String, Word)| (name, EnvEntry { value, source: source.clone() });
    let policy = policy(first, &common.tools).map(|(name, value)| (name.to_owned(), value));
    let mut env: BTreeMap<String, EnvEntry> = policy.into_iter().map(sourced(EnvSource::Policy)).collect();
    env.extend(platform.into_iter().map(sourced(EnvSource::Platform)));
    env.extend(builder.into_iter().map(sourced(EnvSource::Builder)));
    env.extend(common.env.iter().map(|(name, entry)| (name.clone(), entry.clone())));
    env
}

/// The command of a compiler that makes one file: its folder is at the head of `PATH`.
pub(crate) fn compilation(
    toolchain: &str,
    argv: Vec<Word>,
    builder: Vec<(&'static str, Word)>,
    output: &RelPath,
    common: &Common,
) -> Recipe {
    let builder = builder.into_iter().map(|(name, value)| (name.to_owned(), value));
    Recipe {
        argv,
        env: environment(common, vec![Word::place(Place::Dir(toolchain.to_owned()))], [], builder),
        cwd: common.cwd.clone(),
        outputs: vec![output.clone()],
        elsewhere: BTreeMap::new(),
        tools: distinct(std::iter::once(toolchain.to_owned()).chain(common.tools.iter().cloned())),
        network: common.network,
    }
}

/// Names, each once, in order.
pub(crate) fn distinct(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
