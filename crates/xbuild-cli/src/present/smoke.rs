//! A smoke run as people and as programs read it.

use serde_json::{Value, json};
use xbuild_smoke::{Ended, Report, Verdict};

/// In JSON: `null` where there was none to make.
pub(crate) fn document(report: Option<&Report>) -> Value {
    let Some(report) = report else { return Value::Null };
    json!({
        "runner": report.runner.as_ref().map(ToString::to_string),
        "argv": report.argv,
        "exit": report.ended.and_then(Ended::exit),
        "signal": report.ended.and_then(Ended::signal),
        "verdict": report.verdict.as_str(),
        "reason": report.verdict.reason(),
        "elapsed_ms": u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

/// In a table: the verdict, and who ran it.
pub(crate) fn sentence(report: Option<&Report>) -> String {
    let Some(report) = report else { return "-".to_owned() };
    match (&report.verdict, &report.runner) {
        (Verdict::NotRun(_) | Verdict::Cancelled, _) | (_, None) => "not run".to_owned(),
        (Verdict::Refused { .. }, Some(runner)) => format!("refused by {runner}"),
        (verdict, Some(runner)) => format!("{verdict} ({runner})"),
    }
}
