//! The table of the language against the reader: every node in every place, right and wrong in every way that the table
//! knows of. What the table allows must read, and what it does not allow must raise a code that the table names.

use xbuild_config::grammar::{NodeInfo, Open, Place, Type, nodes};
use xbuild_config::{Problem, catalogue, read};
use xbuild_model::BuilderKind;

/// What the examples refer to.
const DECLARED: &str = r#"
toolchain zig "0.15.2"
toolchain rust "1.95.0"
toolchain sh "1" kind=tool path="/bin/sh"
profile prod "linux/amd64" "linux/arm/v7"
axis tier low high
target base {
    command sh
    inputs a
    outputs b
}
"#;

const GO: &str = "toolchain go \"1.26.3\"\n";

/// Every place where a node may be tried.
const PLACES: [Place; 10] = [
    Place::Top,
    Place::Layer,
    Place::LayerWhen,
    Place::Target,
    Place::TargetWhen,
    Place::Builder(BuilderKind::Go),
    Place::Builder(BuilderKind::Cargo),
    Place::Builder(BuilderKind::Zig),
    Place::Builder(BuilderKind::C),
    Place::Package,
];

/// A file with the text in that place.
fn file(node: &NodeInfo, place: Place, text: &str) -> String {
    let is_builder = node.block.is_some_and(|block| matches!(block, Place::Builder(_))) || node.name == "command";
    let builder = match node.name {
        _ if is_builder => "",
        "noarch" => "command sh",
        _ => "go \"./x\"",
    };
    let io =
        if matches!(node.name, "inputs" | "outputs") || builder.starts_with("go") { "" } else { "inputs a; outputs b" };
    let io = if node.name == "command" { "inputs a; outputs b" } else { io };
    let placed = match place {
        Place::Top => text.to_owned(),
        Place::Layer => format!("defaults {{\n{text}\n}}"),
        Place::LayerWhen => format!("defaults {{\nwhen arch=amd64 {{\n{text}\n}}\n}}"),
        Place::Target => format!("target x {{\n{builder}\n{io}\n{text}\n}}"),
        Place::TargetWhen if is_builder => {
            let own = example_of(node.name);
            format!("target x {{\n{own}\nwhen arch=amd64 {{\n{text}\n}}\n}}")
        }
        Place::TargetWhen => format!("target x {{\n{builder}\n{io}\nwhen arch=amd64 {{\n{text}\n}}\n}}"),
        Place::Builder(kind) => format!("defaults {{\n{} {{\n{text}\n}}\n}}", kind.as_str()),
        Place::Package => format!("target x {{\ngo \"./x\"\narchive \"zip\" {{\n{text}\n}}\n}}"),
    };
    let axis = if node.name == "axis" { "" } else { "axis edition community pro\n" };
    let go = if node.name == "toolchain" { "" } else { GO };
    format!("{go}{DECLARED}{axis}{placed}\n")
}

/// A builder as a target has it, without its block.
fn example_of(word: &str) -> &'static str {
    let builder = nodes().iter().find(|node| node.name == word && node.places == [Place::Target]);
    builder.map_or("", |node| node.example.split(" {").next().unwrap_or_default())
}

/// The codes of the errors in a file.
fn errors(text: &str) -> Vec<String> {
    read(text.as_bytes()).problems.iter().filter(|problem| problem.is_error()).map(Problem::slug).collect()
}

/// Every node in each of its places.
fn each(mut check: impl FnMut(&'static NodeInfo, Place)) {
    for node in nodes() {
        node.places.iter().for_each(|place| check(node, *place));
    }
}

/// The example with something behind the node's name.
fn with(node: &NodeInfo, more: &str) -> String {
    node.example.replacen(node.name, &format!("{} {more}", node.name), 1)
}

/// The first line of the example, with something behind it.
fn header(node: &NodeInfo, more: &str) -> String {
    let line = node.example.lines().next().unwrap_or_default().trim_end_matches('{').trim_end();
    format!("{line} {more}")
}

/// Fails unless something is wrong, and the table knows that it may be.
#[track_caller]
fn is_refused(node: &NodeInfo, place: Place, text: &str) -> Vec<String> {
    let file = file(node, place, text);
    let raised = errors(&file);
    let codes = node.all_codes();
    let known = raised.iter().all(|code| codes.contains(&code.as_str()));
    assert!(!raised.is_empty() && known, "{place:?} {}: {raised:?}, not all of {codes:?}\n{file}", node.name);
    raised
}

#[track_caller]
fn reads(node: &NodeInfo, place: Place, text: &str) {
    let file = file(node, place, text);
    assert_eq!(errors(&file), [""; 0], "{place:?} {}\n{file}", node.name);
}

/// A value of that type, as it is written.
fn sample(of: Type) -> String {
    match of {
        Type::Name | Type::AxisValue => "fresh".into(),
        Type::Profile => "prod".into(),
        Type::Axis => "tier".into(),
        Type::Target => "base".into(),
        Type::Toolchain => "zig".into(),
        Type::Platform => "\"linux/arm64\"".into(),
        Type::Version => "\"1.26.3\"".into(),
        Type::Bool => "#true".into(),
        Type::Integer(first, _) => first.to_string(),
        Type::Text | Type::Path | Type::Variable => "TEXT".into(),
        Type::Template | Type::PathTemplate => "\"{target}\"".into(),
        Type::Glob => "\"src/**\"".into(),
        Type::Word(words) => format!("{:?}", words()[0]),
        Type::Libc => "\"gnu-2.28\"".into(),
        Type::Numbers => "\"2.28\"".into(),
        Type::PinnedImage => format!("\"base@sha256:{}\"", "0".repeat(64)),
    }
}

#[test]
fn every_example_reads_in_each_of_its_places() {
    each(|node, place| reads(node, place, node.example));
}

#[test]
fn every_node_is_refused_in_every_other_place() {
    for node in nodes() {
        let homes: Vec<Place> =
            nodes().iter().filter(|other| other.name == node.name).flat_map(|one| one.places).copied().collect();
        for place in PLACES.into_iter().filter(|place| !homes.contains(place)) {
            let raised = errors(&file(node, place, node.example));
            let expected = ["misplaced", "nested-when", "builder-arg", "command-block", "unknown-node"];
            assert!(raised.iter().any(|code| expected.contains(&code.as_str())), "{} {place:?}: {raised:?}", node.name);
        }
    }
}

#[test]
fn a_property_that_the_table_does_not_have_is_refused() {
    each(|node, place| {
        let raised = match node.open {
            Some(Open::Variables) => is_refused(node, place, &with(node, "no-variable=\"x\"")),
            _ => is_refused(node, place, &with(node, "nonsense=\"x\"")),
        };
        let expected = ["unknown-property", "unknown-axis", "unknown-condition", "bad-name"];
        assert!(raised.iter().any(|code| expected.contains(&code.as_str())), "{}: {raised:?}", node.name);
    });
}

#[test]
fn every_property_of_the_table_is_taken_and_its_type_checked() {
    each(|node, place| {
        for property in node.properties {
            let bare = node.example.lines().next().unwrap_or_default().contains(&format!(" {}=", property.name));
            if !bare {
                let own = if node.name == "cargo" { "rust" } else { node.name };
                let value = if property.name == "toolchain" { own.to_owned() } else { sample(property.of) };
                reads(node, place, &with(node, &format!("{}={value}", property.name)));
            }
            let wrong = if matches!(property.of, Type::Integer(..)) { "\"text\"" } else { "7" };
            let word = node.name;
            let old = format!("{}={}", property.name, sample_in(node, property.name));
            let text = match bare {
                true => node.example.replacen(&old, &format!("{}={wrong}", property.name), 1),
                false => with(node, &format!("{}={wrong}", property.name)),
            };
            assert!(text.contains(wrong), "{word}: {text}");
            is_refused(node, place, &text);
        }
    });
}

#[test]
fn a_property_that_must_be_there_is_missed() {
    each(|node, place| {
        for property in node.properties.iter().filter(|property| property.required) {
            let written = format!(" {}={}", property.name, sample_in(node, property.name));
            is_refused(node, place, &node.example.replacen(&written, "", 1));
        }
    });
}

#[test]
fn every_word_and_number_of_the_table_is_taken_and_no_other() {
    each(|node, place| {
        for property in node.properties {
            let (right, wrong): (Vec<String>, Vec<String>) = match property.of {
                Type::Word(words) => {
                    (words().iter().map(|word| format!("{word:?}")).collect(), vec!["nonsense".into()])
                }
                Type::Integer(first, last) => (
                    [first, last].map(|number| number.to_string()).to_vec(),
                    [first - 1, last + 1].map(|number| number.to_string()).to_vec(),
                ),
                _ => continue,
            };
            let written = format!("{}={}", property.name, sample_in(node, property.name));
            let bare = node.example.replacen(&format!(" {written}"), "", 1);
            let with = |value: &str| bare.replacen(node.name, &format!("{} {}={value}", node.name, property.name), 1);
            right.iter().for_each(|value| reads(node, place, &with(value)));
            wrong.iter().for_each(|value| _ = is_refused(node, place, &with(value)));
        }
    });
    let formats = nodes().iter().find(|node| node.name == "archive").expect("a node").arguments[0].of.values();
    let formats = formats.expect("words").into_iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" ");
    each(|node, place| {
        if node.name == "archive" {
            reads(node, place, &format!("archive {formats}"));
            is_refused(node, place, "archive nonsense");
        }
    });
}

/// The value of a property in a node's example, as it is written there.
fn sample_in<'n>(node: &'n NodeInfo, property: &str) -> &'n str {
    let line = node.example.lines().next().unwrap_or_default();
    let rest = line.split_once(&format!(" {property}=")).map_or("", |(_, rest)| rest);
    let end = rest.strip_prefix('"').and_then(|rest| rest.find('"')).map(|end| end + 2);
    &rest[..end.or_else(|| rest.find(' ')).unwrap_or(rest.len())]
}

#[test]
fn arguments_are_counted_and_their_types_checked() {
    each(|node, place| {
        let types: Vec<Type> = node.arguments.iter().map(|argument| argument.of).collect();
        if !node.arguments.iter().any(|argument| argument.many) {
            is_refused(node, place, &header(node, "one-more"));
        }
        if let Some(of) = types.first() {
            let wrong = "7 ";
            let raised = is_refused(node, place, &format!("{} {wrong}", node.name));
            assert!(!raised.is_empty(), "{}: {}", node.name, of.as_str());
            if node.arguments[0].least > 0 {
                is_refused(node, place, node.name);
            }
        }
    });
}

#[test]
fn a_block_that_the_table_does_not_have_is_refused() {
    each(|node, place| {
        let raised = is_refused(node, place, &header(node, "{\n    nonsense\n}"));
        let expected = match node.block {
            Some(_) => "unknown-node",
            None if node.name == "command" => "command-block",
            None => "unexpected-block",
        };
        assert!(raised.iter().any(|code| code == expected), "{}: {raised:?}", node.name);
    });
}

#[test]
fn what_does_not_repeat_is_refused_the_second_time() {
    each(|node, place| {
        if !node.repeats {
            let raised = is_refused(node, place, &format!("{0}\n{0}", node.example));
            let expected = ["duplicate-setting", "duplicate-block", "two-builders"];
            assert!(raised.iter().any(|code| expected.contains(&code.as_str())), "{}: {raised:?}", node.name);
        }
    });
}

#[test]
fn what_repeats_may_stand_twice_with_other_names() {
    let pairs = [
        "toolchain go \"1.26.3\"\ntoolchain cc12 \"12\" kind=cc path=\"/cc\"",
        "profile a \"linux/amd64\"\nprofile b \"linux/arm64\"",
        "axis a one two\naxis b one two",
        "target a {\n    go \"./a\"\n}\ntarget b {\n    go \"./b\"\n}",
        "exclude os=linux\nexclude arch=arm",
        "include profile=prod platform=\"linux/arm64\"\ninclude profile=prod platform=\"linux/386\"",
        "deps base\ndeps other",
        "add a\nadd b",
        "env A=\"1\"\nenv B=\"2\"",
        "env-pass A\nenv-pass B",
        "env-secret A\nenv-secret B",
        "when os=linux {\n    env A=\"1\"\n}\nwhen arch=arm {\n    env A=\"2\"\n}",
    ];
    each(|node, place| {
        if node.repeats {
            let pair = pairs.iter().find(|pair| pair.split(' ').next() == Some(node.name));
            let pair = pair.unwrap_or_else(|| panic!("no pair for {}", node.name));
            let other = if node.name == "deps" { "target other {\n    go \"./other\"\n}\n" } else { "" };
            let file = format!("{}{other}", file(node, place, pair));
            assert_eq!(errors(&file), [""; 0], "{file}");
        }
    });
}

#[test]
fn only_lists_are_added_to_and_only_settings_cleared() {
    each(|node, place| {
        let added = format!("+{}", node.example);
        let cleared = format!("{} #null", node.name);
        let append = errors(&file(node, place, &added));
        assert_eq!(append.is_empty(), node.appends, "{place:?} {added}: {append:?}");
        let clear = errors(&file(node, place, &cleared));
        assert_eq!(clear.is_empty(), node.clears, "{place:?} {cleared}: {clear:?}");
    });
}

#[test]
fn every_node_is_described_in_one_sentence_and_has_known_codes() {
    for node in nodes() {
        assert!(!node.about.is_empty() && !node.about.ends_with('.') && node.about.len() < 130, "{}", node.about);
        assert!(node.example.starts_with(node.name), "{}", node.example);
        let catalogue: Vec<&str> = catalogue().iter().map(|info| info.slug).collect();
        let of_outline = node.all_codes().into_iter().filter(|code| !node.codes.contains(code));
        let unknown: Vec<&str> = of_outline.filter(|code| !catalogue.contains(code)).collect();
        assert_eq!(unknown, [""; 0], "{}", node.name);
    }
}
