//! One small file of each shape that is read, sound before a test breaks it.

use super::{Elf, Macho, ar, pe, universal, wasm};

/// One file of each shape, small enough to break at every byte.
pub(crate) fn shapes() -> Vec<Vec<u8>> {
    let mut dynamic = Elf::new(62, 64, false);
    dynamic.interpreter("/lib64/ld-linux-x86-64.so.2");
    dynamic.note("GNU", 5, &[2, 0x80, 0, 0xc0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
    let strings = dynamic.put(b"\0libc.so.6\0GLIBC_2.34\0");
    let needs = dynamic.put(&[1, 0, 1, 0, 1, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 11, 0, 0, 0]);
    dynamic.dynamic(&[(1, 1), (5, strings), (0x6fff_fffe, needs), (0x6fff_ffff, 1)]);
    let narrow = Elf::new(8, 32, true);
    let mac = Macho::new(Macho::ARM64).bytes();
    let mut plan9 = [0x8a97_u32, 8, 8, 0, 0, 1, 0, 0, 0, 0].map(u32::to_be_bytes).concat();
    plan9.resize(64, 0);
    vec![
        universal(&[(Macho::ARM64, mac.clone())]),
        ar(&[("a.o", dynamic.bytes()), ("b.o", narrow.bytes())]),
        dynamic.bytes(),
        narrow.bytes(),
        mac,
        pe(0x8664, 3, true),
        wasm(&["gojs", "env"]),
        plan9,
        xcoff(),
        go_elf(62, 64, &[("CGO_ENABLED", "0"), ("GOOS", "linux")]).bytes(),
    ]
}

/// A 64-bit XCOFF file with a loader section that imports one library.
fn xcoff() -> Vec<u8> {
    let mut bytes = vec![1, 0xf7, 0, 1];
    bytes.resize(18, 0);
    bytes.extend([0, 2, 0, 0, 0, 0]);
    let mut section = b".loader\0".to_vec();
    section.extend([0_u64, 0, 96, 96, 0, 0].iter().flat_map(|word| word.to_be_bytes()));
    section.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0]);
    bytes.extend(section);
    let mut loader = [0_u32, 0, 0, 0, 2, 0, 0, 56].map(u32::to_be_bytes).concat();
    loader.resize(56, 0);
    loader.extend(b"/usr/lib\0\0\0\0libc.a\0shr_64.o\0");
    loader.resize(96, 0);
    bytes.extend(loader);
    bytes
}

/// The inline build info blob of Go, as the linker writes it.
fn go_blob(settings: &[(&str, &str)]) -> Vec<u8> {
    let mut text = "path\texample.com/a\n".to_owned();
    for (key, value) in settings {
        text.push_str(&format!("build\t{key}={value}\n"));
    }
    let mut blob = b"\xff Go buildinf:\x08\x02".to_vec();
    blob.resize(32, 0);
    blob.push(8);
    blob.extend(b"go1.26.8");
    let length = text.len() + 32;
    blob.extend([(length & 0x7f) as u8 | 0x80, (length >> 7) as u8]);
    blob.extend([[7; 16].as_slice(), text.as_bytes(), &[8; 16]].concat());
    blob
}

/// Build info as it has been written since Go 1.18, and before, with pointers, for data that is loaded at `base`.
pub(crate) fn go_blobs(base: u64) -> Vec<Vec<u8>> {
    let mut pointed = b"\xff Go buildinf:\x08\x00".to_vec();
    // Two headers of strings follow the blob, then what they point at.
    let words = [base + 0x20, base + 0x30, base + 0x40, 6, base + 0x46, 40];
    pointed.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    pointed.extend([b"go1.17".as_slice(), &[7; 16], b"path\tx\n\n", &[8; 16]].concat());
    vec![
        go_blob(&[("GOOS", "linux"), ("GOARCH", "amd64"), ("GOAMD64", "v3"), ("-ldflags", "\"-s \\u0041\"")]),
        go_blob(&[]),
        pointed,
    ]
}

/// A static Go program: its build info in the first writable segment, no section table.
pub(crate) fn go_elf(machine: u16, bits: u8, settings: &[(&str, &str)]) -> Elf {
    let mut elf = Elf::new(machine, bits, false);
    let blob = go_blob(settings);
    elf.part(1, &blob);
    if let Some(data) = elf.segments.last_mut() {
        data.flags = 6;
    }
    elf
}
