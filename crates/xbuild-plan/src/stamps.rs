//! What changes from commit to commit and enters a build only where the file asks for it.

/// The project's version and its commit, as the CLI found them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The project's version; `None` where the file has none.
    pub version: Option<String>,
    /// The full hash of the commit that is checked out; `None` outside a repository.
    pub commit: Option<String>,
    /// Its time, in RFC 3339.
    pub commit_time: Option<String>,
}
