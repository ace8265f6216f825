//! What the user asked for, as values that cannot be wrong
