//! What `init` writes for a folder.

use xbuild_port::init::{Kind, write};

use crate::checked::{cells, folder};

fn check(files: &[(&str, &str)], kind: Option<Kind>) -> String {
    let kdl = write(&folder(files), kind).unwrap().kdl;
    let _clean = cells(&kdl);
    kdl
}

const MODULE: (&str, &str) = ("go.mod", "module example.com/fleet/v2\n\ngo 1.22\n");

#[test]
fn a_module_gets_a_target_for_each_main_package() {
    let files = [
        MODULE,
        ("main.go", "package main\n"),
        ("cmd/Agent_X/main.go", "// Agent.\npackage main\n"),
        ("cmd/tray/tray_windows.go", "package main\n"),
        ("lib/lib.go", "package lib\n"),
        ("gen.go", "//go:build ignore\n\npackage main\n"),
    ];
    insta::assert_snapshot!(check(&files, None), @r#"
    // Written by `xbuild init` for what it found here.
    // `xbuild matrix` lists the cells, `xbuild build` builds them.

    // From `go 1.22` in go.mod: the first release of that line. A newer one builds it too.
    toolchain go "1.22.0"

    // Where the programs will run. Add, remove, or split them into profiles.
    profile release "linux/amd64" "linux/arm64" \
        "darwin/amd64" "darwin/arm64" \
        "windows/amd64" "windows/arm64"
    profile windows "windows/amd64" "windows/arm64"

    target fleet {
        go "."
        profiles release
    }

    target agent-x {
        go "./cmd/Agent_X" bin=Agent_X
        profiles release
    }

    target tray {
        go "./cmd/tray"
        profiles windows
    }
    "#);
}

#[test]
fn a_module_inside_another_one_is_built_in_its_folder() {
    let files = [
        MODULE,
        ("main.go", "package main\n"),
        ("sub/go.mod", "module example.com/sub\n\ngo 1.24.1\n"),
        ("sub/cmd/x/main.go", "package main\n"),
    ];
    insta::assert_snapshot!(check(&files, Some(Kind::Go)), @r#"
    // Written by `xbuild init` for what it found here.
    // `xbuild matrix` lists the cells, `xbuild build` builds them.

    // From `go 1.24.1` in sub/go.mod.
    toolchain go "1.24.1"

    // Where the programs will run. Add, remove, or split them into profiles.
    profile release "linux/amd64" "linux/arm64" \
        "darwin/amd64" "darwin/arm64" \
        "windows/amd64" "windows/arm64"

    target fleet {
        go "."
    }

    target x {
        go "./cmd/x"
        cwd "sub"
    }
    "#);
}

#[test]
fn a_workspace_gets_a_target_for_each_program() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n"),
        ("crates/cli/Cargo.toml", "[package]\nname = \"shop-cli\"\n[[bin]]\nname = \"shop\"\npath = \"src/main.rs\"\n"),
        ("crates/lib/Cargo.toml", "[package]\nname = \"shop-lib\"\n"),
        ("crates/lib/src/lib.rs", ""),
    ];
    insta::assert_snapshot!(check(&files, None), @r#"
    // Written by `xbuild init` for what it found here.
    // `xbuild matrix` lists the cells, `xbuild build` builds them.

    // From rust-toolchain.toml.
    toolchain rust "1.90.0"

    // Where the programs will run. Add, remove, or split them into profiles.
    profile release "linux/amd64" "linux/arm64" \
        "darwin/amd64" "darwin/arm64" \
        "windows/amd64" "windows/arm64"

    target shop {
        cargo shop-cli bin=shop
    }
    "#);
}

#[test]
fn nothing_found_is_a_command_to_fill_in() {
    insta::assert_snapshot!(check(&[("README.md", "")], None), @r#"
    // Written by `xbuild init`, which found no Go module and no Cargo package: one command to fill in.
    // `xbuild matrix` lists the cells, `xbuild build` builds them.

    // The program that runs, and a label for its version.
    toolchain sh "1" kind=tool path="/bin/sh"

    // Started at the project's top, as it is written: no shell reads it.
    target project {
        command sh "-c" "mkdir -p out && echo hello > out/hello.txt"
        noarch
        // What it reads and writes: only that is there when it runs, and only that is kept.
        inputs "**"
        outputs "out"
    }
    "#);
    let makefile = check(&[("Makefile", "")], Some(Kind::Command));
    assert!(makefile.contains("command make \"all\""), "{makefile}");
}

#[test]
fn a_kind_that_is_not_there_is_told() {
    assert_eq!(write(&folder(&[("x/lib.go", "package lib\n")]), Some(Kind::Go)), None);
    assert_eq!(write(&folder(&[MODULE, ("main.go", "package main\n")]), Some(Kind::Cargo)), None);
    assert_eq!(write(&folder(&[("Cargo.toml", "[package]\nname = \"lib\"\n")]), Some(Kind::Cargo)), None);
}

#[test]
fn programs_of_one_name_are_told_apart() {
    let files = [MODULE, ("a/cli/main.go", "package main\n"), ("b/cli/main.go", "package main\n")];
    let kdl = check(&files, None);
    assert!(kdl.contains("target cli {") && kdl.contains("target cli-2 {"), "{kdl}");
}
