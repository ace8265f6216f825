//! Any program: what the file says is what is run.
//!
//! Nothing is known of the program, so nothing is added to its words: it reads what `inputs` names, writes what `outputs`
//! names below `{out}`, and finds the programs of `tools` on `PATH`. It is started directly, never through a shell.

use xbuild_content::RelPath;

use crate::base::{Common, distinct, environment};
use crate::{Place, Recipe, Word};

/// What a cell of a `command` target asks for, placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSettings {
    /// The toolchain whose program is run.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<Word>,
    /// The files or folders that it makes below `{out}`.
    pub outputs: Vec<RelPath>,
    /// The rest.
    pub common: Common,
}

/// The command of one cell.
pub fn recipe(settings: &CommandSettings) -> Recipe {
    let program = &settings.program;
    let common = Common {
        tools: distinct(std::iter::once(program.clone()).chain(settings.common.tools.iter().cloned())),
        ..settings.common.clone()
    };
    let argv = std::iter::once(Word::place(Place::Tool(program.clone()))).chain(settings.arguments.iter().cloned());
    Recipe {
        argv: argv.collect(),
        env: environment(&common, Vec::new(), [], []),
        cwd: common.cwd,
        outputs: settings.outputs.clone(),
        elsewhere: std::collections::BTreeMap::new(),
        tools: common.tools,
        network: common.network,
    }
}
