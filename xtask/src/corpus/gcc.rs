//! C programs that gcc makes for the machines it is there for, with every way of linking that `inspect` tells apart.
//!
//! The compilers are those on `PATH`, by the names that Debian gives them; which are not there is printed. One without a C
//! library makes what needs none.

use std::path::Path;
use std::process::{Command, Stdio};

use super::c::Product::{self, Library, Object, Program};
use super::c::{Build, Compiler};
use super::facts::Fact::{self, Linkage, Nx, Pie, Relro, Stripped};
use super::facts::Facts;
use super::specimen::Specimen;
use crate::Outcome;
use crate::step::output;

/// A compiler: the machine in its name, xbuild's name for that, and the loader that its programs ask for.
struct Target {
    triple: &'static str,
    arch: &'static str,
    interpreter: &'static str,
}

const TARGETS: [Target; 14] = [
    of("x86_64-linux-gnu", "amd64", "/lib64/ld-linux-x86-64.so.2"),
    of("i686-linux-gnu", "386", "/lib/ld-linux.so.2"),
    of("aarch64-linux-gnu", "arm64", "/lib/ld-linux-aarch64.so.1"),
    of("arm-linux-gnueabi", "arm", "/lib/ld-linux.so.3"),
    of("arm-linux-gnueabihf", "arm", "/lib/ld-linux-armhf.so.3"),
    of("riscv64-linux-gnu", "riscv64", "/lib/ld-linux-riscv64-lp64d.so.1"),
    of("powerpc64-linux-gnu", "ppc64", "/lib64/ld64.so.1"),
    of("powerpc64le-linux-gnu", "ppc64le", "/lib64/ld64.so.2"),
    of("s390x-linux-gnu", "s390x", "/lib/ld64.so.1"),
    of("mips-linux-gnu", "mips", "/lib/ld.so.1"),
    of("mipsel-linux-gnu", "mipsle", "/lib/ld.so.1"),
    of("mips64-linux-gnuabi64", "mips64", "/lib64/ld.so.1"),
    of("mips64el-linux-gnuabi64", "mips64le", "/lib64/ld.so.1"),
    of("x86_64-w64-mingw32", "amd64", WINDOWS),
];

/// In place of a loader: Windows' own is not named in a program.
const WINDOWS: &str = "";

const fn of(triple: &'static str, arch: &'static str, interpreter: &'static str) -> Target {
    Target { triple, arch, interpreter }
}

/// How a file is linked, and what follows from it. Every flag that decides is given: what a compiler does by itself is its
/// distribution's affair.
struct Recipe {
    name: &'static str,
    product: Product,
    flags: &'static [&'static str],
    follows: &'static [(Fact, &'static str)],
}

const ELF: [Recipe; 10] = [
    recipe("pie", Program, &["-fPIE", "-pie"], &[(Linkage, "dynamic"), (Pie, "yes")]),
    recipe("fixed", Program, &["-fno-pie", "-no-pie"], &[(Linkage, "dynamic"), (Pie, "no")]),
    recipe("static", Program, &["-fno-pie", "-static"], &[(Linkage, "static"), (Pie, "no")]),
    recipe("static-pie", Program, &["-fPIE", "-static-pie"], &[(Linkage, "static-pie"), (Pie, "yes")]),
    recipe("stripped", Program, &["-s"], &[(Linkage, "dynamic"), (Stripped, "yes")]),
    recipe(
        "hardened",
        Program,
        &["-fPIE", "-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"],
        &[(Pie, "yes"), (Nx, "yes"), (Relro, "full")],
    ),
    recipe("lazy", Program, &["-Wl,-z,relro,-z,lazy"], &[(Relro, "partial")]),
    recipe(
        "soft",
        Program,
        &["-fno-pie", "-no-pie", "-Wl,-z,norelro,-z,execstack"],
        &[(Pie, "no"), (Nx, "no"), (Relro, "none")],
    ),
    recipe("library", Library, &["-Wl,-soname,libcorpus.so.1"], &[]),
    recipe("o", Object, &[], &[(Stripped, "no")]),
];

const PE: [Recipe; 4] = [
    recipe("exe", Program, &[], &[(Stripped, "no")]),
    recipe("stripped.exe", Program, &["-s"], &[(Stripped, "yes")]),
    recipe("dll", Library, &[], &[]),
    recipe("o", Object, &[], &[]),
];

const fn recipe(
    name: &'static str,
    product: Product,
    flags: &'static [&'static str],
    follows: &'static [(Fact, &'static str)],
) -> Recipe {
    Recipe { name, product, flags, follows }
}

/// Makes everything.
pub(super) fn specimens(folder: &Path) -> Outcome<Vec<Specimen>> {
    let mut specimens = Vec::new();
    for target in &TARGETS {
        let gcc = format!("{}-gcc", target.triple);
        if Command::new(&gcc).arg("--version").stdout(Stdio::null()).status().is_err() {
            println!("left out: {gcc} (it is not on this machine)");
            continue;
        }
        specimens.extend(target.specimens(&gcc, &folder.join(target.triple))?);
    }
    Ok(specimens)
}

impl Target {
    fn specimens(&self, gcc: &str, folder: &Path) -> Outcome<Vec<Specimen>> {
        let version = output(Command::new(gcc).arg("-dumpfullversion"))?;
        let compiler = Compiler::new(folder, &[gcc], format!("{gcc} {version}"))?;
        let has_libc = self.is_windows() || output(Command::new(gcc).arg("-print-file-name=crt1.o"))?.contains('/');
        if !has_libc {
            println!("left out: complete programs of {gcc} (it has no C library)");
        }
        let recipes: &[Recipe] = if self.is_windows() { &PE } else { &ELF };
        let wanted = recipes.iter().filter(|recipe| has_libc || recipe.product != Program);
        let made: Vec<Option<Specimen>> =
            wanted.map(|recipe| compiler.build(self.build(recipe))).collect::<Outcome<_>>()?;
        Ok(made.into_iter().flatten().collect())
    }

    fn is_windows(&self) -> bool {
        self.interpreter == WINDOWS
    }

    fn build(&self, recipe: &Recipe) -> Build {
        let mut truth = Facts::default();
        truth.say_arch(self.arch);
        truth.say(Fact::Os, if self.is_windows() { "windows" } else { "linux" });
        for (fact, value) in recipe.follows {
            truth.say(*fact, *value);
        }
        if !self.is_windows() {
            let is_started = recipe.product == Program && !recipe.flags.iter().any(|flag| flag.contains("static"));
            truth.say(Fact::Interpreter, if is_started { self.interpreter } else { "none" });
        }
        let mut flags = vec!["-O1"];
        flags.extend(recipe.flags);
        match recipe.product {
            Program => flags.push("-DCOMPLETE"),
            Library if !self.is_windows() => flags.push("-nostdlib"),
            Library | Object => {}
        }
        let names_no_system = !self.is_windows() && recipe.product != Program;
        let unsaid = if names_no_system { vec![Fact::Os] } else { Vec::new() };
        Build { name: format!("corpus.{}", recipe.name), product: recipe.product, flags, truth, unsaid }
    }
}
