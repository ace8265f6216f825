//! The report as a whole: order, limit, knock-on errors, the catalogue.

use xbuild_config::{Problem, catalogue, read};

/// The slugs of a text's problems.
fn check(text: &str, expect: &[&str]) {
    let raised: Vec<String> = read(text.as_bytes()).problems.iter().map(Problem::slug).collect();
    assert_eq!(raised, expect, "{text}");
}

const GO: &str = "toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\n";

fn check_after_go(text: &str, expect: &[&str]) {
    check(&format!("{GO}{text}"), expect);
}

#[test]
fn fifty_problems_and_a_count() {
    let nodes = |count: usize| "x\n".repeat(count);
    let problems = read(nodes(60).as_bytes()).problems;
    assert_eq!(problems.len(), 51);
    assert_eq!(problems[49].slug(), "unknown-node");
    assert_eq!(
        (problems[50].slug().as_str(), problems[50].to_string().as_str()),
        ("too-many", "10 more problems are not shown")
    );
    assert_eq!(read(nodes(51).as_bytes()).problems[50].to_string(), "1 more problem is not shown");
    assert_eq!(read(nodes(50).as_bytes()).problems.len(), 50);
}

#[test]
fn a_name_that_a_broken_declaration_may_have_is_not_reported_again() {
    check_after_go("tragte x\ntarget a { go \"./a\"; deps x; }", &["unknown-node"]);
    check_after_go("tragte x\ntarget a { go \"./a\"; deps y; }", &["unknown-node", "unknown-target"]);
    check_after_go("profile\ntarget a { go \"./a\"; profiles edge; }", &["missing-name"]);
    check_after_go("profile Edge \"linux/arm64\"\ntarget a { go \"./a\"; profiles Edge; }", &["bad-name"]);
    check_after_go("axis os a b\ntarget a { go \"./a\"; axes os; }", &["reserved-axis"]);
    check("toolchain go \"1.26\"\ntarget a { go \"./a\"; }", &["inexact-version"]);
    check("toolchain gop \"1.26.3\"\ntarget a { go \"./a\"; tools gop; }", &["toolchain-kind"]);
    check_after_go("axis tls on \"?\"\ntarget a { go \"./a\"; axes tls; when tls=off { cwd a; }; }", &["bad-name"]);
}

#[test]
fn what_depends_on_a_broken_part_of_a_target_is_not_reported_again() {
    let with_axis = "axis tls on off\ntarget lib { go \"./lib\"; axs tls; }\n";
    check_after_go(&format!("{with_axis}target a {{ go \"./a\"; deps lib tls=on; }}"), &["unknown-node"]);
    check_after_go("target a { go \"./a\" { ldflags \"{tls}\"; }; axes tsl; }\naxis tls on off", &["unknown-axis"]);
    check_after_go("target a { goo \"./a\"; }", &["unknown-node"]);
    check_after_go("target a { +go \"./a\"; }", &["append-scalar"]);
    check_after_go(
        "target a { go \"./a\"; axes tls; include profile=prod platform=\"linux/386\"; }",
        &["unknown-axis"],
    );
}

#[test]
fn words_that_are_no_platform_at_all() {
    for word in ["prod", "", "/", "amd64", "linux-amd64-v3-x", "a b c d"] {
        check(&format!("profile a \"{word}\""), &["unknown-platform"]);
        check(&format!("exclude platform=\"{word}\""), &["unknown-value"]);
    }
}

#[test]
fn warnings_come_only_when_nothing_is_wrong() {
    check_after_go("axis tls on off\ntarget a { go \"./a\"; }", &["unused-axis"]);
    check_after_go("axis tls on off\ntarget a { go \"./a\"; cwd \"..\"; }", &["path-escapes"]);
    check("", &["no-targets"]);
    check("xbuild format=2", &["format"]);
}

#[test]
fn everything_that_names_a_toolchain_uses_it() {
    let tools = "toolchain sh \"1\" kind=tool\ntoolchain zig \"0.15.2\"\ntoolchain gcc \"13\" kind=cc\ntoolchain buf \"1\" kind=tool\n";
    let target = "target a {\n    go \"./a\"\n    +tools buf\n    when os=linux { cc zig; }\n}\n";
    let command = "target b {\n    command sh \"x\"\n    inputs a\n    outputs b\n    cc gcc\n}";
    check_after_go(&format!("{tools}{target}{command}"), &[]);
    check_after_go(&format!("{tools}{target}"), &["unused-toolchain", "unused-toolchain"]);
}

#[test]
fn inputs_and_outputs_of_a_command_may_come_from_any_layer() {
    let sh = "toolchain sh \"1\" kind=tool\n";
    let by_defaults = "defaults { inputs a; }\nprofile edge \"linux/arm64\" { outputs b; }\n";
    check_after_go(&format!("{sh}{by_defaults}target a {{ command sh; }}"), &["unused-toolchain"]);
    check_after_go(&format!("{sh}{by_defaults}target a {{ command sh; profiles prod; }}"), &["command-undeclared"]);
    check_after_go(&format!("{sh}{by_defaults}target a {{ noarch; command sh; }}"), &["command-undeclared"]);
}

#[test]
fn a_text_that_cannot_be_read_has_no_project() {
    let checked = read(b"a {\n");
    assert!(checked.project.is_none());
    assert_eq!(checked.problems.len(), 1);
    assert!(read(b"\xff").project.is_none());
}

#[test]
fn a_target_that_is_wrong_is_poisoned() {
    let text = format!(
        "{GO}target a {{ go \"./a\"; deps b; }}\ntarget b {{ go \"./b\"; deps a; }}\ntarget c {{ go \"./c\"; }}"
    );
    let project = read(text.as_bytes()).project.expect("readable");
    let poisoned: Vec<bool> = project.targets.iter().map(|target| target.poisoned).collect();
    assert_eq!(poisoned, [true, true, false]);
    assert!(!project.poisoned);
}

#[test]
fn the_catalogue_holds_every_code_once() {
    let mut slugs: Vec<&str> = catalogue().iter().map(|info| info.slug).collect();
    for code in xbuild_kdl::CODES {
        assert!(slugs.contains(&code.trim_start_matches("xbuild::")), "{code}");
    }
    let count = slugs.len();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), count);
}

#[test]
fn every_code_of_the_meaning_has_a_snapshot() {
    let sources = [
        include_str!("codes/shape.rs"),
        include_str!("codes/duplicates.rs"),
        include_str!("codes/names.rs"),
        include_str!("codes/matrix.rs"),
        include_str!("codes/logic.rs"),
    ];
    let is_shown = |slug: &str| {
        let line = format!("xbuild::{slug}");
        let is_code = |one: &str| one.trim() == line || one.trim() == format!("{line} (warning)");
        sources.iter().any(|source| source.lines().any(is_code))
    };
    let of_reading = |slug: &str| xbuild_kdl::CODES.contains(&format!("xbuild::{slug}").as_str());
    let missing: Vec<&str> =
        catalogue().iter().map(|info| info.slug).filter(|slug| !of_reading(slug) && !is_shown(slug)).collect();
    assert_eq!(missing, ["too-many"], "shown in `fifty_problems_and_a_count`");
}
