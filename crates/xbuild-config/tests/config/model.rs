//! What valid texts mean: the model as compact text.

use std::fmt::Display;

use xbuild_config::read;
use xbuild_model::{
    Archive, CcChoice, Condition, Dep, Exclude, Image, Include, Layer, Location, Op, Project, Settings, Spanned,
    Target, Template, Toolchain, Value, When,
};

macro_rules! check {
    ($text:expr, @$snapshot:literal $(,)?) => {
        insta::assert_snapshot!(model($text), @$snapshot)
    };
}

/// The model of a text without problems.
fn model(text: &str) -> String {
    let checked = read(text.as_bytes());
    assert!(checked.problems.iter().all(|problem| !problem.is_error()), "{:#?}", checked.problems);
    let project = checked.project.expect("no problem is fatal");
    assert!(!project.poisoned && project.targets.iter().all(|target| !target.poisoned));
    let mut out = String::new();
    show(&mut out, &project);
    out
}

fn show(out: &mut String, project: &Project) {
    put!(out, "project {} version {}", or_none(&project.name), or_none(&project.version));
    project.toolchains.iter().for_each(|one| put!(out, "{}", toolchain(one)));
    for profile in &project.profiles {
        let default = if profile.default { " default" } else { "" };
        put!(out, "profile {}: {}{default}", profile.name, list(&profile.platforms, " "));
        layer(out, &profile.layer);
    }
    project.axes.iter().for_each(|axis| put!(out, "axis {}: {}", axis.name, list(&axis.values, " ")));
    put!(out, "defaults");
    layer(out, &project.defaults);
    project.excludes.iter().for_each(|one| put!(out, "{}", exclude(one)));
    project.targets.iter().for_each(|one| target(out, one));
}

fn or_none<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map_or_else(|| "-".into(), ToString::to_string)
}

fn list<T: Display>(values: &[T], separator: &str) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

fn templates(values: &[Spanned<Template>]) -> String {
    format!("[{}]", values.iter().map(|value| value.raw()).collect::<Vec<_>>().join(", "))
}

fn toolchain(toolchain: &Toolchain) -> String {
    let location = match &toolchain.location {
        Some(Location::Path(path)) => format!(" path {path}"),
        Some(Location::Root(root)) => format!(" root {root}"),
        None => String::new(),
    };
    format!("toolchain {} {} {}{location}", toolchain.name, toolchain.kind.as_str(), toolchain.version)
}

fn target(out: &mut String, target: &Target) {
    let builder = target.builder.as_ref().expect("a target without problems has a builder");
    put!(out, "target {}: {} {}", target.name, builder.kind.as_str(), templates(&builder.arguments));
    let properties = [
        ("bin", or_none(&builder.bin)),
        ("kind", or_none(&builder.output_kind)),
        ("toolchain", or_none(&builder.toolchain)),
    ];
    for (name, value) in properties.iter().filter(|(_, value)| value != "-") {
        put!(out, "  {name} {value}");
    }
    if target.noarch.is_some() {
        put!(out, "  noarch");
    }
    if let Some(profiles) = &target.profiles {
        put!(out, "  profiles {}", list(profiles, " "));
    }
    if !target.axes.is_empty() {
        put!(out, "  axes {}", list(&target.axes, " "));
    }
    target.deps.iter().for_each(|one| put!(out, "  {}", dep(one)));
    target.excludes.iter().for_each(|one| put!(out, "  {}", exclude(one)));
    target.includes.iter().for_each(|one| put!(out, "  {}", include(one)));
    layer(out, &target.layer);
}

fn choices<N: Display, V: Display>(axes: &[(N, V)]) -> String {
    axes.iter().map(|(axis, value)| format!(" {axis}={value}")).collect()
}

fn dep(dep: &Dep) -> String {
    let at = dep.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
    format!("deps {}{}{at}", dep.target, choices(&dep.axes))
}

fn include(include: &Include) -> String {
    format!("include {} {}{}", or_none(&include.profile), or_none(&include.platform), choices(&include.axes))
}

fn condition(condition: &Condition) -> String {
    let term = |term: &xbuild_model::Term| format!(" {}={}", term.dimension.as_str(), term.values.join("|"));
    condition.terms.iter().map(term).collect()
}

fn exclude(exclude: &Exclude) -> String {
    format!("exclude{}", condition(&exclude.condition))
}

fn layer(out: &mut String, layer: &Layer) {
    settings(out, &layer.settings, "  ");
    layer.whens.iter().for_each(|one| when(out, one));
}

fn when(out: &mut String, when: &When) {
    put!(out, "  when{}", condition(&when.condition));
    when.deps.iter().for_each(|one| put!(out, "    {}", dep(one)));
    settings(out, &when.settings, "    ");
}

fn settings(out: &mut String, settings: &Settings, indent: &str) {
    for setting in &settings.entries {
        let (sign, value) = match &setting.op {
            Op::Set(set) => ("=", value(set)),
            Op::Append(appended) => ("+=", value(appended)),
            Op::Clear => ("cleared", String::new()),
        };
        put!(out, "{}", format!("{indent}{} {sign} {value}", setting.slot.label()).trim_end());
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Text(text) => text.raw().to_owned(),
        Value::List(values) => templates(values),
        Value::Cc(choice) => cc(choice),
        Value::Smoke(smoke) => {
            format!("{} exit {} in {} s", templates(&smoke.arguments), smoke.exit, smoke.timeout_seconds)
        }
        Value::Network(network) => format!("{} because {}", network.allowed, or_none(&network.reason)),
        Value::Archive(one) => archive(one),
        Value::Image(one) => image(one),
    }
}

fn cc(choice: &CcChoice) -> String {
    let libc = choice.libc.as_ref().map(|libc| format!(" libc {libc}")).unwrap_or_default();
    let sysroot = choice.sysroot.as_ref().map(|sysroot| format!(" sysroot {sysroot}")).unwrap_or_default();
    format!("{}{libc}{sysroot}", choice.toolchain)
}

fn archive(archive: &Archive) -> String {
    let formats: Vec<&str> = archive.formats.iter().map(|format| format.as_str()).collect();
    let name = archive.name.as_ref().map_or("-", |name| name.raw());
    format!("{} name {name} add {}", formats.join(" "), templates(&archive.add))
}

fn image(image: &Image) -> String {
    let base = image.base.as_ref().map_or("-", |base| base.split_once("@sha256:").map_or("?", |(name, _)| name));
    format!("{} base {base} add {}", image.reference.raw(), templates(&image.add))
}

#[test]
fn tiny() {
    check!(include_str!("../cases/valid/tiny.kdl"), @r#"
        project - version -
        toolchain go go 1.26.3
        profile prod: linux/amd64
        profile edge: linux/arm64
        profile dev: darwin/amd64
        defaults
        target hello: go [./cmd/hello]
          archive = tar.gz name - add []
    "#);
}

#[test]
fn article() {
    check!(include_str!("../cases/valid/article.kdl"), @r#"
        project fleet version 2.3.0
        toolchain go go 1.26.3
        toolchain zig zig 0.15.2
        toolchain gcc-arm64 cc 13.2.0 path /opt/cross/bin/aarch64-linux-gnu-gcc
        profile prod: linux/amd64
        profile edge: linux/arm64 linux/arm/v7
        profile dev: darwin/amd64
        defaults
          cgo = false
          tags = [netgo, osusergo]
          ldflags = [-s, -w]
          env GOFLAGS = -mod=readonly
        target gateway: go [./cmd/gateway]
          archive = tar.gz name - add []
        target ledger: go [./cmd/ledger]
          profiles prod edge
          cgo = true
          tags cleared
          ldflags += [-linkmode=external]
          when platform=linux/amd64
            cc = zig libc musl
          when platform=linux/arm64
            cc = gcc-arm64 sysroot /opt/sysroots/bookworm-arm64
          when platform=linux/arm/v7
            cc = zig libc musl
    "#);
}

#[test]
fn monorepo() {
    check!(include_str!("../cases/valid/monorepo.kdl"), @r#"
        project acme version 7.1.0
        toolchain go go 1.26.3
        toolchain rust rust 1.95.0
        toolchain zig zig 0.15.2
        toolchain buf tool 1.58.0 path tools/buf
        toolchain npm tool 11.6.2 path /opt/node-24/bin/npm
        toolchain clang cc 19.1.7 path /usr/lib/llvm-19/bin/clang
        profile prod: linux/amd64 linux/arm64
        profile edge: linux/arm64 linux/arm/v7
        profile desktop: windows/amd64 darwin/arm64
        profile dev: darwin/arm64
          ldflags cleared
          cargo-profile = dev
        axis edition: community enterprise
        axis tls: boring stock
        defaults
          env SOURCE_DATE_EPOCH = 1767225600
          ldflags = [-s, -w]
          when os=linux
            cc = zig libc musl
          when os=darwin|windows
            cc = clang
        exclude platform=linux/arm/v7 edition=enterprise
        target proto: command [buf, generate, --template, buf.gen.yaml, --output, {out}]
          noarch
          inputs = [proto/**/*.proto, buf.gen.yaml]
          outputs = [go, rust]
        target ui: command [npm, run, build, --, --outDir, {out}/dist]
          noarch
          cwd = web
          inputs = [web/src/**, web/package-lock.json]
          outputs = [dist]
          env NODE_ENV = production
        target crypto: c [native/crypto/*.c]
          kind static-lib
          axes tls
          cflags = [-O2, -fPIC]
          when tls=boring
            cflags += [-DBORING=1]
          when os=windows
            cflags += [-D_WIN32_WINNT=0x0A00]
        target server: go [./cmd/server]
          bin acmed
          profiles prod edge dev
          axes edition
          deps proto
          deps ui
          deps crypto tls=boring
          exclude profile=dev edition=enterprise
          cgo = true
          ldflags += [-X=main.version={version}, -X=main.edition={edition}]
          inputs = [cmd/server/assets/**]
          archive = tar.gz name - add [LICENSE, README.md]
          image = ghcr.io/acme/server-{edition} base gcr.io/distroless/static add []
          when edition=enterprise
            tags = [enterprise]
            env ACME_LICENSE = required
          when edition=enterprise profile=prod
            tags = [enterprise, hsm]
        target agent: cargo [acme-agent]
          profiles prod edge desktop
          deps proto
          include edge linux/riscv64
          features = [telemetry]
          archive = tar.gz name - add []
          when os=windows
            features += [windows-service]
            rustflags = [-Ctarget-feature=+crt-static]
        target cli: zig [tools/cli/main.zig]
          exclude profile=edge
          optimize = ReleaseSafe
          archive = tar.xz name - add []
          when os=windows
            archive = zip name - add []
    "#);
}

#[test]
fn every_setting() {
    check!(EVERY_SETTING, @r#"
        project - version -
        toolchain go go 1.26.3 root /opt/go
        toolchain go-old go 1.25.1
        toolchain rust rust 1.95.0
        toolchain zig zig 0.15.2
        toolchain gcc cc 13 path /usr/bin/gcc
        toolchain gen tool 1
        profile prod: linux/amd64 default
          network = false because -
          env A = profile
          when os=linux|darwin arch=amd64 variant=v3
            cc = gcc libc gnu-2.28
        axis tls: on off
        defaults
          env A = 1
          env B cleared
          env-pass TOKEN = true
          env-secret KEY = true
          env-secret SIGN = true
          cwd = .
          inputs = [a/**]
          outputs cleared
          tools = [gen]
          expect linkage = dynamic
          expect glibc-max = 2.28
          expect min-os = 12.0
          expect stripped = true
          expect interpreter = /lib/ld.so
          smoke = [--version] exit 3 in 5 s
          cgo cleared
          tags cleared
          ldflags += [-s]
          default-features = false
          flags = [-fstrip]
          std = c17
        target lib: c [native/*.c, native/{os}/*.c]
          bin native
          kind shared-lib
          axes tls
          cflags = [-O2]
          ldflags = [-lm]
          std cleared
        target app: go [./app]
          bin app
          toolchain go-old
          axes tls
          deps lib at native/lib
          exclude platform=linux/amd64 tls=off
          include prod linux/arm/v7 tls=off
          cgo = true
          tags = [{tls}]
          gcflags = [-N]
          flags = [-v]
          cgo-cflags = [-I{out:lib}]
          cgo-ldflags = [-L{out:lib}]
          trimpath = false
          buildmode = pie
          cc cleared
          smoke cleared
          network = true because downloads a model
          image = registry/app:{tls} base - add [LICENSE]
          when profile=prod tls=on
            deps gen-docs
            archive = zip tar.zst name {target}-{version} add [LICENSE, README, {{x}}]
            image cleared
            env A = {out}/{exe}
        target gen-docs: command [gen, --out, {out}, {commit-time}]
          noarch
          outputs = [docs]
        target tool: cargo [tool-cli]
          profiles prod
          features = [a, b]
          rustflags = [-C, target-cpu=native]
          flags = [--locked]
          cargo-profile = dev
    "#);
}

#[test]
fn strings_are_literal_where_placeholders_mean_nothing() {
    let text = "toolchain zig \"0.15.2\"\ntarget a {\n    zig \"src/{x}.zig\" { optimize \"{x}\"; flags \"{os}\"; }\n    cwd \"{x}\"\n}\n";
    check!(text, @r#"
        project - version -
        toolchain zig zig 0.15.2
        defaults
        target a: zig [src/{{x}}.zig]
          optimize = {{x}}
          flags = [{os}]
          cwd = {{x}}
    "#);
}

const EVERY_SETTING: &str = r#"
xbuild format=1
toolchain go "1.26.3" root="/opt/go"
toolchain go-old "1.25.1" kind=go
toolchain rust "1.95.0"
toolchain zig "0.15.2"
toolchain gcc "13" kind=cc path="/usr/bin/gcc"
toolchain gen "1" kind=tool
profile prod "linux/amd64" default=#true {
    network #false
    env A="profile"
    when os=linux|darwin arch=amd64 variant=v3 {
        cc gcc libc="gnu-2.28"
    }
}
axis tls on off
defaults {
    env A="1" B=#null
    env-pass TOKEN
    env-secret KEY SIGN
    cwd .
    inputs "a/**"
    outputs #null
    tools gen
    expect linkage=dynamic glibc-max="2.28" min-os="12.0" stripped=#true interpreter="/lib/ld.so"
    smoke "--version" exit=3 timeout-seconds=5
    go { cgo #null; tags #null; +ldflags "-s"; }
    cargo { default-features #false; }
    zig { flags "-fstrip"; }
    c { std c17; }
}
target lib {
    c "native/*.c" "native/{os}/*.c" kind=shared-lib bin=native {
        cflags "-O2"
        ldflags "-lm"
        std #null
    }
    axes tls
}
target app {
    go "./app" bin=app toolchain=go-old {
        cgo #true
        tags "{tls}"
        gcflags "-N"
        flags "-v"
        cgo-cflags "-I{out:lib}"
        cgo-ldflags "-L{out:lib}"
        trimpath #false
        buildmode pie
    }
    axes tls
    cc #null
    smoke #null
    network #true reason="downloads a model"
    deps lib at="native/lib"
    when profile=prod tls=on {
        deps gen-docs
        archive zip "tar.zst" name="{target}-{version}" { add LICENSE; add README "{{x}}"; }
        image #null
        env A="{out}/{exe}"
    }
    image "registry/app:{tls}" { add "LICENSE"; }
    include profile=prod platform="linux/arm/v7" tls=off
    exclude platform="linux/amd64" tls=off
}
target gen-docs {
    noarch
    command gen "--out" "{out}" "{commit-time}"
    outputs docs
}
target tool {
    cargo tool-cli { features a b; rustflags "-C" "target-cpu=native"; flags "--locked"; cargo-profile dev; }
    profiles prod
}
"#;
