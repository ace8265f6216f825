//! The toolchains that the selected cells use, found once.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Place, Places};
use xbuild_content::canonical::{self, Canonical, Fields};
use xbuild_content::{Hash, RelPath, Tree, TreeEntry};
use xbuild_model::{Location, Project, Toolchain, ToolchainKind};
use xbuild_toolchain::{GoRequest, GoToolchain, GoVersion, Pin, fetch_go, locate_go};

use crate::fault::Fault;
use crate::session::Session;

/// A toolchain that is there.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The declared version.
    pub version: String,
    /// What identifies it.
    pub digest: Hash,
    /// Its program.
    pub program: Utf8PathBuf,
    /// Its folder.
    pub root: Utf8PathBuf,
    /// More about a Go.
    pub go: Option<GoToolchain>,
}

/// Toolchains by name; a missing one stands with a sentence that says what was looked for.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    found: BTreeMap<String, Result<Tool, String>>,
}

impl Tools {
    /// The toolchain, or why it is not there.
    pub fn get(&self, name: &str) -> Result<&Tool, String> {
        match self.found.get(name) {
            Some(Ok(tool)) => Ok(tool),
            Some(Err(detail)) => Err(detail.clone()),
            None => Err("it is not declared".into()),
        }
    }

    /// Every toolchain that is there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tool)> {
        self.found.iter().filter_map(|(name, tool)| Some((name.as_str(), tool.as_ref().ok()?)))
    }

    /// Where their programs and folders are.
    pub fn places(&self) -> Places {
        let both = self.iter().flat_map(|(name, tool)| {
            let program = (Place::Tool(name.to_owned()), tool.program.to_string());
            [program, (Place::Root(name.to_owned()), tool.root.to_string())]
        });
        both.collect()
    }
}

impl Session<'_> {
    /// Finds the toolchains that targets use: those of kind Go, and those that are named with a place.
    pub fn toolchains(&self, faults: &mut Vec<Fault>) -> Tools {
        let used = |toolchain: &&Toolchain| toolchain.kind == ToolchainKind::Go || toolchain.location.is_some();
        self.tools(self.project.toolchains.iter().filter(used).map(|toolchain| toolchain.name.as_str()), faults)
    }

    /// Finds the named toolchains; faults are added for those that are not there.
    pub(crate) fn tools<'n>(&self, names: impl IntoIterator<Item = &'n str>, faults: &mut Vec<Fault>) -> Tools {
        let mut tools = Tools::default();
        for name in names {
            if tools.found.contains_key(name) {
                continue;
            }
            let declared = declared(self.project, name);
            let tool = declared.ok_or_else(|| "it is not declared".to_owned()).and_then(|toolchain| {
                self.tool(toolchain).map_err(|fault| {
                    let detail = fault.to_string();
                    faults.push(fault);
                    detail
                })
            });
            tools.found.insert(name.to_owned(), tool);
        }
        tools
    }

    fn tool(&self, toolchain: &Toolchain) -> Result<Tool, Fault> {
        match (&toolchain.location, toolchain.kind) {
            (location, ToolchainKind::Go) => self.go(toolchain, location.as_ref()),
            (Some(Location::Path(path)), _) => self.program(toolchain, &self.root.join(path.as_str())),
            (Some(Location::Root(root)), _) => self.folder(toolchain, &self.root.join(root.as_str())),
            (None, kind) => Err(Fault::Tool {
                name: toolchain.name.to_string(),
                path: format!(
                    "any place: `toolchain {} … kind={}` names no `path`",
                    toolchain.name.value,
                    kind.as_str()
                ),
            }),
        }
    }

    fn go(&self, toolchain: &Toolchain, location: Option<&Location>) -> Result<Tool, Fault> {
        let request = self.go_request(toolchain, location)?;
        let go = locate_go(&request, self.environment, self.store.root(), self.store, self.progress)?;
        Ok(Tool {
            version: toolchain.version.value.clone(),
            digest: go.tree,
            program: go.go.clone(),
            root: go.root.clone(),
            go: Some(go),
        })
    }

    fn go_request(&self, toolchain: &Toolchain, location: Option<&Location>) -> Result<GoRequest, Fault> {
        let version: GoVersion = toolchain.version.parse().map_err(|_| Fault::Tool {
            name: toolchain.name.to_string(),
            path: format!("any place: `{}` is no Go version", toolchain.version.value),
        })?;
        let folder = |location: &Location| match location {
            Location::Root(root) => self.root.join(root.as_str()),
            Location::Path(program) => {
                let program = self.root.join(program.as_str());
                program.parent().and_then(Utf8Path::parent).unwrap_or(&program).to_owned()
            }
        };
        let name = format!("{}@{}", toolchain.name.value, toolchain.version.value);
        Ok(GoRequest {
            version,
            host: self.host,
            location: location.map(folder),
            pin: self.pins.get(&name).cloned().unwrap_or_else(Pin::default),
            offline: self.settings.offline,
        })
    }

    /// Learns the `h1:` hashes of the Gos whose pins have none, by fetching their modules: a machine without a Go needs the
    /// hash to check its download. A Go that is not the published one has none.
    pub fn learn_h1(&self, tools: &mut Tools, faults: &mut Vec<Fault>) {
        if self.settings.offline {
            return;
        }
        for (name, tool) in &mut tools.found {
            let Ok(Tool { go: Some(go), .. }) = tool else { continue };
            let Some(toolchain) = declared(self.project, name) else { continue };
            let Ok(request) = self.go_request(toolchain, None) else { continue };
            if go.h1.is_some() || request.pin.h1.is_some() {
                continue;
            }
            match fetch_go(&request, self.environment, self.store.root(), self.store, self.progress) {
                Ok(fetched) if fetched.tree == go.tree => go.h1 = fetched.h1,
                Ok(_) => {}
                Err(error) => faults.push(error.into()),
            }
        }
    }

    fn program(&self, toolchain: &Toolchain, path: &Utf8Path) -> Result<Tool, Fault> {
        let missing = |_| Fault::Tool { name: toolchain.name.to_string(), path: path.to_string() };
        let digest = self.store.files().digest(path).map_err(missing)?;
        Ok(Tool {
            version: toolchain.version.value.clone(),
            digest: digest.digest.hash(),
            program: path.to_owned(),
            root: path.parent().unwrap_or(path).to_owned(),
            go: None,
        })
    }

    /// A toolchain that is a whole folder: its program is `bin/NAME`.
    fn folder(&self, toolchain: &Toolchain, root: &Utf8Path) -> Result<Tool, Fault> {
        let missing = || Fault::Tool { name: toolchain.name.to_string(), path: root.to_string() };
        let mut tree = Tree::default();
        self.add_folder(&mut tree, root, root).ok_or_else(missing)?;
        let program = [root.join("bin").join(toolchain.name.as_str()), root.join(toolchain.name.as_str())];
        let program = program.into_iter().find(|path| path.is_file()).ok_or_else(missing)?;
        Ok(Tool {
            version: toolchain.version.value.clone(),
            digest: canonical::key("xbuild toolchain folder 1", &Folder(&tree)).hash(),
            program,
            root: root.to_owned(),
            go: None,
        })
    }

    fn add_folder(&self, tree: &mut Tree, root: &Utf8Path, folder: &Utf8Path) -> Option<()> {
        for entry in folder.read_dir_utf8().ok()? {
            let path = entry.ok()?.into_path();
            let metadata = path.symlink_metadata().ok()?;
            if metadata.is_dir() {
                self.add_folder(tree, root, &path)?;
                continue;
            }
            let at = RelPath::new(path.strip_prefix(root).ok()?.as_str()).ok()?;
            let entry = if metadata.is_symlink() {
                TreeEntry::Symlink { target: path.read_link_utf8().ok()?.into_string() }
            } else {
                let file = self.store.files().digest(&path).ok()?;
                TreeEntry::File { digest: file.digest, executable: file.executable }
            };
            tree.insert(at, entry).ok()?;
        }
        Some(())
    }
}

fn declared<'p>(project: &'p Project, name: &str) -> Option<&'p Toolchain> {
    project.toolchains.iter().find(|toolchain| toolchain.name.as_str() == name)
}

struct Folder<'a>(&'a Tree);

impl Canonical for Folder<'_> {
    fn walk(&self, out: &mut Fields<'_>) {
        self.0.walk(out);
    }
}
