//! The base system: what every action may read and execute without declaring it, and what network access adds.
//!
//! These paths are no inputs. One that does not exist on this machine is left out. `/etc/localtime`, `/etc/passwd` and the
//! user's home are deliberately absent: an action sees UTC and its own `HOME`.

use camino::Utf8Path;

/// Folders and files that every action may read and execute. Links such as `/bin` to `usr/bin` are followed when the
/// right is granted, so both spellings work.
pub(super) const SYSTEM: &[&str] =
    &["/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives"];

/// Files and folders that every action may read, but not execute.
///
/// `/proc` is granted whole, because the rule for `/proc/self` would be bound to xbuild's own folder there and not to the
/// child's. What lies in another process's folder and is private (`environ`, `fd`, `mem`, `maps`) stays out of reach: it
/// takes ptrace access, which Landlock gives within the sandbox only.
pub(super) const FACTS: &[&str] = &["/dev/zero", "/dev/urandom", "/proc"];

/// What every action may also write to.
pub(super) const SINK: &str = "/dev/null";

/// What name resolution and TLS read; granted with network access only.
pub(super) const NETWORK: &[&str] = &[
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl",
];

/// Whether every action may read `path` (by its spelling; `network` as the action has it).
pub(super) fn covers(path: &Utf8Path, network: bool) -> bool {
    let always = SYSTEM.iter().chain(FACTS).any(|root| path.starts_with(root));
    always || path == SINK || (network && NETWORK.iter().any(|root| path.starts_with(root)))
}
