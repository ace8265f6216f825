//! Starts the processes that answer a builder's questions: nothing inherited, the answer taken from standard output.
//!
//! Questions run no project code and need no sandbox; they read the project where it lies. Actions are `xbuild-exec`'s.

use std::process::{Command, Stdio};

use camino::Utf8Path;
use xbuild_builder::Places;
use xbuild_builder::go::Question;

/// What a process answered.
pub(crate) struct Answer {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) success: bool,
}

/// The first line of what a program says to one word, without the user's environment.
pub(crate) fn say(program: &Utf8Path, question: &str, folder: &Utf8Path) -> Result<String, String> {
    let mut command = Command::new(program);
    command.arg(question).env_clear().current_dir(folder).stdin(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}; {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// Asks, starting in `folder`.
pub(crate) fn ask(question: &Question, places: &Places, folder: &Utf8Path) -> std::io::Result<Answer> {
    let mut words = question.argv.iter().map(|word| word.expand(places));
    let program = words.next().unwrap_or_default();
    let mut command = Command::new(program);
    command.args(words).env_clear().current_dir(folder).stdin(Stdio::null());
    command.envs(question.env.iter().map(|(name, entry)| (name, entry.value.expand(places))));
    let output = command.output()?;
    Ok(Answer {
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        success: output.status.success(),
    })
}
