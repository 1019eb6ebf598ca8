//! What `build.rs` made of the document: the types, and a builder for each operation. It is pinned
//! by the snapshot `tests/snapshots/generated.rs.snap`, which is the place to read it.

#![allow(
    clippy::pedantic,
    clippy::large_enum_variant,
    unused_mut,
    reason = "the document's wording and the generator's style"
)]

include!(concat!(env!("OUT_DIR"), "/generated.rs"));
