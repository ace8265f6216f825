//! Other people's words for the same thing, each mapped to the one that xbuild accepts.
//!
//! An alias is never accepted, only named in the error: two spellings of one platform would be two cell ids.

/// The right word for an operating system that someone else spells `word`.
pub fn right_os(word: &str) -> Option<&'static str> {
    Some(match word {
        "macos" | "macosx" | "osx" | "mac" | "apple" => "darwin",
        "win" | "win32" | "win64" | "mingw" | "msvc" => "windows",
        "gnu" | "gnu-linux" | "linux-gnu" | "linux-musl" => "linux",
        "wasi" | "wasm-wasi" | "wasip1-wasm" => "wasip1",
        "sunos" => "solaris",
        "browser" | "javascript" => "js",
        _ => return None,
    })
}

/// The right word (with a variant where the alias implies one) for an architecture that someone else spells `word`.
pub fn right_arch(word: &str) -> Option<&'static str> {
    Some(match word {
        "x86_64" | "x86-64" | "x64" | "amd" => "amd64",
        "aarch64" | "armv8" | "armv8l" | "arm64v8" | "arm64e" => "arm64",
        "x86" | "i386" | "i486" | "i586" | "i686" | "ia32" | "x86_32" => "386",
        "armv5" | "armv5l" | "armv5te" | "armel" | "arm32v5" => "arm/v5",
        "armv6" | "armv6l" | "armv6hf" | "arm32v6" => "arm/v6",
        "armv7" | "armv7a" | "armv7l" | "armv7hf" | "armhf" | "arm32v7" => "arm/v7",
        "powerpc64" => "ppc64",
        "powerpc64le" | "ppc64el" => "ppc64le",
        "riscv" | "riscv64gc" => "riscv64",
        "systemz" | "s390" => "s390x",
        "loongarch64" => "loong64",
        "mipsel" => "mipsle",
        "mips64el" => "mips64le",
        "wasm32" => "wasm",
        _ => return None,
    })
}
