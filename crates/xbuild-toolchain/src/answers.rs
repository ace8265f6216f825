//! What the programs of a Go say they are, asked once for each state of their files.

use std::fs;
use std::io;
use std::time::SystemTime;

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use xbuild_content::{Digester, Key};

use crate::memo::Memo;
use crate::process::Call;
use crate::stat::Stamp;

/// What the programs said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answers {
    /// To `go version`.
    pub(crate) go: String,
    /// To `compile -V`; `None` where it cannot be run.
    pub(crate) compiler: Option<String>,
}

/// Asks `bin/go` and the compiler below `root`. The error says why `bin/go` gave no answer.
pub(crate) fn ask(root: &Utf8Path, compiler: &str, memo: &dyn Memo) -> Result<Answers, String> {
    let now = SystemTime::now();
    let stamps = ["VERSION", "bin/go", compiler].map(|part| stamp(&root.join(part)));
    let key = key(root, compiler, &stamps);
    if let Some(answers) = memo.get(&key).and_then(|kept| serde_json::from_slice(&kept).ok()) {
        return Ok(answers);
    }
    let go = say(root, "bin/go", "version").map_err(|error| format!("its bin/go cannot be run: {error}"))?;
    let answers = Answers { go, compiler: say(root, compiler, "-V").ok() };
    if !stamps.iter().flatten().any(|stamp| stamp.is_racy(now)) {
        memo.put(&key, &serde_json::to_vec(&answers).unwrap_or_default());
    }
    Ok(answers)
}

fn stamp(path: &Utf8Path) -> Option<Stamp> {
    fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata))
}

fn key(root: &Utf8Path, compiler: &str, stamps: &[Option<Stamp>]) -> Key {
    let mut out = Digester::default();
    out.update(b"xbuild go answers 1\0");
    out.update(root.as_str().as_bytes());
    out.update(b"\0");
    out.update(compiler.as_bytes());
    for stamp in stamps {
        out.update(&[u8::from(stamp.is_some())]);
        if let Some(stamp) = stamp {
            stamp.feed(&mut out);
        }
    }
    Key::from_hash(out.finish().hash())
}

/// Standard output of a program that must succeed. Without `HOME` Go keeps no telemetry and reads no user's file;
/// `GOTOOLCHAIN=local` keeps it from handing over to another Go.
fn say(root: &Utf8Path, program: &str, argument: &str) -> io::Result<String> {
    let environment = [("GOENV", "off"), ("GOTOOLCHAIN", "local"), ("GOWORK", "off"), ("LC_ALL", "C.UTF-8")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let program = root.join(program);
    let call = Call { program: &program, arguments: &[argument], environment: &environment, folder: root };
    let ended = call.capture()?;
    if ended.status.success() {
        return Ok(ended.stdout);
    }
    Err(io::Error::other(format!("{}; {}", ended.status, ended.stderr.trim())))
}
