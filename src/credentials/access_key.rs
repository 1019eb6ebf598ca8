//! Signatures with an access key: both variants of `SDK-HMAC-SHA256`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, percent_encode,
};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Authorize, Credentials, CredentialsError, Form, OutgoingRequest};
use crate::validation::{ValidationError, Violations};

const ALGORITHM: &str = "SDK-HMAC-SHA256";
const DATE_HEADER: &str = "x-sdk-date";
const PROJECT_HEADER: &str = "x-project-id";
const SECURITY_TOKEN_HEADER: &str = "x-security-token";

/// An access key and its secret key (AK/SK), with which each request is signed.
///
/// A signature is valid for 15 minutes, so the clock of the system must be correct.
///
/// ```
/// use otc_autoscaling::{AccessKey, Client};
///
/// let client = Client::builder()
///     .region("eu-de")
///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
///     .credentials(AccessKey::new("access-key", "secret key"))
///     .build()?;
/// # Ok::<(), otc_autoscaling::Error>(())
/// ```
#[derive(Clone)]
pub struct AccessKey {
    id: String,
    secret: SecretString,
    security_token: Option<SecretString>,
    scope: Option<Scope>,
}

/// The scope of a signature, in addition to the date.
#[derive(Clone)]
struct Scope {
    region: String,
    service: String,
}

impl AccessKey {
    /// Creates an access key (AK) with its secret key (SK).
    pub fn new(access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            id: access_key.into(),
            secret: secret_key.into().into(),
            security_token: None,
            scope: None,
        }
    }

    /// Sets the security token of a temporary access key.
    #[must_use]
    pub fn security_token(mut self, token: impl Into<String>) -> Self {
        self.security_token = Some(token.into().into());
        self
    }

    /// Binds signatures to a region and a service. Both may be empty. By default, signatures are not bound to
    /// them, as in the vendor's SDKs.
    #[must_use]
    pub fn scoped(mut self, region: impl Into<String>, service: impl Into<String>) -> Self {
        self.scope = Some(Scope { region: region.into(), service: service.into() });
        self
    }

    fn check(&self) -> Result<(), ValidationError> {
        let mut wrong = Violations::default();
        for (setting, reason) in self.faults() {
            wrong.add(ValidationError::new(format!("the {} {reason}", setting.replace('_', " "))));
        }
        wrong.or(())
    }

    /// The invalid settings, with the reasons.
    pub(super) fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let is_printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let has_separator = |text: &str| text.contains(['/', ',', '=']);
        let mut faults = Vec::new();
        if self.id.is_empty() {
            faults.push(("access_key", "is empty"));
        } else if !is_printable(&self.id) || has_separator(&self.id) {
            faults.push(("access_key", "contains an invalid character"));
        }
        let secret = self.secret.expose_secret();
        if secret.is_empty() {
            faults.push(("secret_key", "is empty"));
        } else if secret.trim() != secret || secret.chars().any(char::is_control) {
            faults.push((
                "secret_key",
                "begins or ends with a space or a line break, or contains a control character",
            ));
        }
        let token = self.security_token.as_ref().map(ExposeSecret::expose_secret);
        if token.is_some_and(|token| token.is_empty() || !is_printable(token)) {
            faults.push(("security_token", "is empty, or contains an invalid character"));
        }
        let mut scope = self.scope.iter().flat_map(|scope| [&scope.region, &scope.service]);
        if scope.any(|part| !is_printable(part) || has_separator(part)) {
            faults.push(("scope", "contains an invalid character in its region or service"));
        }
        faults
    }

    /// Returns the value of the header `Authorization`.
    fn authorization(&self, request: &Canonical, date: &str) -> String {
        let names = request.header_names();
        let (credential, key) = match &self.scope {
            None => {
                let secret = self.secret.expose_secret().as_bytes().to_vec();
                (format!("Access={}", self.id), Zeroizing::new(secret))
            }
            Some(scope) => {
                let scope = scope.on(date);
                (format!("Credential={}/{scope}", self.id), self.scoped_key(&scope))
            }
        };
        let signature = hex(&hmac(&key, self.string_to_sign(request, date).as_bytes()));
        format!("{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}")
    }

    fn string_to_sign(&self, request: &Canonical, date: &str) -> String {
        let scope = self.scope.as_ref().map(|scope| scope.on(date) + "\n").unwrap_or_default();
        let hash = hex(&Sha256::digest(request.text().as_bytes()));
        format!("{ALGORITHM}\n{date}\n{scope}{hash}")
    }

    /// Derives the key of a scope, of which each part is signed with the previous one.
    fn scoped_key(&self, scope: &str) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(format!("SDK{}", self.secret.expose_secret()).into_bytes());
        scope.split('/').fold(secret, |key, part| hmac(&key, part.as_bytes()))
    }
}

impl Scope {
    /// Date, region, service and terminator.
    fn on(&self, date: &str) -> String {
        let day = date.split('T').next().unwrap_or_default();
        format!("{day}/{}/{}/sdk_request", self.region, self.service)
    }
}

/// The canonical form of a request.
struct Canonical<'a> {
    method: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    /// Lower-case names, sorted.
    headers: Vec<(&'a str, Cow<'a, str>)>,
    body: &'a [u8],
}

impl Canonical<'_> {
    /// The canonical request. It contains the security token.
    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(512));
        text.extend([self.method, "\n"]);
        // The canonical path always ends with a slash.
        for part in self.path.strip_suffix('/').unwrap_or(self.path).split('/') {
            text.extend(encoded(&decoded(part)));
            text.push('/');
        }
        text.push('\n');
        self.write_query(&mut text);
        text.push('\n');
        for (name, value) in &self.headers {
            text.extend([name, ":", value.trim(), "\n"]);
        }
        text.extend(["\n", &self.header_names(), "\n", &hex(&Sha256::digest(self.body))]);
        text
    }

    fn header_names(&self) -> String {
        self.headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";")
    }

    /// Writes the query, sorted and encoded again, so that `+` becomes `%20`.
    fn write_query(&self, text: &mut String) {
        let query = self.query.unwrap_or_default().replace('+', "%20");
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let mut pairs: Vec<_> = pairs
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(key), decoded(value))
            })
            .collect();
        // By their decoded keys and values.
        pairs.sort();
        for (index, (key, value)) in pairs.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "&" });
            text.extend(encoded(key).chain(["="]).chain(encoded(value)));
        }
    }
}

/// All but the unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Decodes a part of a URL.
fn decoded(part: &str) -> Cow<'_, [u8]> {
    percent_decode_str(part).into()
}

/// Encodes a part of a URL.
fn encoded(part: &[u8]) -> PercentEncode<'_> {
    percent_encode(part, RESERVED)
}

fn hmac(key: &[u8], text: &[u8]) -> Zeroizing<Vec<u8>> {
    // HMAC accepts keys of any length, so the error does not occur.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Zeroizing::default() };
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(2 * bytes.len());
    // Four bits are always a valid hexadecimal digit.
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text
}

impl Authorize for AccessKey {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(std::future::ready(self.sign(request)))
    }
}

impl AccessKey {
    fn sign(&self, request: &mut OutgoingRequest<'_>) -> Result<(), CredentialsError> {
        let date = request.now().format("%Y%m%dT%H%M%SZ").to_string();
        let project = request.project_id().to_owned();
        request.set_header(DATE_HEADER, &date)?;
        // Headers that proxies may rewrite are not signed.
        let mut headers: Vec<(_, Cow<str>)> =
            vec![("host", request.host().into()), (DATE_HEADER, date.as_str().into())];
        // The project ID is unknown while it is being looked up.
        if !project.is_empty() {
            request.set_header(PROJECT_HEADER, &project)?;
            headers.push((PROJECT_HEADER, project.into()));
        }
        if let Some(token) = &self.security_token {
            request.set_secret_header(SECURITY_TOKEN_HEADER, token.expose_secret())?;
            headers.push((SECURITY_TOKEN_HEADER, token.expose_secret().into()));
        }
        headers.sort_by_key(|(name, _)| *name);
        let canonical = Canonical {
            method: request.method().as_str(),
            path: request.path(),
            query: request.query(),
            headers,
            body: request.body(),
        };
        let authorization = self.authorization(&canonical, &date);
        request.set_secret_header("authorization", &authorization)
    }
}

/// An invalid key is reported by [`ClientBuilder::build`](crate::ClientBuilder::build).
impl From<AccessKey> for Credentials {
    fn from(key: AccessKey) -> Self {
        let wrong = key.check().err();
        Self { wrong, ..Self::new(Form::AccessKey, Arc::new(key)) }
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn vectors() -> Vec<Value> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signing-vectors.json");
        let text = std::fs::read_to_string(file).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Canonical request, string to sign and signature of a vector, signed with this secret.
    fn signed(vector: &Value, secret: &str) -> [String; 3] {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let of = |key: &str| text(&vector[key]);
        let mut key = AccessKey::new(of("access_key"), secret);
        if let Some(scope) = vector["scope"].as_object() {
            key = key.scoped(text(&scope["region"]), text(&scope["service"]));
        }
        key.check().unwrap();
        let query = vector["query"].as_object().unwrap();
        // Reversed, since the order in a URL can differ from the signed one.
        let query: Vec<String> =
            query.iter().rev().map(|(key, value)| format!("{key}={}", text(value))).collect();
        let query = query.join("&");
        let (method, path, body, signed) =
            (of("method"), of("path"), of("body"), of("signed_headers"));
        let headers = signed.split(';').map(|name| (name, text(&vector["headers"][name]).into()));
        let canonical = Canonical {
            method: &method,
            path: &path,
            query: Some(&query),
            headers: headers.collect(),
            body: body.as_bytes(),
        };
        let date = of("date");
        let authorization = key.authorization(&canonical, &date);
        let signature = authorization.rsplit_once("Signature=").unwrap().1.to_owned();
        [canonical.text().to_string(), key.string_to_sign(&canonical, &date), signature]
    }

    #[test]
    fn signatures_match_every_published_vector() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 9);
        assert_eq!(vectors.iter().filter(|vector| vector["scope"].is_null()).count(), 5);
        for vector in &vectors {
            let expected = ["canonical_request", "string_to_sign", "signature"]
                .map(|key| vector[key].as_str().unwrap().to_owned());
            let secret = vector["secret_key"].as_str().unwrap();
            assert_eq!(signed(vector, secret), expected, "{}", vector["name"]);
            let [.., other] = signed(vector, "another secret");
            assert_ne!(other, expected[2], "{} takes any key", vector["name"]);
        }
    }

    #[test]
    fn url_is_signed_in_its_decoded_and_reencoded_form() {
        let canonical = Canonical {
            method: "GET",
            path: "/a%7Eb/c%2fd/%C3%A4:",
            query: Some("b=2&a=x+y&a=%2B&c&b=10&A=~&d=%3A&d=0&d="),
            headers: vec![("host", " h ".into())],
            body: b"",
        };
        let text = canonical.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "/a~b/c%2Fd/%C3%A4%3A/");
        assert_eq!(lines[2], "A=~&a=%2B&a=x%20y&b=10&b=2&c=&d=&d=0&d=%3A");
        assert_eq!(lines[3], "host:h");
    }

    #[test]
    fn invalid_key_is_rejected_and_not_shown() {
        let good = || AccessKey::new("id", "canary");
        for key in [
            AccessKey::new("", "canary"),
            AccessKey::new("id", ""),
            AccessKey::new("id", "canary\n"),
            AccessKey::new("id", " canary"),
            AccessKey::new("canary\n", "canary"),
            AccessKey::new("canary/", "canary"),
            good().security_token(""),
            good().security_token("canary\n"),
            good().scoped("a/b", ""),
            good().scoped("", "a,b"),
        ] {
            let error = Credentials::from(key).check().unwrap_err();
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        Credentials::from(good().security_token("t").scoped("", "")).check().unwrap();
    }
}
