//! Whether the folder in which a file was built can be read in its bytes.

use memchr::memmem;

/// Whether `bytes` hold the path `root`, an absolute path without a slash at its end. It counts only as a whole: `/b/app`
/// is not held by `/b/application`. An empty root is held by nothing.
pub fn leaks(bytes: &[u8], root: &[u8]) -> bool {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    !root.is_empty() && memmem::find_iter(bytes, root).any(|at| !goes_on(bytes.get(at + root.len())))
}

/// Whether a byte behind a path makes it another path.
fn goes_on(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::leaks;

    #[test]
    fn only_the_whole_path_counts() {
        assert!(leaks(b"..\0/b/app/main.go\0", b"/b/app"));
        assert!(leaks(b"/b/application /b/app", b"/b/app/"));
        assert!(!leaks(b"/b/application", b"/b/app"));
        assert!(!leaks(b"anything", b""));
        assert!(!leaks(b"", b"/b"));
    }
}
