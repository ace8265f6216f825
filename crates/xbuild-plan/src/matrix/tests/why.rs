//! What is told to somebody who asks why a cell is there and why it is so.

use super::project::project;
use crate::matrix::{Limits, Resolver, Rule, accounts, expand, resolve, rules};

/// The rules that touch a point, with the line of each.
fn check(text: &str, id: &str) -> String {
    let project = project(text);
    let matrix = expand(&project, Limits::default()).matrix;
    let rules = match matrix.find_dropped(id) {
        Some(dropped) => dropped.rules(),
        None => rules(&mut Resolver::new(&matrix), matrix.find(id).expect(id)),
    };
    let line = |rule: &Rule| text[..=rule.origin.offset].lines().count();
    rules.iter().map(|rule| format!("{} {} {}\n", rule.effect.as_str(), rule.text, line(rule))).collect()
}

const PROJECT: &str = "
profile prod linux/amd64 linux/arm64
profile edge linux/arm/v7
axis ed a b
defaults
  when os=linux
    env A=1
exclude profile=prod ed=b
target proto command noarch
target t go
  axes ed
  profiles prod edge
  exclude platform=linux/arm64 ed=b
  exclude profile=edge
  include profile=edge platform=linux/arm/v7 ed=b
  when ed=a os=linux|darwin
    tags x
";

#[test]
fn a_cell_is_a_product_and_each_when_that_holds_changes_it() {
    insta::assert_snapshot!(check(PROJECT, "prod/t@linux/arm64,ed=a"), @r#"
    makes target t 10
    makes profiles prod 12
    makes profile prod 2
    makes platform "linux/arm64" 2
    makes axis ed=a 4
    changes when os=linux 6
    changes when ed=a os=linux|darwin 16
    "#);
    insta::assert_snapshot!(check(PROJECT, "proto"), @"
    makes target proto 9
    makes noarch 9
    ");
}

#[test]
fn a_dropped_point_names_all_that_remove_it() {
    insta::assert_snapshot!(check(PROJECT, "prod/t@linux/arm64,ed=b"), @r#"
    makes target t 10
    makes profiles prod 12
    makes profile prod 2
    makes platform "linux/arm64" 2
    makes axis ed=b 4
    removes exclude profile=prod ed=b 8
    removes exclude platform="linux/arm64" ed=b 13
    "#);
    insta::assert_snapshot!(check(PROJECT, "edge/t@linux/arm/v7,ed=a"), @r#"
    makes target t 10
    makes profiles edge 12
    makes profile edge 3
    makes platform "linux/arm/v7" 3
    makes axis ed=a 4
    removes exclude profile=edge 14
    "#);
}

#[test]
fn an_included_cell_names_the_rules_that_it_overrules() {
    insta::assert_snapshot!(check(PROJECT, "edge/t@linux/arm/v7,ed=b"), @r#"
    makes target t 10
    makes include profile=edge platform="linux/arm/v7" ed=b 15
    overruled exclude profile=edge 14
    changes when os=linux 6
    "#);
}

/// The settings of `prod/t@linux/amd64`: how many made each, how many lost, and whether the builder has a value of its own.
fn check_accounts(settings: &str) -> String {
    let project = project(&format!("\nprofile prod linux/amd64\ntarget t go\n{settings}"));
    let matrix = expand(&project, Limits::default()).matrix;
    let resolved = resolve(&matrix, matrix.find("prod/t@linux/amd64").expect("the cell")).expect("settings");
    let all = accounts(Some(xbuild_model::BuilderKind::Go), &resolved);
    let line = |account: &crate::matrix::Account<'_>| {
        let value = account.value.as_deref().map_or_else(|| "unset".to_owned(), |value| format!("{value:?}"));
        let default = account.default.as_ref().map(|value| format!(", by default {value:?}")).unwrap_or_default();
        format!(
            "{} {value}: {} by, {} lost{default}\n",
            account.slot.label(),
            account.made_by.len(),
            account.lost.len()
        )
    };
    all.iter().map(line).collect()
}

#[test]
fn the_builder_is_the_weakest_layer() {
    insta::assert_snapshot!(check_accounts(""), @"
    cgo Bool(false): 0 by, 0 lost, by default Bool(false)
    trimpath Bool(true): 0 by, 0 lost, by default Bool(true)
    ");
    insta::assert_snapshot!(check_accounts("  cgo on\n"), @"
    cgo Bool(true): 1 by, 0 lost, by default Bool(false)
    trimpath Bool(true): 0 by, 0 lost, by default Bool(true)
    ");
    insta::assert_snapshot!(check_accounts("  cgo #null\n"), @"
    cgo Bool(false): 1 by, 0 lost, by default Bool(false)
    trimpath Bool(true): 0 by, 0 lost, by default Bool(true)
    ");
}
