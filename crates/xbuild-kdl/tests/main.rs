//! What the crate promises to those who use it: the problems it finds, the documents it reads, the laws of layout and
//! printing, and its bounds on hostile texts.

#[path = "kdl/hostile.rs"]
mod hostile;
#[path = "kdl/laws.rs"]
mod laws;
#[path = "kdl/layout.rs"]
mod layout;
#[path = "kdl/official.rs"]
mod official;
#[path = "kdl/problems.rs"]
mod problems;
#[path = "kdl/reading.rs"]
mod reading;
#[path = "kdl/shown.rs"]
mod shown;
