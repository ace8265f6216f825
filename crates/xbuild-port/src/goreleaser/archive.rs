//! `archives`: each target's `archive`, its formats, its name and the files beside the program.
//!
//! GoReleaser puts all programs of a platform into one archive; here each target has its own.

use globset::GlobBuilder;
use xbuild_model::ArchiveFormat;

use super::Context;
use super::details::items;
use super::template::{Known, Part, render, translate};
use crate::draft::{Archive, Builder, Condition, Settings, Target, When};
use crate::folder::join;
use crate::note::Notes;
use crate::yaml::{Node, Value};

/// What GoReleaser adds where an archive does not say.
const DEFAULT_FILES: [&str; 6] = ["license*", "LICENSE*", "readme*", "README*", "changelog*", "CHANGELOG*"];

/// How GoReleaser calls an archive where nothing is said, behind the name of the project or of the program.
const DEFAULT_NAME: &str = "_{version}_{os}_{arch}{variant}";

/// More files of one pattern than this are named by their folder.
const MOST_FILES: usize = 20;

/// Keys that are read, or that mean nothing where each target has its own archive.
const READ: [&str; 10] = [
    "id",
    "ids",
    "builds",
    "format",
    "formats",
    "format_overrides",
    "name_template",
    "files",
    "meta",
    "allow_different_binary_count",
];

/// Gives each target its archive. `ids` are those of the targets' builds.
pub(super) fn archives(context: &Context<'_>, targets: &mut [Target], ids: &[String], notes: &mut Notes) {
    let made_up = Node { place: context.root.place, span: None, value: Value::Map(Vec::new()) };
    let listed = context.root.get("archives").map_or(&[][..], Node::items);
    let listed = if listed.is_empty() { std::slice::from_ref(&made_up) } else { listed };
    for node in listed {
        let wanted: Vec<String> =
            ["ids", "builds"].iter().filter_map(|key| node.get(key)).flat_map(items).map(|item| item.text).collect();
        let is_member = |index: usize| wanted.is_empty() || ids.get(index).is_some_and(|id| wanted.contains(id));
        let members: Vec<&mut Target> =
            targets.iter_mut().enumerate().filter(|(index, _)| is_member(*index)).map(|(_, target)| target).collect();
        One { context, node, notes, shared: members.len() > 1 }.give(members);
    }
}

/// One entry of `archives`.
struct One<'a, 'n> {
    context: &'a Context<'a>,
    node: &'a Node,
    notes: &'n mut Notes,
    /// Several targets would be in it.
    shared: bool,
}

impl One<'_, '_> {
    fn give(&mut self, members: Vec<&mut Target>) {
        if self.node.get("meta").and_then(Node::text) == Some("true") {
            self.notes.add(Some(self.node.place), "archives.meta", "was not carried over: an archive holds a program");
            return;
        }
        let mut comments = self.lost();
        let formats = self.formats(self.node, &["formats", "format"], &mut comments);
        let all = self.files(&mut comments);
        for target in members {
            if target.archive.is_some() {
                let message =
                    format!("has a second archive for `{}`, and a target has one: it was left out", target.name);
                let comment = self.notes.add(Some(self.node.place), "archives", message);
                target.foot.push(comment);
                continue;
            }
            let name = Some(self.name(target, &formats, &mut comments));
            // A program that is not packed has nothing beside it.
            let add = if formats == [ArchiveFormat::Binary] { Vec::new() } else { all.clone() };
            let archive = Archive { comments: std::mem::take(&mut comments), formats: formats.clone(), name, add };
            self.overrides(target, &archive, &all);
            if archive.formats.is_empty() {
                target.foot.extend(archive.comments);
            } else {
                target.archive = Some(archive);
            }
        }
    }

    /// The keys that nothing is made of.
    fn lost(&mut self) -> Vec<String> {
        let mut comments = Vec::new();
        if self.shared && self.context.root.get("archives").is_some() {
            let message = "puts several programs into one archive: each target has an archive of its own here";
            comments.push(self.notes.add(Some(self.node.place), "archives", message));
        }
        for (key, node) in self.node.entries() {
            let is_default = node.text().is_some_and(|text| matches!(text, "" | "false"));
            if READ.contains(&key.as_str()) || is_default || node.items().is_empty() {
                continue;
            }
            let message = format!("(`{}`) was not carried over: xbuild has no such setting", node.shown());
            comments.push(self.notes.add(Some(node.place), &format!("archives.{key}"), message));
        }
        comments
    }

    fn formats(&mut self, node: &Node, keys: &[&str], comments: &mut Vec<String>) -> Vec<ArchiveFormat> {
        let written: Vec<_> = keys.iter().filter_map(|key| node.get(key)).flat_map(items).collect();
        if written.is_empty() {
            return vec![ArchiveFormat::TarGz];
        }
        let mut formats = Vec::new();
        for item in written {
            match format(&item.text) {
                Some(format) if formats.contains(&format) => {}
                Some(format) => formats.push(format),
                None if item.text == "none" => {}
                None => {
                    let message =
                        format!("`{}` is no format of xbuild: it was left out", xbuild_kdl::printable(&item.text));
                    comments.push(self.notes.add(item.place, "archives.formats", message));
                }
            }
        }
        formats
    }

    /// `when os=windows { archive "zip" … }`, for systems that the target is built for.
    fn overrides(&mut self, target: &mut Target, plain: &Archive, add: &[String]) {
        let mut seen: Vec<String> = Vec::new();
        for node in self.node.get("format_overrides").map_or(&[][..], Node::items) {
            let os = node.get("goos").and_then(Node::text).unwrap_or_default().to_owned();
            let is_built = target.platforms.iter().any(|platform| platform.os().as_str() == os);
            if !is_built || seen.contains(&os) {
                continue;
            }
            seen.push(os.clone());
            let mut comments = Vec::new();
            let formats = self.formats(node, &["formats", "format"], &mut comments);
            if formats != plain.formats {
                let add = if formats == [ArchiveFormat::Binary] { Vec::new() } else { add.to_vec() };
                let archive = Archive { comments, formats, add, ..plain.clone() };
                let when = When { condition: Condition::Os(os), settings: Settings::default(), archive: Some(archive) };
                target.whens.push(when);
            }
        }
    }

    fn name(&mut self, target: &Target, formats: &[ArchiveFormat], comments: &mut Vec<String>) -> String {
        let program = match &target.builder {
            Builder::Go { bin: Some(bin), .. } | Builder::Cargo { bin: Some(bin), .. } => bin.clone(),
            _ => target.name.to_string(),
        };
        let first = if self.shared || formats.contains(&ArchiveFormat::Binary) {
            program.clone()
        } else {
            self.context.project.clone()
        };
        let default = format!("{}{DEFAULT_NAME}", escaped(&first.replace(['/', '\\', ':'], "-")));
        let Some(node) = self.node.get("name_template") else { return default };
        let project = if self.shared { program.clone() } else { self.context.project.clone() };
        let known = Known { project, binary: Some(program), ..Known::default() };
        let text = node.text().unwrap_or_default();
        let rendered = name_parts(text, &known).filter(|name| is_inside(name) && !name.trim().is_empty());
        rendered.unwrap_or_else(|| {
            let message = format!("`{}` has no counterpart: archives have GoReleaser's default names", node.shown());
            comments.push(self.notes.add(Some(node.place), "archives.name_template", message));
            default
        })
    }

    /// The files beside the program.
    fn files(&mut self, comments: &mut Vec<String>) -> Vec<String> {
        let mut add = Vec::new();
        let listed = self.node.get("files").map_or(&[][..], Node::items);
        if listed.is_empty() {
            DEFAULT_FILES
                .iter()
                .for_each(|pattern| self.matching(pattern).into_iter().for_each(|path| put(&mut add, path)));
        }
        for node in listed {
            let source = node.get("src").unwrap_or(node);
            if node.entries().iter().any(|(key, _)| key != "src") {
                let message =
                    format!("(`{}`) gives a file another place or other attributes: it keeps its own", node.shown());
                comments.push(self.notes.add(Some(node.place), "archives.files", message));
            }
            self.file(source, &mut add, comments);
        }
        add
    }

    fn file(&mut self, node: &Node, add: &mut Vec<String>, comments: &mut Vec<String>) {
        let text = node.text().unwrap_or_default();
        let filled = translate(text, &Known { project: self.context.project.clone(), ..Known::default() });
        let is_pattern = text.contains(['*', '?', '[']);
        let paths = match (filled.literal().filter(|_| is_pattern), filled.render()) {
            (Some(pattern), _) => self.matching(&pattern),
            (None, Some(path)) if !is_pattern && !path.is_empty() && is_inside(&path) => vec![path],
            _ => Vec::new(),
        };
        // `none*` is how an archive without files is written.
        if paths.is_empty() && !text.starts_with("none") {
            let message = format!("`{}` names no file of the project: it was left out", node.shown());
            comments.push(self.notes.add(Some(node.place), "archives.files", message));
        }
        paths.into_iter().for_each(|path| put(add, path));
    }

    /// The files that a pattern names, escaped; one folder where they are many.
    fn matching(&self, pattern: &str) -> Vec<String> {
        let glob = GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(true).build();
        let Ok(matcher) = glob.map(|glob| glob.compile_matcher()) else { return Vec::new() };
        let files = self.context.folder.files.iter().filter(|path| matcher.is_match(path) && is_inside(path));
        let mut paths: Vec<String> = files.map(|path| escaped(path)).collect();
        paths.sort();
        if paths.len() <= MOST_FILES {
            return paths;
        }
        let folder =
            pattern.split('/').take_while(|part| !part.contains(['*', '?', '['])).collect::<Vec<_>>().join("/");
        if folder.is_empty() { paths } else { vec![escaped(&folder)] }
    }
}

fn put(list: &mut Vec<String>, path: String) {
    if !list.contains(&path) {
        list.push(path);
    }
}

fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Whether a path stays in the project, as every path of the file must.
fn is_inside(path: &str) -> bool {
    !path.starts_with('/') && !path.contains(['\\', ':']) && join("", path).is_some()
}

fn format(word: &str) -> Option<ArchiveFormat> {
    let word = match word {
        "tgz" => "tar.gz",
        "txz" => "tar.xz",
        "tzst" => "tar.zst",
        other => other,
    };
    ArchiveFormat::ALL.into_iter().find(|format| format.as_str() == word)
}

/// How templates say the level of an architecture; xbuild has one placeholder for all of them.
const LEVELS: [(&str, bool); 5] = [
    ("{{ if .Arm }}v{{ .Arm }}{{ end }}", true),
    ("{{ with .Arm }}v{{ . }}{{ end }}", true),
    ("{{ if not (eq .Amd64 \"v1\") }}{{ .Amd64 }}{{ end }}", false),
    ("{{ if .Mips }}_{{ .Mips }}{{ end }}", false),
    ("{{ with .Mips }}_{{ . }}{{ end }}", false),
];

/// A name's template in xbuild's spelling.
fn name_parts(text: &str, known: &Known) -> Option<String> {
    let mut rest = spaced(text);
    let mut parts = Vec::new();
    while let Some((at, idiom, is_level)) =
        LEVELS.iter().filter_map(|(idiom, is_level)| Some((rest.find(idiom)?, *idiom, *is_level))).min()
    {
        parts.extend(translate(&rest[..at], known).parts);
        parts.extend(is_level.then_some(Part::Fill("variant")));
        rest = rest[at + idiom.len()..].to_owned();
    }
    parts.extend(translate(&rest, known).parts);
    render(&parts)
}

/// The template with one blank inside its braces, and nothing where dashes trim.
fn spaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((action, after)) = after.split_once("}}") else { break };
        let trims_before = action.starts_with("- ");
        let trims_after = action.ends_with(" -");
        out.push_str(if trims_before { before.trim_end() } else { before });
        let action = action.strip_prefix("- ").unwrap_or(action);
        let action = action.strip_suffix(" -").unwrap_or(action).trim();
        out.push_str(&format!("{{{{ {action} }}}}"));
        rest = if trims_after { after.trim_start() } else { after };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&str>) {
        let known = Known { project: "fleet".into(), ..Known::default() };
        assert_eq!(name_parts(text, &known).as_deref(), expect, "{text}");
    }

    #[test]
    fn names_with_plain_fields_are_carried_over() {
        check("{{.ProjectName}}-{{ .Version }}", Some("fleet-{version}"));
        check(
            "{{ .ProjectName }}_\n{{- .Os }}_{{ .Arch }}\n{{- if .Arm }}v{{ .Arm }}{{ end }}",
            Some("fleet_{os}_{arch}{variant}"),
        );
        check("a{{ if not (eq .Amd64 \"v1\") }}{{ .Amd64 }}{{ end }}b", Some("ab"));
    }

    #[test]
    fn names_that_compute_are_not() {
        check("{{ title .Os }}", None);
        check("{{ if eq .Arch \"amd64\" }}x86_64{{ else }}{{ .Arch }}{{ end }}", None);
    }
}
