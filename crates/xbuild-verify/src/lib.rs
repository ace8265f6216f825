//! What any file is, from its bytes, and how that differs from what was promised.
//!
//! [`inspect`] reads [`Facts`] out of ELF, Mach-O, PE, WebAssembly, XCOFF, Plan 9 and `ar` files; [`verify`] compares them
//! with a [`Promise`]. Facts are what the bytes prove: what they do not say is `None`, never a guess, and a file that
//! contradicts itself is a problem, not a choice between two answers. [`inspect_source`] reads the same out of anything that can
//! be read at a place, and no more of it than that takes. No input makes it panic, and what it allocates is bounded by
//! constants.
//!
//! ```
//! use xbuild_verify::{Promise, Verdict, inspect, platform_of, verify};
//!
//! // The header of a static 64-bit Linux program for x86-64, and one segment that loads it.
//! let mut program = b"\x7fELF\x02\x01\x01\x03".to_vec();
//! program.resize(16, 0);
//! program.extend([2, 0, 62, 0, 1, 0, 0, 0]);
//! program.extend([0x78_u64, 64, 0].iter().flat_map(|word| word.to_le_bytes()));
//! program.extend([0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
//! program.extend([1, 0, 0, 0, 5, 0, 0, 0]);
//! program.extend([0_u64, 0, 0, 120, 120, 1].iter().flat_map(|word| word.to_le_bytes()));
//!
//! let facts = inspect(&program);
//! assert_eq!(platform_of(&facts).as_deref(), Some("linux/amd64"));
//!
//! let verification = verify(&facts, &Promise::new("linux/arm64".parse()?));
//! assert_eq!(verification.verdict(), Verdict::Mismatch);
//! let mismatch = &verification.mismatches()[0];
//! assert_eq!(mismatch.code().to_string(), "machine-mismatch");
//! assert_eq!(mismatch.evidence(), "ELF header, e_machine = 62 (x86-64), expected 183 (AArch64)");
//! # Ok::<(), xbuild_platform::PlatformError>(())
//! ```
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
