//! Texts made to break a reader, each with a name and with what must become of it: data alone, for the tests and as seeds for
//! fuzzing.

/// How a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It checks clean, but for warnings.
    Clean,
    /// It cannot be read as KDL, so nothing is done with it: this code is among what is said.
    Unread(&'static str),
    /// It is KDL, which is laid out, but no project: this code is among what is said.
    Wrong(&'static str),
}

/// One text.
#[derive(Debug, Clone)]
pub(crate) struct Killer {
    /// What it is.
    pub(crate) name: &'static str,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// What must become of it.
    pub(crate) end: End,
}

fn killer(name: &'static str, bytes: impl Into<Vec<u8>>, end: End) -> Killer {
    Killer { name, bytes: bytes.into(), end }
}

/// A file without a mistake, but for what is added to it.
pub(crate) fn valid(addition: &str) -> String {
    format!("toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\ntarget app {{\n    go \".\"\n}}\n{addition}")
}

/// A text in which every line is made from its number.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Blocks, comments and commented-out parts inside one another.
pub(crate) fn nests() -> Vec<Killer> {
    let closed = |open: &str, depth: usize, close: &str| format!("{}{}", open.repeat(depth), close.repeat(depth));
    vec![
        killer("blocks without an end", "a {".repeat(500_000), End::Unread("too-deep")),
        killer("blocks in blocks", closed("a {\n", 10_000, "}\n"), End::Unread("too-deep")),
        killer("one block too deep", closed("a {\n", 33, "}\n"), End::Unread("too-deep")),
        killer("blocks as deep as allowed", closed("a {\n", 32, "}\n"), End::Wrong("unknown-node")),
        killer("deep blocks many times", closed("a {\n", 32, "}\n").repeat(100), End::Wrong("unknown-node")),
        killer("comments without an end", "/*".repeat(500_000), End::Unread("comment-too-deep")),
        killer("comments in comments", closed("/*", 10_000, "*/"), End::Unread("comment-too-deep")),
        killer("comments as deep as allowed", closed("/*", 32, "*/") + &valid(""), End::Clean),
        killer("commented-out blocks without an end", "a /-{".repeat(60), End::Unread("too-deep")),
        killer("commented-out blocks in blocks", closed("a /-{ ", 20, "}"), End::Unread("slashdash-too-deep")),
        killer(
            "commented-out blocks side by side",
            closed("a /-{\n", 3, "}\n").repeat(1_000),
            End::Wrong("unknown-node"),
        ),
        killer("commented-out nodes in blocks", closed("/-a {\n", 4, "}\n"), End::Unread("slashdash-too-deep")),
        killer("nothing commented out", "/-".repeat(50_000), End::Unread("syntax")),
        killer("parentheses", "a ".to_owned() + &"(".repeat(10_000), End::Unread("syntax")),
        killer("brackets", "a ".to_owned() + &"[ ".repeat(2_000), End::Unread("no-arrays")),
    ]
}

/// More than a person writes.
pub(crate) fn floods() -> Vec<Killer> {
    vec![
        killer("a million arguments", "a ".to_owned() + &"1 ".repeat(1_000_000), End::Unread("too-large")),
        killer("a million nodes", "a\n".repeat(1_000_000), End::Unread("too-large")),
        killer("a million semicolons", ";".repeat(1_000_000), End::Unread("too-large")),
        killer("more bytes than allowed", "x".repeat(5 << 20), End::Unread("too-large")),
        killer("nothing but line breaks", "\n".repeat(4 << 20), End::Clean),
        killer("nothing but comments", "/**/".repeat(1_000_000), End::Clean),
        killer("lines of a string", format!("a \"\"\"\n{}\"\"\"", "x\n".repeat(150_000)), End::Unread("too-large")),
        killer(
            "lines of a string, by CR",
            format!("a \"\"\"\r{}\"\"\"", "x\r".repeat(2_000_000)),
            End::Unread("too-large"),
        ),
        killer("a long string", format!("a \"{}\"\n", "x".repeat(500_000)), End::Wrong("unknown-node")),
        killer("a string of escapes", format!("a \"{}\"\n", "\\n".repeat(100_000)), End::Wrong("unknown-node")),
        killer("a string of joined lines", format!("a \"{}\"\n", "x\\\n".repeat(20_000)), End::Wrong("unknown-node")),
        killer("a long word", format!("{}\n", "x".repeat(500_000)), End::Wrong("unknown-node")),
        killer("a long number", format!("xbuild format={}\n", "9".repeat(100_000)), End::Unread("syntax")),
        killer("a large exponent", format!("xbuild format=1e{}\n", "9".repeat(1_000)), End::Unread("syntax")),
        killer("hashes", format!("a {}\"x", "#".repeat(100_000)), End::Unread("unclosed-string")),
        killer("backslashes", format!("a {}", "\\".repeat(100_000)), End::Unread("quote-me")),
        killer("quotes", "\"\n".repeat(100_000), End::Unread("unclosed-string")),
        killer("equals signs", "a=\n".repeat(20_000), End::Unread("equals")),
        killer("mistakes on one line", "nonsense 1 b=2;".repeat(10_000), End::Wrong("unknown-node")),
        killer("mistakes on many lines", "nonsense 1 b=2\n".repeat(10_000), End::Wrong("too-many")),
    ]
}

/// Few words that stand for much work.
pub(crate) fn explosions() -> Vec<Killer> {
    let head = "toolchain go \"1.26.3\"\nprofile prod \"linux/amd64\"\n";
    let values = |letter: char, count: usize| (0..count).map(|number| format!(" {letter}{number}")).collect::<String>();
    let axes: String = "abcdef".chars().map(|letter| format!("axis x{letter}{}\n", values(letter, 60))).collect();
    let target = |inside: &str| format!("target app {{\n    go \".\"\n{inside}}}\n");
    let named = |name: String| format!("target {name} {{\n    go \".\"\n}}\n");
    let chain = |last: &str| {
        let link = |number| format!("target t{number} {{\n    go \".\"\n    deps t{}\n}}\n", number + 1);
        numbered(2_000, link) + &format!("target t2000 {{\n    go \".\"\n{last}}}\n")
    };
    let axis = format!("axis a{}\n", values('v', 500));
    let when = |number| format!("    when a=v{number} {{\n        env A=\"{number}\"\n    }}\n");
    let exclude = |number| format!("    exclude b=v{number}\n");
    let script = "toolchain sh \"1\" kind=tool path=\"/bin/sh\"\nprofile prod \"linux/amd64\"\n";
    let unknown: String = (0..5_000).map(|number| format!(" prifole{number}")).collect();
    let profiles = numbered(2_000, |number| format!("profile profile{number} \"linux/amd64\"\n"));
    vec![
        killer(
            "axes that multiply",
            format!("{head}{axes}{}", target("    axes xa xb xc xd xe xf\n")),
            End::Wrong("too-many-cells"),
        ),
        killer("a long axis", format!("{head}axis a{}\n{}", values('v', 20_000), target("    axes a\n")), End::Clean),
        killer("many targets", head.to_owned() + &numbered(2_000, |number| named(format!("t{number}"))), End::Clean),
        killer("a chain of dependencies", head.to_owned() + &chain(""), End::Clean),
        killer("a ring of dependencies", head.to_owned() + &chain("    deps t0\n"), End::Wrong("dep-cycle")),
        killer(
            "many conditions",
            format!("{head}{axis}{}", target(&("    axes a\n".to_owned() + &numbered(500, when)))),
            End::Clean,
        ),
        killer(
            "more conditions than cells can carry",
            format!(
                "{head}axis b{}\n{}",
                values('v', 5_000),
                target(&("    axes b\n".to_owned() + &numbered(5_000, exclude)))
            ),
            End::Wrong("too-many-cells"),
        ),
        killer(
            "more outputs than cells can carry",
            format!(
                "{script}axis b{}\ntarget app {{\n    axes b\n    command sh \"{{out}}\"\n    inputs x\n    outputs{}\n}}\n",
                values('v', 5_000),
                values('o', 5_000)
            ),
            End::Wrong("too-many-cells"),
        ),
        killer(
            "many unknown names",
            format!("toolchain go \"1.26.3\"\n{profiles}{}", target(&format!("    profiles{unknown}\n"))),
            End::Wrong("unknown-profile"),
        ),
        killer(
            "long unknown names",
            format!(
                "profile {} \"linux/amd64\"\n{}",
                "a".repeat(1_000_000),
                target(&format!("    profiles {}\n", "b".repeat(1_000_000)))
            ),
            End::Wrong("unknown-profile"),
        ),
        killer(
            "one name for all targets",
            head.to_owned() + &numbered(2_000, |_| named("t".to_owned())),
            End::Wrong("duplicate-target"),
        ),
        killer(
            "placeholders",
            format!("{head}target app {{\n    go \".\" {{\n        ldflags \"{}\"\n    }}\n}}\n", "{x}".repeat(50_000)),
            End::Wrong("unknown-placeholder"),
        ),
        killer(
            "placeholders of which each is another one",
            format!(
                "{head}target app {{\n    go \".\"\n    env A=\"{}\"\n}}\n",
                numbered(100_000, |n| format!("{{x{n}}}"))
            ),
            End::Wrong("unknown-placeholder"),
        ),
        killer(
            "placeholders behind escapes",
            format!(
                "{head}target app {{\n    go \".\"\n    env A=\"{}\"\n}}\n",
                numbered(100_000, |n| format!("\\u{{7b}}x{n}}}"))
            ),
            End::Wrong("unknown-placeholder"),
        ),
        killer("brackets in one word", format!("{head}a {}", "[x]".repeat(1_300_000)), End::Unread("no-arrays")),
        killer(
            "one value many times",
            format!(
                "{head}axis b v\n{}",
                target(&format!("    axes b\n    when b=\"v{}\" {{\n        env A=x\n    }}\n", "|v".repeat(300_000)))
            ),
            End::Wrong("duplicate-value"),
        ),
    ]
}

/// Bytes that are no text, and text that is not what it seems.
pub(crate) fn bytes() -> Vec<Killer> {
    let with = |addition: &str| valid(addition).into_bytes();
    vec![
        killer("nothing", "", End::Clean),
        killer("NUL", with("\0"), End::Unread("syntax")),
        killer("NUL in a string", with("target \"a\0b\" {\n    go \".\"\n}\n"), End::Unread("syntax")),
        killer("bytes that UTF-8 never has", b"profile prod \xff\xfe\n", End::Unread("not-utf8")),
        killer("half a surrogate", b"\xed\xa0\x80", End::Unread("not-utf8")),
        killer("a longer form of a letter", b"target \xc1\xa1\n", End::Unread("not-utf8")),
        killer("a cut character", b"// \xe2\x82", End::Unread("not-utf8")),
        killer("UTF-16", [0xff, 0xfe, b'a', 0, b'\n', 0], End::Unread("not-utf8")),
        killer("a byte order mark", format!("\u{feff}{}", valid("")), End::Clean),
        killer("two byte order marks", format!("\u{feff}\u{feff}{}", valid("")), End::Unread("syntax")),
        killer("a late byte order mark", with("\u{feff}// x\n"), End::Unread("syntax")),
        killer("CR LF", valid("").replace('\n', "\r\n"), End::Clean),
        killer("CR alone", valid("").replace('\n', "\r"), End::Clean),
        killer("line separators", valid("").replace('\n', "\u{2028}"), End::Clean),
        killer("no last line break", valid("").trim_end(), End::Clean),
        killer("a direction override in a comment", with("// \u{202e} hidden\n"), End::Unread("syntax")),
        killer(
            "a direction override in a name",
            with("target \"\u{202e}ppa\" {\n    go \".\"\n}\n"),
            End::Unread("syntax"),
        ),
        killer("an isolate in a bare name", with("target \u{2066}app {\n    go \".\"\n}\n"), End::Unread("syntax")),
        killer(
            "a direction override that is commented out",
            with("/-target \"\u{202e}ppa\" {\n    go \".\"\n}\n"),
            End::Unread("syntax"),
        ),
        killer("an escape sequence", with("// \u{1b}]0;title\u{7}\n"), End::Unread("syntax")),
        killer(
            "an escape sequence in a string",
            with("project app version=\"\u{1b}[31mred\"\n"),
            End::Unread("syntax"),
        ),
        killer(
            "an escape sequence that is commented out",
            with("/-project \"\u{1b}[31mred\"\n"),
            End::Unread("syntax"),
        ),
        killer("a C1 control", with("// \u{9b}2J\n"), End::Unread("syntax")),
        killer("a C1 control in a string", with("project app version=\"\u{9d}8;;x\u{9c}\"\n"), End::Unread("syntax")),
        killer(
            "an escape sequence in escapes",
            with("target \"\\u{1b}[2J\" {\n    go \".\"\n}\n"),
            End::Wrong("bad-name"),
        ),
        killer(
            "a direction override in escapes",
            with("profile p \"\\u{202e}linux\"\n"),
            End::Wrong("unknown-platform"),
        ),
    ]
}
