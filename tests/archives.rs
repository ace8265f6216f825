//! Archives, image layouts and folders under `inspect` and `verify --expect`, as a pipeline uses them: without a project.
//!
//! Two real programs are built once and packed in every way. What is told of each format's bytes is tested in `xbuild-archive`.

#[path = "../crates/xbuild-archive/tests/packers/mod.rs"]
mod packers;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;
use std::sync::LazyLock;

use packers::{bzip2, deb, gzip, tar, xz, zip, zstd};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{AMD64, ARM64, FLEET, Project, Ran};
use crate::schemas::check_output;

/// A program for linux/amd64 and one for linux/arm64.
static PROGRAMS: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let project = Project::go(FLEET);
    project.build();
    (project.read(AMD64), project.read(ARM64))
});

fn with(files: &[(&str, &[u8])]) -> Project {
    let project = Project::empty();
    for (name, bytes) in files {
        project.write(name, "");
        fs::write(project.path(name), bytes).unwrap();
    }
    project
}

fn verify(project: &Project, platform: &str, names: &[&str], code: i32) -> Ran {
    let ran = project.xbuild(&[&["verify", "--expect", platform, "--format", "json"], names].concat()).exits(code);
    check_output("verify", &ran);
    ran
}

/// The verdict on each file that was checked, by its name.
fn verdicts(ran: &Ran) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    ran.json()["files"].as_array().unwrap().iter().map(|file| (text(&file["name"]), text(&file["verdict"]))).collect()
}

fn inspect(project: &Project, names: &[&str]) -> Value {
    check_output("inspect", &project.xbuild(&[&["inspect", "--format", "json"], names].concat()).exits(0))
}

#[test]
fn every_archive_is_looked_into_and_each_program_in_it_verified() {
    let (amd64, arm64) = &*PROGRAMS;
    let members: [(&str, &[u8]); 3] = [("bin/app", arm64), ("bin/wrong", amd64), ("README", b"text\n")];
    let packed = tar(&members);
    let archives = [
        ("a.tar", packed.clone()),
        ("a.tar.gz", gzip(&packed)),
        ("a.tar.bz2", bzip2(&packed)),
        ("a.tar.xz", xz(&packed)),
        ("a.tar.zst", zstd(&packed)),
        ("a.zip", zip(&members)),
    ];
    for (name, bytes) in archives {
        // The name says nothing: the bytes do.
        let project = with(&[("download", &bytes)]);
        let file = &inspect(&project, &["download"])["files"][0];
        let arches = [0, 1, 2].map(|at| file["entries"][at]["arch"].clone());
        assert_eq!(
            (&file["kind"], arches),
            (&json!("archive"), [json!("arm64"), json!("amd64"), Value::Null]),
            "{name}"
        );
        let ran = verify(&project, "linux/arm64", &["download"], 6);
        let expected = [("download:bin/app", "match"), ("download:bin/wrong", "mismatch")];
        assert_eq!(verdicts(&ran), expected.map(|(name, verdict)| (name.into(), verdict.into())).into(), "{name}");
        assert!(
            ran.diagnostic("xbuild::machine-mismatch")["message"].as_str().unwrap().contains("`download:bin/wrong`")
        );
    }
    let project = with(&[("good.tgz", &gzip(&tar(&[("bin/app", arm64), ("README", b"text\n")])))]);
    verify(&project, "linux/arm64", &["good.tgz"], 0);
    let shown = project.xbuild(&["inspect", "good.tgz"]).exits(0).stdout;
    assert!(shown.contains("good.tgz:bin/app") && shown.contains("1 linux/arm64, 1 other file\n"), "{shown}");
    assert!(!shown.contains("README"), "{shown}");
}

#[test]
fn an_archive_in_an_archive_is_looked_into() {
    let inner = zip(&[("app", &PROGRAMS.0)]);
    let project = with(&[("outer.tgz", &gzip(&tar(&[("inner.jar", &inner)])))]);
    let ran = verify(&project, "linux/arm64", &["outer.tgz"], 6);
    assert_eq!(verdicts(&ran), BTreeMap::from([("outer.tgz:inner.jar:app".into(), "mismatch".into())]));
    assert_eq!(inspect(&project, &["outer.tgz"])["files"][0]["entries"][0]["entries"][0]["arch"], "amd64");
    let data = xz(&tar(&[("./usr/bin/app", &PROGRAMS.0)]));
    let project = with(&[("app.deb", &deb(&[("debian-binary", b"2.0\n"), ("data.tar.xz", &data)]))]);
    let ran = verify(&project, "linux/amd64", &["app.deb"], 0);
    assert_eq!(verdicts(&ran), BTreeMap::from([("app.deb:data.tar.xz:./usr/bin/app".into(), "match".into())]));
}

#[test]
fn an_archive_that_cannot_be_read_whole_fails() {
    let members: [(&str, &[u8]); 2] = [("app", &PROGRAMS.1), ("more", &PROGRAMS.1)];
    let whole = gzip(&tar(&members));
    let zeros = gzip(&gzip(&vec![0; 80 << 20]));
    let mut corrupt = whole.clone();
    let last = corrupt.len() - 5;
    corrupt[last] ^= 1;
    let zipped = zip(&members);
    let cases: [(&[u8], &str, &str); 5] = [
        (&whole[..whole.len() * 3 / 4], "truncated", "xbuild::truncated"),
        (&zipped[..zipped.len() / 2], "truncated", "xbuild::truncated"),
        (&corrupt, "malformed", "xbuild::malformed"),
        (&zeros, "unknown", "xbuild::unpacks-too-large"),
        (b"7z\xbc\xaf\x27\x1c", "unknown", "xbuild::not-looked-into"),
    ];
    for (bytes, verdict, code) in cases {
        let project = with(&[("a", bytes)]);
        let ran = verify(&project, "linux/arm64", &["a"], 6);
        assert!(verdicts(&ran).values().any(|found| found == verdict), "{code}: {ran:#?}");
        assert_eq!(ran.codes(), [code]);
        let document = inspect(&project, &["a"]).to_string();
        assert!(document.contains(code), "{document}");
    }
}

#[test]
fn a_check_that_looked_at_no_program_fails() {
    let project = with(&[("texts/a", b"a"), ("texts.zip", &zip(&[("a", b"a")]))]);
    fs::create_dir(project.path("empty")).unwrap();
    for name in ["texts", "texts.zip", "empty"] {
        let ran = verify(&project, "linux/arm64", &[name], 6);
        assert!(ran.diagnostic("xbuild::nothing-checked")["message"].as_str().unwrap().contains(name), "{ran:#?}");
        assert_eq!(verdicts(&ran), BTreeMap::from([(name.to_owned(), "not-binary".to_owned())]));
    }
    let shown = project.xbuild(&["inspect", "texts", "empty"]).exits(0).stdout;
    assert_eq!(shown, "1 file that is no program\n");
}

#[test]
fn a_folder_is_walked_through_without_following_links_or_opening_pipes() {
    let project =
        with(&[("d/arm/app", &PROGRAMS.1), ("d/b/text", b"text"), ("d/b/a.zip", &zip(&[("app", &PROGRAMS.1)]))]);
    symlink("loop", project.path("d/loop")).unwrap();
    symlink("..", project.path("d/b/up")).unwrap();
    verify(&project, "linux/arm64", &["d"], 0);
    assert!(Command::new("mkfifo").arg(project.path("d/pipe")).status().unwrap().success());
    let document = inspect(&project, &["d"]);
    let files = document["files"].as_array().unwrap();
    let told: Vec<[&Value; 3]> = files.iter().map(|file| [&file["path"], &file["link"], &file["arch"]]).collect();
    let expected = [
        [json!("d/arm/app"), Value::Null, json!("arm64")],
        [json!("d/b/a.zip"), Value::Null, Value::Null],
        [json!("d/b/text"), Value::Null, Value::Null],
        [json!("d/b/up"), json!(".."), Value::Null],
        [json!("d/loop"), json!("loop"), Value::Null],
        [json!("d/pipe"), Value::Null, Value::Null],
    ];
    assert_eq!(told, expected.iter().map(|row| [&row[0], &row[1], &row[2]]).collect::<Vec<_>>());
    assert_eq!(files[5]["problems"][0]["code"], "xbuild::not-regular");
    let ran = verify(&project, "linux/arm64", &["d"], 6);
    assert_eq!(
        (ran.codes(), verdicts(&ran)["d/pipe"].as_str()),
        (vec!["xbuild::not-regular".to_owned()], "not-regular")
    );
    // A link that was named is followed to the folder.
    symlink("d/arm", project.path("link")).unwrap();
    assert_eq!(inspect(&project, &["link/"])["files"], inspect(&project, &["link"])["files"]);
    assert_eq!(inspect(&project, &["link"])["files"][0]["path"], "link/app");
    let refused = project.xbuild(&["inspect", "d/pipe"]).exits(5);
    assert!(refused.stderr.contains("write what comes out of it to a file"), "{refused:#?}");
    project.xbuild(&["inspect", "d/loop"]).exits(5);
}

#[test]
fn a_thin_library_says_that_its_objects_are_elsewhere() {
    let header = |name: &str, size: usize| format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
    let thin = format!("!<thin>\n{}f.o/\n\n{}", header("//", 6), header("/0", 1116));
    let project = with(&[("libf.a", thin.as_bytes())]);
    let shown = project.xbuild(&["inspect", "libf.a"]).exits(0).stdout;
    assert!(shown.starts_with("libf.a: thin static library (ar): what it names is in other files\n"), "{shown}");
}

/// A layout of one image, as the files of a folder.
fn image(platform: &str, program: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::from([("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec())]);
    let mut add = |bytes: &[u8]| {
        let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        files.insert(format!("blobs/sha256/{hex}"), bytes.to_vec());
        json!({ "digest": format!("sha256:{hex}"), "size": bytes.len() })
    };
    let (os, arch) = platform.split_once('/').unwrap();
    let layer = add(&gzip(&tar(&[("etc/motd", b"hello"), ("usr/bin/app", program)])));
    let config = add(json!({ "os": os, "architecture": arch }).to_string().as_bytes());
    let mut manifest = add(json!({ "config": config, "layers": [layer] }).to_string().as_bytes());
    manifest["platform"] = json!({ "os": os, "architecture": arch });
    files.insert("index.json".into(), json!({ "manifests": [manifest] }).to_string().into_bytes());
    files
}

fn layout(files: &BTreeMap<String, Vec<u8>>) -> Project {
    let project = Project::empty();
    for (name, bytes) in files {
        project.write(&format!("layout/{name}"), "");
        fs::write(project.path(&format!("layout/{name}")), bytes).unwrap();
    }
    let members: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let plain = tar(&members);
    let packed = [("layout.tar.gz", gzip(&plain)), ("layout.tar.xz", xz(&plain)), ("layout.tar.zst", zstd(&plain))];
    let nested = [("nested.zip", zip(&[("in/layout.tgz", &packed[0].1)]))];
    for (name, bytes) in packed.into_iter().chain(nested).chain([("layout.tar", plain)]) {
        fs::write(project.path(name), bytes).unwrap();
    }
    project
}

/// A layout in every form in which it is read as one.
const LAYOUTS: [&str; 6] =
    ["layout", "layout.tar", "layout.tar.gz", "layout.tar.xz", "layout.tar.zst", "nested.zip:in/layout.tgz"];

#[test]
fn a_program_in_an_image_for_another_platform_is_found() {
    let good = layout(&image("linux/arm64", &PROGRAMS.1));
    let trap = layout(&image("linux/arm64", &PROGRAMS.0));
    for at in LAYOUTS {
        let (name, nested) = at.split_once(':').map_or((at, false), |(name, _)| (name, true));
        verify(&good, "linux/arm64", &[name], 0);
        let member = format!("{at}:linux/arm64:usr/bin/app");
        // It is what was expected, and not what the image says.
        let ran = verify(&trap, "linux/amd64", &[name], 6);
        assert_eq!(verdicts(&ran), BTreeMap::from([(member.clone(), "contradiction".into())]));
        assert!(ran.diagnostic("xbuild::image-platform")["message"].as_str().unwrap().contains(&member), "{ran:#?}");
        let named = inspect(&trap, &[name])["files"][0].clone();
        if at != "layout" {
            assert_eq!(named["size"], fs::metadata(trap.path(name)).unwrap().len(), "{at}");
        }
        let file = if nested { &named["entries"][0] } else { &named };
        let image = &file["entries"][0];
        assert_eq!((&image["image"]["platform"], &image["others"]), (&json!("linux/arm64"), &json!(1)), "{file:#}");
        assert_eq!(image["entries"][0]["problems"][0]["code"], "xbuild::image-platform", "{file:#}");
    }
}

#[test]
fn a_layer_that_is_not_its_digest_fails() {
    let mut files = image("linux/arm64", &PROGRAMS.1);
    let layer = files.values_mut().max_by_key(|bytes| bytes.len()).unwrap();
    let last = layer.len() - 1;
    layer[last] ^= 1;
    let project = layout(&files);
    for at in LAYOUTS {
        let name = at.split(':').next().unwrap();
        let ran = verify(&project, "linux/arm64", &[name], 6);
        assert_eq!(ran.codes(), ["xbuild::image-blob"], "{at}");
    }
}

#[test]
fn a_library_is_checked_against_a_platform_like_a_program() {
    let project = Project::empty();
    project.write("f.c", "int f(void) { return 1; }\n");
    let cc = |words: &[&str]| {
        let status = Command::new("cc").args(words).current_dir(project.path(".")).status().unwrap();
        assert!(status.success());
    };
    cc(&["-shared", "-fPIC", "-o", "libf.so", "f.c"]);
    cc(&["-c", "-o", "f.o", "f.c"]);
    assert!(
        Command::new("ar").args(["rc", "libf.a", "f.o"]).current_dir(project.path(".")).status().unwrap().success()
    );
    let (here, other) = if cfg!(target_arch = "x86_64") { ("amd64", "arm64") } else { ("arm64", "amd64") };
    verify(&project, &format!("linux/{here}"), &["libf.so", "f.o", "libf.a"], 0);
    let ran = verify(&project, &format!("linux/{other}"), &["libf.so", "f.o", "libf.a"], 6);
    assert_eq!(ran.codes(), ["xbuild::machine-mismatch"; 3]);
    let ran = verify(&project, &format!("linux/{here}"), &["libf.so", "f.c"], 6);
    assert_eq!((ran.codes(), verdicts(&ran)["f.c"].as_str()), (vec!["xbuild::not-binary".into()], "not-binary"));
}

#[test]
fn a_layout_that_cannot_be_read_as_one_is_told() {
    let files = image("linux/arm64", &PROGRAMS.1);
    let members: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let whole = tar(&members);
    let packed = gzip(&whole);
    let without_index: Vec<(&str, &[u8])> = members.iter().copied().filter(|(name, _)| *name != "index.json").collect();
    let foreign = [&[("README", &b"text"[..])][..], &members].concat();
    let codes = |bytes: &[u8]| verify(&with(&[("a", bytes)]), "linux/arm64", &["a"], 6).codes();
    let not_looked_into = ["xbuild::not-looked-into"];
    assert_eq!(codes(&gzip(&tar(&without_index))), not_looked_into);
    assert_eq!(codes(&gzip(&tar(&foreign))), not_looked_into);
    assert_eq!(codes(&zip(&members)), not_looked_into);
    assert_eq!(codes(&packed[..packed.len() - 9]), ["xbuild::truncated"]);
    // What only begins like one is an archive like any other.
    let other = with(&[("a", &gzip(&tar(&[("index.json", b"{}"), ("app", &PROGRAMS.1)])))]);
    assert_eq!(verdicts(&verify(&other, "linux/arm64", &["a"], 0)), BTreeMap::from([("a:app".into(), "match".into())]));
}

#[test]
fn what_a_project_expects_can_be_expected_without_one() {
    let project = with(&[("app", &PROGRAMS.1)]);
    let check = |flags: &[&str], code: i32| verify(&project, "linux/arm64", &[flags, &["app"]].concat(), code).codes();
    assert!(check(&["--linkage", "static", "--glibc-max", "2.17", "--stripped=false"], 0).is_empty());
    assert_eq!(check(&["--linkage", "dynamic"], 6), ["xbuild::linkage-mismatch"]);
    assert_eq!(check(&["--stripped"], 6), ["xbuild::stripped-mismatch"]);
    assert_eq!(check(&["--interpreter", "/lib/ld.so"], 6), ["xbuild::interpreter-mismatch"]);
    // ELF names no version of a system: what was asked for is not proved.
    let ran = verify(&project, "linux/arm64", &["--min-os", "12.0", "app"], 6);
    assert_eq!((ran.codes(), verdicts(&ran)["app"].as_str()), (vec!["xbuild::unknown-fact".to_owned()], "unknown"));
    for wrong in [&["--glibc-max", "2"][..], &["--glibc-max", "x.1"], &["--min-os", "1.2.3.4"], &["--linkage", "both"]]
    {
        project.xbuild(&[&["verify", "--expect", "linux/arm64", "app"], wrong].concat()).exits(2);
    }
    project.xbuild(&["verify", "--linkage", "static"]).exits(2);
}

#[test]
fn names_from_archives_never_reach_the_terminal() {
    let project = with(&[("a.zip", &zip(&[("x\u{1b}[2J\ny", &PROGRAMS.0), ("../up", &PROGRAMS.1)]))]);
    for arguments in [&["inspect", "a.zip"][..], &["verify", "--expect", "linux/arm64", "a.zip"]] {
        let ran = project.xbuild(arguments);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!shown.contains('\u{1b}') && shown.contains(r"x\u{1b}[2J\u{a}y"), "{shown}");
        assert!(shown.contains("xbuild::unsafe-name"), "{shown}");
    }
}

/// A project with a tool that copies what is to be shipped, for two platforms.
fn shipping(bytes: &[u8]) -> Project {
    let project = with(&[("packed", bytes)]);
    let tool = "#!/bin/sh\nexec cp \"$1\" \"$2\"\n";
    project.write("tools/take", tool);
    fs::set_permissions(project.path("tools/take"), fs::Permissions::from_mode(0o755)).unwrap();
    project.write(
        "xbuild.kdl",
        "toolchain take \"1.0\" kind=tool path=\"tools/take\"\n\nprofile prod \"linux/amd64\" \"linux/arm64\"\n\ntarget pack \
         {\n    command take \"packed\" \"{out}/app\"\n    inputs packed\n    outputs app\n}\n",
    );
    project
}

const SHIPPED: &str = "dist/prod/linux_arm64/pack/app";

#[test]
fn an_artifact_that_is_an_archive_promises_each_program_in_it() {
    let (amd64, arm64) = &*PROGRAMS;
    let nested = zip(&[("in/app", arm64)]);
    let project = shipping(&gzip(&tar(&[("bin/app", arm64), ("lib.jar", &nested), ("README", b"text")])));
    for _ in ["built", "restored"] {
        let ran = project.xbuild(&["build", "--format", "json"]).exits(6);
        check_output("build", &ran);
        let told = ran.diagnostic("xbuild::machine-mismatch");
        assert_eq!(told["message"], "`bin/app` in `prod/pack@linux/amd64` is an AArch64 program", "{ran:#?}");
        let cells = ran.json()["cells"].as_array().unwrap().clone();
        let [wrong, right] = &cells[..] else { panic!("{cells:?}") };
        assert_eq!((&wrong["outcome"], &right["artifacts"][0]["mismatches"]), (&json!("failed"), &json!([])));
        let mismatches = wrong["artifacts"][0]["mismatches"].as_array().unwrap();
        let evidence: Vec<&str> = mismatches
            .iter()
            .map(|mismatch| mismatch["evidence"].as_str().unwrap().split(',').next().unwrap())
            .collect();
        assert_eq!(evidence, ["bin/app: ELF header", "lib.jar:in/app: ELF header"]);
        assert!(project.path(SHIPPED).exists() && !project.path(&SHIPPED.replace("arm64", "amd64")).exists());
    }
    let shown = project.xbuild(&["build"]).exits(6).stderr;
    assert!(shown.contains("prod/linux_amd64/pack/app:bin/app: ELF header, e_machine = 183"), "{shown}");
    assert!(shown.contains("profile prod \"linux/amd64\""), "{shown}");

    let verify = |code: i32| {
        let ran = project.xbuild(&["verify", "-p", "linux/arm64", "--format", "json"]).exits(code);
        check_output("verify", &ran);
        ran
    };
    assert_eq!(verdicts(&verify(0)), BTreeMap::from([("prod/pack@linux/arm64".into(), "match".into())]));
    fs::write(project.path(SHIPPED), zip(&[("bin/app", arm64), ("bin/\u{1b}[2Jwrong", amd64)])).unwrap();
    let ran = verify(6);
    assert_eq!(verdicts(&ran), BTreeMap::from([("prod/pack@linux/arm64".into(), "mismatch".into())]));
    let told = ran.diagnostic("xbuild::machine-mismatch")["message"].as_str().unwrap().to_owned();
    assert_eq!(told, r"`bin/\u{1b}[2Jwrong` in `prod/pack@linux/arm64` is an x86-64 program");
    // What holds programs is to be whole.
    let whole = gzip(&tar(&[("bin/app", arm64), ("README", b"text")]));
    fs::write(project.path(SHIPPED), &whole[..whole.len() - 9]).unwrap();
    assert_eq!(verify(6).codes(), ["xbuild::truncated"]);
}

#[test]
fn an_artifact_that_is_an_archive_without_a_program_promises_as_little_as_a_text() {
    let texts = gzip(&tar(&[("README", b"text")]));
    for bytes in [&texts[..], &texts[..texts.len() - 9], b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04"] {
        let project = shipping(bytes);
        project.xbuild(&["build"]).exits(0);
        project.xbuild(&["verify"]).exits(0);
    }
}
