//! What can be wrong with a project as a whole, before its matrix is expanded: cycles, commands that do not say what they
//! read and write, and declarations that nothing uses.
//!
//! It looks only at what could be read: where something is poisoned, it keeps silent.

use std::collections::{HashMap, HashSet};

use xbuild_model::{
    Builder, BuilderKind, Dep, Layer, Op, Profile, Project, Setting, Settings, Slot, Target, Template, Value,
};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::cycle;
use crate::names::Kind;
use crate::problem::{Meaning, shown};

/// Checks the whole project, and poisons the targets that are wrong.
pub(crate) fn run(ctx: &Ctx<'_>, project: &mut Project) {
    for index in broken_targets(ctx, project) {
        project.targets[index].poisoned = true;
    }
    warnings(ctx, project);
}

fn broken_targets(ctx: &Ctx<'_>, project: &Project) -> Vec<usize> {
    let by_name = project.targets.iter().map(|target| (target.name.as_str(), target)).collect();
    let is_broken = |target: &Target| {
        let ((), broken) = ctx.watch(|| {
            command(ctx, project, target);
            noarch_deps(ctx, &by_name, target);
        });
        broken
    };
    let targets = project.targets.iter().enumerate();
    let mut broken: Vec<usize> = targets.filter(|(_, target)| is_broken(target)).map(|(index, _)| index).collect();
    broken.extend(cycle::check(ctx, &project.targets));
    broken
}

/// What is no mistake, but says nothing; where something is wrong, it may be because of that.
fn warnings(ctx: &Ctx<'_>, project: &Project) {
    if ctx.has_errors() {
        return;
    }
    if project.targets.is_empty() {
        return no_targets(ctx);
    }
    unused_axes(ctx, project);
    unused_toolchains(ctx, project);
}

/// A `command` must name a declared program and say what it reads and writes.
fn command(ctx: &Ctx<'_>, project: &Project, target: &Target) {
    let Some(builder) = target.builder.as_ref().filter(|builder| builder.kind == BuilderKind::Command) else { return };
    if !target.poisoned && !project.poisoned && reports_undeclared(ctx, project, target, builder) {
        return;
    }
    let Some(program) = builder.arguments.first() else { return };
    let name = program.raw();
    if ctx.names.has(Kind::Toolchain, name) || ctx.names.may_hide(name) {
        return;
    }
    let headline = format!("no toolchain declares the program {}", shown(name));
    let near = ctx.near(name, ctx.names.all(Kind::Toolchain));
    let help = if near.is_empty() {
        let word = name.rsplit('/').next().unwrap_or_default();
        let word = if word.parse::<xbuild_model::Name>().is_ok() { word } else { "NAME" };
        format!("declare it: `toolchain {word} \"VERSION\" kind=tool path=\"…\"`")
    } else {
        format!("did you mean {}?", crate::suggest::any_of(&near))
    };
    ctx.report(Meaning::new(Code::UnknownTool, program.origin, headline, "not a toolchain").help(help));
}

fn reports_undeclared(ctx: &Ctx<'_>, project: &Project, target: &Target, builder: &Builder) -> bool {
    let reads = can_be_set(project, target, &Slot::Inputs);
    let writes = can_be_set(project, target, &Slot::Outputs);
    let (lacks, help) = match (reads, writes) {
        (true, true) => return false,
        (true, false) => ("writes", "add `outputs \"PATH\"`"),
        (false, true) => ("reads", "add `inputs \"GLOB\"`"),
        (false, false) => ("reads and writes", "add `inputs \"GLOB\"` and `outputs \"PATH\"`"),
    };
    let headline = format!("{} does not say what its command {lacks}", shown(&target.name));
    let label = "only a declared command can be cached";
    ctx.report(Meaning::new(Code::CommandUndeclared, builder.origin, headline, label).help(help));
    true
}

/// Whether some layer of the target sets the slot; a `noarch` cell has no profile and matches no `when`.
fn can_be_set(project: &Project, target: &Target, slot: &Slot) -> bool {
    if target.noarch.is_some() {
        return [&project.defaults, &target.layer].iter().any(|layer| sets(&layer.settings, slot));
    }
    let profiles = profiles_of(project, target);
    let layers = profiles.map(|profile| &profile.layer).chain([&project.defaults, &target.layer]);
    let mut all = layers.flat_map(blocks);
    all.any(|settings| sets(settings, slot))
}

fn profiles_of<'p>(project: &'p Project, target: &'p Target) -> impl Iterator<Item = &'p Profile> {
    let included = target.includes.iter().filter_map(|include| include.profile.as_ref());
    let listed: Option<HashSet<&str>> =
        target.profiles.as_ref().map(|listed| listed.iter().chain(included).map(|name| name.as_str()).collect());
    let is_listed = move |name: &str| listed.as_ref().is_none_or(|listed| listed.contains(name));
    project.profiles.iter().filter(move |profile| is_listed(&profile.name))
}

fn sets(settings: &Settings, slot: &Slot) -> bool {
    settings.entries.iter().any(|setting| setting.slot == *slot && setting.op != Op::Clear)
}

/// The plain settings of a layer and those of its `when` blocks.
fn blocks(layer: &Layer) -> impl Iterator<Item = &Settings> {
    std::iter::once(&layer.settings).chain(layer.whens.iter().map(|when| &when.settings))
}

/// All dependencies of a target, those of its `when` blocks too.
pub(crate) fn all_deps(target: &Target) -> impl Iterator<Item = &Dep> {
    target.deps.iter().chain(target.layer.whens.iter().flat_map(|when| &when.deps))
}

fn noarch_deps(ctx: &Ctx<'_>, by_name: &HashMap<&str, &Target>, target: &Target) {
    let Some(noarch) = target.noarch.filter(|_| all_deps(target).next().is_some()) else { return };
    for dep in all_deps(target) {
        let needed = by_name.get(dep.target.as_str());
        let Some(needed) = needed.filter(|other| other.noarch.is_none() && !other.poisoned) else { continue };
        let headline = format!("{} is `noarch`, but {} is not", shown(&target.name), shown(&needed.name));
        let problem = Meaning::new(Code::NoarchDep, dep.target.origin, headline, "which of its cells?");
        let problem = problem.because(noarch, "one cell for all platforms");
        ctx.report(problem.help(format!("remove `noarch`, or make `{}` `noarch` too", needed.name)));
    }
}

fn no_targets(ctx: &Ctx<'_>) {
    let problem = Meaning::whole(Code::NoTargets, "there is nothing to build: no target is declared");
    ctx.report(problem.help("add a target: `target NAME { go \"./cmd/NAME\" }`"));
}

fn unused_axes(ctx: &Ctx<'_>, project: &Project) {
    let used: HashSet<&str> =
        project.targets.iter().flat_map(|target| &target.axes).map(|axis| axis.as_str()).collect();
    for axis in project.axes.iter().filter(|axis| !used.contains(axis.name.as_str())) {
        let headline = format!("no target has the axis {}", shown(&axis.name));
        let problem = Meaning::new(Code::UnusedAxis, axis.name.origin, headline, "multiplies nothing");
        ctx.report(problem.help(format!("add `axes {}` to a target, or remove the axis", axis.name)));
    }
}

fn unused_toolchains(ctx: &Ctx<'_>, project: &Project) {
    let used = used_toolchains(ctx, project);
    for toolchain in project.toolchains.iter().filter(|toolchain| !used.contains(toolchain.name.as_str())) {
        let headline = format!("nothing uses the toolchain {}", shown(&toolchain.name));
        let problem = Meaning::new(Code::UnusedToolchain, toolchain.name.origin, headline, "not used");
        ctx.report(problem.help("remove it, or name it in `cc`, `tools` or a builder"));
    }
}

fn used_toolchains<'p>(ctx: &'p Ctx<'_>, project: &'p Project) -> HashSet<&'p str> {
    let mut used = HashSet::new();
    for builder in project.targets.iter().filter_map(|target| target.builder.as_ref()) {
        match (&builder.toolchain, builder.kind.toolchain_kind()) {
            (Some(name), _) => _ = used.insert(name.as_str()),
            (None, Some(kind)) => used.extend(ctx.names.toolchains_of(&[kind])),
            (None, None) => {}
        }
        if builder.kind == BuilderKind::Command {
            used.extend(builder.arguments.first().map(|program| program.raw()));
        }
    }
    let layers = project.targets.iter().map(|target| &target.layer);
    let layers = layers.chain(project.profiles.iter().map(|profile| &profile.layer)).chain([&project.defaults]);
    let settings = layers.flat_map(blocks).flat_map(|settings| &settings.entries);
    used.extend(settings.flat_map(named_toolchains));
    used
}

fn named_toolchains(setting: &Setting) -> Vec<&str> {
    match &setting.op {
        Op::Set(Value::Cc(choice)) => vec![choice.toolchain.as_str()],
        Op::Set(Value::List(names)) | Op::Append(Value::List(names)) if setting.slot == Slot::Tools => {
            names.iter().map(|name| Template::raw(name)).collect()
        }
        _ => Vec::new(),
    }
}
