//! Markdown, as far as the tests need it: fenced blocks, links, headings.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The words after the fence: `kdl-wrong quote-me`.
    pub(crate) info: String,
    /// The line of the fence, from 1.
    pub(crate) line: usize,
    /// What is inside.
    pub(crate) text: String,
}

/// A line as it counts: text, or inside a block.
enum Line<'t> {
    Text(&'t str),
    Open(&'t str),
    Inside(&'t str),
    Close,
}

fn lines(markdown: &str) -> impl Iterator<Item = (usize, Line<'_>)> {
    let mut inside = false;
    markdown.lines().zip(1..).map(move |(line, number)| {
        let fence = line.trim_start().strip_prefix("```");
        let kind = match (inside, fence) {
            (false, Some(info)) => Line::Open(info.trim()),
            (false, None) => Line::Text(line),
            (true, Some("")) => Line::Close,
            (true, _) => Line::Inside(line),
        };
        inside = matches!(kind, Line::Open(_) | Line::Inside(_));
        (number, kind)
    })
}

/// The fenced blocks, in order.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (line, kind) in lines(markdown) {
        match kind {
            Line::Open(info) => blocks.push(Block { info: info.to_owned(), line, text: String::new() }),
            Line::Inside(text) => {
                if let Some(block) = blocks.last_mut() {
                    block.text += text;
                    block.text.push('\n');
                }
            }
            Line::Text(_) | Line::Close => {}
        }
    }
    blocks
}

/// The targets of `[text](target)`, with their lines; not those in code.
pub(crate) fn links(markdown: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, kind) in lines(markdown) {
        let Line::Text(line) = kind else { continue };
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        links.extend(targets.map(|(target, _)| (number, target.to_owned())));
    }
    links
}

/// The anchors of the headings, as mdBook and GitHub make them.
pub(crate) fn anchors(markdown: &str) -> Vec<String> {
    let heading = |line: &str| line.starts_with('#').then(|| anchor(line.trim_start_matches('#').trim()));
    lines(markdown).filter_map(|(_, kind)| if let Line::Text(line) = kind { heading(line) } else { None }).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn blocks_are_found_with_their_marks() {
    let found = blocks("a\n```kdl-wrong quote-me\nx\n\ny\n```\n```\nz\n```\n");
    let seen: Vec<_> = found.iter().map(|block| (block.info.as_str(), block.line, block.text.as_str())).collect();
    assert_eq!(seen, [("kdl-wrong quote-me", 2, "x\n\ny\n"), ("", 7, "z\n")]);
}

#[test]
fn links_in_code_do_not_count() {
    let found = links("[a](b.md) and [c](d.md#e) `[f](g)`\n```\n[h](i)\n```\n");
    assert_eq!(found, [(1, "b.md".to_owned()), (1, "d.md#e".to_owned())]);
}

#[test]
fn anchors_are_spelled_as_mdbook_spells_them() {
    assert_eq!(anchors("# `xbuild.lock`\n## Exit codes: all\n```\n# no\n```\n"), ["xbuildlock", "exit-codes-all"]);
}
