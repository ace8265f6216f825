//! `xbuild check`: every problem of the file at once.

use crate::context::{Context, Failure, Problem};
use crate::diagnostics::{Note, json};
use crate::exit::Exit;
use crate::known::KnownText;
use crate::project::{File, is_error};

pub(crate) fn run(context: &Context) -> Result<Exit, Failure> {
    let file = File::find(context)?;
    let known = KnownText::new(context, file.bytes());
    if known.as_ref().is_some_and(|known| known.is_clean(context)) {
        tell(context, &file, &[]);
        return Ok(Exit::Done);
    }
    let (project, problems) = file.check(context);
    let fails = project.is_none() || problems.iter().any(|problem| is_error(context, problem));
    tell(context, &file, &problems);
    if let Some(known) = known.filter(|_| project.is_some() && problems.is_empty()) {
        known.remember(context);
    }
    Ok(if fails { Exit::Config } else { Exit::Done })
}

fn tell(context: &Context, file: &File, problems: &[Problem]) {
    if context.is_json() {
        let problems: Vec<(&Problem, Note)> = problems.iter().map(|problem| (problem, Note::default())).collect();
        context.print_json(&json(&problems, Some(&file.source)));
    } else {
        context.problems(problems, Some(&file.source));
        summary(context, &file.source.name, problems);
    }
}

fn summary(context: &Context, name: &str, problems: &[Problem]) {
    let errors = problems.iter().filter(|problem| is_error(context, problem)).count();
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    match (errors, problems.len() - errors) {
        (0, 0) => context.say(&format!("{name}: no problems")),
        (errors, 0) => context.say(&format!("{name}: {}", count(errors, "error"))),
        (0, warnings) => context.say(&format!("{name}: {}", count(warnings, "warning"))),
        (errors, warnings) => {
            context.say(&format!("{name}: {}, {}", count(errors, "error"), count(warnings, "warning")));
        }
    }
}
