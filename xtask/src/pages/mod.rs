//! `cargo xtask pages`: the vendor's documentation pages, and what they state.

pub mod facts;
