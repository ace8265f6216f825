//! Facts against `expect`: what a user asked beyond the platform.
//!
//! Only here does an unknown fail, because the user asked for that very field; the reason is told with it.

use crate::facts::{Facts, Format, Linkage};
use crate::mismatch::{Code, Field, Mismatch, os_title};
use crate::{Expect, Kind, Promise, Version};

pub(crate) fn mismatches(facts: &Facts, promise: &Promise) -> Vec<Mismatch> {
    let expect = &promise.expect;
    let checks = [
        linkage(facts, expect),
        glibc(facts, expect),
        min_os(facts, promise),
        stripped(facts, expect),
        interpreter(facts, expect),
    ];
    checks.into_iter().flatten().collect()
}

fn unknown(field: Field, promised: String, facts: &Facts) -> Mismatch {
    let why = match (facts.packed, facts.kind) {
        (Some(packer), _) => format!("the program is packed ({packer}) and hides it"),
        (None, Kind::Object | Kind::StaticLibrary) => "objects that are not linked do not say it".to_owned(),
        (None, _) => "the bytes do not say it".to_owned(),
    };
    let headline = format!("of unknown {}", field.as_str().replace('_', " "));
    Mismatch { member: None, code: Code::Unknown, field, promised, found: None, headline, evidence: why }
}

fn linkage(facts: &Facts, expect: &Expect) -> Option<Mismatch> {
    let wanted = expect.linkage?;
    let Some(found) = facts.linkage else { return Some(unknown(Field::Linkage, wanted.to_string(), facts)) };
    (found != wanted).then(|| Mismatch {
        member: None,
        code: Code::Linkage,
        field: Field::Linkage,
        promised: wanted.to_string(),
        found: Some(found.to_string()),
        headline: format!("{}, not {}", linkage_title(found), linkage_title(wanted)),
        evidence: linkage_evidence(facts, found),
    })
}

const fn linkage_title(linkage: Linkage) -> &'static str {
    match linkage {
        Linkage::Static => "static",
        Linkage::StaticPie => "static and position-independent",
        Linkage::Dynamic => "dynamically linked",
    }
}

fn linkage_evidence(facts: &Facts, found: Linkage) -> String {
    let mut parts = Vec::new();
    if let Some(path) = &facts.interpreter {
        parts.push(format!("interpreter {path}"));
    }
    if !facts.needed.is_empty() {
        parts.push(format!("needs {}", listed(&facts.needed)));
    }
    if facts.links_libc_by_cgo() {
        parts.push("CGO_ENABLED=1 in Go's build info: cgo brought the C library in".to_owned());
    }
    match found {
        Linkage::Dynamic => parts.join("; "),
        Linkage::StaticPie => "no interpreter and no needed library, DF_1_PIE is set".to_owned(),
        Linkage::Static => "no interpreter, no needed library, a fixed address".to_owned(),
    }
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(5)].join(", ");
    if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
}

/// A program that needs no glibc keeps every promise about it.
fn glibc(facts: &Facts, expect: &Expect) -> Option<Mismatch> {
    let most = expect.glibc_max?;
    if facts.packed.is_some() {
        return Some(unknown(Field::GlibcFloor, most.to_string(), facts));
    }
    let found = facts.glibc_floor.filter(|floor| *floor > most)?;
    Some(Mismatch {
        member: None,
        code: Code::Glibc,
        field: Field::GlibcFloor,
        promised: most.to_string(),
        found: Some(found.to_string()),
        headline: format!("made for glibc {found}, not {most}"),
        evidence: format!(".gnu.version_r needs GLIBC_{found}, expected at most GLIBC_{most}"),
    })
}

fn min_os(facts: &Facts, promise: &Promise) -> Option<Mismatch> {
    let wanted = promise.expect.min_os?;
    let Some(found) = facts.min_os else { return Some(unknown(Field::MinOs, wanted.to_string(), facts)) };
    let title = os_title(promise.platform.os());
    (found > wanted).then(|| Mismatch {
        member: None,
        code: Code::MinOs,
        field: Field::MinOs,
        promised: wanted.to_string(),
        found: Some(found.to_string()),
        headline: format!("made for {title} {found}, not {wanted}"),
        evidence: min_os_evidence(facts, found, wanted),
    })
}

fn min_os_evidence(facts: &Facts, found: Version, wanted: Version) -> String {
    let place = match facts.format {
        Some(Format::Pe) => "the subsystem version",
        _ => "the minimum version of the load command",
    };
    format!("{place} is {found}, expected at most {wanted}")
}

fn stripped(facts: &Facts, expect: &Expect) -> Option<Mismatch> {
    let wanted = expect.stripped?;
    let Some(found) = facts.stripped else { return Some(unknown(Field::Stripped, wanted.to_string(), facts)) };
    (found != wanted).then(|| Mismatch {
        member: None,
        code: Code::Stripped,
        field: Field::Stripped,
        promised: wanted.to_string(),
        found: Some(found.to_string()),
        headline: if found { "stripped" } else { "not stripped" }.to_owned(),
        evidence: if found {
            "neither a symbol table nor debug information is in the file"
        } else {
            "a symbol table or debug information is in the file"
        }
        .to_owned(),
    })
}

fn interpreter(facts: &Facts, expect: &Expect) -> Option<Mismatch> {
    let wanted = expect.interpreter.as_ref().filter(|wanted| Some(*wanted) != facts.interpreter.as_ref())?;
    if facts.packed.is_some() {
        return Some(unknown(Field::Interpreter, wanted.clone(), facts));
    }
    let found = facts.interpreter.as_deref().unwrap_or("nothing");
    Some(Mismatch {
        member: None,
        code: Code::Interpreter,
        field: Field::Interpreter,
        promised: wanted.clone(),
        found: facts.interpreter.clone(),
        headline: format!("started by {found}, not {wanted}"),
        evidence: format!("the interpreter is {found}, expected {wanted}"),
    })
}
