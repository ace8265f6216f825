//! Many files for a person: a table of the programs, what else was found as a number, and a line that sums up.

use std::collections::BTreeMap;

use crate::looking::{Seen, What};
use crate::present::artifact::{headline, machine};
use crate::present::harmless::one_line;
use crate::present::table::{Table, bytes};

/// A name longer than this does not make its column wider.
const WIDEST: usize = 48;

/// What was found, counted.
#[derive(Default)]
struct Tally {
    platforms: BTreeMap<String, u64>,
    others: u64,
    links: u64,
    special: u64,
}

/// What is told of many files: rows, what is wrong with them in sentences, and numbers. The files themselves are not kept.
#[derive(Default)]
pub(crate) struct Listing {
    rows: Vec<Vec<String>>,
    problems: String,
    tally: Tally,
}

/// Whether a file is shown where only what matters is: an archive matters by what is in it.
fn matters(seen: &Seen) -> bool {
    let is_special = matches!(seen.what, What::Special(_));
    let is_image = matches!(&seen.what, What::Archive(inside) if inside.image.is_some());
    seen.facts.is_binary()
        || is_special
        || is_image
        || !seen.problems().is_empty()
        || seen.entries().iter().any(matters)
}

impl Listing {
    /// Files that were named one by one are all shown; what is in folders and archives is shown where it matters.
    pub(crate) fn add(&mut self, seen: &Seen, is_named: bool) {
        self.gather(seen, "", is_named);
    }

    fn gather(&mut self, seen: &Seen, outside: &str, is_shown: bool) {
        let name = format!("{outside}{}", seen.path);
        self.tally.count(seen);
        if is_shown || matters(seen) {
            self.show(&name, seen);
        }
        for entry in seen.entries() {
            self.gather(entry, &format!("{name}:"), false);
        }
    }

    fn show(&mut self, name: &str, seen: &Seen) {
        let problems = seen.problems();
        let mut codes: Vec<&str> = problems.iter().map(|(code, _)| code.trim_start_matches("xbuild::")).collect();
        codes.dedup();
        let size = if matches!(seen.what, What::File | What::Archive(_)) { bytes(seen.size) } else { String::new() };
        self.rows.push(vec![name.to_owned(), size, headline(seen), codes.join(", ")]);
        // The sentences have no room in the table.
        let sentence = |(code, message): &(&str, String)| one_line(&format!("{name}: {message} ({code})")) + "\n";
        self.problems.extend(problems.iter().map(sentence));
    }

    /// The table, the line that sums up, and the sentences.
    pub(crate) fn render(self) -> String {
        let mut text = String::new();
        if !self.rows.is_empty() {
            let mut table = Table::new(&["file", "size", "what it is", "problems"]).with_columns_up_to(WIDEST);
            self.rows.into_iter().for_each(|row| table.row(row));
            text = table.render() + "\n";
        }
        text.push_str(&format!("{}\n", self.tally.sentence()));
        if !self.problems.is_empty() {
            text.push_str(&format!("\n{}", self.problems));
        }
        text
    }
}

impl Tally {
    fn count(&mut self, seen: &Seen) {
        match &seen.what {
            What::Archive(inside) => self.others += inside.others,
            What::Link(_) => self.links += 1,
            What::Special(_) => self.special += 1,
            What::File if seen.facts.is_binary() => {
                *self.platforms.entry(machine(&seen.facts)).or_default() += 1;
            }
            What::File => self.others += 1,
        }
    }

    /// `12 linux/amd64, 3 linux/arm64, 41 other files`.
    fn sentence(&self) -> String {
        let mut parts: Vec<String> =
            self.platforms.iter().map(|(platform, count)| format!("{count} {}", one_line(platform))).collect();
        let mut add = |count: u64, one: &str, many: &str| match count {
            0 => {}
            1 => parts.push(format!("1 {one}")),
            _ => parts.push(format!("{count} {many}")),
        };
        let other = if self.platforms.is_empty() {
            ("file that is no program", "files that are no programs")
        } else {
            ("other file", "other files")
        };
        add(self.others, other.0, other.1);
        add(self.links, "link", "links");
        add(self.special, "pipe or device, not opened", "pipes or devices, not opened");
        if parts.is_empty() { "nothing found".into() } else { parts.join(", ") }
    }
}
