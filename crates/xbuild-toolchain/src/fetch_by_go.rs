//! Fetches a Go with another Go: `go mod download` of the toolchain module.
//!
//! The installed Go brings what we would have to write anew: the user's proxies and credentials, and the checksum database
//! that says what the Go project published. It runs in a folder without a `go.mod`, with a module cache of its own.

use std::ops::ControlFlow;

use camino::Utf8Path;
use serde::Deserialize;

use crate::fetch::{Arrived, Order};
use crate::go_environment::fetch_environment;
use crate::goroot::Goroot;
use crate::modules::message;
use crate::process::{Call, Ended};
use crate::progress::{Listener, Progress};
use crate::workshop::Workshop;
use crate::{ModuleVersion, ToolchainError};

/// What `go mod download -json` says of a module.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    dir: Option<String>,
    sum: Option<String>,
    error: Option<String>,
}

/// Has the Go at `downloader` fetch and check the module.
pub(crate) fn fetch(
    downloader: &Goroot,
    order: &Order<'_>,
    workshop: &Workshop,
    progress: Listener<'_>,
) -> Result<Arrived, ToolchainError> {
    let scratch = workshop.scratch();
    let cache = scratch.join("mod");
    let empty = scratch.join("empty");
    std::fs::create_dir(&empty).map_err(|error| ToolchainError::file(&empty, error))?;
    let environment = fetch_environment(order.environment, downloader.root(), order.host, &cache, scratch);
    let module = order.module.to_string();
    let call = Call {
        program: &downloader.go(),
        arguments: &["mod", "download", "-json", &module],
        environment: &environment,
        folder: &empty,
    };
    let arriving = cache.join("cache/download").join(order.module.path()).join("@v");
    let ended = call.watched(workshop.guard(), &mut |line| match line {
        Some(_) => ControlFlow::Continue(()),
        None => progress(downloading(order.module, &arriving)),
    });
    match ended.map_err(|error| ToolchainError::file(downloader.go(), error))? {
        ControlFlow::Continue(ended) => arrived(order.module, &ended),
        ControlFlow::Break(()) => Err(ToolchainError::Interrupted),
    }
}

fn arrived(module: &ModuleVersion, ended: &Ended) -> Result<Arrived, ToolchainError> {
    let failed = |said: Option<&str>| ToolchainError::fetch(module, message(said, ended));
    let said: Downloaded = serde_json::from_str(&ended.stdout).map_err(|_| failed(None))?;
    match (said.dir, said.sum, said.error) {
        (Some(root), Some(h1), None) if ended.status.success() => Ok(Arrived { root: root.into(), h1: Some(h1) }),
        (_, _, error) => Err(failed(error.as_deref())),
    }
}

/// How much of the zip is there. Go writes it beside its final name, and says nothing meanwhile.
fn downloading(module: &ModuleVersion, arriving: &Utf8Path) -> Progress {
    let files = arriving.read_dir_utf8().into_iter().flatten().flatten();
    let zips = files.filter(|file| file.file_name().contains(".zip"));
    let bytes = zips.filter_map(|zip| zip.metadata().ok()).map(|metadata| metadata.len()).max();
    Progress::Downloading { module: module.clone(), bytes: bytes.unwrap_or(0), total: None }
}
