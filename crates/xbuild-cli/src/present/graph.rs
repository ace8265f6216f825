//! A plan as a picture: Graphviz' `dot` and Mermaid's `flowchart`. A target is a box around its cells, and an arrow leads from
//! what is needed to what needs it. Every verdict is said in words; its colour only repeats it.

use std::collections::BTreeMap;

use xbuild_plan::{PlannedCell, Reason, Verdict};

use crate::present::cell::by_target;
use crate::present::harmless::harmless;

/// The longest reason that a node shows, in characters.
const LONGEST: usize = 48;

/// How a verdict looks: its fill and its outline.
const fn colors(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Cached => ("#d7f0dc", "#2e7d4f"),
        Verdict::Build => ("#ffe3b8", "#b26a00"),
        Verdict::Unknown => ("#e6e6ea", "#6b6b76"),
    }
}

/// A graph for Graphviz.
pub(crate) fn dot(name: &str, cells: &[PlannedCell]) -> String {
    let mut text = format!("digraph {} {{\n    rankdir=LR;\n", dot_quoted(name));
    text.push_str("    graph [fontname=\"Helvetica\", style=\"rounded\", color=\"#9a9aa5\"];\n");
    text.push_str("    node [fontname=\"Helvetica\", shape=box, style=\"rounded,filled\"];\n");
    for (target, cells) in by_target(cells) {
        text.push_str(&format!("    subgraph {} {{\n", dot_quoted(&format!("cluster_{target}"))));
        text.push_str(&format!("        label={};\n", dot_quoted(&title(target, &cells))));
        for cell in cells {
            let (fill, line) = colors(cell.verdict);
            let label = lines(cell).iter().map(|line| dot_escaped(line)).collect::<Vec<_>>().join("\\n");
            let id = dot_quoted(&cell.identity.id);
            text.push_str(&format!("        {id} [label=\"{label}\", fillcolor=\"{fill}\", color=\"{line}\"];\n"));
        }
        text.push_str("    }\n");
    }
    for cell in cells {
        for need in &cell.needs {
            text.push_str(&format!("    {} -> {};\n", dot_quoted(&need.cell), dot_quoted(&cell.identity.id)));
        }
    }
    text + "}\n"
}

/// A flowchart for Mermaid. Names are numbers, so that no id can be a word of its language.
pub(crate) fn mermaid(cells: &[PlannedCell]) -> String {
    let mut text = String::from("flowchart LR\n");
    let numbers: BTreeMap<&str, usize> = (0..).zip(cells).map(|(number, cell)| (&*cell.identity.id, number)).collect();
    for (index, (target, cells)) in by_target(cells).into_iter().enumerate() {
        text.push_str(&format!("    subgraph t{index}[\"{}\"]\n", mermaid_escaped(&title(target, &cells))));
        for cell in cells {
            let number = numbers[cell.identity.id.as_str()];
            let label = lines(cell).iter().map(|line| mermaid_escaped(line)).collect::<Vec<_>>().join("<br/>");
            text.push_str(&format!("        c{number}[\"{label}\"]:::{}\n", cell.verdict.as_str()));
        }
        text.push_str("    end\n");
    }
    for (to, cell) in cells.iter().enumerate() {
        for from in cell.needs.iter().filter_map(|need| numbers.get(need.cell.as_str())) {
            text.push_str(&format!("    c{from} --> c{to}\n"));
        }
    }
    for verdict in [Verdict::Cached, Verdict::Build, Verdict::Unknown] {
        if cells.iter().any(|cell| cell.verdict == verdict) {
            let (fill, line) = colors(verdict);
            text.push_str(&format!("    classDef {} fill:{fill},stroke:{line},color:#1c1c22\n", verdict.as_str()));
        }
    }
    text
}

fn title(target: &str, cells: &[&PlannedCell]) -> String {
    let builder = cells.first().map(|cell| cell.builder.as_str()).unwrap_or_default();
    format!("{target} ({builder})")
}

/// What a node says: where it runs, its axes, what would happen and the first reason.
fn lines(cell: &PlannedCell) -> Vec<String> {
    let identity = &cell.identity;
    let platform = identity.platform.map_or_else(|| "any platform".to_owned(), |platform| platform.to_string());
    let place: Vec<String> = identity.profile.iter().cloned().chain([platform]).collect();
    let axes: Vec<String> = identity.axes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let verdict = cell.verdict.as_str();
    let outcome = cell.why.first().map_or_else(|| verdict.to_owned(), |why| format!("{verdict}: {}", short(why)));
    let all = [place.join(" "), axes.join(" "), outcome];
    all.into_iter().filter(|line| !line.is_empty()).map(|line| harmless(&line).replace(['\n', '\t'], " ")).collect()
}

fn short(reason: &Reason) -> String {
    let sentence = reason.sentence();
    if sentence.chars().count() <= LONGEST {
        return sentence;
    }
    sentence.chars().take(LONGEST - 1).chain(['…']).collect()
}

fn dot_quoted(text: &str) -> String {
    format!("\"{}\"", dot_escaped(text))
}

fn dot_escaped(text: &str) -> String {
    harmless(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// Mermaid reads `#35;` as the character with that number. Whatever might be a word of its language is written so.
fn mermaid_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in harmless(text).chars() {
        if character.is_alphanumeric() || " -_./,:=@+()…→".contains(character) {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("#{};", u32::from(character)));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_quotes() {
        assert_eq!(dot_quoted("a\"b\\c\u{1b}"), r#""a\"b\\c\\u{1b}""#);
        assert_eq!(mermaid_escaped("a\"]b<br>#;`"), "a#34;#93;b#60;br#62;#35;#59;#96;");
    }
}
