//! What fuzzing starts from, one folder of files for each target.
//!
//! The texts are the cases of this repository and the texts made to break a reader, as far as they are short; the artifacts are
//! the forged files that the tests of verification break. All are made here, so none is committed.

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../../crates/xbuild-verify/tests/forge/mod.rs"]
mod forge;
#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../../../tests/killers.rs"]
mod killers;
#[path = "../../../crates/xbuild-archive/tests/packers/mod.rs"]
mod packers;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::step::root;

/// The longest text that is worth changing a byte of.
const LONGEST: usize = 16 << 10;

/// Where the target `buildinfo` loads its bytes.
const BUILDINFO_AT: u64 = 0x80;

/// Writes the seeds of every target, in a folder of its name.
pub(super) fn write(folder: &Path) -> Outcome {
    let texts = texts()?;
    for target in ["parse", "check", "fmt"] {
        fill(&folder.join(target), &texts)?;
    }
    let files = files();
    fill(&folder.join("inspect"), &files)?;
    let behaved = |file: &Vec<u8>| [&[6, 0][..], file].concat();
    fill(&folder.join("inspect_source"), &files.iter().map(behaved).collect::<Vec<_>>())?;
    fill(&folder.join("buildinfo"), &forge::shapes::go_blobs(BUILDINFO_AT))?;
    fill(&folder.join("archive"), &archives(&files))?;
    fill(&folder.join("layout"), &LAYOUTS.map(|text| text.as_bytes().to_vec()))
}

/// The documents of an image, and of images in an index in the index, as the target `layout` splits and fills them.
const LAYOUTS: [&str; 2] = [
    concat!(
        r#"{"manifests":[{@1,"mediaType":"application/vnd.oci.image.index.v1+json"}]}"#,
        "\0",
        r#"{"manifests":[{@2,"platform":{"os":"linux","architecture":"arm","variant":"v7"}},{@3}]}"#,
        "\0",
        r#"{"config":{@4},"layers":[{@5}]}"#,
        "\0",
        r#"{"config":{@4},"layers":[]}"#,
        "\0",
        r#"{"os":"linux","architecture":"arm64"}"#,
        "\0layer",
    ),
    concat!(r#"{"manifests":[{@1}]}"#, "\0", r#"{"config":{@2}}"#, "\0{}"),
];

/// One archive of each format, one in another, and what is odd about names.
fn archives(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let program = &files[0][..];
    let members: [(&str, &[u8]); 3] = [("bin/app", program), ("README", b"text\n"), ("../up", b"")];
    let tar = packers::tar(&members);
    let zip = packers::zip(&members);
    let data = packers::xz(&tar);
    let deb = packers::deb(&[("debian-binary", b"2.0\n"), ("data.tar.xz", &data)]);
    let nested = packers::gzip(&packers::tar(&[("inner.zip", &zip)]));
    vec![
        packers::gzip(&tar),
        packers::bzip2(&tar),
        packers::zstd(&tar),
        packers::gzip(program),
        data,
        tar,
        zip,
        deb,
        nested,
    ]
}

/// One file of each format, and of the shapes in which a format comes.
fn files() -> Vec<Vec<u8>> {
    let mut files = forge::shapes::shapes();
    for (machine, bits, big) in [(8, 64, true), (40, 32, false), (243, 64, false), (21, 64, true), (3, 32, false)] {
        let mut elf = forge::Elf::new(machine, bits, big);
        elf.interpreter("/lib/ld-musl-armhf.so.1");
        elf.note("FreeBSD", 1, &[0; 4]);
        elf.dynamic(&[(0x6fff_fffb, 0x0800_0000)]);
        files.push(elf.bytes());
    }
    files.extend([forge::Macho::new(forge::Macho::X86_64).bytes(), forge::pe(0xaa64, 10, false)]);
    files.extend([forge::wasm(&["wasi_snapshot_preview1"]), forge::clr(1)]);
    files.push(b"#!/bin/sh\necho\n".to_vec());
    files
}

fn texts() -> Outcome<Vec<Vec<u8>>> {
    let lists = [killers::nests(), killers::floods(), killers::explosions(), killers::bytes()];
    let mut texts: Vec<Vec<u8>> = lists.into_iter().flatten().map(|killer| killer.bytes).collect();
    texts.push(fs::read(root().join("xbuild.kdl"))?);
    for kind in ["valid", "invalid"] {
        for entry in fs::read_dir(root().join("crates/xbuild-config/tests/cases").join(kind))? {
            texts.push(fs::read(entry?.path())?);
        }
    }
    texts.retain(|text| text.len() <= LONGEST);
    Ok(texts)
}

fn fill(folder: &Path, seeds: &[Vec<u8>]) -> Outcome {
    fs::create_dir_all(folder)?;
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("{number:03}")), seed)?;
    }
    Ok(())
}
