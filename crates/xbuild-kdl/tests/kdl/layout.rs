//! The layout of `format` and of the printer.

use xbuild_kdl::{Item, Printer, Scalar, format, is_bare_word, quote};

fn check(text: &str, expect: &str) {
    assert_eq!(format(text), expect, "of {text:?}");
    assert_eq!(format(expect), expect, "twice");
}

#[test]
fn lines_are_indented_by_depth() {
    check("a {\nb {\n\t c\n}\n  }\nd", "a {\n    b {\n        c\n    }\n}\nd\n");
    check("a { b; c { d; }; }\n", "a { b; c { d; }; }\n");
    check("a {\n b \\\n}\n", "a {\n    b \\\n}\n");
    check("a {\n b\n \\\n\n}\n", "a {\n    b\n    \\\n}\n");
    check("a \\\nb {\n c \\ // x\n d\n}", "a \\\n    b {\n    c \\ // x\n        d\n}\n");
}

#[test]
fn blank_lines_are_kept_one_by_one() {
    check("\n\na\n\n\n\nb {\n\n  c\n\n}\n\n\n", "a\n\nb {\n    c\n}\n");
    check("", "");
    check("\n \n", "");
}

#[test]
fn line_ends_become_lf_and_trailing_blanks_go() {
    check("\u{feff}a  \r\nb // c \t\r\n/* d\r\n e */ \r\n", "a\nb // c\n/* d\n e */\n");
}

#[test]
fn every_line_break_becomes_lf_also_in_strings_and_comments() {
    check("a \"\"\"\r  x\u{2028}  \"\"\"\r/* b\rc */ d\u{85}e", "a \"\"\"\n  x\n  \"\"\"\n/* b\nc */ d\ne\n");
    check("a \"x \\\r\n\u{b} y\"", "a \"x \\\n\n y\"\n");
    check("a #\"\"\"\u{c}x\u{c}\"\"\"#", "a #\"\"\"\nx\n\"\"\"#\n");
}

#[test]
fn alignment_inside_a_line_stays() {
    let aligned = "profile dev  \"darwin/amd64\"   // x\ntoolchain go        \"1.26.3\"\n";
    check(aligned, aligned);
}

#[test]
fn comments_move_with_their_lines() {
    check("a {\n// x\n  b // y\n /* z */ c\n/-d\n}", "a {\n    // x\n    b // y\n    /* z */ c\n    /-d\n}\n");
}

#[test]
fn strings_over_several_lines_are_not_touched() {
    check("a {\nb \"\"\"\n      x\n    y\n    \"\"\" c\n}", "a {\n    b \"\"\"\n      x\n    y\n    \"\"\" c\n}\n");
    check("a \"x \\\n   y\"\n", "a \"x \\\n   y\"\n");
}

#[test]
fn values_keep_their_spelling() {
    check("a 1.20  0x1F #\"r\"# \"\\u{e9}\"", "a 1.20  0x1F #\"r\"# \"\\u{e9}\"\n");
}

#[test]
fn a_text_that_cannot_be_cut_is_given_back() {
    for text in ["a {\n", "a \"b\n", "  }", "/* "] {
        check(text, text);
    }
}

#[test]
fn the_printer_prints_one_field_a_line() {
    let mut printer = Printer::new();
    printer.comment("written by a machine");
    printer.field("lock", [Item::from(1_u64)]);
    printer.block("toolchain", ["go@1".into(), ("host", "linux/amd64").into()], |inner| {
        inner.field("source", ["gomod:x".into()]);
        inner.block("verified", [], |inner| inner.field("bits", [Item::from(64_u64), true.into()]));
    });
    printer.block("artifact", ["a\"b".into()], |inner| inner.field("pending", []));
    printer.field("1 2", [Item::Argument(Scalar::Null)]);
    insta::assert_snapshot!(printer.finish(), @r#"
    // written by a machine
    lock 1

    toolchain "go@1" host="linux/amd64" {
        source "gomod:x"
        verified {
            bits 64 #true
        }
    }

    artifact "a\"b" {
        pending
    }

    "1 2" #null
    "#);
}

#[test]
fn quotes_escape_what_cannot_be_seen() {
    assert_eq!(quote("a\"\\\n\t\u{0}\u{1b}\u{202e}\u{85}é/"), r#""a\"\\\n\t\u{0}\u{1b}\u{202e}\u{85}é/""#);
}

#[test]
fn bare_words_are_those_that_surprise_nobody() {
    for word in ["go", "-s", "+x", "a.b", "darwin|windows", "é"] {
        assert!(is_bare_word(word), "{word}");
    }
    for word in ["", "1a", "-1", ".5", "true", "a/b", "a,", "'a'", "a:", "a b", "a\u{202e}", "#x", "a="] {
        assert!(!is_bare_word(word), "{word}");
    }
}

#[test]
fn the_printer_lays_a_file_out_for_people() {
    let mut printer = Printer::new();
    printer.field("project", [Item::Argument(Scalar::Word("fleet"))]);
    printer.gap();
    printer.field(
        "profile",
        [Item::Argument(Scalar::Word("release")), "linux/amd64".into(), Item::Break, "darwin/arm64".into()],
    );
    printer.gap();
    printer.comment("the hub");
    printer.block("target", [Item::Argument(Scalar::Word("true"))], |inner| {
        inner.gap();
        inner.comment("what is built");
        inner.field("go", [".".into(), Item::Property("bin", Scalar::Word("hub"))]);
        inner.gap();
    });
    let printed = printer.finish();
    assert_eq!(format(&printed), printed);
    insta::assert_snapshot!(printed, @r#"
    project fleet

    profile release "linux/amd64" \
        "darwin/arm64"

    // the hub
    target "true" {
        // what is built
        go "." bin=hub
    }
    "#);
}
