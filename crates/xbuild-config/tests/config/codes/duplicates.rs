//! The codes about what stands twice.

#[test]
fn a_property_twice() {
    check!(
        r#"toolchain zig "0.15.2" path="/a" root="/b"
profile prod "linux/amd64"
target app {
    zig "a.zig" bin=a bin=b
}
"#,
        @r#"
        xbuild::duplicate-property
          × a toolchain is in one place, `path` or `root`
          1:39+4 another place
          also 1:29+4 the one place
          help: keep one of the two

        xbuild::duplicate-property
          × `bin` is set twice
          4:23+3 set again here
          also 4:17+3 set here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_setting_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app" {
        tags a
        +tags b
    }
    cwd a
    cwd b
    profiles prod
    profiles prod
}
"#,
        @r#"
        xbuild::duplicate-setting
          × `tags` is set twice
          6:9+5 set again here
          also 5:9+4 set here first
          help: keep one of the two

        xbuild::duplicate-setting
          × `cwd` is set twice
          9:5+3 set again here
          also 8:5+3 set here first
          help: keep one of the two

        xbuild::duplicate-setting
          × `profiles` is set twice
          11:5+8 set again here
          also 10:5+8 set here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_variable_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    env A="1" B="2"
    env A="2"
    env-pass B
}
"#,
        @r#"
        xbuild::duplicate-env
          × `A` is set twice
          6:9+1 set again here
          also 5:9+1 set here first
          help: keep one of the two

        xbuild::duplicate-env
          × `B` is set twice
          7:14+1 set again here
          also 5:15+1 set here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_profile_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
profile prod "linux/arm64"
target app { go "./app"; }
"#,
        @r#"
        xbuild::duplicate-profile
          × `prod` is declared twice
          3:9+4 declared again here
          also 2:9+4 declared here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_target_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app { go "./app"; }
target app { go "./b"; }
"#,
        @r#"
        xbuild::duplicate-target
          × `app` is declared twice
          4:8+3 declared again here
          also 3:8+3 declared here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_toolchain_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain go "1.25.1"
target app { go "./app"; }
"#,
        @r#"
        xbuild::duplicate-toolchain
          × `go` is declared twice
          3:11+2 declared again here
          also 1:11+2 declared here first
          help: keep one of the two
        "#
    );
}

#[test]
fn an_axis_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
axis tls on off
axis tls a b
target app { go "./app"; axes tls; }
"#,
        @r#"
        xbuild::duplicate-axis
          × `tls` is declared twice
          4:6+3 declared again here
          also 3:6+3 declared here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_block_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
defaults {
    go { tags a; }
    go { ldflags "-s"; }
}
defaults { cwd a; }
target app { go "./app"; }
"#,
        @r#"
        xbuild::duplicate-block
          × `go` is set twice
          5:5+2 set again here
          also 4:5+2 set here first
          help: keep one of the two

        xbuild::duplicate-block
          × `defaults` is written twice
          7:1+8 written again here
          also 3:1+8 written here first
          help: keep one of the two
        "#
    );
}

#[test]
fn a_value_twice() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
profile edge "linux/arm64" "linux/arm64"
axis tls on off on
target app {
    go "./app"
    axes tls
    profiles edge edge
    archive zip zip
    when os=linux|linux { cwd a; }
}
"#,
        @r#"
        xbuild::duplicate-value
          × `linux/arm64` is listed twice
          3:28+13 listed again here
          also 3:14+13 listed here first
          help: keep one of the two

        xbuild::duplicate-value
          × `on` is listed twice
          4:17+2 listed again here
          also 4:10+2 listed here first
          help: keep one of the two

        xbuild::duplicate-value
          × `edge` is listed twice
          8:19+4 listed again here
          also 8:14+4 listed here first
          help: keep one of the two

        xbuild::duplicate-value
          × `zip` is listed twice
          9:17+3 listed again here
          also 9:13+3 listed here first
          help: keep one of the two

        xbuild::duplicate-value
          × `linux` is listed twice
          10:19+5 listed again here
          also 10:13+5 listed here first
          help: keep one of the two
        "#
    );
}
