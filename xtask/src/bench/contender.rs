//! Who builds: the files that tell each contender the same job.
//!
//! The job is one: three commands, no cgo, paths trimmed, no VCS stamp, symbols stripped, the version set by the linker.

use std::fmt::Write as _;

use super::platform::Platform;

/// The programs of the fleet.
pub(crate) const PROGRAMS: [&str; 3] = ["gateway", "worker", "fleetctl"];

const VERSION: &str = "0.1.0";

/// A tool that builds the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    /// This program.
    Xbuild,
    /// GoReleaser's `build`.
    Goreleaser,
    /// `go build`, once for each platform and program.
    Loop,
}

impl Contender {
    /// Everybody.
    pub(crate) const ALL: [Self; 3] = [Self::Xbuild, Self::Goreleaser, Self::Loop];

    /// The name in tables and of its folder.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Xbuild => "xbuild",
            Self::Goreleaser => "goreleaser",
            Self::Loop => "loop",
        }
    }

    /// The file that describes the job.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Xbuild => "xbuild.kdl",
            Self::Goreleaser => ".goreleaser.yaml",
            Self::Loop => "build.sh",
        }
    }

    /// The job for some platforms, with the Go of that version at that root.
    pub(crate) fn file(self, platforms: &[Platform], go: &Go) -> String {
        match self {
            Self::Xbuild => kdl(platforms, go),
            Self::Goreleaser => yaml(platforms),
            Self::Loop => script(platforms),
        }
    }
}

/// The Go that everybody uses.
pub(crate) struct Go {
    /// `1.26.8`
    pub(crate) version: String,
    /// `GOROOT`
    pub(crate) root: String,
}

fn kdl(platforms: &[Platform], go: &Go) -> String {
    let quoted: Vec<String> = platforms.iter().map(|platform| format!("\"{}\"", platform.name())).collect();
    let Go { version, root } = go;
    let mut text = format!(
        "project fleet version=\"{VERSION}\"\n\ntoolchain go \"{version}\" root=\"{root}\"\n\nprofile all {}\n\n\
         defaults {{\n    go {{\n        ldflags \"-s\" \"-w\" \"-X=main.version={{version}}\"\n    }}\n}}\n",
        quoted.join(" "),
    );
    for program in PROGRAMS {
        let _infallible = write!(text, "\ntarget {program} {{\n    go \"./cmd/{program}\"\n}}\n");
    }
    text
}

fn yaml(platforms: &[Platform]) -> String {
    let mut text = "version: 2\nproject_name: fleet\nbuilds:\n".to_owned();
    for program in PROGRAMS {
        let _infallible = write!(
            text,
            "  - id: {program}\n    main: ./cmd/{program}\n    binary: {program}\n    env:\n      - CGO_ENABLED=0\n    \
             flags:\n      - -trimpath\n      - -buildvcs=false\n    ldflags:\n      - -s -w -X=main.version={VERSION}\n    \
             targets:\n",
        );
        for platform in platforms {
            let _infallible = writeln!(text, "      - {}", platform.target());
        }
    }
    text
}

fn script(platforms: &[Platform]) -> String {
    let mut text = "set -eu\nrm -rf dist\n".to_owned();
    for platform in platforms {
        for program in PROGRAMS {
            let _infallible = writeln!(
                text,
                "{} go build -trimpath -buildvcs=false -ldflags='-s -w -X=main.version={VERSION}' -o dist/{}/ ./cmd/{program}",
                platform.variables(),
                platform.target(),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::platform;
    use super::*;

    fn file(contender: Contender) -> String {
        contender.file(&platform::ALL, &Go { version: "1.26.8".into(), root: "/go".into() })
    }

    #[test]
    fn everybody_is_asked_for_thirty_programs() {
        assert_eq!(file(Contender::Xbuild).matches("target ").count(), 3);
        assert_eq!(file(Contender::Goreleaser).matches("      - linux_arm_7\n").count(), 3);
        assert_eq!(file(Contender::Goreleaser).matches("      - windows_arm64\n").count(), 3);
        assert_eq!(file(Contender::Loop).matches("go build").count(), 30);
        assert_eq!(file(Contender::Loop).matches("./cmd/").count(), 30);
    }

    #[test]
    fn everybody_is_given_the_same_linker_flags() {
        assert!(file(Contender::Xbuild).contains(r#"ldflags "-s" "-w" "-X=main.version={version}""#));
        for other in [Contender::Goreleaser, Contender::Loop] {
            assert!(file(other).contains("-s -w -X=main.version=0.1.0"), "{other:?}");
        }
    }
}
