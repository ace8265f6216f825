//! The codes about the shape of nodes and values.

#[test]
fn a_word_that_the_language_does_not_have() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    inptus "a"
}
tragte x
"#,
        @r#"
        xbuild::unknown-node
          × `inptus` is not known in a target
          5:5+6 not known here
          help: did you mean `inputs`?

        xbuild::unknown-node
          × `tragte` is not known at the top of the file
          7:1+6 not known here
          help: did you mean `target`?
        "#
    );
}

#[test]
fn a_property_that_is_no_property() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app" bni=app cgo=#true
}
"#,
        @r#"
        xbuild::unknown-property
          × `go` has no property `bni`
          4:16+3 not known here
          help: did you mean `bin`?

        xbuild::unknown-property
          × `go` has no property `cgo`
          4:24+3 not known here
          help: write it in the block: `go … { cgo … }`
        "#
    );
}

#[test]
fn a_value_where_none_belongs() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
project acme fleet
target app {
    go "./app" "./other"
    noarch now
}
"#,
        @r#"
        xbuild::unexpected-argument
          × `project` takes one argument
          3:14+5 one too many
          help: remove it

        xbuild::unexpected-argument
          × `go` takes one argument
          5:16+9 one too many
          help: remove it

        xbuild::noarch-builder
          × `noarch` needs `command`, and `app` is built by `go`
          6:5+6 one artifact for all platforms
          also 5:5+2 builds for one platform
          help: remove `noarch`

        xbuild::unexpected-argument
          × `noarch` takes no arguments
          6:12+3 not here
          help: remove it
        "#
    );
}

#[test]
fn a_block_where_none_belongs() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    cwd web { x; }
}
"#,
        @r#"
        xbuild::unexpected-block
          × `cwd` has no block
          5:13+1 not here
          help: remove the braces and what they hold
        "#
    );
}

#[test]
fn a_word_in_the_wrong_place() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
env A="1"
cgo #true
target app {
    go "./app" {
        when os=linux { cgo #true; }
    }
    flags "-v"
    toolchain go "1.26.3"
}
"#,
        @r#"
        xbuild::misplaced
          × `env` does not belong at the top of the file
          3:1+3 not here
          help: it belongs in `defaults`, a `profile`, a `target` or a `when`

        xbuild::misplaced
          × `cgo` does not belong at the top of the file
          4:1+3 not here
          help: write `go { cgo … }`

        xbuild::misplaced
          × `when` does not belong in `go`
          7:9+4 not here
          help: turn it around: `when … { go { … } }`

        xbuild::misplaced
          × `flags` does not belong in a target
          9:5+5 not here
          help: write `go { flags … }` or `cargo { flags … }` or `zig { flags … }`

        xbuild::misplaced
          × `toolchain` does not belong in a target
          10:5+9 not here
          help: it belongs at the top of the file
        "#
    );
}

#[test]
fn a_declaration_without_a_name() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
profile
target {
    go "./app"
}
"#,
        @r#"
        xbuild::missing-name
          × this profile has no name
          3:1+7 a name belongs here
          help: write `profile NAME …`

        xbuild::missing-name
          × this target has no name
          4:1+6 a name belongs here
          help: write `target NAME …`
        "#
    );
}

#[test]
fn a_name_that_is_none() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
profile Prod_EU "linux/arm64"
axis edition "a b" c
target app {
    go "./app"
    env A-B="1"
}
"#,
        @r#"
        xbuild::bad-name
          × `Prod_EU` is not a name
          3:9+7 small letters, digits and `-`, starting with a letter
          help: write `prod-eu`

        xbuild::bad-name
          × `a b` is not a value of an axis
          4:14+5 letters, digits, `.`, `+` and `-`, starting with a letter or digit

        xbuild::bad-name
          × `A-B` is not the name of a variable
          7:9+3 letters, digits and `_`, not starting with a digit
        "#
    );
}

#[test]
fn a_number_for_a_string() {
    check!(
        r#"toolchain go 1.20
project app version=2
profile prod "linux/amd64"
axis year 2024 2025
target app {
    go "./app"
    axes year
    env LEVEL=7
}
"#,
        @r#"
        xbuild::number-for-string
          × a version must be a string, not a number
          1:14+4 number
          help: put it in quotes: "1.20" (as a number it reads as 1.2)

        xbuild::number-for-string
          × a version must be a string, not a number
          2:21+1 number
          help: put it in quotes: "2"

        xbuild::number-for-string
          × a value of an axis must be a string, not a number
          4:11+4 number
          help: put it in quotes: "2024"

        xbuild::number-for-string
          × a value of an axis must be a string, not a number
          4:16+4 number
          help: put it in quotes: "2025"

        xbuild::number-for-string
          × `LEVEL` must be a string, not a number
          8:15+1 number
          help: put it in quotes: "7"
        "#
    );
}

#[test]
fn a_value_of_the_wrong_kind() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    cwd #true
    smoke "-v" exit=300 timeout-seconds="1"
    expect linkage=statics glibc-max="2"
    env A=#true
    cc go
    tools #null go
}
"#,
        @r#"
        xbuild::wrong-type
          × `cwd` must be a string, not a boolean
          5:9+5 boolean

        xbuild::wrong-type
          × `exit` is a whole number from 0 to 255
          6:21+3 out of range

        xbuild::wrong-type
          × `timeout-seconds` is a whole number from 1 to 86400
          6:41+3 a string

        xbuild::wrong-type
          × `linkage` cannot be `statics`
          7:20+7 not one of its words
          help: did you mean `static`?

        xbuild::wrong-type
          × `glibc-max` cannot be `2`
          7:38+3 not a version
          help: write numbers and dots: "2.28"

        xbuild::wrong-type
          × `A` must be a string, not a boolean
          8:11+5 boolean
          help: put it in quotes: "true"

        xbuild::unknown-toolchain
          × `cc` cannot use `go`
          9:8+2 a toolchain of kind `go`
          help: it needs a toolchain of kind `zig` or `cc`

        xbuild::wrong-type
          × a value of `tools` must be a string, not `#null`
          10:11+5 #null
        "#
    );
}

#[test]
fn something_else_for_a_boolean() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
profile edge "linux/arm64" default=yes
target app {
    go "./app" {
        cgo 1
        trimpath "maybe"
    }
}
"#,
        @r#"
        xbuild::want-bool
          × `default` is either `#true` or `#false`
          3:36+3 a string
          help: write `#true`

        xbuild::want-bool
          × `cgo` is either `#true` or `#false`
          6:13+1 a number
          help: write `#true`

        xbuild::want-bool
          × `trimpath` is either `#true` or `#false`
          7:18+7 a string
        "#
    );
}

#[test]
fn a_scalar_with_two_values_or_none() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    cwd a b
    cc
}
"#,
        @r#"
        xbuild::one-value
          × `cwd` takes exactly one value
          5:11+1 one too many
          help: keep one of them

        xbuild::one-value
          × `cc` takes exactly one value
          6:5+2 no value
          help: write the value after it
        "#
    );
}

#[test]
fn a_list_without_values() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    inputs
    deps
    env
    expect
}
"#,
        @r#"
        xbuild::empty-list
          × `inputs` lists nothing
          5:5+6 no values
          help: write the values after it

        xbuild::empty-list
          × `deps` lists nothing
          6:5+4 no values
          help: write the values after it

        xbuild::empty-list
          × `env` sets nothing
          7:5+3 no variables
          help: write `env NAME="value"`

        xbuild::empty-list
          × `expect` expects nothing
          8:5+6 no properties
          help: write `expect linkage=static`
        "#
    );
}

#[test]
fn a_command_has_no_settings() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
defaults {
    command
}
target app {
    go "./app"
}
"#,
        @r#"
        xbuild::empty-list
          × `command` sets nothing
          4:5+7 no block
          help: remove it
        "#
    );
}

#[test]
fn nothing_is_added_to_a_scalar() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    +cwd a
    +axes b
    +go { tags x; }
}
"#,
        @r#"
        xbuild::append-scalar
          × nothing can be added to `cwd`
          5:5+4 `+` adds to a list of settings
          help: write `cwd`

        xbuild::append-scalar
          × nothing can be added to `axes`
          6:5+5 `+` adds to a list of settings
          help: write `axes`

        xbuild::append-scalar
          × nothing can be added to `go`
          7:5+3 `+` adds to a list of settings
          help: write `go`
        "#
    );
}

#[test]
fn a_format_of_the_future() {
    check!(
        r#"xbuild format=2
    "#,
        @r#"
        xbuild::format
          × this xbuild does not read that format
          1:15+1 not a format that it knows
          help: write `xbuild format=1`
        "#
    );
}

#[test]
fn a_variable_without_a_value() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    env CI
    env "A=1"
}
"#,
        @r#"
        xbuild::env-arg
          × a variable is written `NAME="value"`
          5:9+2 no value is set here
          help: write `env CI="…"`, or `env-pass CI`

        xbuild::env-arg
          × a variable is written `NAME="value"`
          6:9+5 no value is set here
          help: write `env A="1"`
        "#
    );
}

#[test]
fn a_condition_without_its_name() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
exclude
target app {
    go "./app"
    when linux { cwd a; }
    exclude prod
}
"#,
        @r#"
        xbuild::condition-arg
          × this `exclude` has no condition
          3:1+7 which cells?
          help: write `exclude os=linux`, or another condition

        xbuild::condition-arg
          × a condition is written `name=value`
          6:10+5 a value without its name
          help: write `when os=linux`

        xbuild::condition-arg
          × a condition is written `name=value`
          7:13+4 a value without its name
          help: write `exclude profile=prod`
        "#
    );
}

#[test]
fn a_command_has_no_block() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
toolchain sh "1" kind=tool
target gen {
    command sh { arg "-c"; }
    inputs a
    outputs b
}
"#,
        @r#"
        xbuild::command-block
          × `command` has no block
          5:16+1 not here
          help: write its arguments after the program: `command PROGRAM "ARGUMENT"`
        "#
    );
}

#[test]
fn the_reader_s_problems_are_passed_on() {
    check!(
        r#"toolchain go "1.26.3"
profile prod "linux/amd64"
target app {
    go "./app"
    inputs 'a', "b"
    when os=linux os=darwin { cwd a; }
}
"#,
        @r#"
        xbuild::single-quotes
          × single quotes do not quote
          5:12+3 KDL reads these quotes as part of a word
          help: write "a"

        xbuild::duplicate-property
          × `os` is set twice
          6:19+2 set again here
          also 6:10+2 set here first
          help: keep one of the two
        "#
    );
}
