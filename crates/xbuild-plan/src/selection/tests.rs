//! What a command line selects, and what it says when that is nothing.

use super::*;
use crate::matrix::tests::project::project;
use crate::matrix::tests::show;
use crate::matrix::{Limits, expand};

const PROJECT: &str = "
profile prod linux/amd64 linux/arm64 default
profile edge linux/arm/v7
profile dev darwin/arm64 windows/amd64
axis ed a b
target proto command noarch
target server go
  axes ed
  profiles prod edge
  exclude profile=edge ed=b
target cli go
";

/// The words of a command line as a selection; the cells that it selects, or what is wrong.
fn check(words: &str) -> String {
    let project = project(PROJECT);
    let matrix = expand(&project, Limits::default()).matrix;
    match selection(words).and_then(|selection| selection.apply(&matrix)) {
        Ok(selected) => selected.cells.iter().map(|cell| format!("{}\n", cell.id())).collect(),
        Err(error) => show(PROJECT, &error),
    }
}

fn selection(words: &str) -> Result<Selection, SelectionError> {
    let mut selection = Selection::default();
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("a value").to_owned();
        match word {
            "-t" => selection.targets.push(value()),
            "-p" => selection.platforms.push(value()),
            "--cell" => selection.cells.push(value()),
            "--axis" => {
                let axis = value();
                let (name, value) = axis.split_once('=').expect("NAME=VALUE");
                selection.axes.push((name.to_owned(), value.to_owned()));
            }
            "--host" => selection.host = HostPlatform::from_rust_names("linux", &value()),
            "--shard" => selection.shard = Some(value().parse()?),
            "--all" => selection.all = true,
            profile => selection.profiles.push(profile.to_owned()),
        }
    }
    Ok(selection)
}

#[test]
fn nothing_named_means_the_default_profiles() {
    insta::assert_snapshot!(check(""), @"
    proto
    prod/server@linux/amd64,ed=a
    prod/server@linux/amd64,ed=b
    prod/server@linux/arm64,ed=a
    prod/server@linux/arm64,ed=b
    prod/cli@linux/amd64
    prod/cli@linux/arm64
    ");
}

#[test]
fn all_means_every_profile() {
    assert_eq!(check("--all").lines().count(), 11);
    assert_eq!(check("--all edge"), check("--all"));
}

#[test]
fn without_a_default_every_profile_counts() {
    let project = project(&PROJECT.replace(" default", ""));
    let matrix = expand(&project, Limits::default()).matrix;
    let selected = Selection::default().apply(&matrix).expect("cells");
    assert_eq!((selected.cells.len(), selected.profiles.len()), (11, 3));
}

#[test]
fn kinds_combine_with_and_repeats_with_or() {
    insta::assert_snapshot!(check("edge dev -t cli"), @"
    edge/cli@linux/arm/v7
    dev/cli@darwin/arm64
    dev/cli@windows/amd64
    ");
    insta::assert_snapshot!(check("-p linux/amd64 -p linux/arm/* --all --axis ed=a"), @"
    prod/server@linux/amd64,ed=a
    edge/server@linux/arm/v7,ed=a
    ");
}

#[test]
fn a_star_in_a_platform_matches_variants_too() {
    insta::assert_snapshot!(check("--all -t cli -p linux/*"), @"
    prod/cli@linux/amd64
    prod/cli@linux/arm64
    edge/cli@linux/arm/v7
    ");
}

#[test]
fn a_noarch_cell_is_selected_by_name_or_where_no_place_is_asked_for() {
    insta::assert_snapshot!(check("edge -t proto -t server"), @"
    proto
    edge/server@linux/arm/v7,ed=a
    ");
    insta::assert_snapshot!(check("edge"), @"
    edge/server@linux/arm/v7,ed=a
    edge/cli@linux/arm/v7
    ");
}

#[test]
fn an_id_or_a_glob_of_ids_names_its_profile_itself() {
    insta::assert_snapshot!(check("--cell dev/cli@darwin/arm64 --cell *,ed=b"), @"
    prod/server@linux/amd64,ed=b
    prod/server@linux/arm64,ed=b
    dev/cli@darwin/arm64
    ");
    insta::assert_snapshot!(check("--cell proto"), @"proto");
}

#[test]
fn host_means_what_runs_here() {
    insta::assert_snapshot!(check("--all --host x86_64 -t cli"), @"prod/cli@linux/amd64");
}

#[test]
fn shards_are_disjoint_and_complete() {
    let whole = check("--all");
    let mut parts: Vec<String> = (1..=3)
        .flat_map(|index| check(&format!("--all --shard {index}/3")).lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut lines: Vec<&str> = whole.lines().collect();
    parts.sort();
    lines.sort_unstable();
    assert_eq!(parts, lines);
    assert_eq!(check("--cell proto --shard 2/2"), "");
}

#[test]
fn a_shard_is_counted_from_one() {
    for text in ["0/2", "3/2", "1/0", "1", "a/b"] {
        assert!(text.parse::<Shard>().is_err(), "{text}");
    }
    insta::assert_snapshot!(check("--shard 5/4"), @"
    bad-shard: `5/4` is not a shard
      help: write I/N with I from 1 to N: `--shard 1/4`
    ");
}

#[test]
fn names_that_do_not_exist() {
    insta::assert_snapshot!(check("prd"), @"
    unknown-profile: there is no profile `prd`
      help: did you mean `prod`?
    ");
    insta::assert_snapshot!(check("-t server -t xyz"), @"
    unknown-target: there is no target `xyz`
      help: there is `proto`, `server`, `cli`
    ");
    insta::assert_snapshot!(check("--axis edd=a"), @"
    unknown-axis: there is no axis `edd`
      help: did you mean `ed`?
    ");
    insta::assert_snapshot!(check("--axis ed=z"), @"
    unknown-value: the axis `ed` has no value `z`
      help: there is `a`, `b`
    ");
}

#[test]
fn a_cell_that_does_not_exist() {
    insta::assert_snapshot!(check("--cell prod/sever@linux/amd64,ed=a"), @"
    unknown-cell: there is no cell `prod/sever@linux/amd64,ed=a`
      help: the nearest: `prod/server@linux/amd64,ed=a`, `prod/server@linux/amd64,ed=b`, `prod/server@linux/arm64,ed=a`
    ");
    insta::assert_snapshot!(check("--cell edge/server@linux/arm/v7,ed=b"), @"
    unknown-cell: there is no cell `edge/server@linux/arm/v7,ed=b`
      10:3 this removes it
      help: the nearest: `edge/server@linux/arm/v7,ed=a`, `prod/server@linux/arm64,ed=b`, `prod/server@linux/amd64,ed=b`
    ");
}

#[test]
fn a_cell_that_the_target_s_profiles_leave_out() {
    insta::assert_snapshot!(check("--cell dev/server@darwin/arm64,ed=a"), @r"
    unknown-cell: there is no cell `dev/server@darwin/arm64,ed=a`
      9:12 only these profiles
      help: the nearest: `prod/server@linux/arm64,ed=a`, `prod/server@linux/arm64,ed=b`, `dev/cli@darwin/arm64`
    ");
}

#[test]
fn a_selection_that_matches_nothing_shows_what_is_near() {
    insta::assert_snapshot!(check("-p windows/* -t server"), @"
    empty-selection: the selection matches no cell
      help: the nearest: `prod/server@linux/amd64,ed=a`, `prod/server@linux/amd64,ed=b`, `prod/server@linux/arm64,ed=a`
    ");
    insta::assert_snapshot!(check("--cell prod/clo*"), @"
    empty-selection: the selection matches no cell
      help: the nearest: `prod/cli@linux/amd64`, `prod/cli@linux/arm64`, `prod/server@linux/amd64,ed=a`
    ");
    insta::assert_snapshot!(check("--cell a[b"), @"bad-pattern: `a[b` is not a pattern: unclosed character class; missing ']'");
}
