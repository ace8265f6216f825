//! `builds`: each becomes a target, or a comment that says why not.

use xbuild_platform::Platform;

use super::details::{Details, items};
use super::template::{Known, translate};
use super::{Context, details, matrix, rust, settings};
use crate::draft::{Builder, Condition, Draft, Settings, Slot, Target, Value, Variable, When};
use crate::folder;
use crate::go::{self, GoModule, Main};
use crate::name::{Taken, spelled};
use crate::note::Notes;
use crate::yaml::Node;

/// Keys of a build that are read elsewhere, and therefore not said to be lost.
const READ: [&str; 8] = ["id", "builder", "main", "dir", "binary", "targets", "overrides", "skip"];

/// Makes the targets of all builds; without any, of the one that GoReleaser makes up. Answers the build's id of each target.
pub(super) fn targets(context: &Context<'_>, draft: &mut Draft, notes: &mut Notes) -> Vec<String> {
    let made_up = Node { place: context.root.place, span: None, value: crate::yaml::Value::Map(Vec::new()) };
    let listed = context.root.get("builds").map_or(&[][..], Node::items);
    let builds = if listed.is_empty() { std::slice::from_ref(&made_up) } else { listed };
    let mut taken = Taken::default();
    let mut ids = Vec::new();
    for build in builds {
        let mut one = Build::read(context, build);
        match one.targets(notes) {
            Ok(targets) => {
                ids.extend(targets.iter().map(|_| one.id.clone()));
                draft.targets.extend(targets.into_iter().map(|target| named(target, &mut taken)));
            }
            Err(comment) => draft.before_profiles.push(comment),
        }
    }
    distinct_programs(draft, notes);
    ids
}

fn named(mut target: Target, taken: &mut Taken) -> Target {
    target.name = taken.unique(&target.name);
    // A name that says it already needs no `bin`.
    if let Builder::Go { bin, .. } | Builder::Cargo { bin, .. } = &mut target.builder
        && bin.as_deref() == Some(target.name.as_str())
    {
        *bin = None;
    }
    target
}

/// Two programs of one name for one platform would be one file: the later one gets its target's name.
fn distinct_programs(draft: &mut Draft, notes: &mut Notes) {
    let mut files: Vec<(String, Vec<Platform>)> = Vec::new();
    for target in &mut draft.targets {
        let (Builder::Go { bin, .. } | Builder::Cargo { bin, .. }) = &mut target.builder else { continue };
        let clashes = |name: &str| {
            let name = name.to_lowercase();
            files
                .iter()
                .any(|(file, platforms)| *file == name && platforms.iter().any(|one| target.platforms.contains(one)))
        };
        if let Some(name) = bin.take_if(|name| clashes(name)) {
            let message = format!(
                "is `{}` for several builds of one platform: the program of `{}` has its target's name here",
                xbuild_kdl::printable(&name),
                target.name
            );
            target.comments.push(notes.add(None, "builds.binary", message));
        }
        let mut stem = bin.clone().unwrap_or_else(|| target.name.to_string());
        while clashes(&stem) {
            stem.push_str("-2");
            *bin = Some(stem.clone());
        }
        files.push((stem.to_lowercase(), target.platforms.clone()));
    }
}

/// The target's name, the package, and the program's own name.
type Program = (String, String, Option<String>);

/// What all programs of a build have.
struct Common {
    comments: Vec<String>,
    cwd: Option<String>,
    platforms: Vec<(matrix::Target, Platform)>,
}

/// A build as it is written.
struct Build<'c> {
    context: &'c Context<'c>,
    node: &'c Node,
    id: String,
    builder: &'c str,
    dir: String,
    comments: Vec<String>,
}

impl<'c> Build<'c> {
    fn read(context: &'c Context<'c>, node: &'c Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        Self {
            context,
            node,
            id: text("id").unwrap_or(&context.project).to_owned(),
            builder: text("builder").unwrap_or("go"),
            dir: text("dir").unwrap_or("").to_owned(),
            comments: Vec::new(),
        }
    }

    fn text(&self, key: &str) -> Option<&'c str> {
        self.node.get(key).and_then(Node::text).filter(|text| !text.is_empty())
    }

    /// The build's targets, or the comment that stands in their place.
    fn targets(&mut self, notes: &mut Notes) -> Result<Vec<Target>, String> {
        let shown = xbuild_kdl::printable(&self.id);
        let without = |notes: &mut Notes, why: &str| {
            Err(notes.add(Some(self.node.place), "builds", format!("of `{shown}` was not carried over: {why}")))
        };
        if let Some(skip) = self.text("skip").filter(|skip| *skip != "false") {
            if skip == "true" {
                return without(notes, "it is skipped (`skip: true`)");
            }
            let message = format!("is `{}`, a template: the build is always there now", xbuild_kdl::printable(skip));
            self.comments.push(notes.add(self.place("skip"), "builds.skip", message));
        }
        if self.text("command").is_some_and(|command| command != "build") && self.builder == "go" {
            return without(notes, "its `command` is another one than `go build`");
        }
        match self.builder {
            "go" => self.go(notes),
            "rust" => self.rust(notes),
            "zig" => without(notes, "xbuild builds a root source and not `build.zig`: write `zig \"src/main.zig\"`"),
            other => without(notes, &format!("xbuild has no builder `{}`", xbuild_kdl::printable(other))),
        }
    }

    fn place(&self, key: &str) -> Option<crate::Place> {
        self.node.get(key).map(|node| node.place)
    }

    /// What templates of this build know.
    fn known(&self, binary: Option<&str>) -> Known {
        let module = go::owner(self.context.modules, &folder::join("", &self.dir).unwrap_or_default());
        Known {
            project: self.context.project.clone(),
            binary: binary.map(str::to_owned),
            module: module.map(|module| module.path.clone()),
            ..Known::default()
        }
    }

    /// The program's name: without folders and what differs from platform to platform.
    fn binary(&mut self, notes: &mut Notes) -> Option<String> {
        let text = self.text("binary").unwrap_or(&self.context.project);
        let filled = translate(text, &self.known(None)).literal();
        let Some(name) = filled else {
            let message = format!(
                "`{}` differs from platform to platform: the program has its target's name, in a folder for each platform",
                xbuild_kdl::printable(text)
            );
            self.comments.push(notes.add(self.place("binary"), "builds.binary", message));
            return None;
        };
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if last != name {
            let message = format!("`{}` names folders, and `bin` only a file", xbuild_kdl::printable(&name));
            self.comments.push(notes.add(self.place("binary"), "builds.binary", message));
        }
        (!matches!(last, "" | "." | "..")).then(|| last.to_owned())
    }

    /// The folder to build in; `None` at the top.
    fn cwd(&mut self, notes: &mut Notes) -> Option<String> {
        let literal = translate(&self.dir, &self.known(None)).literal();
        let below = literal.filter(|dir| !dir.starts_with('/') && !dir.contains(['\\', ':']));
        let below = below.and_then(|dir| folder::join("", &dir));
        if below.is_none() {
            let message = format!("`{}` is no folder of the project: the build starts at its top", self.dir);
            self.comments.push(notes.add(self.place("dir"), "builds.dir", message));
        }
        self.dir = below.unwrap_or_default();
        (!self.dir.is_empty()).then(|| self.dir.clone())
    }

    fn go(&mut self, notes: &mut Notes) -> Result<Vec<Target>, String> {
        let cwd = self.cwd(notes);
        let binary = self.binary(notes);
        let mut comments = std::mem::take(&mut self.comments);
        let platforms = matrix::targets(self.node, notes, &mut comments);
        let shown = xbuild_kdl::printable(&self.id);
        let nothing = |notes: &mut Notes, why: &str| {
            let message = format!("of `{shown}` was not carried over: {why}");
            Err(notes.add(Some(self.node.place), "builds", message))
        };
        if platforms.is_empty() {
            return nothing(notes, "no platform is left of it");
        }
        let programs = self.programs(binary.as_deref(), &mut comments, notes);
        if programs.is_empty() {
            return nothing(notes, "`main` stands for every main package, and none was found");
        }
        let common = Common { comments, cwd, platforms };
        Ok(programs.into_iter().map(|program| self.target(program, &common, notes)).collect())
    }

    /// The target of one program.
    fn target(&self, (name, package, bin): Program, common: &Common, notes: &mut Notes) -> Target {
        let known = self.known(bin.as_deref());
        let platforms = common.platforms.iter().map(|(_, platform)| *platform).collect();
        let mut target = Target::new(spelled(&name, "app"), Builder::Go { package, bin }, platforms);
        target.comments.clone_from(&common.comments);
        target.cwd.clone_from(&common.cwd);
        let details = self.details().with_defaults();
        target.settings = settings::settings(&details, &known, notes);
        target.whens = self.whens(&details, &target.settings, &common.platforms, &known, notes);
        target.foot = self.lost(notes);
        target.foot.extend(self.lost_overrides(&common.platforms, notes));
        target
    }

    /// What the build says, on top of what all builds say.
    fn details(&self) -> Details {
        let mut details = Details::read(self.node);
        let of_all = self.context.root.get("env").map(items).unwrap_or_default();
        details.env.splice(0..0, of_all);
        details
    }

    /// The programs that `main` stands for: the target's name, the package, and the program's name.
    fn programs(&self, binary: Option<&str>, comments: &mut Vec<String>, notes: &mut Notes) -> Vec<Program> {
        let main = self.text("main").unwrap_or(".");
        let one = |package: String| vec![(self.id.clone(), package, binary.map(str::to_owned))];
        if let Some(under) = main.strip_suffix("/...") {
            let mains = self.mains_under(under);
            return match mains.as_slice() {
                [only] => one(only.package()),
                several => several
                    .iter()
                    .map(|main| (main.program.clone(), main.package(), Some(main.program.clone())))
                    .collect(),
            };
        }
        if let Some(file) = main.strip_suffix(".go").map(|_| main) {
            let package = package_path(folder::parent(file));
            let message =
                format!("names the file `{}`: its package `{package}` is built here", xbuild_kdl::printable(main));
            comments.push(notes.add(self.place("main"), "builds.main", message));
            return one(package);
        }
        one(package_path(main))
    }

    fn mains_under(&self, under: &str) -> Vec<Main> {
        let (folder, modules) = (self.context.folder, self.context.modules);
        let implied = GoModule::read(&self.dir, "");
        let module = modules.iter().find(|module| module.folder == self.dir).unwrap_or(&implied);
        let under = folder::join("", under).unwrap_or_default();
        let mut mains = go::mains(folder, modules, module);
        mains.retain(|main| folder::below(&under, &main.folder).is_some());
        mains
    }

    /// The first override that matches a platform, as what it changes there.
    fn whens(
        &self,
        base: &Details,
        plain: &Settings,
        platforms: &[(matrix::Target, Platform)],
        known: &Known,
        notes: &mut Notes,
    ) -> Vec<When> {
        let overrides = self.node.get("overrides").map_or(&[][..], Node::items);
        let mut whens: Vec<When> = Vec::new();
        for (target, platform) in platforms {
            let Some(first) = overrides.iter().find(|node| matrix::Target::of_override(node) == *target) else {
                continue;
            };
            let details = base.overridden(&Details::read(first));
            let changed = difference(plain, &settings::settings(&details, known, notes));
            if changed == Settings::default() {
                continue;
            }
            let same = whens.iter_mut().find(|when| when.settings == changed);
            match same.map(|when| &mut when.condition) {
                Some(Condition::Platforms(list)) => list.push(*platform),
                _ => whens.push(When {
                    condition: Condition::Platforms(vec![*platform]),
                    settings: changed,
                    archive: None,
                }),
            }
        }
        whens
    }

    /// Overrides that GoReleaser never reaches, and keys of the others that nothing is made of.
    fn lost_overrides(&self, platforms: &[(matrix::Target, Platform)], notes: &mut Notes) -> Vec<String> {
        let overrides = self.node.get("overrides").map_or(&[][..], Node::items);
        let mut seen = Vec::new();
        let mut comments = Vec::new();
        for node in overrides {
            let target = matrix::Target::of_override(node);
            let reaches = platforms.iter().any(|(known, _)| *known == target) && !seen.contains(&target);
            seen.push(target);
            if !reaches {
                let message = format!("has an entry for no target of this build: `{}`", node.shown());
                comments.push(notes.add(Some(node.place), "builds.overrides", message));
                continue;
            }
            let is_read = |key: &str| matrix::PRODUCT_KEYS.contains(&key) || details::KEYS.contains(&key);
            for (key, node) in node.entries().iter().filter(|(key, _)| !is_read(key)) {
                let message = format!("(`{}`) was not carried over: {}", node.shown(), why(key));
                comments.push(notes.add(Some(node.place), &format!("builds.overrides.{key}"), message));
            }
        }
        comments
    }

    /// The keys that nothing was made of.
    fn lost(&self, notes: &mut Notes) -> Vec<String> {
        let is_read =
            |key: &str| READ.contains(&key) || matrix::PRODUCT_KEYS.contains(&key) || details::KEYS.contains(&key);
        let entries = self.node.entries().iter().filter(|(key, node)| !is_read(key) && !node.items().is_empty());
        let lost = entries.filter(|(key, node)| !(key == "command" || is_default(node)));
        lost.map(|(key, node)| {
            let message = format!("(`{}`) was not carried over: {}", node.shown(), why(key));
            notes.add(Some(node.place), &format!("builds.{key}"), message)
        })
        .collect()
    }

    fn rust(&mut self, notes: &mut Notes) -> Result<Vec<Target>, String> {
        let cwd = self.cwd(notes);
        let binary = self.binary(notes);
        let mut comments = std::mem::take(&mut self.comments);
        let triples = self.node.get("targets").map(items).unwrap_or_default();
        let platforms = rust::platforms(&triples, notes, &mut comments);
        if platforms.is_empty() {
            let message =
                format!("of `{}` was not carried over: no platform is left of it", xbuild_kdl::printable(&self.id));
            return Err(notes.add(Some(self.node.place), "builds", message));
        }
        let details = self.details();
        let known = self.known(binary.as_deref());
        let flags = rust::Flags::read(&details.flags);
        let package = flags.package.clone();
        let package = package.or_else(|| crate::cargo::package(self.context.folder, &self.dir).map(|one| one.name));
        let package = package.or_else(|| binary.clone()).unwrap_or_else(|| self.id.clone());
        let mut target = Target::new(spelled(&self.id, "app"), Builder::Cargo { package, bin: binary }, platforms);
        let environment = settings::settings(&Details { env: details.env, ..Details::default() }, &known, notes);
        target.settings.env = environment.env;
        target.settings.slots = flags.slots(&known, notes);
        target.comments = comments;
        target.cwd = cwd;
        target.foot = self.lost(notes);
        Ok(vec![target])
    }
}

fn is_default(node: &Node) -> bool {
    node.text().is_some_and(|text| matches!(text, "" | "false"))
}

/// A package path as Go takes it: folders of the project start with `./`, import paths stay.
fn package_path(main: &str) -> String {
    let main = main.trim_end_matches('/');
    let first = main.split('/').next().unwrap_or_default();
    match first {
        "" | "." if main.trim_start_matches("./").is_empty() => ".".to_owned(),
        "." | ".." => main.to_owned(),
        _ if first.contains('.') => main.to_owned(),
        _ => format!("./{main}"),
    }
}

/// What one block must say so that another one's settings hold.
fn difference(plain: &Settings, wanted: &Settings) -> Settings {
    let mut slots: Vec<Slot> = Vec::new();
    for slot in &wanted.slots {
        if !plain.slots.contains(slot) {
            let same = plain.slots.iter().any(|one| one.word == slot.word && one.value == slot.value);
            // Only what is said of it differs: no value is set again.
            let value = if same { None } else { slot.value.clone() };
            slots.push(Slot { value, ..slot.clone() });
        }
    }
    for slot in plain.slots.iter().filter(|slot| slot.value.is_some()) {
        let is_gone = !wanted.slots.iter().any(|one| one.word == slot.word && one.value.is_some());
        if !is_gone || slot.word == "cgo" {
            continue;
        }
        match slots.iter_mut().find(|one| one.word == slot.word) {
            Some(said) => said.value = Some(Value::Clear),
            None => slots.push(Slot { word: slot.word, comments: Vec::new(), value: Some(Value::Clear) }),
        }
    }
    let env: Vec<Variable> = wanted.env.iter().filter(|variable| !plain.env.contains(variable)).cloned().collect();
    Settings { slots, env }
}

/// Why a key of a build has no counterpart.
fn why(key: &str) -> &'static str {
    match key {
        "hooks" => {
            "xbuild runs nothing around a build: make it a target of its own, with `command`, and name it in `deps`"
        }
        "mod_timestamp" => "a build is the same bytes at any time",
        "no_unique_dist_dir" => "each platform has its folder: `dist/PROFILE/PLATFORM/NAME`",
        "no_main_check" => "nothing is checked before Go does it",
        "tool" | "gobinary" => "`toolchain go` says which Go is used",
        _ => "xbuild has no such setting",
    }
}
