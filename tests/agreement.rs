//! `plan` says beforehand what `build` will do, and names what changed: a random walk of edits over a small Go project.
//!
//! The walk keeps its own model of what each cell is made of. After every edit the plan, the build, the model and the files
//! in the output folder must agree: cached means that this very state was built before, a reason names exactly what
//! differs from the state that was built last, equal states have equal bytes, and a second plan finds nothing to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Project, go_version};

const SEED: u64 = 20_260_728;

/// Profile, target and architecture.
const CELLS: [(&str, &str, &str); 4] =
    [("prod", "hub", "amd64"), ("edge", "hub", "arm64"), ("prod", "web", "amd64"), ("edge", "web", "arm64")];

#[test]
fn plan_and_build_agree_over_a_walk_of_edits() {
    let mut walk = Walk::new();
    walk.step("the first build");
    for step in itinerary() {
        walk.take(step);
    }
}

/// The steps in the order of the seed: every edit once, a repair after each break, and ways back in between.
fn itinerary() -> Vec<Step> {
    let mut random = Random(SEED);
    let mut rounds: Vec<Vec<Step>> = EDITS.iter().map(|(name, edit)| vec![Step::Edit(name, *edit)]).collect();
    rounds.extend(BREAKS.iter().map(|(name, edit)| vec![Step::Edit(name, *edit), Step::Back(1)]));
    rounds.extend(DAMAGES.iter().map(|(name, damage)| vec![Step::Damage(name, *damage)]));
    rounds.extend((0..4).map(|_| vec![Step::Back(2 + random.below(6))]));
    let mut steps = Vec::new();
    while !rounds.is_empty() {
        steps.extend(rounds.swap_remove(random.below(rounds.len())));
    }
    steps
}

/// Changes the project; the number is that of the step.
type Edit = fn(&mut World, usize);

/// Changes what lies in the output folder.
type Damage = fn(&Path);

/// One step of the walk.
#[derive(Clone, Copy)]
enum Step {
    /// Changes the project.
    Edit(&'static str, Edit),
    /// Changes what lies in the output folder.
    Damage(&'static str, Damage),
    /// Brings back the project of so many steps before.
    Back(usize),
}

const EDITS: [(&str, Edit); 17] = [
    ("edit a shared function", |world, n| world.set("internal/greet/greet.go", &greet(n))),
    ("edit a main", |world, n| world.set("cmd/hub/main.go", &hub(&world.module, n))),
    ("add a shared file", |world, n| world.set("internal/greet/more.go", &constant("more", n))),
    ("add a file with a new import", |world, _| {
        world.set("internal/greet/sum.go", "package greet\n\nimport \"unsafe\"\n\nconst wide = unsafe.Sizeof(0)\n");
    }),
    ("move a constant to another file", |world, _| {
        world.files.remove("internal/greet/greet_linux.go");
        world.set("internal/greet/system_linux.go", &constant_text("system", "linux"));
    }),
    ("add an embedded file", |world, n| world.set("cmd/web/static/more.txt", &format!("{n}\n"))),
    ("edit an embedded file", |world, n| world.set("cmd/web/static/page.txt", &format!("page {n}\n"))),
    ("add a file beside the embedded ones", |world, n| world.set("cmd/web/static/page.md", &format!("{n}\n"))),
    ("add a test", |world, n| world.set("internal/greet/greet_test.go", &constant("tested", n))),
    ("edit the readme", |world, n| world.set("README.md", &format!("# {n}\n"))),
    ("edit a file for arm64", |world, n| {
        world.set("internal/greet/greet_arm64.go", &constant_text("arch", &format!("arm64 {n}")));
    }),
    ("add a file for windows", |world, n| world.set("internal/greet/greet_windows.go", &constant("window", n))),
    ("edit a file that only a tag brings", |world, n| {
        world.set("internal/greet/kind_extra.go", &tagged("extra", &format!("extra {n}")));
    }),
    ("change ldflags", |world, n| world.setting("ldflags", &format!("-s -w -X=main.mark={n}"))),
    ("add a tag", |world, _| world.setting("tags", "extra")),
    ("change a variable", |world, n| world.setting("MODE", &n.to_string())),
    ("make a source executable", |world, _| world.toggle_executable("cmd/hub/main.go")),
];

const BREAKS: [(&str, Edit); 4] = [
    ("break a main", |world, _| world.append("cmd/web/main.go", "\nvar _ = broken\n")),
    ("break a file for arm64", |world, _| world.append("internal/greet/greet_arm64.go", "\nvar _ = broken\n")),
    ("break the start of a file", |world, _| world.set("internal/greet/greet_amd64.go", "package broken greet\n")),
    ("import what is not there", |world, _| {
        let module = world.module.clone();
        world.set("internal/greet/gone.go", &format!("package greet\n\nimport _ \"{module}/broken\"\n"));
    }),
];

/// Where a cell fails there may be nothing to damage.
const DAMAGES: [(&str, Damage); 6] = [
    ("delete the output folder", |dist| drop(fs::remove_dir_all(dist))),
    ("delete an output", |dist| drop(fs::remove_file(dist.join("prod/linux_amd64/hub")))),
    ("cut an output", |dist| {
        if let Ok(file) = fs::File::options().write(true).open(dist.join("edge/linux_arm64/web")) {
            file.set_len(1000).unwrap();
        }
    }),
    ("overwrite an output", |dist| drop(fs::write(dist.join("edge/linux_arm64/hub"), "something else"))),
    ("take an output's permissions", |dist| {
        drop(fs::set_permissions(dist.join("prod/linux_amd64/web"), fs::Permissions::from_mode(0o600)));
    }),
    ("leave everything as it is", |_| {}),
];

/// A source file and whether it is executable.
type File = (String, bool);

/// The project as it should lie on the disk.
#[derive(Clone, PartialEq)]
struct World {
    module: String,
    files: BTreeMap<String, File>,
    settings: BTreeMap<&'static str, String>,
}

impl World {
    fn new(module: &str) -> Self {
        let mut world = Self { module: module.to_owned(), files: BTreeMap::new(), settings: BTreeMap::new() };
        world.set("go.mod", &format!("module {module}\n\ngo 1.21\n"));
        world.set("README.md", "# Walk\n");
        world.set("internal/greet/greet.go", &greet(0));
        world.set("internal/greet/greet_linux.go", &constant_text("system", "linux"));
        world.set("internal/greet/greet_arm64.go", &constant_text("arch", "arm64"));
        world.set("internal/greet/greet_amd64.go", &constant_text("arch", "amd64"));
        world.set("internal/greet/kind.go", &tagged("!extra", "plain"));
        world.set("internal/greet/kind_extra.go", &tagged("extra", "extra"));
        world.set("cmd/hub/main.go", &hub(module, 0));
        world.set("cmd/web/main.go", &WEB.replace("MODULE", module));
        world.set("cmd/web/static/page.txt", "page 0\n");
        world.setting("ldflags", "-s -w");
        world.setting("MODE", "0");
        world
    }

    fn set(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), (text.to_owned(), false));
    }

    fn setting(&mut self, name: &'static str, value: &str) {
        self.settings.insert(name, value.to_owned());
    }

    fn append(&mut self, path: &str, text: &str) {
        self.files.get_mut(path).unwrap().0.push_str(text);
    }

    fn toggle_executable(&mut self, path: &str) {
        let file = self.files.get_mut(path).unwrap();
        file.1 = !file.1;
    }

    /// Everything that a cell is made of: the parts that its key should have, and no others.
    fn state(&self, target: &str, arch: &str) -> State {
        let extra = self.settings.contains_key("tags");
        let inputs = self.files.iter().filter(|(path, (text, _))| is_input(path, text, target, arch, extra));
        let inputs = inputs.map(|(path, file)| (("input", path.clone()), format!("{file:?}")));
        let mut state: State = inputs.collect();
        state.insert(("env", "MODE".into()), self.settings["MODE"].clone());
        let flags = ["ldflags", "tags"].map(|name| self.settings.get(name).cloned().unwrap_or_default());
        state.insert(("argv", "".into()), flags.join("|"));
        state
    }

    fn project(&self) -> String {
        let list = |name: &str| {
            let words: Vec<String> = self.settings.get(name)?.split(' ').map(|word| format!("{word:?}")).collect();
            Some(format!("        {name} {}\n", words.join(" ")))
        };
        let go = [list("ldflags"), list("tags")].into_iter().flatten().collect::<String>();
        let mode = &self.settings["MODE"];
        format!(
            "project walk\n\ntoolchain go \"{}\"\n\nprofile prod \"linux/amd64\"\nprofile edge \"linux/arm64\"\n\ndefaults {{\n    go {{\n{go}    }}\n    env MODE=\"{mode}\"\n}}\n\ntarget hub {{\n    go \"./cmd/hub\"\n}}\n\ntarget web {{\n    go \"./cmd/web\"\n}}\n",
            go_version()
        )
    }
}

/// The parts of a cell by kind and name.
type State = BTreeMap<(&'static str, String), String>;

/// Whether Go reads the file for that cell, by the rules of its documentation.
fn is_input(path: &str, text: &str, target: &str, arch: &str, extra: bool) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if path == "go.mod" || (target == "web" && folder == "cmd/web/static" && name.ends_with(".txt")) {
        return true;
    }
    let Some(stem) = name.strip_suffix(".go") else { return false };
    let of_package = folder == "internal/greet" || folder == format!("cmd/{target}");
    let suffix = stem.rsplit_once('_').map_or("", |(_, suffix)| suffix);
    let of_platform = match suffix {
        "test" | "windows" => false,
        "amd64" | "arm64" => suffix == arch,
        _ => true,
    };
    let tagged = match text.lines().next() {
        Some("//go:build extra") => extra,
        Some("//go:build !extra") => !extra,
        _ => true,
    };
    of_package && of_platform && tagged
}

fn greet(n: usize) -> String {
    format!(
        "package greet\n\n// Text tells what this build is.\nfunc Text() string {{\n\treturn \"hello {n} \" + system + \" \" + arch + \" \" + kind\n}}\n"
    )
}

fn hub(module: &str, n: usize) -> String {
    format!(
        "package main\n\nimport \"{module}/internal/greet\"\n\nvar mark string\n\nfunc main() {{\n\tprintln({n}, mark, greet.Text())\n}}\n"
    )
}

const WEB: &str = "package main\n\nimport (\n\t\"embed\"\n\n\t\"MODULE/internal/greet\"\n)\n\n//go:embed static/*.txt\nvar pages embed.FS\n\nvar mark string\n\nfunc main() {\n\tpage, _ := pages.ReadFile(\"static/page.txt\")\n\tprintln(mark, string(page), greet.Text())\n}\n";

fn constant(name: &str, n: usize) -> String {
    format!("package greet\n\nconst {name} = {n}\n")
}

fn constant_text(name: &str, value: &str) -> String {
    format!("package greet\n\nconst {name} = \"{value}\"\n")
}

fn tagged(constraint: &str, value: &str) -> String {
    format!("//go:build {constraint}\n\n{}", constant_text("kind", value))
}

/// The walk: the project on the disk, and what is known of its past.
struct Walk {
    project: Project,
    world: World,
    on_disk: Option<World>,
    past: Vec<World>,
    /// The bytes of every state that was built.
    built: BTreeMap<(String, State), Vec<u8>>,
    /// The state that each cell was delivered in last.
    last: BTreeMap<String, State>,
}

impl Walk {
    fn new() -> Self {
        let project = Project::go("\n");
        let module = project.read_text("go.mod");
        let module = module.lines().next().and_then(|line| line.strip_prefix("module ")).unwrap();
        let world = World::new(module);
        Self { project, world, on_disk: None, past: Vec::new(), built: BTreeMap::new(), last: BTreeMap::new() }
    }

    fn take(&mut self, step: Step) {
        let number = self.past.len();
        let name = match step {
            Step::Edit(name, edit) => {
                edit(&mut self.world, number);
                name.to_owned()
            }
            Step::Damage(name, damage) => {
                damage(&self.project.path("dist"));
                name.to_owned()
            }
            Step::Back(steps) => {
                self.world = self.past[number.saturating_sub(steps + 1)].clone();
                format!("go back {steps} steps")
            }
        };
        self.step(&format!("step {number}, {name}"));
    }

    /// Writes the world, then plans, builds and plans again.
    fn step(&mut self, name: &str) {
        self.write();
        self.past.push(self.world.clone());
        let plan = self.cells("plan", name);
        let build = self.cells("build", name);
        let again = self.cells("plan", name);
        for (profile, target, arch) in CELLS {
            let id = format!("{profile}/{target}@linux/{arch}");
            let state = self.world.state(target, arch);
            let broken = state.values().any(|part| part.contains("broken"));
            let at = format!("{name}: {id}");
            self.check_plan(&at, &id, &state, &plan[&id]);
            assert_eq!(plan[&id]["key"], build[&id]["key"], "{at}: the key of the plan is that of the build");
            let outcome = build[&id]["outcome"].as_str().unwrap();
            let expected = match (plan[&id]["verdict"].as_str().unwrap(), broken) {
                ("build", true) => "failed",
                ("build", false) => "built",
                (cached, _) => cached,
            };
            assert_eq!(outcome, expected, "{at}: outcome, with the plan {}", plan[&id]["why"]);
            assert_eq!(again[&id]["verdict"], if broken { "build" } else { "cached" }, "{at}: the plan afterwards");
            if !broken {
                self.check_output(&at, &id, &state, &build[&id]);
                self.last.insert(id, state);
            }
        }
    }

    /// The verdict and its reasons, against what the model knows.
    fn check_plan(&self, at: &str, id: &str, state: &State, cell: &Value) {
        let cached = self.built.contains_key(&(id.to_owned(), state.clone()));
        assert_eq!(cell["verdict"], if cached { "cached" } else { "build" }, "{at}: verdict, because {}", cell["why"]);
        let expected = match self.last.get(id) {
            _ if cached => BTreeSet::new(),
            None => BTreeSet::from(["never_built".to_owned()]),
            Some(last) => differences(last, state),
        };
        assert_eq!(reasons(cell), expected, "{at}: reasons");
    }

    /// The artifact is there, runs, and is what this state always gave.
    fn check_output(&mut self, at: &str, id: &str, state: &State, cell: &Value) {
        let artifact = &cell["artifacts"][0];
        let path = self.project.path(artifact["path"].as_str().unwrap());
        let bytes = fs::read(&path).unwrap();
        assert_eq!(artifact["size"], bytes.len(), "{at}: size");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o755, "{at}: mode");
        let before = self.built.entry((id.to_owned(), state.clone())).or_insert_with(|| bytes.clone());
        assert!(*before == bytes, "{at}: the same state gave other bytes");
    }

    /// The cells of `xbuild COMMAND --format json`, by id.
    fn cells(&self, command: &str, name: &str) -> BTreeMap<String, Value> {
        let ran = self.project.xbuild(&[command, "--format", "json"]);
        let exits: &[i32] = if command == "build" { &[0, 1] } else { &[0] };
        assert!(ran.code().is_some_and(|code| exits.contains(&code)), "{name}: {command}: {ran:#?}");
        let document = ran.json();
        let cells = document["cells"].as_array().unwrap().iter();
        cells.map(|cell| (cell["id"].as_str().unwrap().to_owned(), cell.clone())).collect()
    }

    /// Brings the disk up to the world, touching only what differs.
    fn write(&mut self) {
        let root = self.project.root();
        let none = BTreeMap::new();
        let old = self.on_disk.as_ref().map_or(&none, |world| &world.files);
        for path in old.keys().filter(|path| !self.world.files.contains_key(*path)) {
            fs::remove_file(root.join(path)).unwrap();
        }
        for (path, file) in self.world.files.iter().filter(|(path, file)| old.get(*path) != Some(file)) {
            let at = root.join(path);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(&at, &file.0).unwrap();
            fs::set_permissions(&at, fs::Permissions::from_mode(if file.1 { 0o755 } else { 0o644 })).unwrap();
        }
        fs::write(root.join("xbuild.kdl"), self.world.project()).unwrap();
        self.on_disk = Some(self.world.clone());
    }
}

/// What a plan says of a cell: kind and name, of the command the kind alone (its words have numbers for names).
fn reasons(cell: &Value) -> BTreeSet<String> {
    let reason = |reason: &Value| {
        let kind = reason["kind"].as_str().unwrap();
        match reason["what"].as_str() {
            _ if kind.starts_with("argv_") => "argv".to_owned(),
            Some(what) => format!("{kind} {what}"),
            None => kind.to_owned(),
        }
    };
    cell["why"].as_array().unwrap().iter().map(reason).collect()
}

/// What differs between two states, in the words of a plan.
fn differences(old: &State, new: &State) -> BTreeSet<String> {
    let parts: BTreeSet<_> = old.keys().chain(new.keys()).filter(|part| old.get(*part) != new.get(*part)).collect();
    let sentence = |part: &(&str, String)| {
        let how = match (old.get(&(part.0, part.1.clone())), new.get(&(part.0, part.1.clone()))) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        if part.0 == "argv" { "argv".to_owned() } else { format!("{}_{how} {}", part.0, part.1) }
    };
    parts.into_iter().map(|part| sentence(&(part.0, part.1.clone()))).collect()
}

/// Numbers that only the seed decides (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}
