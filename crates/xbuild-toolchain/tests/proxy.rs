//! A Go from a module proxy, without a Go on the machine: what is checked, and what stays where a check fails.

mod world;

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use world::{World, compiler_path, fake_go_files, host, shown, write};
use xbuild_content::Hash;
use xbuild_toolchain::{GoRequest, Pin, Source, ToolchainError, fetch_go, find_installed};
use zip::write::SimpleFileOptions;

fn version() -> String {
    format!("v0.0.1-go1.26.8.{}-{}", host().os, host().arch)
}

/// The files of a small toolchain module, as a zip would name them.
fn module_files(world: &World) -> Vec<(String, String)> {
    let mut files = fake_go_files("1.26.8", "1.26.8", "1.26.8", &world.at("asked"));
    for (path, _) in &mut files {
        *path = format!("golang.org/toolchain@{}/{}", version(), path.replace("go.mod", "_go.mod"));
    }
    files
}

fn zipped(files: &[(String, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, SimpleFileOptions::default()).expect("started");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// The hash as its definition has it, written down anew.
fn h1(files: &[(String, String)]) -> String {
    let hex = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut lines: Vec<String> = files.iter().map(|(name, text)| format!("{}  {name}\n", hex(text))).collect();
    lines.sort_by(|a, b| a[66..].cmp(&b[66..]));
    format!("h1:{}", BASE64_STANDARD.encode(Sha256::digest(lines.concat())))
}

/// A world whose `GOPROXY` is a folder with this zip.
fn served(zip: impl FnOnce(&World) -> Vec<u8>) -> World {
    let world = World::new();
    let file = world.at(&format!("proxy/golang.org/toolchain/@v/{}.zip", version()));
    write(&file, "");
    fs::write(&file, zip(&world)).expect("written");
    let proxy = format!("file://{}", world.at("proxy"));
    world.with("GOPROXY", &format!("file:///nonexistent,{proxy}"))
}

fn good() -> World {
    served(|world| zipped(&module_files(world)))
}

fn pinned(world: &World, h1: &str) -> GoRequest {
    GoRequest { pin: Pin { tree: None, h1: Some(h1.to_owned()) }, ..world.request("1.26.8") }
}

/// A request that must fail and leave nothing; the error.
fn refused(world: &World, request: &GoRequest) -> String {
    let error = world.locate(request).expect_err("refused");
    assert_eq!(world.left(), [""; 0]);
    shown(&error).replace(&version(), "VERSION").replace(world.at("").as_str(), "WORLD/")
}

#[test]
fn a_pinned_go_is_fetched_checked_and_found_again() {
    let world = good();
    let request = pinned(&world, &h1(&module_files(&world)));
    let go = world.locate(&request).expect("fetched");
    assert_eq!(go.source.to_string(), format!("gomod:golang.org/toolchain@{}", version()));
    assert_eq!(go.h1, request.pin.h1);
    assert_eq!(world.left(), [format!("1.26.8-{}-{}", host().os, host().arch)]);
    assert!(go.root.join("src/go.mod").exists() && !go.root.join("src/_go.mod").exists());
    let installed = world.fake_go("installed", "1.26.8", "1.26.8", "1.26.8");
    let same = xbuild_toolchain::go_tree_digest(&installed, &world.memo, &world::go_on).expect("a digest");
    assert_eq!(go.tree, same, "the module and an installed Go of the same files are one Go");
    fs::remove_dir_all(world.at("proxy")).expect("removed");
    let again = world.locate(&GoRequest { offline: true, ..request }).expect("found");
    assert_eq!((again.tree, again.h1, again.source), (go.tree, go.h1, go.source));
}

#[test]
fn a_tree_pin_is_enough_and_settings_that_it_does_not_cover_are_not_kept() {
    let with_settings = |world: &World| {
        let mut files = module_files(world);
        files.push((format!("golang.org/toolchain@{}/go.env", version()), "GOFLAGS=-toolexec=evil\n".to_owned()));
        files
    };
    let world = served(|world| zipped(&with_settings(world)));
    let installed = world.fake_go("installed", "1.26.8", "1.26.8", "1.26.8");
    let tree = xbuild_toolchain::go_tree_digest(&installed, &world.memo, &world::go_on).expect("a digest");
    let request = GoRequest { pin: Pin { tree: Some(tree), h1: None }, ..world.request("1.26.8") };
    let go = world.locate(&request).expect("fetched");
    assert!(!go.root.join("go.env").exists());
    assert_eq!(go.h1, None, "a hash that nobody vouches for is not passed on");
}

#[test]
fn without_a_pin_nothing_is_fetched() {
    let world = good();
    insta::assert_snapshot!(refused(&world, &world.request("1.26.8")), @r"
    xbuild::unpinned-toolchain: `golang.org/toolchain@VERSION` has no pin in xbuild.lock to check a download by
    run `xbuild lock` on a machine with a Go and commit xbuild.lock, or install a Go from 1.21 on here: it checks the download by its checksum database
    ");
}

#[test]
fn another_hash_is_drift_and_leaves_nothing() {
    let world = good();
    let error = refused(&world, &pinned(&world, "h1:other="));
    assert!(error.starts_with("xbuild::toolchain-drift: `golang.org/toolchain@VERSION` is not the Go"), "{error}");
    let tree = Pin { tree: Some(Hash::of(b"other")), h1: Some(h1(&module_files(&world))) };
    let error = refused(&world, &GoRequest { pin: tree, ..world.request("1.26.8") });
    assert!(error.starts_with("xbuild::toolchain-drift: "), "{error}");
}

#[test]
fn a_cut_file_leaves_nothing() {
    let world = served(|world| {
        let zip = zipped(&module_files(world));
        zip[..zip.len() - 40].to_vec()
    });
    let error = refused(&world, &pinned(&world, &h1(&module_files(&world))));
    assert!(error.contains("what was downloaded is not a whole zip"), "{error}");
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    for name in ["../../evil", "/evil", "a\\b", "./x", ""] {
        let files = |world: &World| {
            let mut files = module_files(world);
            files.push((format!("golang.org/toolchain@{}/{name}x", version()), String::new()));
            files
        };
        let world = served(|world| zipped(&files(world)));
        let hash = h1(&files(&world));
        match name {
            "" => drop(world.locate(&pinned(&world, &hash)).expect("a plain name is taken")),
            _ => assert!(refused(&world, &pinned(&world, &hash)).contains("no file of this module"), "{name}"),
        }
    }
    let other = served(|_| zipped(&[("another@v1.0.0/VERSION".to_owned(), String::new())]));
    assert!(refused(&other, &pinned(&other, "h1:x=")).contains("`another@v1.0.0/VERSION`"));
}

#[test]
fn what_is_no_go_of_that_release_is_refused() {
    let files = |world: &World| {
        let files = module_files(world).into_iter();
        files.map(|(name, text)| (name, text.replace("go1.26.8", "go1.25.4"))).collect::<Vec<_>>()
    };
    let world = served(|world| zipped(&files(world)));
    let error = refused(&world, &pinned(&world, &h1(&files(&world))));
    assert!(error.starts_with("xbuild::toolchain-fetch: "), "{error}");
}

#[test]
fn a_module_that_no_proxy_has_names_all_that_were_asked() {
    let world = World::new();
    let proxies = format!("file://{},file://{}|off", world.at("a"), world.at("b"));
    let world = world.with("GOPROXY", &proxies);
    insta::assert_snapshot!(refused(&world, &pinned(&world, "h1:x=")), @r"
    xbuild::toolchain-fetch: `golang.org/toolchain@VERSION` could not be fetched
    file://WORLD/a/golang.org/toolchain/@v/VERSION.zip: No such file or directory (os error 2)
    file://WORLD/b/golang.org/toolchain/@v/VERSION.zip: No such file or directory (os error 2)
    the proxies are those of GOPROXY
    ");
}

/// Serves one answer on a port of its own.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(&answer);
        }
    });
    format!("http://{address}")
}

fn answer(status: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[test]
fn a_server_is_asked_as_go_asks_it() {
    let check = |list: &dyn Fn(&str, &str) -> String, expect: Option<&str>| {
        let world = World::new();
        let zip = zipped(&module_files(&world));
        let good = serve(answer("200 OK", zip.len(), &zip));
        let request = pinned(&world, &h1(&module_files(&world)));
        let missing = serve(answer("404 Not Found", 0, b""));
        let world = world.with("GOPROXY", &list(&missing, &good));
        match expect {
            None => assert!(matches!(world.locate(&request).expect("fetched").source, Source::Module(_))),
            Some(text) => assert!(refused(&world, &request).contains(text)),
        }
    };
    let broken = serve(answer("500 Internal Server Error", 0, b""));
    let cut = serve(answer("200 OK", 1000, b"PK"));
    check(&|missing, good| format!("{missing},{good}"), None);
    check(&|_, good| format!("{broken}|{good}"), None);
    check(&|_, good| format!("{broken},{good}"), Some("the server answered 500"));
    check(&|_, good| format!("{cut},{good}"), Some("/golang.org/toolchain/@v/"));
    check(&|_, good| format!("{cut}|{good}"), None);
    check(&|missing, good| format!("{missing},off,{good}"), Some("the server answered 404"));
}

#[test]
fn a_fetched_go_that_was_changed_is_fetched_again() {
    let world = good();
    let request = pinned(&world, &h1(&module_files(&world)));
    let go = world.locate(&request).expect("fetched");
    write(&go.root.join("src/fmt/print.go"), "package evil\n");
    let environment = world.environment();
    let all = find_installed(&request, &environment, &world.cache(), &world.memo, &world::go_on).expect("a list");
    assert_eq!(all[0].verdict.to_string(), "it was changed after xbuild fetched it");
    let again = world.locate(&request).expect("fetched again");
    assert_eq!((again.tree, again.root), (go.tree, go.root));
}

#[test]
fn stopping_leaves_nothing() {
    let world = good();
    let request = pinned(&world, &h1(&module_files(&world)));
    let stop = |_| std::ops::ControlFlow::Break(());
    let stopped = fetch_go(&request, &world.environment(), &world.cache(), &world.memo, &stop);
    assert!(matches!(stopped, Err(ToolchainError::Interrupted)));
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn several_at_once_fetch_one() {
    let world = good();
    let request = pinned(&world, &h1(&module_files(&world)));
    let roots: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| world.locate(&request).expect("found").root)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(roots.iter().all(|root| root.join(compiler_path()).exists()));
    assert_eq!(world.left().len(), 1);
}
