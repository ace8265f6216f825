//! The codes about how things are built.

#[test]
fn a_file_without_targets() {
    check!(
        r#"profile prod "linux/amd64"
    "#,
        @r#"
        xbuild::no-targets (warning)
          × there is nothing to build: no target is declared
          help: add a target: `target NAME { go "./cmd/NAME" }`
        "#
    );
}

#[test]
fn noarch_with_a_builder_for_a_platform() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    noarch
    profiles prod
}
"#,
        @r#"
        xbuild::noarch-builder
          × `noarch` needs `command`, and `app` is built by `go`
          5:5+6 one artifact for all platforms
          also 4:5+2 builds for one platform
          help: remove `noarch`

        xbuild::misplaced
          × a `noarch` target has one cell, so `profiles` says nothing
          6:5+8 not in a `noarch` target
          also 5:5+6 because of this
          help: remove one of the two
        "#
    );
}

#[test]
fn a_target_without_a_builder() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    cwd a
}
target lib
"#,
        @r#"
        xbuild::no-builder
          × target `app` has no builder
          3:1+10 how is it built?
          help: add `go "./cmd/app"`, or `cargo`, `zig`, `c` or `command`

        xbuild::no-builder
          × target `lib` has no builder
          6:1+10 how is it built?
          help: add `go "./cmd/lib"`, or `cargo`, `zig`, `c` or `command`
        "#
    );
}

#[test]
fn a_target_with_two_builders() {
    check!(
        r#"toolchain rust "1.95.0"
toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    cargo app
}
"#,
        @r#"
        xbuild::two-builders
          × `app` has two builders
          6:5+5 the second builder
          also 5:5+2 the first builder
          help: keep one, or make a target of each
        "#
    );
}

#[test]
fn a_builder_that_does_not_say_what_it_builds() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go bin=app
}
"#,
        @r#"
        xbuild::builder-needs-arg
          × `go` does not say which package it builds
          4:5+2 nothing follows
          help: write `go "./cmd/NAME"`
        "#
    );
}

#[test]
fn a_builder_block_that_builds() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
defaults {
    go "./x" { cgo #true; }
}
target app {
    go "./app"
    when os=linux {
        go bin=app { tags a; }
    }
}
"#,
        @r#"
        xbuild::builder-arg
          × this `go` only sets, it does not build
          4:8+5 belongs to the builder of a target
          help: remove it, or write it in a `target`

        xbuild::builder-arg
          × this `go` only sets, it does not build
          9:12+7 belongs to the builder of a target
          help: remove it, or write it in a `target`
        "#
    );
}

#[test]
fn settings_for_another_builder() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    cargo { features a; }
    when os=linux { zig { flags "-v"; }; }
}
"#,
        @r#"
        xbuild::other-builder
          × `app` is not built by `cargo`
          5:5+5 another builder
          help: its builder is `go`: write `go { … }`

        xbuild::other-builder
          × `app` is not built by `zig`
          6:21+3 another builder
          help: its builder is `go`: write `go { … }`
        "#
    );
}

#[test]
fn variables_that_xbuild_sets() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
defaults {
    env CGO_ENABLED="0" GOARM="6" GOAMD64="v1" CC=gcc GOFLAGS="-mod=vendor -trimpath"
    env-pass PATH
}
target app { go "./app"; }
"#,
        @r#"
        xbuild::derived-env
          × `CGO_ENABLED` is set by xbuild for every cell
          4:9+11 computed from the platform and the builder
          help: write `go { cgo #false }` instead

        xbuild::derived-env
          × `GOARM` is set by xbuild for every cell
          4:25+5 computed from the platform and the builder
          help: write the platform "linux/arm/v6" in a profile instead

        xbuild::derived-env
          × `GOAMD64` is set by xbuild for every cell
          4:35+7 computed from the platform and the builder
          help: write the platform "linux/amd64" in a profile instead

        xbuild::derived-env
          × `CC` is set by xbuild for every cell
          4:48+2 computed from the cell's toolchains
          help: write `cc TOOLCHAIN` instead, such as `cc zig`

        xbuild::derived-env
          × `-trimpath` in `GOFLAGS` is set by xbuild for every cell
          4:63+23 computed from the platform and the builder
          help: write `go { trimpath #false }` instead, or nothing: it is on

        xbuild::derived-env
          × `PATH` is set by xbuild for every cell
          5:14+4 computed from the cell's toolchains
          help: declare the program with `toolchain` and name it in `tools` instead
        "#
    );
}

#[test]
fn targets_that_need_one_another() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target a { go "./a"; deps b; }
target b {
    go "./b"
    when os=linux { deps c; }
}
target c { go "./c"; deps a c; }
"#,
        @r#"
        xbuild::dep-cycle
          × `a` needs itself
          8:27+1 needs `a` again
          help: remove one of these: a → b → c → a

        xbuild::dep-cycle
          × `c` needs itself
          8:29+1 needs `c` again
          help: remove one of these: c → c
        "#
    );
}

#[test]
fn a_noarch_target_that_needs_cells() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain sh "1" kind=tool
target app { go "./app"; }
target sum {
    noarch
    command sh "-c" "cat {out:app}/app {os}"
    inputs a
    outputs b
    deps app
}
"#,
        @r#"
        xbuild::unknown-placeholder
          × a `noarch` target has no `{os}`
          7:40+4 means nothing here
          help: remove the placeholder, or `noarch`

        xbuild::noarch-dep
          × `sum` is `noarch`, but `app` is not
          10:10+3 which of its cells?
          also 6:5+6 one cell for all platforms
          help: remove `noarch`, or make `app` `noarch` too
        "#
    );
}

#[test]
fn systems_and_architectures_that_do_not_meet() {
    check!(
        r#"toolchain go "1.26.3"
profile a "darwin/386"
"#,
        @r#"
        xbuild::unsupported-pair
          × `darwin/386` is not a platform
          2:11+12 darwin does not run on 386
          help: darwin has amd64, arm64
        "#
    );
}

#[test]
fn versions_that_are_not_exact() {
    check!(
        r#"toolchain go "1.26"
toolchain rust "stable"
toolchain zig "v0.15.2"
toolchain sh kind=tool
"#,
        @r#"
        xbuild::inexact-version
          × `1.26` is not an exact version
          1:14+6 may mean another one tomorrow
          help: write all three numbers, such as "1.26.0"

        xbuild::inexact-version
          × `stable` is not an exact version
          2:16+8 may mean another one tomorrow
          help: write one release, such as "1.95.0"

        xbuild::inexact-version
          × `v0.15.2` is not an exact version
          3:15+9 may mean another one tomorrow
          help: write "0.15.2"

        xbuild::inexact-version
          × this toolchain has no version
          4:1+22 which version?
          help: write the exact version: `toolchain sh "1.2.3"`
        "#
    );
}

#[test]
fn toolchains_of_an_unknown_kind() {
    check!(
        r#"toolchain gop "1.26.3"
toolchain cc "13"
toolchain x "1" kind=tol
"#,
        @r#"
        xbuild::toolchain-kind
          × xbuild does not know what kind of toolchain `gop` is
          1:11+3 not `go`, `rust` or `zig`
          help: write `go`, or add `kind=tool` for a program, `kind=cc` for a C compiler

        xbuild::toolchain-kind
          × xbuild does not know what kind of toolchain `cc` is
          2:11+2 not `go`, `rust` or `zig`
          help: add `kind=tool` for a program, `kind=cc` for a C compiler

        xbuild::toolchain-kind
          × `tol` is not a kind of toolchain
          3:22+3 not a kind
          help: did you mean `tool`?
        "#
    );
}

#[test]
fn a_command_that_does_not_say_what_it_reads() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain sh "1" kind=tool
target gen { command sh "-c" "true"; }
target half {
    command sh "-c" "true"
    outputs b
}
"#,
        @r#"
        xbuild::command-undeclared
          × `gen` does not say what its command reads and writes
          4:14+7 only a declared command can be cached
          help: add `inputs "GLOB"` and `outputs "PATH"`

        xbuild::command-undeclared
          × `half` does not say what its command reads
          6:5+7 only a declared command can be cached
          help: add `inputs "GLOB"`
        "#
    );
}

#[test]
fn paths_that_leave_the_project() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app" bin="../app"
    cwd ".."
    inputs "/etc/*" "a/../../b"
    outputs "C:/x" "a\\b"
    archive zip { add "../LICENSE"; }
}
"#,
        @r#"
        xbuild::path-escapes
          × `../app` is not a file name
          4:20+8 `bin` names a file, without folders
          help: write the file's name alone

        xbuild::path-escapes
          × `..` leaves the project
          5:9+4 `..` above the project's root
          help: write a path that starts at the project's root

        xbuild::path-escapes
          × `/etc/*` leaves the project
          6:12+8 an absolute path
          help: write a path that starts at the project's root

        xbuild::path-escapes
          × `a/../../b` leaves the project
          6:21+11 `..` above the project's root
          help: write a path that starts at the project's root

        xbuild::path-escapes
          × `C:/x` leaves the project
          7:13+6 a drive of Windows
          help: write a path that starts at the project's root

        xbuild::path-escapes
          × `a\b` leaves the project
          7:20+6 paths are written with `/`
          help: write `/` in place of `\`

        xbuild::path-escapes
          × `../LICENSE` leaves the project
          8:23+12 `..` above the project's root
          help: write a path that starts at the project's root
        "#
    );
}

#[test]
fn an_image_that_may_change() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    image "ghcr.io/a/b" base="alpine:3.22"
}
"#,
        @r#"
        xbuild::image-unpinned
          × the base image is not pinned
          5:30+13 may change any day
          help: add its digest: "alpine:3.22@sha256:…"
        "#
    );
}

#[test]
fn network_access_without_a_reason() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    network #true
}
"#,
        @r#"
        xbuild::network-reason
          × `network` does not say why
          5:5+7 opens the build to the network
          help: write `network #true reason="…"`
        "#
    );
}
