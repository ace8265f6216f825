//! The user's environment as a value, and the user's own Go configuration on top of it.
//!
//! The CLI reads the process's environment once and hands it in; so a test can say what the world looks like, and nothing
//! in this crate depends on a variable that nobody named.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// What the user's shell had set, and where the machine's own folders start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    system: Utf8PathBuf,
}

impl Environment {
    /// An environment of these variables on this machine.
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self { variables, system: Utf8PathBuf::from("/") }
    }

    /// The same environment with the machine's well-known folders (`usr/local/go`, …) looked for below `system`.
    #[must_use]
    pub fn with_system(mut self, system: &Utf8Path) -> Self {
        system.clone_into(&mut self.system);
        self
    }

    /// A variable's value; `None` where it is unset or empty, which is one and the same for Go.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Every variable, empty ones included, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The user's home folder.
    pub fn home(&self) -> Option<&Utf8Path> {
        self.get("HOME").map(Utf8Path::new).filter(|home| home.is_absolute())
    }

    /// The folders of `PATH` in order. Relative ones are left out: what they name depends on the working folder.
    pub fn path(&self) -> impl Iterator<Item = &Utf8Path> {
        self.get("PATH").unwrap_or_default().split(':').map(Utf8Path::new).filter(|folder| folder.is_absolute())
    }

    /// A well-known folder of the machine: `usr/local/go`.
    pub(crate) fn system(&self, below: &str) -> Utf8PathBuf {
        self.system.join(below)
    }

    /// The value that a `go` command of this user would see: the environment, then the user's Go configuration.
    pub fn go_setting(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(str::to_owned)
            .or_else(|| self.go_configuration().remove(name).filter(|value| !value.is_empty()))
    }

    /// The user's module cache: `GOMODCACHE`, else `pkg/mod` below the first folder of `GOPATH`, else below `~/go`.
    pub fn go_module_cache(&self) -> Option<Utf8PathBuf> {
        let configuration = self.go_configuration();
        let setting = |name| self.get(name).or_else(|| configuration.get(name).map(String::as_str));
        let gopath = || setting("GOPATH").and_then(|list| list.split(':').next()).map(Utf8PathBuf::from);
        setting("GOMODCACHE")
            .map(Utf8PathBuf::from)
            .or_else(|| Some(gopath().or_else(|| Some(self.home()?.join("go")))?.join("pkg/mod")))
            .filter(|path| path.is_absolute())
    }

    /// Where `go env -w` writes for this user: `GOENV`, else `go/env` in the user's configuration folder (Go's
    /// `os.UserConfigDir`). `None` with `GOENV=off` or without a home.
    pub fn go_configuration_file(&self) -> Option<Utf8PathBuf> {
        match self.get("GOENV") {
            Some("off") => None,
            Some(file) => Some(Utf8PathBuf::from(file)),
            None => Some(self.configuration_folder()?.join("go/env")),
        }
    }

    fn configuration_folder(&self) -> Option<Utf8PathBuf> {
        if cfg!(target_os = "macos") {
            return Some(self.home()?.join("Library/Application Support"));
        }
        self.get("XDG_CONFIG_HOME").map(Utf8PathBuf::from).or_else(|| Some(self.home()?.join(".config")))
    }

    /// What the user's Go configuration file sets; empty where there is none, as Go has it.
    fn go_configuration(&self) -> BTreeMap<String, String> {
        let text = self.go_configuration_file().and_then(|file| std::fs::read_to_string(file).ok());
        settings(&text.unwrap_or_default())
    }
}

/// The `NAME=value` lines of a Go configuration file. Go reads names that start with a capital letter and skips every
/// other line; there is no quoting.
fn settings(text: &str) -> BTreeMap<String, String> {
    let lines = text.split('\n').filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    lines.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn check_file(variables: &[(&str, &str)], expect: Option<&str>) {
        assert_eq!(environment(variables).go_configuration_file().as_deref(), expect.map(Utf8Path::new));
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn the_configuration_file_is_where_go_has_it() {
        check_file(&[("HOME", "/h")], Some("/h/.config/go/env"));
        check_file(&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/c")], Some("/c/go/env"));
        check_file(&[("HOME", "/h"), ("GOENV", "/e")], Some("/e"));
        check_file(&[("HOME", "/h"), ("GOENV", "off")], None);
        check_file(&[], None);
    }

    #[test]
    fn the_environment_wins_over_the_configuration_and_empty_is_unset() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("env");
        std::fs::write(&file, "GOPROXY=https://a,direct\n# GOSUMDB=x\n lower=1\nGOPATH=/g:/h\nGOFLAGS=\n")
            .expect("written");
        let file = file.to_str().expect("UTF-8");
        let from_file = environment(&[("GOENV", file), ("GOPROXY", "")]);
        assert_eq!(from_file.go_setting("GOPROXY").as_deref(), Some("https://a,direct"));
        assert_eq!(from_file.go_setting("GOSUMDB"), None);
        assert_eq!(from_file.go_setting("GOFLAGS"), None);
        assert_eq!(from_file.go_module_cache().as_deref(), Some(Utf8Path::new("/g/pkg/mod")));
        let both = environment(&[("GOENV", file), ("GOPROXY", "off"), ("GOMODCACHE", "/m")]);
        assert_eq!(both.go_setting("GOPROXY").as_deref(), Some("off"));
        assert_eq!(both.go_module_cache().as_deref(), Some(Utf8Path::new("/m")));
    }

    #[test]
    fn a_relative_folder_of_path_is_not_looked_at() {
        let environment = environment(&[("PATH", "/a::bin:.:/b")]);
        assert_eq!(environment.path().collect::<Vec<_>>(), ["/a", "/b"]);
    }
}
