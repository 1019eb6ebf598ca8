//! The code that `build.rs` generates: types, and a request builder for each operation. Read it in
//! `tests/it/snapshots/generated.snap`.

#![allow(clippy::all, clippy::pedantic, reason = "the document's wording, the generator's style")]

include!(concat!(env!("OUT_DIR"), "/generated.rs"));
