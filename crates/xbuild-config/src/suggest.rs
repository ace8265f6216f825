//! Did you mean: the words nearest to one that is not known, or all that could stand there.

use crate::problem::shown;

/// The most words that a help lists.
const LISTED: usize = 8;

/// The longest word that is compared, in bytes: the work grows with the product of two lengths.
const LONGEST: usize = 200;

/// The most candidates that are looked at: a file may declare tens of thousands.
const COMPARED: usize = 2_000;

/// Up to three candidates within a third of the word's length, nearest first.
pub(crate) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if word.len() > LONGEST {
        return Vec::new();
    }
    let word = word.to_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&word, candidate);
    let reach = |candidate: &str| word.chars().count().max(candidate.chars().count()) / 3;
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .take(COMPARED)
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, candidate)| *distance <= reach(candidate))
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// `did you mean …`, else the candidates; `None` without candidates.
pub(crate) fn help<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().take(COMPARED).collect();
    let near = near(word, candidates.iter().copied());
    if !near.is_empty() {
        return Some(format!("did you mean {}?", any_of(&near)));
    }
    let rest = if candidates.len() > LISTED { ", …" } else { "" };
    let listed: Vec<String> = candidates.iter().take(LISTED).map(|candidate| shown(candidate)).collect();
    (!listed.is_empty()).then(|| format!("known here: {}{rest}", listed.join(", ")))
}

/// `a`, `b` or `c`.
pub(crate) fn any_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| shown(word)).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, candidates: &[&str], expect: Option<&str>) {
        assert_eq!(help(word, candidates.iter().copied()).as_deref(), expect);
    }

    #[test]
    fn near_words_are_offered_nearest_first() {
        check("prdo", &["edge", "prod", "dev"], Some("did you mean `prod`?"));
        check("linus-box", &["linux-box", "linux-bax"], Some("did you mean `linux-box` or `linux-bax`?"));
        check("PROFILE", &["profile", "profiles"], Some("did you mean `profile` or `profiles`?"));
    }

    #[test]
    fn far_words_are_listed_eight_at_the_most() {
        check("x", &["edge", "prod"], Some("known here: `edge`, `prod`"));
        let many = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"];
        check("zzz", &many, Some("known here: `a1`, `a2`, `a3`, `a4`, `a5`, `a6`, `a7`, `a8`, …"));
    }

    #[test]
    fn without_candidates_there_is_no_help() {
        check("x", &[], None);
    }
}
