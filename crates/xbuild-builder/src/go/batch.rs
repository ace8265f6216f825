//! Several mains by one `go build`: it shares the packages that they have in common.
//!
//! Three `go build` processes for three mains of one platform load the same packages three times, and cold they compile
//! them three times. One process with all mains writes the same bytes. What a key says stays per cell; a batch is only how
//! actions are carried out.

use xbuild_content::RelPath;

use crate::{Action, Part, Place, Word};

/// Actions that one process carries out.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The program and its arguments; outputs go to `{out}`.
    pub argv: Vec<Word>,
    /// For each action, in order: the file that Go writes below `{out}`.
    pub files: Vec<RelPath>,
}

/// What actions must share to go into one batch; `None` for an action that must go alone.
pub fn signature(action: &Action) -> Option<String> {
    let head = head(action)?;
    if head.iter().any(|word| word.starts_with("-buildmode=")) {
        return None;
    }
    let env: Vec<String> =
        action.recipe.env.iter().map(|(name, entry)| format!("{name}={}", entry.value.keyed())).collect();
    let tools: Vec<String> =
        action.tools.iter().map(|(name, tool)| format!("{name} {} {}", tool.version, tool.digest)).collect();
    let cwd = action.recipe.cwd.as_ref().map_or(".", RelPath::as_str);
    let secrets = format!("{:?}", action.secrets);
    let network = action.recipe.network.to_string();
    Some([head.join("\0"), env.join("\0"), tools.join("\0"), cwd.to_owned(), secrets, network].join("\0\0"))
}

impl Batch {
    /// Joins actions with one [`signature`], each with the import path of its main package as `go list` has it; `None`
    /// where two of them would write the same file.
    pub fn of(actions: &[(&Action, &str)]) -> Option<Self> {
        let (first, _) = actions.first()?;
        let suffix = if is_windows(first) { ".exe" } else { "" };
        let mut argv: Vec<Word> = first.recipe.argv[..first.recipe.argv.len().checked_sub(3)?].to_vec();
        argv.push("-o".into());
        argv.push(Word::place(Place::Out).then("/"));
        let mut files = Vec::new();
        for (action, import_path) in actions {
            let file = RelPath::new(&format!("{}{suffix}", exec_name(import_path)?)).ok()?;
            if files.contains(&file) {
                return None;
            }
            files.push(file);
            argv.push(action.recipe.argv.last()?.clone());
        }
        Some(Self { argv, files })
    }
}

fn is_windows(action: &Action) -> bool {
    action.recipe.env.get("GOOS").is_some_and(|entry| entry.value.keyed() == "windows")
}

/// The words before `-o`, the output and the package.
fn head(action: &Action) -> Option<Vec<String>> {
    let [head @ .., dash_o, _, package] = action.recipe.argv.as_slice() else { return None };
    let named = matches!(package.parts(), [Part::Text(_)]);
    let head: Vec<String> = head.iter().map(Word::keyed).collect();
    (named && dash_o.keyed() == "-o" && head.get(1).is_some_and(|word| word == "build")).then_some(head)
}

/// The file name that `go build -o DIR/` gives a main package: the last part of its import path, or the one before a
/// major version suffix. `None` for a package made of files (`command-line-arguments`).
pub fn exec_name(import_path: &str) -> Option<&str> {
    let mut parts = import_path.rsplit('/');
    let last = parts.next()?;
    let name = if is_major_version(last) { parts.next().unwrap_or(last) } else { last };
    (!name.is_empty() && name != "command-line-arguments").then_some(name)
}

/// `v2` and up, as Go's module paths have it.
fn is_major_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') && digits != "1"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_main_is_named_as_go_names_it() {
        assert_eq!(exec_name("example.com/fleet/cmd/app"), Some("app"));
        assert_eq!(exec_name("example.com/app/v2"), Some("app"));
        assert_eq!(exec_name("example.com/cmd/v1"), Some("v1"));
        assert_eq!(exec_name("app"), Some("app"));
        assert_eq!(exec_name("command-line-arguments"), None);
    }
}
