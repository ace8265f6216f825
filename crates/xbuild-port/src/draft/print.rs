//! The text of a draft, as a person would lay it out: names bare, data quoted, long lines broken.

use xbuild_kdl::{Item, Printer, Scalar};
use xbuild_model::Name;
use xbuild_platform::Platform;

use super::profiles::{Profile, Profiles};
use super::{Archive, Builder, Condition, Draft, Files, Given, Settings, Slot, Target, Toolchain, Value, When};

/// The longest line, in bytes.
const WIDTH: usize = 100;

/// Prints the file.
pub(crate) fn print(draft: &Draft, defaults: &Settings, profiles: &Profiles) -> String {
    let mut out = Printer::new();
    comments(&mut out, &draft.head);
    if let Some(project) = &draft.project {
        out.gap();
        comments(&mut out, &project.comments);
        let version = project.version.as_ref().map(|version| Item::Property("version", Scalar::String(version)));
        out.field("project", std::iter::once(word(&project.name)).chain(version));
    }
    out.gap();
    draft.toolchains.iter().for_each(|toolchain| self::toolchain(&mut out, toolchain));
    out.gap();
    comments(&mut out, &draft.before_profiles);
    profiles.list.iter().for_each(|profile| self::profile(&mut out, profile));
    if !defaults.slots.is_empty() || !defaults.env.is_empty() {
        out.gap();
        out.block("defaults", [], |out| settings(out, defaults));
    }
    for (index, one) in draft.targets.iter().enumerate() {
        out.gap();
        target(&mut out, one, profiles.named(index).map(Name::as_str));
    }
    out.gap();
    comments(&mut out, &draft.foot);
    out.finish()
}

fn word(text: &str) -> Item<'_> {
    Item::Argument(Scalar::Word(text))
}

fn comments(out: &mut Printer, lines: &[String]) {
    lines.iter().flat_map(|line| wrapped(line)).for_each(|line| out.comment(&line));
}

/// A comment's lines; what is indented by its writer stays as it is.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    if text.starts_with(' ') {
        return vec![text.to_owned()];
    }
    for word in text.split_whitespace() {
        let line = lines.last_mut().map(|line| (line.len(), line));
        match line {
            Some((length, line)) if length == 0 || length + word.len() < WIDTH => {
                if length > 0 {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn toolchain(out: &mut Printer, toolchain: &Toolchain) {
    comments(out, &toolchain.comments);
    let mut items = vec![word(toolchain.name), toolchain.version.as_str().into()];
    if let Some(path) = &toolchain.program {
        items.push(Item::Property("kind", Scalar::Word("tool")));
        items.push(Item::Property("path", Scalar::String(path)));
    }
    out.field("toolchain", items);
}

fn profile(out: &mut Printer, profile: &Profile) {
    let texts: Vec<String> = profile.platforms.iter().map(Platform::to_string).collect();
    let length: usize = profile.name.len() + texts.iter().map(|text| text.len() + 3).sum::<usize>();
    let mut items = vec![word(&profile.name)];
    let mut last = None;
    let mut column = 8 + profile.name.len();
    for (platform, text) in profile.platforms.iter().zip(&texts) {
        // A long list has a line for each operating system, or more where one is too long.
        let is_full = column + text.len() + 3 > WIDTH - 2;
        if length > WIDTH - 10 && (is_full || last.is_some_and(|os| os != platform.os())) {
            items.push(Item::Break);
            column = 4;
        }
        last = Some(platform.os());
        column += text.len() + 3;
        items.push(text.into());
    }
    out.field("profile", items);
}

fn target(out: &mut Printer, target: &Target, profile: Option<&str>) {
    comments(out, &target.comments);
    out.block("target", [word(&target.name)], |out| {
        builder(out, target);
        if target.platforms.is_empty() {
            out.field("noarch", []);
        }
        if let Some(profile) = profile {
            out.field("profiles", [word(profile)]);
        }
        if let Some(cwd) = &target.cwd {
            out.field("cwd", [cwd.into()]);
        }
        variables(out, &target.settings);
        target.files.iter().for_each(|files| self::files(out, files));
        target.archive.iter().for_each(|archive| self::archive(out, archive));
        target.whens.iter().for_each(|when| self::when(out, when));
        comments(out, &target.foot);
    });
}

fn builder(out: &mut Printer, target: &Target) {
    let (kind, package, bin) = match &target.builder {
        Builder::Go { package, bin } => ("go", Item::from(package), bin),
        Builder::Cargo { package, bin } => ("cargo", word(package), bin),
        Builder::Command { words } => {
            let (program, arguments) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
            return out.field("command", std::iter::once(word(program)).chain(arguments.iter().map(Item::from)));
        }
    };
    let bin = bin.as_ref().map(|bin| Item::Property("bin", Scalar::Word(bin)));
    let items = std::iter::once(package).chain(bin);
    if target.settings.slots.is_empty() {
        out.field(kind, items);
    } else {
        out.block(kind, items, |out| slots(out, &target.settings.slots));
    }
}

/// Settings where no builder is named: a block `go` around its own.
fn settings(out: &mut Printer, settings: &Settings) {
    if settings.slots.iter().any(|slot| slot.value.is_some()) {
        out.block("go", [], |out| slots(out, &settings.slots));
    } else {
        settings.slots.iter().for_each(|slot| comments(out, &slot.comments));
    }
    variables(out, settings);
}

fn slots(out: &mut Printer, slots: &[Slot]) {
    for slot in slots {
        comments(out, &slot.comments);
        match &slot.value {
            None => {}
            Some(Value::Bool(value)) => out.field(slot.word, [(*value).into()]),
            Some(Value::Text(text)) => out.field(slot.word, [text.into()]),
            Some(Value::Clear) => out.field(slot.word, [Item::Argument(Scalar::Null)]),
            Some(Value::List(list)) => out.field(slot.word, broken(slot.word, list)),
        }
    }
}

/// The values of a list, broken where the line would be too long.
fn broken<'a>(name: &str, list: &'a [String]) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    let mut length = 8 + name.len();
    for text in list {
        let shown = if name == "tags" { word(text) } else { text.into() };
        if length + text.len() + 3 > WIDTH && !items.is_empty() {
            items.push(Item::Break);
            length = 12;
        }
        length += text.len() + 3;
        items.push(shown);
    }
    items
}

fn variables(out: &mut Printer, settings: &Settings) {
    for variable in &settings.env {
        comments(out, &variable.comments);
        match &variable.value {
            None => {}
            Some(Given::Text(text)) => out.field("env", [Item::Property(&variable.name, Scalar::String(text))]),
            Some(Given::Pass) => out.field("env-pass", [word(&variable.name)]),
        }
    }
}

fn files(out: &mut Printer, files: &Files) {
    comments(out, &files.comments);
    out.field("inputs", files.inputs.iter().map(Item::from));
    out.field("outputs", files.outputs.iter().map(Item::from));
}

fn archive(out: &mut Printer, archive: &Archive) {
    comments(out, &archive.comments);
    if archive.formats.is_empty() {
        return out.field("archive", [Item::Argument(Scalar::Null)]);
    }
    let formats = archive.formats.iter().map(|format| Item::Argument(Scalar::String(format.as_str())));
    let name = archive.name.as_ref().map(|name| Item::Property("name", Scalar::String(name)));
    let items = formats.chain(name);
    if archive.add.is_empty() {
        out.field("archive", items);
    } else {
        out.block("archive", items, |out| out.field("add", broken("add", &archive.add)));
    }
}

fn when(out: &mut Printer, when: &When) {
    let sets = when.archive.is_some()
        || when.settings.slots.iter().any(|slot| slot.value.is_some())
        || when.settings.env.iter().any(|variable| variable.value.is_some());
    let (name, value) = match &when.condition {
        Condition::Os(os) => ("os", os.clone()),
        Condition::Platforms(list) => ("platform", list.iter().map(Platform::to_string).collect::<Vec<_>>().join("|")),
    };
    if !sets {
        // A `when` must set something: what is only said stands in the target.
        out.comment(&format!("on {}:", value.replace('|', ", ")));
        return settings(out, &when.settings);
    }
    let value = if name == "os" { Scalar::Word(&value) } else { Scalar::String(&value) };
    out.block("when", [Item::Property(name, value)], |out| {
        settings(out, &when.settings);
        when.archive.iter().for_each(|archive| self::archive(out, archive));
    });
}
