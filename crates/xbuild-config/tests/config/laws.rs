//! Laws: whatever the text, reading ends, its problems lie in the text, in order, and can be shown on one line.

use miette::Diagnostic as _;
use proptest::prelude::*;
use xbuild_config::{Problem, catalogue, read};

const SEED: &str = include_str!("../cases/valid/monorepo.kdl");

/// Words that mean something somewhere.
const WORDS: [&str; 24] = [
    "#null",
    "#true",
    "7",
    "1.20",
    "\"\"",
    "\"{x}\"",
    "\"..\"",
    "env",
    "when",
    "target",
    "deps",
    "go",
    "command",
    "noarch",
    "axes",
    "+tags",
    "os=linux",
    "profile=x",
    "\"linux/arm\"",
    "a|b",
    "{",
    "}",
    "\u{202e}x",
    "\n",
];

/// The seed with some of its words replaced, dropped or doubled.
fn damaged() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..WORDS.len() + 2), 1..12);
    edits.prop_map(|edits| {
        let mut words: Vec<&str> = SEED.split_inclusive([' ', '\n']).collect();
        for (at, kind) in edits {
            let at = at.index(words.len());
            match kind.checked_sub(2) {
                Some(word) => words.insert(at, WORDS[word]),
                None if kind == 0 => _ = words.remove(at),
                None => words.insert(at, words[at]),
            }
        }
        words.join(" ")
    })
}

fn check(text: &str) {
    let problems = read(text.as_bytes()).problems;
    for problem in &problems {
        check_problem(problem, text);
    }
    let shown = problems.iter().filter(|problem| problem.slug() != "too-many");
    let places: Vec<usize> = shown.map(|problem| problem.primary().offset).collect();
    assert!(places.is_sorted(), "{places:?}");
    let repeated = problems
        .windows(2)
        .find(|pair| pair[0].primary() == pair[1].primary() && pair[0].to_string() == pair[1].to_string());
    assert!(repeated.is_none(), "{repeated:?} twice in {text}");
}

fn check_problem(problem: &Problem, text: &str) {
    let headline = problem.to_string();
    assert!(headline.chars().count() <= 80, "{headline}");
    assert!(catalogue().iter().any(|info| info.slug == problem.slug()), "{problem:?}");
    let help = problem.help().map(|help| help.to_string()).unwrap_or_default();
    let labels: Vec<_> = problem.labels().into_iter().flatten().collect();
    for label in &labels {
        assert!(text.get(label.offset()..label.offset() + label.len()).is_some(), "{problem:?}");
    }
    let words = labels.iter().filter_map(|label| label.label()).chain([headline.as_str(), help.as_str()]);
    for line in words {
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn problems_lie_in_the_text_and_in_order(text in damaged()) {
        check(&text);
    }
}

#[test]
fn of_any_number_of_problems_the_first_are_told_and_all_are_counted() {
    for many in [51, 1_000, 2_001, 30_000] {
        let text = format!("exclude os=linux\nnonsense \"{}\"\n{}", "x".repeat(9), "wrong\n".repeat(many - 1));
        let problems = read(text.as_bytes()).problems;
        assert_eq!((problems.len(), problems[0].slug().clone()), (51, "unknown-node".to_owned()));
        assert!(problems[50].to_string().starts_with(&format!("{} more problem", many - 50)), "{}", problems[50]);
    }
}

#[test]
fn long_names_do_not_swell_a_headline() {
    let long = "a".repeat(300);
    check(&format!(
        "toolchain go \"1.26.3\"\ntarget {long} {{ noarch; go \"./a\"; deps {long}x {long}; cwd \"/{long}\"; }}"
    ));
    check(&format!(
        "toolchain {long} \"1\"\nprofile {long}\naxis {long} 1 2\nexclude {long}={long}\n{long} {{ {long}; }}"
    ));
}

#[test]
fn terminal_escapes_never_reach_a_message() {
    let escape = "\\u{1b}[31m\\u{202e}";
    check(&format!(
        "exclude \"linux|{escape}\"\ntarget \"{escape}\" {{ go \"{escape}\" \"{escape}\"=1; env \"{escape}\"=1; env \"A={escape}\"; \
         \"{escape}\"; deps \"{escape}\"; image \"a\" base=\"{escape}\"; inputs \"{{{escape}}}\" \"/{escape}\"; archive \"{escape}\"; }}"
    ));
}
