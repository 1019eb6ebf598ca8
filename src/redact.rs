//! The secrets of a request, to be left out where a response repeats them.

use std::borrow::Cow;

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

/// The secrets of a request. A service may well write back the token that it refuses.
#[derive(Clone, Default)]
pub(crate) struct Sent(Vec<SecretString>);

impl Sent {
    /// The values of the header fields that are marked.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Self {
        let secrets = headers.values().filter(|value| value.is_sensitive());
        let secrets = secrets.filter_map(|value| value.to_str().ok()).filter(|it| !it.is_empty());
        Self(secrets.map(SecretString::from).collect())
    }

    /// A text without them.
    pub(crate) fn left_out_of<'a>(&self, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        self.0.iter().fold(text.into(), |text, secret| {
            let secret = secret.expose_secret();
            if text.contains(secret) { text.replace(secret, "[secret]").into() } else { text }
        })
    }

    /// The length of the longest of them, in bytes.
    pub(crate) fn longest(&self) -> usize {
        self.0.iter().map(|secret| secret.expose_secret().len()).max().unwrap_or_default()
    }
}
