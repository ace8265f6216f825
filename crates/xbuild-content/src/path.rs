//! A path that cannot leave its root.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

/// A relative path with `/` between its parts: never empty, never absolute, no `.` or `..`, no empty part, no NUL, no
/// backslash. Ordered bytewise.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(String);

/// Why a text is not a relative path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing is named.
    #[error("the path is empty")]
    Empty,
    /// Starts at the file system's root.
    #[error("`{0}` is an absolute path")]
    Absolute(String),
    /// Leads out of the root.
    #[error("`{0}` leads out of the project")]
    Escapes(String),
    /// Holds NUL or a backslash, or an empty part.
    #[error("`{0}` is not a path that every system can have")]
    Malformed(String),
}

impl RelPath {
    /// Reads a path as a user may write it: `./` at the start, `.` parts and a `/` at the end are dropped, `a/../b` is
    /// resolved by its text.
    pub fn new(text: &str) -> Result<Self, PathError> {
        if text.starts_with('/') {
            return Err(PathError::Absolute(text.to_owned()));
        }
        if text.contains(['\0', '\\']) {
            return Err(PathError::Malformed(text.escape_debug().to_string()));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop().ok_or_else(|| PathError::Escapes(text.to_owned()))?),
                part => parts.push(part),
            }
        }
        if parts.is_empty() {
            return Err(PathError::Empty);
        }
        Ok(Self(parts.join("/")))
    }

    /// This path below `base`.
    #[must_use]
    pub fn below(&self, base: &Self) -> Self {
        Self(format!("{}/{}", base.0, self.0))
    }

    /// The path's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Everything before the last part; `None` at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// What remains after `base/`; `None` where this path is not below it.
    pub fn strip(&self, base: &Self) -> Option<Self> {
        self.0.strip_prefix(&base.0)?.strip_prefix('/').map(|rest| Self(rest.to_owned()))
    }
}

impl Deref for RelPath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for RelPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<std::path::Path> for RelPath {
    fn as_ref(&self) -> &std::path::Path {
        std::path::Path::new(&self.0)
    }
}

impl Borrow<str> for RelPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let answer = RelPath::new(text).map_or_else(|error| error.to_string(), |path| path.to_string());
        assert_eq!(answer, expect);
    }

    #[test]
    fn a_path_stays_below_its_root() {
        check("./cmd//app/", "cmd/app");
        check("a/../b", "b");
        check("../b", "`../b` leads out of the project");
        check("a/../../b", "`a/../../b` leads out of the project");
        check("/etc", "`/etc` is an absolute path");
        check("", "the path is empty");
        check("./", "the path is empty");
        check("a\0b", "`a\\0b` is not a path that every system can have");
    }

    #[test]
    fn strip_only_cuts_at_a_slash() {
        let path = |text| RelPath::new(text).expect("a good path");
        assert_eq!(path("cmd/app").strip(&path("cmd")), Some(path("app")));
        assert_eq!(path("cmdline/app").strip(&path("cmd")), None);
        assert_eq!(path("app").below(&path("cmd")), path("cmd/app"));
    }
}
