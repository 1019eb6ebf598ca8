//! What `build.rs` made of the document: the types, and a builder for each operation. It is pinned
//! by the snapshot `tests/it/snapshots/generated.snap`, which is the place to read it.

#![allow(clippy::all, clippy::pedantic, reason = "the document's wording, the generator's style")]

include!(concat!(env!("OUT_DIR"), "/generated.rs"));
