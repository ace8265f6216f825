//! The claim that everything else rests on: an official Go from its archive, the same release fetched as a module by that
//! Go, and the same module fetched without any Go are one Go by their tree digest.
//!
//! It needs an installed Go of an official release and a network: twice 64 MB, some twenty seconds.

mod world;

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use world::{World, go_on, shown};
use xbuild_toolchain::{Environment, GoRequest, ModuleVersion, Pin, fetch_go, go_tree_digest, locate_go};

/// The Go on this machine's `PATH`, and its release.
fn installed(environment: &Environment) -> Option<(Utf8PathBuf, String)> {
    let go = environment.path().find_map(|folder| folder.join("go").canonicalize_utf8().ok())?;
    let root = go.parent()?.parent()?.to_owned();
    let text = std::fs::read_to_string(root.join("VERSION")).ok()?;
    Some((root, text.split_whitespace().next()?.strip_prefix("go")?.to_owned()))
}

/// What this machine's Go answers.
fn ask(root: &Utf8Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(root.join("bin/go"));
    command.args(arguments).env("GOTOOLCHAIN", "local").env("GOWORK", "off").current_dir("/");
    let output = command.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[expect(clippy::print_stderr, reason = "a test that could not be run says so")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: the official Go and the module were not compared: {why}");
}

#[test]
fn the_official_archive_and_the_fetched_module_are_one_go() {
    let environment = Environment::new(std::env::vars().collect());
    let Some((root, version)) = installed(&environment) else { return skipped("there is no Go on PATH") };
    let Ok(version) = version.parse() else { return skipped(&format!("go{version} is not an official release")) };
    let world = World::new();
    let request = GoRequest { version, ..world.request("1.26.8") };
    let module = ModuleVersion::toolchain(version, request.host);
    if let Err(error) = ask(&root, &["list", "-m", &module.to_string()]) {
        return skipped(&format!("no module proxy has {module}: {error}"));
    }

    let official = go_tree_digest(&root, &world.memo, &go_on).expect("a digest");
    let by_go = fetch_go(&request, &environment, &world.at("by-go"), &world.memo, &go_on);
    let by_go = by_go.unwrap_or_else(|error| panic!("{}", shown(&error)));
    assert_eq!(by_go.tree, official, "fetched by {root}");

    let without_go = without_go(world, &environment, &root);
    let pin = Pin { tree: Some(official), h1: by_go.h1.clone() };
    let request = GoRequest { pin, ..request };
    let by_proxy = locate_go(&request, &without_go.environment(), &without_go.cache(), &without_go.memo, &go_on);
    let by_proxy = by_proxy.unwrap_or_else(|error| panic!("{}", shown(&error)));
    assert_eq!((by_proxy.tree, by_proxy.h1), (official, by_go.h1), "fetched by the proxy protocol");
    compiles(&by_proxy.go, &by_proxy.root, &without_go.at("hello"));
}

/// A machine with this one's access to the network, and no Go.
fn without_go(world: World, environment: &Environment, root: &Utf8Path) -> World {
    let world = world.with("GOPROXY", &ask(root, &["env", "GOPROXY"]).expect("an answer"));
    let access = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE"];
    access.iter().fold(world, |world, name| match environment.get(name) {
        Some(value) => world.with(name, value),
        None => world,
    })
}

/// The fetched Go is not only equal, it works.
fn compiles(go: &Utf8Path, root: &Utf8Path, project: &Utf8Path) {
    world::write(&project.join("go.mod"), "module hello\n");
    world::write(&project.join("main.go"), "package main\n\nfunc main() { println(\"hello\") }\n");
    let built = Command::new(go)
        .args(["build", "-o", "hello", "."])
        .env_clear()
        .envs([("GOENV", "off"), ("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0"), ("GOROOT", root.as_str())])
        .envs([("GOCACHE", project.join("gocache")), ("GOPATH", project.join("gopath"))])
        .current_dir(project)
        .output()
        .expect("started");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}
