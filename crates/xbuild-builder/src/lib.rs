//! What each kind of build needs and does
