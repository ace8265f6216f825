//! From bytes to artifacts: inspected, compared with the promise, published, put where the user wants them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::sync::Arc;

use camino::Utf8Path;
use xbuild_content::{Digest, RelPath, Sha256, Tree, TreeEntry};
use xbuild_plan::{PlannedArtifact, PlannedCell};
use xbuild_store::{Cas as _, Materialized, Placement, Record};
use xbuild_verify::{Facts, Mismatch, Output};

use crate::bench::Workbench;
use crate::failure::Failure;
use crate::inside::{Inside, hold};
use crate::outcome::{ArtifactReport, CellReport, Outcome};
use crate::promise::{origin, promise};
use crate::source::facts_of;

/// What one read of a file tells.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    pub(crate) digest: Digest,
    pub(crate) sha256: Sha256,
    pub(crate) facts: Facts,
    pub(crate) inside: Inside,
}

/// The outputs of a unit that were looked at as they were published: what is delivered from them need not be read again.
pub(crate) type Looked = BTreeMap<RelPath, Inspected>;

/// Fails where nothing or no regular file stands at `at` for an output.
pub(crate) fn is_made(cell: &str, output: &RelPath, at: &Utf8Path) -> Result<(), Failure> {
    let is_file = at.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let missing = || Failure::MissingOutput { cell: cell.to_owned(), output: output.to_string() };
    is_file.then_some(()).ok_or_else(missing)
}

/// How a cell's promise is kept by a file.
pub(crate) fn mismatches(cell: &PlannedCell, file: &Inspected) -> Vec<Mismatch> {
    let held = promise(cell).map(|promise| hold(&promise, &file.facts, &file.inside));
    held.map(|held| held.mismatches().to_vec()).unwrap_or_default()
}

/// What an open file is that one of these cells promises, and what is in it where that matters to any of them.
pub(crate) fn seen<'c>(
    bench: &Workbench<'_>,
    mut cells: impl Iterator<Item = &'c PlannedCell>,
    file: &File,
) -> io::Result<(Facts, Inside)> {
    let facts = facts_of(file)?;
    let matters = !facts.is_binary() && cells.any(|cell| promise(cell).is_some_and(|it| it.output == Output::Any));
    let inside = if matters { (bench.look_inside)(file)? } else { Inside::default() };
    Ok((facts, inside))
}

/// The failure that tells of broken promises; `None` where all are kept.
pub(crate) fn broken(cell: &PlannedCell, path: &str, mismatches: &[Mismatch]) -> Option<Failure> {
    let (first, more) = mismatches.split_first()?;
    Some(Failure::Mismatch {
        cell: cell.identity.id.clone(),
        path: path.to_owned(),
        mismatch: Box::new(first.clone()),
        promised: origin(cell, first),
        more: more.len(),
    })
}

/// Verifies a record's files, and puts them where a cell wants them: what it does not promise is not put there. `looked` has
/// the outputs whose bytes were read in this run already; all others are read.
pub(crate) fn deliver(
    bench: &Workbench<'_>,
    cell: &PlannedCell,
    record: &Record,
    looked: &Looked,
    outcome: Outcome,
) -> CellReport {
    let mut report = CellReport::without_action(&cell.identity.id, outcome, None);
    report.log = Some(crate::log::place(bench.store, record.key())).filter(|log| log.is_file());
    let files = match recorded(cell, &record.outputs) {
        Ok(files) => files,
        Err(failure) => return failed(report, failure),
    };
    for file in &files {
        match verified(bench, cell, file, looked) {
            Ok(artifact) => report.artifacts.push(artifact),
            Err(failure) => return failed(report, failure),
        }
    }
    let broken =
        report.artifacts.iter().find_map(|artifact| broken(cell, artifact.path.as_str(), &artifact.mismatches));
    if let Some(failure) = broken {
        return failed(report, failure);
    }
    match place(bench, cell, &files, &report.artifacts) {
        Ok(()) => {
            clear_folders(bench, cell, &files);
            report
        }
        Err(failure) => failed(report, failure),
    }
}

fn failed(mut report: CellReport, failure: Failure) -> CellReport {
    report.outcome = Outcome::Failed;
    report.failure.get_or_insert(failure);
    report
}

/// A file of a record, and where the cell wants it.
struct Recorded {
    output: RelPath,
    path: RelPath,
    digest: Digest,
    executable: bool,
}

/// The files of a record that a cell wants; an artifact of a `command` may be a folder of them.
fn recorded(cell: &PlannedCell, outputs: &Tree) -> Result<Vec<Recorded>, Failure> {
    let mut files = Vec::new();
    for artifact in &cell.artifacts {
        let before = files.len();
        for (output, entry) in outputs.iter() {
            let Some(path) = wanted_at(artifact, output) else { continue };
            if let TreeEntry::File { digest, executable } = entry {
                files.push(Recorded { output: output.clone(), path, digest: *digest, executable: *executable });
            }
        }
        if files.len() == before {
            let output = artifact.output.to_string();
            return Err(Failure::MissingOutput { cell: cell.identity.id.clone(), output });
        }
    }
    Ok(files)
}

/// Where a file goes that is the artifact or lies in it.
fn wanted_at(artifact: &PlannedArtifact, output: &RelPath) -> Option<RelPath> {
    if *output == artifact.output {
        return Some(artifact.path.clone());
    }
    Some(output.strip(&artifact.output)?.below(&artifact.path))
}

/// Removes what an earlier build left in a folder that is an output: its content is what was made now, and no more.
fn clear_folders(bench: &Workbench<'_>, cell: &PlannedCell, files: &[Recorded]) {
    let mut wanted: BTreeSet<RelPath> = BTreeSet::new();
    for file in files {
        let mut path = Some(file.path.clone());
        while let Some(next) = path.filter(|path| wanted.insert(path.clone())) {
            path = next.parent();
        }
    }
    for artifact in cell.artifacts.iter().filter(|artifact| bench.out.join(artifact.path.as_str()).is_dir()) {
        clear(bench.out, &artifact.path, &wanted);
    }
}

fn clear(out: &Utf8Path, folder: &RelPath, wanted: &BTreeSet<RelPath>) {
    for entry in out.join(folder.as_str()).read_dir_utf8().into_iter().flatten().flatten() {
        let Ok(name) = RelPath::new(entry.file_name()) else { continue };
        let path = name.below(folder);
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if wanted.contains(&path) && is_folder {
            clear(out, &path, wanted);
        } else if !wanted.contains(&path) {
            // What cannot be removed stays; the files that were made are right.
            let _ = if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
        }
    }
}

/// A file of a record, compared with what the cell promises.
fn verified(
    bench: &Workbench<'_>,
    cell: &PlannedCell,
    file: &Recorded,
    looked: &Looked,
) -> Result<ArtifactReport, Failure> {
    let known = looked.get(&file.output).filter(|known| known.digest == file.digest).cloned();
    let inspected = match known {
        Some(known) => known,
        None => look(bench, cell, file)?,
    };
    let mismatches = mismatches(cell, &inspected);
    let Inspected { digest, sha256, facts, .. } = inspected;
    let (output, path) = (file.output.clone(), file.path.clone());
    Ok(ArtifactReport { output, path, digest, sha256, facts, mismatches })
}

/// Looks into an artifact: where it stands already, or else its blob.
fn look(bench: &Workbench<'_>, cell: &PlannedCell, file: &Recorded) -> Result<Inspected, Failure> {
    let (digest, at) = (file.digest, &bench.out.join(file.path.as_str()));
    let id = || cell.identity.id.clone();
    let seen = |file: &File| seen(bench, std::iter::once(cell), file);
    let store = |source| Failure::Store { cell: id(), source: Arc::new(source) };
    if bench.store.is_current(at, &digest, file.executable).map_err(store)? {
        let work = |source| Failure::Work { cell: id(), path: at.to_string(), source };
        let (facts, inside) = File::open(at).and_then(|file| seen(&file)).map_err(work)?;
        let (_, sha256) = bench.store.files().digest_with_sha256(at).map_err(store)?;
        return Ok(Inspected { digest, sha256, facts, inside });
    }
    let looked = bench.store.look(&digest, seen).map_err(store)?;
    let (sha256, (facts, inside)) = looked.ok_or_else(|| vanished(cell))?;
    Ok(Inspected { digest, sha256, facts, inside })
}

fn vanished(cell: &PlannedCell) -> Failure {
    let because = "its cached files vanished; run `xbuild build` again".into();
    Failure::NotTried { cell: cell.identity.id.clone(), because }
}

fn place(
    bench: &Workbench<'_>,
    cell: &PlannedCell,
    files: &[Recorded],
    artifacts: &[ArtifactReport],
) -> Result<(), Failure> {
    let placements = files.iter().zip(artifacts).map(|(file, artifact)| Placement {
        digest: file.digest,
        sha256: Some(artifact.sha256),
        dest: bench.out.join(file.path.as_str()),
        executable: file.executable,
    });
    let placements: Vec<Placement> = placements.collect();
    let store = |source| Failure::Store { cell: cell.identity.id.clone(), source: Arc::new(source) };
    match bench.store.materialize(&placements).map_err(store)? {
        Materialized::Done { .. } => Ok(()),
        Materialized::Missing(_) => Err(vanished(cell)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use xbuild_store::Taking;

    use super::*;
    use crate::failure::Class;
    use crate::testing::{Room, amd64_program, cell};

    /// A record of the cell's action with one file at `output`.
    fn record(room: &Room, cell: &PlannedCell, output: &str, bytes: &[u8]) -> Record {
        let file = room.store.root().join("made");
        fs::write(&file, bytes).expect("room");
        let mut record = Record::new(cell.key.expect("a key"));
        let mut publication = room.store.publish().expect("a cache");
        let added = publication.add_file(&file, Taking::Move).expect("a file");
        let entry = TreeEntry::File { digest: added.digest, executable: true };
        record.outputs.insert(crate::testing::path(output), entry).expect("one file");
        publication.commit(&record, &[]).expect("a record");
        record
    }

    fn delivered(room: &Room, cell: &PlannedCell, record: &Record) -> CellReport {
        room.with_bench(|bench| deliver(bench, cell, record, &Looked::new(), Outcome::Cached))
    }

    #[test]
    fn a_record_is_put_where_the_cell_wants_it_and_told_with_its_facts() {
        let (room, cell) = (Room::new(), cell("app", "amd64"));
        let report = delivered(&room, &cell, &record(&room, &cell, "app", &amd64_program()));
        assert_eq!(report.outcome, Outcome::Cached, "{:?}", report.failure);
        let [artifact] = report.artifacts.as_slice() else { panic!("{:?}", report.artifacts) };
        assert_eq!(artifact.path.as_str(), "prod/linux_amd64/app");
        assert_eq!(artifact.digest, Digest::of(&amd64_program()));
        assert_eq!(artifact.sha256, Sha256::of(&amd64_program()));
        let at = room.out().join("prod/linux_amd64/app");
        assert_eq!(fs::read(&at).expect("there"), amd64_program());
        assert_eq!(fs::metadata(&at).expect("there").permissions().mode() & 0o7777, 0o755);
    }

    #[test]
    fn a_file_that_is_not_what_was_promised_fails_its_cell() {
        let (room, cell) = (Room::new(), cell("app", "arm64"));
        let report = delivered(&room, &cell, &record(&room, &cell, "app", &amd64_program()));
        assert_eq!(report.outcome, Outcome::Failed);
        assert!(!report.artifacts[0].mismatches.is_empty());
        assert!(!room.out().exists(), "what is not promised is not delivered");
        let failure = report.failure.expect("a failure");
        assert_eq!(failure.class(), Some(Class::Verify));
        assert_eq!(failure.to_string(), "`prod/app@linux/arm64` is an x86-64 program");
    }

    #[test]
    fn a_record_without_the_output_delivers_nothing() {
        let (room, cell) = (Room::new(), cell("app", "amd64"));
        let report = delivered(&room, &cell, &record(&room, &cell, "other", &amd64_program()));
        assert!(matches!(report.failure, Some(Failure::MissingOutput { .. })), "{:?}", report.failure);
        assert!(!room.out().exists());
    }

    #[test]
    fn what_is_gone_from_the_cache_leaves_an_old_output_alone() {
        let (room, cell) = (Room::new(), cell("app", "amd64"));
        let record = record(&room, &cell, "app", &amd64_program());
        let old = room.out().join("prod/linux_amd64/app");
        fs::create_dir_all(old.parent().expect("a folder")).expect("room");
        fs::write(&old, "old").expect("room");
        fs::remove_dir_all(room.store.root().join("v1/cas")).expect("there");
        let report = delivered(&room, &cell, &record);
        assert_eq!(report.outcome, Outcome::Failed);
        assert_eq!(fs::read_to_string(&old).expect("there"), "old");
    }

    #[test]
    fn an_output_is_a_regular_file() {
        let room = Room::new();
        let folder = room.store.root().join("folder");
        fs::create_dir(&folder).expect("room");
        let output = crate::testing::path("app");
        for at in [folder.clone(), folder.join("none")] {
            let failure = is_made("c", &output, &at).expect_err("no file");
            assert_eq!(failure.to_string(), "`c` did not make `app`");
        }
    }
}
