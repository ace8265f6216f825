//! The commands that explain, and what they may not do.

use crate::harness::Project;

/// A text with every kind of rule. Line 1 names the toolchain.
const RULES: &str = r#"
profile prod "linux/amd64"
profile edge "linux/arm64" "linux/arm/v7"

axis edition community pro

defaults {
    env GOFLAGS="-mod=readonly"
    go {
        tags netgo
        ldflags "-s"
    }
}

exclude platform="linux/arm/v7" edition=pro

target app {
    go "." {
        +ldflags "-w"
    }
    axes edition
    profiles edge
    when edition=pro {
        go {
            tags pro
        }
    }
    when edition=pro os=linux {
        go {
            tags pro linux
        }
    }
    exclude platform="linux/arm/v7" edition=pro profile=edge
    include profile=prod platform="linux/amd64" edition=community
}
"#;

#[test]
fn commands_about_the_text_start_no_process_and_open_no_socket() {
    let project = Project::text(format!("toolchain go \"1.26.3\"{RULES}"));
    for arguments in [&["matrix", "--all"][..], &["check"], &["fmt", "--check"], &["explain", "quote-me"]] {
        let kinds = "execve,execveat,clone,clone3,fork,vfork,%network";
        let Some(calls) = project.calls(kinds, arguments) else { return };
        let is_thread = |call: &String| call.contains("CLONE_THREAD") || call.contains("resumed>");
        let others: Vec<&String> = calls.iter().filter(|call| !is_thread(call)).collect();
        assert!(others.len() == 1 && others[0].contains("execve("), "{arguments:?}: {others:#?}");
    }
}
