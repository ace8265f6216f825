//! An OCI image layout: from the index to manifests, configurations and layers, each held against its digest.
//!
//! An image says what platform it is for in two places, and neither is the program in it. What is said is read here; that a layer
//! holds something else is for the caller to find, who looks into the layers.

use std::collections::BTreeSet;
use std::io::{self, Read};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::walk::Seekable;
use crate::{Problem, Problems};

/// The largest index, manifest or configuration that is read.
const MOST_DOCUMENT: u64 = 4 << 20;

/// How many manifests of one layout are read, and how deep indexes may stand in indexes.
const MOST_MANIFESTS: usize = 1024;
const MOST_DEPTH: u8 = 4;

/// Where the files of a layout come from: a folder, a `tar`.
pub trait Blobs {
    /// The file of this name below the layout; `None` where there is none.
    fn open(&mut self, path: &str) -> io::Result<Option<Box<dyn Seekable + '_>>>;
}

/// What stands for a blob: its digest and size.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// `sha256:HEX`.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    #[serde(default)]
    media_type: String,
    #[serde(default)]
    platform: Option<Said>,
}

impl Descriptor {
    /// Where the blob stands; `None` for a digest of another kind, or one that is none.
    pub fn path(&self) -> Option<String> {
        let hex = self.digest.strip_prefix("sha256:")?;
        let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hex.then(|| format!("blobs/sha256/{hex}"))
    }

    /// The digest, short enough to be read.
    pub fn short(&self) -> String {
        self.digest.chars().take(19).collect()
    }

    fn problem(&self, why: impl Into<String>) -> Problem {
        Problem::Blob { what: format!("blob `{}`", self.short()), why: why.into() }
    }
}

/// A platform as an index or a configuration says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Said {
    os: String,
    architecture: String,
    variant: String,
}

impl Said {
    /// `linux/arm64`; the variant that is an architecture's only one is left out. `None` where nothing is said.
    fn platform(&self) -> Option<String> {
        let said = |word: &str| !word.is_empty() && word != "unknown";
        if !said(&self.os) || !said(&self.architecture) {
            return None;
        }
        let variant = match (self.architecture.as_str(), self.variant.as_str()) {
            (_, "") | ("arm64", "v8") | ("amd64", "v1") => String::new(),
            (_, variant) => format!("/{variant}"),
        };
        // The configuration of an image for arm without a variant means what Docker built for so long: v7.
        let variant = if self.architecture == "arm" && variant.is_empty() { "/v7".to_owned() } else { variant };
        Some(format!("{}/{}{variant}", self.os, self.architecture))
    }
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Manifest {
    config: Descriptor,
    #[serde(default)]
    layers: Vec<Descriptor>,
}

/// One image of a layout.
#[derive(Debug, Clone)]
pub struct Image {
    /// The manifest.
    pub manifest: Descriptor,
    /// What it is for: `linux/arm64`; `None` where it says nothing.
    pub platform: Option<String>,
    /// Its layers, the lowest first.
    pub layers: Vec<Descriptor>,
    /// What is wrong with its documents.
    pub problems: Problems,
}

/// All images of a layout.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// In the order of the index.
    pub images: Vec<Image>,
    /// What is wrong beside them.
    pub problems: Problems,
}

/// Reads a layout's documents. An error is one of the medium.
pub fn layout(blobs: &mut dyn Blobs) -> io::Result<Layout> {
    let mut layout = Layout::default();
    let index = match blobs.open("index.json")? {
        Some(mut file) => text(&mut *file)?,
        None => None,
    };
    match index.as_deref().map(serde_json::from_slice::<Index>) {
        Some(Ok(index)) => {
            let mut reading = Reading { blobs, layout: &mut layout, seen: BTreeSet::new() };
            reading.index(&index, MOST_DEPTH)?;
        }
        Some(Err(error)) => layout.problems.push(malformed("`index.json`", &error)),
        None => {
            layout.problems.push(Problem::Blob { what: "`index.json`".into(), why: "is missing or too large".into() });
        }
    }
    Ok(layout)
}

fn malformed(what: &str, error: &serde_json::Error) -> Problem {
    Problem::Malformed { what: what.to_owned(), why: error.to_string() }
}

fn text(file: &mut dyn Seekable) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(MOST_DOCUMENT + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MOST_DOCUMENT).then_some(bytes))
}

struct Reading<'a> {
    blobs: &'a mut dyn Blobs,
    layout: &'a mut Layout,
    seen: BTreeSet<String>,
}

impl Reading<'_> {
    fn index(&mut self, index: &Index, depth: u8) -> io::Result<()> {
        for descriptor in &index.manifests {
            if self.seen.len() >= MOST_MANIFESTS {
                self.layout.problems.push(Problem::TooMany { what: "manifests", most: MOST_MANIFESTS as u64 });
                return Ok(());
            }
            // The same one again, perhaps from inside itself.
            if !self.seen.insert(descriptor.digest.clone()) {
                continue;
            }
            self.manifest(descriptor, depth)?;
        }
        Ok(())
    }

    /// A manifest, or an index in the index: by what it holds, because the media type is only a claim.
    fn manifest(&mut self, descriptor: &Descriptor, depth: u8) -> io::Result<()> {
        let bytes = match self.document(descriptor)? {
            Ok(bytes) => bytes,
            Err(problem) => {
                self.layout.problems.push(problem);
                return Ok(());
            }
        };
        let is_index = descriptor.media_type.contains("index") || descriptor.media_type.contains("manifest.list");
        let what = format!("manifest `{}`", descriptor.short());
        if is_index {
            match serde_json::from_slice::<Index>(&bytes) {
                Ok(index) if depth > 0 => self.index(&index, depth - 1)?,
                Ok(_) => {
                    let why = "too many indexes stand inside one another".into();
                    self.layout.problems.push(Problem::NotLookedInto { what, why });
                }
                Err(error) => self.layout.problems.push(malformed(&what, &error)),
            }
            return Ok(());
        }
        match serde_json::from_slice::<Manifest>(&bytes) {
            Ok(manifest) => self.image(descriptor, manifest)?,
            Err(error) => self.layout.problems.push(malformed(&what, &error)),
        }
        Ok(())
    }

    fn image(&mut self, descriptor: &Descriptor, manifest: Manifest) -> io::Result<()> {
        let mut problems = Problems::default();
        let config = match self.document(&manifest.config)? {
            Ok(bytes) => match serde_json::from_slice::<Said>(&bytes) {
                Ok(said) => said.platform(),
                Err(error) => {
                    problems.push(malformed("the configuration", &error));
                    None
                }
            },
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        let index = descriptor.platform.as_ref().and_then(Said::platform);
        if let (Some(index), Some(config)) = (&index, &config)
            && index != config
        {
            problems.push(Problem::TwoPlatforms { index: index.clone(), config: config.clone() });
        }
        let platform = index.or(config);
        self.layout.images.push(Image { manifest: descriptor.clone(), platform, layers: manifest.layers, problems });
        Ok(())
    }

    /// A blob that is a document, held against its digest.
    fn document(&mut self, descriptor: &Descriptor) -> io::Result<Result<Vec<u8>, Problem>> {
        let Some(mut blob) = open(self.blobs, descriptor)? else {
            return Ok(Err(descriptor.problem("is not there")));
        };
        let Some(bytes) = text(&mut *blob)? else {
            return Ok(Err(descriptor.problem("is too large for a document")));
        };
        Ok(wrong(descriptor, bytes.len() as u64, &Sha256::digest(&bytes)).map_or(Ok(bytes), Err))
    }
}

fn open<'a>(blobs: &'a mut dyn Blobs, descriptor: &Descriptor) -> io::Result<Option<Box<dyn Seekable + 'a>>> {
    match descriptor.path() {
        Some(path) => blobs.open(&path),
        None => Ok(None),
    }
}

fn wrong(descriptor: &Descriptor, size: u64, digest: &[u8]) -> Option<Problem> {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if size < descriptor.size {
        Some(descriptor.problem(format!("has {size} bytes, not {}: it is cut off", descriptor.size)))
    } else if size != descriptor.size {
        Some(descriptor.problem(format!("has {size} bytes, not {}", descriptor.size)))
    } else if descriptor.digest != format!("sha256:{hex}") {
        Some(descriptor.problem(format!("has the digest sha256:{hex}")))
    } else {
        None
    }
}

/// A blob that is what its descriptor says, or what is wrong with it.
pub fn checked<'a>(
    blobs: &'a mut dyn Blobs,
    descriptor: &Descriptor,
) -> io::Result<Result<Box<dyn Seekable + 'a>, Problem>> {
    let Some(mut blob) = open(blobs, descriptor)? else {
        return Ok(Err(descriptor.problem("is not there")));
    };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0;
    // One byte more than it should have is enough to know.
    let mut limited = (&mut *blob).take(descriptor.size.saturating_add(1));
    loop {
        let count = limited.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hasher.update(&buffer[..count]);
        size += count as u64;
    }
    if let Some(problem) = wrong(descriptor, size, &hasher.finalize()) {
        return Ok(Err(problem));
    }
    blob.seek(io::SeekFrom::Start(0))?;
    Ok(Ok(blob))
}
