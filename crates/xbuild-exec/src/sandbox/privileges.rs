//! What an action of a privileged user gives up: every capability that is not about owning files.
//!
//! Builds in containers often run as root. With `CAP_PERFMON` or `CAP_SYS_ADMIN` a process reads the environment of any
//! other under `/proc`, and there are secrets in xbuild's own; newer kernels ask Landlock only where these are missing.
//! `no_new_privs`, which Landlock and the filter set, keeps an exec from bringing them back.

use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities};

use super::Reason;

/// What unpacking an archive or `fakeroot`-less packaging as root takes.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::DAC_READ_SEARCH)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::SETFCAP)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID);

/// Takes all but [`KEPT`] from the calling thread and what it starts, for good.
pub(super) fn drop_most() -> Result<(), Reason> {
    let refused =
        |error: rustix::io::Errno| Reason::Refused { step: "giving up privileges", message: error.to_string() };
    let CapabilitySets { effective, permitted, inheritable } = capabilities(None).map_err(refused)?;
    let kept =
        CapabilitySets { effective: effective & KEPT, permitted: permitted & KEPT, inheritable: inheritable & KEPT };
    set_capabilities(None, kept).map_err(refused)
}
