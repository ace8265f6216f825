//! Files of Debian packages, for ten architectures.
//!
//! apt fetches the lists into a folder of its own, so that the machine's architectures and lists stay as they are. It is not
//! asked to resolve anything, which takes minutes for so many architectures: the names in the pool are read from the lists. The
//! mirror is the machine's own. Where apt is not there, the machine is no Debian or nothing can be fetched, the reason is handed
//! back instead.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use memchr::memmem;

use super::Extent;
use super::facts::{Fact, Facts};
use super::specimen::{Found, Specimen};
use crate::Outcome;
use crate::step::{output, run};

const HELPER: &str = "/usr/lib/apt/apt-helper";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const MACHINE_LISTS: &str = "$(SITE) $(RELEASE) $(COMPONENT)";
const OWN_LISTS: &str = "$(SITE) $(ARCHITECTURE) $(FILENAME)";

/// One of Debian's architectures.
struct Architecture {
    debian: &'static str,
    /// The release whose files are taken: the last that had the older ones, the first that has the newest.
    release: &'static str,
    arch: &'static str,
    interpreter: &'static str,
}

const ARCHITECTURES: [Architecture; 10] = [
    of("amd64", "bookworm", "amd64", "/lib64/ld-linux-x86-64.so.2"),
    of("arm64", "bookworm", "arm64", "/lib/ld-linux-aarch64.so.1"),
    of("armel", "bookworm", "arm", "/lib/ld-linux.so.3"),
    of("armhf", "bookworm", "arm", "/lib/ld-linux-armhf.so.3"),
    of("i386", "bookworm", "386", "/lib/ld-linux.so.2"),
    of("mips64el", "bookworm", "mips64le", "/lib64/ld.so.1"),
    of("mipsel", "bookworm", "mipsle", "/lib/ld.so.1"),
    of("ppc64el", "bookworm", "ppc64le", "/lib64/ld64.so.2"),
    of("riscv64", "trixie", "riscv64", "/lib/ld-linux-riscv64-lp64d.so.1"),
    of("s390x", "bookworm", "s390x", "/lib/ld64.so.1"),
];

const fn of(
    debian: &'static str,
    release: &'static str,
    arch: &'static str,
    interpreter: &'static str,
) -> Architecture {
    Architecture { debian, release, arch, interpreter }
}

/// The packages, and how many files of each are taken at most.
const WHOLE: [(&str, usize); 7] = [
    ("direnv", 1),
    ("busybox", 1),
    ("busybox-static", 1),
    ("coreutils", 12),
    ("libc6", 12),
    ("libc6-dev", 12),
    ("libc-bin", 8),
];

/// A merge waits for the lists of these only: each takes seconds, and four files come from each.
const SMALL_ARCHITECTURES: [&str; 5] = ["armhf", "mips64el", "ppc64el", "riscv64", "s390x"];
const SMALL: [(&str, usize); 3] = [("direnv", 1), ("busybox-static", 1), ("libc-bin", 2)];

/// Fetches and unpacks what the extent asks for.
pub(super) fn specimens(folder: &Path, extent: Extent) -> Outcome<Found> {
    let tools = ["apt-get", "dpkg-deb"].map(|name| Command::new(name).arg("--version").stdout(Stdio::null()).status());
    if tools.iter().any(Result::is_err) || !Path::new(HELPER).exists() {
        return Ok(Found::LeftOut("apt and dpkg are not there".into()));
    }
    let Some(mirror) = mirror()? else { return Ok(Found::LeftOut("apt has no source of Debian's main part".into())) };
    let apt = match Apt::prepare(folder, &mirror, architectures(extent)) {
        Ok(apt) => apt,
        Err(error) => return Ok(Found::LeftOut(format!("their lists cannot be fetched: {error}"))),
    };
    let wanted: &[(&str, usize)] = if extent == Extent::Small { &SMALL } else { &WHOLE };
    let mut specimens = Vec::new();
    for (architecture, file) in apt.lists()? {
        let list = apt.text(&file)?;
        for (package, most) in wanted {
            specimens.extend(Package::find(&list, package)?.files(&apt, architecture, *most)?);
        }
    }
    Ok(Found::Files(specimens))
}

fn architectures(extent: Extent) -> Vec<&'static Architecture> {
    let is_wanted = |of: &&Architecture| extent == Extent::Whole || SMALL_ARCHITECTURES.contains(&of.debian);
    ARCHITECTURES.iter().filter(is_wanted).collect()
}

/// Where this machine's own packages come from.
fn mirror() -> Outcome<Option<String>> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let value = |key: &str| release.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    if value("ID=") != "debian" {
        return Ok(None);
    }
    let listed =
        output(Command::new("apt-get").args(["indextargets", "--format", MACHINE_LISTS, "Created-By: Packages"]))?;
    let wanted = format!(" {} main", value("VERSION_CODENAME="));
    Ok(listed.lines().find_map(|line| line.strip_suffix(&wanted)).map(str::to_owned))
}

/// apt with a configuration and lists of its own.
struct Apt {
    folder: PathBuf,
    mirror: String,
    architectures: Vec<&'static Architecture>,
}

impl Apt {
    fn prepare(folder: &Path, mirror: &str, architectures: Vec<&'static Architecture>) -> Outcome<Self> {
        for part in ["state/lists/partial", "cache/archives/partial", "parts", "pool", "files"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let apt = Self { folder: folder.to_owned(), mirror: mirror.to_owned(), architectures };
        fs::write(folder.join("status"), "")?;
        fs::write(folder.join("sources.list"), apt.sources())?;
        fs::write(folder.join("apt.conf"), apt.configuration())?;
        if !folder.join("updated").exists() {
            // apt would read every list into a cache that nobody asks.
            run(apt.command("apt-get").args(["update", "-qq", "-o", "pkgCacheFile::Generate=false"]))?;
            fs::write(folder.join("updated"), "")?;
        }
        Ok(apt)
    }

    /// One line a release: its list of what is for every architecture may stand there only once.
    fn sources(&self) -> String {
        let mut releases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for of in &self.architectures {
            releases.entry(of.release).or_default().push(of.debian);
        }
        let line = |(release, of): (&str, Vec<&str>)| {
            format!("deb [arch={} signed-by={KEYRING}] {} {release} main\n", of.join(","), self.mirror)
        };
        releases.into_iter().map(line).collect()
    }

    /// The user is root's own, so that `target` may be where apt's usual one cannot read.
    fn configuration(&self) -> String {
        let at = |name: &str| self.folder.join(name).display().to_string();
        [
            ("Dir::State", at("state")),
            ("Dir::State::status", at("status")),
            ("Dir::Cache", at("cache")),
            ("Dir::Etc::sourcelist", at("sources.list")),
            ("Dir::Etc::sourceparts", at("parts")),
            ("Acquire::Languages", "none".into()),
            ("Acquire::IndexTargets::deb::DEP-11::DefaultEnabled", "false".into()),
            ("Acquire::Retries", "3".into()),
            // A list that cannot be fetched is no success.
            ("APT::Update::Error-Mode", "any".into()),
            ("APT::Sandbox::User", String::new()),
        ]
        .map(|(key, value)| format!("{key} \"{value}\";\n"))
        .concat()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("APT_CONFIG", self.folder.join("apt.conf"));
        command
    }

    /// Where each architecture's list is.
    fn lists(&self) -> Outcome<Vec<(&'static Architecture, String)>> {
        let listed =
            output(self.command("apt-get").args(["indextargets", "--format", OWN_LISTS, "Created-By: Packages"]))?;
        let mut lists = Vec::new();
        for &architecture in &self.architectures {
            let mut of_it = listed.lines().filter_map(|line| {
                let (_, rest) = line.split_once(' ')?;
                rest.strip_prefix(architecture.debian)?.strip_prefix(' ')
            });
            let file = of_it.next().ok_or_else(|| format!("apt has no list for {}", architecture.debian))?;
            lists.push((architecture, file.to_owned()));
        }
        Ok(lists)
    }

    /// The text of a list. It begins and ends with what stands between two packages.
    fn text(&self, file: &str) -> Outcome<String> {
        Ok(format!("\n\n{}\n\n", output(self.command(HELPER).args(["cat-file", file]))?))
    }

    /// Fetches a file of the pool, unless it is there, and unpacks it.
    fn unpacked(&self, package: &Package) -> Outcome<PathBuf> {
        let name = package.pool.rsplit('/').next().unwrap_or_default();
        let (file, unpacked) = (self.folder.join("pool").join(name), self.folder.join("files").join(name));
        if !unpacked.exists() {
            let address = format!("{}/{}", self.mirror.trim_end_matches('/'), package.pool);
            let hash = format!("SHA256:{}", package.sha256);
            let mut fetch = self.command(HELPER);
            run(fetch.args(["download-file", &address]).arg(&file).arg(hash).stdout(Stdio::null()))?;
            let partly = unpacked.with_extension("partly");
            run(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&partly))?;
            fs::rename(partly, &unpacked)?;
        }
        Ok(unpacked)
    }
}

/// A package as a list has it.
struct Package {
    name: String,
    version: String,
    pool: String,
    sha256: String,
    /// The Go that it was built with.
    go: Option<String>,
}

impl Package {
    fn find(list: &str, name: &str) -> Outcome<Self> {
        let start = format!("\n\nPackage: {name}\n");
        // Lists are large, and whoever searches them is not optimized where chores are built like tests.
        let at = memmem::find(list.as_bytes(), start.as_bytes()).ok_or_else(|| format!("no package `{name}`"))?;
        let rest = &list[at + start.len()..];
        let entry = rest.split("\n\n").next().unwrap_or(rest);
        let field =
            |key: &str| entry.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).unwrap_or_default();
        Ok(Self {
            name: name.to_owned(),
            version: field("Version").to_owned(),
            pool: field("Filename").to_owned(),
            sha256: field("SHA256").to_owned(),
            go: built_with(field("Built-Using")),
        })
    }

    fn files(&self, apt: &Apt, architecture: &Architecture, most: usize) -> Outcome<Vec<Specimen>> {
        let mut files = Vec::new();
        collect(&apt.unpacked(self)?, &mut files)?;
        files.sort();
        let origin = format!("{} {} {}", self.name, self.version, architecture.debian);
        let specimen = |path: PathBuf| {
            let truth = self.truth(architecture, &path);
            // A library or an object need not name a system.
            let unsaid = if truth.get(Fact::Interpreter).is_none() { vec![Fact::Os] } else { Vec::new() };
            Specimen { path, origin: origin.clone(), truth, unsaid }
        };
        Ok(spread(files, most).into_iter().map(specimen).collect())
    }

    fn truth(&self, architecture: &Architecture, path: &Path) -> Facts {
        let mut truth = Facts::default();
        truth.say_arch(architecture.arch);
        truth.say(Fact::Os, "linux");
        if path.parent().is_some_and(|folder| folder.ends_with("bin") || folder.ends_with("sbin")) {
            self.say_linkage(architecture, path, &mut truth);
        }
        if self.name == "direnv" {
            truth.say(Fact::GoSettings, format!("GOARCH={} GOOS=linux", architecture.arch));
            truth.say_if(Fact::GoVersion, self.go.clone());
        }
        truth
    }

    /// glibc's own `ldconfig` is static in every package.
    fn say_linkage(&self, architecture: &Architecture, path: &Path, truth: &mut Facts) {
        if self.name == "busybox-static" || path.ends_with("sbin/ldconfig") {
            truth.say(Fact::Interpreter, "none");
        } else {
            truth.say(Fact::Linkage, "dynamic");
            truth.say(Fact::Interpreter, architecture.interpreter);
        }
    }
}

/// Which Go, by the sources that a package was built with: `golang-1.24 (= 1.24.4-1)`.
fn built_with(sources: &str) -> Option<String> {
    let go = sources.split(", ").find(|source| source.starts_with("golang-1."))?;
    let version = go.split_once("(= ")?.1.split('-').next()?;
    Some(format!("go{version}"))
}

/// All regular files that are ELF or `ar` by their first bytes; packages have scripts and linker scripts by the same names.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() && is_binary(&entry.path())? {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn is_binary(path: &Path) -> Outcome<bool> {
    use std::io::Read as _;
    let mut first = Vec::new();
    fs::File::open(path)?.take(8).read_to_end(&mut first)?;
    Ok(first.starts_with(b"\x7fELF") || first == b"!<arch>\n")
}

/// So many of them at most, evenly.
pub(super) fn spread<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let count = all.len();
    let taken = |index: usize| count <= most || (index * most) / count != ((index + 1) * most) / count;
    all.into_iter().enumerate().filter(|(index, _)| taken(*index)).map(|(_, one)| one).collect()
}
