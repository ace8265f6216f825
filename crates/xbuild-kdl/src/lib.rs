//! KDL text as xbuild reads and writes it
