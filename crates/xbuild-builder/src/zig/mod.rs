//! Zig: `zig build-exe` of one root source for one target.
//!
//! The target, its CPU and the mode are always written out: zig's defaults are those of the machine it runs on. Its caches
//! are the action's own.

use xbuild_content::RelPath;
use xbuild_platform::Platform;

use crate::base::{Common, compilation};
use crate::compiler::zig_caches;
use crate::{Place, Recipe, Word};

/// What a cell of a `zig` target asks for, placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZigSettings {
    /// The toolchain's name.
    pub toolchain: String,
    /// The root source, from the project's root.
    pub source: RelPath,
    /// The artifact's file name.
    pub output: RelPath,
    /// Where it runs.
    pub platform: Platform,
    /// The C library in zig's spelling: `musl`, `gnu`, `gnu.2.28`.
    pub libc: Option<String>,
    /// `optimize`.
    pub optimize: String,
    /// `flags`.
    pub flags: Vec<Word>,
    /// The rest.
    pub common: Common,
}

/// The command of one cell.
pub fn recipe(settings: &ZigSettings) -> Recipe {
    let common = &settings.common;
    let up = common.cwd.as_ref().map_or(0, |cwd| cwd.as_str().split('/').count());
    let mut argv: Vec<Word> = vec![Word::place(Place::Tool(settings.toolchain.clone())), "build-exe".into()];
    argv.push(format!("{}{}", "../".repeat(up), settings.source).into());
    argv.extend(["-target".into(), settings.platform.zig_target(settings.libc.as_deref()).into()]);
    argv.push(format!("-mcpu={}", settings.platform.zig_cpu().unwrap_or("baseline")).into());
    argv.extend(["-O".into(), settings.optimize.as_str().into()]);
    argv.push(Word::text("-femit-bin=").join(Word::place(Place::Out)).then(format!("/{}", settings.output)));
    argv.extend(settings.flags.iter().cloned());
    compilation(&settings.toolchain, argv, zig_caches().into_iter().collect(), &settings.output, &settings.common)
}
