//! Finds, fetches and identifies tools on this machine
