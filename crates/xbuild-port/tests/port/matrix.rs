//! The cells of an import against what GoReleaser builds for: the expected lists are written out by hand.

use crate::checked::{cells, import};

/// The platforms of a target.
type Expected<'a> = (&'a str, &'a [&'a str]);

fn check(yaml: &str, expect: &[Expected<'_>]) {
    let written = import(yaml);
    let found: Vec<(String, Vec<String>)> = cells(&written.kdl).into_iter().collect();
    let sorted = |(name, platforms): &Expected<'_>| {
        let mut platforms: Vec<String> = platforms.iter().map(|&one| one.to_owned()).collect();
        platforms.sort();
        ((*name).to_owned(), platforms)
    };
    let expected: Vec<(String, Vec<String>)> = expect.iter().map(sorted).collect();
    assert_eq!(found, expected, "{}", written.kdl);
}

const EIGHT: [&str; 8] = [
    "linux/amd64",
    "linux/arm64",
    "linux/386",
    "darwin/amd64",
    "darwin/arm64",
    "windows/amd64",
    "windows/arm64",
    "windows/386",
];

#[test]
fn nothing_said_is_eight_cells() {
    let eight = [("fleet", &EIGHT[..])];
    check("", &eight);
    check("version: 2\n", &eight);
    check("builds:\n  - main: ./cmd/fleet\n", &eight);
    check("builds:\n  -\n", &eight);
    check("version: 1\nproject_name: fleet\nbuilds: [{binary: fleet, goos: [], goarch: ~}]\n", &eight);
}

#[test]
fn arm_alone_is_version_six() {
    check("builds: [{goos: [linux, freebsd], goarch: [arm]}]", &[("fleet", &["linux/arm/v6", "freebsd/arm/v6"])]);
    check(
        "builds: [{goos: linux, goarch: arm, goarm: [5, '6', 7]}]",
        &[("fleet", &["linux/arm/v5", "linux/arm/v6", "linux/arm/v7"])],
    );
}

#[test]
fn each_level_belongs_to_its_architecture() {
    let yaml = "
builds:
  - goos: [linux]
    goarch: [amd64, arm64, '386', arm, mips, mips64le, ppc64le, riscv64, s390x, loong64]
    goamd64: [v1, v3]
    goarm: [7]
    goarm64: [v8.0, v9.0]
    go386: [sse2, softfloat]
    gomips: [hardfloat, softfloat]
    goppc64: [power8, power10]
    goriscv64: [rva20u64, rva22u64]
";
    let platforms = [
        "linux/amd64",
        "linux/amd64/v3",
        "linux/arm64",
        "linux/arm64/v9.0",
        "linux/386",
        "linux/386/softfloat",
        "linux/arm/v7",
        "linux/mips",
        "linux/mips/softfloat",
        "linux/mips64le",
        "linux/mips64le/softfloat",
        "linux/ppc64le",
        "linux/ppc64le/power10",
        "linux/riscv64",
        "linux/riscv64/rva22u64",
        "linux/s390x",
        "linux/loong64",
    ];
    check(yaml, &[("fleet", &platforms)]);
}

#[test]
fn pairs_that_do_not_exist_are_passed_over() {
    let yaml = "
builds:
  - goos: [darwin, windows, openbsd, solaris, js, wasip1, plan9]
    goarch: [386, amd64, arm64, wasm, ppc64]
";
    let platforms = [
        "darwin/amd64",
        "darwin/arm64",
        "windows/386",
        "windows/amd64",
        "windows/arm64",
        "openbsd/386",
        "openbsd/amd64",
        "openbsd/arm64",
        "solaris/amd64",
        "js/wasm",
        "wasip1/wasm",
        "plan9/386",
        "plan9/amd64",
    ];
    check(yaml, &[("fleet", &platforms)]);
}

#[test]
fn ignore_matches_what_it_names_and_nothing_else() {
    let yaml = "
builds:
  - goos: [linux, windows, freebsd]
    goarch: [amd64, arm, arm64, 386]
    goarm: [6, 7]
    ignore:
      - goos: windows
        goarch: arm
      - {goos: freebsd, goarch: arm64}
      - goos: linux
        goarm: 6
      - goarch: 386
      - goarch: amd64
        goamd64: v2
      - goos: darwin
";
    let platforms = [
        "linux/amd64",
        "linux/arm/v7",
        "linux/arm64",
        "windows/amd64",
        "windows/arm64",
        "freebsd/amd64",
        "freebsd/arm/v6",
        "freebsd/arm/v7",
    ];
    check(yaml, &[("fleet", &platforms)]);
}

#[test]
fn targets_replace_the_product() {
    let yaml = "
builds:
  - goos: [windows]
    goarch: [arm64]
    ignore: [{goos: linux}]
    targets: [linux_arm_7, linux_amd64_v1, linux_amd64, darwin_arm64, linux_arm, freebsd_386_softfloat, linux_mips64]
";
    let platforms =
        ["linux/arm/v7", "linux/amd64", "darwin/arm64", "linux/arm/v6", "freebsd/386/softfloat", "linux/mips64"];
    check(yaml, &[("fleet", &platforms)]);
}

#[test]
fn first_class_ports_are_eight() {
    let platforms = [
        "darwin/amd64",
        "darwin/arm64",
        "linux/386",
        "linux/amd64",
        "linux/arm/v6",
        "linux/arm64",
        "windows/386",
        "windows/amd64",
    ];
    check("builds: [{targets: [go_first_class]}]", &[("fleet", &platforms)]);
    check("builds: [{targets: [go_118_first_class, linux_386]}]", &[("fleet", &platforms)]);
    let more = [&platforms[..], &["linux/riscv64"]].concat();
    check("builds: [{targets: [linux_riscv64, go_first_class]}]", &[("fleet", &more)]);
}

#[test]
fn several_builds_are_several_targets() {
    let yaml = "
project_name: shop
builds:
  - id: server
    main: ./cmd/server
    binary: shopd
    goos: [linux]
    goarch: [amd64, arm64]
  - id: client
    main: ./cmd/client
    goos: [linux, darwin, windows]
    goarch: [amd64, arm64]
    ignore: [{goos: windows, goarch: arm64}]
  - id: mac-helper
    main: ./cmd/helper
    binary: helper
    goos: [darwin]
    goarch: [amd64, arm64]
  - id: docs
    skip: true
";
    check(
        yaml,
        &[
            ("client", &["linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64"]),
            ("mac-helper", &["darwin/amd64", "darwin/arm64"]),
            ("server", &["linux/amd64", "linux/arm64"]),
        ],
    );
}

#[test]
fn anchors_and_merge_keys_give_each_build_its_own() {
    let yaml = "
builds:
  - &default
    id: api
    main: ./cmd/api
    env: [CGO_ENABLED=0]
    goos: &systems
      - linux
      - freebsd
    goarch: [amd64, arm64]
  - <<: *default
    id: agent
    main: ./cmd/agent
    goarch: [arm]
    goarm: [7]
  - id: cli
    main: ./cmd/cli
    goos: *systems
    goarch: [amd64]
";
    check(
        yaml,
        &[
            ("agent", &["linux/arm/v7", "freebsd/arm/v7"]),
            ("api", &["linux/amd64", "linux/arm64", "freebsd/amd64", "freebsd/arm64"]),
            ("cli", &["linux/amd64", "freebsd/amd64"]),
        ],
    );
}

#[test]
fn a_platform_named_twice_is_one_cell() {
    check(
        "builds: [{goos: [linux, linux], goarch: [arm], goarm: [6, '6,hardfloat']}]",
        &[("fleet", &["linux/arm/v6"])],
    );
    check("builds: [{targets: [linux_amd64, linux_amd64_v1]}]", &[("fleet", &["linux/amd64"])]);
}

#[test]
fn what_xbuild_cannot_name_is_left_out_and_said() {
    let written = import(
        "builds: [{goos: [linux, hurd], goarch: [arm64, arm, sparc64], goarm64: [v8.0, 'v8.1,lse'], goarm: ['7,softfloat', 7]}]",
    );
    let found = cells(&written.kdl);
    assert_eq!(found["fleet"], ["linux/arm/v7", "linux/arm64"]);
    let said: Vec<String> = written.notes.iter().map(ToString::to_string).collect();
    for word in ["`hurd`", "`sparc64`", "linux_arm64_v8.1,lse", "linux_arm_7,softfloat"] {
        assert!(said.iter().any(|note| note.contains(word)), "{word} in {said:#?}");
        assert!(written.kdl.contains(word), "{word} in {}", written.kdl);
    }
}

#[test]
fn a_build_without_a_platform_is_a_comment() {
    let written = import("builds: [{id: a, goos: [linux], ignore: [{goos: linux}]}, {id: b, goos: [linux]}]");
    assert_eq!(cells(&written.kdl).keys().collect::<Vec<_>>(), ["b"]);
    assert!(written.kdl.contains("`builds` of `a` was not carried over: no platform is left of it"), "{}", written.kdl);
}

#[test]
fn rust_targets_are_platforms() {
    let yaml = "
builds:
  - id: tool
    builder: rust
    binary: tool
    flags: [--release, -p=tool-cli, '--features=tls,json', --locked]
    targets:
      - x86_64-unknown-linux-gnu
      - x86_64-unknown-linux-musl
      - armv7-unknown-linux-gnueabihf
      - aarch64-apple-darwin
  - id: other
    builder: rust
";
    let default = ["linux/amd64", "darwin/amd64", "windows/amd64", "linux/arm64", "darwin/arm64"];
    check(yaml, &[("other", &default), ("tool", &["linux/amd64", "linux/arm/v7", "darwin/arm64"])]);
}
