//! Drives a plan to completion
