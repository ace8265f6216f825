//! Facts against a promise: everything that the platform declares.
//!
//! A damaged file is told as such and nothing else; a file in another container is not blamed for its machine as well.
//! Silence is no mismatch: a static ELF program that names no system fits every system of ELF. What `expect` adds is
//! [`crate::expectation`]'s.

use xbuild_platform::{Arch, Os, Platform, Variant};

use crate::facts::{Facts, Format, Kind, Level, Libc, VariantSource};
use crate::go::source_title;
use crate::machine::{Machine, arch_title};
use crate::mismatch::{Code, Field, Mismatch, Verification, header_title, os_title, with_article};
use crate::promise::native_format;
use crate::{Output, Problem, Promise, expectation};

/// How a file keeps its promise.
///
/// ```
/// use xbuild_verify::{Promise, Verdict, inspect, verify};
///
/// // What this runs in was made for this machine, so not for AIX.
/// let program = std::fs::read(std::env::current_exe()?)?;
/// let verification = verify(&inspect(&program), &Promise::new("aix/ppc64".parse()?));
/// assert_eq!(verification.verdict(), Verdict::Mismatch);
/// for mismatch in verification.mismatches() {
///     println!("xbuild::{}: is {}", mismatch.code(), mismatch.headline());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(facts: &Facts, promise: &Promise) -> Verification {
    Verification::new(mismatches(facts, promise))
}

fn mismatches(facts: &Facts, promise: &Promise) -> Vec<Mismatch> {
    if !facts.is_binary() {
        return if promise.output == Output::Any { Vec::new() } else { vec![not_binary(facts, promise)] };
    }
    let (damage, flaws): (Vec<_>, Vec<_>) =
        facts.problems.iter().filter_map(|problem| of_problem(problem, promise)).partition(|m| is_damage(m.code));
    if !damage.is_empty() {
        return damage;
    }
    if let Some(mismatch) = format(facts, promise) {
        return vec![mismatch];
    }
    let part = part_for(facts, promise.platform);
    let mut found: Vec<Mismatch> = kind(facts, promise).into_iter().collect();
    found.extend(platform(part, promise).into_iter().filter(|mismatch| !contradicts(&flaws, mismatch)));
    found.extend(flaws.into_iter().filter(|flaw| flaw.code != Code::MixedArchitectures || facts.arch.is_none()));
    found.extend(expectation::mismatches(part, promise));
    found
}

/// Whether the file contradicts itself about the system already.
fn contradicts(flaws: &[Mismatch], mismatch: &Mismatch) -> bool {
    mismatch.field == Field::Os && flaws.iter().any(|flaw| flaw.field == Field::Os)
}

const fn is_damage(code: Code) -> bool {
    matches!(code, Code::Truncated | Code::Malformed)
}

/// The slice of a universal file that the platform's machines run, else the file itself.
fn part_for(facts: &Facts, platform: Platform) -> &Facts {
    let slice = facts.slices.iter().find(|slice| slice.facts.arch == Some(platform.arch()));
    slice.map_or(facts, |slice| &slice.facts)
}

fn not_binary(facts: &Facts, promise: &Promise) -> Mismatch {
    let wanted = promise.output.kind().map_or("program", Kind::title);
    let (headline, evidence) = match &facts.interpreter {
        Some(line) => (format!("a script, not a {wanted}"), format!("the first line is `#!{line}`")),
        None if facts.kind == Kind::Archive => {
            (format!("an archive, not a {wanted}"), "the first bytes are those of packed files".into())
        }
        None => (format!("not a {wanted}"), "the first bytes belong to no object format".into()),
    };
    Mismatch {
        member: None,
        code: Code::NotBinary,
        field: Field::Format,
        promised: promise.format().to_string(),
        found: None,
        headline,
        evidence,
    }
}

/// What a problem of the file means for a promise; warnings mean nothing.
fn of_problem(problem: &Problem, promise: &Promise) -> Option<Mismatch> {
    let (code, field, headline) = match problem {
        Problem::Truncated { .. } => (Code::Truncated, Field::Problems, "truncated".to_owned()),
        Problem::Malformed { .. } => (Code::Malformed, Field::Problems, "malformed".to_owned()),
        Problem::Contradiction { field, first, second, .. } => {
            let field = if *field == "operating system" { Field::Os } else { Field::Arch };
            (Code::Contradiction, field, format!("{first} and {second} at once"))
        }
        Problem::MixedArchitectures { .. } => {
            (Code::MixedArchitectures, Field::Arch, "a library for several architectures".to_owned())
        }
        Problem::Unsigned => (Code::Unsigned, Field::Signed, "not signed".to_owned()),
        Problem::DamagedSections { .. } | Problem::NoUuid | Problem::GoLevel { .. } | Problem::TooMany { .. } => {
            return None;
        }
    };
    let promised = match field {
        Field::Arch => promise.platform.arch().to_string(),
        Field::Os => promise.platform.os().to_string(),
        Field::Signed => "true".to_owned(),
        _ => "a sound file".to_owned(),
    };
    let found = match problem {
        Problem::MixedArchitectures { found } => Some(found.join(", ")),
        Problem::Unsigned => Some("false".to_owned()),
        _ => None,
    };
    Some(Mismatch { member: None, code, field, promised, found, headline, evidence: problem.to_string() })
}

fn format(facts: &Facts, promise: &Promise) -> Option<Mismatch> {
    let found = facts.format.filter(|format| !promise.accepts(*format))?;
    let wanted = promise.format();
    // A program where a library was promised differs by its kind, if it is in the platform's own container.
    if found == native_format(promise.platform.os()) {
        return None;
    }
    Some(Mismatch {
        member: None,
        code: Code::Format,
        field: Field::Format,
        promised: wanted.to_string(),
        found: Some(found.to_string()),
        headline: format!("{} file, not {}", with_article(found.title()), wanted.title()),
        evidence: format!(
            "the first bytes are those of {}, {} has {}",
            found.title(),
            promise.platform,
            wanted.title()
        ),
    })
}

fn kind(facts: &Facts, promise: &Promise) -> Option<Mismatch> {
    let wanted = promise.output.kind().filter(|wanted| *wanted != facts.kind)?;
    let unlike = with_article(wanted.title());
    let headline = if facts.kind == Kind::Unknown {
        format!("not {unlike}")
    } else {
        format!("{}, not {unlike}", with_article(facts.kind.title()))
    };
    Some(Mismatch {
        member: None,
        code: Code::Kind,
        field: Field::Kind,
        promised: wanted.to_string(),
        found: Some(facts.kind.to_string()),
        headline,
        evidence: format!("{}, kind {}", header_title(facts.format), facts.kind),
    })
}

/// Machine first: a program for another one is not blamed for its width, order and level too.
fn platform(facts: &Facts, promise: &Promise) -> Vec<Mismatch> {
    let machine = arch(facts, promise);
    let system = os(facts, promise.platform.os());
    // .NET compiles it for the machine that starts it.
    if facts.is_portable() {
        return system.into_iter().collect();
    }
    if machine.is_some() {
        return machine.into_iter().chain(system).collect();
    }
    let checks = [width(facts, promise.platform.arch()), order(facts, promise.platform.arch()), system];
    checks.into_iter().flatten().chain(level(facts, promise.platform)).collect()
}

fn arch(facts: &Facts, promise: &Promise) -> Option<Mismatch> {
    let wanted = promise.platform.arch();
    if facts.arch == Some(wanted) {
        return None;
    }
    if facts.arch.is_none() && facts.machine.is_none() {
        return no_arch(facts, wanted);
    }
    let name = hybrid(facts).map(str::to_uppercase).or_else(|| arch_name(facts).map(str::to_owned));
    let headline = with_article(&format!("{} {}", name.as_deref().unwrap_or("unknown"), facts.kind.title()));
    Some(Mismatch {
        member: None,
        code: Code::Machine,
        field: Field::Arch,
        promised: wanted.to_string(),
        found: facts.arch.map(|arch| arch.to_string()),
        headline,
        evidence: machine_evidence(facts, wanted),
    })
}

fn arch_name(facts: &Facts) -> Option<&'static str> {
    facts.arch.map(arch_title).or_else(|| facts.machine.and_then(Machine::name))
}

/// The ABI of a file whose header names another machine than its code: ARM64EC.
fn hybrid(facts: &Facts) -> Option<&str> {
    let differs = facts.machine.is_some_and(|machine| machine.arch() != facts.arch);
    facts.abi.as_deref().filter(|_| differs && facts.arch.is_some())
}

fn machine_evidence(facts: &Facts, wanted: Arch) -> String {
    let place = header_title(facts.format);
    let Some(machine) = facts.machine else { return format!("{place}, expected {}", arch_title(wanted)) };
    let expected = machine.expected_for(wanted).map_or_else(|| arch_title(wanted).to_owned(), Machine::value);
    match hybrid(facts) {
        Some(abi) => format!("{place}, {machine} with the hybrid metadata of {abi}, expected {expected} alone"),
        None => format!("{place}, {machine}, expected {expected}"),
    }
}

/// A file that names no machine at all: mixed libraries have their own mismatch.
fn no_arch(facts: &Facts, wanted: Arch) -> Option<Mismatch> {
    let is_mixed = facts.problems.iter().any(|problem| matches!(problem, Problem::MixedArchitectures { .. }));
    // Packed files in an `ar` have been told by their kind.
    if is_mixed || facts.kind == Kind::Archive {
        return None;
    }
    let arches: Vec<&str> = facts.slices.iter().filter_map(|slice| slice.facts.arch).map(Arch::as_str).collect();
    let (code, headline, evidence) = if arches.is_empty() {
        (Code::Unknown, "of unknown architecture".to_owned(), "no part of the file names a machine".to_owned())
    } else {
        let headline = format!("for {}, not {wanted}", arches.join(" and "));
        (Code::Machine, headline, format!("the slices are for {}", arches.join(", ")))
    };
    let found = (!arches.is_empty()).then(|| arches.join(", "));
    Some(Mismatch { member: None, code, field: Field::Arch, promised: wanted.to_string(), found, headline, evidence })
}

fn width(facts: &Facts, arch: Arch) -> Option<Mismatch> {
    let found = facts.bits.filter(|bits| *bits != arch.bits())?;
    let abi = facts.abi.as_ref().map(|abi| format!(", ABI {abi}")).unwrap_or_default();
    Some(Mismatch {
        member: None,
        code: Code::Machine,
        field: Field::Bits,
        promised: arch.bits().to_string(),
        found: Some(found.to_string()),
        headline: format!("a {found}-bit {}, not {}-bit", facts.kind.title(), arch.bits()),
        evidence: format!("{}, {found}-bit class{abi}, expected {}", header_title(facts.format), arch.bits()),
    })
}

fn order(facts: &Facts, arch: Arch) -> Option<Mismatch> {
    let found = facts.endian.filter(|endian| *endian != arch.endian())?;
    let wanted = arch.endian();
    Some(Mismatch {
        member: None,
        code: Code::Machine,
        field: Field::Endian,
        promised: wanted.to_string(),
        found: Some(found.to_string()),
        headline: format!("a {found}-endian {}, not {wanted}-endian", facts.kind.title()),
        evidence: format!("{}, byte order {found}, expected {wanted}", header_title(facts.format)),
    })
}

fn os(facts: &Facts, wanted: Os) -> Option<Mismatch> {
    let (name, title) = match (facts.os, &facts.foreign_os) {
        (Some(os), _) if runs_as(os, wanted) => return None,
        (Some(os), _) => (os.to_string(), os_title(os).to_owned()),
        (None, Some(name)) => (name.clone(), name.clone()),
        (None, None) => return other_libc(facts, wanted).or_else(|| unmarked(facts, wanted)),
    };
    let source = facts.os_source.map_or("the header", source_title);
    Some(Mismatch {
        member: None,
        code: Code::Os,
        field: Field::Os,
        promised: wanted.to_string(),
        found: Some(name.clone()),
        headline: with_article(&format!("{title} {}", facts.kind.title())),
        evidence: format!("{source}: {name}, expected {wanted}"),
    })
}

/// A file that names no system, but a C library that the promised one does not have.
fn other_libc(facts: &Facts, wanted: Os) -> Option<Mismatch> {
    let libc = facts.libc?;
    let (library, has) = match libc {
        Libc::Gnu => ("glibc", Os::Linux),
        Libc::Musl => ("musl", Os::Linux),
        Libc::Bionic => ("Bionic", Os::Android),
    };
    let title = os_title(wanted);
    (has != wanted).then(|| Mismatch {
        member: None,
        code: Code::Os,
        field: Field::Os,
        promised: wanted.to_string(),
        found: None,
        headline: format!("{} for {library}", with_article(facts.kind.title())),
        evidence: format!(
            "the libraries and symbols that it needs are those of {library}, which {title} does not have"
        ),
    })
}

/// A program that names no system, where the kernel of the promised one starts none without its mark: FreeBSD's
/// looks for a brand, NetBSD's and OpenBSD's for their note.
fn unmarked(facts: &Facts, wanted: Os) -> Option<Mismatch> {
    let demands_mark = matches!(wanted, Os::Freebsd | Os::Netbsd | Os::Openbsd);
    let is_program = facts.kind == Kind::Executable && facts.format == Some(Format::Elf) && facts.packed.is_none();
    let title = os_title(wanted);
    (demands_mark && is_program).then(|| Mismatch {
        member: None,
        code: Code::Os,
        field: Field::Os,
        promised: wanted.to_string(),
        found: None,
        headline: format!("a program without a mark of {title}"),
        evidence: format!(
            "neither EI_OSABI nor a note nor the interpreter names {title}, which starts no program without"
        ),
    })
}

/// Whether marks of `found` are what a file for `wanted` carries: illumos' programs are marked as Solaris'.
fn runs_as(found: Os, wanted: Os) -> bool {
    found == wanted || (found, wanted) == (Os::Solaris, Os::Illumos)
}

fn level(facts: &Facts, platform: Platform) -> Vec<Mismatch> {
    [go_level(facts, platform), proven_level(facts, platform)].into_iter().flatten().take(1).collect()
}

/// What Go was told, to the letter: a lower level is not what was asked for either.
fn go_level(facts: &Facts, platform: Platform) -> Option<Mismatch> {
    let (variable, wanted) = platform.go_level()?;
    let found = facts.go.as_ref()?.settings.get(variable)?;
    // Floating point is chosen beside the level of arm: `7,softfloat` is still 7.
    let stated = if platform.arch() == Arch::Arm { found.split(',').next().unwrap_or(found) } else { found };
    (stated != wanted).then(|| Mismatch {
        member: None,
        code: Code::Variant,
        field: Field::Variant,
        promised: format!("{variable}={wanted}"),
        found: Some(format!("{variable}={found}")),
        headline: format!("{variable}={found}, not {variable}={wanted}"),
        evidence: format!("Go's build info, {variable}={found}, expected {wanted}"),
    })
}

/// What the header proves: a floor, so only a higher one breaks the promise.
fn proven_level(facts: &Facts, platform: Platform) -> Option<Mismatch> {
    let source = facts.variant_source.filter(|source| *source != VariantSource::GoBuildinfo)?;
    let found = facts.variant.as_ref().filter(|level| !fits(level, platform))?;
    let name = |level: Option<&str>| level.or_else(|| platform.arch().baseline()).unwrap_or("the baseline").to_owned();
    let (found, wanted) = (name(found.name()), name(platform.variant().map(Variant::as_str)));
    let place = match source {
        VariantSource::ArmAttributes => ".ARM.attributes, Tag_CPU_arch",
        VariantSource::MipsAbiflags => ".MIPS.abiflags, fp_abi",
        VariantSource::GnuProperty => ".note.gnu.property, x86 ISA needed",
        VariantSource::GoBuildinfo => "Go's build info",
    };
    Some(Mismatch {
        member: None,
        code: Code::Variant,
        field: Field::Variant,
        headline: format!("{} {found} code, not {wanted}", platform.arch()),
        evidence: format!("{place} = {found}, expected {wanted}"),
        promised: wanted,
        found: Some(found),
    })
}

/// Whether a machine of the platform's level runs code of `level`. Floating point of MIPS is a convention, not a level.
fn fits(level: &Level, platform: Platform) -> bool {
    let is_mips = matches!(platform.arch(), Arch::Mips | Arch::Mipsle | Arch::Mips64 | Arch::Mips64le);
    match level {
        Level::Baseline => !is_mips || platform.variant().is_none(),
        Level::Named(variant) if is_mips => platform.variant() == Some(*variant),
        Level::Named(variant) => platform.variant().is_some_and(|promised| promised >= *variant),
        Level::Other(name) => platform.arch() == Arch::Arm && name.starts_with("v4"),
    }
}
