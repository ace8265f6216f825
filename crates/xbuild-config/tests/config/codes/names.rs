//! The codes about names that nothing declares.

#[test]
fn a_platform_that_is_not_in_the_table() {
    check!(
        r#"toolchain go "1.26.3"
profile a "linux/x86_64"
profile b "linux/arm"
profile c "linux/amd64/v1"
profile d "linux-amd64"
"#,
        @r#"
        xbuild::unknown-platform
          × `linux/x86_64` is not a platform
          2:11+14 `x86_64` is not an architecture that xbuild knows
          help: write "linux/amd64"

        xbuild::unknown-platform
          × `linux/arm` is not a platform
          3:11+11 `linux/arm` does not say which ARM
          help: say v5, v6 or v7: "linux/arm/v5", "linux/arm/v6" or "linux/arm/v7"

        xbuild::unknown-platform
          × `linux/amd64/v1` is not a platform
          4:11+16 the baseline of amd64 has no name
          help: write "linux/amd64"

        xbuild::unknown-platform
          × `linux-amd64` is not a platform
          5:11+13 a platform is written `os/arch` or `os/arch/variant`
          help: write "linux/amd64"
        "#
    );
}

#[test]
fn a_variant_that_go_would_ignore() {
    check!(
        r#"toolchain go "1.26.3"
profile a "linux/amd64/v9"
"#,
        @r#"
        xbuild::unknown-variant
          × `linux/amd64/v9` is not a platform
          2:11+16 `v9` is not a variant of amd64
          help: write one of "linux/amd64/v2", "linux/amd64/v3", "linux/amd64/v4"
        "#
    );
}

#[test]
fn a_profile_that_is_not_declared() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    profiles prdo
}
"#,
        @r#"
        xbuild::unknown-profile
          × there is no profile `prdo`
          5:14+4 no profile has this name
          help: did you mean `prod`?
        "#
    );
}

#[test]
fn an_axis_that_is_not_declared() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis edition a b
axis tls on off
target lib {
    go "./lib"
    axes edition
}
target app {
    go "./app"
    axes editoin
    deps lib tls=on
    include profile=prod platform="linux/arm64" tls=on edition=a
}
"#,
        @r#"
        xbuild::unknown-axis
          × there is no axis `editoin`
          11:10+7 no axis has this name
          help: did you mean `edition`?

        xbuild::unknown-axis
          × `lib` does not have the axis `tls`
          12:14+3 not an axis of this target
          help: remove it, or add `axes tls` to `lib`
        "#
    );
}

#[test]
fn an_axis_of_another_target() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis tls on off
axis edition pro free
target lib {
    go "./lib"
    axes edition
}
target app {
    go "./app"
    axes tls
    deps lib tls=on
    include profile=prod platform="linux/arm64" tls=on edition=pro
}
"#,
        @r#"
        xbuild::unknown-axis
          × `lib` does not have the axis `tls`
          12:14+3 not an axis of this target
          help: remove it, or add `axes tls` to `lib`

        xbuild::unknown-axis
          × `app` does not have the axis `edition`
          13:56+7 not an axis of this target
          help: remove it, or add `axes edition` to `app`
        "#
    );
}

#[test]
fn a_value_that_its_dimension_does_not_have() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis edition pro free
exclude profile=prdo
exclude platform="linux/arm" os=macos arch="x86_64|armv7" variant=v8
exclude edition=por
target app {
    go "./app"
    axes edition
}
"#,
        @r#"
        xbuild::unknown-value
          × `prdo` is not a value of `profile`
          4:17+4 not known
          help: did you mean `prod`?

        xbuild::unknown-value
          × `linux/arm` is not a value of `platform`
          5:19+9 not known
          help: say v5, v6 or v7: "linux/arm/v5", "linux/arm/v6" or "linux/arm/v7"

        xbuild::unknown-value
          × `macos` is not a value of `os`
          5:33+5 not known
          help: write `os=darwin`

        xbuild::unknown-value
          × `x86_64` is not a value of `arch`
          5:45+6 not known
          help: write `arch=amd64`

        xbuild::unknown-value
          × `armv7` is not a value of `arch`
          5:52+5 not known
          help: write `arch=arm variant=v7`

        xbuild::unknown-value
          × `v8` is not a value of `variant`
          5:67+2 not known
          help: the baseline of arm64 has no variant: ask for `arch=arm64`

        xbuild::unknown-value
          × `por` is not a value of `edition`
          6:17+3 not known
          help: did you mean `pro`?
        "#
    );
}

#[test]
fn a_condition_that_nothing_answers() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis edition pro free
exclude soo=linux
target app {
    go "./app"
    axes edition
    when editoin=pro { cwd a; }
    include profile=prod os=linux edition=pro
}
"#,
        @r#"
        xbuild::unknown-condition
          × a condition cannot ask for `soo`
          4:9+3 no axis has this name
          help: known here: `profile`, `platform`, `os`, `arch`, `variant`, `edition`

        xbuild::unknown-condition
          × a condition cannot ask for `editoin`
          8:10+7 no axis has this name
          help: did you mean `edition`?

        xbuild::unknown-condition
          × `include` does not take `os`
          9:26+2 not the name of one cell
          help: name the whole platform: `platform="linux/arm64"`
        "#
    );
}

#[test]
fn a_target_that_is_not_declared() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target server { go "./app"; }
target app {
    go "./app"
    deps servre
}
"#,
        @r#"
        xbuild::unknown-target
          × there is no target `servre`
          6:10+6 no target has this name
          help: did you mean `server`?
        "#
    );
}

#[test]
fn a_toolchain_that_is_not_declared() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain sh "1" kind=tool
target app {
    go "./app"
    cc zgi libc=musl
    tools she
    when os=linux { cc sh; }
}
target ui { zig "a.zig"; }
"#,
        @r#"
        xbuild::unknown-toolchain
          × there is no toolchain `zgi`
          6:8+3 no toolchain has this name
          help: known here: `go`, `sh`

        xbuild::unknown-toolchain
          × there is no toolchain `she`
          7:11+3 no toolchain has this name
          help: did you mean `sh`?

        xbuild::unknown-toolchain
          × `cc` cannot use `sh`
          8:24+2 a toolchain of kind `tool`
          help: it needs a toolchain of kind `zig` or `cc`

        xbuild::unknown-toolchain
          × `zig` needs a zig toolchain, and none is declared
          10:13+3 which version?
          help: add `toolchain zig "VERSION"` at the top
        "#
    );
}

#[test]
fn a_builder_with_two_toolchains_to_choose_from() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain go-old kind=go "1.25.1"
target app { go "./app"; }
"#,
        @r#"
        xbuild::unknown-toolchain
          × `go` does not say which go toolchain it uses
          4:14+2 2 are declared
          help: add `toolchain=go` or `toolchain=go-old`
        "#
    );
}

#[test]
fn a_program_that_no_toolchain_declares() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain protoc "30.1" kind=tool
target gen {
    command protco "--version"
    inputs a
    outputs b
}
target run {
    command "scripts/gen.sh"
    inputs a
    outputs b
}
"#,
        @r#"
        xbuild::unknown-tool
          × no toolchain declares the program `protco`
          5:13+6 not a toolchain
          help: did you mean `protoc`?

        xbuild::unknown-tool
          × no toolchain declares the program `scripts/gen.sh`
          10:13+16 not a toolchain
          help: declare it: `toolchain NAME "VERSION" kind=tool path="…"`
        "#
    );
}

#[test]
fn a_placeholder_that_means_nothing() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis tls on off
target lib { go "./lib"; }
target app {
    go "./app" {
        ldflags "-X=main.v={verison}" "-X=main.t={tls}"
    }
    inputs "*.{c,h}" "{a"
    archive zip name="{target}-{out:lib}"
}
"#,
        @r#"
        xbuild::unknown-placeholder
          × there is no placeholder `{verison}`
          7:28+9 means nothing here
          help: did you mean `version`? (write `{{` and `}}` for braces)

        xbuild::unknown-placeholder
          × `app` does not have the axis `tls`
          7:50+5 means nothing here
          help: add `axes tls` to the target

        xbuild::unknown-placeholder
          × there is no placeholder `{c,h}`
          9:15+5 means nothing here
          help: write `{{` and `}}` for braces

        xbuild::unknown-placeholder
          × `{` is not closed
          9:23+1 a brace alone
          help: write `{{` for a brace

        xbuild::unknown-placeholder
          × `app` does not need `lib`
          10:32+9 means nothing here
          help: add `deps lib` to the target
        "#
    );
}

#[test]
fn an_axis_with_a_reserved_name() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis os a b
target app { go "./app"; axes os; }
"#,
        @r#"
        xbuild::reserved-axis
          × an axis cannot be called `os`
          3:6+2 this word means something else
          help: choose another name
        "#
    );
}

#[test]
fn an_archive_format_that_is_not_written() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    archive tgz rar
}
"#,
        @r#"
        xbuild::archive-format
          × `tgz` is not an archive format
          5:13+3 not a format
          help: write "tar.gz"

        xbuild::archive-format
          × `rar` is not an archive format
          5:17+3 not a format
          help: known here: `tar.gz`, `tar.xz`, `tar.zst`, `zip`, `binary`
        "#
    );
}
