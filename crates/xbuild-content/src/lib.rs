//! What bytes are: digests, relative paths, trees, and the canonical encoding
