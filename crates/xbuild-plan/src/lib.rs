//! Cells and actions from a model, a request and facts
