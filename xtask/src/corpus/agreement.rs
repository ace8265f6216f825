//! Who is right about what: the answers of all, held against the truth.

use std::fmt::Write as _;

use super::facts::{Fact, Facts, agrees};
use super::specimen::Specimen;
use super::tool::Tool;

/// One who was asked, and what was said of every file, in their order.
struct Witness {
    tool: Tool,
    version: String,
    answers: Vec<Facts>,
}

/// What an answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
    Silent,
}

/// Everybody's answers about all files.
pub(super) struct Agreement {
    specimens: Vec<Specimen>,
    witnesses: Vec<Witness>,
}

impl Agreement {
    pub(super) fn new(specimens: Vec<Specimen>) -> Self {
        Self { specimens, witnesses: Vec::new() }
    }

    pub(super) fn specimens(&self) -> &[Specimen] {
        &self.specimens
    }

    pub(super) fn add(&mut self, tool: Tool, version: String, answers: Vec<Facts>) {
        self.witnesses.push(Witness { tool, version, answers });
    }

    /// What no package and no flag fixes is true where two who read it agree, of whom one is not xbuild. Members of an
    /// archive are not linked yet, and ask for nothing.
    pub(super) fn settle(&mut self) {
        let loaded = self.specimens.iter_mut().enumerate().filter(|(_, specimen)| !specimen.is_archive());
        for (index, specimen) in loaded {
            for fact in Fact::ALL.into_iter().filter(|fact| fact.is_settled_by_readers()) {
                let answers: Vec<&str> =
                    self.witnesses.iter().filter_map(|one| one.answers.get(index)?.get(fact)).collect();
                if specimen.truth.get(fact).is_some() {
                    continue;
                }
                let agreed = answers.iter().find(|answer| answers.iter().filter(|other| other == answer).count() > 1);
                specimen.truth.say_if(fact, agreed.copied());
            }
        }
    }

    /// The table, and under it every wrong answer of the others.
    pub(super) fn table(&self) -> String {
        let mut text = format!("{} files\n\n| fact | files |", self.specimens.len());
        for witness in &self.witnesses {
            let _ = write!(text, " {} |", witness.tool.name());
        }
        let _ = write!(text, "\n| --- | ---: |{}\n", " ---: |".repeat(self.witnesses.len()));
        for fact in Fact::ALL.into_iter().filter(|fact| self.known(*fact) > 0) {
            text.push_str(&self.row(fact));
        }
        text.push('\n');
        for witness in &self.witnesses {
            let _ = writeln!(text, "{}: {}", witness.tool.name(), witness.version);
        }
        for witness in self.witnesses.iter().filter(|witness| witness.tool != Tool::Xbuild) {
            text.push_str(&self.errors(witness));
        }
        text
    }

    /// Of how many files it is known.
    fn known(&self, fact: Fact) -> usize {
        self.specimens.iter().filter(|specimen| specimen.truth.get(fact).is_some()).count()
    }

    fn row(&self, fact: Fact) -> String {
        let mut row = format!("| {} | {} |", fact.name(), self.known(fact));
        for witness in &self.witnesses {
            let verdicts: Vec<Verdict> = self.verdicts(witness, fact).map(|(_, verdict)| verdict).collect();
            let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
            let wrong = count(Verdict::Wrong);
            let _ = match wrong {
                0 => write!(row, " {} |", count(Verdict::Right)),
                _ => write!(row, " {}, {wrong} wrong |", count(Verdict::Right)),
            };
        }
        row.push('\n');
        row
    }

    fn verdicts<'a>(&'a self, witness: &'a Witness, fact: Fact) -> impl Iterator<Item = (usize, Verdict)> + 'a {
        let specimens = self.specimens.iter().enumerate();
        specimens.filter_map(move |(index, specimen)| {
            let truth = specimen.truth.get(fact)?;
            let verdict = match witness.answers.get(index).and_then(|facts| facts.get(fact)) {
                None => Verdict::Silent,
                Some(answer) if agrees(fact, truth, answer) => Verdict::Right,
                Some(_) => Verdict::Wrong,
            };
            Some((index, verdict))
        })
    }

    fn errors(&self, witness: &Witness) -> String {
        let mut text = String::new();
        for fact in Fact::ALL {
            for (index, _) in self.verdicts(witness, fact).filter(|(_, verdict)| *verdict == Verdict::Wrong) {
                let _ = writeln!(text, "{} is wrong: {}", witness.tool.name(), self.described(witness, fact, index));
            }
        }
        text
    }

    fn described(&self, witness: &Witness, fact: Fact, index: usize) -> String {
        let specimen = &self.specimens[index];
        let said = witness.answers.get(index).and_then(|facts| facts.get(fact)).unwrap_or("nothing");
        let name = specimen.path.file_name().unwrap_or_default().to_string_lossy();
        let truth = specimen.truth.get(fact).unwrap_or("nothing");
        format!("{name} ({}), {}: {said}, not {truth}", specimen.origin, fact.name())
    }

    /// Where xbuild is wrong, and where it is silent about what every such file's bytes do tell.
    pub(super) fn deviations(&self) -> Vec<String> {
        let mut deviations = Vec::new();
        for witness in self.witnesses.iter().filter(|witness| witness.tool == Tool::Xbuild) {
            for fact in Fact::ALL {
                let bad = self.verdicts(witness, fact).filter(|(index, verdict)| match verdict {
                    Verdict::Right => false,
                    Verdict::Wrong => true,
                    Verdict::Silent => !may_be_silent(&self.specimens[*index], fact),
                });
                deviations.extend(bad.map(|(index, _)| self.described(witness, fact, index)));
            }
        }
        deviations
    }
}

/// Of what there is nothing to say, nothing has to be said; and an archive without members has nothing to say.
fn may_be_silent(specimen: &Specimen, fact: Fact) -> bool {
    let is_empty = || std::fs::metadata(&specimen.path).is_ok_and(|file| file.len() == 8);
    specimen.unsaid.contains(&fact) || specimen.truth.get(fact) == Some("none") || is_empty()
}
