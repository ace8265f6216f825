//! Carries out one job: takes the guards, stages, runs, checks, publishes, delivers.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_builder::{Action, Place, Places, Word, go};
use xbuild_content::TreeEntry;
use xbuild_store::{ActionCache as _, Guard, Record, StoreError, Taking};

use crate::bench::Workbench;
use crate::deliver::{Inspected, Looked, broken, deliver, is_made, mismatches, seen};
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Unit, Work};
use crate::later::Learned;
use crate::log;
use crate::outcome::{CellReport, Outcome};
use crate::outputs::{Left, gather, stray};
use crate::sandbox::{Finished, Isolation, Process, Status, denied_path, run};
use crate::stage::{Stage, StageError, Staged, changed};

/// What a job needs besides the bench.
pub(crate) struct Performer<'a> {
    pub(crate) bench: &'a Workbench<'a>,
    /// Processes that one action may run at once.
    pub(crate) inner_jobs: u32,
    /// Whether records are read.
    pub(crate) reads_cache: bool,
    /// What cells that wait for others are to know.
    pub(crate) learned: Learned,
}

/// A process that ended well, and where it put each output of each unit.
struct Ran {
    finished: Finished,
    /// By unit, then by output: the file.
    files: Vec<Vec<Left>>,
    log: Utf8PathBuf,
}

impl Performer<'_> {
    /// Does the work and reports on every cell of it.
    pub(crate) fn perform(&self, work: &Work<'_>) -> Vec<CellReport> {
        match work {
            Work::Restore(unit) => self.restore(unit),
            Work::Run(units) => self.run_units(units),
            Work::Later(cell) => self.later(cell),
        }
    }

    pub(crate) fn restore(&self, unit: &Unit<'_>) -> Vec<CellReport> {
        match self.bench.store.record(unit.key) {
            Ok(Some(record)) => self.deliver_all(unit, &record, &Looked::new(), Outcome::Cached),
            // The record went away since the plan was made: another process cleared the cache.
            Ok(None) => self.run_units(std::slice::from_ref(unit)),
            Err(source) => {
                let source = Arc::new(source);
                all_failed(unit, |cell| Failure::Store { cell, source: Arc::clone(&source) })
            }
        }
    }

    fn deliver_all(&self, unit: &Unit<'_>, record: &Record, looked: &Looked, outcome: Outcome) -> Vec<CellReport> {
        let reports: Vec<CellReport> =
            unit.cells.iter().map(|cell| deliver(self.bench, cell, record, looked, outcome)).collect();
        unit.cells.iter().for_each(|cell| self.learned.outputs_of(cell, record));
        for report in &reports {
            // Only `why` reads it: a cache that cannot keep it costs an explanation.
            let _ = self.bench.store.set_last_key(self.bench.root.as_str(), &report.id, unit.key);
        }
        reports
    }

    pub(crate) fn run_units(&self, units: &[Unit<'_>]) -> Vec<CellReport> {
        let Some(_guards) = self.guards(units) else {
            return units.iter().flat_map(|unit| all_failed(unit, |cell| Failure::Stopped { cell })).collect();
        };
        let mut reports = Vec::new();
        let mut left: Vec<&Unit<'_>> = Vec::new();
        for unit in units {
            // Another process may have built it while this one waited.
            match self.reads_cache.then(|| self.usable_record(unit)).flatten() {
                Some(record) => reports.extend(self.deliver_all(unit, &record, &Looked::new(), Outcome::Cached)),
                None => left.push(unit),
            }
        }
        if !left.is_empty() {
            let cells: Vec<_> = left.iter().flat_map(|unit| unit.cells.iter().copied()).collect();
            (self.bench.tell)(Event::Started { cells: &cells });
            reports.extend(self.run_staged(&left));
        }
        reports
    }

    fn usable_record(&self, unit: &Unit<'_>) -> Option<Record> {
        use xbuild_store::Cas as _;
        let record = self.bench.store.record(unit.key).ok()??;
        self.bench.store.missing(&record.digests()).is_ok_and(|missing| missing.is_empty()).then_some(record)
    }

    /// The guards of all keys, in the order of the keys so that two processes cannot wait for each other; `None` when the
    /// user stops the wait.
    fn guards(&self, units: &[Unit<'_>]) -> Option<Vec<Guard>> {
        let mut keys: Vec<_> = units.iter().map(|unit| unit.key).collect();
        keys.sort_unstable();
        let mut guards = Vec::new();
        for key in keys {
            loop {
                if self.bench.cancel.is_cancelled() {
                    return None;
                }
                match self.bench.store.try_guard(key) {
                    Ok(Some(guard)) => break guards.push(guard),
                    Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                    // Without guards the work may be done twice, which is no harm.
                    Err(_) => break,
                }
            }
        }
        Some(guards)
    }

    /// Stages all units as one tree and runs them together, or one by one where that is not possible or fails.
    fn run_staged(&self, units: &[&Unit<'_>]) -> Vec<CellReport> {
        let each =
            |failure: &dyn Fn(String) -> Failure| units.iter().flat_map(|unit| all_failed(unit, failure)).collect();
        let Ok(inputs) = Staged::union(units.iter().map(|unit| unit.action)) else {
            return units.iter().flat_map(|unit| self.run_staged(&[unit])).collect();
        };
        let label = &units[0].key.hash().to_hex()[..24];
        let stage = match Stage::new(self.bench.store, label) {
            Ok(stage) => stage,
            Err(error) => {
                let error = Arc::new(error);
                return each(&|cell| Failure::Store { cell, source: Arc::clone(&error) });
            }
        };
        if let Err((path, error)) = stage.fill(self.bench, &inputs) {
            return each(&|cell| stage_failure(self.bench, cell, &path, &error, &inputs));
        }
        if let Err(source) = (self.bench.home)(&stage.home()) {
            return each(&|cell| Failure::Work { cell, path: stage.home().to_string(), source: source.kind().into() });
        }
        if units.len() > 1
            && let Some(Ok(ran)) = self.batch(units, &stage)
        {
            return self.finish(units, &ran);
        }
        units.iter().enumerate().flat_map(|(attempt, unit)| self.alone(unit, &stage, attempt + 1)).collect()
    }

    /// All units by one process; `None` where the builder cannot, an error where it failed (then each is run alone, so
    /// that each has its own words).
    fn batch(&self, units: &[&Unit<'_>], stage: &Stage) -> Option<Result<Ran, Failure>> {
        let mains: Option<Vec<(&Action, &str)>> =
            units.iter().map(|unit| Some((unit.action, unit.cell().import_path.as_deref()?))).collect();
        let batch = go::Batch::of(&mains?)?;
        let out = stage.out(0).ok()?;
        let files = units.iter().zip(&batch.files).map(|(unit, file)| {
            let output = unit.action.recipe.outputs.first().cloned();
            output.into_iter().map(|output| (output, out.join(file.as_str()))).collect()
        });
        let files = files.collect();
        Some(self.run_process(units[0], &batch.argv, stage, &out, 0).map(|(finished, log)| Ran {
            finished,
            files,
            log,
        }))
    }

    fn alone(&self, unit: &Unit<'_>, stage: &Stage, attempt: usize) -> Vec<CellReport> {
        if self.bench.cancel.is_cancelled() {
            return all_failed(unit, |cell| Failure::Stopped { cell });
        }
        let out = match stage.out(attempt) {
            Ok(out) => out,
            Err(source) => {
                return all_failed(unit, |cell| Failure::Work {
                    cell,
                    path: stage.top().to_string(),
                    source: source.kind().into(),
                });
            }
        };
        let recipe = &unit.action.recipe;
        let ran = self.run_process(unit, &recipe.argv, stage, &out, attempt).and_then(|(finished, log)| {
            let files = vec![gather(unit.id(), recipe, &out, &self.places(unit, stage, &out, &[]))?];
            if let Some(output) = stray(recipe, &out) {
                return Err(Failure::UndeclaredOutput { cell: unit.id().to_owned(), output });
            }
            Ok(Ran { finished, files, log })
        });
        match ran {
            Ok(ran) => self.finish(&[unit], &ran),
            Err(failure) => {
                let log = log::keep(self.bench.store, unit.key, &stage.log(attempt));
                let mut reports = first_failed(unit, failure);
                reports.iter_mut().for_each(|report| report.log.clone_from(&log));
                reports
            }
        }
    }

    fn run_process(
        &self,
        unit: &Unit<'_>,
        argv: &[Word],
        stage: &Stage,
        out: &Utf8Path,
        attempt: usize,
    ) -> Result<(Finished, Utf8PathBuf), Failure> {
        let process = self.process(unit, argv, stage, out, attempt)?;
        let isolation = Isolation { level: self.bench.allowance.isolation, cancel: self.bench.cancel.clone() };
        let cell = unit.id().to_owned();
        let finished = run(&process, &isolation).map_err(|source| Failure::Run { cell: cell.clone(), source })?;
        if finished.status.success() {
            return Ok((finished, process.log));
        }
        if finished.status == Status::Cancelled {
            return Err(Failure::Stopped { cell });
        }
        let output = log::shown(&process.log, &stage.src());
        let command = argv.iter().map(|word| shell_word(&word.template())).collect::<Vec<_>>().join(" ");
        if says_disk_full(&output) {
            return Err(Failure::NoRoom { cell, command, path: stage.top().to_string(), output });
        }
        let denied = denied_path(&output, &process).map(|path| path.to_string());
        Err(Failure::Action { cell, command, status: finished.status.to_string(), output, denied })
    }

    fn process(
        &self,
        unit: &Unit<'_>,
        argv: &[Word],
        stage: &Stage,
        out: &Utf8Path,
        attempt: usize,
    ) -> Result<Process, Failure> {
        let work = |source: std::io::Error| Failure::Work {
            cell: unit.id().to_owned(),
            path: "the cache's folders for tools".into(),
            source,
        };
        let recipe = &unit.action.recipe;
        let caches = (self.bench.caches)(unit.action).map_err(work)?;
        let cwd = recipe.cwd.as_ref().map_or_else(|| stage.src(), |cwd| stage.src().join(cwd.as_str()));
        // A folder that no input lies in is made, for the command is to start there.
        std::fs::create_dir_all(&cwd).map_err(work)?;
        let places = self.places(unit, stage, out, &caches);
        let mut words = argv.iter().map(|word| word.expand(&places));
        let program = Utf8PathBuf::from(words.next().unwrap_or_default());
        let mut arguments: Vec<String> = words.collect();
        go::limit_jobs(recipe, &mut arguments, self.inner_jobs);
        let of_caches =
            |writable: bool| caches.iter().filter(move |cache| cache.2 == writable).map(|cache| cache.1.clone());
        let tools = recipe.tools.iter().filter_map(|name| self.bench.tools.get(name)).flatten().cloned();
        let mut readable: Vec<Utf8PathBuf> = tools.collect();
        readable.extend(unit.cell().places.values().map(Utf8PathBuf::from));
        readable.push(stage.src());
        readable.extend(of_caches(false));
        let mut writable = vec![out.to_owned(), stage.home(), stage.tmp()];
        writable.extend(of_caches(true));
        Ok(Process {
            program,
            arguments,
            environment: self.environment(unit.action, &places),
            cwd,
            readable,
            writable,
            network: recipe.network,
            timeout: unit.action.timeout_seconds.map(|seconds| Duration::from_secs(seconds.into())),
            log: stage.log(attempt),
            log_limit: None,
        })
    }

    fn places(&self, unit: &Unit<'_>, stage: &Stage, out: &Utf8Path, caches: &[crate::bench::CachePlace]) -> Places {
        let mut places = self.bench.places.clone();
        places.extend(unit.cell().places.clone());
        places.insert(Place::Src, stage.src().into_string());
        places.insert(Place::Out, out.to_string());
        places.insert(Place::Home, stage.home().into_string());
        places.insert(Place::Tmp, stage.tmp().into_string());
        places.extend(caches.iter().map(|(place, path, _)| (place.clone(), path.to_string())));
        places
    }

    fn environment(&self, action: &Action, places: &Places) -> Vec<(String, String)> {
        let stated = action.recipe.env.iter().map(|(name, entry)| (name.clone(), entry.value.expand(places)));
        let mut environment: BTreeMap<String, String> = stated.collect();
        for name in action.secrets.keys() {
            environment.extend(self.bench.secrets.get(name).map(|value| (name.clone(), value.clone())));
        }
        environment.into_iter().collect()
    }

    /// Looks at the inputs again, verifies what was made, publishes it and delivers it.
    fn finish(&self, units: &[&Unit<'_>], ran: &Ran) -> Vec<CellReport> {
        let mut reports = Vec::new();
        for (unit, files) in units.iter().zip(&ran.files) {
            let mut made = match self.publish(unit, files, ran) {
                Ok((record, looked)) => self.deliver_all(unit, &record, &looked, Outcome::Built),
                Err(made) => made,
            };
            let log = log::keep(self.bench.store, unit.key, &ran.log);
            for report in &mut made {
                report.elapsed = ran.finished.elapsed;
                report.peak_rss_bytes = ran.finished.peak_rss_bytes;
                report.isolation = Some(ran.finished.isolation);
                report.log.clone_from(&log);
            }
            reports.extend(made);
        }
        reports
    }

    /// Makes the record of an action whose every output is there and is what at least one of its cells promises.
    fn publish(&self, unit: &Unit<'_>, files: &[Left], ran: &Ran) -> Result<(Record, Looked), Vec<CellReport>> {
        let bench = self.bench;
        if let Some(input) = changed(bench.store, bench.root, &Staged::of(unit.action)) {
            return Err(all_failed(unit, |cell| Failure::InputChanged { cell, input: input.clone() }));
        }
        for (output, file) in files {
            is_made(unit.id(), output, file).map_err(|failure| first_failed(unit, failure))?;
        }
        let store = |source: StoreError| {
            let source = Arc::new(source);
            all_failed(unit, |cell| Failure::Store { cell, source: Arc::clone(&source) })
        };
        let mut record = Record::new(unit.key);
        let mut publication = bench.store.publish().map_err(store)?;
        let mut looked = Looked::new();
        for (output, file) in files {
            let look = |file: &File| seen(bench, unit.cells.iter().copied(), file);
            let (added, (facts, inside)) = publication.add_file_and_look(file, Taking::Move, look).map_err(store)?;
            looked.insert(output.clone(), Inspected { digest: added.digest, sha256: added.sha256, facts, inside });
            let entry = TreeEntry::File { digest: added.digest, executable: added.executable };
            let placed = record.outputs.insert(output.clone(), entry);
            placed
                .map_err(|_| all_failed(unit, |cell| Failure::UndeclaredOutput { cell, output: output.to_string() }))?;
        }
        keep_promises(unit, &looked)?;
        let elapsed = ran.finished.elapsed.as_millis().to_string();
        record.extra.insert("elapsed_ms".into(), elapsed);
        record.extra.insert("peak_rss_bytes".into(), ran.finished.peak_rss_bytes.to_string());
        record.extra.insert("isolation".into(), ran.finished.isolation.to_string());
        publication.commit(&record, &unit.action.explain()).map_err(store)?;
        Ok((record, looked))
    }
}

/// Verifies the files before anything is kept: what no cell promises is neither cached nor delivered.
fn keep_promises(unit: &Unit<'_>, looked: &Looked) -> Result<(), Vec<CellReport>> {
    let mut failures: BTreeMap<&str, Failure> = BTreeMap::new();
    for (output, inspected) in looked {
        for cell in &unit.cells {
            let path = cell.artifacts.iter().find(|artifact| artifact.output == *output);
            let path = path.map_or(output.as_str(), |artifact| artifact.path.as_str());
            if let Some(failure) = broken(cell, path, &mismatches(cell, inspected)) {
                failures.entry(&cell.identity.id).or_insert(failure);
            }
        }
    }
    if failures.len() < unit.cells.len() {
        return Ok(());
    }
    let report = |(id, failure): (&str, Failure)| CellReport::without_action(id, Outcome::Failed, Some(failure));
    Err(failures.into_iter().map(report).collect())
}

fn all_failed(unit: &Unit<'_>, mut failure: impl FnMut(String) -> Failure) -> Vec<CellReport> {
    let cells = unit.cells.iter().map(|cell| {
        let id = &cell.identity.id;
        CellReport::without_action(id, Outcome::Failed, Some(failure(id.clone())))
    });
    cells.collect()
}

/// The failure for the unit's first cell; the others have the same action.
fn first_failed(unit: &Unit<'_>, failure: Failure) -> Vec<CellReport> {
    let mut failure = Some(failure);
    all_failed(unit, |cell| failure.take().unwrap_or_else(|| same_action(&cell, unit.id())))
}

fn same_action(cell: &str, other: &str) -> Failure {
    Failure::NotTried { cell: cell.to_owned(), because: format!("its action is that of `{other}`, which failed") }
}

fn stage_failure(bench: &Workbench<'_>, cell: String, path: &Utf8Path, error: &StageError, inputs: &Staged) -> Failure {
    if let Some(input) = changed(bench.store, bench.root, inputs) {
        return Failure::InputChanged { cell, input };
    }
    match error {
        StageError::Io(source) => Failure::Work { cell, path: path.to_string(), source: copy_error(source) },
        StageError::Store(source) => Failure::Store { cell, source: Arc::clone(source) },
    }
}

/// The same system error again: it is told for each cell, and `io::Error` cannot be cloned.
fn copy_error(error: &std::io::Error) -> std::io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), std::io::Error::from_raw_os_error)
}

/// Whether a tool told of the system's `ENOSPC`. The room itself says nothing: tools remove their half-written files.
fn says_disk_full(output: &str) -> bool {
    output.to_ascii_lowercase().contains("no space left on device")
}

/// A word as a shell would need it.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%{}".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
