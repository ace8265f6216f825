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

/// One row: how the file is called from outside, and the file.
struct Row<'a> {
    name: String,
    seen: &'a Seen,
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

/// Files that were named one by one are all shown; what is in folders and archives is shown where it matters.
pub(crate) fn table(seen: &[Seen], is_named: impl Fn(&Seen) -> bool) -> String {
    let mut rows = Vec::new();
    let mut tally = Tally::default();
    for one in seen {
        gather(one, "", is_named(one), &mut rows, &mut tally);
    }
    let mut table = Table::new(&["file", "size", "what it is", "problems"]).with_columns_up_to(WIDEST);
    for Row { name, seen } in &rows {
        let mut codes: Vec<&str> =
            seen.problems().into_iter().map(|(code, _)| code.trim_start_matches("xbuild::")).collect();
        codes.dedup();
        let size = if matches!(seen.what, What::File | What::Archive(_)) { bytes(seen.size) } else { String::new() };
        table.row(vec![name.clone(), size, headline(seen), codes.join(", ")]);
    }
    let mut text = if rows.is_empty() { String::new() } else { table.render() + "\n" };
    text.push_str(&format!("{}\n", tally.sentence()));
    text.push_str(&problems(&rows));
    text
}

fn gather<'a>(seen: &'a Seen, outside: &str, is_shown: bool, rows: &mut Vec<Row<'a>>, tally: &mut Tally) {
    let name = format!("{outside}{}", seen.path);
    tally.count(seen);
    if is_shown || matters(seen) {
        rows.push(Row { name: name.clone(), seen });
    }
    for entry in seen.entries() {
        gather(entry, &format!("{name}:"), false, rows, tally);
    }
}

/// The sentences of the problems, which have no room in the table.
fn problems(rows: &[Row<'_>]) -> String {
    let sentences = rows.iter().flat_map(|row| {
        row.seen
            .problems()
            .into_iter()
            .map(|(code, message)| one_line(&format!("{}: {message} ({code})", row.name)) + "\n")
    });
    let text: String = sentences.collect();
    if text.is_empty() { text } else { format!("\n{text}") }
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
