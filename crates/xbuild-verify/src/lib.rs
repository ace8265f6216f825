//! What an artifact really is, from its bytes
