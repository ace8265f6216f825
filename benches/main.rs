//! What the pure stages cost: reading a file, expanding a matrix, inspecting a program. `cargo bench` runs it.
//!
//! Whole runs of the program are compared with other tools by `cargo xtask bench`; this is for work on one stage.

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use xbuild_plan::matrix::{Limits, expand};
use xbuild_verify::{Facts, Source, inspect_source};

const MONOREPO: &[u8] = include_bytes!("../crates/xbuild-config/tests/cases/valid/monorepo.kdl");

const PLATFORMS: &str = r#""linux/amd64" "linux/arm64" "darwin/amd64" "darwin/arm64" "windows/amd64""#;

/// A file of one profile with five platforms, an axis of two values, and targets with both: ten cells a target.
fn project(targets: usize) -> String {
    let mut text = format!("toolchain go \"1.26.8\"\nprofile all {PLATFORMS}\naxis edition free pro\n");
    for number in 0..targets {
        let _infallible = write!(text, "target t{number} {{\n    go \"./cmd/t{number}\"\n    axes edition\n}}\n");
    }
    text
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(MONOREPO.len() as u64));
    group.bench_function("monorepo.kdl", |bencher| bencher.iter(|| xbuild_config::read(black_box(MONOREPO))));
    group.finish();
}

fn expansion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expand");
    for targets in [10, 100, 1_000] {
        let project = xbuild_config::read(project(targets).as_bytes()).project.expect("a project");
        let cells = 10 * targets as u64;
        group.throughput(Throughput::Elements(cells));
        group.bench_with_input(BenchmarkId::new("cells", cells), &project, |bencher, project| {
            bencher.iter(|| expand(black_box(project), Limits::default()));
        });
    }
    group.finish();
}

fn inspection(criterion: &mut Criterion) {
    // Its own program is a real one, and always there.
    let program = std::env::current_exe().and_then(std::fs::read).unwrap_or_default();
    criterion.bench_function("inspect", |bencher| bencher.iter(|| xbuild_verify::inspect(black_box(&program))));
    files_of_this_machine(criterion);
}

/// A file that is read where it is asked for.
struct Opened(File, u64);

impl Source for Opened {
    fn size(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

fn inspected(path: &Path) -> Option<Facts> {
    let file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    Some(inspect_source(&Opened(file, size)).ok()?.facts)
}

/// Up to 300 programs of `/usr/bin`, opened, read and inspected; the figure is for all of them.
fn files_of_this_machine(criterion: &mut Criterion) {
    let entries = std::fs::read_dir("/usr/bin").into_iter().flatten().flatten().map(|entry| entry.path());
    let is_program = |path: &PathBuf| inspected(path).is_some_and(|facts| facts.is_binary());
    let files: Vec<PathBuf> = entries.filter(is_program).take(300).collect();
    let mut group = criterion.benchmark_group("inspect");
    group.throughput(Throughput::Elements(files.len() as u64));
    group.bench_function("files", |bencher| bencher.iter(|| files.iter().filter_map(|path| inspected(path)).count()));
    group.finish();
}

criterion_group!(benches, read, expansion, inspection);
criterion_main!(benches);
