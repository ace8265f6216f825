//! Ctrl-C: the first asks running actions to end, the second ends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use xbuild_exec::sandbox::CancelToken;

use crate::exit::Exit;

/// Which signal stopped the run, if one did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopped(Arc<AtomicI32>);

impl Stopped {
    /// The exit code of a run that was stopped.
    pub(crate) fn exit(&self) -> Option<Exit> {
        match self.0.load(Ordering::SeqCst) {
            0 => None,
            SIGTERM => Some(Exit::Terminated),
            _ => Some(Exit::Interrupted),
        }
    }
}

/// Passes signals on to a token, from now to the end of the process.
pub(crate) fn watch(cancel: &CancelToken) -> std::io::Result<Stopped> {
    let stopped = Stopped::default();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let (cancel, seen) = (cancel.clone(), stopped.clone());
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in signals.forever() {
            seen.0.store(signal, Ordering::SeqCst);
            cancel.cancel();
        }
    })?;
    Ok(stopped)
}
