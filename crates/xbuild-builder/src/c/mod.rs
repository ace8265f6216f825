//! C: one command that makes a program, a shared library or a static library of some sources.
//!
//! Programs and shared libraries are one call of the compiler. A static library takes a call for each source and one of
//! the archiver, so that one is a short script for `/bin/sh`, which the base system has: the list of sources is a text in it,
//! everything else are its arguments, so nothing is quoted and nothing can be misread.
//!
//! The work area's path is kept out by `-ffile-prefix-map`, times and owners out of archives by `D`. Which files the
//! globs mean is a fact, gathered elsewhere.

use xbuild_content::RelPath;

use crate::base::{Common, compilation};
use crate::compiler::no_paths;
use crate::{Compiler, Place, Recipe, Word};

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A program.
    Program,
    /// A library to link.
    StaticLibrary,
    /// A library to load.
    SharedLibrary,
}

/// What a cell of a `c` target asks for, placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSettings {
    /// The compiler.
    pub compiler: Compiler,
    /// What is made.
    pub kind: Kind,
    /// The artifact's file name.
    pub output: RelPath,
    /// `std`.
    pub std: Option<String>,
    /// `cflags`.
    pub cflags: Vec<Word>,
    /// `ldflags`.
    pub ldflags: Vec<Word>,
    /// The rest.
    pub common: Common,
}

/// Compiles each line of the list into a numbered object and packs them in that order. `$1` is the archive, `$2` how many
/// of the words that follow are the archiver's; the rest is the compiler's.
const ARCHIVE: &str = r#"out=$1; count=$2; shift 2
ar=$1; shift; sub=
if [ "$count" = 2 ]; then sub=$1; shift; fi
number=100000
while IFS= read -r source; do
  number=$((number + 1))
  "$@" -c "$source" -o "$TMPDIR/$number.o"
done <<'SOURCES'
"#;

const ARCHIVE_END: &str = "SOURCES\nexec \"$ar\" ${sub:+\"$sub\"} rcsD \"$out\" \"$TMPDIR\"/1?????.o\n";

/// The command of one cell for these sources, paths from the project's root.
pub fn recipe(settings: &CSettings, sources: &[RelPath]) -> Recipe {
    let compiler = &settings.compiler;
    let argv = match settings.kind {
        Kind::StaticLibrary => archive(settings, sources),
        Kind::Program | Kind::SharedLibrary => link(settings, sources),
    };
    compilation(&compiler.toolchain, argv, compiler.env().into_iter().collect(), &settings.output, &settings.common)
}

/// The compiler and its flags, without sources.
fn compile(settings: &CSettings) -> Vec<Word> {
    let mut argv = settings.compiler.cc();
    argv.push(no_paths());
    argv.extend(settings.std.iter().map(|std| Word::text(format!("-std={std}"))));
    argv.extend(settings.cflags.iter().cloned());
    argv
}

fn link(settings: &CSettings, sources: &[RelPath]) -> Vec<Word> {
    let mut argv = compile(settings);
    if settings.kind == Kind::SharedLibrary {
        argv.extend(["-shared".into(), "-fPIC".into()]);
    }
    argv.extend(["-o".into(), out(settings)]);
    argv.extend(sources.iter().map(|source| Word::text(seen_from(settings, source))));
    argv.extend(settings.ldflags.iter().cloned());
    argv
}

fn archive(settings: &CSettings, sources: &[RelPath]) -> Vec<Word> {
    let list: String = sources.iter().map(|source| seen_from(settings, source) + "\n").collect();
    let ar = settings.compiler.ar();
    let mut argv: Vec<Word> = vec!["/bin/sh".into(), "-eu".into(), "-c".into()];
    argv.push(format!("{ARCHIVE}{list}{ARCHIVE_END}").into());
    argv.extend(["sh".into(), out(settings), ar.len().to_string().into()]);
    argv.extend(ar);
    argv.extend(compile(settings));
    argv
}

fn out(settings: &CSettings) -> Word {
    Word::place(Place::Out).then(format!("/{}", settings.output))
}

/// A source as it is called from the folder that the command starts in; `./` before a name that would read as a flag.
fn seen_from(settings: &CSettings, source: &RelPath) -> String {
    let up = settings.common.cwd.as_ref().map_or(0, |cwd| cwd.as_str().split('/').count());
    let path = format!("{}{source}", "../".repeat(up));
    if path.starts_with('-') { format!("./{path}") } else { path }
}
