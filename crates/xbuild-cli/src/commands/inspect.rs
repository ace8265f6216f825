//! `xbuild inspect`: what any binary, archive, image or folder of them really is, from its bytes.

use serde_json::{Value, json};

use crate::args::InspectArguments;
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::looking::{Seen, What, look_at};
use crate::present::artifact::whole_document;
use crate::present::card::card;
use crate::present::found::table;

pub(crate) fn run(context: &Context, arguments: &InspectArguments) -> Result<Exit, Failure> {
    let mut seen = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for path in &arguments.files {
        for looked in look_at(path.as_str(), context.cwd.join(path).as_std_path()) {
            match looked {
                Ok(file) => seen.push(file),
                Err(error) => problems.push(Box::new(error)),
            }
        }
    }
    if context.is_json() {
        let files: Vec<Value> = seen.iter().map(whole_document).collect();
        context.print_json(&json!({ "format": 1, "files": files }));
    } else if !seen.is_empty() || problems.is_empty() {
        context.print(&human(&seen, arguments));
    }
    context.problems(&problems, None);
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Environment })
}

fn human(seen: &[Seen], arguments: &InspectArguments) -> String {
    let is_named = |file: &Seen| arguments.files.contains(&file.path);
    match seen {
        [one] if is_named(one) && !matches!(one.what, What::Archive(_)) => card(one),
        _ => table(seen, is_named),
    }
}
