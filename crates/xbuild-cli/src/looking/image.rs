//! OCI image layouts, as a folder or as a `tar`, also a compressed one: their documents, and the programs in their layers.
//!
//! A layout is read from its index to its blobs, and those stand in a `tar` in any order: a compressed one is unpacked first.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, SeekFrom};
use std::path::{Path, PathBuf};

use xbuild_archive::{
    Blobs, Budget, Container, Descriptor, Image, Kind, Limits, Member, PREFIX, Problem, Problems, Seekable, TarIndex,
    Visitor as _, Window, checked, first_packed_file, index, layout, recognise, unpack, walk,
};

use super::member::{Layer, Members};
use super::{Inside, Seen, special};

/// The file that makes a folder a layout, and where its images begin.
pub(super) const MARK: &str = "oci-layout";
const INDEX: &str = "index.json";

/// What else a layout's `tar` can begin with: its blobs, and what Docker puts beside them.
const BESIDE: [&str; 2] = ["manifest.json", "repositories"];
const BLOBS: &str = "blobs/";

/// A layout that is a folder.
struct Folder(PathBuf);

impl Blobs for Folder {
    fn open(&mut self, path: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        let at = self.0.join(path);
        match at.metadata() {
            Ok(metadata) if special(metadata.file_type()).is_some() || metadata.is_dir() => Ok(None),
            Ok(_) => Ok(Some(Box::new(File::open(at)?))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A layout that is a `tar`.
struct Tar<'a> {
    file: &'a mut dyn Seekable,
    index: TarIndex,
}

impl Blobs for Tar<'_> {
    fn open(&mut self, path: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        let Some((start, size)) = self.index.get(path).copied() else { return Ok(None) };
        Ok(Some(Box::new(Window::new(&mut *self.file, start, size))))
    }
}

/// The layout that a folder is; `None` where it is none.
pub(super) fn in_folder(path: &str, at: &Path) -> io::Result<Option<Seen>> {
    let is_file = |name: &str| at.join(name).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    if !is_file(MARK) || !is_file(INDEX) {
        return Ok(None);
    }
    seen(path, &mut Folder(at.to_owned()), None).map(Some)
}

/// The layout that a `tar` is, plain or compressed; `None` where it is none.
pub(super) fn in_archive(path: &str, file: &mut dyn Seekable, size: u64, budget: &Budget) -> io::Result<Option<Seen>> {
    let mut first = Vec::new();
    (&mut *file).take(PREFIX as u64).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(0))?;
    let layout = match recognise(&first) {
        Some(Container::Tar) => indexed(file)?.map(|index| seen(path, &mut Tar { file, index }, Some(budget))),
        Some(_) => unpacked(file, budget)?.map(|(mut file, index)| {
            let mut tar = Tar { file: &mut file, index };
            seen(path, &mut tar, Some(budget))
        }),
        None => None,
    };
    file.seek(SeekFrom::Start(0))?;
    layout.transpose().map(|layout| layout.map(|layout| Seen { size, ..layout }))
}

/// Where the files of a layout in a plain `tar` stand; `None` where it holds none.
fn indexed(file: &mut dyn Seekable) -> io::Result<Option<TarIndex>> {
    let index = index(file)?;
    Ok((index.contains_key(MARK) && index.contains_key(INDEX)).then_some(index))
}

/// A layout in a compressed `tar`, unpacked to a temporary file without a name. What does not unpack whole is none: why not is for
/// [`walk`] to tell. Of other archives no more than the beginning is unpacked.
fn unpacked(file: &mut dyn Seekable, budget: &Budget) -> io::Result<Option<(File, TarIndex)>> {
    let is_of_layout = |name: &str| [MARK, INDEX].contains(&name) || BESIDE.contains(&name) || name.starts_with(BLOBS);
    let first = first_packed_file(file)?;
    if !first.is_some_and(|name| is_of_layout(name.trim_start_matches("./"))) {
        return Ok(None);
    }
    budget.attempt(|| {
        let mut spilled = tempfile::tempfile()?;
        if unpack(file, budget, &mut spilled)?.is_err() {
            return Ok(None);
        }
        Ok(indexed(&mut spilled)?.map(|index| (spilled, index)))
    })
}

fn seen(path: &str, blobs: &mut dyn Blobs, budget: Option<&Budget>) -> io::Result<Seen> {
    let read = layout(blobs)?;
    let packed = read.images.iter().flat_map(|image| &image.layers);
    let size = packed.fold(0_u64, |size, layer| size.saturating_add(layer.size));
    let own = Budget::new(Limits::default(), size);
    let mut inside = Inside::default();
    for image in &read.images {
        inside.entries.push(one(blobs, image, budget.unwrap_or(&own))?);
    }
    Ok(Seen::archive(path, size, inside, read.problems))
}

/// An image: the programs in all its layers.
fn one(blobs: &mut dyn Blobs, image: &Image, budget: &Budget) -> io::Result<Seen> {
    let platform = image.platform.as_deref().and_then(|platform| platform.parse().ok());
    let mut members = Members { layer: Some(Layer { platform }), ..Members::default() };
    let mut problems = image.problems.clone();
    let mut size = 0_u64;
    for layer in &image.layers {
        size = size.saturating_add(layer.size);
        match checked(blobs, layer)? {
            Err(problem) => problems.push(problem),
            Ok(mut blob) => problems.extend(of_layer(layer, &mut *blob, budget, &mut members)?.iter().cloned()),
        }
    }
    if platform.is_none() && !members.entries.is_empty() {
        problems.push(unnamed(image));
    }
    let name = image.platform.clone().unwrap_or_else(|| image.manifest.short());
    let inside = Inside {
        entries: members.entries,
        others: members.others,
        platform: image.platform.clone(),
        image: Some(image.manifest.digest.clone()),
    };
    Ok(Seen::archive(&name, size, inside, problems))
}

/// A layer: an archive, or, in what is called an artifact, the file itself.
fn of_layer(
    layer: &Descriptor,
    blob: &mut dyn Seekable,
    budget: &Budget,
    members: &mut Members,
) -> io::Result<Problems> {
    let mut first = Vec::new();
    (&mut *blob).take(PREFIX as u64).read_to_end(&mut first)?;
    blob.seek(SeekFrom::Start(0))?;
    if recognise(&first).is_some() {
        return walk(blob, budget, members);
    }
    let member = Member { path: layer.short(), kind: Kind::File, mode: None, size: Some(layer.size) };
    members.member(&member, &mut &mut *blob, budget)?;
    Ok(Problems::default())
}

/// That an image with programs does not say where they run, or says it in words that no platform has.
fn unnamed(image: &Image) -> Problem {
    let why = match &image.platform {
        Some(platform) => format!("`{platform}` is no platform, so its programs were compared with none"),
        None => "it names no platform, so its programs were compared with none".into(),
    };
    Problem::NotLookedInto { what: "the image's claim".into(), why }
}
