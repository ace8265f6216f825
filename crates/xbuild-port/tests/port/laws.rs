//! Laws: whatever a configuration says, what is written checks clean, is laid out as `fmt` does it, and has the cells that
//! a second, plain reading of GoReleaser's rules gives.

use std::collections::BTreeSet;

use proptest::prelude::*;
use xbuild_port::{Folder, goreleaser};

use crate::checked::{cells, import};

/// A build with what decides its targets.
#[derive(Debug, Clone)]
struct Build {
    goos: Vec<&'static str>,
    goarch: Vec<&'static str>,
    goarm: Vec<&'static str>,
    goamd64: Vec<&'static str>,
    ignore: Vec<(Option<&'static str>, Option<&'static str>, Option<&'static str>)>,
    rest: Vec<&'static str>,
}

const SYSTEMS: [&str; 6] = ["linux", "darwin", "windows", "freebsd", "plan9", "js"];
const ARCHES: [&str; 6] = ["amd64", "arm64", "386", "arm", "wasm", "s390x"];

/// What else a build may say; each sets another key.
const REST: [&str; 16] = [
    "flags: -trimpath -tags=a,b -mod=vendor -o x",
    "flags: ['-tags={{ .Env.T }}', '{x}', -race]",
    "ldflags: [-s -w, '-X \"a b={{ .Version }}\" {{ .Env.A }}', '{{ if .IsSnapshot }}-s{{ end }}']",
    "ldflags: '-X main.d={{ .Date }} -X ''x}y'' -extldflags \"-static\"'",
    "env: [CGO_ENABLED=1, CC=gcc, A=1, 'A={{ .Env.A }}', GOFLAGS=-mod=mod -buildvcs=true, 'B={b}', 1=2, PATH=/x]",
    "env: ['{{ if eq .Os \"linux\" }}X=1{{ end }}', CGO_ENABLED=0]",
    "tags: [a, b c, '{{ .Arch }}']",
    "gcflags: [all=-N -l, x=-l]",
    "asmflags: 'all=-trimpath={{ .Env.GOPATH }}'",
    "buildmode: c-shared",
    "binary: 'bin/x_{{ .Os }}'",
    "binary: FLEET.exe",
    "main: ./cmd/x/main.go",
    "dir: ../up",
    "dir: sub/./dir/",
    "overrides: [{goos: linux, goarch: amd64, goamd64: v1, ldflags: ['{{ .Env.Q }}'], env: [CGO_ENABLED=1, Z=9]}, {goos: linux, goarch: arm64, tags: [q], flags: [-v], buildmode: pie}, {goos: x, goarch: y}]",
];

const TOP: [&str; 8] = [
    "env: [GO111MODULE=on, CGO_ENABLED=0, 'T={{ .Version }}']\n",
    "project_name: 'Ünï {x} \"q\"'\n",
    "archives: [{name_template: '../{{ .Os }}', files: [LICENSE, '../x', '/etc/passwd', 'a{b}c'], format_overrides: [{goos: windows, format: zip}, {goos: linux, formats: [none]}]}]\n",
    "archives: [{formats: [binary, tgz, exe]}, {ids: [b0], name_template: '{{ .ProjectName }}_{{ .Os }}{{ with .Arm }}v{{ . }}{{ end }}'}]\n",
    "before: {hooks: [\"a \\u202e b\\nc\", {cmd: x}]}\n",
    "checksum: {disable: true}\nrelease: {name: x}\n",
    "dockers: [{dockerfile: x}]\nunknown: [1, {a: b}]\n",
    "version: 1\n",
];

fn some(words: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(words), 0..4)
}

fn maybe(words: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(prop::sample::select(words))
}

fn build() -> impl Strategy<Value = Build> {
    let ignore = (maybe(&SYSTEMS), maybe(&ARCHES), maybe(&["6", "7"]));
    let parts = (
        some(&SYSTEMS),
        some(&ARCHES),
        some(&["5", "6", "7"]),
        some(&["v1", "v3"]),
        prop::collection::vec(ignore, 0..3),
        prop::sample::subsequence(REST.to_vec(), 0..6),
    );
    parts.prop_map(|(goos, goarch, goarm, goamd64, ignore, rest)| Build { goos, goarch, goarm, goamd64, ignore, rest })
}

impl Build {
    fn yaml(&self, index: usize) -> String {
        let list = |key: &str, words: &[&str]| format!("    {key}: [{}]\n", words.join(", "));
        let mut text = format!("  - id: b{index}\n");
        for (key, words) in
            [("goos", &self.goos), ("goarch", &self.goarch), ("goarm", &self.goarm), ("goamd64", &self.goamd64)]
        {
            text.push_str(&list(key, words));
        }
        let rule = |(os, arch, arm): &(Option<&str>, Option<&str>, Option<&str>)| {
            let pairs = [("goos", os), ("goarch", arch), ("goarm", arm)];
            let pairs = pairs.iter().filter_map(|(key, value)| value.map(|value| format!("{key}: {value}")));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        };
        let rules: Vec<String> = self.ignore.iter().map(rule).collect();
        text.push_str(&format!("    ignore: [{}]\n", rules.join(", ")));
        let mut keys = BTreeSet::new();
        for line in self.rest.iter().filter(|line| keys.insert(line.split(':').next())) {
            text.push_str(&format!("    {line}\n"));
        }
        text
    }

    /// The platforms, read off the rules once more.
    fn platforms(&self) -> Vec<String> {
        let or = |words: &[&'static str], default: &[&'static str]| {
            if words.is_empty() { default.to_vec() } else { words.to_vec() }
        };
        let exists = [
            "linux/amd64",
            "linux/arm64",
            "linux/386",
            "linux/arm",
            "linux/s390x",
            "darwin/amd64",
            "darwin/arm64",
            "windows/amd64",
            "windows/arm64",
            "windows/386",
            "freebsd/amd64",
            "freebsd/arm64",
            "freebsd/386",
            "freebsd/arm",
            "plan9/amd64",
            "plan9/386",
            "plan9/arm",
            "js/wasm",
        ];
        let mut found = BTreeSet::new();
        for os in or(&self.goos, &["linux", "darwin", "windows"]) {
            for arch in or(&self.goarch, &["amd64", "arm64", "386"]) {
                let levels = match arch {
                    "amd64" => or(&self.goamd64, &["v1"]),
                    "arm" => or(&self.goarm, &["6"]),
                    _ => vec![""],
                };
                for level in levels {
                    let arm = if arch == "arm" { level } else { "" };
                    let is_ignored = self.ignore.iter().any(|(o, a, m)| {
                        o.is_none_or(|o| o == os) && a.is_none_or(|a| a == arch) && m.is_none_or(|m| m == arm)
                    });
                    let pair = format!("{os}/{arch}");
                    if is_ignored || !exists.contains(&pair.as_str()) {
                        continue;
                    }
                    found.insert(match (arch, level) {
                        ("arm", level) => format!("{pair}/v{level}"),
                        ("amd64", "v3") => format!("{pair}/v3"),
                        _ => pair,
                    });
                }
            }
        }
        found.into_iter().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_import_checks_clean_and_has_the_cells_of_the_configuration(
        builds in prop::collection::vec(build(), 1..5),
        top in prop::sample::subsequence(TOP.to_vec(), 0..4),
    ) {
        let mut keys = BTreeSet::new();
        let mut yaml: String = top.into_iter().filter(|line| keys.insert(line.split(':').next())).collect();
        yaml.push_str("builds:\n");
        builds.iter().enumerate().for_each(|(index, build)| yaml.push_str(&build.yaml(index)));
        let written = import(&yaml);
        let mut found = cells(&written.kdl);
        for (index, build) in builds.iter().enumerate() {
            let expected = build.platforms();
            let own = found.remove(&format!("b{index}")).unwrap_or_default();
            prop_assert_eq!(own, expected, "b{} of {}\n{}", index, yaml, written.kdl);
        }
        prop_assert!(found.is_empty(), "{:?}", found);
    }

    #[test]
    fn any_text_has_an_answer(text in "[a-z:\\[\\]{}&*<#'\"|>\\- \n,]{0,60}") {
        if let Ok(written) = goreleaser::import(&text, ".goreleaser.yaml", &Folder::default()) {
            let _clean = cells(&written.kdl);
        }
    }
}
