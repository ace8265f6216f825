//! Who said what: for each fact and each tool how often it was right, wrong and silent, and every mistake.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use crate::Outcome;

use super::known::{Fact, Known, Sample, said};
use super::tools::Tool;

/// Whose answers a column holds; `None` is `xbuild-verify`.
type Speaker = Option<Tool>;

/// How the answers to one question turned out.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: u32,
    wrong: u32,
    silent: u32,
}

/// A mistake, and how many files share it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mistake {
    speaker: Speaker,
    fact: Fact,
    truth: String,
    said: String,
}

/// All answers.
#[derive(Debug, Default)]
pub(crate) struct Table {
    files: u32,
    scores: BTreeMap<(Fact, Speaker), Score>,
    mistakes: BTreeMap<Mistake, Vec<String>>,
    /// What `xbuild-verify` did not say.
    silences: Vec<String>,
}

impl Table {
    /// Asks everybody about a file.
    pub(crate) fn add(&mut self, sample: &Sample) -> Outcome {
        self.files += 1;
        let own = said(&xbuild_verify::inspect(&fs::read(&sample.path)?));
        for (fact, _) in sample.truth.iter().filter(|(fact, _)| !own.contains_key(fact)) {
            self.silences.push(format!("{}: {}", sample.origin, fact.name()));
        }
        self.score(sample, None, &own);
        for tool in Tool::ALL {
            self.score(sample, Some(tool), &tool.ask(&sample.path));
        }
        Ok(())
    }

    fn score(&mut self, sample: &Sample, speaker: Speaker, answers: &Known) {
        for (fact, truth) in &sample.truth {
            let score = self.scores.entry((*fact, speaker)).or_default();
            match answers.get(fact) {
                None => score.silent += 1,
                Some(said) if said == truth => score.right += 1,
                Some(said) => {
                    score.wrong += 1;
                    let mistake = Mistake { speaker, fact: *fact, truth: truth.clone(), said: said.clone() };
                    self.mistakes.entry(mistake).or_default().push(sample.origin.clone());
                }
            }
        }
    }

    /// How often `xbuild-verify` was wrong or silent.
    pub(crate) fn own_mistakes(&self) -> u32 {
        let own = self.scores.iter().filter(|((_, speaker), _)| speaker.is_none());
        own.map(|(_, score)| score.wrong + score.silent).sum()
    }

    /// The table and the lists, as the book has them.
    pub(crate) fn markdown(&self) -> String {
        let mut text =
            format!("{} files. Each entry: right / wrong / silent.\n\n| fact | `xbuild inspect`", self.files);
        for tool in Tool::ALL {
            let _infallible = write!(text, " | `{}`", tool.words().join(" "));
        }
        text.push_str(" |\n| --- | --- | --- | --- | --- | --- |\n");
        for fact in Fact::ALL {
            let _infallible = write!(text, "| {}", fact.name());
            for speaker in [None].into_iter().chain(Tool::ALL.map(Some)) {
                let score = self.scores.get(&(fact, speaker)).copied().unwrap_or_default();
                let _infallible = write!(text, " | {} / {} / {}", score.right, score.wrong, score.silent);
            }
            text.push_str(" |\n");
        }
        text.push('\n');
        for tool in Tool::ALL {
            let version = tool.version().unwrap_or_else(|| "not installed".to_owned());
            let _infallible = writeln!(text, "- `{}`: {version}", tool.words()[0]);
        }
        self.list(&mut text);
        text
    }

    fn list(&self, text: &mut String) {
        text.push_str("\n| who | fact | says | is | files |\n| --- | --- | --- | --- | --- |\n");
        for (Mistake { speaker, fact, truth, said }, files) in &self.mistakes {
            let who = speaker.map_or("xbuild inspect", |tool| tool.words()[0]);
            let example = files.first().map_or("", String::as_str);
            let _infallible =
                writeln!(text, "| `{who}` | {} | {said} | {truth} | {}, as {example} |", fact.name(), files.len());
        }
        for silence in &self.silences {
            let _infallible = writeln!(text, "\n`xbuild inspect` does not say: {silence}");
        }
    }
}
