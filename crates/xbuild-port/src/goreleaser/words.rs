//! A text split into words as Go splits `-ldflags`: at white space, and quotes hold a word together where they begin it.
//!
//! Placeholders never hold white space, so the template is translated first and its parts are split.

use super::template::Part;

/// The words of a translated text.
pub(crate) fn split(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut splitter = Splitter::default();
    for part in parts {
        match part {
            Part::Text(text) => text.chars().for_each(|character| splitter.character(character)),
            other => splitter.part(other.clone()),
        }
    }
    splitter.finish()
}

/// The words with each `-X` and what follows it as one word, `-X=…`: how xbuild's files write it.
pub(crate) fn join_definitions(words: Vec<Vec<Part>>) -> Vec<Vec<Part>> {
    let mut joined = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word != [Part::Text("-X".into())] && word != [Part::Text("--X".into())] {
            joined.push(word);
            continue;
        }
        let Some(mut definition) = words.next() else {
            joined.push(word);
            break;
        };
        match definition.first_mut() {
            Some(Part::Text(text)) => text.insert_str(0, "-X="),
            _ => definition.insert(0, Part::Text("-X=".into())),
        }
        joined.push(definition);
    }
    joined
}

#[derive(Debug, Default)]
struct Splitter {
    words: Vec<Vec<Part>>,
    word: Option<Vec<Part>>,
    quote: Option<char>,
}

impl Splitter {
    fn character(&mut self, character: char) {
        match self.quote {
            Some(quote) if quote == character => {
                self.quote = None;
                self.end();
            }
            Some(_) => self.push(character),
            None if character.is_ascii_whitespace() => self.end(),
            None if self.word.is_none() && matches!(character, '\'' | '"') => {
                self.quote = Some(character);
                self.word = Some(Vec::new());
            }
            None => self.push(character),
        }
    }

    fn push(&mut self, character: char) {
        let word = self.word.get_or_insert_default();
        if let Some(Part::Text(text)) = word.last_mut() {
            text.push(character);
        } else {
            word.push(Part::Text(character.to_string()));
        }
    }

    fn part(&mut self, part: Part) {
        self.word.get_or_insert_default().push(part);
    }

    fn end(&mut self) {
        self.words.extend(self.word.take());
    }

    fn finish(mut self) -> Vec<Vec<Part>> {
        self.end();
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::{Known, render, translate};
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let words = join_definitions(split(&translate(text, &Known::default()).parts));
        let words: Vec<String> = words.iter().map(|word| render(word).unwrap_or_else(|| "lost".into())).collect();
        assert_eq!(words, expect, "{text}");
    }

    #[test]
    fn words_end_at_white_space() {
        check("-s  -w\n-X main.v={{ .Version }}", &["-s", "-w", "-X=main.v={version}"]);
        check("", &[]);
    }

    #[test]
    fn quotes_hold_a_word_together() {
        check("-X 'main.by=a b' -extldflags \"-static -lm\"", &["-X=main.by=a b", "-extldflags", "-static -lm"]);
        check("a'b c'", &["a'b", "c'"]);
        check("''", &[""]);
    }

    #[test]
    fn a_definition_alone_stays() {
        check("-X", &["-X"]);
        check("-X {{ .Env.A }}=1 -s", &["lost", "-s"]);
    }
}
