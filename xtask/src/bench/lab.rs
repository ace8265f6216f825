//! Where the comparison takes place: `target/bench`, with one folder for each contender.
//!
//! A contender's folder holds its copy of the fleet and its compile cache. The modules are one folder for all, filled
//! beforehand, so that no timed run touches the network. What xbuild compiled to warm up is given to the others too, so
//! that everything is compiled once and not three times.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::step::{cargo, output, root, run, target};

use super::contender::{Contender, Go, PROGRAMS};
use super::platform::Platform;
use super::scenario::Scenario;

/// The GoReleaser that is compared with.
const GORELEASER: &str = "github.com/goreleaser/goreleaser/v2@v2.16.0";

/// A file that only one program is compiled from.
const LEAF: &str = "internal/table/table.go";

/// The prepared place.
pub(crate) struct Lab {
    folder: PathBuf,
    go: Go,
    platforms: Vec<Platform>,
}

impl Lab {
    /// Builds xbuild, installs GoReleaser where it is missing, copies the fleet and fetches its modules.
    pub(crate) fn prepare(platforms: &[Platform]) -> Outcome<Self> {
        let folder = target().join("bench");
        let version = output(Command::new("go").args(["env", "GOVERSION"]))?.trim_start_matches("go").to_owned();
        let go = Go { version, root: output(Command::new("go").args(["env", "GOROOT"]))? };
        let lab = Self { folder, go, platforms: platforms.to_vec() };
        eprintln!("preparing the tools, the sources and the modules");
        run(&mut cargo(&["build", "--quiet", "--release", "--package", "xbuild"]))?;
        lab.install_goreleaser()?;
        for contender in Contender::ALL {
            lab.restore_sources(contender, &lab.platforms)?;
        }
        let mut download = Command::new("go");
        download.args(["mod", "download"]).current_dir(lab.project(Contender::Loop)).env("GOMODCACHE", lab.modules());
        run(&mut download)?;
        Ok(lab)
    }

    /// The platforms that everybody builds for.
    pub(crate) fn platforms(&self) -> &[Platform] {
        &self.platforms
    }

    fn install_goreleaser(&self) -> Outcome {
        if self.goreleaser().exists() {
            return Ok(());
        }
        let tools = self.goreleaser().with_file_name("");
        fs::create_dir_all(&tools)?;
        run(Command::new("go").args(["install", GORELEASER]).env("GOBIN", tools).env("GOTOOLCHAIN", "auto"))
    }

    fn goreleaser(&self) -> PathBuf {
        target().join("tools").join("go").join("goreleaser")
    }

    fn modules(&self) -> PathBuf {
        self.folder.join("modules")
    }

    fn home(&self, contender: Contender) -> PathBuf {
        self.folder.join(contender.name())
    }

    fn project(&self, contender: Contender) -> PathBuf {
        self.home(contender).join("fleet")
    }

    fn cache(&self, contender: Contender) -> PathBuf {
        self.home(contender).join("cache")
    }

    /// Where what a contender compiled lies.
    fn compiled(&self, contender: Contender) -> PathBuf {
        let cache = self.cache(contender);
        if contender == Contender::Xbuild { cache.join("v1").join("go").join("build") } else { cache }
    }

    /// The fleet as the repository has it, and the job.
    pub(crate) fn restore_sources(&self, contender: Contender, platforms: &[Platform]) -> Outcome {
        let project = self.project(contender);
        copy(&root().join("examples").join("fleet"), &project)?;
        fs::write(project.join(contender.file_name()), contender.file(platforms, &self.go))?;
        if contender == Contender::Goreleaser && !project.join(".git").exists() {
            make_repository(&project)?;
        }
        Ok(())
    }

    /// The command that a user would type, in an environment that is the same for all.
    pub(crate) fn command(&self, contender: Contender, scenario: Scenario) -> Command {
        let mut command = self.plain_command(contender);
        if contender == Contender::Xbuild && scenario.is_without_results() {
            command.arg("--no-cache");
        }
        command
    }

    fn plain_command(&self, contender: Contender) -> Command {
        let mut command = match contender {
            Contender::Xbuild => {
                let mut xbuild = Command::new(target().join("release").join("xbuild"));
                xbuild.arg("build").arg("--cache-dir").arg(self.cache(contender));
                xbuild
            }
            Contender::Goreleaser => {
                let mut goreleaser = Command::new(self.goreleaser());
                goreleaser.args(["build", "--snapshot", "--clean"]);
                goreleaser
            }
            Contender::Loop => {
                let mut shell = Command::new("sh");
                shell.arg(contender.file_name());
                shell
            }
        };
        command.current_dir(self.project(contender)).stdin(Stdio::null());
        command.env("GOMODCACHE", self.modules()).env("GOCACHE", self.cache(contender));
        command.env("CGO_ENABLED", "0").env("GOENV", "off").env("GOFLAGS", "-mod=readonly").env("GOTOOLCHAIN", "local");
        command
    }

    /// Builds, not timed. Finished results are not used, which would leave the compile cache as empty as an earlier scenario
    /// made it.
    pub(crate) fn build(&self, contender: Contender) -> Outcome {
        let mut command = self.plain_command(contender);
        if contender == Contender::Xbuild {
            command.arg("--no-cache");
        }
        output(&mut command).map(drop)
    }

    /// Gives a contender what xbuild, which is the first one, has compiled.
    pub(crate) fn seed(&self, contender: Contender) -> Outcome {
        if contender == Contender::Xbuild {
            return Ok(());
        }
        for compiled in fs::read_dir(self.compiled(Contender::Xbuild))? {
            copy(&compiled?.path(), &self.compiled(contender))?;
        }
        Ok(())
    }

    /// Removes the finished programs, so that nobody can leave one in place.
    pub(crate) fn remove_outputs(&self, contender: Contender) -> Outcome {
        remove(&self.project(contender).join("dist"))
    }

    /// Removes what the contender compiled.
    pub(crate) fn forget_compiled(&self, contender: Contender) -> Outcome {
        remove(&self.compiled(contender))
    }

    /// Changes what one source file compiles to.
    pub(crate) fn edit_leaf(&self, contender: Contender, round: usize) -> Outcome {
        let text = fs::read_to_string(root().join("examples").join("fleet").join(LEAF))?;
        // No run of the bench edits as another one did, whose results a cache may still have.
        let run = std::process::id();
        let edit = format!("\nvar edited string\n\nfunc init() {{ edited = \"round {round} of {run}\" }}\n");
        Ok(fs::write(self.project(contender).join(LEAF), text + &edit)?)
    }

    /// Fails where a program is missing: a fast build that builds less is no build.
    pub(crate) fn check_outputs(&self, contender: Contender, platforms: &[Platform]) -> Outcome {
        let found = programs(&self.project(contender).join("dist"))?;
        let wanted = PROGRAMS.len() * platforms.len();
        if found == wanted { Ok(()) } else { Err(format!("{}: {found} of {wanted} programs", contender.name()).into()) }
    }
}

fn programs(folder: &Path) -> Outcome<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_program = path.file_stem().is_some_and(|stem| PROGRAMS.iter().any(|program| stem == *program));
        count += if path.is_dir() { programs(&path)? } else { usize::from(is_program) };
    }
    Ok(count)
}

fn make_repository(project: &Path) -> Outcome {
    let identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
    for words in
        [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "fleet"], &["tag", "v0.1.0"]]
    {
        run(Command::new("git").args(identity).args(words).current_dir(project))?;
    }
    Ok(())
}

/// Copies a folder over another one. Times are kept, as a compile cache looks at them.
fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    run(Command::new("cp").args(["-R", "-p"]).arg(from.join(".")).arg(to))
}

fn remove(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    // Module and tool folders are read-only, which `rm` minds and `chmod` cures.
    run(Command::new("chmod").args(["-R", "u+w"]).arg(folder))?;
    Ok(fs::remove_dir_all(folder)?)
}
