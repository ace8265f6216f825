//! `xbuild explain`: the page of a diagnostic, or what a word of the language means, offline.

use miette::Diagnostic;
use xbuild_config::grammar;

use crate::args::ExplainArguments;
use crate::context::{Context, Failure};
use crate::exit::Exit;

/// Every page of the book's part about errors: code and text.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there is no diagnostic and no node `{code}`")]
#[diagnostic(code("xbuild::unknown-code"))]
struct UnknownCode {
    code: String,
    #[help]
    help: String,
}

pub(crate) fn run(context: &Context, arguments: &ExplainArguments) -> Result<Exit, Failure> {
    let code = arguments.code.strip_prefix("xbuild::").unwrap_or(&arguments.code);
    let page = PAGES.iter().find(|(name, _)| *name == code).map(|(_, page)| (*page).to_owned());
    let Some(page) = page.or_else(|| grammar::entry(code)) else {
        return Err(Failure::new(Exit::Usage, UnknownCode { code: xbuild_kdl::printable(code), help: help(code) }));
    };
    context.print(&format!("{}\n", page.trim_end()));
    Ok(Exit::Done)
}

/// The pages by name, each with the line that it starts with.
pub(crate) fn titles() -> impl Iterator<Item = (String, String)> {
    let first = |page: &str| page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
    let pages = PAGES.iter().map(move |(name, page)| ((*name).to_owned(), first(page)));
    pages.chain(grammar::nodes().iter().map(|node| (node.name.to_owned(), node.about.to_owned())))
}

/// The nearest codes, or where to find them all.
fn help(code: &str) -> String {
    let names = PAGES.iter().map(|(name, _)| *name).chain(grammar::nodes().iter().map(|node| node.name));
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (strsim::damerau_levenshtein(code, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(code.len()) / 3)
        .collect();
    near.sort_unstable();
    near.dedup();
    let names: Vec<String> = near.into_iter().take(3).map(|(_, name)| format!("`xbuild explain {name}`")).collect();
    if names.is_empty() { "a diagnostic's first line is its code".into() } else { format!("try {}", names.join(", ")) }
}
