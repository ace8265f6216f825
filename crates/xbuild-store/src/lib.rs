//! Keeps and finds bytes: CAS, action cache, file-digest index
