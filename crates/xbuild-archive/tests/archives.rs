//! Archives as bytes, and what is told of them: a line for each member and one for each problem.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod packers;

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use packers::{bzip2, deb, gzip, tar, xz, zip, zstd};
use sha2::{Digest as _, Sha256};
use xbuild_archive::{
    Blobs, Budget, Kind, Limits, Member, Seekable, Visitor, checked, first_packed_file, index, layout, recognise,
    unpack, walk,
};

const TEXT: &[u8] = b"hello, world\n";

/// Lists members, and walks through those that are archives.
#[derive(Default)]
struct Lister {
    lines: Vec<String>,
}

impl Visitor for Lister {
    fn member(&mut self, member: &Member, content: &mut dyn Read, budget: &Budget) -> io::Result<()> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        let kind = match &member.kind {
            Kind::File => format!("file {}", bytes.len()),
            Kind::Folder => "folder".into(),
            Kind::Symlink(to) => format!("symlink to {to}"),
            Kind::Hardlink(to) => format!("hardlink to {to}"),
            Kind::Special(what) => (*what).to_owned(),
        };
        self.lines.push(format!("{:?}: {kind}", member.path));
        if recognise(&bytes).is_some() {
            self.lines.extend(listed(&bytes, budget).into_iter().map(|line| format!("  {line}")));
        }
        Ok(())
    }
}

fn listed(bytes: &[u8], budget: &Budget) -> Vec<String> {
    let mut lister = Lister::default();
    let problems = walk(&mut Cursor::new(bytes), budget, &mut lister).unwrap();
    lister.lines.extend(problems.iter().map(|problem| format!("{}: {problem}", problem.code())));
    lister.lines
}

fn told(bytes: &[u8]) -> String {
    told_within(bytes, Limits::default())
}

fn told_within(bytes: &[u8], limits: Limits) -> String {
    listed(bytes, &Budget::new(limits, bytes.len() as u64)).join("\n")
}

type Wrap = fn(&[u8]) -> Vec<u8>;

const STREAMS: [(&str, Wrap); 4] = [("gzip", gzip), ("bzip2", bzip2), ("xz", xz), ("zstd", zstd)];

#[test]
fn members_are_listed_whatever_wraps_them() {
    let members = [("bin/app", TEXT), ("README", b"")];
    let expected = "\"bin/app\": file 13\n\"README\": file 0";
    assert_eq!(told(&tar(&members)), expected);
    assert_eq!(told(&zip(&members)), expected);
    for (name, wrap) in STREAMS {
        assert_eq!(told(&wrap(&tar(&members))), expected, "{name}");
        assert_eq!(told(&wrap(TEXT)), "\"content\": file 13", "{name}");
        // What parallel compressors write: several streams one after another.
        let (first, second) = (wrap(&TEXT[..5]), wrap(&TEXT[5..]));
        assert_eq!(told(&[first, second].concat()), "\"content\": file 13", "{name}");
    }
}

#[test]
fn every_cut_of_a_stream_is_found() {
    let members = [("bin/app", &b"0123456789abcdef".repeat(100)[..]), ("README", TEXT)];
    for (name, wrap) in STREAMS {
        let whole = wrap(&tar(&members));
        for length in (whole.len() / 8..whole.len()).step_by(7) {
            let told = told(&whole[..length]);
            assert!(told.contains("xbuild::truncated"), "{name} of {length} bytes: {told}");
        }
    }
    let plain = tar(&members);
    for length in [513, 1024, 1536, 2112, 2560, 3000, plain.len() - 1024] {
        let told = told(&plain[..length]);
        assert!(told.contains("xbuild::truncated"), "tar of {length} bytes: {told}");
    }
    let zipped = zip(&members);
    for length in 30..zipped.len() - 1 {
        let told = told(&zipped[..length]);
        assert!(
            told.contains("xbuild::truncated") || told.contains("xbuild::malformed"),
            "zip of {length} bytes: {told}"
        );
    }
}

#[test]
fn a_wrong_checksum_is_found() {
    for (name, wrap) in STREAMS {
        let mut whole = wrap(&tar(&[("bin/app", &[7; 5000])]));
        // Of gzip the sum is the eighth last byte, of zstd the fourth last; of xz anything in the index will do.
        let at = whole.len() - if name == "zstd" { 4 } else { 8 };
        whole[at] ^= 0x55;
        assert!(told(&whole).contains("xbuild::malformed"), "{name}: {}", told(&whole));
    }
    let mut zipped = zip(&[("app", TEXT)]);
    let at = zipped.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zipped[at + 16] ^= 0x55;
    assert_eq!(
        told(&zipped),
        "\"app\": file 13\nxbuild::malformed: `app`: Invalid checksum".replace("\"app\": file 13\n", "")
    );
}

#[test]
fn no_byte_changed_makes_it_panic() {
    let samples = [
        tar(&[("bin/app", TEXT), ("b", TEXT)]),
        gzip(&tar(&[("a", TEXT)])),
        bzip2(&tar(&[("a", TEXT)])),
        xz(&tar(&[("a", TEXT)])),
        zstd(&tar(&[("a", TEXT)])),
        zip(&[("a", TEXT), ("b", TEXT)]),
        deb(&[("debian-binary", b"2.0\n"), ("data.tar", &tar(&[("a", TEXT)]))]),
    ];
    for sample in samples {
        for at in 0..sample.len().min(1200) {
            for change in [0xff, 0x01, 0x80] {
                let mut changed = sample.clone();
                changed[at] ^= change;
                told(&changed);
            }
        }
    }
}

#[test]
fn a_bomb_ends_at_the_bound() {
    let limits = Limits { free: 1 << 20, ..Limits::default() };
    let zeros = vec![0; 8 << 20];
    for (name, wrap) in STREAMS {
        for inner in [zeros.clone(), tar(&[("zeros", &zeros)])] {
            let told = told_within(&wrap(&inner), limits);
            assert!(told.contains("xbuild::unpacks-too-large"), "{name}: {told}");
        }
    }
    assert!(told_within(&zip(&[("zeros", &zeros)]), limits).contains("xbuild::unpacks-too-large"));
    // Members that are each small are many; and what is packed twice is counted twice.
    let part = &zeros[..600 << 10];
    assert!(told_within(&zip(&[("a", part), ("b", part)]), limits).contains("xbuild::unpacks-too-large"));
    assert!(told_within(&gzip(&gzip(&zeros)), limits).contains("xbuild::unpacks-too-large"));
}

#[test]
fn members_and_depth_are_bounded() {
    let limits = Limits { members: 2, depth: 2, ..Limits::default() };
    let told = told_within(&tar(&[("a", b""), ("b", b""), ("c", b"")]), limits);
    assert_eq!(told, "\"a\": file 0\n\"b\": file 0\nxbuild::too-many: more than 2 members; the rest was not read");
    let told = told_within(&gzip(&gzip(&gzip(TEXT))), limits);
    assert!(told.contains("xbuild::not-looked-into: it was not looked into: too many archives"), "{told}");
}

#[test]
fn archives_in_archives_are_walked_through() {
    let inner = zip(&[("app", TEXT)]);
    let lines = told(&gzip(&tar(&[("inner.zip", &inner)])));
    assert_eq!(lines, format!("\"inner.zip\": file {}\n  \"app\": file 13", inner.len()));
    let data = xz(&tar(&[("./usr/bin/app", TEXT)]));
    let lines = told(&deb(&[("debian-binary", b"2.0\n"), ("data.tar.xz", &data)]));
    let expected =
        format!("\"debian-binary\": file 4\n\"data.tar.xz\": file {}\n  \"./usr/bin/app\": file 13", data.len());
    assert_eq!(lines, expected);
}

#[test]
fn names_that_are_not_to_be_trusted_are_told() {
    let names = ["../up", "/abs", "a/../../b", "C:\\x", "twice", "twice", "Twice", "plain", "a..b"];
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b""[..])).collect();
    let told = told(&tar(&members));
    let problems: Vec<&str> = told.lines().filter(|line| line.starts_with("xbuild::")).collect();
    let expected = [
        "xbuild::unsafe-name: the name `../up` leaves the folder",
        "xbuild::unsafe-name: the name `/abs` is absolute",
        "xbuild::unsafe-name: the name `a/../../b` leaves the folder",
        "xbuild::unsafe-name: the name `C:\\x` is absolute",
        "xbuild::same-name: the name `twice` stands there twice",
        "xbuild::same-name: the name `Twice` stands there twice, but for the case of its letters",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn a_name_that_no_system_has_is_refused() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    builder.append_data(&mut header, "d/".repeat(3000) + "app", io::empty()).unwrap();
    let told_of_tar = told(&builder.into_inner().unwrap());
    assert_eq!(told_of_tar, "xbuild::malformed: the archive: a name of more than 4096 bytes");
    let told_of_zip = told(&zip(&[(&"d".repeat(5000), TEXT), ("b", TEXT)]));
    assert_eq!(told_of_zip, "\"b\": file 13\nxbuild::malformed: the directory: a name of more than 4096 bytes");
}

#[test]
fn links_pipes_and_long_names_are_told() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut entry = |kind: tar::EntryType, path: &str, link: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_mode(0o755);
        if link.is_empty() {
            builder.append_data(&mut header, path, io::empty()).unwrap();
        } else {
            builder.append_link(&mut header, path, link).unwrap();
        }
    };
    let long = "d/".repeat(100) + "app";
    entry(tar::EntryType::Directory, "d/", "");
    entry(tar::EntryType::Symlink, "s", "d/app");
    entry(tar::EntryType::Link, "h", "d/app");
    entry(tar::EntryType::Fifo, "p", "");
    entry(tar::EntryType::Block, "b", "");
    entry(tar::EntryType::Regular, &long, "");
    let told = told(&builder.into_inner().unwrap());
    let expected =
        ["\"d/\": folder", "\"s\": symlink to d/app", "\"h\": hardlink to d/app", "\"p\": a pipe", "\"b\": a device"];
    assert_eq!(told, format!("{}\n{long:?}: file 0", expected.join("\n")));
}

#[test]
fn what_is_not_unpacked_says_so() {
    assert_eq!(told(b"7z\xbc\xaf\x27\x1c"), "xbuild::not-looked-into: it was not looked into: 7z is not unpacked");
    assert_eq!(told(b"BZh9 is the beginning of a text, too"), "");
    let mut zipped = zip(&[("secret", TEXT), ("b", TEXT)]);
    let at = zipped.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zipped[at + 8] |= 1;
    assert_eq!(told(&zipped), "\"b\": file 13\nxbuild::encrypted: `secret` is encrypted");
    let mut zipped = zip(&[("odd", TEXT), ("b", TEXT)]);
    let at = zipped.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    zipped[at + 10] = 97;
    assert!(
        told(&zipped).starts_with("\"b\": file 13\nxbuild::not-looked-into: `odd` was not looked into"),
        "{}",
        told(&zipped)
    );
}

#[test]
fn what_is_no_archive_has_no_members() {
    assert_eq!(told(b""), "");
    assert_eq!(told(b"hello"), "");
    assert_eq!(told(&zip(&[])), "");
}

/// A layout in memory.
struct Files(BTreeMap<String, Vec<u8>>);

impl Blobs for Files {
    fn open(&mut self, path: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        Ok(self.0.get(path).map(|bytes| Box::new(Cursor::new(&bytes[..])) as Box<dyn Seekable>))
    }
}

impl Files {
    fn add(&mut self, bytes: &[u8]) -> String {
        let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.insert(format!("blobs/sha256/{hex}"), bytes.to_vec());
        format!(r#""digest":"sha256:{hex}","size":{}"#, bytes.len())
    }

    /// An image of one layer, in an index inside the index.
    fn image(config: &str, platform: &str) -> Self {
        let mut files = Self(BTreeMap::new());
        let layer = files.add(&gzip(&tar(&[("app", TEXT)])));
        let config = files.add(config.as_bytes());
        let manifest = files.add(format!(r#"{{"config":{{{config}}},"layers":[{{{layer}}}]}}"#).as_bytes());
        let inner = files.add(format!(r#"{{"manifests":[{{{manifest},"platform":{platform}}}]}}"#).as_bytes());
        let media = "application/vnd.oci.image.index.v1+json";
        let index = format!(r#"{{"manifests":[{{"mediaType":"{media}",{inner}}},{{"mediaType":"{media}",{inner}}}]}}"#);
        files.0.insert("index.json".into(), index.into_bytes());
        files
    }

    /// Each image, what is in its layers, and each problem.
    fn told(&mut self) -> String {
        let read = layout(self).unwrap();
        let mut lines: Vec<String> =
            read.problems.iter().map(|problem| format!("{}: {problem}", problem.code())).collect();
        for image in &read.images {
            lines.push(image.platform.clone().unwrap_or_else(|| "unknown".into()));
            lines.extend(image.problems.iter().map(|problem| format!("  {}: {problem}", problem.code())));
            for layer in &image.layers {
                match checked(self, layer).unwrap() {
                    Ok(mut blob) => {
                        let mut bytes = Vec::new();
                        blob.read_to_end(&mut bytes).unwrap();
                        lines.extend(told(&bytes).lines().map(|line| format!("  {line}")));
                    }
                    Err(problem) => lines.push(format!("  {}: {problem}", problem.code())),
                }
            }
        }
        lines.join("\n")
    }
}

const ARM64: &str = r#"{"os":"linux","architecture":"arm64","variant":"v8"}"#;
const AMD64: &str = r#"{"os":"linux","architecture":"amd64"}"#;

#[test]
fn a_layout_is_read_down_to_its_layers() {
    assert_eq!(Files::image(ARM64, ARM64).told(), "linux/arm64\n  \"app\": file 13");
    assert_eq!(Files::image(AMD64, "null").told(), "linux/amd64\n  \"app\": file 13");
    let two = "linux/arm64\n  xbuild::contradiction: the index says linux/arm64, the configuration says linux/amd64\n  \"app\": file 13";
    assert_eq!(Files::image(AMD64, ARM64).told(), two);
}

#[test]
fn a_blob_that_is_not_its_digest_is_told() {
    let names: Vec<String> =
        Files::image(ARM64, ARM64).0.into_keys().filter(|name| name.starts_with("blobs")).collect();
    for name in names {
        for change in [
            |bytes: &mut Vec<u8>| bytes[1] ^= 1,
            |bytes: &mut Vec<u8>| bytes.truncate(9),
            |bytes: &mut Vec<u8>| bytes.push(1),
        ] {
            let mut files = Files::image(ARM64, ARM64);
            change(files.0.get_mut(&name).unwrap());
            assert!(files.told().contains("xbuild::image-blob"), "{name}: {}", files.told());
        }
        let mut files = Files::image(ARM64, ARM64);
        files.0.remove(&name);
        assert!(files.told().contains("is not there"), "{name}: {}", files.told());
    }
}

#[test]
fn an_index_that_names_itself_ends() {
    let mut files = Files(BTreeMap::new());
    files
        .0
        .insert("index.json".into(), br#"{"manifests":[{"digest":"sha256:../../../etc/passwd","size":1}]}"#.to_vec());
    assert_eq!(files.told(), "xbuild::image-blob: blob `sha256:../../../etc` is not there");
    files.0.insert("index.json".into(), b"[".to_vec());
    assert!(files.told().starts_with("xbuild::malformed: `index.json`"), "{}", files.told());
    files.0.clear();
    assert_eq!(files.told(), "xbuild::image-blob: `index.json` is missing or too large");
}

#[test]
fn the_files_of_a_tar_are_found_without_reading_them() {
    let bytes = tar(&[("./oci-layout", b"{}"), ("blobs/a", TEXT)]);
    let found = index(&mut Cursor::new(&bytes)).unwrap();
    let content = |name: &str| found.get(name).map(|(start, size)| &bytes[*start as usize..(start + size) as usize]);
    assert_eq!((content("oci-layout"), content("blobs/a")), (Some(&b"{}"[..]), Some(TEXT)));
}

#[test]
fn the_first_file_of_a_compressed_tar_is_named() {
    let first = |bytes: &[u8]| first_packed_file(&mut Cursor::new(bytes)).unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    builder.append_data(&mut header, "blobs/", io::empty()).unwrap();
    builder.append_pax_extensions([("mtime", &b"1.5"[..])]).unwrap();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(TEXT.len() as u64);
    builder.append_data(&mut header, "blobs/app", TEXT).unwrap();
    let whole = builder.into_inner().unwrap();
    for (name, wrap) in STREAMS {
        let wrapped = wrap(&whole);
        assert_eq!(first(&wrapped).as_deref(), Some("blobs/app"), "{name}");
        // What is behind it does not matter, and what keeps it from being read is for the walk to tell.
        assert_eq!(first(&wrap(&whole[..2560])).as_deref(), Some("blobs/app"), "{name}");
        assert_eq!(first(&wrapped[..20]), None, "{name}");
        assert_eq!(first(&wrap(TEXT)), None, "{name}");
        assert_eq!(first(&wrap(&tar(&[]))), None, "{name}");
    }
    for other in [whole, zip(&[("a", TEXT)]), TEXT.to_vec()] {
        assert_eq!(first(&other), None);
    }
}

#[test]
fn a_stream_is_unpacked_whole_or_not_at_all() {
    let unpacked = |bytes: &[u8], limits: Limits| {
        let mut to = Vec::new();
        let budget = Budget::new(limits, bytes.len() as u64);
        match unpack(&mut Cursor::new(bytes), &budget, &mut to).unwrap() {
            Ok(()) => Ok(to),
            Err(problem) => Err(problem.code()),
        }
    };
    let plain = tar(&[("app", TEXT)]);
    let small = Limits { free: 1024, ratio: 0, ..Limits::default() };
    for (name, wrap) in STREAMS {
        let wrapped = wrap(&plain);
        assert_eq!(unpacked(&wrapped, Limits::default()).as_ref(), Ok(&plain), "{name}");
        assert_eq!(unpacked(&wrapped, small), Err("xbuild::unpacks-too-large"), "{name}");
        assert_eq!(unpacked(&wrapped[..wrapped.len() - 1], Limits::default()), Err("xbuild::truncated"), "{name}");
    }
    assert_eq!(unpacked(&plain, Limits::default()), Err("xbuild::not-looked-into"));
}

/// A disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_no_problem_of_the_archive() {
    let budget = Budget::new(Limits::default(), 100);
    let error = unpack(&mut Cursor::new(gzip(TEXT)), &budget, &mut Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
