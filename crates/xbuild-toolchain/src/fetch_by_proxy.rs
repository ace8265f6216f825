//! Fetches a Go without a Go: from the module proxies that the user's `GOPROXY` names, checked by the lock's pin.
//!
//! The protocol is one GET (`go help goproxy`). The list is read as Go reads it: after a comma the next entry is tried
//! where the module is not found (404, 410), after a bar whatever went wrong; `off` ends it, and `direct` ends it too, since
//! a toolchain has no repository to clone. No proxy is assumed where the user names none.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write as _};
use std::ops::ControlFlow;

use camino::Utf8Path;

use crate::fetch::{Arrived, Order};
use crate::http::{Client, Refusal};
use crate::module_zip::{self, MAX_ZIP_BYTES};
use crate::progress::{Listener, Progress};
use crate::workshop::Workshop;
use crate::{Environment, ModuleVersion, ToolchainError};

/// One entry of `GOPROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    address: String,
    /// Whether the next entry is tried after any error (`|`), not only where the module is not found (`,`).
    next_on_any_error: bool,
}

/// Whether `GOPROXY` names anything that can be asked.
pub(crate) fn has_proxy(environment: &Environment) -> bool {
    !proxies(&environment.go_setting("GOPROXY").unwrap_or_default()).is_empty()
}

/// The entries that speak the protocol, up to the first `direct` or `off`.
fn proxies(list: &str) -> Vec<Entry> {
    let entries = list.split_inclusive([',', '|']).map(|entry| Entry {
        address: entry.trim_end_matches([',', '|']).trim().trim_end_matches('/').to_owned(),
        next_on_any_error: entry.ends_with('|'),
    });
    entries.filter(|entry| !entry.address.is_empty()).take_while(|entry| !ends_list(&entry.address)).collect()
}

fn ends_list(address: &str) -> bool {
    matches!(address, "direct" | "off" | "noproxy")
}

/// Fetches, checks and unpacks the module.
pub(crate) fn fetch(order: &Order<'_>, workshop: &Workshop, progress: Listener<'_>) -> Result<Arrived, ToolchainError> {
    let module = order.module;
    if order.pin.h1.is_none() && order.pin.tree.is_none() {
        return Err(ToolchainError::Unpinned { module: module.clone() });
    }
    let zip = workshop.scratch().join("toolchain.zip");
    download(order, &zip, progress)?;
    say(progress, Progress::Unpacking { module: module.clone() })?;
    let root = workshop.scratch().join("tree");
    let h1 =
        module_zip::unpack(&zip, module, &root).map_err(|error| ToolchainError::fetch(module, error.to_string()))?;
    if order.pin.h1.is_none() {
        drop_unpinned(&root)?;
    }
    Ok(Arrived { root, h1: order.pin.h1.is_some().then_some(h1) })
}

/// The tree digest does not cover `go.env`, which can set flags; where nothing else vouches for it, it is not kept.
fn drop_unpinned(root: &Utf8Path) -> Result<(), ToolchainError> {
    let settings = root.join("go.env");
    match fs::remove_file(&settings) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ToolchainError::file(settings, error)),
        _ => Ok(()),
    }
}

/// Asks one proxy after the other.
fn download(order: &Order<'_>, to: &Utf8Path, progress: Listener<'_>) -> Result<(), ToolchainError> {
    let failed = |detail: String| ToolchainError::fetch(order.module, detail);
    let client = Client::new(order.environment).map_err(failed)?;
    let mut said = String::new();
    for entry in proxies(&order.environment.go_setting("GOPROXY").unwrap_or_default()) {
        let address = format!("{}/{}", entry.address, order.module.proxy_file("zip"));
        let refusal = match client.open(&address) {
            Ok((body, total)) => match store(order.module, body, total, to, progress)? {
                Ok(()) => return Ok(()),
                Err(text) => Refusal { not_found: false, text },
            },
            Err(refusal) => refusal,
        };
        // Writing to a string cannot fail.
        let _ = writeln!(said, "{}: {}", redacted(&address), refusal.text);
        if !refusal.not_found && !entry.next_on_any_error {
            break;
        }
    }
    Err(failed(format!("{said}the proxies are those of GOPROXY")))
}

/// Writes a body to a file, within the size that a module may have. The inner error says why the body was not whole.
fn store(
    module: &ModuleVersion,
    mut body: Box<dyn Read>,
    total: Option<u64>,
    to: &Utf8Path,
    progress: Listener<'_>,
) -> Result<Result<(), String>, ToolchainError> {
    let unwritable = |error| ToolchainError::file(to, error);
    let mut file = File::create(to).map_err(unwritable)?;
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Ok(Err(error.to_string())),
        };
        bytes += count as u64;
        if bytes > MAX_ZIP_BYTES {
            return Ok(Err(format!("longer than {MAX_ZIP_BYTES} bytes, the most that a module may have")));
        }
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(unwritable)?;
        say(progress, Progress::Downloading { module: module.clone(), bytes, total })?;
    }
    Ok(match total.filter(|total| *total != bytes) {
        Some(total) => Err(format!("ended after {bytes} of {total} bytes")),
        None => Ok(()),
    })
}

fn say(progress: Listener<'_>, step: Progress) -> Result<(), ToolchainError> {
    match progress(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ToolchainError::Interrupted),
    }
}

/// An address without the user's password.
fn redacted(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, expect: &[(&str, bool)]) {
        let entries: Vec<(String, bool)> =
            proxies(list).into_iter().map(|entry| (entry.address, entry.next_on_any_error)).collect();
        let expect: Vec<(String, bool)> = expect.iter().map(|(text, any)| ((*text).to_owned(), *any)).collect();
        assert_eq!(entries, expect, "{list}");
    }

    #[test]
    fn the_list_is_read_as_go_reads_it() {
        check("https://a,direct", &[("https://a", false)]);
        check("https://a/|file:///b , https://c", &[("https://a", true), ("file:///b", false), ("https://c", false)]);
        check("off", &[]);
        check("direct,https://a", &[]);
        check("", &[]);
    }

    #[test]
    fn a_password_is_not_repeated() {
        assert_eq!(redacted("https://me:secret@a.example/x@v1.zip"), "https://a.example/x@v1.zip");
        assert_eq!(redacted("file:///a/b@c"), "file:///a/b@c");
    }
}
