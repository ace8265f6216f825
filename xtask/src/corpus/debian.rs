//! Files out of Debian packages for ten architectures. The truth is the package's architecture.
//!
//! Packages are looked up in the mirror's own lists and fetched one by one, with the hash that the list gives; the machine's
//! package manager is asked for the mirror and for the download, and its configuration stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::step::{output, run};

use super::known::{Fact, Known, Sample, machine};

/// Debian's name, Go's name, and the release that has the architecture.
const ARCHES: [(&str, &str, &str); 10] = [
    ("amd64", "amd64", "bookworm"),
    ("arm64", "arm64", "bookworm"),
    ("armhf", "arm", "bookworm"),
    ("armel", "arm", "bookworm"),
    ("i386", "386", "bookworm"),
    ("mips64el", "mips64le", "bookworm"),
    ("mipsel", "mipsle", "bookworm"),
    ("ppc64el", "ppc64le", "bookworm"),
    ("s390x", "s390x", "bookworm"),
    ("riscv64", "riscv64", "trixie"),
];

/// The most files that are taken out of one package, in the order of their names.
const MOST: usize = 24;

/// Packages of the whole corpus; the first two are the small one.
const PACKAGES: [&str; 5] = ["direnv", "busybox", "busybox-static", "libc6", "libc6-dev"];

const HELPER: &str = "/usr/lib/apt/apt-helper";

/// A package as the mirror's list has it.
struct Package {
    name: String,
    version: String,
    file: String,
    sha256: String,
}

/// Fetches what is missing, and says what each file is.
pub(crate) fn samples(folder: &Path, small: bool) -> Outcome<Vec<Sample>> {
    let Some(mirror) = mirror() else {
        eprintln!("left out: Debian's files: there is no `apt-get` with a Debian mirror here");
        return Ok(Vec::new());
    };
    let packages = if small { &PACKAGES[..2] } else { &PACKAGES[..] };
    let mut samples = Vec::new();
    for (debian, arch, release) in ARCHES {
        let place = folder.join(debian);
        fs::create_dir_all(&place)?;
        for package in wanted(&mirror, &place, debian, release, packages)? {
            let root = unpacked(&mirror, &place, &package)?;
            samples.extend(files(&root)?.into_iter().map(|path| sample(path, &root, &package, debian, arch)));
        }
    }
    Ok(samples)
}

/// The machine's own mirror of Debian.
fn mirror() -> Option<String> {
    let format = ["indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"];
    let lines = output(Command::new("apt-get").args(format)).ok()?;
    let own = |line: &str| line.strip_prefix("Debian ").filter(|uri| !uri.contains("security")).map(str::to_owned);
    lines.lines().find_map(own)
}

fn fetch(address: &str, to: &Path, hash: Option<&str>) -> Outcome {
    let mut command = Command::new(HELPER);
    command.arg("download-file").arg(address).arg(to).args(hash).stdout(Stdio::null()).stderr(Stdio::null());
    run(&mut command)
}

/// The wanted packages of an architecture, out of the mirror's list.
fn wanted(mirror: &str, place: &Path, debian: &str, release: &str, names: &[&str]) -> Outcome<Vec<Package>> {
    let list = place.join("Packages.xz");
    if !list.exists() {
        fetch(&format!("{mirror}dists/{release}/main/binary-{debian}/Packages.xz"), &list, None)?;
    }
    let text = output(Command::new("xz").arg("-dc").arg(&list))?;
    let found: Vec<Package> = text.split("\n\n").filter_map(|block| package(block, names)).collect();
    match names.iter().find(|name| !found.iter().any(|package| package.name == **name)) {
        Some(missing) => Err(format!("the list for {debian} has no {missing}").into()),
        None => Ok(found),
    }
}

fn package(block: &str, names: &[&str]) -> Option<Package> {
    let name = block.strip_prefix("Package: ")?.lines().next()?;
    let field = |field: &str| block.lines().find_map(|line| line.strip_prefix(field)).map(str::to_owned);
    names.contains(&name).then_some(())?;
    Some(Package {
        name: name.to_owned(),
        version: field("Version: ")?,
        file: field("Filename: ")?,
        sha256: field("SHA256: ")?,
    })
}

fn unpacked(mirror: &str, place: &Path, package: &Package) -> Outcome<PathBuf> {
    let root = place.join(&package.name);
    if !root.exists() {
        let file = place.join(format!("{}.deb", package.name));
        fetch(&format!("{mirror}{}", package.file), &file, Some(&format!("SHA256:{}", package.sha256)))?;
        let aside = place.join("unpacking");
        run(Command::new("dpkg-deb").arg("--extract").arg(&file).arg(&aside))?;
        fs::rename(&aside, &root)?;
    }
    Ok(root)
}

/// The compiled files in a folder, in the order of their names.
fn files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    gather(root, &mut files)?;
    files.sort();
    files.truncate(MOST);
    Ok(files)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let (kind, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let kind = kind?;
        if kind.is_dir() {
            gather(&path, files)?;
        } else if kind.is_file() && is_code(&path)? {
            files.push(path);
        }
    }
    Ok(())
}

/// Whether a file begins like an ELF file or a library of them: its kind is no fact that is compared.
fn is_code(path: &Path) -> Outcome<bool> {
    use std::io::Read as _;
    let mut first = Vec::new();
    fs::File::open(path)?.take(8).read_to_end(&mut first)?;
    let is_library = first == b"!<arch>\n" && fs::metadata(path)?.len() > 1024;
    Ok(first.starts_with(b"\x7fELF") || is_library)
}

fn sample(path: PathBuf, root: &Path, package: &Package, debian: &str, arch: &str) -> Sample {
    let below = path.strip_prefix(root).unwrap_or(&path).display();
    let origin = format!("Debian, {} {} {debian}: {below}", package.name, package.version);
    let mut truth: Known = machine(arch).into_iter().flatten().collect();
    let linkage = match (package.name.as_str(), path.file_name().and_then(|name| name.to_str())) {
        ("busybox-static", Some("busybox")) => Some("static"),
        ("busybox", Some("busybox")) => Some("dynamic"),
        _ => None,
    };
    truth.extend(linkage.map(|linkage| (Fact::Linkage, linkage.to_owned())));
    if matches!(package.name.as_str(), "direnv" | "busybox") {
        truth.insert(Fact::Os, "linux".to_owned());
    }
    Sample { path, origin, truth }
}
