//! The part of a Go file that `go list` reads: everything up to the end of the imports, and the embed patterns.
//!
//! An edit inside a function cannot change what a package imports, so the answer of `go list` is cached against this
//! digest, not against the file's. Where the file's start cannot be read with certainty, the whole file is the header.

use xbuild_content::{Digest, Digester};

/// The digest of what `go list` reads of a `.go` file.
pub fn header(source: &[u8]) -> Digest {
    let Some(end) = imports_end(source) else { return Digest::of(source) };
    let mut digester = Digester::default();
    digester.update(&source[..end]);
    for line in source[end..].split(|byte| *byte == b'\n') {
        if contains(line, b"go:embed") {
            digester.update(b"\n");
            digester.update(line);
        }
    }
    digester.finish()
}

fn contains(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|window| window == word)
}

/// Where the first declaration that is no import starts; `None` where the source does not read as Go.
fn imports_end(source: &[u8]) -> Option<usize> {
    let mut scan = Scan { source, at: 0 };
    scan.keyword(b"package")?;
    scan.word()?;
    loop {
        let before = scan.at;
        scan.space()?;
        if scan.at >= source.len() {
            return Some(source.len());
        }
        if scan.take(b";") {
            continue;
        }
        if scan.keyword(b"import").is_none() {
            return Some(before.max(scan.at));
        }
        scan.imports()?;
    }
}

struct Scan<'a> {
    source: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &[u8] {
        &self.source[self.at..]
    }

    fn take(&mut self, text: &[u8]) -> bool {
        let here = self.rest().starts_with(text);
        if here {
            self.at += text.len();
        }
        here
    }

    /// Skips white space and comments; `None` where a comment does not end.
    fn space(&mut self) -> Option<()> {
        loop {
            if self.rest().first().is_some_and(u8::is_ascii_whitespace) {
                self.at += 1;
            } else if self.rest().starts_with(b"//") {
                self.at += self.rest().iter().position(|byte| *byte == b'\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with(b"/*") {
                let end = self.rest().windows(2).skip(2).position(|pair| pair == b"*/")?;
                self.at += end + 4;
            } else {
                return Some(());
            }
        }
    }

    fn keyword(&mut self, word: &[u8]) -> Option<()> {
        self.space()?;
        let ends = self.rest().get(word.len()).is_none_or(|byte| !is_word(*byte));
        (self.rest().starts_with(word) && ends).then(|| self.at += word.len())
    }

    fn word(&mut self) -> Option<()> {
        self.space()?;
        let length = self.rest().iter().take_while(|byte| is_word(**byte)).count();
        self.at += length;
        (length > 0).then_some(())
    }

    /// `"path"`, `name "path"` or a list of them in parentheses.
    fn imports(&mut self) -> Option<()> {
        self.space()?;
        if !self.take(b"(") {
            return self.import();
        }
        loop {
            self.space()?;
            if self.take(b")") {
                return Some(());
            }
            if !self.take(b";") {
                self.import()?;
            }
        }
    }

    fn import(&mut self) -> Option<()> {
        self.space()?;
        if !self.take(b".") && self.rest().first().is_some_and(|byte| is_word(*byte)) {
            self.word()?;
        }
        self.space()?;
        let quote = *self.rest().first().filter(|byte| matches!(byte, b'"' | b'`'))?;
        let end = self.rest()[1..].iter().position(|byte| *byte == quote || (*byte == b'\n' && quote == b'"'))?;
        let closed = self.rest()[1 + end] == quote;
        self.at += end + 2;
        closed.then_some(())
    }
}

/// A letter of an identifier; every byte above ASCII counts as one.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, same: bool) {
        assert_eq!(header(one.as_bytes()) == header(other.as_bytes()), same, "{one:?} and {other:?}");
    }

    const FILE: &str = "//go:build linux\n\n// Package a.\npackage a // x\n\nimport (\n\t\"fmt\"\n\t_ `embed`; . \"os\"\n)\n\nimport c \"C\"\n\nfunc F() {}\n";

    #[test]
    fn an_edit_below_the_imports_keeps_the_header() {
        check(FILE, &FILE.replace("func F() {}", "func F() { fmt.Println() }"), true);
        check(FILE, &FILE.replace("func F() {}", "/* import \"x\" */ func F() {}"), false);
        check("package a\nvar x = 1\n", "package a\nvar x = 2\n", true);
    }

    #[test]
    fn an_edit_of_constraints_imports_or_embeds_changes_it() {
        check(FILE, &FILE.replace("linux", "darwin"), false);
        check(FILE, &FILE.replace("\"fmt\"", "\"fmt2\""), false);
        check(FILE, &FILE.replace("import c", "import d"), false);
        check(FILE, &FILE.replace("func F", "//go:embed a.txt\nvar s string\nfunc F"), false);
    }

    #[test]
    fn what_does_not_read_as_go_is_all_header() {
        check("package a\nimport \"x\nvar y = 1", "package a\nimport \"x\nvar y = 2", false);
        check("/* open", "/* open2", false);
        check("hello", "hello2", false);
    }

    #[test]
    fn imports_on_one_line_are_seen() {
        check("package a; import \"x\"; var y = 1", "package a; import \"z\"; var y = 1", false);
        check("package a; import \"x\"; var y = 1", "package a; import \"x\"; var y = 2", true);
    }
}
