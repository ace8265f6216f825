//! What any file is, from its bytes, and how that differs from what was promised.
//!
//! [`inspect`] reads [`Facts`] out of ELF, Mach-O, PE, WebAssembly, XCOFF, Plan 9 and `ar` files; [`verify`] compares them
//! with a [`Promise`]. Facts are what the bytes prove: what they do not say is `None`, never a guess, and a file that
//! contradicts itself is a problem, not a choice between two answers. [`inspect_source`] reads the same out of anything that can
//! be read at a place, and no more of it than that takes. No input makes it panic, and what it allocates is bounded by
//! constants.
//!
//! It does not open files, does not look at their names, does not run tools and does not look inside compressed
//! archives; the callers do.

mod ar;
mod bytes;
mod coff;
mod compare;
mod elf;
mod expectation;
mod facts;
mod go;
mod leak;
mod machine;
mod macho;
mod mismatch;
mod pe;
mod plan9;
mod problem;
mod promise;
mod sniff;
mod source;
mod version;
mod wasm;
mod words;
mod xcoff;

pub use compare::verify;
pub use facts::{
    Facts, Format, Hardening, Kind, Level, Libc, Linkage, OsSource, Packer, Relro, Slice, VariantSource, platform_of,
};
pub use go::{GoInfo, GoModule, GoSettings};
pub use leak::{leaks, leaks_in};
pub use machine::{Machine, arch_title};
pub use mismatch::{Code, Field, Mismatch, Verdict, Verification};
pub use problem::Problem;
pub use promise::{Expect, Output, Promise, native_format};
pub use sniff::{Inspection, inspect, inspect_source};
pub use source::{MOST_HELD, Source, SourceError};
pub use version::{Version, VersionError};
