//! The complete environment of a `go` process, nothing left to a default.

use std::collections::BTreeMap;

use crate::go::GoSettings;
use crate::{EnvEntry, EnvSource, Place, Word};

/// Which workspace file a build uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workspace {
    /// None.
    Off,
    /// The `go.work` at this path below the project's root.
    File(xbuild_content::RelPath),
}

/// The variables of one `go` process for `settings`: xbuild's policy, the platform, the builder, and then the file's.
pub fn base_env(settings: &GoSettings, workspace: &Workspace) -> BTreeMap<String, EnvEntry> {
    let mut env = BTreeMap::new();
    let mut put = |name: &str, value: Word, source: EnvSource| {
        env.insert(name.to_owned(), EnvEntry { value, source });
    };
    for (name, value) in policy(settings, workspace) {
        put(name, value, EnvSource::Policy);
    }
    for (name, value) in settings.platform.go_env() {
        put(name, value.into(), EnvSource::Platform);
    }
    for (name, value) in cgo(settings) {
        put(name, value, EnvSource::Builder);
    }
    env.extend(settings.env.iter().map(|(name, entry)| (name.clone(), entry.clone())));
    env
}

fn policy(settings: &GoSettings, workspace: &Workspace) -> Vec<(&'static str, Word)> {
    let cache = |name: &str| Word::place(Place::Cache(name.to_owned()));
    let work = match workspace {
        Workspace::Off => Word::text("off"),
        Workspace::File(path) => Word::place(Place::Src).then(format!("/{path}")),
    };
    vec![
        ("GOENV", "off".into()),
        ("GOTOOLCHAIN", "local".into()),
        ("GOROOT", Word::place(Place::Root(settings.toolchain.clone()))),
        ("GOFLAGS", "".into()),
        ("GOPROXY", "off".into()),
        ("GOSUMDB", "off".into()),
        ("GOWORK", work),
        ("GOPATH", Word::place(Place::Home).then("/go")),
        ("GOCACHE", cache("go-build")),
        ("GOMODCACHE", cache("go-mod")),
        ("HOME", Word::place(Place::Home)),
        ("TMPDIR", Word::place(Place::Tmp)),
        ("PATH", path(settings)),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("SOURCE_DATE_EPOCH", "315532800".into()),
        // Changes no byte: Go's linker spends a tenth of its time collecting a heap of 100 MB (see performance.md).
        ("GOGC", "200".into()),
    ]
}

/// The folders of the cell's tools, then the base system's.
fn path(settings: &GoSettings) -> Word {
    let go = Word::place(Place::Root(settings.toolchain.clone())).then("/bin:");
    let tools =
        settings.tools.iter().fold(go, |path, name| path.join(Word::place(Place::Root(name.clone()))).then(":"));
    tools.then("/usr/bin:/bin")
}

fn cgo(settings: &GoSettings) -> Vec<(&'static str, Word)> {
    let Some(choice) = &settings.cgo else { return vec![("CGO_ENABLED", "0".into())] };
    let mut env = vec![("CGO_ENABLED", Word::text("1"))];
    if let Some(cgo) = choice {
        env.push(("CC", words(&cgo.cc)));
        env.push(("CXX", words(&cgo.cxx)));
        env.push(("CGO_CFLAGS", words(&cgo.cflags)));
        env.push(("CGO_CXXFLAGS", words(&cgo.cflags)));
        env.push(("CGO_LDFLAGS", words(&cgo.ldflags)));
    }
    env
}

/// Words joined by spaces.
fn words(list: &[Word]) -> Word {
    let mut joined = Word::default();
    for (position, word) in list.iter().enumerate() {
        if position > 0 {
            joined = joined.then(" ");
        }
        joined = joined.join(word.clone());
    }
    joined
}
