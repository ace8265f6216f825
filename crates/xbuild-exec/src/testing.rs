//! Cells, plans and benches to test with.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use xbuild_builder::{Action, EnvEntry, EnvSource, ExecProperties, Place, Recipe, Tool, Word};
use xbuild_content::{Hash, RelPath, Tree};
use xbuild_model::{BuilderKind, Origin};
use xbuild_plan::matrix::Form;
use xbuild_plan::{Identity, PlannedArtifact, PlannedCell, Verdict};
use xbuild_platform::HostPlatform;
use xbuild_store::Store;

use crate::bench::{Allowance, CachePlace, Workbench};
use crate::inside::Inside;
use crate::sandbox::{CancelToken, Level};
use crate::scheduler::OnFailure;

/// `go build` of one main for an architecture, without inputs.
pub(crate) fn action(target: &str, arch: &str) -> Action {
    let entry = EnvEntry { value: Word::text(arch), source: EnvSource::Platform };
    let output = Word::place(Place::Out).then(format!("/{target}"));
    let argv = [Word::place(Place::Tool("go".into())), "build".into(), "-o".into(), output];
    let package = Word::text(format!("./cmd/{target}"));
    Action {
        recipe: Recipe {
            argv: argv.into_iter().chain([package]).collect(),
            env: BTreeMap::from([("GOARCH".into(), entry)]),
            cwd: None,
            outputs: vec![path(target)],
            elsewhere: BTreeMap::new(),
            tools: vec!["go".into()],
            network: false,
        },
        secrets: BTreeMap::new(),
        inputs: Tree::default(),
        borrowed: BTreeSet::new(),
        sysroots: BTreeMap::new(),
        tools: BTreeMap::from([("go".into(), Tool { version: "1".into(), digest: Hash::of(b"go") })]),
        exec: ExecProperties { platform: host() },
        timeout_seconds: None,
    }
}

fn host() -> HostPlatform {
    HostPlatform::from_rust_names("linux", "x86_64").expect("a host")
}

pub(crate) fn path(text: &str) -> RelPath {
    RelPath::new(text).expect("a good path")
}

/// `prod/TARGET@linux/ARCH`, whose action is to be run.
pub(crate) fn cell(target: &str, arch: &str) -> PlannedCell {
    let action = action(target, arch);
    PlannedCell {
        identity: Identity {
            id: format!("prod/{target}@linux/{arch}"),
            target: target.into(),
            profile: Some("prod".into()),
            platform: Some(format!("linux/{arch}").parse().expect("a platform")),
            axes: Vec::new(),
            origin: Origin { offset: 1, length: 1 },
            platform_origin: Some(Origin { offset: 10, length: 11 }),
        },
        builder: BuilderKind::Go,
        form: Some(Form::Program),
        artifacts: vec![PlannedArtifact { output: path(target), path: path(&format!("prod/linux_{arch}/{target}")) }],
        expectations: Vec::new(),
        smoke: None,
        needs: Vec::new(),
        places: BTreeMap::new(),
        recipe: Some(action.recipe.clone()),
        key: Some(action.key()),
        action: Some(action),
        verdict: Verdict::Build,
        why: Vec::new(),
        import_path: Some(format!("example.com/m/cmd/{target}")),
    }
}

/// A static program for x86-64 Linux, as far as its headers tell: one of ELF, and one that loads the file.
pub(crate) fn amd64_program() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    let machine: [u16; 4] = [2, 62, 1, 0];
    let places: [u64; 3] = [0x40_0000, 64, 0];
    let sizes: [u16; 8] = [0, 0, 64, 56, 1, 64, 0, 0];
    let load: [u32; 2] = [1, 5];
    let segment: [u64; 6] = [0, 0x40_0000, 0x40_0000, 120, 120, 0x1000];
    bytes.extend(machine.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(places.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(sizes.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(load.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(segment.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

/// A cache and an output folder.
pub(crate) struct Room {
    folder: TempDir,
    pub(crate) store: Store,
}

impl Room {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Utf8Path::from_path(folder.path()).expect("UTF-8").join("cache");
        Self { folder, store: Store::open(&cache).expect("a cache") }
    }

    pub(crate) fn out(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).expect("UTF-8").join("dist")
    }

    /// Does something with a bench of this room, on which no process can be started.
    pub(crate) fn with_bench<T>(&self, work: impl FnOnce(&Workbench<'_>) -> T) -> T {
        let out = self.out();
        let (places, secrets) = (BTreeMap::new(), BTreeMap::new());
        let cancel = CancelToken::new().expect("a token");
        work(&Workbench {
            store: &self.store,
            root: &out,
            out: &out,
            places: &places,
            tools: &BTreeMap::new(),
            resume: &|cell, _| cell.clone(),
            secrets: &secrets,
            caches: &|_| Ok(Vec::<CachePlace>::new()),
            home: &|_| Ok(()),
            look_inside: &|_| Ok(Inside::default()),
            allowance: Allowance {
                jobs: 1,
                processors: 1,
                memory: u64::MAX,
                on_failure: OnFailure::KeepGoing,
                isolation: Level::None,
            },
            cancel: &cancel,
            tell: &|_| {},
        })
    }
}
