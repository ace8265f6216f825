//! Texts made to break a reader: whatever the bytes, the answer comes, and it is a bounded one.

use xbuild_kdl::{format, parse};

/// The code of the first problem, or `sound`.
fn check(bytes: &[u8], expect: &str) {
    let parsed = parse(bytes);
    assert_eq!(parsed.problems.first().map_or("sound".to_owned(), xbuild_kdl::SyntaxProblem::slug), expect);
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert_eq!(format(&format(text)), format(text));
    }
}

#[test]
fn nesting_without_end() {
    check("a {".repeat(100_000).as_bytes(), "too-deep");
    check(format!("{}{}", "a {".repeat(10_000), "}".repeat(10_000)).as_bytes(), "too-deep");
    check("a /-{".repeat(10_000).as_bytes(), "too-deep");
    check("/*".repeat(1_000_000).as_bytes(), "comment-too-deep");
    check("a ".repeat(20).replace("a ", "a /-{").as_bytes(), "unclosed-brace");
    check("/-".repeat(100_000).as_bytes(), "syntax");
}

#[test]
fn blocks_that_take_the_parser_minutes() {
    let nested = format!("{}{}", "a /-{\n".repeat(3), "}\n".repeat(3));
    check(nested.repeat(1_000).as_bytes(), "sound");
    let after = format!("{}{}", "a\n/-b {\n".repeat(3), "}\n".repeat(3));
    check(after.repeat(500).as_bytes(), "sound");
}

#[test]
fn more_than_a_hand_written_file() {
    check(format!("a {}", "1 ".repeat(1_000_000)).as_bytes(), "too-large");
    check("a\n".repeat(150_001).as_bytes(), "too-large");
    check(";".repeat(1_000_000).as_bytes(), "too-large");
    check(format!("a \"\"\"\n{}\"\"\"", "x\n".repeat(150_001)).as_bytes(), "too-large");
    check(&vec![b' '; (4 << 20) + 1], "too-large");
    check(&vec![b' '; 4 << 20], "sound");
}

#[test]
fn comments_that_overflow_the_parser() {
    check(format!("/{}/ a", "*".repeat(1_000_000)).as_bytes(), "sound");
    check(format!("/*{} */ a", " *".repeat(500_000)).as_bytes(), "sound");
}

#[test]
fn openings_without_their_end() {
    check(format!("a {}\"x", "#".repeat(100_000)).as_bytes(), "unclosed-string");
    check(format!("a {}", "[ ".repeat(2_000)).as_bytes(), "no-arrays");
    check(format!("a {}", "'b ".repeat(2_000)).as_bytes(), "single-quotes");
    check(format!("a {}", "x(".repeat(2_000)).as_bytes(), "syntax");
    check(format!("a {}", "(".repeat(10_000)).as_bytes(), "syntax");
    check(format!("a{}", "{b}".repeat(10_000)).as_bytes(), "syntax");
    check(b"/-{1(}", "sound");
    check(format!("a {}", "\\".repeat(100_000)).as_bytes(), "quote-me");
}

#[test]
fn bytes_that_are_no_text() {
    check(b"\xff\xfe\x00a", "not-utf8");
    check(b"a \xed\xa0\x80", "not-utf8");
    check(b"\0", "syntax");
    check("a \u{202e}\u{2066}b".as_bytes(), "syntax");
    check(b"\xef\xbb\xbf\xef\xbb\xbfa", "syntax");
}

#[test]
fn characters_that_act_on_a_terminal_wherever_they_stand() {
    for character in ['\u{1b}', '\u{7}', '\u{7f}', '\u{80}', '\u{9b}', '\u{9d}', '\u{202e}', '\u{2066}'] {
        for text in [
            format!("a {character}"),
            format!("a \"{character}\""),
            format!("a #\"{character}\"#"),
            format!("a \"\"\"\n{character}\n\"\"\""),
            format!("// {character}"),
            format!("a /* {character} */"),
            format!("/-a \"{character}\""),
            format!("a /-\"{character}\""),
            format!("a /-p={character}"),
            format!("a /-{{ b \"{character}\"; }}"),
            format!("/- // {character}\na"),
            format!("/-{character}"),
        ] {
            check(text.as_bytes(), "syntax");
        }
    }
}

#[test]
fn each_commented_out_character_is_told_once() {
    let parsed = parse("/-a { /-b \"\u{1b}\"; c /-\"\u{9b}\"; }\nd".as_bytes());
    assert_eq!(parsed.problems.len(), 2, "{:?}", parsed.problems);
    assert_eq!(parsed.document.nodes.len(), 1);
}

#[test]
fn every_line_of_a_string_is_a_word_however_it_ends() {
    for end in ["\n", "\r", "\r\n", "\u{85}", "\u{2028}"] {
        check(format!("a \"\"\"{end}{}\"\"\"", format!("x{end}").repeat(150_001)).as_bytes(), "too-large");
        check(format!("a \"\"\"{end}{}\"\"\"", format!("x{end}").repeat(50_000)).as_bytes(), "sound");
    }
}
