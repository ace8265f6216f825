//! Paths and globs of the project: below its root, whatever they are.

use globset::Glob;
use xbuild_model::{Origin, Spanned, Template, TemplatePart};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::problem::{Meaning, shown};

impl Ctx<'_> {
    /// Whether the path stays below the project's root; reports one that does not.
    pub(crate) fn check_path(&self, path: &str, at: Origin) -> bool {
        let Some((label, help)) = escape(path) else { return true };
        let headline = format!("{} leaves the project", shown(path));
        self.report(Meaning::new(Code::PathEscapes, at, headline, label).help(help));
        false
    }

    /// As [`Ctx::check_path`], for a string with placeholders.
    pub(crate) fn check_template_path(&self, path: &Spanned<Template>) -> bool {
        self.check_filled(path) && self.check_path(&stand_in(path), path.origin)
    }

    fn check_filled(&self, path: &Spanned<Template>) -> bool {
        let filled = !path.raw().is_empty();
        if !filled {
            let label = "nothing between the quotes";
            self.report(Meaning::new(Code::WrongType, path.origin, "a path must not be empty", label));
        }
        filled
    }

    /// Whether the text is a glob below the project's root; reports one that is not.
    pub(crate) fn check_glob(&self, glob: &Spanned<Template>) -> bool {
        if !self.check_template_path(glob) {
            return false;
        }
        let Err(error) = Glob::new(&stand_in(glob)) else { return true };
        let headline = format!("{} is not a glob", shown(glob.raw()));
        self.report(Meaning::new(Code::WrongType, glob.origin, headline, error.kind().to_string()));
        false
    }
}

/// The text with a word in place of each placeholder.
fn stand_in(template: &Template) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Text(text) => text.clone(),
        TemplatePart::Placeholder(_) => "x".to_owned(),
    };
    template.parts().iter().map(part).collect()
}

/// Why a path is not below the root: the label and the help.
fn escape(path: &str) -> Option<(&'static str, &'static str)> {
    let relative = "write a path that starts at the project's root";
    let bytes = path.as_bytes();
    if path.contains('\\') {
        return Some(("paths are written with `/`", "write `/` in place of `\\`"));
    }
    if path.starts_with('/') {
        return Some(("an absolute path", relative));
    }
    if bytes.len() >= 2 && bytes[1] == b':' && bytes[0].is_ascii_alphabetic() {
        return Some(("a drive of Windows", relative));
    }
    let mut depth = 0_usize;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return Some(("`..` above the project's root", relative)),
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expect: Option<&str>) {
        assert_eq!(escape(path).map(|(label, _)| label), expect, "{path}");
    }

    #[test]
    fn paths_below_the_root_are_fine() {
        check(".", None);
        check("a/../b", None);
        check("web/src/**", None);
        check("c", None);
    }

    #[test]
    fn paths_that_leave_it_are_not() {
        check("..", Some("`..` above the project's root"));
        check("a/../../b", Some("`..` above the project's root"));
        check("/etc/passwd", Some("an absolute path"));
        check("C:/x", Some("a drive of Windows"));
        check("a\\b", Some("paths are written with `/`"));
    }
}
