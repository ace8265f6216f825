//! `go build` for one cell.

use crate::go::{GoSettings, Workspace, base_env};
use crate::{Place, Recipe, Word};

/// The command that makes the artifact of one cell.
pub fn recipe(settings: &GoSettings, workspace: &Workspace) -> Recipe {
    let mut argv = flags(settings);
    argv.push("-o".into());
    argv.push(Word::place(Place::Out).then(format!("/{}", settings.output)));
    argv.push(settings.package.as_str().into());
    let mut tools = vec![settings.toolchain.clone()];
    tools.extend(settings.cgo.iter().flatten().map(|cgo| cgo.toolchain.clone()));
    tools.extend(settings.tools.iter().cloned());
    tools.dedup();
    Recipe {
        argv,
        env: base_env(settings, workspace),
        cwd: settings.cwd.clone(),
        outputs: vec![settings.output.clone()],
        tools,
        network: settings.network,
    }
}

/// Everything before `-o`: what cells must share to be built by one process.
fn flags(settings: &GoSettings) -> Vec<Word> {
    let mut argv = vec![Word::place(Place::Tool(settings.toolchain.clone())), "build".into()];
    if settings.trimpath {
        argv.push("-trimpath".into());
    }
    argv.push("-buildvcs=false".into());
    if let Some(mode) = &settings.buildmode {
        argv.push(format!("-buildmode={mode}").into());
    }
    if !settings.tags.is_empty() {
        argv.push(format!("-tags={}", settings.tags.join(",")).into());
    }
    argv.extend(joined("-gcflags=", &settings.gcflags));
    argv.extend(joined("-ldflags=", &settings.ldflags));
    argv.extend(settings.flags.iter().cloned());
    argv
}

/// A list that Go takes as one word, split by it at spaces outside quotes (`cmd/internal/quoted`).
fn joined(flag: &str, list: &[Word]) -> Option<Word> {
    if list.is_empty() {
        return None;
    }
    let mut out = Word::text(flag);
    for (position, word) in list.iter().enumerate() {
        let quote = quote_for(&word.expand(&crate::Places::new()));
        let before = format!("{}{quote}", if position > 0 { " " } else { "" });
        out = out.then(before).join(word.clone()).then(quote);
    }
    Some(out)
}

/// The quote that keeps a word whole; Go knows no escapes inside quotes.
fn quote_for(text: &str) -> &'static str {
    if !text.is_empty() && !text.contains([' ', '\t', '\n', '\r', '\'', '"']) {
        ""
    } else if text.contains('\'') {
        "\""
    } else {
        "'"
    }
}

/// Tells `go build` how many processes it may run at once. The number is no part of an action: it is put into the words
/// that are run, and never into the template.
pub fn limit_jobs(argv: &[Word], arguments: &mut Vec<String>, jobs: u32) {
    let is_go = matches!(argv.first().map(Word::parts), Some([crate::Part::Place(Place::Tool(_))]));
    if is_go && arguments.first().is_some_and(|word| word == "build") {
        arguments.insert(1, format!("-p={jobs}"));
    }
}
