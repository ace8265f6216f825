//! What could stand at the cursor: the shell asks the program itself, on every press of the completion key.
//!
//! The problem: profiles, targets and cells stand in the project's file, so a script that is written once cannot know them.
//! The script of `xbuild completions` therefore starts this program with [`ASKED`] in its environment and the words so far as
//! arguments; what stands where is clap's to know, and the values that it cannot know are those of [`values`].
//!
//! An answer is a list of words or nothing. It never is an error: a file that does not read offers nothing. No process is
//! started, and standard input is not read. Which words a command takes is [`crate::args`]'s.

mod place;
mod values;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;

use clap::{ArgMatches, CommandFactory as _};
use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Zsh};

use crate::args::{Arguments, Shell};
use crate::exit::Exit;

/// The variable that holds the shell's name while the shell asks.
const ASKED: &str = "XBUILD_COMPLETE";

/// What bash is told to do; clap's own script does not put together the words that bash splits at `@`, `=` and `:`.
const BASH: &str = include_str!("xbuild.bash");

/// Answers a shell that asks; `None` where this is an ordinary run.
pub(crate) fn asked() -> Option<Exit> {
    let name = std::env::var(ASKED).ok().filter(|name| !name.is_empty())?;
    let words: Vec<OsString> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let shell = <Shell as clap::ValueEnum>::from_str(&name, false).ok();
    if let Some(shell) = shell.filter(|_| !words.is_empty()) {
        answer(shell, words);
    }
    Some(Exit::Done)
}

fn answer(shell: Shell, words: Vec<OsString>) {
    let mut command = values::attach(Arguments::command(), &words);
    let folder = std::env::current_dir().ok();
    let mut answer = Vec::new();
    if completer(shell).write_complete(&mut command, words, folder.as_deref(), &mut answer).is_ok() {
        let _ = std::io::stdout().lock().write_all(&answer);
    }
}

/// The script that makes a shell ask the program of that name or path.
pub(crate) fn script(shell: Shell, program: &OsStr) -> String {
    let program = program.to_string_lossy();
    if shell == Shell::Bash {
        return BASH.replace("ASKED", ASKED).replace("PROGRAM", &quoted(&program));
    }
    let mut script = Vec::new();
    let _infallible = completer(shell).write_registration(ASKED, "xbuild", "xbuild", &program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// A word as bash reads it back.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn completer(shell: Shell) -> &'static dyn EnvCompleter {
    match shell {
        Shell::Bash => &Bash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
        Shell::Zsh => &Zsh,
    }
}

/// The words as far as they read.
fn partial(words: &[OsString]) -> Option<ArgMatches> {
    Arguments::command().ignore_errors(true).try_get_matches_from(words).ok()
}
