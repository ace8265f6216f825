//! What is reported about a whole matrix.

use super::project::project;
use super::show;
use crate::matrix::{Limits, expand};

fn check(text: &str) -> String {
    let project = project(text);
    let expanded = expand(&project, Limits::default());
    let problems = expanded.problems.into_iter().chain(crate::matrix::check(&expanded.matrix));
    problems.map(|problem| show(text, &problem)).collect()
}

#[test]
fn an_exclude_that_removes_nothing() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
profile edge linux/arm64
exclude os=darwin
target t go
  exclude os=windows
  exclude platform=linux/arm64 profile=prod
  include profile=prod platform=windows/amd64
"), @"
    exclude-nothing: this `exclude` removes no cell
      4:1 no cell of `t` has os=darwin
      help: there is os=linux
    exclude-nothing: this `exclude` removes no cell
      6:3 no cell of `t` has os=windows
      help: there is os=linux
    exclude-nothing: this `exclude` removes no cell
      7:3 no cell of `t` has all of these at once
    ");
}

#[test]
fn an_exclude_whose_cells_another_one_removes_too_is_alive() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/arm64
exclude arch=arm64
target t go
  exclude platform=linux/arm64
"), @"");
}

#[test]
fn a_target_without_cells() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
target t go
  exclude os=linux
  when os=windows
    tags x
target u go
"), @"
    no-cells: `t` has no cells
      3:8 every cell of it is excluded
      4:3 this removes cells of it
      help: remove an `exclude`, or remove `t`
    ");
    insta::assert_snapshot!(check("
target t go
target n command noarch
"), @r#"
    no-cells: `t` has no cells
      2:8 no profile says what it is built for
      help: declare one: `profile prod "linux/amd64"`
    "#);
}

#[test]
fn a_when_that_never_applies() {
    insta::assert_snapshot!(check("
defaults
  when os=windows
    env A=1
profile prod linux/amd64
  when ed=c
    env A=1
axis ed a b
target t go
  axes ed
  exclude ed=b
  when ed=b
    env A=1
  when ed=a
    env A=1
target u go
  when ed=a
    env A=1
"), @"
    warning when-never: this `when` applies to no cell
      3:3 no cell has os=windows
      help: there is os=linux
    when-never: this `when` applies to no cell
      6:3 no cell has ed=c
      help: there is ed=a
    when-never: this `when` applies to no cell
      12:3 no cell of `t` has ed=b
      help: there is ed=a
    when-never: this `when` applies to no cell
      17:3 no cell of `u` has ed=a
    ");
}

#[test]
fn a_conflict_is_said_once_for_the_first_cell() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/arm64
axis ed a b
target t go
  axes ed
  when os=linux
    tags x
  when ed=a
    tags y
"), @"
    when-conflict: two `when` blocks set `tags` differently for `prod/t@linux/amd64,ed=a`
      9:5 and this value too
      7:5 this value applies
      help: neither condition is narrower than the other; add a `when` with both conditions, or use `+` to append
    ");
}

#[test]
fn cgo_needs_a_compiler_for_each_platform() {
    insta::assert_snapshot!(check("
toolchain zig zig
profile prod linux/amd64 linux/arm64
profile edge linux/arm64
profile dev darwin/arm64
axis ed a b
target t go
  axes ed
  cgo on
  when platform=linux/amd64
    cc zig
"), @r#"
    cgo-no-cc: `t` uses cgo on linux/arm64 and darwin/arm64 but no C compiler is chosen for them
      9:3 cgo is on
      help: add `when platform="linux/arm64" { cc zig libc=musl }` and `when platform="darwin/arm64" { cc zig }`
    "#);
}

#[test]
fn a_compiler_that_may_be_chosen_in_a_poisoned_when_is_not_missed() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
target t go
  cgo on
  when os=linxu poisoned
    cc zig
"), @"");
}

#[test]
fn a_dependency_with_an_axis_that_nothing_decides() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
profile edge linux/arm64
axis ed a b
target t go
  axes ed
target u go
  deps t
target v go
  deps t ed=b
"), @"
    dep-ambiguous: `u` does not say which `t` it needs
      8:8 `t` has the axis `ed`, `u` has not
      help: choose one: `deps t ed=a` or `deps t ed=b`
    ");
}

#[test]
fn a_dependency_without_a_cell() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
profile edge linux/arm64
axis ed a b
target t go
  profiles prod
target x go
  exclude profile=edge
target u go
  deps t
  deps x
  deps t2 ed=a
target t2 go
"), @"
    dep-missing-cell: `edge/u@linux/arm64` needs a cell of `t` that does not exist
      10:8 `edge/t@linux/arm64` is not a cell
      6:12 so it is not built there
      help: build `t` there too, or leave these cells out of `u`
    dep-missing-cell: `edge/u@linux/arm64` needs a cell of `x` that does not exist
      11:8 `edge/x@linux/arm64` is not a cell
      8:3 so it is not built there
      help: build `x` there too, or leave these cells out of `u`
    dep-missing-cell: `prod/u@linux/amd64` needs a cell of `t2` that does not exist
      12:8 `t2` has no axis `ed`
      help: remove `ed=…`
    ");
}

#[test]
fn platforms_that_a_builder_cannot_build_for() {
    insta::assert_snapshot!(check("
toolchain zig zig
profile odd plan9/amd64 js/wasm aix/ppc64
defaults
  when os=plan9|aix
    cc zig
target t go
  cgo on
  profiles odd
  exclude os=aix
target r cargo
target z zig
  exclude os=plan9|js
target l c
target s command
"), @r#"
    unsupported-pair: Go cannot use cgo for `t` on plan9/amd64
      8:3 not possible on plan9/amd64
      3:13 promised here
      help: add `exclude platform="plan9/amd64"` to `t`
    unsupported-pair: Go cannot use cgo for `t` on js/wasm
      8:3 not possible on js/wasm
      3:25 promised here
      help: add `exclude platform="js/wasm"` to `t`
    unsupported-pair: `cargo` cannot build `r` on plan9/amd64
      11:10 not possible on plan9/amd64
      3:13 promised here
      help: add `exclude platform="plan9/amd64"` to `r`
    unsupported-pair: `cargo` cannot build `r` on js/wasm
      11:10 not possible on js/wasm
      3:25 promised here
      help: add `exclude platform="js/wasm"` to `r`
    unsupported-pair: `zig` cannot build `z` on aix/ppc64
      12:10 not possible on aix/ppc64
      3:33 promised here
      help: add `exclude platform="aix/ppc64"` to `z`
    unsupported-pair: `zig` cannot build `l` on plan9/amd64
      14:10 not possible on plan9/amd64
      3:13 promised here
      help: add `exclude platform="plan9/amd64"` to `l`
    unsupported-pair: `zig` cannot build `l` on aix/ppc64
      14:10 not possible on aix/ppc64
      3:33 promised here
      help: add `exclude platform="aix/ppc64"` to `l`
    "#);
}

#[test]
fn artifacts_that_collide() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
target a go bin=same
target b go bin=Same
target gen command
  outputs z
target gon go bin=gen
target two command
  outputs x x/y
"), @"
    overlapping-outputs: two artifacts collide at `prod/linux_amd64/Same`
      4:13 `prod/a@linux/amd64` and `prod/b@linux/amd64` both write it
      3:13 it collides with this one
      help: choose another name with `bin`
    overlapping-outputs: two artifacts collide at `prod/linux_amd64/gen/z`
      7:15 `prod/linux_amd64/gen` is a file of `prod/gon@linux/amd64` and a folder of `prod/gen@linux/amd64`
      6:11 it collides with this one
      help: choose another name with `bin`
    overlapping-outputs: two artifacts collide at `prod/linux_amd64/two/x/y`
      9:13 `prod/linux_amd64/two/x` is a file of `prod/two@linux/amd64` and a folder of `prod/two@linux/amd64`
      9:11 it collides with this one
      help: give one of the outputs another path
    ");
}

#[test]
fn an_axis_value_that_reads_like_a_variant_collides_with_it() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/amd64/v3
axis level v3 V3
target leveled go
  axes level
  exclude platform=linux/amd64/v3
target base go bin=leveled
  exclude platform=linux/amd64
"), @"
    overlapping-outputs: two artifacts collide at `prod/linux_amd64_V3/leveled`
      4:8 `prod/leveled@linux/amd64,level=v3` and `prod/leveled@linux/amd64,level=V3` both write it
      help: choose another name with `bin`
    overlapping-outputs: two artifacts collide at `prod/linux_amd64_v3/leveled`
      7:16 `prod/leveled@linux/amd64,level=v3` and `prod/base@linux/amd64/v3` both write it
      4:8 it collides with this one
      help: choose another name with `bin`
    ");
}

#[test]
fn an_image_needs_one_linux_cell_and_is_not_made_for_others() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
profile dev darwin/arm64 windows/amd64
target t go
  image a
target u go
  profiles dev
  image b
target v go
  image c
  when os=darwin
    image d
"), @"
    image-not-linux: an image needs a cell on linux, and `u` has none
      8:3 applies to darwin/arm64, windows/amd64 only
      help: remove the `image`, or give `u` a profile with a linux platform
    image-not-linux: an image needs a cell on linux, and `v` has none
      12:5 applies to darwin/arm64 only
      help: remove the `image`, or give `v` a profile with a linux platform
    ");
}

#[test]
fn what_may_follow_from_a_part_that_could_not_be_read_is_silent() {
    let doubtful = "
profile prod linux/amd64 poisoned
axis ed a b
exclude os=windows
target d go
  axes ed
target t go
  exclude os=windows
  deps d
  cgo on
  when os=windows
    tags x
";
    insta::assert_snapshot!(check(doubtful), @"");
    insta::assert_snapshot!(check(&doubtful.replace("64 poisoned", "64").replace("\naxis", "\npoisoned\naxis")), @"");
    insta::assert_snapshot!(check(&doubtful.replace("64 poisoned", "64").replace("exclude os=windows\ntarget d", "target d").replace("t go", "t go poisoned")), @"");
}

#[test]
fn a_whole_project_without_problems() {
    insta::assert_snapshot!(check("
toolchain zig zig
profile prod linux/amd64
profile dev darwin/arm64
axis tls boring stock
defaults
  when os=linux
    cc zig
  when os=darwin|windows
    cc clang
target proto command noarch
  outputs go
target crypto c kind=static-lib
  axes tls
target server go
  cgo on
  deps proto
  deps crypto tls=boring
  image x
"), @"");
}
