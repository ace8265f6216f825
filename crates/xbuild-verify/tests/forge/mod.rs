//! Forged files: the few bytes of each format that a test is about, so that every field can be made to lie.

pub(crate) mod shapes;

/// One program header of a forged ELF file.
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) offset: u64,
    pub(crate) address: u64,
    pub(crate) file_size: u64,
}

/// A forged ELF file: a header, program headers, and content behind them at [`Elf::CONTENT`].
#[derive(Clone)]
pub(crate) struct Elf {
    pub(crate) bits: u8,
    pub(crate) big: bool,
    pub(crate) os_abi: u8,
    pub(crate) file_type: u16,
    pub(crate) machine: u16,
    pub(crate) flags: u32,
    pub(crate) segments: Vec<Segment>,
    pub(crate) content: Vec<u8>,
}

impl Elf {
    /// Where the content begins in the file; the first segment loads the file at address 0.
    pub(crate) const CONTENT: u64 = 0x400;

    /// A static executable for a machine number.
    pub(crate) fn new(machine: u16, bits: u8, big: bool) -> Self {
        let content = vec![0x90; 64];
        let whole = Segment { kind: 1, flags: 5, offset: 0, address: 0, file_size: Self::CONTENT + 64 };
        Self { bits, big, os_abi: 0, file_type: 2, machine, flags: 0, segments: vec![whole], content }
    }

    /// Puts bytes into the content and returns where they begin; the loaded segment grows with them.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = Self::CONTENT + self.content.len() as u64;
        self.content.extend(bytes);
        self.content.resize(self.content.len().next_multiple_of(16), 0);
        self.segments[0].file_size = Self::CONTENT + self.content.len() as u64;
        at
    }

    /// Puts bytes into the content and a segment over them.
    pub(crate) fn part(&mut self, kind: u32, bytes: &[u8]) {
        let offset = self.put(bytes);
        self.segments.push(Segment { kind, flags: 4, offset, address: offset, file_size: bytes.len() as u64 });
    }

    pub(crate) fn interpreter(&mut self, path: &str) {
        self.part(3, format!("{path}\0").as_bytes());
    }

    /// A note of the common shape.
    pub(crate) fn note(&mut self, name: &str, kind: u32, content: &[u8]) {
        let name = format!("{name}\0");
        let mut bytes = [name.len() as u32, content.len() as u32, kind].map(|n| self.number(n.into(), 4)).concat();
        bytes.extend(name.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(content);
        self.part(4, &bytes);
    }

    /// `PT_DYNAMIC` with these entries and an end.
    pub(crate) fn dynamic(&mut self, entries: &[(u64, u64)]) {
        let word = usize::from(self.bits / 8);
        let mut bytes = Vec::new();
        for (tag, value) in entries.iter().chain(&[(0, 0)]) {
            bytes.extend(self.number(*tag, word));
            bytes.extend(self.number(*value, word));
        }
        self.part(2, &bytes);
    }

    /// A number in the file's byte order.
    pub(crate) fn number(&self, value: u64, size: usize) -> Vec<u8> {
        number(value, size, self.big)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let word = usize::from(self.bits / 8);
        let (header, segment, section) = if word == 4 { (52, 32, 40) } else { (64, 56, 64) };
        let mut bytes = vec![0x7f, b'E', b'L', b'F', self.bits / 32, 1 + u8::from(self.big), 1, self.os_abi];
        bytes.resize(16, 0);
        let fields = [
            (u64::from(self.file_type), 2),
            (u64::from(self.machine), 2),
            (1, 4),
            (0x400, word),
            (header, word),
            (0, word),
            (u64::from(self.flags), 4),
            (header, 2),
            (segment, 2),
            (self.segments.len() as u64, 2),
            (section, 2),
            (0, 2),
            (0, 2),
        ];
        bytes.extend(fields.iter().flat_map(|(value, size)| self.number(*value, *size)));
        bytes.extend(self.segments.iter().flat_map(|segment| self.segment(segment)));
        assert!(bytes.len() as u64 <= Self::CONTENT);
        bytes.resize(Self::CONTENT as usize, 0);
        bytes.extend(&self.content);
        bytes
    }

    fn segment(&self, segment: &Segment) -> Vec<u8> {
        let Segment { kind, flags, offset, address, file_size } = *segment;
        let words = [offset, address, address, file_size, file_size].map(|value| {
            let size = usize::from(self.bits / 8);
            self.number(value, size)
        });
        let (kind, flags) = (self.number(kind.into(), 4), self.number(flags.into(), 4));
        let align = self.number(1, usize::from(self.bits / 8));
        if self.bits == 32 {
            [kind, words.concat(), flags, align].concat()
        } else {
            [kind, flags, words.concat(), align].concat()
        }
    }
}

/// A number of `size` bytes.
pub(crate) fn number(value: u64, size: usize, big: bool) -> Vec<u8> {
    if big { value.to_be_bytes()[8 - size..].to_vec() } else { value.to_le_bytes()[..size].to_vec() }
}

fn little(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A 64-bit Mach-O program of one segment, with load commands.
pub(crate) struct Macho {
    pub(crate) cpu: u32,
    pub(crate) file_type: u32,
    pub(crate) commands: Vec<Vec<u8>>,
}

impl Macho {
    pub(crate) const X86_64: u32 = 0x0100_0007;
    pub(crate) const ARM64: u32 = 0x0100_000c;
    const SIZE: u64 = 0x800;

    /// A program for macOS 12 with a UUID and, at the end of the file, a signature.
    pub(crate) fn new(cpu: u32) -> Self {
        let mut macho = Self { cpu, file_type: 2, commands: Vec::new() };
        macho.segment(0, Self::SIZE);
        macho.command(0x32, &[1, 12 << 16, 14 << 16, 0]);
        macho.command(0x1b, &[1, 2, 3, 4]);
        macho.command(0x1d, &[0x7f0, 16]);
        macho
    }

    pub(crate) fn command(&mut self, kind: u32, words: &[u32]) {
        self.commands.push([little(&[kind, 8 + 4 * words.len() as u32]), little(words)].concat());
    }

    pub(crate) fn without(mut self, kind: u32) -> Self {
        self.commands.retain(|command| command[..4] != kind.to_le_bytes());
        self
    }

    fn segment(&mut self, offset: u64, size: u64) {
        let mut body = b"__TEXT".to_vec();
        body.resize(16, 0);
        body.extend([0x1_0000_0000, size, offset, size].iter().flat_map(|word: &u64| word.to_le_bytes()));
        body.extend(little(&[7, 5, 0, 0]));
        self.commands.push([little(&[0x19, 72]), body].concat());
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let size: usize = self.commands.iter().map(Vec::len).sum();
        let header = [0xfeed_facf, self.cpu, 0, self.file_type, self.commands.len() as u32, size as u32, 0x20_0000, 0];
        let mut bytes = [little(&header), self.commands.concat()].concat();
        bytes.resize(Self::SIZE as usize, 0);
        bytes
    }
}

/// A universal file of these slices, each with the machine that the table claims for it.
pub(crate) fn universal(slices: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut table = [0xcafe_babe_u32, slices.len() as u32].map(u32::to_be_bytes).concat();
    let mut content = Vec::new();
    for (cpu, bytes) in slices {
        let offset = 0x1000 + content.len() as u32;
        table.extend([*cpu, 0, offset, bytes.len() as u32, 10].map(u32::to_be_bytes).concat());
        content.extend(bytes);
        content.resize(content.len().next_multiple_of(0x400), 0);
    }
    table.resize(0x1000, 0);
    [table, content].concat()
}

/// A 64-bit PE program with one section, and a load configuration that points at hybrid metadata where `hybrid`.
pub(crate) fn pe(machine: u16, subsystem: u16, hybrid: bool) -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(0x3c, 0);
    bytes.extend(0x40_u32.to_le_bytes());
    bytes.extend(b"PE\0\0");
    bytes.extend(machine.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(little(&[0, 0, 0]));
    bytes.extend([240_u16, 0x22].map(u16::to_le_bytes).concat());
    let mut optional = vec![0; 240];
    optional[..2].copy_from_slice(&0x20b_u16.to_le_bytes());
    optional[48..52].copy_from_slice(&[6, 0, 1, 0]);
    optional[68..72].copy_from_slice(&[subsystem.to_le_bytes(), 0x140_u16.to_le_bytes()].concat());
    optional[108..112].copy_from_slice(&16_u32.to_le_bytes());
    if hybrid {
        optional[112 + 80..112 + 88].copy_from_slice(&little(&[0x1000, 208]));
    }
    bytes.extend(optional);
    let mut name = b".text".to_vec();
    name.resize(8, 0);
    bytes.extend(name);
    bytes.extend(little(&[0x200, 0x1000, 0x200, 0x200, 0, 0, 0, 0x6000_0020]));
    bytes.resize(0x200, 0);
    let mut section = vec![0; 0x200];
    section[..4].copy_from_slice(&208_u32.to_le_bytes());
    section[200] = 1;
    bytes.extend(section);
    bytes
}

/// A .NET program with these flags in its CLI header: PE32 for i386, as those for any machine are.
pub(crate) fn clr(flags: u32) -> Vec<u8> {
    let mut bytes = pe(0x14c, 3, false);
    let optional = 0x58;
    bytes[optional..optional + 2].copy_from_slice(&0x10b_u16.to_le_bytes());
    bytes[optional + 92..optional + 96].copy_from_slice(&16_u32.to_le_bytes());
    let directory = optional + 96 + 14 * 8;
    bytes[directory..directory + 8].copy_from_slice(&little(&[0x1100, 72]));
    bytes[0x310..0x314].copy_from_slice(&flags.to_le_bytes());
    bytes
}

/// A core module that imports a function from each of these modules, by a name that may stand behind a blank, and has a section of
/// exports.
pub(crate) fn wasm(imports: &[&str]) -> Vec<u8> {
    let mut body = vec![imports.len() as u8];
    for import in imports {
        let (module, name) = import.split_once(' ').unwrap_or((import, "f"));
        for text in [module, name] {
            body.push(text.len() as u8);
            body.extend(text.as_bytes());
        }
        body.extend([0, 0]);
    }
    [b"\0asm\x01\0\0\0\x02".as_slice(), &[body.len() as u8], &body, &[7, 1, 0]].concat()
}

/// An `ar` file of these members.
pub(crate) fn ar(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let name = format!("{name}/");
        bytes.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len()).into_bytes());
        bytes.extend(content);
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}
