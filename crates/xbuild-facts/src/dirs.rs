//! The folders of the cache that Go keeps things in: owned by xbuild, never the user's.

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::EnvEntry;
use xbuild_content::Hash;

/// Go's folders below a cache.
#[derive(Debug, Clone)]
pub struct GoFolders {
    top: Utf8PathBuf,
}

impl GoFolders {
    /// The folders below this cache.
    pub fn below(cache: &Utf8Path) -> Self {
        Self { top: cache.join("v1/go") }
    }

    /// `GOMODCACHE`: modules as `go.sum` fixes them.
    pub fn modules(&self) -> Utf8PathBuf {
        self.top.join("mod")
    }

    /// The home of processes that answer questions.
    pub fn home(&self) -> Utf8PathBuf {
        self.top.join("home")
    }

    /// `GOCACHE` for a toolchain and a class of C compilers. Pure Go shares one; each compiler with its flags has its own,
    /// because the key of Go's link step leaves the external linker's flags out.
    pub fn build(&self, tree: Hash, env: &std::collections::BTreeMap<String, EnvEntry>) -> Utf8PathBuf {
        let value = |name: &str| env.get(name).map(|entry| entry.value.keyed()).unwrap_or_default();
        let class = if value("CGO_ENABLED") == "1" {
            let parts = ["CC", "CXX", "AR", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS"].map(value);
            Hash::of(parts.join("\0").as_bytes()).short()
        } else {
            "pure".to_owned()
        };
        self.top.join("build").join(format!("{}-{class}", tree.short()))
    }

    /// Makes a home in which Go's telemetry is off: else every new home costs each `go` process a child of its own.
    pub fn prepare_home(home: &Utf8Path) -> std::io::Result<()> {
        let folder = home.join(".config/go/telemetry");
        std::fs::create_dir_all(&folder)?;
        let mode = folder.join("mode");
        if mode.is_file() { Ok(()) } else { std::fs::write(mode, "off\n") }
    }
}
