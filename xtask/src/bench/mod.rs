//! `cargo xtask bench`: three commands of the example fleet for ten platforms, built by xbuild, by GoReleaser and by a shell
//! loop of `go build`.
//!
//! All three get the same sources, the same Go, the same flags and modules that are already there; each has a compile cache
//! of its own. Runs alternate, and the first in a round is another one each time, so that a warm machine favours nobody.
//! What is compared is the median. It times whole commands only; what the time inside xbuild goes to is `--trace`'s part.

mod contender;
mod lab;
mod measure;
mod platform;
mod report;
mod scenario;

use std::path::PathBuf;

use crate::Outcome;
use contender::Contender;
use lab::Lab;
use report::Run;
use scenario::Scenario;

/// What was asked for.
struct Options {
    runs: usize,
    platforms: usize,
    scenarios: Vec<Scenario>,
    out: Option<PathBuf>,
}

impl Options {
    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut options = Self { runs: 5, platforms: platform::ALL.len(), scenarios: Vec::new(), out: None };
        let pairs = words.chunks(2);
        for pair in pairs {
            match *pair {
                ["--runs", number] => options.runs = number.parse().map_err(|_| format!("`{number}` is no number"))?,
                ["--platforms", number] => options.platforms = platforms(number)?,
                ["--scenario", name] => options.scenarios.push(Scenario::named(name)?),
                ["--out", file] => options.out = Some(std::path::absolute(file)?),
                [word, ..] => return Err(format!("`{word}` is not understood, or lacks its value").into()),
                [] => {}
            }
        }
        if options.scenarios.is_empty() {
            options.scenarios = Scenario::ALL.to_vec();
        }
        Ok(options)
    }
}

/// How many of the ten, from the first.
fn platforms(number: &str) -> Outcome<usize> {
    let all = 1..=platform::ALL.len();
    number.parse().ok().filter(|count| all.contains(count)).ok_or_else(|| format!("`{number}` is not 1 to 10").into())
}

/// Prepares everything, runs every scenario, and prints a table of medians.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let options = Options::parse(words)?;
    let lab = Lab::prepare(&platform::ALL[..options.platforms])?;
    let mut runs = Vec::new();
    for scenario in &options.scenarios {
        runs.extend(run_scenario(&lab, *scenario, options.runs)?);
    }
    if let Some(file) = options.out {
        std::fs::write(file, report::values(&runs))?;
    }
    print!("{}", report::table(&runs));
    Ok(())
}

fn run_scenario(lab: &Lab, scenario: Scenario, rounds: usize) -> Outcome<Vec<Run>> {
    for contender in Contender::ALL {
        eprintln!("{}: preparing {}", scenario.name(), contender.name());
        scenario.warm_up(lab, contender)?;
    }
    let mut runs = Vec::new();
    for round in 0..rounds {
        for contender in in_turn(round) {
            scenario.set_up(lab, contender, round)?;
            let usage = measure::run(&mut lab.command(contender, scenario))?;
            lab.check_outputs(contender, scenario.platforms(lab))?;
            eprintln!("{} {} {}: {usage}", scenario.name(), round + 1, contender.name());
            runs.push(Run { scenario, contender, usage });
        }
    }
    Ok(runs)
}

/// The contenders, starting with another one each round.
fn in_turn(round: usize) -> impl Iterator<Item = Contender> {
    let count = Contender::ALL.len();
    (0..count).map(move |place| Contender::ALL[(round + place) % count])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_the_rest_refused() {
        let options = Options::parse(&["--runs", "3", "--scenario", "leaf"]).expect("options");
        assert_eq!((options.runs, options.scenarios), (3, vec![Scenario::Leaf]));
        assert_eq!(Options::parse(&[]).expect("options").scenarios, Scenario::ALL);
        assert!(Options::parse(&["--runs"]).is_err());
        assert!(Options::parse(&["--scenario", "warm"]).is_err());
    }

    #[test]
    fn everybody_is_first_once() {
        let first: Vec<Contender> = (0..3).filter_map(|round| in_turn(round).next()).collect();
        assert_eq!(first, Contender::ALL);
    }
}
