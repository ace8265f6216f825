//! Which Go is taken from a machine, and what is said where none is.

mod world;

use std::fs;

use world::{World, compiler_path, shown, write};
use xbuild_content::Hash;
use xbuild_toolchain::{GoRequest, Pin, Place, Source, Verdict, find_installed};

/// What a request comes to: the folder relative to the world, or the error.
fn found(world: &World, request: &GoRequest) -> String {
    let place = world.at("").canonicalize_utf8().expect("a folder").to_string();
    match world.locate(request) {
        Ok(go) => go.root.to_string().replace(&format!("{place}/"), ""),
        Err(error) => shown(&error).replace(&place, "WORLD").replace(world.at("").as_str(), "WORLD/"),
    }
}

fn path(world: World, folders: &[&str]) -> World {
    let list: Vec<String> = folders.iter().map(|folder| world.at(folder).join("bin").into_string()).collect();
    world.with("PATH", &list.join(":"))
}

#[test]
fn the_version_decides_and_not_the_order_of_path() {
    let world = path(World::new(), &["old", "new"]);
    world.fake_go("old", "1.25.4", "1.25.4", "1.25.4");
    world.fake_go("new", "1.26.8", "1.26.8", "1.26.8");
    assert_eq!(found(&world, &world.request("1.26.8")), "new");
    assert_eq!(found(&world, &world.request("1.25.4")), "old");
}

#[test]
fn every_usual_place_is_looked_at() {
    let check = |root: &str, variables: &[(&str, &str)]| {
        let world = variables.iter().fold(World::new(), |world, (name, at)| {
            let at = world.at(at).into_string();
            world.with(name, &at)
        });
        world.fake_go(root, "1.26.8", "1.26.8", "1.26.8");
        assert_eq!(found(&world, &world.request("1.26.8")), root);
    };
    let module = format!("golang.org/toolchain@v0.0.1-go1.26.8.{}-{}", world::host().os, world::host().arch);
    check("system/usr/local/go", &[]);
    check("system/usr/lib/go-1.26", &[]);
    check("home/sdk/go1.26.8", &[]);
    check("elsewhere", &[("GOROOT", "elsewhere")]);
    check(&format!("home/go/pkg/mod/{module}"), &[]);
    check(&format!("gopath/pkg/mod/{module}"), &[("GOPATH", "gopath")]);
    check(&format!("modules/{module}"), &[("GOMODCACHE", "modules")]);
}

#[test]
fn a_link_on_path_leads_to_its_go() {
    let world = World::new();
    world.fake_go("opt/go", "1.26.8", "1.26.8", "1.26.8");
    fs::create_dir(world.at("bin")).expect("a folder");
    std::os::unix::fs::symlink("../opt/go/bin/go", world.at("bin/go")).expect("a link");
    let world = path(world, &["."]);
    assert_eq!(found(&world, &world.request("1.26.8")), "opt/go");
}

#[test]
fn a_mixed_go_is_refused_with_both_versions() {
    let world = path(World::new(), &["mixed"]);
    world.fake_go("mixed", "1.25.4", "1.26.8", "1.26.8");
    for version in ["1.25.4", "1.26.8"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(found(&world, &world.request(version)), @r"
            xbuild::mixed-go: `WORLD/mixed` mixes Go 1.25.4 and Go 1.26.8
            VERSION says 1.25.4, bin/go says 1.26.8: two releases were unpacked or mounted over each other; remove WORLD/mixed and install one release, or take it off PATH
            ");
        }
    }
}

#[test]
fn a_compiler_of_another_release_is_a_mixture_too() {
    let world = path(World::new(), &["mixed"]);
    world.fake_go("mixed", "1.26.8", "1.26.8", "1.25.4");
    let error = found(&world, &world.request("1.26.8"));
    assert!(error.contains(&format!("VERSION says 1.26.8, {} says 1.25.4", compiler_path())), "{error}");
}

#[test]
fn a_mixture_of_other_releases_does_not_matter() {
    let world = path(World::new(), &["mixed", "good"]);
    world.fake_go("mixed", "1.24.1", "1.24.2", "1.24.2");
    world.fake_go("good", "1.26.8", "1.26.8", "1.26.8");
    assert_eq!(found(&world, &world.request("1.26.8")), "good");
}

#[test]
fn without_a_go_the_ways_out_are_named() {
    let world = path(World::new(), &["old", "shim"]);
    world.fake_go("old", "1.20.3", "1.20.3", "1.20.3");
    write(&world.at("shim/bin/go"), "#!/bin/sh\n");
    insta::assert_snapshot!(found(&world, &world.request("1.26.8")).replace(&world::host().to_string(), "HOST"), @r"
    xbuild::no-go: there is no Go 1.26.8 for HOST on this machine
    install Go 1.26.8, or any Go from 1.21 on, which then fetches it; or set GOPROXY to a module proxy and pin the toolchain with `xbuild lock` on a machine that has a Go
    not fetched: no Go from 1.21 on is here to fetch it, and GOPROXY names no module proxy
    looked at WORLD/old: it is Go 1.20.3
    looked at WORLD/shim: it has no VERSION file
    ");
    assert!(world.left().is_empty());
}

#[test]
fn offline_fetches_nothing() {
    let world = path(World::new(), &["other"]);
    world.fake_go("other", "1.25.4", "1.25.4", "1.25.4");
    let error = found(&world, &GoRequest { offline: true, ..world.request("1.26.8") });
    assert!(error.contains("not fetched: --offline\n"), "{error}");
    assert_eq!(world.processes(), 1, "only `go version` was run");
}

#[test]
fn a_language_version_is_explained() {
    let world = World::new();
    let error = found(&world, &world.request("1.26"));
    assert!(error.contains("Go 1.26 is a language version; write a release, such as 1.26.0"), "{error}");
}

#[test]
fn a_go_whose_tree_is_not_the_pinned_one_is_not_used() {
    let world = path(World::new(), &["go"]);
    world.fake_go("go", "1.26.8", "1.26.8", "1.26.8");
    let tree = world.locate(&world.request("1.26.8")).expect("found").tree;
    let pinned = |tree| GoRequest { pin: Pin { tree: Some(tree), h1: None }, offline: true, ..world.request("1.26.8") };
    assert_eq!(found(&world, &pinned(tree)), "go");
    let error = found(&world, &pinned(Hash::of(b"another")));
    assert!(error.contains(&format!("its tree is {}, xbuild.lock pins", tree.short())), "{error}");
}

#[test]
fn the_named_folder_is_taken_or_nothing_is() {
    let world = path(World::new(), &["good"]);
    world.fake_go("good", "1.26.8", "1.26.8", "1.26.8");
    world.fake_go("named", "1.25.4", "1.25.4", "1.25.4");
    let request = |version| GoRequest { location: Some(world.at("named")), ..world.request(version) };
    assert_eq!(world.locate(&request("1.25.4")).expect("found").root, world.at("named"));
    insta::assert_snapshot!(found(&world, &request("1.26.8")), @r"
    xbuild::no-go: `WORLD/named` is not Go 1.26.8
    it is Go 1.25.4; name the folder of a Go 1.26.8, or leave the folder out
    ");
    let drifted = GoRequest { pin: Pin { tree: Some(Hash::of(b"x")), h1: None }, ..request("1.25.4") };
    assert!(found(&world, &drifted).starts_with("xbuild::toolchain-drift: `WORLD/named` is not the Go"));
}

#[test]
fn nothing_is_started_when_nothing_changed_and_an_edit_is_noticed() {
    let world = path(World::new(), &["go"]);
    let root = world.fake_go("go", "1.26.8", "1.26.8", "1.26.8");
    let request = world.request("1.26.8");
    let locate = || world.locate(&request).expect("found");
    // A program that is younger than a tick of the kernel's clock is asked again.
    let settled = (0..10_000).any(|_| {
        let before = world.processes();
        locate();
        world.processes() == before
    });
    assert!(settled, "an unchanged Go is not asked again");
    let (tree, processes) = (locate().tree, world.processes());
    write(&root.join("src/fmt/print.go"), "package fmt // edited\n");
    assert_ne!(locate().tree, tree);
    assert_eq!(world.processes(), processes, "the programs are still the same");
    write(&root.join("VERSION"), "go1.26.7\n");
    assert!(world.locate(&request).is_err());
}

#[test]
fn every_candidate_has_its_reason() {
    let world = path(World::new(), &["old", "good", "broken"]);
    world.fake_go("old", "1.25.4", "1.25.4", "1.25.4");
    world.fake_go("good", "1.26.8", "1.26.8", "1.26.8");
    world.fake_go("system/usr/local/go", "1.26.8", "1.26.7", "1.26.7");
    let broken = world.fake_go("broken", "1.26.8", "1.26.8", "1.26.8");
    fs::remove_file(broken.join(compiler_path())).expect("removed");
    let (environment, request) = (world.environment(), world.request("1.26.8"));
    let all = find_installed(&request, &environment, &world.cache(), &world.memo, &world::go_on).expect("a list");
    let lines: Vec<String> = all
        .iter()
        .map(|one| format!("{} {:?}: {}", one.root.file_name().unwrap_or_default(), one.place, one.verdict))
        .collect();
    insta::assert_snapshot!(lines.join("\n").replace(&compiler_path(), "COMPILER"), @r"
    old Path: it is Go 1.25.4
    good Path: fits
    broken Path: it has no working COMPILER
    go WellKnown: it is mixed: VERSION says 1.26.8, bin/go says 1.26.7
    ");
    let go = world.locate(&request).expect("found");
    assert_eq!(go.source, Source::Installed(Place::Path));
    assert!(matches!(&go.passed_over[..], [one] if matches!(one.verdict, Verdict::OtherVersion { .. })));
}

/// A downloader that is a script: it does what `go mod download -json` does, with a tree beside it.
fn downloader(world: &World, tree: &str, ending: &str) {
    let root = world.fake_go("downloader", "1.21.0", "1.21.0", "1.21.0");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = version ]; then echo go version go1.21.0 {}; exit; fi\n\
         /bin/mkdir -p \"$GOMODCACHE\" && /bin/cp -r {} \"$GOMODCACHE/tree\"\n\
         echo \"$GOFLAGS $GOTOOLCHAIN $GOPRIVATE $4\" > {}\n{ending}\n",
        world::host(),
        world.at(tree),
        world.at("said"),
    );
    write(&root.join("bin/go"), &script);
}

#[test]
fn a_go_from_1_21_on_fetches_the_one_that_is_missing() {
    let world = path(World::new(), &["downloader"]).with("GOPRIVATE", "corp.example").with("GOFLAGS", "-mod=vendor");
    world.fake_go("tree", "1.26.8", "1.26.8", "1.26.8");
    downloader(&world, "tree", "echo '{\"Dir\":\"'$GOMODCACHE/tree'\",\"Sum\":\"h1:sum=\"}'");
    let go = world.locate(&world.request("1.26.8")).expect("fetched");
    assert_eq!(go.h1.as_deref(), Some("h1:sum="));
    assert_eq!(world.left(), [format!("1.26.8-{}-{}", world::host().os, world::host().arch)]);
    let said = fs::read_to_string(world.at("said")).expect("said");
    assert_eq!(said, format!("-modcacherw -mod=mod local corp.example {}\n", go.module()));
    let pin = Pin { tree: None, h1: Some("h1:other=".to_owned()) };
    let other = World::new();
    other.fake_go("tree", "1.26.8", "1.26.8", "1.26.8");
    let other = path(other, &["downloader"]);
    downloader(&other, "tree", "echo '{\"Dir\":\"'$GOMODCACHE/tree'\",\"Sum\":\"h1:sum=\"}'");
    let error = found(&other, &GoRequest { pin, ..other.request("1.26.8") });
    assert!(error.starts_with("xbuild::toolchain-drift: "), "{error}");
    assert!(other.left().is_empty());
}

#[test]
fn a_failed_download_shows_gos_words_and_leaves_nothing() {
    let check = |ending: &str, expect: &str| {
        let world = path(World::new(), &["downloader"]);
        world.fake_go("tree", "1.26.8", "1.26.8", "1.26.8");
        downloader(&world, "tree", ending);
        let error = found(&world, &world.request("1.26.8"));
        assert!(error.starts_with("xbuild::toolchain-fetch: ") && error.contains(expect), "{error}");
        assert!(world.left().is_empty());
    };
    check("echo '{\"Error\":\"unknown revision\"}'; exit 1", "unknown revision");
    check("echo 'dial tcp: no route' >&2; exit 1", "dial tcp: no route");
    check("kill -9 $$", "signal: 9");
}
