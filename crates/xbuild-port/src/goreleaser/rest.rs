//! The keys of a configuration that say nothing about what is built: why each stays where it is, and what to do instead.

use crate::note::Notes;
use crate::yaml::Node;

/// Keys that are read.
const READ: [&str; 7] = ["version", "pro", "project_name", "builds", "archives", "env", "includes"];

/// One comment for each key that nothing was made of.
pub(super) fn comments(root: &Node, notes: &mut Notes) -> Vec<String> {
    let mut comments = Vec::new();
    for (key, node) in root.entries() {
        if READ.contains(&key.as_str()) && key != "includes" || node.items().is_empty() {
            continue;
        }
        if matches!(key.as_str(), "before" | "after") {
            comments.extend(hooks(key, node, notes));
            continue;
        }
        let message = format!("was not carried over: {}", why(key));
        comments.push(line(&notes.add(Some(node.place), &xbuild_kdl::printable(key), message)));
    }
    comments
}

/// A comment as a line of the list, which says once whose keys these are.
fn line(comment: &str) -> String {
    format!("  {}", comment.trim_start_matches("GoReleaser: "))
}

/// The commands around a run, each named.
fn hooks(key: &str, node: &Node, notes: &mut Notes) -> Vec<String> {
    let hooks = node.get("hooks").map_or(&[][..], Node::items);
    let mut comments = Vec::new();
    for hook in hooks {
        let command = hook.get("cmd").unwrap_or(hook);
        let when = if key == "before" { "before" } else { "after" };
        let message = format!("was not carried over: run `{}` {when} `xbuild build`", command.shown());
        comments.push(line(&notes.add(Some(hook.place), &format!("{key}.hooks"), message)));
    }
    comments
}

/// Why, for each family of keys.
const WHY: [(&[&str], &str); 12] = [
    (&["checksum"], "checksums belong to `xbuild package`"),
    (&["snapshot", "nightly"], "a version is what `project` says"),
    (
        &[
            "release",
            "changelog",
            "milestones",
            "announce",
            "publishers",
            "blobs",
            "uploads",
            "artifactories",
            "cloudsmiths",
            "furies",
            "gemfury",
            "dockerhub",
            "mcp",
            "iru",
            "retry",
            "force_token",
            "github_urls",
            "gitlab_urls",
            "gitea_urls",
        ],
        "xbuild publishes nothing: hand `dist` to the tool that does",
    ),
    (
        &[
            "brews",
            "homebrew_casks",
            "scoops",
            "scoop",
            "winget",
            "aurs",
            "aur_sources",
            "krews",
            "nix",
            "chocolateys",
            "snapcrafts",
            "nfpms",
            "srpm",
            "flatpak",
            "makeselfs",
            "msi",
            "dmg",
            "pkgs",
            "app_bundles",
            "npms",
            "nsis",
        ],
        "xbuild makes no packages for installers: make them from the files in `dist`",
    ),
    (
        &["dockers", "dockers_v2", "docker_manifests", "docker_digest", "kos"],
        "an image is `image \"REFERENCE\" base=\"NAME@sha256:…\"` in the target, without a Dockerfile",
    ),
    (
        &["signs", "binary_signs", "docker_signs", "sboms", "notarize", "attestations"],
        "xbuild signs nothing: sign the files in `dist`",
    ),
    (&["universal_binaries"], "xbuild joins no programs: build each of the two, and join them with `lipo`"),
    (&["upx"], "xbuild packs no programs"),
    (&["source"], "xbuild archives no sources"),
    (&["gomod"], "modules are fetched before the build, with your own settings"),
    (&["dist"], "the output folder is a flag: `--out DIR`"),
    (
        &[
            "report_sizes",
            "metadata",
            "git",
            "env_files",
            "includes",
            "variables",
            "template_files",
            "partial",
            "monorepo",
        ],
        "xbuild has no such setting",
    ),
];

fn why(key: &str) -> &'static str {
    let known = WHY.iter().find(|(keys, _)| keys.contains(&key));
    known.map_or("it is no key that xbuild knows", |(_, why)| why)
}
