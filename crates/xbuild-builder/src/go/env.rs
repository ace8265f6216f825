//! The complete environment of a `go` process, nothing left to a default.

use std::collections::BTreeMap;

use crate::base;
use crate::go::GoSettings;
use crate::go::recipe::quoted;
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
    let go = Word::place(Place::Root(settings.toolchain.clone())).then("/bin");
    let mut all = vec![
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
        // Changes no byte. Go's linker spends a tenth of its time collecting a heap of 100 MB; beyond this value memory grows and
        // hardly any time is saved (see performance.md).
        ("GOGC", "140".into()),
    ];
    all.extend(base::policy(vec![go], &settings.tools));
    all
}

fn cgo(settings: &GoSettings) -> Vec<(&'static str, Word)> {
    let Some(choice) = &settings.cgo else { return vec![("CGO_ENABLED", "0".into())] };
    let mut env = vec![("CGO_ENABLED", Word::text("1"))];
    if let Some(cgo) = choice {
        env.push(("CC", quoted("", &cgo.compiler.cc())));
        env.push(("CXX", quoted("", &cgo.compiler.cxx())));
        env.push(("AR", quoted("", &cgo.compiler.ar())));
        env.push(("CGO_CFLAGS", quoted("", &cgo.cflags)));
        env.push(("CGO_CXXFLAGS", quoted("", &cgo.cflags)));
        env.push(("CGO_LDFLAGS", quoted("", &cgo.ldflags)));
        // What zig makes of C libraries is kept where Go keeps what it compiles: that folder has one class of compilers.
        let kept = Word::place(Place::Cache("go-build".into())).then("/zig");
        let place = |(name, value)| if name == "ZIG_GLOBAL_CACHE_DIR" { (name, kept.clone()) } else { (name, value) };
        env.extend(cgo.compiler.env().into_iter().map(place));
    }
    env
}
