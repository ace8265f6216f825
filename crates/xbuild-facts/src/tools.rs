//! The toolchains that the selected cells use, found once.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Place, Places};
use xbuild_content::Hash;
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
    /// What an action that uses it may read.
    pub readable: Vec<Utf8PathBuf>,
    /// The C++ compiler that belongs to a C compiler.
    pub cxx: Option<Utf8PathBuf>,
    /// The archiver that belongs to a C compiler.
    pub ar: Option<Utf8PathBuf>,
    /// More about a Go.
    pub go: Option<GoToolchain>,
}

impl Tool {
    /// Where its parts are.
    fn places(&self, name: &str) -> Vec<(Place, String)> {
        let name = || name.to_owned();
        let dir = self.program.parent().unwrap_or(&self.root);
        let mut places = vec![
            (Place::Tool(name()), self.program.to_string()),
            (Place::Root(name()), self.root.to_string()),
            (Place::Dir(name()), dir.to_string()),
        ];
        places.extend(self.cxx.iter().map(|cxx| (Place::Cxx(name()), cxx.to_string())));
        places.extend(self.ar.iter().map(|ar| (Place::Ar(name()), ar.to_string())));
        places
    }
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
        self.iter().flat_map(|(name, tool)| tool.places(name)).collect()
    }

    /// What each may have an action read.
    pub fn readable(&self) -> BTreeMap<String, Vec<Utf8PathBuf>> {
        self.iter().map(|(name, tool)| (name.to_owned(), tool.readable.clone())).collect()
    }
}

impl Session<'_> {
    /// Finds the toolchains that targets use: those that xbuild can look for, and those that are named with a place.
    pub fn toolchains(&self, faults: &mut Vec<Fault>) -> Tools {
        let used = |toolchain: &&Toolchain| {
            let found = matches!(toolchain.kind, ToolchainKind::Go | ToolchainKind::Rust | ToolchainKind::Zig);
            found || toolchain.location.is_some()
        };
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
            (_, ToolchainKind::Rust | ToolchainKind::Zig) => self.compiler(toolchain),
            (Some(Location::Path(path)), _) => self.program(toolchain, &self.root.join(path.as_str())),
            (Some(Location::Root(root)), _) => self.folder(toolchain, &self.root.join(root.as_str())),
            (None, kind) => Err(Fault::NoPlace {
                name: toolchain.name.to_string(),
                version: toolchain.version.value.clone(),
                kind: kind.as_str(),
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
            readable: vec![go.root.clone()],
            cxx: None,
            ar: None,
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
}

fn declared<'p>(project: &'p Project, name: &str) -> Option<&'p Toolchain> {
    project.toolchains.iter().find(|toolchain| toolchain.name.as_str() == name)
}
