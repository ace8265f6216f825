//! The codes about the matrix, as far as no expansion is needed.

#[test]
fn a_profile_without_platforms() {
    check!(
        r#"profile prod
    "#,
        @r#"
        xbuild::no-platform
          × profile `prod` has no platform
          1:1+12 a platform belongs here
          help: write where its artifacts run, such as "linux/amd64"
        "#
    );
}

#[test]
fn an_axis_with_one_value() {
    check!(
        r#"axis tls on
    "#,
        @r#"
        xbuild::axis-values
          × an axis has two values or more
          1:1+11 only one value
          help: add a value, or remove the axis
        "#
    );
}

#[test]
fn an_include_that_is_not_one_cell() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis edition pro free
target app {
    go "./app"
    axes edition
    include profile=prod platform="linux/arm64"
    include profile="prod|edge" platform="linux/arm64" edition=pro
}
"#,
        @r#"
        xbuild::include-partial
          × `include` must name one whole cell
          7:5+7 missing `edition`
          help: to change settings of existing cells use `when`

        xbuild::include-partial
          × `include` must name one whole cell
          8:21+11 several values
          help: write one `include` for each cell
        "#
    );
}

#[test]
fn a_when_that_sets_nothing() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    when os=linux
}
"#,
        @r#"
        xbuild::empty-when
          × this `when` sets nothing
          5:5+4 no settings
          help: write the settings in its block: `when … { … }`
        "#
    );
}

#[test]
fn a_when_in_a_when() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    when os=linux {
        when arch=arm64 { cwd x; }
    }
}
"#,
        @r#"
        xbuild::nested-when
          × a `when` does not stand in another `when`
          6:9+4 inside another condition
          also 5:5+4 the outer `when`
          help: write one `when` beside it with both conditions
        "#
    );
}

#[test]
fn axes_and_toolchains_that_nothing_uses() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain zig "0.15.2"
axis tls on off
target app { go "./app"; }
"#,
        @r#"
        xbuild::unused-toolchain (warning)
          × nothing uses the toolchain `zig`
          3:11+3 not used
          help: remove it, or name it in `cc`, `tools` or a builder

        xbuild::unused-axis (warning)
          × no target has the axis `tls`
          4:6+3 multiplies nothing
          help: add `axes tls` to a target, or remove the axis
        "#
    );
}
