//! One snapshot for each code.

mod duplicates;
mod logic;
mod matrix;
mod names;
mod shape;
