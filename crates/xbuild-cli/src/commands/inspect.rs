//! `xbuild inspect`: what any binary, archive, image or folder of them really is, from its bytes.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::args::InspectArguments;
use crate::commands::inspect_smoke as smoke;
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::looking::{Seen, What, look_at};
use crate::present::card::card;
use crate::present::found::table;
use crate::present::json::Each;

/// What is printed for programs.
#[derive(Serialize)]
struct Document<T> {
    format: u8,
    files: T,
}

pub(crate) fn run(context: &Context, arguments: &InspectArguments) -> Result<Exit, Failure> {
    let mut seen = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    let (files, smoke) = smoke::asked(arguments)?;
    for path in &files {
        for looked in look_at(path.as_str(), context.cwd.join(path).as_std_path()) {
            match looked {
                Ok(file) => seen.push(file),
                Err(error) => problems.push(Box::new(error)),
            }
        }
    }
    let smoked = smoke::try_out(context, &seen, smoke)?;
    if context.is_json() {
        let files = Each::new(seen.len(), |at| smoked.document(&seen[at], at));
        context.print_json(&Document { format: 1, files });
    } else if !seen.is_empty() || problems.is_empty() {
        context.print(&(human(&seen, &files) + &smoked.lines(&seen)));
    }
    context.problems(&problems, None);
    Ok(smoked.exit().worse(if problems.is_empty() { Exit::Done } else { Exit::Environment }))
}

fn human(seen: &[Seen], files: &[Utf8PathBuf]) -> String {
    let is_named = |file: &Seen| files.contains(&file.path);
    match seen {
        [one] if is_named(one) && !matches!(one.what, What::Archive(_)) => card(one),
        _ => table(seen, is_named),
    }
}
