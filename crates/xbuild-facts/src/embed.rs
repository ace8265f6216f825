//! Which files embed patterns match: the names only, to notice when a new one appears.
//!
//! Patterns are those of `//go:embed`: parts between `/` match as `path.Match`, a matched folder brings everything below
//! it. Names that Go leaves out (starting with `.` or `_`) are kept here: noticing too much only asks `go list` again.

use camino::{Utf8Path, Utf8PathBuf};
use globset::GlobBuilder;

/// Every file below `folder` that one of the patterns brings, relative to it, sorted.
pub(crate) fn matches(folder: &Utf8Path, patterns: &[String]) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for pattern in patterns {
        let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
        let parts: Vec<&str> = pattern.split('/').collect();
        let mut found = Vec::new();
        step(folder, Utf8Path::new(""), &parts, &mut found);
        for path in found {
            below(folder, &path, &mut files);
        }
    }
    files.sort_unstable();
    files.dedup();
    files
}

/// Follows the parts of a pattern, one folder deep at a time.
fn step(root: &Utf8Path, at: &Utf8Path, parts: &[&str], found: &mut Vec<Utf8PathBuf>) {
    let [part, rest @ ..] = parts else { return found.push(at.to_owned()) };
    if !part.contains(['*', '?', '[', '\\']) {
        return step(root, &at.join(part), rest, found);
    }
    let Ok(glob) = GlobBuilder::new(part).literal_separator(true).backslash_escape(true).build() else { return };
    let matcher = glob.compile_matcher();
    let Ok(entries) = root.join(at).read_dir_utf8() else { return };
    for entry in entries.flatten() {
        if matcher.is_match(entry.file_name()) {
            step(root, &at.join(entry.file_name()), rest, found);
        }
    }
}

/// The file itself, or every file below the folder; links are names, not ways.
fn below(root: &Utf8Path, path: &Utf8Path, files: &mut Vec<String>) {
    let Ok(metadata) = root.join(path).symlink_metadata() else { return };
    if !metadata.is_dir() {
        return files.push(path.to_string());
    }
    let Ok(entries) = root.join(path).read_dir_utf8() else { return };
    for entry in entries.flatten() {
        below(root, &path.join(entry.file_name()), files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], expect: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Utf8Path::from_path(folder.path()).expect("UTF-8");
        for file in ["page.html", "page.css", "static/a.js", "static/sub/b.js", "static/.hidden"] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, "").expect("a file");
        }
        let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(matches(root, &patterns), expect);
    }

    #[test]
    fn a_pattern_matches_part_by_part_and_a_folder_brings_all_below_it() {
        check(&["page.*"], &["page.css", "page.html"]);
        check(&["all:static"], &["static/.hidden", "static/a.js", "static/sub/b.js"]);
        check(&["static/*.js", "page.html"], &["page.html", "static/a.js"]);
        check(&["*/sub"], &["static/sub/b.js"]);
        check(&["nothing", "[bad"], &[]);
    }
}
