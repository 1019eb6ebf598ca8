//! The values on the wire: what the document says of a schema, as Rust types.
//!
//! `build.rs` reads the document and invokes the macros of these modules, one per component
//! schema; the bounds, patterns and names stand in the invocation, the behaviour stands here.
//!
//! * *Strict in what is sent:* [`integer`], [`string`], [`list`], [`known`], [`request`],
//!   [`builder`]. Such a value can't hold what the document forbids, however it was made.
//! * *Liberal in what is read:* [`reply`], [`reading`], [`map`], [`enumeration`],
//!   [`integer_or_string`]. Such a value takes what comes, stays readable, and goes back out as it
//!   came.

pub(crate) mod builder;
pub(crate) mod enumeration;
pub(crate) mod integer;
pub(crate) mod integer_or_string;
pub(crate) mod known;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod object;
pub(crate) mod reading;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod string;

pub use enumeration::Enumeration;
pub use known::Known;
pub use reply::Extra;
