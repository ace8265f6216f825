//! WebAssembly: core modules and components.
//!
//! A module has no header beyond its version: what it imports names its host, and custom sections name its producers.
//! Go's build info has no section here; its framed text lies in the data. Layouts are those of the core specification and
//! of the tool conventions.

use xbuild_platform::{Arch, Endian, Os};

use crate::bytes::View;
use crate::facts::{Facts, Format, Kind, OsSource};
use crate::go::{self, buildinfo};
use crate::machine::Machine;

const MAGIC: u32 = 0x6d73_6100;
const CORE: [u8; 4] = [1, 0, 0, 0];
const COMPONENT: [u8; 4] = [0x0d, 0, 1, 0];
const MOST_SECTIONS: usize = 65_536;
const MOST_IMPORTS: u64 = 65_536;
const MOST_PRODUCERS: usize = 16;
/// How far imports and names of tools are read.
const MOST_READ: u64 = 4 << 20;
/// How many modules may be imported from.
const MOST_MODULES: usize = 1024;

/// Bits of a memory's limits: a highest size, 64-bit addresses, a page size of its own.
const BOUNDED: u8 = 1;
const WIDE: u8 = 4;
const PAGED: u8 = 8;

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const MEMORY: u8 = 5;
const EXPORT: u8 = 7;
const CODE: u8 = 10;
const DATA: u8 = 11;

#[derive(Default)]
struct Module<'a> {
    imports: Imports,
    is_wide: bool,
    has_exports: bool,
    /// How many functions are declared, and how many bodies follow.
    functions: (u64, u64),
    data: Option<View<'a>>,
    producers: Vec<(String, String)>,
    has_names: bool,
    is_object: bool,
    is_library: bool,
}

pub(crate) fn inspect(view: View<'_>) -> Facts {
    let mut facts = Facts::of_machine(Kind::Executable, Format::Wasm, Machine::magic(MAGIC, Arch::Wasm));
    facts.endian = Some(Endian::Little);
    let view = view.with(Endian::Little);
    let version = view.slice(4, 4);
    if version == Some(&COMPONENT) {
        facts.abi = Some("component".into());
    } else if version.is_some_and(|version| version != CORE) {
        facts.malformed("the version is neither a core module's nor a component's");
        return facts;
    } else if version.is_none() {
        facts.truncated("the WebAssembly header", 8, view.len());
        return facts;
    }
    let is_core = version == Some(&CORE);
    let module = read(view, is_core, &mut facts);
    let (declared, bodies) = module.functions;
    if declared != bodies && facts.problems.is_empty() {
        facts.malformed(format!("{declared} functions are declared and {bodies} have a body"));
    }
    facts.kind = module.kind(is_core);
    describe(&module, &mut facts);
    facts
}

/// Walks the sections; only a core module's are looked into.
fn read<'a>(view: View<'a>, is_core: bool, facts: &mut Facts) -> Module<'a> {
    let mut module = Module::default();
    let mut at = 8;
    for _ in 0..MOST_SECTIONS {
        let Some(id) = view.u8(at) else { break };
        let Some((size, start)) = view.uvarint(at + 1) else {
            facts.truncated(format!("section {id} at byte {at}"), view.len() + 1, view.len());
            break;
        };
        let Some(body) = view.part(start, size) else {
            facts.truncated(format!("section {id} at byte {at}"), start.saturating_add(size), view.len());
            break;
        };
        if is_core {
            module.take(id, body);
        }
        at = start + size;
    }
    module
}

impl<'a> Module<'a> {
    fn take(&mut self, id: u8, body: View<'a>) {
        match id {
            CUSTOM => self.custom(body),
            IMPORT => self.imports(body),
            MEMORY => self.is_wide |= body.u8(1).is_some_and(|flags| flags & WIDE != 0),
            EXPORT => self.has_exports = true,
            FUNCTION => self.functions.0 = body.uvarint(0).map_or(0, |(count, _)| count),
            CODE => self.functions.1 = body.uvarint(0).map_or(0, |(count, _)| count),
            DATA => self.data = Some(body),
            _ => {}
        }
    }

    /// A module that exports nothing cannot be run: it may be the beginning of one.
    fn kind(&self, is_core: bool) -> Kind {
        match (self.is_object, self.is_library) {
            (true, _) => Kind::Object,
            (_, true) => Kind::SharedLibrary,
            _ if self.has_exports || !is_core => Kind::Executable,
            _ => Kind::Unknown,
        }
    }

    fn imports(&mut self, body: View<'_>) {
        if let Some(imports) = imports(body) {
            self.is_wide |= imports.is_wide;
            self.imports = imports;
        }
    }

    fn custom(&mut self, body: View<'a>) {
        let mut reader = Reader { view: body.cut(0, MOST_READ), at: 0 };
        match reader.bytes() {
            Some(b"name") => self.has_names = true,
            Some(b"producers") => self.producers = producers(reader).unwrap_or_default(),
            Some(b"linking") => self.is_object = true,
            Some(b"dylink.0" | b"dylink") => self.is_library = true,
            Some(name) if name.starts_with(b".debug_") => self.has_names = true,
            _ => {}
        }
    }
}

fn describe(module: &Module<'_>, facts: &mut Facts) {
    facts.bits = Some(if module.is_wide { 64 } else { 32 });
    facts.needed.clone_from(&module.imports.modules);
    facts.producers =
        module.producers.iter().map(|(name, version)| format!("{name} {version}").trim_end().to_owned()).collect();
    if facts.abi.is_none() {
        // An object's symbols are in the section that makes it one.
        facts.stripped = Some(!module.has_names && !module.is_object);
    }
    let go_version = module.producers.iter().find(|(name, _)| name == "Go").map(|(_, version)| version.as_str());
    let info = go_version.and_then(|version| buildinfo::read_wasm(module.data?, version));
    go::settle(facts, info, host(&module.imports).map(|os| (os, OsSource::Imports)));
}

/// Emscripten takes some of WASI's functions and gives them from JavaScript: such a module runs nowhere else.
fn host(imports: &Imports) -> Option<Os> {
    let has = |name: &str| imports.modules.iter().any(|import| import == name);
    if imports.is_of_emscripten {
        return Some(Os::Js);
    }
    match (has("wasi_snapshot_preview1"), has("gojs") || has("go")) {
        (true, false) => Some(Os::Wasip1),
        (false, true) => Some(Os::Js),
        _ => None,
    }
}

/// What a module asks its host for.
#[derive(Default)]
struct Imports {
    /// Each module that something comes from, once, in order.
    modules: Vec<String>,
    /// Whether a memory of 64-bit addresses is among it.
    is_wide: bool,
    /// Whether some of it is what Emscripten's JavaScript gives.
    is_of_emscripten: bool,
}

fn imports(body: View<'_>) -> Option<Imports> {
    let mut reader = Reader { view: body.table(0, MOST_READ), at: 0 };
    let mut imports = Imports::default();
    for _ in 0..reader.number()?.min(MOST_IMPORTS) {
        let module = String::from_utf8_lossy(reader.bytes()?).into_owned();
        let name = reader.bytes()?;
        imports.is_of_emscripten |= module == "env" && EMSCRIPTEN.iter().any(|prefix| name.starts_with(prefix));
        imports.is_wide |= reader.import_type()? == Imported::WideMemory;
        let modules = &mut imports.modules;
        if modules.last() != Some(&module) && modules.len() < MOST_MODULES && !modules.contains(&module) {
            modules.push(module);
        }
    }
    Some(imports)
}

/// How names begin that only Emscripten's library asks for: system calls of Linux, time, C++ values of JavaScript.
const EMSCRIPTEN: [&[u8]; 4] = [b"emscripten_", b"_emscripten_", b"__syscall_", b"_emval_"];

/// Names with versions of the `producers` section's fields, each once.
fn producers(mut reader: Reader<'_>) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    for _ in 0..reader.number()?.min(16) {
        reader.bytes()?;
        for _ in 0..reader.number()?.min(64) {
            let pair = (reader.text()?, reader.text()?);
            if pairs.len() < MOST_PRODUCERS && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    Some(pairs)
}

/// What an import is.
#[derive(PartialEq, Eq)]
enum Imported {
    /// A memory of 64-bit addresses.
    WideMemory,
    Other,
}

struct Reader<'a> {
    view: View<'a>,
    at: u64,
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let (number, end) = self.view.uvarint(self.at)?;
        self.at = end;
        Some(number)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let size = self.number()?;
        let bytes = self.view.slice(self.at, size)?;
        self.at += size;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        self.bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// The flags of limits; what follows them is passed over.
    fn limits(&mut self) -> Option<u8> {
        let flags = u8::try_from(self.number()?).ok()?;
        self.number()?;
        for _ in [BOUNDED, PAGED].into_iter().filter(|bit| flags & bit != 0) {
            self.number()?;
        }
        Some(flags)
    }

    fn import_type(&mut self) -> Option<Imported> {
        match self.number()? {
            0 => {
                self.number()?;
            }
            1 => {
                self.number()?;
                self.limits()?;
            }
            2 if self.limits()? & WIDE != 0 => return Some(Imported::WideMemory),
            2 => {}
            3 | 4 => {
                self.number()?;
                self.number()?;
            }
            _ => return None,
        }
        Some(Imported::Other)
    }
}

/// Whether the bytes begin as WebAssembly does.
pub(crate) fn is_wasm(view: View<'_>) -> bool {
    view.with(Endian::Little).u32(0) == Some(MAGIC)
}
