//! Diagnostics as people and as programs read them: the same fields in both.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, Severity, SourceCode};
use serde_json::{Value, json as value};
use xbuild_kdl::Lines;

use crate::context::Problem;
use crate::present::harmless::{harmless, harmless_but_colors, is_unsafe};

/// A text that labels point into.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What stands below a message besides its help.
#[derive(Debug, Clone, Default)]
pub(crate) struct Note {
    /// A line of evidence.
    pub(crate) note: Option<String>,
    /// A tool's own words, untouched.
    pub(crate) output: Option<String>,
}

/// A diagnostic as it is drawn: with its text, and without its help, which comes after the note.
struct Drawn<'a> {
    inner: &'a dyn Diagnostic,
    source: Option<WholeLines>,
}

/// A text of which whole lines are shown, and only those that labels point into.
struct WholeLines(NamedSource<String>);

impl SourceCode for WholeLines {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        // Without context it is asked where a label stands; with context, what to draw.
        if (before, after) == (0, 0) {
            return self.0.read_span(span, 0, 0);
        }
        let text = self.0.inner();
        let end = (span.offset() + span.len()).min(text.len());
        let bytes = text.as_bytes();
        let first =
            bytes[..span.offset().min(text.len())].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let last = bytes[end..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| end + at);
        self.0.read_span(&(first, last - first).into(), 0, 0)
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.inner, f)
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.inner.to_string()))
    }
}

impl std::error::Error for Drawn<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source()
    }
}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.inner.code()
    }

    fn severity(&self) -> Option<Severity> {
        self.inner.severity()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref()?;
        self.inner.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.inner.related()
    }
}

/// Offset and length.
type Span = (usize, usize);

/// The longest line that is drawn, in bytes. Of a longer one only the place is told: nobody finds anything in it, and
/// `miette` cannot draw beyond column 65,535.
const LONGEST_LINE: usize = 1_000;

/// The text with everything that could act on a terminal replaced in the lines that the spans touch, at equal length so that
/// offsets hold. `None` where such a line is too long to be drawn.
fn excerpt(text: &str, spans: &[Span]) -> Option<String> {
    let end = |(offset, length): &Span| (offset + length).min(text.len());
    let first = spans.iter().map(|span| span.0.min(text.len())).min()?;
    let last = spans.iter().map(end).max()?;
    let bytes = text.as_bytes();
    let first = bytes[..first].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let last = bytes[last..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| last + at);
    let lines = &text[first..last];
    let drawable = lines.lines().all(|line| line.len() <= LONGEST_LINE);
    drawable.then(|| [&text[..first], &same_length(lines), &text[last..]].concat())
}

/// The same number of bytes, and nothing that moves a cursor, changes colours or reorders what is read.
fn same_length(lines: &str) -> String {
    let one = |character: char| match character {
        '\t' => String::from(character),
        _ if is_unsafe(character) => "?".repeat(character.len_utf8()),
        _ => String::from(character),
    };
    let line = |line: &str| {
        let content = line.trim_end_matches('\n');
        let content = content.strip_suffix('\r').unwrap_or(content);
        content.chars().map(one).collect::<String>() + &line[content.len()..]
    };
    lines.split_inclusive('\n').map(line).collect()
}

/// Where the labels stand, a line each, for lines that are not drawn.
fn places(problem: &dyn Diagnostic, source: &Source) -> String {
    let lines = Lines::new(&source.text);
    let place = |label: LabeledSpan| {
        let (line, column) = lines.line_column(label.offset());
        let words = label.label().map(|words| format!(": {words}")).unwrap_or_default();
        format!("  at {}:{line}:{column}{words}\n", source.name)
    };
    problem.labels().into_iter().flatten().map(place).collect()
}

/// For people.
pub(crate) fn human(
    problem: &(dyn Diagnostic + Send + Sync),
    source: Option<&Source>,
    note: &Note,
    color: bool,
) -> String {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100).with_context_lines(1);
    let spans: Vec<Span> = problem.labels().into_iter().flatten().map(|label| (label.offset(), label.len())).collect();
    let excerpt = source.and_then(|source| Some((source, excerpt(&source.text, &spans)?)));
    let drawn = Drawn {
        inner: problem,
        source: excerpt.as_ref().map(|(source, text)| WholeLines(NamedSource::new(source.name.clone(), text.clone()))),
    };
    let mut text = String::new();
    if handler.render_report(&mut text, &drawn).is_err() {
        text = problem.to_string();
    }
    let mut text = tidy(&if color { harmless_but_colors(&text) } else { harmless(&text) });
    if let (None, Some(source)) = (&excerpt, source) {
        text.push_str(&harmless(&places(problem, source)));
    }
    if let Some(output) = &note.output {
        text.push_str(&indented(output));
    }
    for (word, line) in [("note", note.note.clone()), ("help", problem.help().map(|help| help.to_string()))] {
        if let Some(line) = line {
            text.push_str(&format!("  {word}: {}\n", harmless(&line).replace('\n', "\n        ")));
        }
    }
    text
}

/// The drawing without the blank line between code and message, and without trailing blanks.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

fn indented(output: &str) -> String {
    output.lines().map(|line| format!("  │ {line}\n")).collect()
}

/// For programs: the document of the contract.
pub(crate) fn json(problems: &[(&Problem, Note)], source: Option<&Source>) -> Value {
    document(&entries(problems, source))
}

/// The document that holds these entries.
pub(crate) fn document(entries: &[Value]) -> Value {
    value!({ "format": 1, "diagnostics": entries })
}

/// The document's entries, one for each problem.
pub(crate) fn entries(problems: &[(&Problem, Note)], source: Option<&Source>) -> Vec<Value> {
    let lines = source.map(|source| Lines::new(&source.text));
    let entry = |(problem, note): &(&Problem, Note)| {
        let mut entry = one(problem.as_ref(), source, lines.as_ref());
        entry["note"] = value!(note.note);
        entry["output"] = value!(note.output);
        entry
    };
    problems.iter().map(entry).collect()
}

fn one(problem: &dyn Diagnostic, source: Option<&Source>, lines: Option<&Lines>) -> Value {
    let severity = match problem.severity() {
        None | Some(Severity::Error) => "error",
        Some(Severity::Warning) => "warning",
        Some(Severity::Advice) => "advice",
    };
    let mut message = problem.to_string();
    let mut cause = std::error::Error::source(&problem_error(problem)).map(ToString::to_string);
    if let Some(cause) = cause.take() {
        message = format!("{message}: {cause}");
    }
    let labels: Vec<LabeledSpan> = problem.labels().into_iter().flatten().collect();
    let has_primary = labels.iter().any(LabeledSpan::primary);
    let labels: Vec<Value> = labels
        .iter()
        .enumerate()
        .filter_map(|(position, label)| {
            let (line, column) = lines?.line_column(label.offset());
            let primary = label.primary() || (!has_primary && position == 0);
            Some(value!({
                "offset": label.offset(), "length": label.len(), "line": line, "column": column,
                "text": label.label().unwrap_or_default(), "primary": primary,
            }))
        })
        .collect();
    let related = problem.related().into_iter().flatten().map(|problem| one(problem, source, lines));
    value!({
        "code": problem.code().map(|code| code.to_string()),
        "severity": severity,
        "message": message,
        "help": problem.help().map(|help| help.to_string()),
        "url": problem.url().map(|url| url.to_string()),
        "file": source.map(|source| source.name.clone()),
        "labels": labels,
        "note": null,
        "output": null,
        "related": related.collect::<Vec<Value>>(),
    })
}

/// The causes of a diagnostic, as an error.
fn problem_error<'a>(problem: &'a dyn Diagnostic) -> Drawn<'a> {
    Drawn { inner: problem, source: None }
}
