//! The one place that decides what kind of archive a file is, by its first bytes and nothing else.

/// How many bytes decide.
pub const PREFIX: usize = 512;

/// A format that holds or compresses other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// `tar`.
    Tar,
    /// gzip, of a `tar` or of one file.
    Gzip,
    /// bzip2, of a `tar` or of one file.
    Bzip2,
    /// xz, of a `tar` or of one file.
    Xz,
    /// Zstandard, of a `tar` or of one file.
    Zstd,
    /// `zip`, also under the names `jar`, `apk`, `whl`.
    Zip,
    /// A Debian package: an `ar` of two archives.
    Deb,
    /// A format that is known and not looked into.
    Closed(&'static str),
}

impl Container {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
            Self::Deb => "Debian package",
            Self::Closed(name) => name,
        }
    }
}

const MAGIC: &[(&[u8], Container)] = &[
    (b"PK\x03\x04", Container::Zip),
    (b"PK\x05\x06", Container::Zip),
    (b"\x1f\x8b", Container::Gzip),
    (b"\xfd7zXZ\0", Container::Xz),
    (b"\x28\xb5\x2f\xfd", Container::Zstd),
    (b"!<arch>\ndebian-binary", Container::Deb),
    (b"7z\xbc\xaf\x27\x1c", Container::Closed("7z")),
    (b"\x04\x22\x4d\x18", Container::Closed("lz4")),
    (b"Rar!\x1a\x07", Container::Closed("rar")),
    (b"\xed\xab\xee\xdb", Container::Closed("rpm")),
];

/// What these first bytes begin; `None` where it is no archive.
pub fn recognise(first: &[u8]) -> Option<Container> {
    let magic = MAGIC.iter().find(|(magic, _)| first.starts_with(magic));
    let by_sums = || match () {
        () if is_bzip2(first) => Some(Container::Bzip2),
        () if is_tar(first) => Some(Container::Tar),
        () => None,
    };
    magic.map(|(_, container)| *container).or_else(by_sums)
}

/// `BZh`, the size of blocks, and the number that begins a block or the end: the three letters alone begin texts too.
fn is_bzip2(first: &[u8]) -> bool {
    let Some(([b'B', b'Z', b'h', b'1'..=b'9'], rest)) = first.split_first_chunk::<4>() else { return false };
    rest.starts_with(b"\x31\x41\x59\x26\x53\x59") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90")
}

/// A header whose sum is right: `ustar` stands in it, or it is from before that word.
pub(crate) fn is_tar(first: &[u8]) -> bool {
    let Some(block) = first.get(..PREFIX) else { return false };
    let stated = block[148..156].iter().skip_while(|byte| **byte == b' ');
    let digits: Vec<u8> = stated.copied().take_while(u8::is_ascii_digit).collect();
    let stated = std::str::from_utf8(&digits).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok());
    let Some(stated) = stated else { return false };
    let sum: u32 =
        block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    // An old header has no mark but its sum, and a block with nothing in it but spaces has that too.
    block[0] != 0 && stated == sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_bytes() {
        for (bytes, container) in MAGIC {
            assert_eq!(recognise(bytes), Some(*container), "{bytes:?}");
        }
        assert_eq!(recognise(b""), None);
        assert_eq!(recognise(b"PK"), None);
        assert_eq!(recognise(&[0; PREFIX]), None);
        assert_eq!(recognise(&[b' '; PREFIX]), None);
    }

    #[test]
    fn a_tar_is_known_by_its_sum() {
        let mut header = tar::Header::new_old();
        header.as_mut_bytes()[0] = b'a';
        header.set_size(0);
        header.set_cksum();
        assert_eq!(recognise(header.as_bytes()), Some(Container::Tar));
        header.as_mut_bytes()[0] = b'b';
        assert_eq!(recognise(header.as_bytes()), None);
    }
}
