//! What an import writes and what it says, on configurations of the kinds that projects have.

use xbuild_port::{Folder, ImportProblem, goreleaser};

use crate::checked::{cells, folder, import};

/// The written file without its first lines, which are always the same.
fn kdl(yaml: &str) -> String {
    let written = import(yaml);
    let _clean = cells(&written.kdl);
    written.kdl.split_once("toolchain").map_or_else(|| written.kdl.clone(), |(_, rest)| format!("toolchain{rest}"))
}

fn notes(yaml: &str) -> String {
    let written = import(yaml);
    let line = |note: &xbuild_port::Note| match note.place {
        Some(place) => format!("{}:{} {note}\n", place.line, place.column),
        None => format!("- {note}\n"),
    };
    written.notes.iter().map(line).collect()
}

/// Whether the file sets what it should, and says no more than the version.
fn says(yaml: &str, lines: &[&str]) {
    let text = kdl(yaml);
    for line in lines {
        assert!(text.lines().any(|one| one.trim() == *line), "{line}\nin {text}");
    }
}

#[test]
fn a_small_configuration() {
    let yaml = "
version: 2
before:
  hooks: [go mod tidy]
builds:
  - env: [CGO_ENABLED=0]
    goos: [linux, windows]
    goarch: [amd64]
archives:
  - formats: [tar.gz]
    format_overrides:
      - goos: windows
        formats: [zip]
changelog:
  sort: asc
";
    insta::assert_snapshot!(import(yaml).kdl, @r#"
    // What .goreleaser.yaml builds, written by `xbuild init --from goreleaser`.
    // What could not be carried over is said at its place.

    // GoReleaser: `version` is that of the Git tag there; here it is written in `project`: set it before a
    // release
    project fleet version="0.0.0"

    // From `go 1.24.2` in go.mod.
    toolchain go "1.24.2"

    profile release "linux/amd64" "windows/amd64"

    target fleet {
        go "." {
            cgo #false
            // GoReleaser's default, which a build without `ldflags` has.
            // GoReleaser: `builds.ldflags` embeds the time of the build, which differs each time: it is the
            // commit's time now, `{commit-time}`
            ldflags "-s" "-w" "-X=main.version={version}" "-X=main.commit={commit}" \
                "-X=main.date={commit-time}" "-X=main.builtBy=xbuild"
        }
        archive "tar.gz" name="fleet_{version}_{os}_{arch}{variant}" {
            add "LICENSE" "README.md"
        }
        when os=windows {
            archive "zip" name="fleet_{version}_{os}_{arch}{variant}" {
                add "LICENSE" "README.md"
            }
        }
    }

    // What else .goreleaser.yaml holds, and is not carried over:
    //   `before.hooks` was not carried over: run `go mod tidy` before `xbuild build`
    //   `changelog` was not carried over: xbuild publishes nothing: hand `dist` to the tool that does
    "#);
}

#[test]
fn several_builds_share_what_they_have_alike() {
    let yaml = "
project_name: shop
env: [REGION=eu]
builds:
  - &base
    id: server
    main: ./cmd/server
    binary: shopd
    env: [CGO_ENABLED=0]
    flags: [-trimpath, -tags=netgo]
    ldflags: -s -w -X main.version={{.Version}} -X main.region={{ .Env.REGION }}
    goos: [linux]
    goarch: [amd64, arm64]
    mod_timestamp: '{{ .CommitTimestamp }}'
  - <<: *base
    id: Client_App
    main: ./cmd/client
    binary: shop
    goos: [linux, darwin]
    tags: [ui]
archives: [{format: binary}]
";
    insta::assert_snapshot!(kdl(yaml), @r#"
    toolchain go "1.24.2"

    profile linux "linux/amd64" "linux/arm64"
    profile release "linux/amd64" "linux/arm64" "darwin/amd64" "darwin/arm64"

    defaults {
        go {
            cgo #false
            ldflags "-s" "-w" "-X=main.version={version}" "-X=main.region=eu"
        }
        env REGION="eu"
    }

    target server {
        go "./cmd/server" bin=shopd {
            tags netgo
        }
        profiles linux
        // GoReleaser: `archives` puts several programs into one archive: each target has an archive of its own
        // here
        archive "binary" name="shopd_{version}_{os}_{arch}{variant}"
        // GoReleaser: `builds.mod_timestamp` (`{{ .CommitTimestamp }}`) was not carried over: a build is the
        // same bytes at any time
    }

    target client-app {
        go "./cmd/client" bin=shop {
            // GoReleaser: `builds.flags` sets `-tags`, which `tags` replaces: it was left out
            tags ui
        }
        profiles release
        archive "binary" name="shop_{version}_{os}_{arch}{variant}"
        // GoReleaser: `builds.mod_timestamp` (`{{ .CommitTimestamp }}`) was not carried over: a build is the
        // same bytes at any time
    }
    "#);
}

#[test]
fn overrides_are_whens() {
    let yaml = "
builds:
  - env: [A=1]
    goos: [linux, darwin]
    goarch: [amd64, arm64]
    tags: [netgo]
    ldflags: [-s]
    overrides:
      - {goos: linux, goarch: amd64, ldflags: [-w], env: [B=2]}
      - {goos: linux, goarch: amd64, goamd64: v1, ldflags: [-never]}
      - {goos: linux, goarch: arm64, goarm64: v8.0, ldflags: [-w], env: [B=2]}
      - {goos: darwin, goarch: arm64, env: [CGO_ENABLED=1], buildmode: pie}
      - {goos: windows, goarch: amd64, tags: [x]}
";
    insta::assert_snapshot!(kdl(yaml), @r#"
    toolchain go "1.24.2"

    profile release "linux/amd64" "linux/arm64" "darwin/amd64" "darwin/arm64"

    target fleet {
        go "." {
            tags netgo
            ldflags "-s"
        }
        env A="1"
        archive "tar.gz" name="fleet_{version}_{os}_{arch}{variant}" {
            add "LICENSE" "README.md"
        }
        when platform="linux/amd64|linux/arm64" {
            go {
                ldflags "-w"
            }
            env B="2"
        }
        when platform="darwin/arm64" {
            go {
                // GoReleaser: `builds.env` turns cgo on, and it is off here: cgo needs a C compiler that the file
                // names. Add `toolchain zig "0.15.2"` at the top, then `cgo #true` here and `cc zig` in the target
                cgo #false
                buildmode "pie"
            }
        }
        // GoReleaser: `builds.overrides` has an entry for no target of this build: `goos: linux, goarch:
        // amd64, goamd64: v1, ldflags: -never`
        // GoReleaser: `builds.overrides` has an entry for no target of this build: `goos: windows, goarch:
        // amd64, tags: x`
    }
    "#);
    insta::assert_snapshot!(notes(yaml), @r#"
    - `version` is that of the Git tag there; here it is written in `project`: set it before a release
    10:9 `builds.overrides` has an entry for no target of this build: `goos: linux, goarch: amd64, goamd64: v1, ldflags: -never`
    12:45 `builds.env` turns cgo on, and it is off here: cgo needs a C compiler that the file names. Add `toolchain zig "0.15.2"` at the top, then `cgo #true` here and `cc zig` in the target
    13:9 `builds.overrides` has an entry for no target of this build: `goos: windows, goarch: amd64, tags: x`
    "#);
}

#[test]
fn the_default_flags_are_written_out() {
    let yaml = "builds: [{goos: [linux], goarch: [amd64]}]";
    insta::assert_snapshot!(kdl(yaml), @r#"
    toolchain go "1.24.2"

    profile release "linux/amd64"

    target fleet {
        go "." {
            // GoReleaser's default, which a build without `ldflags` has.
            // GoReleaser: `builds.ldflags` embeds the time of the build, which differs each time: it is the
            // commit's time now, `{commit-time}`
            ldflags "-s" "-w" "-X=main.version={version}" "-X=main.commit={commit}" \
                "-X=main.date={commit-time}" "-X=main.builtBy=xbuild"
        }
        archive "tar.gz" name="fleet_{version}_{os}_{arch}{variant}" {
            add "LICENSE" "README.md"
        }
    }
    "#);
}

#[test]
fn flags_go_where_xbuild_has_them() {
    let build = |flags: &str| format!("builds: [{{goos: [linux], goarch: [amd64], {flags}}}]");
    says(&build("flags: [-trimpath, -tags, 'a,b', -mod=vendor]"), &["tags a b", "flags \"-mod=vendor\""]);
    says(
        &build("flags: -trimpath -tags=a -buildmode=pie -pgo auto"),
        &["tags a", "buildmode \"pie\"", "flags \"-pgo\" \"auto\""],
    );
    says(&build("tags: [a, '{{ .Os }}'], flags: [-tags=b]"), &["tags a \"{os}\""]);
    says(&build("gcflags: 'all=-N -l'"), &["gcflags \"all=-N\" \"-l\""]);
    says(&build("gcflags: [all=-N, ./x=-l]"), &["flags \"-gcflags=all=-N\" \"-gcflags=./x=-l\""]);
    says(&build("asmflags: [-D x, 'all=-spectre=ret']"), &["flags \"-asmflags=-D x\" \"-asmflags=all=-spectre=ret\""]);
    says(
        &build("ldflags: ['-X \"main.by=a b\"', '-extldflags \"-static\"']"),
        &["ldflags \"-X=main.by=a b\" \"-extldflags\" \"-static\""],
    );
    says(&build("ldflags: ['-X main.braces={x}']"), &["ldflags \"-X=main.braces={{x}}\""]);
    says(
        &build("ldflags: ['-X main.t={{ .Tag }} -X main.p={{ .ProjectName }}']"),
        &["ldflags \"-X=main.t=v{version}\" \"-X=main.p=fleet\""],
    );
}

#[test]
fn variables_are_set_passed_on_or_said_to_be_derived() {
    let build = |env: &str| format!("builds: [{{goos: [linux], goarch: [amd64], env: [{env}]}}]");
    says(&build("A=1, 'B={{ .Env.B }}', A=2"), &["env A=\"2\"", "env-pass B"]);
    says(&build("'C=x{{ .Version }}y', CGO_ENABLED=0"), &["env C=\"x{version}y\"", "cgo #false"]);
    says(&build("GOFLAGS=-mod=vendor -trimpath"), &["env GOFLAGS=\"-mod=vendor\""]);
    insta::assert_snapshot!(notes(&build("CGO_ENABLED=1, CC=gcc, GOARM=7, GOPROXY=off, 'X={{ .Now }}', nonsense, HOME=/x, GOFLAGS=-o=x")), @r#"
    - `builds.ldflags` embeds the time of the build, which differs each time: it is the commit's time now, `{commit-time}`
    - `version` is that of the Git tag there; here it is written in `project`: set it before a release
    1:49 `builds.env` turns cgo on, and it is off here: cgo needs a C compiler that the file names. Add `toolchain zig "0.15.2"` at the top, then `cgo #true` here and `cc zig` in the target
    1:64 `builds.env` sets `CC=gcc`, which was not carried over: a C compiler is a `toolchain`, chosen with `cc`
    1:72 `builds.env` sets `GOARM=7`, which was not carried over: the platform says it
    1:81 `builds.env` sets `GOPROXY=off`, which was not carried over: modules are fetched before the build, with your own settings
    1:94 `builds.env` sets X, which was not carried over: `{{ .Now }}` has no counterpart
    1:110 `builds.env` holds `nonsense`, which was not carried over: it is not `NAME=value`
    1:120 `builds.env` sets `HOME=/x`, which was not carried over: every action has a folder of its own
    1:129 `builds.env` sets `-o=x` in GOFLAGS, which was not carried over: xbuild decides it
    "#);
}

#[test]
fn every_key_that_is_left_out_is_said() {
    let yaml = "
before:
  hooks: [go mod tidy, {cmd: make assets}]
universal_binaries: [{replace: true}]
snapshot: {name_template: x}
checksum: {name_template: sums.txt}
release: {draft: true}
brews: [{name: fleet}]
dockers: [{image_templates: [x]}]
nfpms: [{formats: [deb]}]
signs: [{artifacts: checksum}]
dist: out
frobnicate: true
builds:
  - goos: [linux]
    goarch: [amd64]
    hooks: {pre: [./a.sh], post: ./b.sh}
    overrides: [{goos: linux, goarch: amd64, hooks: {pre: ./c.sh}}]
    no_unique_dist_dir: true
    tool: go1.22
    binary: bin/{{ .ProjectName }}
    main: ./cmd/fleet/main.go
  - {id: lib, skip: true}
  - {id: z, builder: zig}
  - {id: t, command: test}
archives:
  - wrap_in_directory: true
    name_template: '{{ title .Os }}'
    files: [missing*, {src: README.md, dst: docs}]
    formats: [gz, zip]
";
    insta::assert_snapshot!(notes(yaml), @r#"
    - `builds.ldflags` embeds the time of the build, which differs each time: it is the commit's time now, `{commit-time}`
    - `version` is that of the Git tag there; here it is written in `project`: set it before a release
    3:11 `before.hooks` was not carried over: run `go mod tidy` before `xbuild build`
    3:24 `before.hooks` was not carried over: run `make assets` before `xbuild build`
    4:1 `universal_binaries` was not carried over: xbuild joins no programs: build each of the two, and join them with `lipo`
    5:1 `snapshot` was not carried over: a version is what `project` says
    6:1 `checksum` was not carried over: checksums belong to `xbuild package`
    7:1 `release` was not carried over: xbuild publishes nothing: hand `dist` to the tool that does
    8:1 `brews` was not carried over: xbuild makes no packages for installers: make them from the files in `dist`
    9:1 `dockers` was not carried over: an image is `image "REFERENCE" base="NAME@sha256:…"` in the target, without a Dockerfile
    10:1 `nfpms` was not carried over: xbuild makes no packages for installers: make them from the files in `dist`
    11:1 `signs` was not carried over: xbuild signs nothing: sign the files in `dist`
    12:7 `dist` was not carried over: the output folder is a flag: `--out DIR`
    13:13 `frobnicate` was not carried over: it is no key that xbuild knows
    17:5 `builds.hooks` (`pre: ./a.sh, post: ./b.sh`) was not carried over: xbuild runs nothing around a build: make it a target of its own, with `command`, and name it in `deps`
    18:46 `builds.overrides.hooks` (`pre: ./c.sh`) was not carried over: xbuild runs nothing around a build: make it a target of its own, with `command`, and name it in `deps`
    19:25 `builds.no_unique_dist_dir` (`true`) was not carried over: each platform has its folder: `dist/PROFILE/PLATFORM/NAME`
    20:11 `builds.tool` (`go1.22`) was not carried over: `toolchain go` says which Go is used
    21:13 `builds.binary` `bin/fleet` names folders, and `bin` only a file
    22:11 `builds.main` names the file `./cmd/fleet/main.go`: its package `./cmd/fleet` is built here
    23:5 `builds` of `lib` was not carried over: it is skipped (`skip: true`)
    24:5 `builds` of `z` was not carried over: xbuild builds a root source and not `build.zig`: write `zig "src/main.zig"`
    25:5 `builds` of `t` was not carried over: its `command` is another one than `go build`
    27:24 `archives.wrap_in_directory` (`true`) was not carried over: xbuild has no such setting
    28:20 `archives.name_template` `{{ title .Os }}` has no counterpart: archives have GoReleaser's default names
    29:13 `archives.files` `missing*` names no file of the project: it was left out
    29:23 `archives.files` (`src: README.md, dst: docs`) gives a file another place or other attributes: it keeps its own
    30:15 `archives.formats` `gz` is no format of xbuild: it was left out
    "#);
    let written = import(yaml);
    for note in &written.notes {
        let words = |text: &str| text.split_whitespace().filter(|word| *word != "//").collect::<Vec<_>>().join(" ");
        assert!(words(&written.kdl).contains(&words(&note.to_string())), "{note}\nis not in {}", written.kdl);
    }
}

#[test]
fn programs_of_one_name_get_their_targets_names() {
    let yaml = "
builds:
  - {id: static, binary: app, goos: [linux], goarch: [amd64]}
  - {id: dynamic, binary: app, goos: [linux], goarch: [amd64]}
  - {id: mac, binary: app, goos: [darwin], goarch: [arm64]}
  - {id: app, goos: [linux], goarch: [amd64], binary: other}
";
    says(yaml, &["go \".\" bin=app", "go \".\"", "go \".\" bin=other"]);
}

#[test]
fn an_ellipsis_is_every_main_package() {
    let folder = folder(&[
        ("go.mod", "module example.com/fleet\n\ngo 1.24.2\n"),
        ("cmd/hub/main.go", "package main\n"),
        ("cmd/agent/main.go", "package main\n"),
        ("lib/lib.go", "package lib\n"),
        ("tools/gen/main.go", "//go:build ignore\n\npackage main\n"),
    ]);
    let import = |main: &str| {
        let yaml = format!("builds: [{{main: {main}, goos: [linux], goarch: [amd64]}}]");
        goreleaser::import(&yaml, ".goreleaser.yaml", &folder).unwrap().kdl
    };
    assert_eq!(cells(&import("./...")).into_keys().collect::<Vec<_>>(), ["agent", "hub"]);
    assert_eq!(cells(&import("./cmd/hub/...")).into_keys().collect::<Vec<_>>(), ["fleet"]);
    assert!(cells(&import("./lib/...")).is_empty());
}

#[test]
fn a_project_is_named_as_goreleaser_names_it() {
    let check = |yaml: &str, files: &[(&str, &str)], expect: &str| {
        let kdl = goreleaser::import(yaml, ".goreleaser.yaml", &folder(files)).unwrap().kdl;
        assert!(kdl.contains(&format!("project {expect} ")), "{kdl}");
    };
    let module = ("go.mod", "module example.com/tools/hub\n");
    check("project_name: My_App", &[module], "my-app");
    check("release: {github: {owner: o, name: repo}}", &[module], "repo");
    check("", &[module], "hub");
    check("", &[module, ("Cargo.toml", "[package]\nname = \"crate\"\n")], "crate");
    check("", &[("go.mod", "module example.com/tools/hub/v2\n")], "hub");
    let remote = |url: &'static str| [module, (".git/config", url)];
    check(
        "",
        &remote("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://example.com/o/depot.git\n"),
        "depot",
    );
    check("", &remote("[remote \"origin\"]\n\tfetch = x\n\turl=git@example.com:depot/\n[branch \"x\"]\n"), "depot");
    check("", &remote("[remote \"other\"]\n\turl = https://example.com/o/depot.git\n"), "hub");
    check("", &[], "project");
}

#[test]
fn what_is_no_configuration_has_a_place() {
    let check = |yaml: &str, expect: &str| {
        let problem = goreleaser::import(yaml, ".goreleaser.yaml", &Folder::default()).unwrap_err();
        let at = match &problem {
            ImportProblem::Yaml { at, .. } | ImportProblem::Shape { at, .. } => at.map(|at| at.offset()),
        };
        assert_eq!(format!("{problem} at {at:?}"), expect);
    };
    check("builds: [\n", "this is not YAML that GoReleaser reads at Some(8)");
    check("a: {{ .X\n", "this is not YAML that GoReleaser reads at Some(4)");
    check("- a\n", "`the configuration` must be a block of settings, not a list at Some(0)");
    check("builds: x\n", "`builds` must be a list of blocks, not a text at Some(8)");
    check("builds: [{goos: {a: b}}]\n", "`builds.goos` must be a list of texts, not a block at Some(16)");
    check("builds: [{id: [a]}]\n", "`builds.id` must be a text, not a list at Some(14)");
    check("builds: [{overrides: [x]}]\n", "`builds.overrides` must be a list of blocks, not a text at Some(22)");
}
