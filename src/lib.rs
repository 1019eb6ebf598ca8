#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(clippy::pedantic)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Its macros are used below it.
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
/// The generic types of constrained values. [`types`] has a name for each rule of the document,
/// such as [`types::CoolDownTime`].
pub mod values {
    pub use crate::wire::List;
    pub use crate::wire::{Commas, Integer, IntegerOrString, Rule, Secret, Text};
}
mod wait;
mod wire;

/// A result whose error is that of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

// The crates whose types stand in signatures here, in the versions that fit.
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
