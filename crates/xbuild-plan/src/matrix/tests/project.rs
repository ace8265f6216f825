//! Projects written in a few words, one setting a line, so that a test shows what it is about.
//!
//! Indentation stands for blocks: declarations at the margin, their settings at two spaces, those of a `when` at four. Origins are the
//! places of the words. Only what the tests of this crate need is understood; anything else fails the test.

use xbuild_model::{
    Axis, Builder, BuilderKind, CcChoice, Condition, Dep, Dimension, Exclude, Image, Include, Layer, Op, Origin,
    Profile, Project, Setting, Settings, Slot, Spanned, Target, Template, Term, Toolchain, ToolchainKind, Value, When,
};

#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    origin: Origin,
}

impl<'a> Word<'a> {
    fn parse<T: std::str::FromStr<Err: std::fmt::Debug>>(self) -> Spanned<T> {
        Spanned::new(self.text.parse().expect(self.text), self.origin)
    }

    fn template(self) -> Spanned<Template> {
        Spanned::new(Template::parse(self.text).expect(self.text), self.origin)
    }

    fn pair(self) -> Option<(Word<'a>, Word<'a>)> {
        let (key, value) = self.text.split_once('=')?;
        Some((Word { text: key, origin: self.origin }, Word { text: value, origin: self.origin }))
    }
}

/// Reads a project.
pub(crate) fn project(text: &str) -> Project {
    let mut project = Project::default();
    let mut block = Block::Top;
    for line in text.split_inclusive('\n') {
        let words: Vec<Word<'_>> = words(text, line);
        let indent = line.len() - line.trim_start().len();
        match (words.split_first(), indent) {
            (None, _) => {}
            (Some((head, rest)), 0) => block = declare(&mut project, *head, rest),
            (Some((head, rest)), 2) => inside(&mut project, block, *head, rest),
            (Some((head, rest)), _) => inside_when(layer(&mut project, block), *head, rest),
        }
    }
    project
}

/// Reads a condition: `os=linux|darwin ed=a`.
pub(crate) fn condition(text: &str) -> Condition {
    terms(&words(text, text))
}

fn words<'a>(text: &'a str, line: &'a str) -> Vec<Word<'a>> {
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let origin = |word: &str| Origin { offset: place(word), length: word.len() };
    line.split_whitespace().map(|word| Word { text: word, origin: origin(word) }).collect()
}

fn terms(words: &[Word<'_>]) -> Condition {
    let term = |word: &Word<'_>| {
        let (key, value) = word.pair().expect("key=value");
        let dimension = match key.text {
            "profile" => Dimension::Profile,
            "platform" => Dimension::Platform,
            "os" => Dimension::Os,
            "arch" => Dimension::Arch,
            "variant" => Dimension::Variant,
            axis => Dimension::Axis(axis.parse().expect("an axis")),
        };
        Term { dimension, values: value.text.split('|').map(str::to_owned).collect(), origin: word.origin }
    };
    let poisoned = words.iter().any(|word| word.text == "poisoned");
    Condition { terms: words.iter().filter(|word| word.text != "poisoned").map(term).collect(), poisoned }
}

#[derive(Clone, Copy)]
enum Block {
    Top,
    Defaults,
    Profile,
    Target,
}

fn declare(project: &mut Project, head: Word<'_>, rest: &[Word<'_>]) -> Block {
    match head.text {
        "poisoned" => project.poisoned = true,
        "defaults" => return Block::Defaults,
        "exclude" => project.excludes.push(Exclude { condition: terms(rest), origin: head.origin }),
        "axis" => project.axes.push(Axis {
            name: rest[0].parse(),
            values: rest[1..].iter().map(|word| word.parse()).collect(),
            poisoned: false,
        }),
        "toolchain" => project.toolchains.push(toolchain(rest)),
        "profile" => {
            project.profiles.push(profile(rest));
            return Block::Profile;
        }
        "target" => {
            project.targets.push(target(rest));
            return Block::Target;
        }
        other => panic!("{other} at the margin"),
    }
    Block::Top
}

fn toolchain(words: &[Word<'_>]) -> Toolchain {
    let kind = ToolchainKind::ALL.into_iter().find(|kind| kind.as_str() == words[1].text).expect("a kind");
    let version = Spanned::new("1.0.0".to_owned(), words[0].origin);
    Toolchain { name: words[0].parse(), kind, version, location: None }
}

fn profile(words: &[Word<'_>]) -> Profile {
    let flag = |name: &str| words[1..].iter().any(|word| word.text == name);
    let platforms = words[1..].iter().filter(|word| word.text.contains('/'));
    Profile {
        name: words[0].parse(),
        platforms: platforms.map(|word| word.parse()).collect(),
        default: flag("default"),
        layer: Layer::default(),
        poisoned: flag("poisoned"),
    }
}

fn target(words: &[Word<'_>]) -> Target {
    let option = |name: &str| {
        let mut pairs = words.iter().filter_map(|word| word.pair());
        pairs.find(|(key, _)| key.text == name).map(|(_, value)| Spanned::new(value.text.to_owned(), value.origin))
    };
    let kind = BuilderKind::ALL.into_iter().find(|kind| kind.as_str() == words[1].text).expect("a builder");
    let builder = Builder {
        kind,
        arguments: Vec::new(),
        bin: option("bin"),
        toolchain: None,
        output_kind: option("kind"),
        origin: words[1].origin,
    };
    Target {
        name: words[0].parse(),
        builder: Some(builder),
        noarch: words.iter().find(|word| word.text == "noarch").map(|word| word.origin),
        profiles: None,
        axes: Vec::new(),
        deps: Vec::new(),
        excludes: Vec::new(),
        includes: Vec::new(),
        layer: Layer::default(),
        poisoned: words.iter().any(|word| word.text == "poisoned"),
    }
}

fn inside(project: &mut Project, block: Block, head: Word<'_>, rest: &[Word<'_>]) {
    if let Block::Target = block {
        let target = project.targets.last_mut().expect("a target");
        match head.text {
            "profiles" => return target.profiles = Some(rest.iter().map(|word| word.parse()).collect()),
            "axes" => return target.axes = rest.iter().map(|word| word.parse()).collect(),
            "deps" => return target.deps.extend(deps(rest)),
            "exclude" => {
                return target.excludes.push(Exclude { condition: terms(rest), origin: head.origin });
            }
            "include" => return target.includes.push(include(head, rest)),
            _ => {}
        }
    }
    let layer = layer(project, block);
    match head.text {
        "when" => layer.whens.push(When {
            condition: terms(rest),
            settings: Settings::default(),
            deps: Vec::new(),
            origin: head.origin,
        }),
        _ => layer.settings.entries.push(setting(head, rest)),
    }
}

fn layer(project: &mut Project, block: Block) -> &mut Layer {
    match block {
        Block::Top => panic!("a setting outside a block"),
        Block::Defaults => &mut project.defaults,
        Block::Profile => &mut project.profiles.last_mut().expect("a profile").layer,
        Block::Target => &mut project.targets.last_mut().expect("a target").layer,
    }
}

fn inside_when(layer: &mut Layer, head: Word<'_>, rest: &[Word<'_>]) {
    let when = layer.whens.last_mut().expect("a when");
    match head.text {
        "deps" => when.deps.extend(deps(rest)),
        _ => when.settings.entries.push(setting(head, rest)),
    }
}

/// `deps a b`, or `deps a axis=value`.
fn deps(words: &[Word<'_>]) -> Vec<Dep> {
    let axes: Vec<_> =
        words.iter().filter_map(|word| word.pair()).map(|(axis, value)| (axis.parse(), value.parse())).collect();
    let names = words.iter().filter(|word| word.pair().is_none());
    names.map(|word| Dep { target: word.parse(), axes: axes.clone(), at: None, poisoned: false }).collect()
}

fn include(head: Word<'_>, words: &[Word<'_>]) -> Include {
    let mut include = Include { profile: None, platform: None, axes: Vec::new(), origin: head.origin, poisoned: false };
    for (key, value) in words.iter().filter_map(|word| word.pair()) {
        match key.text {
            "profile" => include.profile = Some(value.parse()),
            "platform" => include.platform = Some(value.parse()),
            _ => include.axes.push((key.parse(), value.parse())),
        }
    }
    include
}

fn setting(head: Word<'_>, rest: &[Word<'_>]) -> Setting {
    let name = head.text.trim_start_matches('+');
    let (slot, value) = slot(name, rest);
    let is_null = rest.last().is_some_and(|word| word.text.ends_with("#null"));
    let op = match (head.text.starts_with('+'), is_null) {
        (true, _) => Op::Append(value),
        (false, true) => Op::Clear,
        (false, false) => Op::Set(value),
    };
    Setting { slot, op, origin: head.origin }
}

fn slot(name: &str, rest: &[Word<'_>]) -> (Slot, Value) {
    let list = || Value::List(rest.iter().map(|word| word.template()).collect());
    match name {
        "tags" => (Slot::GoTags, list()),
        "ldflags" => (Slot::GoLdflags, list()),
        "features" => (Slot::CargoFeatures, list()),
        "cflags" => (Slot::CCflags, list()),
        "outputs" => (Slot::Outputs, list()),
        "cgo" => (Slot::GoCgo, Value::Bool(rest[0].text == "on")),
        "buildmode" => (Slot::GoBuildmode, Value::Text(rest[0].template())),
        "cwd" => (Slot::Cwd, Value::Text(rest[0].template())),
        "cc" => {
            let toolchain =
                if rest[0].text == "#null" { "null".parse().expect("a name") } else { rest[0].parse().value };
            let toolchain = Spanned::new(toolchain, rest[0].origin);
            (Slot::Cc, Value::Cc(CcChoice { toolchain, libc: None, sysroot: None }))
        }
        "env" => {
            let (key, value) = rest[0].pair().expect("NAME=value");
            (Slot::Env(key.parse().value), Value::Text(value.template()))
        }
        "env-pass" => (Slot::EnvPass(rest[0].parse().value), Value::Bool(true)),
        "image" => (Slot::Image, Value::Image(Image { reference: rest[0].template(), base: None, add: Vec::new() })),
        other => panic!("no setting {other}"),
    }
}
