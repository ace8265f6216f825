//! `xbuild inspect`: what any binary, archive, image or folder of them really is, from its bytes.
//!
//! A folder may hold more files than there is memory for what is known of them: each is told, or its row is made, before the next
//! is looked at.

use std::cell::RefCell;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::args::InspectArguments;
use crate::commands::inspect_smoke::{Trial, Tried, asked, line};
use crate::context::{Context, Failure, Problem};
use crate::exit::Exit;
use crate::looking::{Seen, What, look_at};
use crate::present::card::card;
use crate::present::found::Listing;
use crate::present::json::Each;

/// What is printed for programs.
#[derive(Serialize)]
struct Document<T> {
    format: u8,
    files: T,
}

pub(crate) fn run(context: &Context, arguments: &InspectArguments) -> Result<Exit, Failure> {
    let (files, smoke) = asked(arguments)?;
    let trial = Trial::new(context, smoke)?;
    let problems: RefCell<Vec<Problem>> = RefCell::default();
    let looked = files.iter().flat_map(|path| look_at(path.as_str(), context.cwd.join(path).as_std_path()));
    let seen = looked.filter_map(|looked| match looked {
        Ok(seen) => Some(seen),
        Err(error) => {
            problems.borrow_mut().push(Box::new(error));
            None
        }
    });
    let tried = seen.map(|seen| Tried { report: trial.run(&seen), seen });
    if context.is_json() {
        context.print_json(&Document { format: 1, files: Each::new(tried) });
    } else {
        let (text, is_empty) = human(tried, &files);
        if !is_empty || problems.borrow().is_empty() {
            context.print(&text);
        }
    }
    let problems = problems.into_inner();
    context.problems(&problems, None);
    Ok(trial.exit().worse(if problems.is_empty() { Exit::Done } else { Exit::Environment }))
}

/// One file that was named as a card, anything else as a table; and whether nothing was seen.
fn human(mut tried: impl Iterator<Item = Tried>, files: &[Utf8PathBuf]) -> (String, bool) {
    let is_named = |seen: &Seen| files.contains(&seen.path);
    let (first, second) = (tried.next(), tried.next());
    if let (Some(Tried { seen, report }), None) = (&first, &second)
        && is_named(seen)
        && !matches!(seen.what, What::Archive(_))
    {
        let run = report.as_ref().map(|report| line("  smoke run", report));
        return (card(seen) + &run.unwrap_or_default(), false);
    }
    let is_empty = first.is_none();
    let (mut listing, mut runs) = (Listing::default(), String::new());
    for Tried { seen, report } in first.into_iter().chain(second).chain(tried) {
        listing.add(&seen, is_named(&seen));
        runs.extend(report.map(|report| line(seen.path.as_str(), &report)));
    }
    (listing.render() + &runs, is_empty)
}
