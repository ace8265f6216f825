//! Go's text templates as GoReleaser fills them in, to the few placeholders of xbuild.
//!
//! Fields that name the version, the commit or the platform have a placeholder; those that are known now (the project's name,
//! variables that the file sets) are written out. Everything else is lost, and what holds it is left out by its owner. Templates
//! with control flow are lost as a whole: they are programs.

use std::collections::HashMap;

/// A stretch of a translated text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text as it is.
    Text(String),
    /// A placeholder of xbuild, without its braces.
    Fill(&'static str),
    /// What has no counterpart: the action between the braces.
    Lost(String),
}

/// Something that was translated, and means a little less or something else now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// The time of the build became that of the commit.
    WallClock,
    /// The short hash became the whole one.
    ShortCommit,
    /// The tag became `v` and the version.
    Tag,
}

impl Remark {
    /// What to say of it.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::WallClock => {
                "embeds the time of the build, which differs each time: it is the commit's time now, `{commit-time}`"
            }
            Self::ShortCommit => "names the short commit: it is the whole hash now, `{commit}`",
            Self::Tag => "names the Git tag: it is `v{version}` now",
        }
    }
}

/// What is known of a build when it is imported.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) project: String,
    pub(crate) binary: Option<String>,
    pub(crate) module: Option<String>,
    /// Variables that the configuration itself sets.
    pub(crate) env: HashMap<String, Vec<Part>>,
}

/// A text, translated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) parts: Vec<Part>,
    pub(crate) remarks: Vec<Remark>,
}

impl Filled {
    /// The actions that have no counterpart.
    pub(crate) fn lost(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| if let Part::Lost(action) = part { Some(action.as_str()) } else { None })
    }

    /// The text in xbuild's spelling; `None` where something of it is lost.
    pub(crate) fn render(&self) -> Option<String> {
        render(&self.parts)
    }

    /// The text without placeholders; `None` where it has one.
    pub(crate) fn literal(&self) -> Option<String> {
        let text = |part: &Part| if let Part::Text(text) = part { Some(text.clone()) } else { None };
        self.parts.iter().map(text).collect()
    }
}

/// Parts in xbuild's spelling: placeholders in braces, braces doubled.
pub(crate) fn render(parts: &[Part]) -> Option<String> {
    let one = |part: &Part| match part {
        Part::Text(text) => Some(text.replace('{', "{{").replace('}', "}}")),
        Part::Fill(word) => Some(format!("{{{word}}}")),
        Part::Lost(_) => None,
    };
    parts.iter().map(one).collect()
}

/// Words that make a template a program.
const CONTROL: [&str; 10] = ["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"];

/// Translates a template.
pub(crate) fn translate(text: &str, known: &Known) -> Filled {
    let mut filled = Filled::default();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let after = &rest[start + 2..];
        let Some(end) = after.find("}}") else { break };
        let (before, action) = (&rest[..start], &after[..end]);
        rest = &after[end + 2..];
        let trims_before = action.starts_with("- ") || action == "-";
        let action = action.strip_prefix("- ").unwrap_or(action);
        let (action, trims_after) = action.strip_suffix(" -").map_or((action, false), |action| (action, true));
        let before = if trims_before { before.trim_end() } else { before };
        push_text(&mut filled.parts, before);
        let action = action.trim();
        if is_program(action) {
            return Filled { parts: vec![Part::Lost(text.to_owned())], remarks: Vec::new() };
        }
        if !action.starts_with("/*") {
            let (parts, remark) = one(action, known);
            parts.into_iter().for_each(|part| push(&mut filled.parts, part));
            filled.remarks.extend(remark);
        }
        rest = if trims_after { rest.trim_start() } else { rest };
    }
    push_text(&mut filled.parts, rest);
    filled
}

fn is_program(action: &str) -> bool {
    let first = action.split_whitespace().next().unwrap_or_default();
    CONTROL.contains(&first) || first.starts_with('$')
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    push(parts, Part::Text(text.to_owned()));
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (_, Part::Text(text)) if text.is_empty() => {}
        (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
        (_, part) => parts.push(part),
    }
}

/// Fields with a placeholder of the same meaning.
const FILLS: [(&str, &str); 7] = [
    ("Version", "version"),
    ("Commit", "commit"),
    ("FullCommit", "commit"),
    ("CommitDate", "commit-time"),
    ("Os", "os"),
    ("Arch", "arch"),
    ("Ext", "exe"),
];

/// What an action stands for.
fn one(action: &str, known: &Known) -> (Vec<Part>, Option<Remark>) {
    let words: Vec<&str> = action.split_whitespace().collect();
    let constant = |text: &str| Some((vec![Part::Text(text.to_owned())], None));
    let found = match words.as_slice() {
        ["tolower", ".Os"] => Some((vec![Part::Fill("os")], None)),
        ["tolower", ".Arch"] => Some((vec![Part::Fill("arch")], None)),
        ["trimprefix", ".Tag", "\"v\"" | "`v`"] => Some((vec![Part::Fill("version")], None)),
        [word] => word.strip_prefix('.').map_or_else(|| constant(string(word)?), |name| field(name, known)),
        _ => None,
    };
    found.unwrap_or_else(|| (vec![Part::Lost(action.to_owned())], None))
}

fn field(name: &str, known: &Known) -> Option<(Vec<Part>, Option<Remark>)> {
    let text = |text: &String| (vec![Part::Text(text.clone())], None);
    match name {
        "Date" => Some((vec![Part::Fill("commit-time")], Some(Remark::WallClock))),
        "ShortCommit" => Some((vec![Part::Fill("commit")], Some(Remark::ShortCommit))),
        "Tag" => Some((vec![Part::Text("v".into()), Part::Fill("version")], Some(Remark::Tag))),
        "ProjectName" => Some(text(&known.project)),
        "Binary" => known.binary.as_ref().map(text),
        "ModulePath" => known.module.as_ref().map(text),
        _ => match name.strip_prefix("Env.") {
            Some(variable) => known.env.get(variable).map(|parts| (parts.clone(), None)),
            None => FILLS.iter().find(|(field, _)| *field == name).map(|(_, word)| (vec![Part::Fill(word)], None)),
        },
    }
}

/// A constant of Go between quotes, without escapes.
fn string(word: &str) -> Option<&str> {
    let inner = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    inner('`').or_else(|| inner('"')).filter(|text| !text.contains(['\\', '"', '`']))
}

/// The variable that a text is, whole: `{{ .Env.NAME }}`.
pub(crate) fn whole_variable(text: &str) -> Option<&str> {
    let action = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let name = action.trim().strip_prefix(".Env.")?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let env = HashMap::from([("REGION".to_owned(), vec![Part::Text("eu".into())])]);
        let known = Known { project: "fleet".into(), binary: Some("hub".into()), module: None, env };
        let filled = translate(text, &known);
        let answer = filled.render().unwrap_or_else(|| format!("lost: {}", filled.lost().unwrap_or_default()));
        assert_eq!(answer, expect, "{text}");
    }

    #[test]
    fn fields_become_placeholders() {
        check("-X main.v={{.Version}} {{ .Commit }}", "-X main.v={version} {commit}");
        check("{{ .FullCommit }}{{ .CommitDate }}", "{commit}{commit-time}");
        check("{{.Os}}_{{.Arch}}{{.Ext}}", "{os}_{arch}{exe}");
        check("{{ tolower .Os }} {{ trimprefix .Tag \"v\" }}", "{os} {version}");
    }

    #[test]
    fn what_is_known_is_written_out() {
        check("{{ .ProjectName }}-{{ .Binary }}-{{ .Env.REGION }}", "fleet-hub-eu");
        check("{{ \"a\" }}{{ `b` }}{{/* no */}}", "ab");
    }

    #[test]
    fn braces_of_the_text_are_doubled() {
        check("{a}", "{{a}}");
        check("{{ .Version", "{{{{ .Version");
    }

    #[test]
    fn dashes_trim_white_space() {
        check("a  {{- .Os -}}  b", "a{os}b");
        check("{{-1}}", "lost: -1");
    }

    #[test]
    fn everything_else_is_lost() {
        check("{{ .Env.TOKEN }}", "lost: .Env.TOKEN");
        check("{{ .Target }}", "lost: .Target");
        check("{{ if .IsSnapshot }}x{{ end }}", "lost: {{ if .IsSnapshot }}x{{ end }}");
        check("{{ .Now.Format \"2006\" }}", "lost: .Now.Format \"2006\"");
    }

    #[test]
    fn a_variable_alone_is_told() {
        assert_eq!(whole_variable("{{ .Env.TOKEN }}"), Some("TOKEN"));
        assert_eq!(whole_variable("x{{ .Env.TOKEN }}"), None);
        assert_eq!(whole_variable("{{ .Env.A }}{{ .Env.B }}"), None);
    }
}
