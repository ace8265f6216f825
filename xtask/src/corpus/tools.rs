//! What the usual tools say of a file, as far as their words can be taken for a fact.

use std::path::Path;
use std::process::{Command, Stdio};

use super::known::{Fact, Known};

/// A tool that people ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tool {
    /// `file -b`
    File,
    /// `readelf -hlAVd`
    Readelf,
    /// `llvm-readobj --file-headers`
    Readobj,
    /// `go version -m`
    Go,
}

impl Tool {
    /// All of them, as the table has them.
    pub(crate) const ALL: [Self; 4] = [Self::File, Self::Readelf, Self::Readobj, Self::Go];

    /// The command without the file.
    pub(crate) const fn words(self) -> &'static [&'static str] {
        match self {
            Self::File => &["file", "-b"],
            Self::Readelf => &["readelf", "-hlAVd"],
            Self::Readobj => &["llvm-readobj", "--file-headers"],
            Self::Go => &["go", "version", "-m"],
        }
    }

    /// What it says; nothing where it is not installed or has nothing to say.
    pub(crate) fn ask(self, path: &Path) -> Known {
        let words = self.words();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(path).env("LC_ALL", "C").env("GOENV", "off").stdin(Stdio::null());
        let text = command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        let text = text.unwrap_or_default();
        match self {
            Self::File => of_file(&text),
            Self::Readelf => of_readelf(&text),
            Self::Readobj => of_readobj(&text),
            Self::Go => of_go(&text),
        }
    }

    /// Its version, as it says it; `None` where it is not installed.
    pub(crate) fn version(self) -> Option<String> {
        let arguments: &[&str] = if self == Self::Go { &["version"] } else { &["--version"] };
        let output = Command::new(self.words()[0]).args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().map(str::trim).find(|line| line.chars().any(|character| character.is_ascii_digit()));
        line.map(str::to_owned)
    }
}

/// A machine's family by the words of a tool; pointer size and byte order tell the members apart.
fn arch(family: &str, bits: Option<&str>, endian: Option<&str>) -> Option<String> {
    let is_64 = bits == Some("64");
    let is_little = endian != Some("big");
    let name = match family {
        "mips" => match (is_64, is_little) {
            (false, false) => "mips",
            (false, true) => "mipsle",
            (true, false) => "mips64",
            (true, true) => "mips64le",
        },
        "ppc64" if is_little => "ppc64le",
        "riscv" if is_64 => "riscv64",
        "loongarch" if is_64 => "loong64",
        "s390" if is_64 => "s390x",
        "riscv" | "loongarch" | "s390" => return None,
        other => other,
    };
    Some(name.to_owned())
}

/// The first of the pairs whose word is in the text.
fn first<'p>(text: &str, pairs: &[(&str, &'p str)]) -> Option<&'p str> {
    pairs.iter().find(|(word, _)| text.contains(word)).map(|(_, meaning)| *meaning)
}

fn known(family: Option<&str>, bits: Option<&str>, endian: Option<&str>) -> Known {
    let found = [
        (Fact::Arch, family.and_then(|family| arch(family, bits, endian))),
        (Fact::Bits, bits.map(str::to_owned)),
        (Fact::Endian, endian.map(str::to_owned)),
    ];
    found.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect()
}

fn of_file(text: &str) -> Known {
    let family = first(
        text,
        &[
            ("x86-64", "amd64"),
            ("x86_64", "amd64"),
            ("80386", "386"),
            ("i386", "386"),
            ("aarch64", "arm64"),
            ("Aarch64", "arm64"),
            ("arm64", "arm64"),
            ("RISC-V", "riscv"),
            ("MIPS", "mips"),
            ("64-bit PowerPC", "ppc64"),
            ("S/390", "s390"),
            ("LoongArch", "loongarch"),
            ("ARM", "arm"),
            ("WebAssembly", "wasm"),
        ],
    );
    let bits = first(text, &[("64-bit", "64"), ("PE32+", "64"), ("32-bit", "32"), ("PE32 ", "32")]);
    let endian = first(text, &[(" LSB ", "little"), (" MSB ", "big")]);
    let mut found = known(family, bits, endian);
    let os = [
        ("GNU/Linux", "linux"),
        ("FreeBSD", "freebsd"),
        ("NetBSD", "netbsd"),
        ("OpenBSD", "openbsd"),
        ("MS Windows", "windows"),
        ("Solaris", "solaris"),
        ("Mach-O", "darwin"),
    ];
    found.extend(first(text, &os).map(|os| (Fact::Os, os.to_owned())));
    let linkage = [("statically linked", "static"), ("static-pie", "static-pie"), ("dynamically linked", "dynamic")];
    found.extend(first(text, &linkage).map(|linkage| (Fact::Linkage, linkage.to_owned())));
    found
}

/// The value behind a name in a tool's listing.
fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim)
}

fn of_readelf(text: &str) -> Known {
    let family = value(text, "Machine:").and_then(|machine| {
        let pairs = [
            ("X86-64", "amd64"),
            ("80386", "386"),
            ("AArch64", "arm64"),
            ("ARM", "arm"),
            ("RISC-V", "riscv"),
            ("MIPS", "mips"),
            ("PowerPC64", "ppc64"),
            ("S/390", "s390"),
            ("LoongArch", "loongarch"),
        ];
        first(machine, &pairs)
    });
    let bits = value(text, "Class:").and_then(|class| first(class, &[("ELF64", "64"), ("ELF32", "32")]));
    let endian = value(text, "Data:").and_then(|data| first(data, &[("little", "little"), ("big", "big")]));
    let mut found = known(family, bits, endian);
    let os = [
        ("FreeBSD", "freebsd"),
        ("NetBSD", "netbsd"),
        ("OpenBSD", "openbsd"),
        ("Linux", "linux"),
        ("Solaris", "solaris"),
    ];
    let os = value(text, "OS/ABI:").and_then(|abi| first(abi, &os));
    found.extend(os.map(|os| (Fact::Os, os.to_owned())));
    if family.is_some() && text.contains("Program Headers:") {
        let is_dynamic = text.contains("INTERP") || text.contains("(NEEDED)");
        found.insert(Fact::Linkage, if is_dynamic { "dynamic" } else { "static" }.to_owned());
    }
    let level = value(text, "Tag_CPU_arch:").and_then(|arch| first(arch, &[("v7", "v7"), ("v6", "v6"), ("v5", "v5")]));
    found.extend(level.map(|level| (Fact::Variant, level.to_owned())));
    found
}

fn of_readobj(text: &str) -> Known {
    let pairs = [
        ("x86_64", "amd64"),
        ("i386", "386"),
        ("aarch64", "arm64"),
        ("arm", "arm"),
        ("riscv", "riscv"),
        ("mips", "mips"),
        ("powerpc64", "ppc64"),
        ("s390x", "s390"),
        ("loongarch", "loongarch"),
        ("wasm", "wasm"),
    ];
    let family = value(text, "Arch:").and_then(|arch| first(arch, &pairs));
    let bits = value(text, "AddressSize:").and_then(|size| first(size, &[("64", "64"), ("32", "32")]));
    let endian = value(text, "DataEncoding:").and_then(|data| first(data, &[("Little", "little"), ("Big", "big")]));
    let mut found = known(family, bits, endian);
    let os = [
        ("FreeBSD", "freebsd"),
        ("NetBSD", "netbsd"),
        ("OpenBSD", "openbsd"),
        ("Linux", "linux"),
        ("Solaris", "solaris"),
    ];
    let os = value(text, "OS/ABI:").and_then(|abi| first(abi, &os));
    let os = os.or_else(|| {
        value(text, "Format:").and_then(|format| first(format, &[("Mach-O", "darwin"), ("COFF", "windows")]))
    });
    found.extend(os.map(|os| (Fact::Os, os.to_owned())));
    found
}

fn of_go(text: &str) -> Known {
    let setting = |name: &str| {
        let name = format!("build\t{name}=");
        value(text, &name).map(str::to_owned)
    };
    let version = text.lines().next().and_then(|line| line.rsplit(": ").next()).filter(|word| word.starts_with("go1"));
    let level = ["GOARM", "GOAMD64", "GOARM64", "GO386", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64"];
    let level = level.iter().find_map(|name| Some((*name, setting(name)?)));
    let level = level.map(|(name, value)| match (name, value.as_str()) {
        (_, "v1" | "v8.0" | "sse2" | "hardfloat" | "power8" | "rva20u64") => "baseline".to_owned(),
        ("GOARM", value) => format!("v{}", value.split(',').next().unwrap_or_default()),
        (_, value) => value.to_owned(),
    });
    let found = [
        (Fact::Os, setting("GOOS")),
        (Fact::Arch, setting("GOARCH")),
        (Fact::Variant, level),
        (Fact::Go, version.map(str::to_owned)),
    ];
    found.into_iter().filter_map(|(fact, value)| Some((fact, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_told_by_size_and_order() {
        assert_eq!(arch("mips", Some("64"), Some("little")).as_deref(), Some("mips64le"));
        assert_eq!(arch("mips", Some("32"), Some("big")).as_deref(), Some("mips"));
        assert_eq!(arch("ppc64", Some("64"), Some("big")).as_deref(), Some("ppc64"));
        assert_eq!(arch("riscv", Some("32"), Some("little")), None);
    }

    #[test]
    fn words_of_file_are_facts() {
        let said = of_file("ELF 64-bit LSB executable, ARM aarch64, version 1 (SYSV), statically linked, stripped");
        let values: Vec<&str> = said.values().map(String::as_str).collect();
        assert_eq!(values, ["arm64", "64", "little", "static"]);
    }

    #[test]
    fn words_of_go_are_facts() {
        let said =
            of_go("x: go1.26.8\n\tpath\tx\n\tbuild\tGOARCH=arm\n\tbuild\tGOOS=linux\n\tbuild\tGOARM=7,hardfloat\n");
        let values: Vec<&str> = said.values().map(String::as_str).collect();
        assert_eq!(values, ["arm", "linux", "v7", "go1.26.8"]);
    }
}
