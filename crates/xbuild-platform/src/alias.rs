//! Other people's words for the same thing, each mapped to the one that xbuild accepts.
//!
//! An alias is never accepted, only named in the error: two spellings of one platform would be two cell ids.

/// Other people's words for operating systems, each with the right one.
pub const OS_ALIASES: [(&str, &str); 20] = [
    ("macos", "darwin"),
    ("macosx", "darwin"),
    ("osx", "darwin"),
    ("mac", "darwin"),
    ("apple", "darwin"),
    ("win", "windows"),
    ("win32", "windows"),
    ("win64", "windows"),
    ("mingw", "windows"),
    ("msvc", "windows"),
    ("gnu", "linux"),
    ("gnu-linux", "linux"),
    ("linux-gnu", "linux"),
    ("linux-musl", "linux"),
    ("wasi", "wasip1"),
    ("wasm-wasi", "wasip1"),
    ("wasip1-wasm", "wasip1"),
    ("sunos", "solaris"),
    ("browser", "js"),
    ("javascript", "js"),
];

/// Other people's words for architectures, each with the right one, and a variant where the word implies one.
pub const ARCH_ALIASES: [(&str, &str); 42] = [
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("x64", "amd64"),
    ("amd", "amd64"),
    ("aarch64", "arm64"),
    ("armv8", "arm64"),
    ("armv8l", "arm64"),
    ("arm64v8", "arm64"),
    ("arm64e", "arm64"),
    ("x86", "386"),
    ("i386", "386"),
    ("i486", "386"),
    ("i586", "386"),
    ("i686", "386"),
    ("ia32", "386"),
    ("x86_32", "386"),
    ("armv5", "arm/v5"),
    ("armv5l", "arm/v5"),
    ("armv5te", "arm/v5"),
    ("armel", "arm/v5"),
    ("arm32v5", "arm/v5"),
    ("armv6", "arm/v6"),
    ("armv6l", "arm/v6"),
    ("armv6hf", "arm/v6"),
    ("arm32v6", "arm/v6"),
    ("armv7", "arm/v7"),
    ("armv7a", "arm/v7"),
    ("armv7l", "arm/v7"),
    ("armv7hf", "arm/v7"),
    ("armhf", "arm/v7"),
    ("arm32v7", "arm/v7"),
    ("powerpc64", "ppc64"),
    ("powerpc64le", "ppc64le"),
    ("ppc64el", "ppc64le"),
    ("riscv", "riscv64"),
    ("riscv64gc", "riscv64"),
    ("systemz", "s390x"),
    ("s390", "s390x"),
    ("loongarch64", "loong64"),
    ("mipsel", "mipsle"),
    ("mips64el", "mips64le"),
    ("wasm32", "wasm"),
];

/// The right word for an operating system that someone else spells `word`.
pub fn right_os(word: &str) -> Option<&'static str> {
    right(&OS_ALIASES, word)
}

/// The right word (with a variant where the alias implies one) for an architecture that someone else spells `word`.
pub fn right_arch(word: &str) -> Option<&'static str> {
    right(&ARCH_ALIASES, word)
}

fn right(aliases: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    aliases.iter().find(|(alias, _)| *alias == word).map(|(_, right)| *right)
}
