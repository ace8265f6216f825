//! What an import could not carry over, or carried over as something else: one sentence, and where it was written.

use std::fmt;

/// A place in the text that was read, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

/// Something that the user should look at. `Display` is the sentence, without the place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Note {
    /// Where it was written; `None` for what stands nowhere, such as a default.
    pub place: Option<Place>,
    /// The setting, as its owner calls it: `builds.hooks`.
    pub key: String,
    /// What happened to it, and what to do.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.key, self.message)
    }
}

/// The notes of one run, each once.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Note>);

impl Notes {
    /// Takes a note, and gives back the comment to put at its place in the file.
    pub(crate) fn add(&mut self, place: Option<Place>, key: &str, message: impl Into<String>) -> String {
        let note = Note { place, key: key.to_owned(), message: message.into() };
        let comment = format!("GoReleaser: {note}");
        if !self.0.contains(&note) {
            self.0.push(note);
        }
        comment
    }

    /// All of them, in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Note> {
        self.0.sort_by_key(|note| note.place);
        self.0
    }
}
