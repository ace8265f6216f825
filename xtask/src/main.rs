//! The repo's own chores.
fn main() {}
