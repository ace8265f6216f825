//! Outputs of dependencies in a dependant's tree: where each lies, and that nothing else lies there.

use std::collections::BTreeMap;

use xbuild_content::{RelPath, Tree, TreeEntry};
use xbuild_plan::{Need, Reason};

use crate::session::Session;

/// The outputs of cells by the cells' ids.
pub type Outputs = BTreeMap<String, Tree>;

/// The outputs that a cell needs, laid out as it wants them; the cells that it waits for where they are not all known.
pub(crate) fn lay_out(needs: &[Need], known: &Outputs) -> Result<Tree, Vec<Reason>> {
    let waits = needs.iter().filter(|need| !known.contains_key(&need.cell));
    let waits: Vec<Reason> = waits.map(|need| Reason::Waiting { what: need.cell.clone() }).collect();
    if !waits.is_empty() {
        return Err(waits);
    }
    let mut tree = Tree::default();
    for need in needs {
        for (path, entry) in known.get(&need.cell).iter().flat_map(|outputs| outputs.iter()) {
            let at = need.at.as_ref().map_or_else(|| path.clone(), |at| path.below(at));
            tree.insert(at.clone(), entry.clone())
                .map_err(|_| vec![taken(&at, need, "another dependency puts a file")])?;
        }
    }
    Ok(tree)
}

fn taken(path: &RelPath, need: &Need, who: &str) -> Reason {
    let target = &need.target;
    let detail = format!("{who} where the outputs of `{target}` are to appear: write `deps {target} at=\"FOLDER\"`");
    Reason::PathTaken { what: path.to_string(), detail }
}

impl Session<'_> {
    /// Adds what dependencies bring to the project's own files.
    pub(crate) fn join(&self, sources: &mut Tree, borrowed: &Tree, needs: &[Need]) -> Result<(), Reason> {
        let whose =
            |path: &RelPath| needs.iter().find(|need| need.at.as_ref().is_none_or(|at| path.strip(at).is_some()));
        for (path, entry) in borrowed.iter() {
            let there = self.root.join(path.as_str()).symlink_metadata().is_ok_and(|found| !found.is_dir());
            let fits = !there && sources.insert(path.clone(), entry.clone()).is_ok();
            if let Some(need) = whose(path).filter(|_| !fits) {
                return Err(taken(path, need, "the project has a file"));
            }
        }
        Ok(())
    }
}

/// The entry of a file that a dependency made.
pub(crate) fn has_file(borrowed: &Tree, path: &str) -> bool {
    RelPath::new(path).is_ok_and(|path| matches!(borrowed.get(&path), Some(TreeEntry::File { .. })))
}
