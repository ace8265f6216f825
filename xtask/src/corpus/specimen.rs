//! A file of the corpus, and what is true of it because of how it was made.

use std::path::PathBuf;

use super::facts::{Fact, Facts};

/// One file.
#[derive(Debug, Clone)]
pub(super) struct Specimen {
    pub(super) path: PathBuf,
    /// Where it is from, in a few words.
    pub(super) origin: String,
    pub(super) truth: Facts,
    /// What is true of it although its bytes need not tell.
    pub(super) unsaid: Vec<Fact>,
}

impl Specimen {
    /// Whether it is an `ar` archive; packages call all of them so.
    pub(super) fn is_archive(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "a")
    }
}

/// What came of gathering a part that a machine may lack the means for.
pub(super) enum Found {
    Files(Vec<Specimen>),
    /// Nothing, and why.
    LeftOut(String),
}

impl Found {
    /// The files; what is left out is said. `what` is how the part is called.
    pub(super) fn files(self, what: &str) -> Vec<Specimen> {
        match self {
            Self::Files(files) => files,
            Self::LeftOut(reason) => {
                println!("left out: {what} ({reason})");
                Vec::new()
            }
        }
    }
}
