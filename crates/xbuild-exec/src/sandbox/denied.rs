//! Finds, in what a tool printed, the path that the sandbox kept from it.
//!
//! A denied read reaches the tool as EACCES, and each tool words it in its own way; what they share is "permission denied"
//! and the path on one line. The answer is a guess for a message to the user: nothing is decided by it.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::{Process, base};

/// The first path on a "permission denied" line of `log` that `process` had not been granted.
///
/// A relative path is taken from the working folder. `None` when every such path was granted (then it was the file's own mode)
/// or no line names one.
#[must_use]
pub fn denied_path(log: &str, process: &Process) -> Option<Utf8PathBuf> {
    let complaints = log.lines().filter_map(before_denial);
    complaints.flat_map(paths).map(|path| absolute(path, process)).find(|path| !is_granted(path, process))
}

/// What stands before "permission denied" in `line`, and after it if nothing does.
fn before_denial(line: &str) -> Option<&str> {
    const DENIAL: &str = "permission denied";
    let at = line.to_ascii_lowercase().find(DENIAL)?;
    let (before, after) = (&line[..at], &line[at + DENIAL.len()..]);
    Some(if before.contains('/') { before } else { after })
}

const QUOTES: [char; 5] = ['\'', '"', '`', '‘', '’'];

/// Paths in `text`: quoted ones first, because they may hold spaces, then the nearest to the denial: tools name themselves
/// at the beginning.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| letter.is_whitespace() || QUOTES.contains(&letter)).rev();
    quoted(text).chain(words.map(trim)).filter(|word| is_path(word))
}

/// What stands between a quote that is followed by a path's first letter, and the next quote.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(QUOTES).filter_map(|(at, quote)| {
        let rest = &text[at + quote.len()..];
        let end = rest.find(QUOTES)?;
        rest.starts_with(['/', '.']).then(|| &rest[..end])
    })
}

/// Without the punctuation of the sentence around it.
fn trim(word: &str) -> &str {
    word.trim_start_matches(['(', '[', '<', '=']).trim_end_matches([':', ',', ';', '.', ')', ']', '>'])
}

/// Not a URL, and not the shell's name for a network connection.
fn is_path(word: &str) -> bool {
    let connection = ["/dev/tcp/", "/dev/udp/"].iter().any(|prefix| word.starts_with(prefix));
    word.contains('/') && word != "/" && !word.contains("://") && !connection
}

/// `path` from the working folder on, with `.` and `..` resolved by spelling.
fn absolute(path: &str, process: &Process) -> Utf8PathBuf {
    let mut absolute = Utf8PathBuf::new();
    for component in process.cwd.join(path).components() {
        match component {
            Utf8Component::ParentDir => drop(absolute.pop()),
            Utf8Component::CurDir => {}
            other => absolute.push(other),
        }
    }
    absolute
}

fn is_granted(path: &Utf8Path, process: &Process) -> bool {
    let mut declared = process.readable.iter().chain(&process.writable);
    declared.any(|root| path.starts_with(root)) || base::covers(path, process.network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(log: &str, expect: Option<&str>) {
        let process = Process {
            program: "/bin/sh".into(),
            arguments: vec![],
            environment: vec![],
            cwd: "/w/tree/app".into(),
            readable: vec!["/w/tree".into(), "/opt/go".into()],
            writable: vec!["/w/scratch".into()],
            network: false,
            timeout: None,
            log: "/w/log".into(),
            log_limit: None,
        };
        assert_eq!(denied_path(log, &process).as_deref(), expect.map(Utf8Path::new), "{log}");
    }

    #[test]
    fn a_path_is_found_in_every_tools_wording() {
        check("cat: /etc/shadow: Permission denied", Some("/etc/shadow"));
        check("/bin/sh: 1: cannot open /home/me/x.txt: Permission denied", Some("/home/me/x.txt"));
        check("bash: line 1: /home/me/x: Permission denied", Some("/home/me/x"));
        check("main.go:3:12: open /srv/data.bin: permission denied", Some("/srv/data.bin"));
        check("/w/tree/main.c:1:10: fatal error: /srv/a.h: Permission denied", Some("/srv/a.h"));
        check("error: couldn't read `/srv/a b.rs`: Permission denied (os error 13)", Some("/srv/a b.rs"));
        check("ls: cannot open directory '/root': Permission denied", Some("/root"));
        check("PermissionError: [Errno 13] Permission denied: '/srv/x.py'", Some("/srv/x.py"));
        check("fork/exec /home/me/bin/tool: permission denied", Some("/home/me/bin/tool"));
    }

    #[test]
    fn a_relative_path_is_taken_from_the_working_folder() {
        check("open ../../secret/key: permission denied", Some("/w/secret/key"));
        check("open ../lib/a.go: permission denied", None);
    }

    #[test]
    fn granted_paths_and_other_lines_are_passed_over() {
        check("cat: /w/tree/locked: Permission denied", None);
        check("touch: cannot touch '/usr/share/x': Permission denied", None);
        check("open /etc/passwd: no such file or directory", None);
        check("Permission denied", None);
        check("cat: /usr/x: Permission denied\ncat: /srv/second: Permission denied", Some("/srv/second"));
        check("bash: connect: Permission denied\nbash: line 1: /dev/tcp/127.0.0.1/80: Permission denied", None);
        check("GET https://example.org/x: permission denied", None);
    }
}
