//! Each mistake raises its one problem, at its place, with what to type; and what stands around it is still read.

use xbuild_kdl::parse;

use crate::shown;

fn check(text: &str, expect: &str) {
    assert_eq!(shown::problems(text, &parse(text.as_bytes()).problems), expect, "in {text:?}");
}

/// What is left of the text after repair.
fn check_rest(text: &str, expect: &str) {
    let parsed = parse(text.as_bytes());
    assert!(!parsed.fatal && !parsed.problems.is_empty(), "{text:?} is repaired");
    assert_eq!(shown::document(&parsed.document), expect, "in {text:?}");
}

#[test]
fn words_that_need_quotes() {
    check("profile x linux/386\n", r#"1:11 quote-me "linux/386" | write "linux/386""#);
    check("toolchain go 1.26.3\n", r#"1:14 quote-me "1.26.3" | write "1.26.3""#);
    check("a C:\\x\n", "1:3 quote-me \"C:\\\\x\" | write \"C:\\\\x\"");
    check("a b=c/d e=.5\n", "1:5 quote-me \"c/d\" | write \"c/d\"\n1:11 quote-me \".5\" | write \".5\"");
    check("a/b c\n", r#"1:1 quote-me "a/b" | write "a/b""#);
    check_rest("profile x linux/386 y\n", r#"profile "x" "linux/386"? "y""#);
}

#[test]
fn text_that_kdl_would_cut_into_pieces() {
    check("inputs src/**/*.go x\n", r#"1:8 quote-me "src/**/*.go" | write "src/**/*.go""#);
    check("a https://x.y/z b\n", r#"1:3 quote-me "https://x.y/z" | write "https://x.y/z""#);
    check("a {out}/dist b\n", r#"1:3 quote-me "{out}/dist" | write "{out}/dist""#);
    check("a x={out}/{os}-y\n", r#"1:5 quote-me "{out}/{os}-y" | write "{out}/{os}-y""#);
    check("a $(pwd) b\n", r#"1:3 quote-me "$(pwd)" | write "$(pwd)""#);
    check_rest("a {out}/dist b\n", r#"a "{out}/dist"? "b""#);
}

#[test]
fn keywords_without_their_sign() {
    check("a true\n", r#"1:3 keyword "true" | write #true, or "true" for the text"#);
    check("a b=null\n", r#"1:5 keyword "null" | write #null, or "null" for the text"#);
    check("a #True\n", r##"1:3 keyword "#True" | write #true, or "#True" for the text"##);
    check_rest("a default=true b\n", r#"a default="true"? "b""#);
}

#[test]
fn assignments_of_other_languages() {
    check("axes = ed\n", r#"1:6 equals "=" | write `axes ed`"#);
    check(
        "axes=1.2.3\n",
        r#"1:5 equals "=" | write `axes "1.2.3"`
1:6 quote-me "1.2.3" | write "1.2.3""#,
    );
    check("tags: a b\n", r#"1:5 equals ":" | write `tags a`"#);
    check("tags : a b\n", r#"1:6 equals ":" | write `tags a`"#);
    check("p x version: \"1\"\n", r#"1:12 equals ":" | write `version="1"`"#);
    check("p \"version\":1\n", r#"1:12 equals ":" | write `"version"=1`"#);
    check_rest("axes == ed\n", r#"axes "ed""#);
    check_rest("tags: a b\n", r#"tags "a" "b""#);
    check_rest("p x version: \"1\" y\n", r#"p "x" version="1" "y""#);
}

#[test]
fn arrays_in_brackets() {
    check("axes [ed]\n", r#"1:6 no-arrays "[ed]" | write `axes ed`"#);
    check("tags [\n  \"a\", // x\n  b,1.2.3\n]\n", r#"1:6 no-arrays "[" | write `tags "a" b "1.2.3"`"#);
    check("a b=[1, 2] c\n", r#"1:5 no-arrays "[1, 2]""#);
    check("[package]\n", r#"1:1 no-arrays "[package]""#);
    check_rest("tags [\n  \"a\",\n  b\n] c\nnext\n", r#"tags "a" "b" "c"; next"#);
    check_rest("a b=[1, 2] c\n", r#"a b="[1, 2]"? "c""#);
}

#[test]
fn commas_between_values() {
    check("axis x, y, z\n", r#"1:7 comma "," | remove the comma"#);
    check("axis \"x\", y\n", r#"1:9 comma "," | remove the comma"#);
    check("axis x , y\n", r#"1:8 comma "," | remove the comma"#);
    check_rest("axis x, \"y\",z ,\n", r#"axis "x" "y" "z""#);
}

#[test]
fn single_quotes_quote_nothing() {
    check("a 'x' b='q'\n", "1:3 single-quotes \"'x'\" | write \"x\"\n1:9 single-quotes \"'q'\" | write \"q\"");
    check("a 'x y' z\n", "1:3 single-quotes \"'x y'\" | write \"x y\"");
    check_rest("a 'x y' z\n", r#"a "'x y'"? "z""#);
}

#[test]
fn comments_of_other_languages() {
    check("# top\na b # c d\n", "1:1 hash-comment \"#\" | write `// top`\n2:5 hash-comment \"#\" | write `// c d`");
    check("#top\n", "1:1 hash-comment \"#\" | write `// top`");
    check("a #c d/e\n", r##"1:3 hash-comment "#" | write `//` before a comment, or "#c" for the text"##);
    check_rest("a b # c\nd\n", r#"a "b"; d"#);
}

#[test]
fn type_annotations() {
    check("inputs (t)x\n", "1:8 type-annotation \"(t)\" | remove `(t)`");
    check(
        "(t)a b=(u)\"c\"\n",
        "1:1 type-annotation \"(t)\" | remove `(t)`\n1:8 type-annotation \"(u)\" | remove `(u)`",
    );
    check_rest("(t)a b=(u)\"c\"\n", r#"a b="c""#);
    check_rest("inputs (t)\n", "inputs?");
}

#[test]
fn properties_that_stand_twice() {
    check("a b=1 \"b\"=2 c=3\n", r#"1:7 duplicate-property "\"b\"" | keep one of the two"#);
    check_rest("a b=1 \"b\"=2 c=3\n", "a b=1 c=3");
}

#[test]
fn blocks_out_of_place() {
    check("target x\n{\n  a\n}\n", r#"2:1 syntax "{" | move the `{` to the end of the line above"#);
    check("{\n}\n", r#"1:1 syntax "{" | write `name {`"#);
    check("a {} {}\n", r#"1:6 syntax "{" | put everything into one block"#);
    check("a { b } c\n", r#"1:9 syntax "c" | start a new line after the `}`"#);
    check_rest("target x\n{\n  a\n}\nb\n", r#"target "x" {a}; b"#);
    check_rest("a { b } c\n", "a {b}; c");
    check_rest("a {} {\n c/d\n}\ne\n", "a? {}; e");
}

#[test]
fn other_text_that_is_not_kdl() {
    check("target () x\n", r#"1:8 syntax "()" | remove them, or put the text in quotes"#);
    check("a b=\n", r#"1:4 syntax "=" | write the value after the `=`"#);
    check("a b=c=d\n", r#"1:6 syntax "=" | write `name=value`"#);
    check("a \"\\d\"\n", "1:4 syntax \"\\\\d\" | write `\\\\` for a backslash, or use a raw string: #\"…\"#");
    check("a \"\"\"b\"\"\"\n", r#"1:3 syntax "\"\"\"" | use "…" on one line, or start the text on the next line"#);
    check("a #\"\"\"b\"\"\"#\n", r##"1:3 syntax "#\"\"" | use "…" on one line, or start the text on the next line"##);
    check("a \"b\"/-1\n", r#"1:6 syntax "/-" | put a space here"#);
    check("a /-{ b; } c\n", r#"1:12 syntax "c" | move it before the `/-`"#);
    check("a /-\n", r#"1:3 syntax "/-" | remove it"#);
    check("a;; b\n", r#"1:3 syntax ";" | remove it"#);
    check("=\n", r#"1:1 syntax "=" | write `name value`"#);
    let huge = "9".repeat(40);
    check(&format!("a {huge}\n"), &format!("1:3 syntax {huge:?} | write \"{huge}\""));
    check_rest("target () x\n", r#"target? "x""#);
    check_rest("a b=\nc\n", "a? b=\"\"?; c");
}

#[test]
fn a_multi_line_string_that_is_not_indented_is_found_by_the_parser() {
    let text = "a \"\"\"\n  x\n y\n  \"\"\" z\nb c/d\n";
    check(
        text,
        "1:3 syntax \"\\\"\\\"\\\"\" | indent every line at least as far as the closing quotes, with the same blanks\n5:3 quote-me \"c/d\" | write \"c/d\"",
    );
    check_rest(text, "a \"\\\"\\\"\\\"\\n  x\\n y\\n  \\\"\\\"\\\"\"? \"z\"; b \"c/d\"?");
}

#[test]
fn invisible_characters_are_named() {
    let help = "remove it, or write it in a quoted string as";
    check("a \u{202e}b\n", &format!("1:3 syntax \"\\u{{202e}}\" | {help} \\u{{202e}}"));
    check(
        "a \"x\u{2066}\" // \u{1b}\n",
        &format!("1:5 syntax \"\\u{{2066}}\" | {help} \\u{{2066}}\n1:13 syntax \"\\u{{1b}}\" | {help} \\u{{1b}}"),
    );
    check(
        "a\0\n\u{feff}b\n",
        &format!("1:2 syntax \"\\0\" | {help} \\u{{0}}\n2:1 syntax \"\\u{{feff}}\" | {help} \\u{{feff}}"),
    );
}

#[test]
fn problems_stand_in_file_order() {
    check(
        "a b=1 b=2\nc d/e\nf g, true\n",
        "1:7 duplicate-property \"b\" | keep one of the two\n2:3 quote-me \"d/e\" | write \"d/e\"\n\
         3:4 comma \",\" | remove the comma\n3:6 keyword \"true\" | write #true, or \"true\" for the text",
    );
}

#[test]
fn what_is_commented_out_may_be_broken() {
    check("/-a b/c {\n  true 'x'\n}\nd /-e/f g /-{ 1.2.3 }\n", "");
}

#[test]
fn an_open_brace_is_found_by_indentation() {
    check("a {\n b\n", r#"1:3 unclosed-brace "{" | write `}` at the end of the block"#);
    let inner = "target a {\n    go \"x\" {\n        cgo #true\n    archive \"z\"\n}\ntarget b {\n}\n";
    check(inner, r#"2:12 unclosed-brace "{" | write `}` before line 4"#);
    let outer = "target a {\n    go \"x\"\n\ntarget b {\n}\n";
    check(outer, r#"1:10 unclosed-brace "{" | write `}` before line 4"#);
    let flat = "target a {\ngo \"x\"\n}\ntarget b {\n    go\n";
    check(flat, r#"4:10 unclosed-brace "{" | write `}` at the end of the block"#);
}

#[test]
fn a_stray_brace_is_alone() {
    check("a\n}\nb/c\n", r#"2:1 stray-brace "}" | remove the `}`, or open its block with `{`"#);
}

#[test]
fn open_strings_and_comments_are_alone() {
    check("a/b\ngo \"./cmd\nb\n", r#"2:4 unclosed-string "\"./cmd" | close it with `"` on this line"#);
    check("go \"./x  bin=\"y\"\n", r#"1:16 unclosed-string "\"" | close it with `"` on this line"#);
    check("a #\"b\n", "1:3 unclosed-string \"#\\\"b\" | close it with `\"#`");
    check("a \"\"\"\n b\n", r#"1:3 unclosed-string "\"\"\"" | close it with `"""` on a line of its own"#);
    check("a /* b\n", r#"1:3 unclosed-comment "/*" | close it with `*/`"#);
    check("a src/*.go\n", r#"1:6 unclosed-comment "/*" | for a pattern with `/*` in it, put the pattern in quotes"#);
}

#[test]
fn strings_that_touch_are_alone() {
    check(
        "a \"b\"\"c\" d/e\n",
        "1:6 glued-string \"\\\"c\\\"\" | put a space between them, or write a quote inside a string as `\\\"`",
    );
    check("a r\"c\"\n", "1:4 glued-string \"\\\"c\\\"\" | a raw string is written #\"…\"#");
}

#[test]
fn nesting_has_limits() {
    let nested = |open: &str, depth: usize| format!("{}{}", open.repeat(depth), "}".repeat(depth));
    check(&nested("a {", 32), "");
    check(&nested("a {", 33), r#"1:99 too-deep "{" | close blocks with `}`; 32 levels are the limit"#);
    check(&nested("a /-{", 3), "");
    let help = "remove the inner `/-`: what stands in a commented-out block is commented out already";
    check(&nested("a /-{", 4), &format!(r#"1:20 slashdash-too-deep "{{" | {help}"#));
    check(&nested("/-a {", 4), &format!(r#"1:20 slashdash-too-deep "{{" | {help}"#));
    check(&format!("{}{}", "/*".repeat(32), "*/".repeat(32)), "");
    check(&"/*".repeat(33), r#"1:65 comment-too-deep "/*" | a comment inside a comment needs its own `*/`"#);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let parsed = parse(b"a b\nc \xff\n");
    assert!(parsed.fatal);
    assert_eq!(shown::problems("a b\nc ?\n", &parsed.problems), r#"2:3 not-utf8 "?" | save the file as UTF-8"#);
}

#[test]
fn labels_say_why() {
    use miette::Diagnostic as _;
    let labels = |text: &str| {
        let problem = parse(text.as_bytes()).problems.remove(0);
        let labels = problem.labels().into_iter().flatten().map(|label| label.label().unwrap_or_default().to_owned());
        (problem.to_string(), labels.collect::<Vec<_>>())
    };
    let (headline, why) = labels("profile prod linux/amd64\n");
    assert_eq!((headline.as_str(), why[0].as_str()), ("this needs quotes", "KDL does not allow `/` in a bare word"));
    let (headline, why) = labels("a b=1 b=2\n");
    assert_eq!(headline, "`b` is set twice");
    assert_eq!(why, ["set again here", "set here first"]);
}

#[test]
fn every_code_is_listed() {
    use miette::Diagnostic as _;
    let texts = ["a b/c", "a true", "a = b", "a [b]", "# a", "a ()", "a 'b'", "a b,", "(a)b", "a b=1 b=2", "a {", "}"];
    for text in texts {
        let problem = parse(text.as_bytes()).problems.remove(0);
        let code = problem.code().map(|code| code.to_string()).unwrap_or_default();
        assert!(xbuild_kdl::CODES.contains(&code.as_str()), "{code}");
    }
}
