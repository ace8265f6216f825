//! Cargo: `cargo build` of one package for one target, from what is vendored or needs nothing.
//!
//! cargo takes settings from the home, from folders above the project and from a dozen variables; here its home is the
//! action's own and every choice is a word of the command or a stated variable. It cannot be told a file to write, so the
//! artifact is found where it always puts it. The network is out of bounds (`--offline`), and `Cargo.lock` is the law
//! (`--locked`).

use std::collections::BTreeMap;

use xbuild_content::RelPath;
use xbuild_platform::Platform;

use crate::base::{Common, distinct, environment};
use crate::{Compiler, Driver, Place, Recipe, Word};

/// What a cell of a `cargo` target asks for, placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CargoSettings {
    /// The toolchain's name.
    pub toolchain: String,
    /// The package's name.
    pub package: String,
    /// `bin`: which of the package's programs; the one with the package's name where absent.
    pub bin: Option<String>,
    /// The artifact's file name.
    pub output: RelPath,
    /// Where it runs.
    pub platform: Platform,
    /// Rust's name of the platform.
    pub triple: String,
    /// The C compiler that links, and compiles what packages bring; `None` is rustc's own choice.
    pub compiler: Option<Compiler>,
    /// `features`.
    pub features: Vec<String>,
    /// `default-features`.
    pub default_features: bool,
    /// `rustflags`.
    pub rustflags: Vec<Word>,
    /// `flags`.
    pub flags: Vec<Word>,
    /// `cargo-profile`.
    pub profile: String,
    /// The rest.
    pub common: Common,
}

/// The command of one cell.
pub fn recipe(settings: &CargoSettings) -> Recipe {
    let common = &settings.common;
    let root = Word::place(Place::Root(settings.toolchain.clone())).then("/bin");
    let compiler = settings.compiler.iter();
    let folders = compiler.clone().map(|compiler| Word::place(Place::Dir(compiler.toolchain.clone())));
    let tools = std::iter::once(settings.toolchain.clone()).chain(compiler.map(|compiler| compiler.toolchain.clone()));
    Recipe {
        argv: argv(settings),
        env: environment(common, std::iter::once(root).chain(folders).collect(), [], env(settings)),
        cwd: common.cwd.clone(),
        outputs: vec![settings.output.clone()],
        elsewhere: BTreeMap::from([(settings.output.clone(), made(settings))]),
        tools: distinct(tools.chain(common.tools.iter().cloned())),
        network: common.network,
    }
}

/// Writes a program that starts the C compiler with its words: rustc takes one program as its linker, and no words.
const LINKER: &str = r#"{ printf '#!/bin/sh\nexec'; for word; do [ "$word" != -- ] || break; printf " '%s'" "$word"; done
printf ' "$@"\n'; } > "$TMPDIR/linker"
chmod 755 "$TMPDIR/linker"
while [ "$1" != -- ]; do shift; done
shift; exec "$@"
"#;

fn argv(settings: &CargoSettings) -> Vec<Word> {
    let mut argv: Vec<Word> = Vec::new();
    if let Some(words) = linker_words(settings) {
        argv.extend(["/bin/sh", "-eu", "-c", LINKER, "sh"].map(Word::from));
        argv.extend(words);
        argv.push("--".into());
    }
    argv.extend([Word::place(Place::Tool(settings.toolchain.clone())), "build".into()]);
    match settings.profile.as_str() {
        "release" => argv.push("--release".into()),
        profile => argv.extend(["--profile".into(), profile.into()]),
    }
    argv.extend(["--locked".into(), "--offline".into()]);
    argv.extend(["--target".into(), settings.triple.as_str().into()]);
    argv.extend(["-p".into(), settings.package.as_str().into()]);
    argv.extend(settings.bin.iter().flat_map(|bin| ["--bin".into(), bin.as_str().into()]));
    if !settings.features.is_empty() {
        argv.extend(["--features".into(), settings.features.join(",").into()]);
    }
    if !settings.default_features {
        argv.push("--no-default-features".into());
    }
    argv.extend(settings.flags.iter().cloned());
    argv
}

/// The words of a linker that one path cannot name.
fn linker_words(settings: &CargoSettings) -> Option<Vec<Word>> {
    settings.compiler.as_ref().map(Compiler::cc).filter(|words| words.len() > 1)
}

fn env(settings: &CargoSettings) -> Vec<(String, Word)> {
    let rust = |program: &str| Word::place(Place::Root(settings.toolchain.clone())).then(format!("/bin/{program}"));
    let mut env = vec![
        ("CARGO_HOME".to_owned(), Word::place(Place::Home).then("/.cargo")),
        ("CARGO_TARGET_DIR".to_owned(), Word::place(Place::Tmp).then("/target")),
        ("CARGO_INCREMENTAL".to_owned(), "0".into()),
        ("CARGO_NET_OFFLINE".to_owned(), "true".into()),
        ("CARGO_TERM_COLOR".to_owned(), "never".into()),
        ("RUSTC".to_owned(), rust("rustc")),
        ("RUSTDOC".to_owned(), rust("rustdoc")),
        ("CARGO_ENCODED_RUSTFLAGS".to_owned(), rustflags(settings)),
    ];
    if let Some(compiler) = &settings.compiler {
        let triple = settings.triple.replace('-', "_");
        let linker = match linker_words(settings) {
            Some(_) => Word::place(Place::Tmp).then("/linker"),
            None => Word::place(Place::Tool(compiler.toolchain.clone())),
        };
        env.push((format!("CARGO_TARGET_{}_LINKER", triple.to_uppercase()), linker));
        env.push((format!("CC_{triple}"), spaced(&compiler.cc())));
        env.push((format!("CXX_{triple}"), spaced(&compiler.cxx())));
        env.push((format!("AR_{triple}"), spaced(&compiler.ar())));
        env.extend(compiler.env().into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    env
}

fn spaced(words: &[Word]) -> Word {
    crate::go::quoted("", words)
}

/// The flags of rustc, joined by the character that cargo splits them at.
fn rustflags(settings: &CargoSettings) -> Word {
    let remap = Word::text("--remap-path-prefix=").join(Word::place(Place::Src)).then("=/xbuild/src");
    let home = Word::text("--remap-path-prefix=").join(Word::place(Place::Home)).then("=/xbuild/home");
    let target = Word::text("--remap-path-prefix=").join(Word::place(Place::Tmp)).then("=/xbuild/tmp");
    let level = settings.platform.rust_cpu().map(|cpu| Word::text(format!("-Ctarget-cpu={cpu}")));
    // zig brings its own start files; rustc's would stand beside them.
    let own = settings.compiler.as_ref().is_some_and(|compiler| compiler.driver == Driver::Zig);
    let own = own.then(|| Word::text("-Clink-self-contained=no"));
    let flags = [remap, home, target].into_iter().chain(level).chain(own).chain(settings.rustflags.iter().cloned());
    flags.reduce(|all, flag| all.then("\u{1f}").join(flag)).unwrap_or_default()
}

/// Where cargo leaves the program.
fn made(settings: &CargoSettings) -> Word {
    let folder = match settings.profile.as_str() {
        "dev" | "test" => "debug",
        "bench" => "release",
        other => other,
    };
    let name = settings.bin.as_deref().unwrap_or(&settings.package);
    let exe = settings.platform.exe_suffix();
    Word::place(Place::Tmp).then(format!("/target/{}/{folder}/{name}{exe}", settings.triple))
}
