//! What a planned cell promises of its artifacts, as the verifier takes it.

use xbuild_model::{Expectation, Origin, Spanned, Template, Value};
use xbuild_plan::matrix::Form;
use xbuild_plan::{Expected, PlannedCell};
use xbuild_verify::{Expect, Field, Linkage, Mismatch, Output, Promise};

/// The promise of a cell; `None` for `noarch`, which promises no platform.
pub fn promise(cell: &PlannedCell) -> Option<Promise> {
    let mut promise = Promise::new(cell.identity.platform?).of(output(cell.form));
    promise.expect = expect(&cell.expectations);
    Some(promise)
}

const fn output(form: Option<Form>) -> Output {
    match form {
        None => Output::Any,
        Some(Form::Program) => Output::Executable,
        Some(Form::StaticLibrary) => Output::StaticLibrary,
        Some(Form::SharedLibrary) => Output::SharedLibrary,
    }
}

fn expect(expectations: &[Expected]) -> Expect {
    let mut expect = Expect::default();
    for Expected { expectation, value, .. } in expectations {
        let text = match value {
            Value::Text(text) => text_of(text),
            _ => String::new(),
        };
        // The configuration has checked these texts; one that does not read asks for nothing.
        match expectation {
            Expectation::Linkage => expect.linkage = Linkage::from_name(&text),
            Expectation::GlibcMax => expect.glibc_max = text.parse().ok(),
            Expectation::MinOs => expect.min_os = text.parse().ok(),
            Expectation::Interpreter => expect.interpreter = Some(text),
            Expectation::Stripped => expect.stripped = if let Value::Bool(flag) = value { Some(*flag) } else { None },
        }
    }
    expect
}

/// `expect` takes no placeholders: its strings are literal.
fn text_of(text: &Spanned<Template>) -> String {
    text.expand(|placeholder| Ok::<_, std::convert::Infallible>(format!("{{{placeholder}}}"))).unwrap_or_default()
}

/// Where the promise that was broken is written: the line of `expect`, or that of the platform.
pub fn origin(cell: &PlannedCell, mismatch: &Mismatch) -> Option<Origin> {
    let expectation = match mismatch.field() {
        Field::Linkage => Some(Expectation::Linkage),
        Field::GlibcFloor => Some(Expectation::GlibcMax),
        Field::MinOs => Some(Expectation::MinOs),
        Field::Interpreter => Some(Expectation::Interpreter),
        Field::Stripped => Some(Expectation::Stripped),
        _ => None,
    };
    let stated = cell.expectations.iter().find(|expected| Some(expected.expectation) == expectation);
    stated.and_then(|expected| expected.origin).or(cell.identity.platform_origin)
}
