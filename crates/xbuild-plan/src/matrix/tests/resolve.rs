//! Which value wins, and what is said about it.

use std::fmt::Write as _;

use xbuild_model::{Op, Spanned, Template, Value};

use super::project::project;
use super::show;
use crate::matrix::{Limits, Resolved, Said, artifacts, dependencies, expand, resolve};

/// The settings of a cell: value, then `<` and what made it, then `-` and what lost, each with its line.
fn check(text: &str, id: &str) -> String {
    let project = project(text);
    let matrix = expand(&project, Limits::default()).matrix;
    let cell = matrix.find(id).expect(id);
    match resolve(&matrix, cell) {
        Err(problems) => problems.iter().map(|problem| show(text, problem)).collect(),
        Ok(resolved) => {
            let mut out = settings(text, &resolved);
            match dependencies(&matrix, cell, &resolved) {
                Ok(cells) => out.extend(cells.iter().map(|dep| format!("needs {}\n", dep.cell.id()))),
                Err(problems) => out.extend(problems.iter().map(|problem| show(text, problem))),
            }
            out
        }
    }
}

fn settings(text: &str, resolved: &Resolved<'_>) -> String {
    let mut out = String::new();
    for (slot, value) in resolved.iter() {
        let shown = value.value().map_or_else(|| "unset".to_owned(), value_text);
        write!(out, "{} = {shown}", slot.label()).expect("a string takes all");
        for said in value.made_by() {
            write!(out, " < {}", said_text(text, said)).expect("a string takes all");
        }
        for said in value.lost() {
            write!(out, " - {}", said_text(text, said)).expect("a string takes all");
        }
        out.push('\n');
    }
    out
}

fn said_text(text: &str, said: &Said<'_>) -> String {
    let line = text[..said.origin().offset].lines().count();
    let what = match &said.setting.op {
        Op::Clear => "#null".to_owned(),
        Op::Set(value) | Op::Append(value) => value_text(value),
    };
    let when = if said.when.is_some() { " when" } else { "" };
    format!("[{what}] {}{when} {line}", said.layer.as_str())
}

fn value_text(value: &Value) -> String {
    let list = |list: &[Spanned<Template>]| list.iter().map(|item| item.raw()).collect::<Vec<_>>().join(" ");
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Text(text) => text.raw().to_owned(),
        Value::List(items) => list(items),
        Value::Cc(choice) => choice.toolchain.to_string(),
        other => format!("{other:?}"),
    }
}

const CELL: &str = "prod/t@linux/amd64,ed=a";

fn target(settings: &str) -> String {
    format!("\nprofile prod linux/amd64\naxis ed a b\ntarget t go\n  axes ed\n{settings}")
}

#[test]
fn layers_replace_one_by_one_and_lists_whole() {
    insta::assert_snapshot!(check("
defaults
  tags netgo osusergo
  ldflags -s -w
  env A=1
  env B=1
profile prod linux/amd64
  ldflags -x
  env A=2
target t go
  tags #null
  +ldflags -y
  env B=#null
", "prod/t@linux/amd64"), @"
    env A = 2 < [2] profile 9 - [1] defaults 5
    env B = unset < [#null] target 13 - [1] defaults 6
    tags = unset < [#null] target 11 - [netgo osusergo] defaults 3
    ldflags = -x -y < [-x] profile 8 < [-y] target 12 - [-s -w] defaults 4
    ");
}

#[test]
fn a_when_beats_plain_settings_of_its_layer_and_not_of_a_stronger_one() {
    insta::assert_snapshot!(check("
defaults
  when os=linux
    cc zig
    cwd low
profile prod linux/amd64
target t go
  cwd high
  when os=linux
    env A=when
  env A=plain
", "prod/t@linux/amd64"), @"
    env A = when < [when] target when 10 - [plain] target 11
    cc = zig < [zig] defaults when 4
    cwd = high < [high] target 8 - [low] defaults when 5
    ");
}

#[test]
fn a_narrower_when_beats_a_wider_one_wherever_it_stands() {
    insta::assert_snapshot!(check(&target("  when platform=linux/amd64
    tags narrow
  when os=linux
    tags wide
  tags plain
"), CELL), @"tags = narrow < [narrow] target when 7 - [wide] target when 9 - [plain] target 10");
}

#[test]
fn crossing_whens_that_differ_are_a_conflict() {
    insta::assert_snapshot!(check(&target("  when os=linux
    tags neon
    env A=1
  when ed=a
    tags enterprise
    env A=2
"), CELL), @"
    when-conflict: two `when` blocks set `tags` differently for `prod/t@linux/amd64,ed=a`
      10:5 and this value too
      7:5 this value applies
      help: neither condition is narrower than the other; add a `when` with both conditions, or use `+` to append
    when-conflict: two `when` blocks set `env A` differently for `prod/t@linux/amd64,ed=a`
      11:5 and this value too
      8:5 this value applies
      help: neither condition is narrower than the other; add a `when` with both conditions
    ");
}

#[test]
fn a_when_with_both_conditions_ends_the_conflict() {
    insta::assert_snapshot!(check(&target("  when os=linux
    tags neon
  when ed=a
    tags enterprise
  when ed=a os=linux
    tags both
"), CELL), @"tags = both < [both] target when 11 - [neon] target when 7 - [enterprise] target when 9");
}

#[test]
fn crossing_whens_may_say_the_same() {
    insta::assert_snapshot!(check(&target("  when os=linux
    tags x
  when ed=a
    tags x
"), CELL), @"tags = x < [x] target when 7 < [x] target when 9");
}

#[test]
fn setting_and_clearing_conflict_too() {
    insta::assert_snapshot!(check(&target("  when os=linux
    cc zig
  when ed=a
    cc #null
"), CELL), @"
    when-conflict: two `when` blocks set `cc` differently for `prod/t@linux/amd64,ed=a`
      9:5 and this value too
      7:5 this value applies
      help: neither condition is narrower than the other; add a `when` with both conditions
    ");
}

#[test]
fn appends_of_several_whens_all_apply_in_the_files_order() {
    insta::assert_snapshot!(check(&target("  when ed=a
    +tags one
  +tags two
  tags base
  when os=linux
    +tags three
"), CELL), @"tags = base one two three < [base] target 9 < [one] target when 7 < [two] target 8 < [three] target when 11");
}

#[test]
fn a_list_that_is_set_replaces_the_appends_that_it_beats() {
    insta::assert_snapshot!(check(&target("  +tags plain
  when os=linux
    +tags wide
  when platform=linux/amd64
    tags set
    +tags same
  when ed=a
    +tags crossing
"), CELL), @"tags = set same crossing < [set] target when 10 < [same] target when 11 < [crossing] target when 13 - [plain] target 6 - [wide] target when 8");
}

#[test]
fn the_three_ways_to_set_a_variable_replace_one_another() {
    insta::assert_snapshot!(check("
defaults
  env-pass HOME
  env LANG=C
profile prod linux/amd64
target t go
  env HOME=/x
  env-pass LANG
", "prod/t@linux/amd64"), @"
    env HOME = /x < [/x] target 7 - [true] defaults 3
    env-pass LANG = true < [true] target 8 - [C] defaults 4
    ");
}

#[test]
fn settings_of_other_builders_do_not_reach_a_cell() {
    insta::assert_snapshot!(check("
defaults
  tags netgo
  env A=1
  when os=linux
    tags x
  when arch=amd64
    tags y
profile prod linux/amd64
target t cargo
  features f
", "prod/t@linux/amd64"), @"
    env A = 1 < [1] defaults 4
    features = f < [f] target 11
    ");
}

#[test]
fn a_noarch_cell_takes_plain_settings_only() {
    insta::assert_snapshot!(check("
defaults
  env A=1
  when os=linux
    env A=2
profile prod linux/amd64
  env B=1
target t command noarch
  outputs x
", "t"), @"
    env A = 1 < [1] defaults 3
    outputs = x < [x] target 9
    ");
}

#[test]
fn a_poisoned_when_applies_nowhere() {
    insta::assert_snapshot!(check(&target("  when os=linux poisoned
    tags x
"), CELL), @"");
}

const DEPS: &str = "
profile prod linux/amd64
profile edge linux/arm64
axis ed a b
axis tls x y
target proto command noarch
  outputs p
target lib c
  axes ed tls
  profiles prod
target app go
  axes ed
  deps proto
  deps lib tls=y
  when ed=b
    deps lib tls=x ed=a
";

#[test]
fn a_dependency_is_the_cell_of_the_same_place_and_shared_axes() {
    insta::assert_snapshot!(check(DEPS, "prod/app@linux/amd64,ed=a"), @"
    needs proto
    needs prod/lib@linux/amd64,ed=a,tls=y
    ");
}

#[test]
fn a_when_chooses_another_cell_of_a_dependency() {
    insta::assert_snapshot!(check(DEPS, "prod/app@linux/amd64,ed=b"), @"
    needs proto
    needs prod/lib@linux/amd64,ed=a,tls=x
    ");
}

#[test]
fn a_dependency_that_is_not_built_there_is_a_problem() {
    insta::assert_snapshot!(check(DEPS, "edge/app@linux/arm64,ed=a"), @"
    dep-missing-cell: `edge/app@linux/arm64,ed=a` needs a cell of `lib` that does not exist
      14:8 `edge/lib@linux/arm64,ed=a,tls=y` is not a cell
      10:12 so it is not built there
      help: build `lib` there too, or leave these cells out of `app`
    ");
}

#[test]
fn whens_that_choose_differently_for_one_dependency_conflict() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
axis ed a b
axis tls x y
target lib c
  axes tls
target t go
  axes ed
  when ed=a
    deps lib tls=x
  when os=linux
    deps lib tls=y
", CELL), @"
    when-conflict: two `when` blocks set `deps lib` differently for `prod/t@linux/amd64,ed=a`
      12:10 and this value too
      10:10 this value applies
      help: neither condition is narrower than the other; add a `when` with both conditions
    ");
}

/// The paths of all artifacts.
fn paths(text: &str) -> String {
    let project = project(text);
    let matrix = expand(&project, Limits::default()).matrix;
    let paths = matrix.cells().flat_map(|cell| {
        let resolved = resolve(&matrix, cell).expect("no conflicts");
        artifacts(cell, &resolved).into_iter().map(|artifact| format!("{}\n", artifact.path)).collect::<Vec<_>>()
    });
    paths.collect()
}

#[test]
fn artifacts_go_to_the_folder_of_their_profile_and_platform() {
    insta::assert_snapshot!(paths("
profile edge linux/arm/v7 windows/amd64 darwin/arm64 wasip1/wasm
axis ed pro
target app go bin=server
  axes ed
target lib c kind=static-lib
target dyn c kind=shared-lib
target ffi go
  buildmode c-shared
target gen command
  outputs a/b {target}-{os}.txt {commit}
target doc command noarch
  outputs html/
"), @"
    edge/linux_arm_v7_pro/server
    edge/windows_amd64_pro/server.exe
    edge/darwin_arm64_pro/server
    edge/wasip1_wasm_pro/server.wasm
    edge/linux_arm_v7/liblib.a
    edge/windows_amd64/liblib.a
    edge/darwin_arm64/liblib.a
    edge/wasip1_wasm/liblib.a
    edge/linux_arm_v7/libdyn.so
    edge/windows_amd64/dyn.dll
    edge/darwin_arm64/libdyn.dylib
    edge/wasip1_wasm/libdyn.so
    edge/linux_arm_v7/libffi.so
    edge/windows_amd64/ffi.dll
    edge/darwin_arm64/libffi.dylib
    edge/wasip1_wasm/libffi.so
    edge/linux_arm_v7/gen/a/b
    edge/linux_arm_v7/gen/gen-linux.txt
    edge/linux_arm_v7/gen/{commit}
    edge/windows_amd64/gen/a/b
    edge/windows_amd64/gen/gen-windows.txt
    edge/windows_amd64/gen/{commit}
    edge/darwin_arm64/gen/a/b
    edge/darwin_arm64/gen/gen-darwin.txt
    edge/darwin_arm64/gen/{commit}
    edge/wasip1_wasm/gen/a/b
    edge/wasip1_wasm/gen/gen-wasip1.txt
    edge/wasip1_wasm/gen/{commit}
    noarch/doc/html
    ");
}
