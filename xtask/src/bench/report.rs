//! Runs to medians, and medians to a table: what xbuild took, and how many times as much the others did.

use std::fmt::Write as _;

use super::contender::Contender;
use super::measure::Usage;
use super::scenario::Scenario;

/// One timed run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// What happened before.
    pub(crate) scenario: Scenario,
    /// Who ran.
    pub(crate) contender: Contender,
    /// What it cost.
    pub(crate) usage: Usage,
}

/// Something that is measured: its name, its value and the value's unit.
type Column = (&'static str, fn(&Usage) -> f64, &'static str);

const COLUMNS: [Column; 3] = [
    ("wall", |usage| usage.wall, "s"),
    ("CPU", |usage| usage.cpu, "s"),
    ("peak memory", |usage| usage.peak as f64 / 1_000_000.0, "MB"),
];

/// Every run, one a line.
pub(crate) fn values(runs: &[Run]) -> String {
    let mut text = "scenario\tcontender\twall_s\tcpu_s\tpeak_bytes\n".to_owned();
    for Run { scenario, contender, usage } in runs {
        let Usage { wall, cpu, peak } = usage;
        let _infallible = writeln!(text, "{}\t{}\t{wall:.4}\t{cpu:.4}\t{peak}", scenario.name(), contender.name());
    }
    text
}

/// The medians as a table in Markdown; behind each of the others' the ratio to xbuild's.
pub(crate) fn table(runs: &[Run]) -> String {
    let mut text = "| scenario | | xbuild | goreleaser | loop |\n| --- | --- | ---: | ---: | ---: |\n".to_owned();
    for scenario in Scenario::ALL {
        for (name, value, unit) in COLUMNS {
            let medians = Contender::ALL.map(|contender| median(runs, scenario, contender, value));
            let [Some(own), others @ ..] = medians else { continue };
            let cells: Vec<String> = others.into_iter().map(|other| with_ratio(other, own, unit)).collect();
            let own = format!("{own:.2} {unit}");
            let _infallible = writeln!(text, "| {} | {name} | {own} | {} |", scenario.title(), cells.join(" | "));
        }
    }
    text
}

fn with_ratio(other: Option<f64>, own: f64, unit: &str) -> String {
    other.map_or_else(|| "–".to_owned(), |other| format!("{other:.2} {unit} ({:.2}×)", other / own))
}

fn median(runs: &[Run], scenario: Scenario, contender: Contender, value: fn(&Usage) -> f64) -> Option<f64> {
    let matching = runs.iter().filter(|run| run.scenario == scenario && run.contender == contender);
    let mut values: Vec<f64> = matching.map(|run| value(&run.usage)).collect();
    values.sort_by(f64::total_cmp);
    let (lower, upper) = (values.get(values.len().checked_sub(1)? / 2)?, values.get(values.len() / 2)?);
    Some(f64::midpoint(*lower, *upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(contender: Contender, wall: f64) -> Run {
        Run { scenario: Scenario::Leaf, contender, usage: Usage { wall, cpu: 2.0 * wall, peak: 50_000_000 } }
    }

    #[test]
    fn the_table_shows_medians_and_ratios() {
        let walls = [(Contender::Xbuild, [3.0, 1.0, 2.0]), (Contender::Loop, [4.0, 9.0, 4.0])];
        let runs: Vec<Run> =
            walls.into_iter().flat_map(|(contender, walls)| walls.map(|wall| run(contender, wall))).collect();
        let rows: Vec<String> = table(&runs).lines().skip(2).map(str::to_owned).collect();
        assert_eq!(
            rows,
            [
                "| one leaf file changed | wall | 2.00 s | – | 4.00 s (2.00×) |",
                "| one leaf file changed | CPU | 4.00 s | – | 8.00 s (2.00×) |",
                "| one leaf file changed | peak memory | 50.00 MB | – | 50.00 MB (1.00×) |",
            ]
        );
    }

    #[test]
    fn an_even_number_of_runs_has_its_median_between_two() {
        let runs = [1.0, 2.0, 4.0, 9.0].map(|wall| run(Contender::Xbuild, wall));
        assert_eq!(median(&runs, Scenario::Leaf, Contender::Xbuild, |usage| usage.wall), Some(3.0));
    }
}
