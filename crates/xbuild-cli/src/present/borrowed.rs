//! A failure of a build as a problem that outlives its report.

use std::error::Error;
use std::fmt;

use miette::{Diagnostic, LabeledSpan};

/// A failure of a report, written down so that it can be reported beside others.
#[derive(Debug)]
pub(crate) struct Borrowed {
    message: String,
    code: Option<String>,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
}

impl Borrowed {
    /// The failure with its causes in one sentence.
    pub(crate) fn of(failure: &xbuild_exec::Failure) -> Self {
        let mut message = failure.to_string();
        let mut cause = Error::source(failure);
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Self {
            message,
            code: failure.code().map(|code| code.to_string()),
            help: failure.help().map(|help| help.to_string()),
            labels: failure.labels().into_iter().flatten().collect(),
        }
    }
}

impl fmt::Display for Borrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Borrowed {}

impl Diagnostic for Borrowed {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
