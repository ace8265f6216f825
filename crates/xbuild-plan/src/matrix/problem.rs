//! Everything that can be wrong with a matrix: one code, one cause each.
//!
//! Sentences are made here; what is wrong is found in `expand`, `resolve`, `deps` and `check`.

use miette::Diagnostic;
use thiserror::Error;
use xbuild_model::{Dep, Name, Origin, Spanned};

use super::cell::{CellRef, Matrix, Point};
use super::deps::Fault;
use super::resolve::Conflict;

/// A problem of the matrix. Places are byte spans of the project's file.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub enum MatrixProblem {
    /// More cells than `--max-cells`.
    #[error("the matrix has more than {limit} cells")]
    #[diagnostic(code("xbuild::too-many-cells"))]
    TooManyCells {
        /// The name of the target with the most cells.
        #[label(primary, "{label}")]
        at: Origin,
        /// How many are its.
        label: String,
        /// The limit.
        limit: u64,
        /// The flag that allows it, where the number can be written.
        #[help]
        help: Option<String>,
    },
    /// Cells, rules and settings that together are more work than `--max-cells` cells may be.
    #[error("the matrix is as much work as more than {limit} cells")]
    #[diagnostic(code("xbuild::too-many-cells"))]
    TooMuchWork {
        /// The name of the target with the most cells.
        #[label(primary, "its cells are compared with too many rules, or given too many settings")]
        at: Origin,
        /// The limit.
        limit: u64,
        /// The flag that allows it.
        #[help]
        help: String,
    },
    /// An `include` of a cell that is there.
    #[error("this `include` adds a cell that exists already")]
    #[diagnostic(
        code("xbuild::include-existing"),
        help("remove this line; to change settings of existing cells use `when`")
    )]
    IncludeExisting {
        /// The `include`.
        #[label(primary, "`{id}` exists")]
        at: Origin,
        /// The `include` that added it first.
        #[label("added here")]
        other: Option<Origin>,
        /// The cell.
        id: String,
    },
    /// An `exclude` that removes no cell.
    #[error("this `exclude` removes no cell")]
    #[diagnostic(code("xbuild::exclude-nothing"))]
    ExcludeNothing {
        /// The `exclude`.
        #[label(primary, "{label}")]
        at: Origin,
        /// What no cell has.
        label: String,
        /// What the cells have.
        #[help]
        help: Option<String>,
    },
    /// A target without cells.
    #[error("`{target}` has no cells")]
    #[diagnostic(code("xbuild::no-cells"))]
    NoCells {
        /// The target's name.
        #[label(primary, "{label}")]
        at: Origin,
        /// Why.
        label: String,
        /// A rule that removed cells.
        #[label("this removes cells of it")]
        rule: Option<Origin>,
        /// The target.
        target: String,
        /// The next keystrokes.
        #[help]
        help: String,
    },
    /// A `when` of a target or profile that applies to no cell.
    #[error("this `when` applies to no cell")]
    #[diagnostic(code("xbuild::when-never"))]
    WhenNever {
        /// The `when`.
        #[label(primary, "{label}")]
        at: Origin,
        /// What no cell has.
        label: String,
        /// What the cells have.
        #[help]
        help: Option<String>,
    },
    /// A `when` of `defaults` that applies to no cell: a warning, because defaults may be ahead of the targets.
    #[error("this `when` applies to no cell")]
    #[diagnostic(code("xbuild::when-never"), severity(Warning))]
    DefaultsWhenNever {
        /// The `when`.
        #[label(primary, "{label}")]
        at: Origin,
        /// What no cell has.
        label: String,
        /// What the cells have.
        #[help]
        help: Option<String>,
    },
    /// Two `when` blocks that disagree, neither narrower.
    #[error("two `when` blocks set `{what}` differently for `{id}`")]
    #[diagnostic(code("xbuild::when-conflict"))]
    WhenConflict {
        /// The later setting.
        #[label(primary, "and this value too")]
        at: Origin,
        /// The earlier one.
        #[label("this value applies")]
        other: Origin,
        /// What they set.
        what: String,
        /// The first cell to which both apply.
        id: String,
        /// The next keystrokes.
        #[help]
        help: &'static str,
    },
    /// A dependency with an axis that nothing decides.
    #[error("`{target}` does not say which `{dep}` it needs")]
    #[diagnostic(code("xbuild::dep-ambiguous"))]
    DepAmbiguous {
        /// The dependency's name in `deps`.
        #[label(primary, "`{dep}` has the axis `{axis}`, `{target}` has not")]
        at: Origin,
        /// The dependant.
        target: String,
        /// The dependency.
        dep: String,
        /// The axis.
        axis: String,
        /// The next keystrokes.
        #[help]
        help: String,
    },
    /// A dependency on a cell that does not exist.
    #[error("`{id}` needs a cell of `{dep}` that does not exist")]
    #[diagnostic(code("xbuild::dep-missing-cell"))]
    DepMissingCell {
        /// The dependency's name in `deps`.
        #[label(primary, "{label}")]
        at: Origin,
        /// Which cell.
        label: String,
        /// The rule that removed it, or the dependency's own list of profiles.
        #[label("so it is not built there")]
        because: Option<Origin>,
        /// The first dependant.
        id: String,
        /// The dependency.
        dep: String,
        /// The next keystrokes.
        #[help]
        help: Option<String>,
    },
    /// cgo without a C compiler.
    #[error("`{target}` uses cgo on {} but no C compiler is chosen for {}", all(platforms), pronoun(platforms))]
    #[diagnostic(code("xbuild::cgo-no-cc"))]
    CgoNoCc {
        /// The setting that turned cgo on.
        #[label(primary, "cgo is on")]
        at: Origin,
        /// The target.
        target: String,
        /// The platforms, in the matrix's order.
        platforms: Vec<String>,
        /// The next keystrokes.
        #[help]
        help: String,
    },
    /// A platform that a builder cannot build for.
    #[error("{what} on {platform}")]
    #[diagnostic(code("xbuild::unsupported-pair"), help("add `exclude platform=\"{platform}\"` to `{target}`"))]
    UnsupportedPair {
        /// The builder, or the setting that it cannot honour there.
        #[label(primary, "not possible on {platform}")]
        at: Origin,
        /// Where the platform was written.
        #[label("promised here")]
        platform_at: Option<Origin>,
        /// The sentence up to the platform.
        what: String,
        /// The platform.
        platform: String,
        /// The target.
        target: String,
    },
    /// Two artifacts of one path.
    #[error("two artifacts collide at `{path}`")]
    #[diagnostic(code("xbuild::overlapping-outputs"))]
    OverlappingOutputs {
        /// What named the later one.
        #[label(primary, "{label}")]
        at: Origin,
        /// What named the earlier one, where that is another place.
        #[label("it collides with this one")]
        other: Option<Origin>,
        /// The path, below the output folder.
        path: String,
        /// Whose they are.
        label: String,
        /// The next keystrokes.
        #[help]
        help: &'static str,
    },
    /// An image of a target that is never built for Linux.
    #[error("an image needs a cell on linux, and `{target}` has none")]
    #[diagnostic(
        code("xbuild::image-not-linux"),
        help("remove the `image`, or give `{target}` a profile with a linux platform")
    )]
    ImageNotLinux {
        /// The `image`.
        #[label(primary, "applies to {platforms} only")]
        at: Origin,
        /// The target.
        target: String,
        /// The platforms of the cells that it applies to.
        platforms: String,
    },
}

impl MatrixProblem {
    /// The place of the primary label.
    pub fn primary(&self) -> Origin {
        match self {
            Self::TooManyCells { at, .. }
            | Self::TooMuchWork { at, .. }
            | Self::IncludeExisting { at, .. }
            | Self::ExcludeNothing { at, .. }
            | Self::NoCells { at, .. }
            | Self::WhenNever { at, .. }
            | Self::DefaultsWhenNever { at, .. }
            | Self::WhenConflict { at, .. }
            | Self::DepAmbiguous { at, .. }
            | Self::DepMissingCell { at, .. }
            | Self::CgoNoCc { at, .. }
            | Self::UnsupportedPair { at, .. }
            | Self::OverlappingOutputs { at, .. }
            | Self::ImageNotLinux { at, .. } => *at,
        }
    }

    pub(super) fn too_many_cells(target: &Spanned<Name>, own: u64, total: u64, limit: u64) -> Self {
        let label = if own == u64::MAX {
            format!("`{target}` alone has more than can be counted")
        } else {
            format!("`{target}` alone has {own}")
        };
        let help = format!("`--max-cells {total}` allows it; cells that `exclude` removes count too");
        let help = (total != u64::MAX).then_some(help);
        Self::TooManyCells { at: target.origin, label, limit, help }
    }

    pub(super) fn too_much_work(target: &Spanned<Name>, needed: u64, limit: u64) -> Self {
        let help =
            format!("`--max-cells {needed}` allows it; one condition with several values says more than several rules");
        Self::TooMuchWork { at: target.origin, limit, help }
    }

    pub(super) fn include_existing(at: Origin, point: &Point<'_>, other: Option<Origin>) -> Self {
        Self::IncludeExisting { at, other, id: point.id().to_string() }
    }

    pub(super) fn when_conflict(conflict: &Conflict, cell: CellRef<'_>) -> Self {
        let help = if conflict.is_list {
            "neither condition is narrower than the other; add a `when` with both conditions, or use `+` to append"
        } else {
            "neither condition is narrower than the other; add a `when` with both conditions"
        };
        let (what, id) = (conflict.label.clone(), cell.id().to_string());
        Self::WhenConflict { at: conflict.second, other: conflict.first, what, id, help }
    }

    /// What is wrong with a dependency of a cell; nothing where somebody else reports it.
    pub(super) fn dependency(matrix: &Matrix<'_>, cell: CellRef<'_>, dep: &Dep, fault: &Fault<'_>) -> Option<Self> {
        let at = dep.target.origin;
        let missing = |label, because, help| {
            let (id, dep) = (cell.id().to_string(), dep.target.to_string());
            Some(Self::DepMissingCell { at, label, because, id, dep, help })
        };
        match fault {
            Fault::NotOurs => None,
            Fault::Ambiguous { axis, values } => Some(Self::DepAmbiguous {
                at,
                target: cell.target().name.to_string(),
                dep: dep.target.to_string(),
                axis: axis.to_string(),
                help: choose(dep, axis, values),
            }),
            Fault::NoSuchAxis { axis } => {
                let help = Some(format!("remove `{axis}=…`"));
                missing(format!("`{}` has no axis `{axis}`", dep.target), None, help)
            }
            Fault::Missing { id } => {
                let target = &cell.target().name;
                let help = format!("build `{}` there too, or leave these cells out of `{target}`", dep.target);
                missing(format!("`{id}` is not a cell"), because(matrix, dep, id), Some(help))
            }
        }
    }
}

fn choose(dep: &Dep, axis: &str, values: &[&xbuild_model::AxisValue]) -> String {
    let chosen: String = dep.axes.iter().map(|(axis, value)| format!(" {axis}={value}")).collect();
    let lines = values.iter().take(8).map(|value| format!("`deps {}{chosen} {axis}={value}`", dep.target));
    format!("choose one: {}", lines.collect::<Vec<_>>().join(" or "))
}

/// The `exclude` that removed the cell, or the `profiles` that leave it out.
fn because(matrix: &Matrix<'_>, dep: &Dep, id: &str) -> Option<Origin> {
    let excluded = matrix.find_dropped(id).map(|dropped| dropped.by().origin);
    let target = matrix.project.targets.iter().find(|target| target.name == dep.target)?;
    let listed = || target.profiles.as_ref()?.first().map(|name| name.origin);
    excluded.or_else(listed)
}

/// `a`, `a and b`, or `a and 3 more platforms`.
fn all(platforms: &[String]) -> String {
    match platforms {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, more @ ..] => format!("{one} and {} more platforms", more.len()),
    }
}

const fn pronoun(platforms: &[String]) -> &'static str {
    if platforms.len() == 1 { "it" } else { "them" }
}
