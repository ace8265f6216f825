//! Which cells there are, in which order, and which were removed.

use super::project::project;
use super::show;
use crate::matrix::{Dropped, How, Limits, expand};

/// The cells, then the removed points, then the problems of expansion.
fn check(text: &str) -> String {
    let project = project(text);
    let expanded = expand(&project, Limits { max_cells: 1000 });
    let matrix = &expanded.matrix;
    let mut out: String = matrix.cells().map(|cell| format!("{}\n", cell.id())).collect();
    for dropped in matrix.dropped() {
        let line = text[..dropped.by().origin.offset].lines().count();
        out.push_str(&format!("- {} {} by line {line}\n", dropped.id(), Dropped::REASON));
    }
    for cell in matrix.cells() {
        assert_eq!(matrix.find(&cell.id().to_string()), Some(cell), "an id finds its cell");
        if let How::Included(include) = cell.how() {
            assert_eq!(cell.origin(), include.origin);
        }
    }
    out.extend(expanded.problems.iter().map(|problem| show(text, problem)));
    out
}

#[test]
fn profiles_then_platforms_then_axes_and_the_first_varies_slowest() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/arm64
profile edge linux/arm/v7
axis ed a b
axis tls x y
target t go
  axes tls ed
"), @"
    prod/t@linux/amd64,tls=x,ed=a
    prod/t@linux/amd64,tls=x,ed=b
    prod/t@linux/amd64,tls=y,ed=a
    prod/t@linux/amd64,tls=y,ed=b
    prod/t@linux/arm64,tls=x,ed=a
    prod/t@linux/arm64,tls=x,ed=b
    prod/t@linux/arm64,tls=y,ed=a
    prod/t@linux/arm64,tls=y,ed=b
    edge/t@linux/arm/v7,tls=x,ed=a
    edge/t@linux/arm/v7,tls=x,ed=b
    edge/t@linux/arm/v7,tls=y,ed=a
    edge/t@linux/arm/v7,tls=y,ed=b
    ");
}

#[test]
fn a_targets_own_list_of_profiles_orders_them() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
profile edge linux/arm64
target t go
  profiles edge prod
target u go
"), @"
    edge/t@linux/arm64
    prod/t@linux/amd64
    prod/u@linux/amd64
    edge/u@linux/arm64
    ");
}

#[test]
fn a_noarch_target_has_one_cell_whatever_is_excluded() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
exclude os=linux
target proto command noarch
"), @"proto");
}

#[test]
fn exclude_removes_and_include_adds_last() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/arm64
axis ed a b
exclude platform=linux/arm64 ed=b
target t go
  axes ed
  exclude ed=b
  include profile=prod platform=linux/riscv64 ed=b
  include profile=prod platform=linux/amd64 ed=b
target u go
"), @"
    prod/t@linux/amd64,ed=a
    prod/t@linux/arm64,ed=a
    prod/t@linux/riscv64,ed=b
    prod/t@linux/amd64,ed=b
    prod/u@linux/amd64
    prod/u@linux/arm64
    - prod/t@linux/arm64,ed=b excluded by line 3
    ");
}

#[test]
fn a_platform_twice_in_a_profile_is_one_cell() {
    insta::assert_snapshot!(check("
profile prod linux/amd64 linux/amd64
target t go
  profiles prod prod
"), @"prod/t@linux/amd64");
}

#[test]
fn an_include_of_a_cell_that_exists_is_a_problem() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
target t go
  include profile=prod platform=linux/amd64
  include profile=prod platform=linux/arm64
  include profile=prod platform=linux/arm64
"), @"
    prod/t@linux/amd64
    prod/t@linux/arm64
    include-existing: this `include` adds a cell that exists already
      4:3 `prod/t@linux/amd64` exists
      help: remove this line; to change settings of existing cells use `when`
    include-existing: this `include` adds a cell that exists already
      6:3 `prod/t@linux/arm64` exists
      5:3 added here
      help: remove this line; to change settings of existing cells use `when`
    ");
}

#[test]
fn a_poisoned_condition_removes_nothing() {
    insta::assert_snapshot!(check("
profile prod linux/amd64
exclude os=linux poisoned
target t go
"), @"prod/t@linux/amd64");
}

#[test]
fn too_many_cells_are_counted_before_they_are_made() {
    let values: String = (0..60).map(|value| format!(" v{value}")).collect();
    let axes: String = (0..30).map(|axis| format!("axis a{axis}{values}\n")).collect();
    let names: String = (0..30).map(|axis| format!(" a{axis}")).collect();
    let text = format!("profile prod linux/amd64\n{axes}target small go\ntarget t go\n  axes{names}\n");
    insta::assert_snapshot!(check(&text), @"
    too-many-cells: the matrix has more than 1000 cells
      33:8 `t` alone has more than can be counted
    ");
    let text = format!("profile prod linux/amd64\n{axes}target t go\n  axes a0 a1\n");
    insta::assert_snapshot!(check(&text), @"
    too-many-cells: the matrix has more than 1000 cells
      32:8 `t` alone has 3600
      help: `--max-cells 3600` allows it; cells that `exclude` removes count too
    ");
}

#[test]
fn ids_that_are_no_cells_find_nothing() {
    let project = project(
        "
profile prod linux/amd64
axis ed a b
target t go
  axes ed
target n command noarch
",
    );
    let matrix = expand(&project, Limits::default()).matrix;
    for id in [
        "",
        "t",
        "prod/t",
        "prod/t@linux/amd64",
        "prod/t@linux/amd64,ed=c",
        "prod/t@linux/amd64,x=a",
        "prod/n@linux/amd64",
        "prod/t@linux/x,ed=a",
        "n@",
        "prod/t@linux/amd64,ed=a,ed=a",
    ] {
        assert_eq!(matrix.find(id), None, "{id}");
    }
    assert!(matrix.find("n").is_some());
}

#[test]
fn a_million_cells_expand_and_are_found() {
    let values: String = (0..1000).map(|value| format!(" v{value}")).collect();
    let text = format!(
        "profile prod linux/amd64\naxis a{values}\naxis b{values}\nexclude a=v7 b=v7\ntarget t go\n  axes a b\n"
    );
    let project = project(&text);
    let matrix = expand(&project, Limits { max_cells: 1_000_000 }).matrix;
    assert_eq!((matrix.len(), matrix.dropped().count()), (999_999, 1));
    for index in [0, 7006, 7007, 500_000, 999_998] {
        let cell = matrix.get(index).expect("in range");
        assert_eq!(matrix.find(&cell.id().to_string()), Some(cell));
    }
    assert!(matrix.find("prod/t@linux/amd64,a=v7,b=v7").is_none());
    assert!(matrix.find_dropped("prod/t@linux/amd64,a=v7,b=v7").is_some());
}
