//! A module at a version, and how a module proxy and a module cache spell it.

use std::fmt;

use xbuild_platform::HostPlatform;

use crate::GoVersion;

/// A module's path and version: `golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleVersion {
    path: String,
    version: String,
}

impl ModuleVersion {
    /// A module that was named somewhere.
    pub(crate) fn new(path: &str, version: &str) -> Self {
        Self { path: path.to_owned(), version: version.to_owned() }
    }

    /// The module that a release of Go for one kind of host is published as.
    pub fn toolchain(version: GoVersion, host: HostPlatform) -> Self {
        Self::new("golang.org/toolchain", &format!("v0.0.1-go{version}.{}-{}", host.os, host.arch))
    }

    /// The module's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The module's version, with its `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where a proxy has a file of this version, relative to its root: `PATH/@v/VERSION.EXTENSION`. Capital letters are
    /// spelled `!a`, since some file systems cannot tell them apart (the module proxy protocol, `go help goproxy`).
    pub(crate) fn proxy_file(&self, extension: &str) -> String {
        format!("{}/@v/{}.{extension}", escape(&self.path), escape(&self.version))
    }

    /// The module of a zip's address at a proxy; `None` for any other address. A folder that the proxy itself stands in is
    /// taken for the start of the module's path: good enough to tell the user.
    pub(crate) fn from_zip_address(address: &str) -> Option<Self> {
        let address = address.replace("%21", "!");
        let (before, version) = address.strip_suffix(".zip")?.rsplit_once("/@v/")?;
        let path =
            before.split_once("://").map_or(before, |(_, rest)| rest.split_once('/').map_or(rest, |(_, path)| path));
        Some(Self { path: unescape(path), version: unescape(version) })
    }
}

impl fmt::Display for ModuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.path, self.version)
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

fn unescape(text: &str) -> String {
    let mut parts = text.split('!');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_letters_are_escaped_and_read_back() {
        let module = ModuleVersion::new("github.com/BurntSushi/toml", "v1.0.0-RC1");
        assert_eq!(module.proxy_file("zip"), "github.com/!burnt!sushi/toml/@v/v1.0.0-!r!c1.zip");
        let address = format!("https://proxy.example/{}", module.proxy_file("zip"));
        assert_eq!(ModuleVersion::from_zip_address(&address), Some(module));
        assert_eq!(ModuleVersion::from_zip_address("https://proxy.example/a/@v/list"), None);
        let printed = ModuleVersion::from_zip_address("https://proxy.example/a/%21b/@v/v1.0.0.zip");
        assert_eq!(printed, Some(ModuleVersion::new("a/B", "v1.0.0")));
    }
}
