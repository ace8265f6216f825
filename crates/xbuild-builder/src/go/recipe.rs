//! `go build` for one cell.

use crate::base::distinct;
use crate::go::{GoSettings, Workspace, base_env};
use crate::{Place, Recipe, Word};

/// The command that makes the artifact of one cell.
pub fn recipe(settings: &GoSettings, workspace: &Workspace) -> Recipe {
    let mut argv = flags(settings);
    argv.push("-o".into());
    argv.push(Word::place(Place::Out).then(format!("/{}", settings.output)));
    argv.push(settings.package.as_str().into());
    let compiler = settings.cgo.iter().flatten().map(|cgo| cgo.compiler.toolchain.clone());
    let tools = std::iter::once(settings.toolchain.clone()).chain(compiler).chain(settings.tools.iter().cloned());
    let tools = distinct(tools);
    Recipe {
        argv,
        env: base_env(settings, workspace),
        cwd: settings.cwd.clone(),
        outputs: vec![settings.output.clone()],
        elsewhere: std::collections::BTreeMap::new(),
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

/// A list that Go takes as one word; nothing where it is empty.
fn joined(flag: &str, list: &[Word]) -> Option<Word> {
    (!list.is_empty()).then(|| quoted(flag, list))
}

/// Words as one, which Go splits at spaces outside quotes (`cmd/internal/quoted`).
pub(crate) fn quoted(start: &str, list: &[Word]) -> Word {
    let mut out = Word::text(start);
    for (position, word) in list.iter().enumerate() {
        let quote = quote_for(&word.expand(&crate::Places::new()));
        let before = format!("{}{quote}", if position > 0 { " " } else { "" });
        out = out.then(before).join(word.clone()).then(quote);
    }
    out
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
/// that are run, and never into the template. Other programs that are told to `build` are left alone.
pub fn limit_jobs(recipe: &Recipe, arguments: &mut Vec<String>, jobs: u32) {
    if is_go(recipe) && arguments.first().is_some_and(|word| word == "build") {
        arguments.insert(1, format!("-p={jobs}"));
    }
}

/// Whether the program is that of the Go whose `GOROOT` is stated.
fn is_go(recipe: &Recipe) -> bool {
    let Some([crate::Part::Place(Place::Tool(name))]) = recipe.argv.first().map(Word::parts) else { return false };
    recipe.env.get("GOROOT").is_some_and(|entry| entry.value.names(&Place::Root(name.clone())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{EnvEntry, EnvSource};

    fn check(goroot: Word, expect: &[&str]) {
        let entry = EnvEntry { value: goroot, source: EnvSource::Policy };
        let recipe = Recipe {
            argv: vec![Word::place(Place::Tool("go".into())), "build".into()],
            env: BTreeMap::from([("GOROOT".into(), entry)]),
            cwd: None,
            outputs: Vec::new(),
            elsewhere: BTreeMap::new(),
            tools: vec!["go".into()],
            network: false,
        };
        let mut arguments = vec!["build".to_owned()];
        limit_jobs(&recipe, &mut arguments, 2);
        assert_eq!(arguments, expect);
    }

    #[test]
    fn only_go_is_told_how_many_processes_it_may_run() {
        check(Word::place(Place::Root("go".into())), &["build", "-p=2"]);
        check(Word::text("/usr/local/go"), &["build"]);
    }
}
