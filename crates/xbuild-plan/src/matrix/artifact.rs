//! Where a cell's artifacts go, below the output folder: `PROFILE/PLATFORM[_AXISVALUE…]/NAME`.
//!
//! NAME is `bin` or the target's name, spelled as the platform spells programs and libraries; a `command` target has a folder
//! of its own for its outputs, and a `noarch` cell's are below `noarch`. Whether two cells claim one path is asked in `check`.

use xbuild_model::{Builder, BuilderKind, Origin, Slot, Template};
use xbuild_platform::{Os, Platform};

use super::cell::{CellRef, Point};
use super::resolved::Resolved;

/// A file (or, for `command`, a file or folder) that a cell promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The path below the output folder, with `/`.
    pub path: String,
    /// The last part as the builder knows it: `server.exe`, or a `command`'s output as written, filled in.
    pub name: String,
    /// What gave it its name: `bin`, the output, or the target's name.
    pub origin: Origin,
}

/// The folder of a point's artifacts: `edge/linux_arm_v7_pro`, or `noarch`.
pub fn artifact_folder(point: Point<'_>) -> String {
    let (Some(profile), Some(platform)) = (point.profile(), point.platform()) else {
        return "noarch".to_owned();
    };
    let axes: String = point.axes().map(|(_, value)| format!("_{value}")).collect();
    format!("{profile}/{}{axes}", platform.folder())
}

/// What a cell promises. A placeholder of an output that the cell alone cannot fill (`{commit}`) stays as it is written.
pub fn artifacts(cell: CellRef<'_>, resolved: &Resolved<'_>) -> Vec<Artifact> {
    let folder = artifact_folder(*cell);
    let Some(builder) = &cell.target().builder else { return Vec::new() };
    if builder.kind == BuilderKind::Command {
        return command_outputs(cell, resolved, &folder);
    }
    let bin = builder.bin.as_ref();
    let stem = bin.map_or(cell.target().name.as_str(), |bin| bin.value.as_str());
    let origin = bin.map_or(cell.target().name.origin, |bin| bin.origin);
    let name = cell.platform().map_or_else(|| stem.to_owned(), |platform| form(builder, resolved).name(stem, platform));
    vec![Artifact { path: format!("{folder}/{name}"), name, origin }]
}

fn command_outputs(cell: CellRef<'_>, resolved: &Resolved<'_>, folder: &str) -> Vec<Artifact> {
    let target = &cell.target().name;
    let artifact = |output: &xbuild_model::Spanned<Template>| {
        let name = fill(cell, output);
        Artifact { path: format!("{folder}/{target}/{}", name.trim_end_matches('/')), name, origin: output.origin }
    };
    resolved.list(&Slot::Outputs).iter().map(artifact).collect()
}

fn fill(cell: CellRef<'_>, template: &Template) -> String {
    let filled = template.expand(|placeholder| -> Result<String, std::convert::Infallible> {
        Ok(cell.fill(placeholder).unwrap_or_else(|| format!("{{{placeholder}}}")))
    });
    match filled {
        Ok(text) => text,
    }
}

/// What a builder makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A program.
    Program,
    /// A library to link.
    StaticLibrary,
    /// A library to load.
    SharedLibrary,
}

/// `kind` of `c`; `buildmode` of `go`, whose `c-archive` and `c-shared` make libraries.
pub fn form(builder: &Builder, resolved: &Resolved<'_>) -> Form {
    let mode = resolved.text(&Slot::GoBuildmode).map(|mode| mode.raw());
    let kind = builder.output_kind.as_ref().map(|kind| kind.value.as_str());
    match (builder.kind, kind.or(mode)) {
        (BuilderKind::C, Some("static-lib")) | (BuilderKind::Go, Some("c-archive")) => Form::StaticLibrary,
        (BuilderKind::C, Some("shared-lib")) | (BuilderKind::Go, Some("c-shared")) => Form::SharedLibrary,
        _ => Form::Program,
    }
}

impl Form {
    fn name(self, stem: &str, platform: Platform) -> String {
        match (self, platform.os()) {
            (Self::Program, _) => format!("{stem}{}", platform.exe_suffix()),
            (Self::StaticLibrary, _) => format!("lib{stem}.a"),
            (Self::SharedLibrary, Os::Darwin | Os::Ios) => format!("lib{stem}.dylib"),
            (Self::SharedLibrary, Os::Windows) => format!("{stem}.dll"),
            (Self::SharedLibrary, _) => format!("lib{stem}.so"),
        }
    }
}
