//! A small world for a test: folders of its own, an environment, Gos made of shell scripts, a memo.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::Key;
use xbuild_platform::HostPlatform;
use xbuild_toolchain::{Environment, GoRequest, GoToolchain, Memo, Pin, Progress, ToolchainError, locate_go};

/// Keeps answers for as long as a test.
#[derive(Debug, Default)]
pub(crate) struct MapMemo(Mutex<HashMap<Key, Vec<u8>>>);

impl Memo for MapMemo {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.0.lock().expect("no panic elsewhere").get(key).cloned()
    }

    fn put(&self, key: &Key, answer: &[u8]) {
        self.0.lock().expect("no panic elsewhere").insert(*key, answer.to_vec());
    }
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    pub(crate) memo: MapMemo,
}

pub(crate) fn host() -> HostPlatform {
    HostPlatform::from_rust_names(std::env::consts::OS, std::env::consts::ARCH).expect("a host that Go knows")
}

pub(crate) fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
            variables: BTreeMap::new(),
            memo: MapMemo::default(),
        };
        let home = world.at("home");
        fs::create_dir(&home).expect("a home");
        world.with("HOME", home.as_str())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn at(&self, path: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).expect("UTF-8").join(path)
    }

    pub(crate) fn cache(&self) -> Utf8PathBuf {
        self.at("cache")
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment::new(self.variables.clone()).with_system(&self.at("system"))
    }

    pub(crate) fn request(&self, version: &str) -> GoRequest {
        GoRequest {
            version: version.parse().expect("a version"),
            host: host(),
            location: None,
            pin: Pin::default(),
            offline: false,
        }
    }

    pub(crate) fn locate(&self, request: &GoRequest) -> Result<GoToolchain, ToolchainError> {
        locate_go(request, &self.environment(), &self.cache(), &self.memo, &go_on)
    }

    /// A Go whose three parts say these versions. `bin/go` writes a line to `asked` each time it runs.
    pub(crate) fn fake_go(&self, name: &str, version_file: &str, go: &str, compiler: &str) -> Utf8PathBuf {
        let root = self.at(name);
        for (path, text) in fake_go_files(version_file, go, compiler, &self.at("asked")) {
            write(&root.join(path), &text);
        }
        for program in ["bin/go".to_owned(), compiler_path()] {
            fs::set_permissions(root.join(program), fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        root
    }

    /// How often any fake `go` ran.
    pub(crate) fn processes(&self) -> usize {
        fs::read_to_string(self.at("asked")).map_or(0, |text| text.lines().count())
    }

    /// What is left in the cache's folder of Gos, guards aside.
    pub(crate) fn left(&self) -> Vec<String> {
        let shelf = self.cache().join("v1/toolchain/go");
        let entries = shelf.read_dir_utf8().into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_owned());
        names.filter(|name| !name.ends_with(".guard")).collect()
    }
}

pub(crate) fn compiler_path() -> String {
    format!("pkg/tool/{}_{}/compile", host().os, host().arch)
}

pub(crate) fn fake_go_files(version_file: &str, go: &str, compiler: &str, asked: &Utf8Path) -> Vec<(String, String)> {
    vec![
        ("VERSION".to_owned(), format!("go{version_file}\ntime 2026-01-01T00:00:00Z\n")),
        ("bin/go".to_owned(), format!("#!/bin/sh\necho \"$@\" >> {asked}\necho go version go{go} {}\n", host())),
        (compiler_path(), format!("#!/bin/sh\necho compile version go{compiler}\n")),
        ("src/go.mod".to_owned(), "module std\n".to_owned()),
        ("src/fmt/print.go".to_owned(), format!("package fmt // {version_file}\n")),
    ]
}

pub(crate) fn write(path: &Utf8Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
    fs::write(path, text).expect("written");
}

/// An error as its code, its headline and its help.
pub(crate) fn shown(error: &ToolchainError) -> String {
    use miette::Diagnostic as _;
    let code = error.code().map(|code| code.to_string()).unwrap_or_default();
    let help = error.help().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{code}: {error}{help}")
}
