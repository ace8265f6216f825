//! KDL text to model, every problem at once
