//! `cargo xtask corpus`: real binaries whose nature is known from where they come from, held against what is read in them.
//!
//! The truth is provenance: which flags Go was given, which architecture a Debian package is for. It is compared with what
//! `xbuild-verify` says, and with what `file`, `readelf`, `llvm-readobj` and `go version -m` say, fact by fact. A fact that
//! `xbuild-verify` gets wrong or leaves out fails the command; the tools' mistakes are listed. Nothing is committed: everything
//! lies below `target/corpus`.

mod debian;
mod golang;
mod known;
mod measure;
mod table;
mod tools;

use std::path::PathBuf;

use crate::Outcome;
use crate::step::target;
use table::Table;

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    small: bool,
    measured: bool,
    out: Option<PathBuf>,
}

impl Options {
    fn parse(words: &[&str]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--small" => options.small = true,
                "--measure" => options.measured = true,
                "--out" => options.out = Some(std::path::absolute(words.next().ok_or("`--out` lacks its file")?)?),
                word => return Err(format!("`{word}` is not understood").into()),
            }
        }
        Ok(options)
    }
}

/// Gathers the files, compares, and prints the table.
pub(crate) fn run(words: &[&str]) -> Outcome {
    let options = Options::parse(words)?;
    let folder = target().join("corpus");
    let mut samples = golang::samples(&folder.join("go"), options.small)?;
    samples.extend(debian::samples(&folder.join("debian"), options.small)?);
    let mut table = Table::default();
    for sample in &samples {
        table.add(sample)?;
    }
    let mut text = table.markdown();
    if options.measured {
        text.push_str(&measure::compare(&samples)?);
    }
    if let Some(file) = &options.out {
        std::fs::write(file, &text)?;
    }
    print!("{text}");
    match table.own_mistakes() {
        0 => Ok(()),
        count => Err(format!("xbuild-verify is wrong or silent {count} times").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_the_rest_refused() {
        let options = Options::parse(&["--small", "--measure"]).expect("options");
        assert_eq!(options, Options { small: true, measured: true, out: None });
        assert!(Options::parse(&["--out"]).is_err());
        assert!(Options::parse(&["small"]).is_err());
    }
}
