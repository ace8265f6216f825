//! Wine, around a program: it makes a Windows of its own before it starts one, and leaves a server behind.
//!
//! Both are done apart, so that a program's time and words are its own. And Wine without its half for 32 bits ends with 0 and no
//! word for a 32-bit program that it never started, so that half is looked for.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_exec::sandbox::{self, CancelToken, Isolation, Level, Process, RunError, Status};

/// How long the first start may take: some seconds, on a busy machine more.
const TIME: Duration = Duration::from_secs(120);

/// What a Windows has that starts 32-bit programs too.
const HALF_FOR_32_BITS: &str = "drive_c/windows/syswow64/kernel32.dll";

/// A Windows in a folder that goes away with the run.
pub(crate) struct Windows<'a> {
    pub(crate) wine: &'a Utf8Path,
    pub(crate) server: Option<&'a Utf8Path>,
    pub(crate) environment: &'a [(String, String)],
    /// Where Wine keeps it.
    pub(crate) prefix: Utf8PathBuf,
    pub(crate) work: &'a Utf8Path,
    pub(crate) log: Utf8PathBuf,
}

impl Windows<'_> {
    /// Makes it; false where Wine could not.
    pub(crate) fn set_up(&self, cancel: &CancelToken) -> Result<bool, RunError> {
        let boot = ["wineboot", "--init"].map(str::to_owned).to_vec();
        Ok(self.run(self.wine, boot, cancel)? == Status::Exited(0))
    }

    /// Whether it starts programs of 32 bits.
    pub(crate) fn has_32_bits(&self) -> bool {
        self.prefix.join(HALF_FOR_32_BITS).exists()
    }

    /// Ends what still runs in it. Where that cannot be done the server ends by itself, some seconds later.
    pub(crate) fn shut_down(&self) {
        let Some(server) = self.server else { return };
        if let Ok(never) = CancelToken::new() {
            let _ = self.run(server, vec!["--kill".to_owned()], &never);
            let _ = self.run(server, vec!["--wait".to_owned()], &never);
        }
    }

    fn run(&self, program: &Utf8Path, arguments: Vec<String>, cancel: &CancelToken) -> Result<Status, RunError> {
        let process = Process {
            program: program.to_owned(),
            arguments,
            environment: self.environment.to_vec(),
            cwd: self.work.to_owned(),
            readable: Vec::new(),
            writable: Vec::new(),
            network: true,
            timeout: Some(TIME),
            log: self.log.clone(),
            log_limit: Some(0),
        };
        Ok(sandbox::run(&process, &Isolation { level: Level::Env, cancel: cancel.clone() })?.status)
    }
}
