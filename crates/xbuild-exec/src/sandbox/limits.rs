//! What a child inherits from xbuild's own process and no thread can change for itself: the umask and the resource limits.
//!
//! They are set once for all of xbuild, because without `unsafe` nothing can be done between fork and exec, and setting
//! them on the running child would be a race. Orphans of an action are made xbuild's own children (a Linux "subreaper"), so
//! that [`run`](super::run) can wait until the last of them is gone.

use std::sync::OnceLock;

use rustix::fs::Mode;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit, umask};

/// The umask of every action, and of xbuild itself.
pub const FILE_MODE_MASK: u32 = 0o022;

/// Open files that an action may have, where the machine's hard limit permits it: the same number everywhere, enough for
/// linkers with many inputs.
const OPEN_FILES: u64 = 65_536;

/// Settles umask, core dumps and open files for this process and all it starts; says which umask the user had.
///
/// [`run`](super::run) calls it too. Call it early in the program, before other threads create files. Later calls change
/// nothing and return the same answer.
pub fn prepare_process() -> u32 {
    static PREVIOUS: OnceLock<u32> = OnceLock::new();
    *PREVIOUS.get_or_init(settle)
}

/// Limits that cannot be set are left as they are: none of them changes what an action produces.
fn settle() -> u32 {
    let previous = umask(Mode::from_raw_mode(FILE_MODE_MASK as rustix::fs::RawMode));
    let _core = lower(Resource::Core, 0);
    let _files = lower(Resource::Nofile, OPEN_FILES);
    #[cfg(target_os = "linux")]
    let _reaper = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    #[allow(clippy::useless_conversion, reason = "the raw mode is 16 bits wide on macOS")]
    previous.as_raw_mode().into()
}

/// Sets the soft limit to `wanted`, or to the hard limit where that is less.
fn lower(resource: Resource, wanted: u64) -> rustix::io::Result<()> {
    let Rlimit { maximum, .. } = getrlimit(resource);
    let current = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    setrlimit(resource, Rlimit { current: Some(current), maximum })
}
