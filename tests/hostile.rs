//! Texts made to break a parser, through the whole program: it ends by itself, soon, and says what is wrong in plain text.

use std::time::{Duration, Instant};

use crate::harness::{Project, Ran};

/// As long as the slowest text may take, even unoptimized and beside other tests.
const LIMIT: Duration = Duration::from_secs(10);

/// Checks a text, which must end with a code of the contract, in time, and without an escape sequence.
#[track_caller]
fn check(text: impl AsRef<[u8]>, code: i32) -> Ran {
    let project = Project::text(text);
    let start = Instant::now();
    let ran = project.xbuild(&["check"]).exits(code);
    assert!(start.elapsed() < LIMIT, "took {:?}", start.elapsed());
    assert_harmless(&ran);
    project.xbuild(&["check", "--format", "json"]).exits(code)
}

/// Checks that nothing of the output acts on a terminal.
#[track_caller]
fn assert_harmless(ran: &Ran) {
    for output in [&ran.stdout, &ran.stderr] {
        let control = output.chars().find(|c| (c.is_control() && *c != '\n') || is_bidi(*c));
        assert_eq!(control, None, "{output:?}");
    }
}

/// The characters that reorder the text around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn check_code(text: impl AsRef<[u8]>, diagnostic: &str) {
    let codes = check(text, 3).codes();
    assert!(codes.iter().any(|code| code == diagnostic), "{diagnostic} in {codes:?}");
}

/// A file without a mistake, but for what is added to it.
fn valid(addition: &str) -> String {
    format!("toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\ntarget app {{\n    go \".\"\n}}\n{addition}")
}

#[test]
fn nested_comments_of_nodes_do_not_explode() {
    check("a /-{".repeat(60), 3);
    check_code(format!("{}{}", "a /-{ ".repeat(20), "}".repeat(20)), "xbuild::slashdash-too-deep");
    check("/-".repeat(50_000), 3);
}

#[test]
fn deep_nesting_does_not_use_up_the_stack() {
    check_code(format!("{}{}", "a {\n".repeat(10_000), "}\n".repeat(10_000)), "xbuild::too-deep");
    check_code("a {".repeat(500_000), "xbuild::too-deep");
    check_code("/*".repeat(500_000), "xbuild::comment-too-deep");
}

#[test]
fn floods_of_words_are_refused_before_they_are_parsed() {
    check_code("a ".repeat(200_000), "xbuild::too-large");
    check_code("a\n".repeat(200_000), "xbuild::too-large");
    check_code("x".repeat(5 * 1024 * 1024), "xbuild::too-large");
}

#[test]
fn as_many_mistakes_as_fit_are_told_in_time() {
    let codes = check("nonsense 1 b=2\n".repeat(40_000), 3).codes();
    assert!(codes.len() <= 51, "{} diagnostics", codes.len());
    check("a=\n".repeat(20_000), 3);
    check("\"\n".repeat(100_000), 3);
    check(")(".repeat(50_000), 3);
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_place() {
    check_code(b"profile prod \xff\xfe\n", "xbuild::not-utf8");
    check_code(b"\xed\xa0\x80", "xbuild::not-utf8");
    check_code([0xff, 0xfe, b'a', 0], "xbuild::not-utf8");
    check(valid("\0"), 3);
    check(valid("target \"a\0b\" {\n    go \".\"\n}\n"), 3);
}

#[test]
fn line_ends_and_a_byte_order_mark_are_no_mistakes() {
    check(format!("\u{feff}{}", valid("")), 0);
    check(valid("").replace('\n', "\r\n"), 0);
    check(valid("").trim_end(), 0);
    check(valid("nonsense\n").replace('\n', "\r\n"), 3);
}

#[test]
fn what_reorders_text_is_refused_in_names_and_never_echoed() {
    check(valid("target \"\u{202e}ppa\" {\n    go \".\"\n}\n"), 3);
    check(valid("// \u{202e} hidden\n"), 3);
    check(valid("target \u{2066}app {\n    go \".\"\n}\n"), 3);
}

#[test]
fn escape_sequences_never_reach_the_terminal() {
    let red = "\\u{1b}[31mred\\u{7}\\u{9b}2J";
    for text in [
        format!("profile prod \"{red}\"\n"),
        format!("target \"{red}\" {{\n    go \".\"\n}}\n"),
        format!("\"{red}\" 1\n"),
        format!("toolchain \"{red}\" \"{red}\"\n"),
        format!("project app version=1 \"{red}\"=\"{red}\"\n"),
        valid(&format!("defaults {{\n    env \"{red}\"=\"1\" GOOS=\"{red}\"\n}}\n")),
        valid(&format!("exclude \"{red}\"=\"{red}\"\n")),
    ] {
        check(text, 3);
    }
    check("profile prod \"\u{1b}[31mred\u{1b}[0m\u{7}\"\n", 3);
    check("\u{1b}]0;title\u{7} \u{1b}[2J\n", 3);
}

#[test]
fn escape_sequences_of_arguments_never_reach_the_terminal() {
    let project = Project::text(valid(""));
    let red = "\u{1b}[31mred\u{7}\u{202e}";
    project.write(red, "#!/bin/sh\n");
    for (arguments, code) in [
        (&["matrix", red][..], 4),
        (&["matrix", "-t", red], 4),
        (&["matrix", "-p", red], 4),
        (&["matrix", "--cell", red], 4),
        (&["matrix", "--axis", red], 2),
        (&["matrix", "--shard", red], 2),
        (&["matrix", "-C", red], 2),
        (&["why", red], 4),
        (&["check", "--file", red], 3),
        (&["check", "--file", "missing/\u{1b}[31m"], 3),
        (&["build", "--isolation", red], 2),
        (&["explain", red], 2),
        (&["inspect", red], 0),
        (&["inspect", red, "xbuild.kdl"], 0),
        (&["inspect", "missing\u{1b}[31m"], 5),
        (&["verify", "--expect", red, "xbuild.kdl"], 2),
        (&["verify", "--expect", "linux/amd64", red], 6),
        (&[red], 2),
        (&["build", "--out"], 2),
        (&["check", "-f", red, "--color", red], 2),
    ] {
        let ran = project.xbuild(arguments);
        assert_eq!(ran.code(), Some(code), "{arguments:?}: {ran:#?}");
        assert_harmless(&ran);
    }
}

#[test]
fn escape_sequences_of_a_lock_never_reach_the_terminal() {
    for lock in [
        "\u{1b}[31m\n",
        "xbuild-lock 1\n\"\\u{1b}[31m\" 1\n",
        "xbuild-lock 1\nartifact \"\u{202e}\" {\n    pending\n}\n",
    ] {
        let project = Project::text(valid(""));
        project.write("xbuild.lock", lock);
        let ran = project.xbuild(&["verify"]);
        assert!(matches!(ran.code(), Some(3 | 6)), "{lock:?}: {ran:#?}");
        assert_harmless(&ran);
    }
}

#[test]
fn numbers_beyond_every_range_are_values_of_the_wrong_kind() {
    check(format!("xbuild format={}\n", "9".repeat(100_000)), 3);
    check(format!("xbuild format=1e{}\n", "9".repeat(1_000)), 3);
    check(format!("toolchain go 0x{}\n", "f".repeat(100_000)), 3);
}

#[test]
fn an_explosion_of_cells_is_refused_by_number() {
    let values = |letter: char| (0..60).map(|number| format!(" {letter}{number}")).collect::<String>();
    let axes: String = "abcdef".chars().map(|letter| format!("axis x{letter}{}\n", values(letter))).collect();
    let target = "target app {\n    go \".\"\n    axes xa xb xc xd xe xf\n}\n";
    let text = format!("toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\n{axes}{target}");
    check_code(text, "xbuild::too-many-cells");
}
