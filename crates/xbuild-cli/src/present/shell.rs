//! Words of a command as a shell would take them. xbuild itself starts no shell: this is for people who want to try.

/// The words, each quoted where a shell would split it or act on it.
pub(crate) fn command(words: &[String]) -> String {
    words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" ")
}

fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_change_are_quoted() {
        let check = |words: &[&str], expect: &str| {
            assert_eq!(command(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()), expect);
        };
        check(&["go", "build", "-tags=a,b", "./cmd/x"], "go build -tags=a,b ./cmd/x");
        check(&["-ldflags=-s -w", "", "it's", "$HOME", "{out}"], r"'-ldflags=-s -w' '' 'it'\''s' '$HOME' '{out}'");
    }
}
