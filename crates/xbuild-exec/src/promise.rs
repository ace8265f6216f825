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

#[cfg(test)]
mod tests {
    use xbuild_verify::{inspect, verify};

    use super::*;
    use crate::testing::{amd64_program, cell};

    fn text(value: &str) -> Value {
        Value::Text(Spanned::new(Template::literal(value), Origin::default()))
    }

    fn with(expectation: Expectation, value: Value, at: Option<usize>) -> PlannedCell {
        let mut cell = cell("app", "amd64");
        let origin = at.map(|offset| Origin { offset, length: 1 });
        cell.expectations.push(Expected { expectation, value, origin });
        cell
    }

    fn expected(expectation: Expectation, value: Value) -> Expect {
        promise(&with(expectation, value, None)).expect("a platform").expect
    }

    #[test]
    fn a_cell_promises_its_platform_and_its_form() {
        let mut cell = cell("app", "amd64");
        let promised = promise(&cell).expect("a platform");
        assert_eq!((promised.platform.to_string().as_str(), promised.output), ("linux/amd64", Output::Executable));
        let forms = [
            (None, Output::Any),
            (Some(Form::StaticLibrary), Output::StaticLibrary),
            (Some(Form::SharedLibrary), Output::SharedLibrary),
        ];
        for (form, output) in forms {
            cell.form = form;
            assert_eq!(promise(&cell).map(|promise| promise.output), Some(output));
        }
        cell.identity.platform = None;
        assert!(promise(&cell).is_none());
    }

    #[test]
    fn every_expectation_is_promised() {
        assert_eq!(expected(Expectation::Linkage, text("static-pie")).linkage, Some(Linkage::StaticPie));
        assert_eq!(expected(Expectation::GlibcMax, text("2.31")).glibc_max, "2.31".parse().ok());
        assert_eq!(expected(Expectation::MinOs, text("12.0")).min_os, "12.0".parse().ok());
        assert_eq!(expected(Expectation::Interpreter, text("/lib/ld")).interpreter.as_deref(), Some("/lib/ld"));
        assert_eq!(expected(Expectation::Stripped, Value::Bool(true)).stripped, Some(true));
    }

    #[test]
    fn a_broken_promise_is_traced_to_the_line_that_made_it() {
        let check = |cell: &PlannedCell, expect: usize| {
            let verification = verify(&inspect(&amd64_program()), &promise(cell).expect("a platform"));
            let mismatch = verification.mismatches().first().expect("a mismatch");
            assert_eq!(origin(cell, mismatch).map(|origin| origin.offset), Some(expect), "{mismatch:?}");
        };
        check(&cell("app", "arm64"), 10);
        check(&with(Expectation::Linkage, text("dynamic"), Some(77)), 77);
        // What xbuild expects by itself is written nowhere: the platform is the nearest line.
        check(&with(Expectation::Linkage, text("dynamic"), None), 10);
    }
}
