//! An async client for [Open Telekom Cloud Auto Scaling][service], generated from an OpenAPI document.
//!
//! The client modifies scaling groups and scaling policies, and reads their state and their logs.
//!
//! ```no_run
//! use otc_autoscaling::{Client, Credentials};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::builder()
//!         .region("eu-de")
//!         .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
//!         .credentials(Credentials::token(std::env::var("OS_TOKEN")?))
//!         .build()?;
//!
//!     let response = client
//!         .list_scaling_activity_logs()
//!         .scaling_group_id("e5d27f5c-dd76-4a61-b4bc-a67c5686719a")
//!         .send()
//!         .await?;
//!     for log in response.scaling_activity_log.iter().flatten() {
//!         println!("{:?} {:?} {:?}", log.start_time, log.type_, log.status);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! [`Client`] has a method for each operation, which returns a request builder. Create one client, and clone it:
//! clones share their connections. The client runs on Tokio.
//!
//! [service]: https://docs.otc.t-systems.com/auto-scaling/api-ref/index.html
//!
//! # Requests
//!
//! Setters take any type that converts to the type of the field: integers, strings, [`chrono`] times, builders, arrays
//! and vectors. Fields that are not set are not sent. `when_some` sets an optional value without breaking the chain.
//!
//! ```no_run
//! use otc_autoscaling::types::Network;
//!
//! # async fn example(client: otc_autoscaling::Client, name: Option<String>) -> otc_autoscaling::Result<()> {
//! let response = client
//!     .update_scaling_group()
//!     .scaling_group_id("a8327883-6b07-4497-9c61-68d03ee193a1")
//!     .body_map(|body| {
//!         body.min_instance_number(0)
//!             .desire_instance_number(1)
//!             .max_instance_number(3)
//!             .cool_down_time(900) // seconds
//!             .networks([Network::builder().id("7af46e5c-9a4f-4f0b-8a0e-1f3d5d5c1b7e")])
//!             .when_some(name, |body, name| body.scaling_group_name(name))
//!     })
//!     .send()
//!     .await?;
//! assert_eq!(response.scaling_group_id.as_deref(), Some("a8327883-6b07-4497-9c61-68d03ee193a1"));
//! # Ok(())
//! # }
//! ```
//!
//! A body can also be built separately, or deserialized, with the same validation. `body` takes JSON as well:
//!
//! ```no_run
//! # async fn example(client: otc_autoscaling::Client) -> otc_autoscaling::Result<()> {
//! client
//!     .update_scaling_policy()
//!     .scaling_policy_id("0h327883-324n-4dzd-9c61-68d03ee191dd")
//!     .body(serde_json::json!({ "scaling_policy_action": { "operation": "SET", "size": 4 } }))
//!     .send()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Invalid values are reported by `send`, all at once and before the request is sent: see [`Error::violations`]. If all
//! values of the body are valid, cross-field rules (a minimum above the maximum, a policy of type `ALARM` without an
//! alarm) are checked too, unless `unchecked()` is called on the request. The fields of a policy's trigger depend on
//! each other: the types in the module [`trigger`] set only valid combinations.
//!
//! # Responses
//!
//! [`Response`] dereferences to the typed body, and has the status, headers, request ID and raw body. All fields are
//! [`Option`]s. Responses are read leniently: a value whose type differs from the documented one, an unknown field
//! or an unknown enum value is kept, and does not make the response an error. A 2xx response
//! with a JSON object is an error only if the object contains unknown fields and no documented field has a value. Match
//! enums with a wildcard:
//!
//! ```no_run
//! use otc_autoscaling::types::ScalingActivityStatus;
//!
//! # fn example(log: otc_autoscaling::types::ScalingActivityLog) {
//! match &log.status {
//!     Some(ScalingActivityStatus::Fail) => println!("failed: {:?}", log.description_content()),
//!     Some(ScalingActivityStatus::Success) | None => {}
//!     Some(status) => println!("{status}"),
//! }
//! # }
//! ```
//!
//! # Errors
//!
//! All calls return a [`Result`] with [`Error`]. Branch on [`Error::kind`], or on predicates such as
//! [`Error::is_not_found`]. A modification may have been applied even if the call returned an error: see
//! [`Error::may_have_been_applied`].
//!
//! # Retries and timeouts
//!
//! Failed attempts are retried where that is safe: see [`Retry`]. An attempt has a timeout of 30 seconds, and a call
//! with all its attempts 120 seconds; both can be set on [`ClientBuilder`]. Each call and each attempt is
//! recorded as a [`tracing`] span, which contains no bodies and no secrets.
//!
//! [`tracing`]: https://docs.rs/tracing
//!
//! # Pagination
//!
//! `items` of a list operation returns a stream of all entries, and `pages` a stream of pages: see [`Items`].
//!
//! # Waiting for a scaling action
//!
//! [`Client::wait_for_scaling_action`] returns a waiter for the end of the scaling action that a modification starts.
//!
//! # Credentials
//!
//! [`Credentials`] are a token, a function that returns tokens, an access key (AK/SK), or Keystone credentials (a user
//! with a password, or an application credential); [`Credentials::from_env`] reads them from the environment or from
//! `clouds.yaml`.
//!
//! # Testing
//!
//! With the feature `mock`, the module `mock` contains a mock service for tests of your code.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `rustls` (default) | TLS with rustls with aws-lc-rs, and the root certificates of the platform |
//! | `rustls-no-provider` | TLS with rustls with the crypto provider that the application installs, such as `ring` |
//! | `keystone` | `Keystone`, `ClientBuilder::discover`, and support for passwords, application credentials and `clouds.yaml` in [`Credentials::from_env`] |
//! | `mock` | the module `mock` |
//! | `schemars` | `JsonSchema` for each type, and `schemas`, the JSON Schema of each component |
//!
//! To use the TLS library of the platform, disable the default features of this crate, and enable the feature
//! `native-tls` of `reqwest`. Plain HTTP
//! is allowed only for loopback addresses, and redirects are not followed.
//!
//! # The OpenAPI document
//!
//! Types, validation, setters and their documentation are generated from a hand-written OpenAPI document with
//! [progenitor](https://docs.rs/progenitor). The document describes nine operations of the service; others, such as
//! creating and deleting groups, are not included. Adding an operation to the
//! document requires no Rust code.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(clippy::pedantic)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Its macros are used by later modules.
#[macro_use]
mod generated;

mod call;
mod client;
mod clock;
mod config;
mod credentials;
mod error;
mod exchange;
mod json;
mod kind;
#[cfg(feature = "mock")]
#[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
pub mod mock;
mod operation;
mod pagination;
mod redact;
mod response;
mod retry;
mod rules;
#[cfg(feature = "schemars")]
mod schema;
mod transport;
pub mod trigger;
mod validation;
/// Generic types of constrained values. [`types`] has an alias for each constrained schema of the OpenAPI document,
/// such as [`types::CoolDownTime`].
pub mod values {
    pub use crate::wire::List;
    pub use crate::wire::{Commas, Integer, IntegerOrString, Rule, Secret, Text};
}
mod wait;
mod wire;

/// The program and the examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// A [`Result`](std::result::Result) with the error type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

// Crates with types in public signatures.
#[cfg(feature = "schemars")]
#[doc(no_inline)]
pub use schemars;
#[doc(no_inline)]
pub use {chrono, futures_core, http, reqwest, serde_json};

pub use client::Client;
pub use clock::Clock;
pub use config::ClientBuilder;
#[cfg(feature = "keystone")]
pub use credentials::Keystone;
pub use credentials::{
    AccessKey, Authorize, Credentials, CredentialsError, OutgoingRequest, Token,
};
pub use error::Error;
pub use generated::{builder, types};
pub use kind::ErrorKind;
pub use pagination::{Items, List, Pages};
pub use response::Response;
pub use retry::Retry;
#[cfg(feature = "schemars")]
pub use schema::schemas;
pub use transport::HttpClient;
pub use validation::{ValidationError, Violation};
pub use wait::{ScalingActionWaiter, WaitError};
