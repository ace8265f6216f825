//! The record of what was produced: read, write, diff
