//! What is drawn while something takes long: on a terminal only, and gone when it is done.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use xbuild_exec::sandbox::CancelToken;
use xbuild_exec::{Event, Outcome};
use xbuild_toolchain::Progress;

use crate::context::Context;

/// Draws what is told.
pub(crate) struct Drawing {
    bars: MultiProgress,
    total: Mutex<Option<ProgressBar>>,
    running: Mutex<BTreeMap<String, ProgressBar>>,
    fetch: Mutex<Option<ProgressBar>>,
    cancel: Option<CancelToken>,
}

impl Drawing {
    pub(crate) fn new(context: &Context, cancel: Option<CancelToken>) -> Self {
        let target = if context.draws() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self {
            bars: MultiProgress::with_draw_target(target),
            total: Mutex::default(),
            running: Mutex::default(),
            fetch: Mutex::default(),
            cancel,
        }
    }

    /// A step of finding or fetching; answers whether to go on.
    pub(crate) fn step(&self, progress: &Progress) -> ControlFlow<()> {
        let Ok(mut fetch) = self.fetch.lock() else { return ControlFlow::Continue(()) };
        let bar = fetch.get_or_insert_with(|| self.spinner());
        match progress {
            Progress::Identifying { root } => bar.set_message(format!("reading {root}")),
            Progress::Waiting { what } => bar.set_message(format!("waiting for {what}, which another xbuild fetches")),
            Progress::Downloading { module, bytes, total } => bar.set_message(match total {
                Some(total) => format!("fetching {module}: {} of {}", megabytes(*bytes), megabytes(*total)),
                None => format!("fetching {module}: {}", megabytes(*bytes)),
            }),
            Progress::Unpacking { module } => bar.set_message(format!("unpacking {module}")),
            Progress::Copied { module } => bar.set_message(format!("taking {module} from the module cache")),
        }
        bar.tick();
        let stop = self.cancel.as_ref().is_some_and(CancelToken::is_cancelled);
        if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Nothing is fetched any more.
    pub(crate) fn fetched(&self) {
        if let Some(bar) = self.fetch.lock().ok().and_then(|mut fetch| fetch.take()) {
            bar.finish_and_clear();
        }
    }

    /// Something happened in the build.
    pub(crate) fn event(&self, event: &Event<'_>) {
        match event {
            Event::Began { build, restore } => self.began((build + restore) as u64),
            Event::Started { cells } => {
                for cell in *cells {
                    self.started(&cell.identity.id);
                }
            }
            Event::Finished { report } => self.finished(&report.id, report.outcome),
        }
    }

    /// An artifact is tried out.
    pub(crate) fn smoking(&self, cell: &str) {
        self.started(&format!("smoke run of {cell}"));
    }

    /// It was tried out.
    pub(crate) fn smoked(&self, cell: &str) {
        let running = self.running.lock().ok().and_then(|mut all| all.remove(&format!("smoke run of {cell}")));
        if let Some(bar) = running {
            bar.finish_and_clear();
        }
    }

    fn began(&self, cells: u64) {
        self.fetched();
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} cells  {elapsed}");
        let bar = self.bars.add(ProgressBar::new(cells));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        if let Ok(mut total) = self.total.lock() {
            *total = Some(bar);
        }
    }

    fn started(&self, id: &str) {
        let bar = self.spinner();
        bar.set_message(id.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        if let Ok(mut running) = self.running.lock() {
            running.insert(id.to_owned(), bar);
        }
    }

    fn finished(&self, id: &str, outcome: Outcome) {
        if let Some(bar) = self.running.lock().ok().and_then(|mut running| running.remove(id)) {
            bar.finish_and_clear();
        }
        if outcome == Outcome::Failed {
            // The report follows at the end; the name shows at once that something is wrong.
            let _ = self.bars.println(format!("failed: {id}"));
        }
        if let Some(total) = self.total.lock().ok().as_deref().and_then(Option::as_ref) {
            total.inc(1);
        }
    }

    /// Takes everything off the screen.
    pub(crate) fn clear(&self) {
        self.fetched();
        if let Some(total) = self.total.lock().ok().and_then(|mut total| total.take()) {
            total.finish_and_clear();
        }
        // A terminal that went away cannot be cleared.
        let _ = self.bars.clear();
    }

    fn spinner(&self) -> ProgressBar {
        let style = ProgressStyle::with_template("{spinner} {wide_msg}");
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
