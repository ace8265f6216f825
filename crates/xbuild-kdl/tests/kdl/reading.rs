//! What a sound text is read as, and where its parts stand.

use xbuild_kdl::{Document, Node, Span, StringStyle, Value, parse};

use crate::shown;

/// A file with all that the language of xbuild uses.
const SOUND: &str = r##"
project fleet version="2.3.0"

toolchain go        "1.26.3"
toolchain gcc-arm64 "13.2.0" kind=cc path="/opt/cross/bin/gcc"
profile edge "linux/arm64" "linux/arm/v7"    // "v7" becomes GOARM=7

defaults {
    go {
        cgo #false
        ldflags "-s" "-w"
        tags #null
    }
    when os=darwin|windows { cc clang; }
}
target ledger {
    go "./cmd/ledger" {
        +ldflags "-linkmode=external"
    }
    smoke "--version" exit=0
    noarch
}
"##;

fn read(text: &str) -> Document {
    let parsed = parse(text.as_bytes());
    assert_eq!(shown::problems(text, &parsed.problems), "", "in {text:?}");
    assert!(!parsed.fatal);
    parsed.document
}

fn check(text: &str, expect: &str) {
    assert_eq!(shown::document(&read(text)), expect, "in {text:?}");
}

#[test]
fn a_whole_file_is_read() {
    check(
        SOUND,
        "project \"fleet\" version=\"2.3.0\"; toolchain \"go\" \"1.26.3\"; \
         toolchain \"gcc-arm64\" \"13.2.0\" kind=\"cc\" path=\"/opt/cross/bin/gcc\"; \
         profile \"edge\" \"linux/arm64\" \"linux/arm/v7\"; \
         defaults {go {cgo #false; ldflags \"-s\" \"-w\"; tags #null}; when os=\"darwin|windows\" {cc \"clang\"}}; \
         target \"ledger\" {go \"./cmd/ledger\" {+ldflags \"-linkmode=external\"}; smoke \"--version\" exit=0; noarch}",
    );
}

#[test]
fn an_empty_text_is_an_empty_document() {
    for text in ["", "\n\n", "// x", "/* x */", "\u{feff}"] {
        check(text, "");
    }
}

#[test]
fn lines_may_end_in_any_way() {
    check("a b\r\nc\rd\u{85}e\u{2028}f", "a \"b\"; c; d; e; f");
    check("a \\\r\n  b \\ // c\n  d", "a \"b\" \"d\"");
    check("\u{feff}a", "a");
}

#[test]
fn comments_and_commented_parts_vanish() {
    check("a /* b\n c */ d /-e /-f=g /-{ h } { i }\n/- j {\n k\n}\n/-\nl m\nn", "a \"d\" {i}; n");
    check("a \\ /* x */ // y\nb", "a \"b\"");
    check("/****\n**** banner ****\n/ *** /*/ \n*/ */ a", "a");
}

#[test]
fn strings_are_decoded() {
    check(r###"a "\n\"\u{e9}\s" #"\n"# ##"x"#y"## "###, "a \"\\n\\\"é \" \"\\\\n\" \"x\\\"#y\"");
    check("a \"\"\"\n    x\n      y\n\n    \"\"\"", "a \"x\\n  y\\n\"");
    check("a #\"\"\"\r\n  \\x\r\n  \"\"\"#", "a \"\\\\x\"");
    check("\"a b\" \"c d\"=\"\"", "a b c d=\"\"");
}

#[test]
fn numbers_keep_their_spelling() {
    let document = read("a 1.20 1_000 0x1f #inf -5 1e3");
    let raw: Vec<_> = document.nodes[0].arguments().filter_map(|entry| entry.value.raw_number()).collect();
    assert_eq!(raw, ["1.20", "1_000", "0x1f", "#inf", "-5", "1e3"]);
    assert_eq!(shown::document(&document), "a 1.2 1000 31 inf -5 1000.0");
}

#[test]
fn spans_are_bytes_of_the_text() {
    let text = "é=1\n".replace("é=1", "é \"ü\" k = \"v\" { x }");
    let document = read(&text);
    let node = &document.nodes[0];
    let of = |span: Span| span.of(&text).to_owned();
    assert_eq!(of(node.name.span), "é");
    assert_eq!(of(node.entries[0].span), "\"ü\"");
    assert_eq!(of(node.entries[1].span), "k = \"v\"");
    assert_eq!(of(node.entries[1].value_span), "\"v\"");
    assert_eq!(node.children.as_ref().map(|block| of(block.span)).as_deref(), Some("{ x }"));
    assert_eq!(of(node.span), text.trim_end());
    assert_eq!(of(node.header_span()), "é \"ü\" k = \"v\"");
}

#[test]
fn a_node_is_asked_by_name() {
    let document = read("a b c=1 { d }\ne");
    let node = &document.nodes[0];
    assert_eq!(node.property("c").and_then(|entry| entry.value.as_integer()), Some(1));
    assert_eq!(node.property("b"), None);
    assert_eq!(node.nodes().iter().map(|node| node.name.value.as_str()).collect::<Vec<_>>(), ["d"]);
    assert_eq!((document.nodes[1].nodes(), &document.nodes[1].children), (&[] as &[Node], &None));
}

#[test]
fn a_string_tells_how_it_is_spelled() {
    let document = read("a b \"b\" #\"b\"# \"\"\"\n\"\"\"");
    let styles: Vec<_> = document.nodes[0].arguments().map(|entry| style(&entry.value)).collect();
    let expect = [StringStyle::Bare, StringStyle::Quoted, StringStyle::Raw, StringStyle::MultiLine];
    assert_eq!(styles, expect.map(Some));
}

fn style(value: &Value) -> Option<StringStyle> {
    match value {
        Value::String { style, .. } => Some(*style),
        _ => None,
    }
}
