//! The matrix as one flat table of points, and the views that turn a point into names.
//!
//! A million cells must fit in some 50 MB, so a row holds three numbers and a stretch of axis values lies beside it.
//! Strings are written when a view is displayed. How the table comes to be stands in `expand`.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, Range};

use xbuild_model::{Axis, AxisValue, Exclude, Include, Name, Origin, Placeholder, Profile, Project, Target};
use xbuild_platform::Platform;

use super::IdParts;

/// The pair of a `noarch` cell.
pub(super) const NO_PAIR: u32 = u32::MAX;
/// `Row::how` of a cell that the product made, and of a dropped point that an `include` brought back.
pub(super) const PLAIN: u32 = u32::MAX;

/// Every cell of a project, and every point that a rule removed. Immutable; borrows the project it was expanded from.
#[derive(Debug, Clone)]
pub struct Matrix<'p> {
    pub(super) project: &'p Project,
    pub(super) blocks: Vec<Block<'p>>,
    pub(super) cells: Table,
    pub(super) dropped: Table,
    pub(super) targets: HashMap<&'p str, u32>,
    /// Whether it was expanded at all, or given up as too large.
    pub(super) complete: bool,
}

/// What the points of one target are made of.
#[derive(Debug, Clone)]
pub(super) struct Block<'p> {
    pub(super) target: &'p Target,
    pub(super) pairs: Vec<Pair>,
    /// How many of them were there before an `include` named another.
    pub(super) expanded_pairs: usize,
    pub(super) pair_index: HashMap<(u32, Platform), u32>,
    pub(super) axes: Vec<BlockAxis<'p>>,
    pub(super) cells: Stretch,
    pub(super) dropped: Stretch,
    /// The rows that `include` added, sorted by their key (the others are sorted by construction).
    pub(super) included: Vec<usize>,
}

/// A profile and a platform that a target is built for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) profile: u32,
    pub(super) platform: Platform,
    /// Where the platform was written.
    pub(super) origin: Origin,
}

/// An axis of a target, each value once.
#[derive(Debug, Clone)]
pub(super) struct BlockAxis<'p> {
    pub(super) axis: &'p Axis,
    pub(super) values: Vec<&'p AxisValue>,
}

/// Rows of one target in a [`Table`]: which, and where their axis values begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Stretch {
    pub(super) rows: Range<usize>,
    pub(super) values: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) target: u32,
    pub(super) pair: u32,
    pub(super) how: u32,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) values: Vec<u32>,
}

impl Table {
    pub(super) fn push(&mut self, row: Row, values: &[u32]) {
        self.rows.push(row);
        self.values.extend_from_slice(values);
    }

    pub(super) fn values(&self, stretch: &Stretch, row: usize, axes: usize) -> &[u32] {
        let start = stretch.values + (row - stretch.rows.start) * axes;
        &self.values[start..start + axes]
    }

    /// The row with this pair and these values among rows that are sorted by them.
    pub(super) fn search(&self, stretch: &Stretch, rows: &Range<usize>, pair: u32, values: &[u32]) -> Option<usize> {
        let key = |row: usize| (self.rows[row].pair, self.values(stretch, row, values.len()));
        let (mut low, mut high) = (rows.start, rows.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if key(middle) < (pair, values) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < rows.end && key(low) == (pair, values)).then_some(low)
    }
}

impl Block<'_> {
    /// The cell with this pair and these values.
    pub(super) fn search(&self, cells: &Table, pair: u32, values: &[u32]) -> Option<usize> {
        let expanded = self.cells.rows.start..self.cells.rows.end - self.included.len();
        cells.search(&self.cells, &expanded, pair, values).or_else(|| {
            let key = |row: usize| (cells.rows[row].pair, cells.values(&self.cells, row, values.len()));
            let at = self.included.binary_search_by(|&row| key(row).cmp(&(pair, values))).ok()?;
            Some(self.included[at])
        })
    }

    /// The number of a value of the axis at this position.
    pub(super) fn value_index(&self, axis: usize, value: &str) -> Option<u32> {
        self.axes[axis].values.iter().position(|known| known.as_str() == value).map(|index| index as u32)
    }

    pub(super) fn axis_position(&self, name: &str) -> Option<usize> {
        self.axes.iter().position(|axis| axis.axis.name.as_str() == name)
    }
}

impl<'p> Matrix<'p> {
    /// The project that was expanded.
    pub fn project(&self) -> &'p Project {
        self.project
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.rows.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.cells.rows.is_empty()
    }

    /// Every cell, in the matrix's order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = CellRef<'_>> + DoubleEndedIterator {
        (0..self.len()).map(|index| self.cell_at(index))
    }

    /// The cell with this number.
    pub fn get(&self, index: usize) -> Option<CellRef<'_>> {
        (index < self.len()).then(|| self.cell_at(index))
    }

    /// Every point that a rule removed and none brought back, in the matrix's order.
    pub fn dropped(&self) -> impl Iterator<Item = Dropped<'_>> {
        (0..self.dropped.rows.len()).filter_map(|row| self.dropped_at(row))
    }

    /// The cell with this id.
    pub fn find(&self, id: &str) -> Option<CellRef<'_>> {
        let parts = IdParts::parse(id)?;
        let (block, pair, values) = self.locate(&parts)?;
        block.search(&self.cells, pair, &values).map(|index| self.cell_at(index))
    }

    /// The removed point with this id.
    pub fn find_dropped(&self, id: &str) -> Option<Dropped<'_>> {
        let parts = IdParts::parse(id)?;
        let (block, pair, values) = self.locate(&parts)?;
        let row = self.dropped.search(&block.dropped, &block.dropped.rows, pair, &values)?;
        self.dropped_at(row)
    }

    /// The cells of one target, by its name; none where there is no such target.
    pub fn cells_of(&self, target: &str) -> impl Iterator<Item = CellRef<'_>> {
        let rows = self.block(target).map_or(0..0, |block| block.cells.rows.clone());
        rows.map(|index| self.cell_at(index))
    }

    pub(super) fn block(&self, target: &str) -> Option<&Block<'p>> {
        self.targets.get(target).map(|&index| &self.blocks[index as usize])
    }

    pub(super) fn cell_at(&self, index: usize) -> CellRef<'_> {
        let row = self.cells.rows[index];
        let block = &self.blocks[row.target as usize];
        let values = self.cells.values(&block.cells, index, block.axes.len());
        CellRef { point: Point { project: self.project, block, pair: row.pair, values }, index, row }
    }

    pub(super) fn dropped_at(&self, index: usize) -> Option<Dropped<'_>> {
        let row = self.dropped.rows[index];
        let block = &self.blocks[row.target as usize];
        let values = self.dropped.values(&block.dropped, index, block.axes.len());
        let rule = row.how as usize;
        let top = self.project.excludes.len();
        let by = if rule < top { &self.project.excludes[rule] } else { block.target.excludes.get(rule - top)? };
        Some(Dropped { point: Point { project: self.project, block, pair: row.pair, values }, by })
    }

    /// The block, pair and value numbers that an id means, whether or not there is a cell.
    fn locate(&self, id: &IdParts<'_>) -> Option<(&Block<'p>, u32, Vec<u32>)> {
        let block = self.block(id.target)?;
        let pair = match id.place {
            None => block.target.noarch.map(|_| NO_PAIR)?,
            Some((profile, platform)) => {
                let profile = self.project.profiles.iter().position(|known| known.name.as_str() == profile)? as u32;
                *block.pair_index.get(&(profile, platform))?
            }
        };
        if id.axes.len() != block.axes.len() {
            return None;
        }
        let value = |(position, &(axis, value)): (usize, &(&str, &str))| {
            (block.axes[position].axis.name.as_str() == axis).then(|| block.value_index(position, value))?
        };
        let values = id.axes.iter().enumerate().map(value).collect::<Option<Vec<u32>>>()?;
        Some((block, pair, values))
    }
}

/// A point of the matrix: a target, and unless the target is `noarch` a profile, a platform and a value for each axis.
#[derive(Debug, Clone, Copy)]
pub struct Point<'m> {
    pub(super) project: &'m Project,
    pub(super) block: &'m Block<'m>,
    pub(super) pair: u32,
    pub(super) values: &'m [u32],
}

impl<'m> Point<'m> {
    /// Its id, rendered when displayed.
    pub fn id(self) -> CellId<'m> {
        CellId(self)
    }

    /// Its target.
    pub fn target(self) -> &'m Target {
        self.block.target
    }

    /// Its profile's name; `None` for a `noarch` cell.
    pub fn profile(self) -> Option<&'m Name> {
        self.profile_declaration().map(|profile| &profile.name.value)
    }

    /// Its profile; `None` for a `noarch` cell.
    pub fn profile_declaration(self) -> Option<&'m Profile> {
        self.place().map(|pair| &self.project.profiles[pair.profile as usize])
    }

    /// Its platform; `None` for a `noarch` cell.
    pub fn platform(self) -> Option<Platform> {
        self.place().map(|pair| pair.platform)
    }

    /// Where its platform was written: in the profile, or in the `include`.
    pub fn platform_origin(self) -> Option<Origin> {
        self.place().map(|pair| pair.origin)
    }

    /// Its axes and their values, in the order of the target's `axes`.
    pub fn axes(self) -> impl ExactSizeIterator<Item = (&'m Name, &'m AxisValue)> {
        let axes = &self.block.axes;
        self.values.iter().zip(axes).map(|(&value, axis)| (&axis.axis.name.value, axis.values[value as usize]))
    }

    /// Its value of the axis with this name.
    pub fn axis(self, name: &str) -> Option<&'m AxisValue> {
        self.axes().find(|(axis, _)| axis.as_str() == name).map(|(_, value)| value)
    }

    /// What a placeholder stands for here; `None` where the point alone does not know (`{commit}`, `{out}`, another target's
    /// axis), and for everything about the platform in a `noarch` cell.
    pub fn fill(self, placeholder: &Placeholder) -> Option<String> {
        let platform = self.platform();
        match placeholder {
            Placeholder::Target => Some(self.target().name.to_string()),
            Placeholder::Version => self.project.version.as_ref().map(ToString::to_string),
            Placeholder::Profile => self.profile().map(ToString::to_string),
            Placeholder::Platform => platform.map(|platform| platform.to_string()),
            Placeholder::Os => platform.map(|platform| platform.os().to_string()),
            Placeholder::Arch => platform.map(|platform| platform.arch().to_string()),
            Placeholder::Variant => {
                platform.map(|platform| platform.variant().map_or_else(String::new, |variant| variant.to_string()))
            }
            Placeholder::Exe => platform.map(|platform| platform.exe_suffix().to_owned()),
            Placeholder::Axis(name) => self.axis(name).map(ToString::to_string),
            Placeholder::Commit | Placeholder::CommitTime | Placeholder::Out | Placeholder::OutOf(_) => None,
        }
    }

    fn place(self) -> Option<&'m Pair> {
        (self.pair != NO_PAIR).then(|| &self.block.pairs[self.pair as usize])
    }
}

/// A cell's id: `PROFILE/TARGET@PLATFORM,AXIS=VALUE,…`, or the target's name for a `noarch` cell. A view that is written when
/// it is displayed.
#[derive(Debug, Clone, Copy)]
pub struct CellId<'m>(Point<'m>);

impl fmt::Display for CellId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let point = self.0;
        let target = point.target().name.as_str();
        let (Some(profile), Some(platform)) = (point.profile(), point.platform()) else {
            return f.write_str(target);
        };
        f.write_str(profile)?;
        f.write_str("/")?;
        f.write_str(target)?;
        write!(f, "@{platform}")?;
        for (axis, value) in point.axes() {
            for text in [",", axis.as_str(), "=", value.as_str()] {
                f.write_str(text)?;
            }
        }
        Ok(())
    }
}

/// A cell: a [`Point`] that exists.
#[derive(Debug, Clone, Copy)]
pub struct CellRef<'m> {
    point: Point<'m>,
    index: usize,
    pub(super) row: Row,
}

/// Why a cell exists.
#[derive(Debug, Clone, Copy)]
pub enum How<'m> {
    /// It is a point of profiles × platforms × axes (or the one cell of a `noarch` target).
    Expanded,
    /// A rule added it.
    Included(&'m Include),
}

impl<'m> CellRef<'m> {
    /// Its number in the matrix, from 0. Not stable across edits of the file: for tables, never for ids.
    pub fn index(self) -> usize {
        self.index
    }

    /// Why it exists.
    pub fn how(self) -> How<'m> {
        if self.row.how == PLAIN {
            How::Expanded
        } else {
            How::Included(&self.point.block.target.includes[self.row.how as usize])
        }
    }

    /// Where it was written: the target's name, or the `include`.
    pub fn origin(self) -> Origin {
        match self.how() {
            How::Expanded => self.target().name.origin,
            How::Included(include) => include.origin,
        }
    }
}

impl<'m> Deref for CellRef<'m> {
    type Target = Point<'m>;

    fn deref(&self) -> &Point<'m> {
        &self.point
    }
}

impl PartialEq for CellRef<'_> {
    /// Cells of one matrix are equal when they are the same row.
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for CellRef<'_> {}

/// A [`Point`] that an `exclude` removed.
#[derive(Debug, Clone, Copy)]
pub struct Dropped<'m> {
    point: Point<'m>,
    by: &'m Exclude,
}

impl<'m> Dropped<'m> {
    /// Why it is no cell, as the contract spells it.
    pub const REASON: &'static str = "excluded";

    /// The first rule that removed it: those at the top stand before the target's.
    pub fn by(self) -> &'m Exclude {
        self.by
    }
}

impl<'m> Deref for Dropped<'m> {
    type Target = Point<'m>;

    fn deref(&self) -> &Point<'m> {
        &self.point
    }
}
