//! Plain tables: columns as wide as their widest cell, no frame, nothing that needs a colour.

use crate::present::harmless::one_line;

/// Rows of text under headings.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// The longest cell that makes its column wide; a longer one moves the rest of its own row.
    widest: Option<usize>,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|heading| (*heading).to_owned()).collect()], widest: None }
    }

    /// The same, with columns that no cell above so many characters makes wider.
    pub(crate) fn with_columns_up_to(mut self, widest: usize) -> Self {
        self.widest = Some(widest);
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell)).collect());
    }

    /// The table as text, each line ended.
    pub(crate) fn render(&self) -> String {
        self.lines().concat()
    }

    /// The lines of the table, the headings first, each ended.
    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = self.widest.unwrap_or(usize::MAX);
        let width = |column: usize| {
            let widths = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            widths.filter(|width| *width <= widest).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}", width = widths[column]));
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        self.rows.iter().map(line).collect()
    }
}

/// A number of bytes for people: `9.1 MB`.
pub(crate) fn bytes(size: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = size as f64;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{size} B") } else { format!("{value:.1} {}", units[unit]) }
}

/// A time for people: `0.42 s`, `3 min 10 s`.
pub(crate) fn duration(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.2} s")
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["cell", "size"]);
        table.row(vec!["edge/π@linux/arm64".into(), "1 B".into()]);
        table.row(vec!["a".into(), String::new()]);
        assert_eq!(table.render(), "cell                size\nedge/π@linux/arm64  1 B\na\n");
    }

    #[test]
    fn a_cell_that_is_too_long_moves_only_its_own_row() {
        let mut table = Table::new(&["a", "b"]).with_columns_up_to(4);
        table.row(vec!["1234".into(), "x".into()]);
        table.row(vec!["12345".into(), "y".into()]);
        assert_eq!(table.render(), "a     b\n1234  x\n12345  y\n");
    }

    #[test]
    fn sizes_are_rounded_to_three_digits() {
        let shown = [0, 999, 1000, 999_949, 999_950, 14_100_000].map(bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "14.1 MB"]);
    }
}
