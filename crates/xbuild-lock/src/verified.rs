//! Which facts of an artifact the lock promises: those that change only when a decision changes.

use xbuild_verify::Facts;

use crate::model::{Value, Verified};

/// The facts for the lock. Left out: what a source edit may move (sizes, build paths, hardening of single objects).
pub fn verified(facts: &Facts) -> Verified {
    let mut out = Verified::default();
    let text = |value: &dyn std::fmt::Display| vec![Value::Text(value.to_string())];
    let mut put = |name: &str, values: Option<Vec<Value>>| {
        out.facts.extend(values.map(|values| (name.to_owned(), values)));
    };
    put("format", facts.format.map(|format| text(&format)));
    put("os", facts.os.map(|os| text(&os)));
    put("arch", facts.arch.map(|arch| text(&arch)));
    put("variant", facts.variant.as_ref().and_then(|level| level.name()).map(|name| text(&name)));
    put("bits", facts.bits.map(|bits| vec![Value::Number(bits.into())]));
    put("endian", facts.endian.map(|endian| text(&endian)));
    put("machine", facts.machine.map(|machine| vec![Value::Number(i128::from(machine.number()))]));
    put("linkage", facts.linkage.map(|linkage| text(&linkage)));
    put("interpreter", facts.interpreter.as_ref().map(|path| text(path)));
    let needed: Vec<Value> = facts.needed.iter().map(|name| Value::Text(name.clone())).collect();
    put("needed", (!needed.is_empty()).then_some(needed));
    put("glibc-floor", facts.glibc_floor.as_ref().map(|version| text(version)));
    put("min-os", facts.min_os.as_ref().map(|version| text(version)));
    put("go", facts.go.as_ref().map(|go| text(&go.version)));
    out
}
