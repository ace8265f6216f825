//! The environment of a `go` process that may use the network.
//!
//! Two kinds of variables, and no third:
//!
//! | passed on, because they say where modules are and who the user is | stated, because a leftover would change what is fetched |
//! |---|---|
//! | `GOPROXY`, `GOPRIVATE`, `GONOPROXY`, `GONOSUMDB`, `GOSUMDB`, `GOINSECURE`, `GOVCS`, `GOAUTH`, `NETRC` | `GOFLAGS`, `GOTOOLCHAIN`, `GOWORK`, `GO111MODULE`, `GOOS`, `GOARCH`, `CGO_ENABLED` |
//! | proxies, certificates, `SSH_AUTH_SOCK`, `GIT_*` (but for those that name a repository) | `GOROOT`, `GOMODCACHE`, `GOPATH`, `GOCACHE`, `GOTMPDIR`, `TMPDIR` |
//! | `GOENV`, `HOME`, `XDG_CONFIG_HOME`: Go reads the user's own configuration there | each with a value: an empty one would not undo the user's configuration |
//!
//! None of it enters an action's key: `go.sum` and the lock's pin fix the bytes.

use camino::Utf8Path;
use xbuild_platform::HostPlatform;

use crate::{Environment, GoToolchain};

const PASSED_ON: [&str; 34] = [
    "ALL_PROXY",
    "GOAUTH",
    "GOENV",
    "GOINSECURE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOVCS",
    "HGRCPATH",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LOGNAME",
    "NETRC",
    "NO_PROXY",
    "PATH",
    "SSH_AGENT_PID",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SVN_SSH",
    "USER",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "GPG_AGENT_INFO",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// What a git hook sets: the repository that it runs in, which is not the one that a module comes from.
const REPOSITORY: [&str; 7] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// The whole environment in which this Go may fetch modules into `module_cache`. `scratch` is where it may leave files.
pub fn module_fetch_environment(
    environment: &Environment,
    go: &GoToolchain,
    module_cache: &Utf8Path,
    scratch: &Utf8Path,
) -> Vec<(String, String)> {
    fetch_environment(environment, &go.root, go.host, module_cache, scratch)
}

/// The same for a Go that is only known by its folder.
pub(crate) fn fetch_environment(
    environment: &Environment,
    root: &Utf8Path,
    host: HostPlatform,
    module_cache: &Utf8Path,
    scratch: &Utf8Path,
) -> Vec<(String, String)> {
    let passed = environment.iter().filter(|(name, _)| is_passed_on(name));
    let mut all: Vec<(String, String)> = passed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let scratch_below = |name: &str| scratch.join(name).into_string();
    let stated = [
        ("CGO_ENABLED", "0".to_owned()),
        ("GIT_TERMINAL_PROMPT", "0".to_owned()),
        ("GO111MODULE", "on".to_owned()),
        ("GOARCH", host.arch.to_string()),
        ("GOCACHE", scratch_below("gocache")),
        ("GOFLAGS", "-modcacherw -mod=mod".to_owned()),
        ("GOMODCACHE", module_cache.to_string()),
        ("GOOS", host.os.to_string()),
        ("GOPATH", scratch_below("gopath")),
        ("GOROOT", root.to_string()),
        ("GOTMPDIR", scratch.to_string()),
        ("GOTOOLCHAIN", "local".to_owned()),
        ("GOWORK", "off".to_owned()),
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("TMPDIR", scratch.to_string()),
    ];
    all.extend(stated.map(|(name, value)| (name.to_owned(), value)));
    all
}

fn is_passed_on(name: &str) -> bool {
    PASSED_ON.contains(&name)
        || (name.starts_with("GIT_") && !REPOSITORY.contains(&name) && name != "GIT_TERMINAL_PROMPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_access_is_passed_on_and_everything_else_is_stated() {
        let user = [
            ("GOPROXY", "https://p.example"),
            ("GOFLAGS", "-mod=vendor"),
            ("GOTOOLCHAIN", "go1.99.0"),
            ("GOWORK", "/w/go.work"),
            ("GOARCH", "arm"),
            ("GIT_SSH_COMMAND", "ssh -i key"),
            ("GIT_DIR", "/hook/.git"),
            ("EDITOR", "vi"),
        ];
        let user = user.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let host = HostPlatform::from_rust_names("linux", "x86_64").expect("a host");
        let environment = Environment::new(user.into());
        let all = fetch_environment(&environment, Utf8Path::new("/go"), host, Utf8Path::new("/m"), Utf8Path::new("/s"));
        let lines: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        GIT_SSH_COMMAND=ssh -i key
        GOPROXY=https://p.example
        CGO_ENABLED=0
        GIT_TERMINAL_PROMPT=0
        GO111MODULE=on
        GOARCH=amd64
        GOCACHE=/s/gocache
        GOFLAGS=-modcacherw -mod=mod
        GOMODCACHE=/m
        GOOS=linux
        GOPATH=/s/gopath
        GOROOT=/go
        GOTMPDIR=/s
        GOTOOLCHAIN=local
        GOWORK=off
        LC_ALL=C.UTF-8
        TMPDIR=/s
        ");
    }
}
