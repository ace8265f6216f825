//! What each builder runs, written down: command, environment and outputs of a few cells.

use std::collections::BTreeMap;

use xbuild_builder::c::{CSettings, Kind};
use xbuild_builder::cargo::CargoSettings;
use xbuild_builder::command::CommandSettings;
use xbuild_builder::go::{Cgo, GoSettings, Workspace};
use xbuild_builder::zig::ZigSettings;
use xbuild_builder::{Common, Compiler, Driver, EnvEntry, EnvSource, Place, Recipe, Word, c, cargo, command, go, zig};
use xbuild_content::RelPath;
use xbuild_platform::Platform;

fn path(text: &str) -> RelPath {
    RelPath::new(text).expect("a good path")
}

fn platform(text: &str) -> Platform {
    text.parse().expect("a platform")
}

fn compiler(driver: Driver, on: &str, libc: Option<&str>) -> Compiler {
    let toolchain = match driver {
        Driver::Zig => "zig",
        Driver::Clang => "clang",
        Driver::Gcc => "gcc-arm64",
    };
    let libc = libc.map(str::to_owned);
    Compiler { toolchain: toolchain.into(), driver, platform: platform(on), libc, sysroot: driver == Driver::Gcc }
}

/// The variables that every action has, left out of what is shown: one test shows them.
const POLICY: [&str; 5] = ["HOME", "TMPDIR", "LC_ALL", "TZ", "SOURCE_DATE_EPOCH"];

fn shown(recipe: &Recipe) -> String {
    let argv: Vec<String> = recipe.argv.iter().map(Word::template).collect();
    let env = recipe.env.iter().filter(|(name, entry)| {
        let stated = POLICY.contains(&name.as_str()) && matches!(entry.source, EnvSource::Policy);
        !stated && !name.starts_with("GO")
    });
    let env = env.map(|(name, entry)| {
        format!("{name}={} ({})", entry.value.template().replace('\u{1f}', " "), entry.source.as_str())
    });
    let mut lines = vec![argv.join("\n  ")];
    lines.extend(env);
    lines.extend(recipe.cwd.iter().map(|cwd| format!("in {cwd}")));
    lines.extend(recipe.outputs.iter().map(|output| match recipe.elsewhere.get(output) {
        Some(word) => format!("makes {output} at {}", word.template()),
        None => format!("makes {output}"),
    }));
    lines.push(format!("with {}", recipe.tools.join(" ")));
    lines.join("\n")
}

#[test]
fn a_command_is_the_words_of_the_file() {
    let entry = EnvEntry { value: "production".into(), source: EnvSource::File(xbuild_model::Origin::default()) };
    let settings = CommandSettings {
        program: "npm".into(),
        arguments: vec!["run".into(), Word::place(Place::Out).then("/dist")],
        outputs: vec![path("dist")],
        common: Common {
            cwd: Some(path("web")),
            env: BTreeMap::from([("NODE_ENV".into(), entry)]),
            tools: vec!["node".into(), "npm".into()],
            network: false,
        },
    };
    insta::assert_snapshot!(shown(&command::recipe(&settings)), @"
    {tool:npm}
      run
      {out}/dist
    NODE_ENV=production (file)
    PATH={dir:npm}:{dir:node}:/usr/bin:/bin (policy)
    in web
    makes dist
    with npm node
    ");
}

#[test]
fn every_action_has_a_home_a_locale_a_zone_and_a_clock() {
    let settings = CommandSettings {
        program: "gen".into(),
        arguments: Vec::new(),
        outputs: Vec::new(),
        common: Common::default(),
    };
    let env = command::recipe(&settings).env;
    let env: Vec<String> = env.iter().map(|(name, entry)| format!("{name}={}", entry.value.template())).collect();
    insta::assert_snapshot!(env.join("\n"), @"
    HOME={home}
    LC_ALL=C.UTF-8
    PATH={dir:gen}:/usr/bin:/bin
    SOURCE_DATE_EPOCH=315532800
    TMPDIR={tmp}
    TZ=UTC
    ");
}

fn c_settings(compiler: Compiler, kind: Kind, output: &str) -> CSettings {
    CSettings {
        compiler,
        kind,
        output: path(output),
        std: Some("c11".into()),
        cflags: vec!["-O2".into()],
        ldflags: vec!["-lm".into()],
        common: Common::default(),
    }
}

#[test]
fn a_c_program_is_one_call_of_the_compiler() {
    let settings = c_settings(compiler(Driver::Zig, "linux/arm64", Some("gnu.2.28")), Kind::Program, "app");
    insta::assert_snapshot!(shown(&c::recipe(&settings, &[path("native/a.c"), path("native/b.c")])), @"
    {tool:zig}
      cc
      -target
      aarch64-linux-gnu.2.28
      -ffile-prefix-map={src}=/xbuild/src
      -std=c11
      -O2
      -o
      {out}/app
      native/a.c
      native/b.c
      -lm
    PATH={dir:zig}:/usr/bin:/bin (policy)
    ZIG_GLOBAL_CACHE_DIR={tmp}/zig-global (builder)
    ZIG_LOCAL_CACHE_DIR={tmp}/zig-local (builder)
    makes app
    with zig
    ");
}

#[test]
fn a_shared_library_is_told_to_be_one_and_a_clang_its_target() {
    let settings = c_settings(compiler(Driver::Clang, "linux/amd64/v3", None), Kind::SharedLibrary, "libapp.so");
    insta::assert_snapshot!(shown(&c::recipe(&settings, &[path("a.c")])), @"
    {tool:clang}
      -target
      x86_64-unknown-linux-gnu
      -march=x86-64-v3
      -ffile-prefix-map={src}=/xbuild/src
      -std=c11
      -O2
      -shared
      -fPIC
      -o
      {out}/libapp.so
      a.c
      -lm
    PATH={dir:clang}:/usr/bin:/bin (policy)
    makes libapp.so
    with clang
    ");
}

#[test]
fn a_static_library_is_compiled_source_by_source_and_packed() {
    let mut settings = c_settings(compiler(Driver::Gcc, "linux/arm64", None), Kind::StaticLibrary, "libapp.a");
    settings.common.cwd = Some(path("native"));
    insta::assert_snapshot!(shown(&c::recipe(&settings, &[path("native/a.c"), path("other/b.c")])), @r#"
    /bin/sh
      -eu
      -c
      out=$1; count=$2; shift 2
    ar=$1; shift; sub=
    if [ "$count" = 2 ]; then sub=$1; shift; fi
    number=100000
    while IFS= read -r source; do
      number=$((number + 1))
      "$@" -c "$source" -o "$TMPDIR/$number.o"
    done <<'SOURCES'
    ../native/a.c
    ../other/b.c
    SOURCES
    exec "$ar" ${{sub:+"$sub"}} rcsD "$out" "$TMPDIR"/1?????.o

      sh
      {out}/libapp.a
      1
      {ar:gcc-arm64}
      {tool:gcc-arm64}
      --sysroot={sysroot:gcc-arm64}
      -ffile-prefix-map={src}=/xbuild/src
      -std=c11
      -O2
    PATH={dir:gcc-arm64}:/usr/bin:/bin (policy)
    in native
    makes libapp.a
    with gcc-arm64
    "#);
}

#[test]
fn zig_is_told_target_cpu_and_mode() {
    let settings = ZigSettings {
        toolchain: "zig".into(),
        source: path("tools/cli/main.zig"),
        output: path("cli.exe"),
        platform: platform("windows/amd64"),
        libc: None,
        optimize: "ReleaseSmall".into(),
        flags: vec!["-fstrip".into()],
        common: Common::default(),
    };
    insta::assert_snapshot!(shown(&zig::recipe(&settings)), @"
    {tool:zig}
      build-exe
      tools/cli/main.zig
      -target
      x86_64-windows-gnu
      -mcpu=x86_64
      -O
      ReleaseSmall
      -femit-bin={out}/cli.exe
      -fstrip
    PATH={dir:zig}:/usr/bin:/bin (policy)
    ZIG_GLOBAL_CACHE_DIR={tmp}/zig-global (builder)
    ZIG_LOCAL_CACHE_DIR={tmp}/zig-local (builder)
    makes cli.exe
    with zig
    ");
}

fn cargo_settings(on: &str, compiler: Option<Compiler>) -> CargoSettings {
    let platform = platform(on);
    let musl = compiler.as_ref().is_some_and(|compiler| compiler.libc.as_deref() == Some("musl"));
    CargoSettings {
        toolchain: "rust".into(),
        package: "acme-agent".into(),
        bin: None,
        output: path("agent"),
        platform,
        triple: platform.rust_triple(musl).expect("Rust knows it"),
        compiler,
        features: vec!["telemetry".into(), "tls".into()],
        default_features: true,
        rustflags: vec!["-Ctarget-feature=+crt-static".into()],
        flags: Vec::new(),
        profile: "release".into(),
        common: Common::default(),
    }
}

#[test]
fn cargo_builds_one_package_for_one_triple_without_the_network() {
    insta::assert_snapshot!(shown(&cargo::recipe(&cargo_settings("linux/amd64/v2", None))), @"
    {tool:rust}
      build
      --release
      --locked
      --offline
      --target
      x86_64-unknown-linux-gnu
      -p
      acme-agent
      --features
      telemetry,tls
    CARGO_ENCODED_RUSTFLAGS=--remap-path-prefix={src}=/xbuild/src --remap-path-prefix={home}=/xbuild/home --remap-path-prefix={tmp}=/xbuild/tmp -Ctarget-cpu=x86-64-v2 -Ctarget-feature=+crt-static (builder)
    CARGO_HOME={home}/.cargo (builder)
    CARGO_INCREMENTAL=0 (builder)
    CARGO_NET_OFFLINE=true (builder)
    CARGO_TARGET_DIR={tmp}/target (builder)
    CARGO_TERM_COLOR=never (builder)
    PATH={root:rust}/bin:/usr/bin:/bin (policy)
    RUSTC={root:rust}/bin/rustc (builder)
    RUSTDOC={root:rust}/bin/rustdoc (builder)
    makes agent at {tmp}/target/x86_64-unknown-linux-gnu/release/acme-agent
    with rust
    ");
}

#[test]
fn a_cargo_profile_decides_where_the_program_is() {
    let mut settings = cargo_settings("linux/amd64", None);
    (settings.profile, settings.bin, settings.default_features) = ("dev".into(), Some("agentd".into()), false);
    let recipe = cargo::recipe(&settings);
    let argv: Vec<String> = recipe.argv.iter().map(Word::template).collect();
    insta::assert_snapshot!(argv.join(" "), @"{tool:rust} build --profile dev --locked --offline --target x86_64-unknown-linux-gnu -p acme-agent --bin agentd --features telemetry,tls --no-default-features");
    insta::assert_snapshot!(recipe.elsewhere[&path("agent")].template(), @"{tmp}/target/x86_64-unknown-linux-gnu/debug/agentd");
}

#[test]
fn a_linker_of_several_words_is_started_by_a_script() {
    let settings = cargo_settings("linux/arm64", Some(compiler(Driver::Zig, "linux/arm64", Some("musl"))));
    insta::assert_snapshot!(shown(&cargo::recipe(&settings)), @r#"
    /bin/sh
      -eu
      -c
      {{ printf '#!/bin/sh\nexec'; for word; do [ "$word" != -- ] || break; printf " '%s'" "$word"; done
    printf ' "$@"\n'; }} > "$TMPDIR/linker"
    chmod 755 "$TMPDIR/linker"
    while [ "$1" != -- ]; do shift; done
    shift; exec "$@"

      sh
      {tool:zig}
      cc
      -target
      aarch64-linux-musl
      --
      {tool:rust}
      build
      --release
      --locked
      --offline
      --target
      aarch64-unknown-linux-musl
      -p
      acme-agent
      --features
      telemetry,tls
    AR_aarch64_unknown_linux_musl={tool:zig} ar (builder)
    CARGO_ENCODED_RUSTFLAGS=--remap-path-prefix={src}=/xbuild/src --remap-path-prefix={home}=/xbuild/home --remap-path-prefix={tmp}=/xbuild/tmp -Clink-self-contained=no -Ctarget-feature=+crt-static (builder)
    CARGO_HOME={home}/.cargo (builder)
    CARGO_INCREMENTAL=0 (builder)
    CARGO_NET_OFFLINE=true (builder)
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER={tmp}/linker (builder)
    CARGO_TARGET_DIR={tmp}/target (builder)
    CARGO_TERM_COLOR=never (builder)
    CC_aarch64_unknown_linux_musl={tool:zig} cc -target aarch64-linux-musl (builder)
    CXX_aarch64_unknown_linux_musl={tool:zig} c++ -target aarch64-linux-musl (builder)
    PATH={root:rust}/bin:{dir:zig}:/usr/bin:/bin (policy)
    RUSTC={root:rust}/bin/rustc (builder)
    RUSTDOC={root:rust}/bin/rustdoc (builder)
    ZIG_GLOBAL_CACHE_DIR={tmp}/zig-global (builder)
    ZIG_LOCAL_CACHE_DIR={tmp}/zig-local (builder)
    makes agent at {tmp}/target/aarch64-unknown-linux-musl/release/acme-agent
    with rust zig
    "#);
}

#[test]
fn cgo_states_the_compiler_for_the_platform() {
    let settings = GoSettings {
        toolchain: "go".into(),
        package: "./cmd/ledger".into(),
        output: path("ledger"),
        platform: platform("linux/arm/v6"),
        cwd: None,
        cgo: Some(Some(Cgo {
            compiler: compiler(Driver::Zig, "linux/arm/v6", Some("musl")),
            cflags: vec!["-DNAME=a b".into()],
            ldflags: vec![Word::text("-L").join(Word::place(Place::Src)).then("/.xbuild/deps/crypto")],
        })),
        tags: Vec::new(),
        ldflags: Vec::new(),
        gcflags: Vec::new(),
        flags: Vec::new(),
        trimpath: true,
        buildmode: None,
        env: BTreeMap::new(),
        secrets: Vec::new(),
        tools: vec!["protoc".into()],
        network: false,
    };
    insta::assert_snapshot!(shown(&go::recipe(&settings, &Workspace::Off)), @"
    {tool:go}
      build
      -trimpath
      -buildvcs=false
      -o
      {out}/ledger
      ./cmd/ledger
    AR={tool:zig} ar (builder)
    CC={tool:zig} cc -target arm-linux-musleabihf -mcpu=arm1136jf_s (builder)
    CGO_CFLAGS='-DNAME=a b' (builder)
    CGO_CXXFLAGS='-DNAME=a b' (builder)
    CGO_ENABLED=1 (builder)
    CGO_LDFLAGS=-L{src}/.xbuild/deps/crypto (builder)
    CXX={tool:zig} c++ -target arm-linux-musleabihf -mcpu=arm1136jf_s (builder)
    PATH={root:go}/bin:{dir:protoc}:/usr/bin:/bin (policy)
    ZIG_GLOBAL_CACHE_DIR={cache:go-build}/zig (builder)
    ZIG_LOCAL_CACHE_DIR={tmp}/zig-local (builder)
    makes ledger
    with go zig protoc
    ");
    let gcc = Cgo { compiler: compiler(Driver::Gcc, "linux/arm64", None), cflags: Vec::new(), ldflags: Vec::new() };
    let settings = GoSettings { platform: platform("linux/arm64"), cgo: Some(Some(gcc)), ..settings };
    insta::assert_snapshot!(shown(&go::recipe(&settings, &Workspace::Off)), @"
    {tool:go}
      build
      -trimpath
      -buildvcs=false
      -o
      {out}/ledger
      ./cmd/ledger
    AR={ar:gcc-arm64} (builder)
    CC={tool:gcc-arm64} --sysroot={sysroot:gcc-arm64} (builder)
    CGO_CFLAGS= (builder)
    CGO_CXXFLAGS= (builder)
    CGO_ENABLED=1 (builder)
    CGO_LDFLAGS= (builder)
    CXX={cxx:gcc-arm64} --sysroot={sysroot:gcc-arm64} (builder)
    PATH={root:go}/bin:{dir:protoc}:/usr/bin:/bin (policy)
    makes ledger
    with go gcc-arm64 protoc
    ");
}
