//! `--trace FILE`: when each cell's action ran, in the form that browsers' trace viewers read (Chrome trace events).

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use miette::Diagnostic;
use serde_json::{Value, json};
use xbuild_exec::{CellReport, Event};

use crate::context::{Context, Failure};
use crate::exit::Exit;

/// What happened when, since the trace was made.
#[derive(Debug)]
pub(crate) struct Trace {
    start: Instant,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    started: BTreeMap<String, (u64, usize)>,
    events: Vec<Value>,
    lanes: Vec<bool>,
}

#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("cannot write the trace `{path}`")]
#[diagnostic(code("xbuild::io"))]
struct TraceError {
    path: String,
    #[source]
    source: std::io::Error,
}

impl Default for Trace {
    fn default() -> Self {
        Self { start: Instant::now(), seen: Mutex::default() }
    }
}

impl Trace {
    pub(crate) fn event(&self, event: &Event<'_>) {
        let now = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
        let Ok(mut seen) = self.seen.lock() else { return };
        match event {
            Event::Began { .. } => {}
            Event::Started { cells } => cells.iter().for_each(|cell| seen.begin(&cell.identity.id, now)),
            Event::Finished { report } => seen.end(report, now),
        }
    }

    /// Writes the file, if one was asked for.
    pub(crate) fn write(&self, context: &Context) -> Result<(), Failure> {
        let (Some(path), Ok(seen)) = (&context.global.trace, self.seen.lock()) else { return Ok(()) };
        let document = json!({ "traceEvents": seen.events });
        let fail = |source| Failure::new(Exit::Environment, TraceError { path: path.to_string(), source });
        std::fs::write(context.cwd.join(path), format!("{document}\n")).map_err(fail)
    }
}

impl Seen {
    /// A cell takes the first free lane, so that what ran at once is drawn below each other.
    fn begin(&mut self, id: &str, now: u64) {
        let free = self.lanes.iter().position(|taken| !taken).unwrap_or(self.lanes.len());
        if free == self.lanes.len() {
            self.lanes.push(true);
        }
        self.lanes[free] = true;
        self.started.insert(id.to_owned(), (now, free));
    }

    fn end(&mut self, report: &CellReport, now: u64) {
        let (begin, lane) = match self.started.remove(&report.id) {
            Some((begin, lane)) => {
                self.lanes[lane] = false;
                (begin, lane)
            }
            None => (now, 0),
        };
        self.events.push(json!({
            "name": report.id, "cat": report.outcome.as_str(), "ph": "X",
            "ts": begin, "dur": now - begin, "pid": 1, "tid": lane + 1,
        }));
    }
}
