//! Integration tests, one module for each part of the crate.
//!
//! Tests that install other programs or take minutes are `#[ignore]`d. `CONTRIBUTING.md` has the command
//! that runs them.

/// The code of `build.rs`.
#[allow(dead_code, reason = "build.rs uses what the tests do not")]
#[path = "../../build/mod.rs"]
mod pipeline;
#[cfg_attr(not(feature = "keystone"), allow(dead_code, reason = "some is for Keystone"))]
mod support;

mod client;
mod concurrency;
mod connections;
#[cfg(feature = "mock")]
mod error_kinds;
mod examples;
mod faults;
mod from_env;
mod generated;
mod generation;
#[cfg(all(feature = "keystone", unix))]
mod keystone;
#[cfg(feature = "keystone")]
mod keystone_responses;
mod layers;
#[cfg(feature = "keystone")]
mod lookup;
#[cfg(feature = "mock")]
mod mock;
mod new_operation;
#[cfg(all(feature = "keystone", unix))]
mod openstacksdk;
mod pagination;
#[cfg(all(feature = "mock", feature = "keystone", feature = "schemars"))]
mod quickstart;
#[cfg(feature = "mock")]
mod requests;
mod responses;
mod retry;
mod rules;
#[cfg(feature = "schemars")]
mod schema_round_trip;
mod secrets;
mod signing;
#[cfg(feature = "mock")]
mod throttling;
#[cfg(feature = "rustls")]
mod tls;
mod tracing;
mod trigger;
mod values;
#[cfg(feature = "mock")]
mod wait;
