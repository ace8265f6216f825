//! Two lists of words beside each other: which came, which went, which were replaced.
//!
//! Compared by position, one word that is put in front moves all others. So what both lists have in the same order stays, and only
//! the rest is told. Lists are the words of a command: short.

/// The words that are not in both lists, as pairs of old and new, in their order. A flag is replaced by the same flag with another
/// value (`-o=a`, `-o=b`), a plain word by a plain word; everything else comes or goes alone.
pub fn moved<'w>(old: &[&'w str], new: &[&'w str]) -> Vec<(Option<&'w str>, Option<&'w str>)> {
    let mut pairs = Vec::new();
    let same = |one: &str, other: &str| one == other;
    for (gone, come) in between(old, new, same) {
        let alike = |one: &str, other: &str| flag(one) == flag(other);
        let (mut from, mut to) = (0, 0);
        let ends = [(gone.len(), come.len())];
        for (at, other) in common(gone, come, alike).into_iter().chain(ends) {
            pairs.extend(gone[from..at].iter().map(|word| (Some(*word), None)));
            pairs.extend(come[to..other].iter().map(|word| (None, Some(*word))));
            pairs.extend(gone.get(at).zip(come.get(other)).map(|(one, other)| (Some(*one), Some(*other))));
            (from, to) = (at + 1, other + 1);
        }
    }
    pairs
}

/// What a word is called apart from its value; all plain words are alike.
fn flag(word: &str) -> Option<&str> {
    word.starts_with('-').then(|| word.split_once('=').map_or(word, |(name, _)| name))
}

/// The stretches between the words that both lists have.
fn between<'s, 'w>(
    old: &'s [&'w str],
    new: &'s [&'w str],
    same: impl Fn(&str, &str) -> bool,
) -> Vec<(&'s [&'w str], &'s [&'w str])> {
    let (mut from, mut to) = (0, 0);
    let mut stretches = Vec::new();
    for (at, other) in common(old, new, same).into_iter().chain([(old.len(), new.len())]) {
        stretches.push((&old[from..at], &new[to..other]));
        (from, to) = (at + 1, other + 1);
    }
    stretches
}

/// Where the words of a longest common subsequence stand in both lists.
fn common(old: &[&str], new: &[&str], same: impl Fn(&str, &str) -> bool) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for (at, word) in old.iter().enumerate().rev() {
        for (other, candidate) in new.iter().enumerate().rev() {
            longest[at][other] = if same(word, candidate) {
                longest[at + 1][other + 1] + 1
            } else {
                longest[at + 1][other].max(longest[at][other + 1])
            };
        }
    }
    let (mut at, mut other) = (0, 0);
    let mut pairs = Vec::new();
    while at < old.len() && other < new.len() {
        if same(old[at], new[other]) {
            pairs.push((at, other));
            (at, other) = (at + 1, other + 1);
        } else if longest[at + 1][other] >= longest[at][other + 1] {
            at += 1;
        } else {
            other += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expect: &[&str]) {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let (old, new) = (old.to_owned().leak(), new.to_owned().leak());
        let shown = |word: Option<&str>| word.unwrap_or("·").to_owned();
        let found: Vec<String> = moved(&words(old), &words(new))
            .into_iter()
            .map(|(one, other)| format!("{} {}", shown(one), shown(other)))
            .collect();
        assert_eq!(found, expect, "{old} → {new}");
    }

    #[test]
    fn equal_lists_have_nothing_to_tell() {
        check("go build -o x .", "go build -o x .", &[]);
    }

    #[test]
    fn a_word_that_comes_or_goes_moves_no_other() {
        check("go build -o x .", "go build -s -w -o x .", &["· -s", "· -w"]);
        check("go build -s -o x .", "go build -o x .", &["-s ·"]);
    }

    #[test]
    fn a_flag_is_replaced_by_the_same_flag_only() {
        check("go -l=s -o x", "go -t=n -l=w -o x", &["· -t=n", "-l=s -l=w"]);
        check("go -l=s -o x", "go -t=n -o x", &["-l=s ·", "· -t=n"]);
    }

    #[test]
    fn plain_words_replace_each_other() {
        check("go -o x ./a", "go -o y ./b", &["x y", "./a ./b"]);
        check("a", "b c", &["a b", "· c"]);
    }
}
