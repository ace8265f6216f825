//! From bytes to artifacts: inspected, compared with the promise, published, put where the user wants them.

use std::fs;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use xbuild_content::{Digest, RelPath, Sha256, Tree, TreeEntry};
use xbuild_plan::PlannedCell;
use xbuild_store::{Cas as _, Materialized, Placement, Record};
use xbuild_verify::{Facts, Mismatch, inspect, verify};

use crate::bench::Workbench;
use crate::failure::Failure;
use crate::outcome::{ArtifactReport, CellReport, Outcome};
use crate::promise::{origin, promise};

/// A file of an action, inspected.
pub(crate) struct Inspected {
    pub(crate) output: RelPath,
    pub(crate) facts: Facts,
}

/// What an action left at `at` for one of its outputs.
pub(crate) fn look(cell: &str, output: &RelPath, at: &Utf8Path) -> Result<Inspected, Failure> {
    let missing = || Failure::MissingOutput { cell: cell.to_owned(), output: output.to_string() };
    let metadata = at.symlink_metadata().map_err(|_| missing())?;
    if !metadata.is_file() {
        return Err(missing());
    }
    let work = |source| Failure::Work { cell: cell.to_owned(), path: at.to_string(), source };
    let bytes = fs::read(at).map_err(work)?;
    Ok(Inspected { output: output.clone(), facts: inspect(&bytes) })
}

/// How a cell's promise is kept by a file.
pub(crate) fn mismatches(cell: &PlannedCell, facts: &Facts) -> Vec<Mismatch> {
    promise(cell).map(|promise| verify(facts, &promise).mismatches().to_vec()).unwrap_or_default()
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

/// A file of a record.
struct Recorded {
    output: RelPath,
    path: RelPath,
    digest: Digest,
    executable: bool,
}

/// Puts a record's files where a cell wants them, and verifies what is then there.
pub(crate) fn deliver(bench: &Workbench<'_>, cell: &PlannedCell, record: &Record, outcome: Outcome) -> CellReport {
    let mut report = CellReport::without_action(&cell.identity.id, outcome, None);
    report.log = Some(crate::log::place(bench.store, record.key())).filter(|log| log.is_file());
    let files = match recorded(cell, &record.outputs) {
        Ok(files) => files,
        Err(failure) => return failed(report, failure),
    };
    if let Err(failure) = place(bench, cell, &files) {
        return failed(report, failure);
    }
    for file in files {
        match artifact(bench, cell, file) {
            Ok(artifact) => {
                let failure = broken(cell, artifact.path.as_str(), &artifact.mismatches);
                report.artifacts.push(artifact);
                if let Some(failure) = failure {
                    report = failed(report, failure);
                }
            }
            Err(failure) => return failed(report, failure),
        }
    }
    report
}

fn failed(mut report: CellReport, failure: Failure) -> CellReport {
    report.outcome = Outcome::Failed;
    report.failure.get_or_insert(failure);
    report
}

fn recorded(cell: &PlannedCell, outputs: &Tree) -> Result<Vec<Recorded>, Failure> {
    let files = cell.artifacts.iter().map(|artifact| match outputs.get(&artifact.output) {
        Some(TreeEntry::File { digest, executable }) => Ok(Recorded {
            output: artifact.output.clone(),
            path: artifact.path.clone(),
            digest: *digest,
            executable: *executable,
        }),
        _ => Err(Failure::MissingOutput { cell: cell.identity.id.clone(), output: artifact.output.to_string() }),
    });
    files.collect()
}

fn place(bench: &Workbench<'_>, cell: &PlannedCell, files: &[Recorded]) -> Result<(), Failure> {
    let id = || cell.identity.id.clone();
    let placements: Vec<Placement> = files
        .iter()
        .map(|file| Placement {
            digest: file.digest,
            dest: bench.out.join(file.path.as_str()),
            executable: file.executable,
        })
        .collect();
    match bench
        .store
        .materialize(&placements)
        .map_err(|source| Failure::Store { cell: id(), source: Arc::new(source) })?
    {
        Materialized::Done { .. } => Ok(()),
        Materialized::Missing(_) => {
            Err(Failure::NotTried { cell: id(), because: "its cached files vanished; run `xbuild build` again".into() })
        }
    }
}

fn artifact(bench: &Workbench<'_>, cell: &PlannedCell, file: Recorded) -> Result<ArtifactReport, Failure> {
    let at: Utf8PathBuf = bench.out.join(file.path.as_str());
    let Inspected { output, facts } = look(&cell.identity.id, &file.output, &at)?;
    let mismatches = mismatches(cell, &facts);
    let sha256 = sha256(bench, cell, &at)?;
    Ok(ArtifactReport { output, path: file.path, digest: file.digest, sha256, facts, mismatches })
}

fn sha256(bench: &Workbench<'_>, cell: &PlannedCell, at: &Utf8Path) -> Result<Sha256, Failure> {
    let (_, sha256) = bench
        .store
        .files()
        .digest_with_sha256(at)
        .map_err(|source| Failure::Store { cell: cell.identity.id.clone(), source: Arc::new(source) })?;
    Ok(sha256)
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
        room.with_bench(|bench| deliver(bench, cell, record, Outcome::Cached))
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
            let failure = look("c", &output, &at).err().expect("no file");
            assert_eq!(failure.to_string(), "`c` did not make `app`");
        }
    }
}
