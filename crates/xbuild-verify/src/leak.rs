//! Whether the folder in which a file was built can be read in its bytes.

use memchr::memmem;

use crate::bytes::View;
use crate::source::{Pages, Source, SourceError, Tally};

/// Whether `bytes` hold the path `root`, an absolute path without a slash at its end. It counts only as a whole: `/b/app`
/// is not held by `/b/application`. An empty root is held by nothing.
pub fn leaks(bytes: &[u8], root: &[u8]) -> bool {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    !root.is_empty() && memmem::find_iter(bytes, root).any(|at| !goes_on(bytes.get(at + root.len())))
}

/// The same of a source, which passes through a window of 64 KiB.
///
/// # Errors
///
/// Where the source cannot be read, or ends before the size that it announced.
pub fn leaks_in<S: Source + ?Sized>(source: &S, root: &[u8]) -> Result<bool, SourceError> {
    if let Some(bytes) = source.lend() {
        return Ok(leaks(bytes, root));
    }
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let tally = Tally::default();
    let pages = Pages::new(&source, &tally);
    let view = View::paged(&pages, 0, source.size());
    let mut leaks_here = false;
    // The byte behind the path belongs to it: it tells whether the path goes on.
    view.windows(0, root.len() as u64 + 1, |at, window| {
        let is_last = at + window.len() as u64 >= view.len();
        let ends = |end: usize| if end == window.len() { is_last } else { !goes_on(window.get(end)) };
        leaks_here = !root.is_empty() && memmem::find_iter(window, root).any(|start| ends(start + root.len()));
        !leaks_here
    });
    tally.into_failure().map_or(Ok(leaks_here), Err)
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
