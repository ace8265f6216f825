//! Placeholders of the file, filled in for one cell.

use xbuild_builder::{Part, Place, Word};
use xbuild_model::{Placeholder, Spanned, Template};

use crate::matrix::{CellRef, Resolved};
use crate::needs::place;
use crate::{Reason, Stamps};

/// Fills placeholders for one cell.
pub(crate) struct Fill<'a> {
    pub(crate) cell: CellRef<'a>,
    pub(crate) stamps: &'a Stamps,
    pub(crate) resolved: &'a Resolved<'a>,
}

impl Fill<'_> {
    /// A word of a command, or the value of a variable.
    pub(crate) fn word(&self, template: &Template) -> Result<Word, Reason> {
        Word::from_template(template, |placeholder| self.part(placeholder))
    }

    /// Every word of a list.
    pub(crate) fn words(&self, list: &[Spanned<Template>]) -> Result<Vec<Word>, Reason> {
        list.iter().map(|template| self.word(template)).collect()
    }

    /// A text that no place and no stamp may enter.
    pub(crate) fn text(&self, template: &Template) -> Result<String, Reason> {
        Ok(self.word(template)?.keyed().replace("{{", "{").replace("}}", "}"))
    }

    /// Every text of a list.
    pub(crate) fn texts(&self, list: &[Spanned<Template>]) -> Result<Vec<String>, Reason> {
        list.iter().map(|template| self.text(template)).collect()
    }

    fn part(&self, placeholder: &Placeholder) -> Result<Vec<Part>, Reason> {
        let one = |part| Ok(vec![part]);
        match placeholder {
            Placeholder::Version => self.stamp("version", self.stamps.version.as_deref()),
            Placeholder::Commit => self.stamp("commit", self.stamps.commit.as_deref()),
            Placeholder::CommitTime => self.stamp("commit-time", self.stamps.commit_time.as_deref()),
            Placeholder::Out => one(Part::Place(Place::Out)),
            Placeholder::OutOf(target) => self.out_of(target),
            fixed => one(Part::Text(self.cell.fill(fixed).unwrap_or_default())),
        }
    }

    /// Where the outputs of a dependency are in the tree.
    fn out_of(&self, target: &str) -> Result<Vec<Part>, Reason> {
        let dep = self.resolved.deps().find(|dep| dep.target.as_str() == target);
        let stranger = || Reason::Unsupported {
            what: format!("{{out:{target}}}"),
            detail: format!("this cell does not depend on it: add `deps {target}`"),
        };
        let below = place(dep.ok_or_else(stranger)?).map(|at| Part::Text(format!("/{at}")));
        Ok(std::iter::once(Part::Place(Place::Src)).chain(below).collect())
    }

    fn stamp(&self, name: &str, value: Option<&str>) -> Result<Vec<Part>, Reason> {
        let detail = match name {
            "version" => "the project has no version: write `project NAME version=\"…\"`",
            _ => "the project is not in a Git repository with a commit",
        };
        let missing = || Reason::Unsupported { what: format!("{{{name}}}"), detail: detail.to_owned() };
        let value = value.ok_or_else(missing)?.to_owned();
        Ok(vec![Part::Stamp { name: name.to_owned(), value }])
    }
}
