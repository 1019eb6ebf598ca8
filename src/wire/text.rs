//! Strings with a length, a pattern or a time format.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use base64::prelude::BASE64_STANDARD as BASE64;
use chrono::format::ParseResult;
use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use regex::Regex;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::Rule;
use super::reading::{Read, Reading};
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// The rule of a string.
pub trait TextRule: Rule {
    const MIN_LENGTH: Option<usize> = None;
    const MAX_LENGTH: Option<usize> = None;
    /// The `strftime` formats of a time in UTC.
    const TIMES: &'static [&'static str] = &[];
    const FORMAT: Option<&'static str> = None;

    #[must_use]
    fn pattern() -> Option<&'static Pattern> {
        None
    }
}

/// A rule with `TIMES`.
pub trait TimeRule: TextRule {}

/// A rule with the format `byte`.
pub trait ByteRule: TextRule {}

/// A regular expression that is compiled on first use.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The build has validated the pattern.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// A string that satisfies a rule of the OpenAPI document.
///
/// Use the aliases in [`types`](crate::types). Strings convert with `TryFrom` and `FromStr`, times also from the types
/// of [`chrono`], which are converted to UTC.
///
/// ```
/// use otc_autoscaling::types::ResourceName;
///
/// let name = ResourceName::try_from("fleet-1")?;
/// assert_eq!(name, "fleet-1");
/// assert!(ResourceName::try_from("fleet 1").is_err());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<R>(String, PhantomData<R>);

impl<R> Text<R> {
    /// Returns the string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes in Base64 (`format: byte`).
impl<R: ByteRule> Text<R> {
    /// Encodes bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the encoded string violates the rule, for example its maximum length.
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, ValidationError> {
        base64::Engine::encode(&BASE64, bytes).try_into()
    }

    /// Decodes the bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // The string is valid Base64.
        base64::Engine::decode(&BASE64, &self.0).unwrap_or_default()
    }
}

const REDACTED: &str = "[redacted]";

fn is_secret<R: TextRule>() -> bool {
    R::FORMAT == Some("password")
}

/// A secret of a response. `Debug` and `Display` show `[redacted]`; [`as_str`](Text::as_str) returns it.
pub type Secret = Text<SecretRule>;

/// The rule of a [`Secret`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretRule {}

impl Rule for SecretRule {
    const NAME: &'static str = "Secret";
}

impl TextRule for SecretRule {
    const FORMAT: Option<&'static str> = Some("password");
}

impl Reading for Secret {
    fn of_str(text: &str) -> Read<Self> {
        Read::exact(Self(text.to_owned(), PhantomData))
    }
}

impl<R: TextRule> TryFrom<String> for Text<R> {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check::<R>(&text)?;
        Ok(Self(text, PhantomData))
    }
}

fn check<R: TextRule>(text: &str) -> Result<(), ValidationError> {
    let reject = |rule: String| {
        let shown = if is_secret::<R>() { REDACTED.to_owned() } else { quoted(text) };
        Err(ValidationError::new(format!("{shown} {rule}")))
    };
    if R::FORMAT == Some("byte") && base64::Engine::decode(&BASE64, text).is_err() {
        return reject("is not valid Base64: encode bytes with `from_bytes`".to_owned());
    }
    let length = text.chars().count();
    let (minimum, maximum) = (R::MIN_LENGTH.unwrap_or(0), R::MAX_LENGTH);
    if length < minimum || maximum.is_some_and(|maximum| length > maximum) {
        return reject(match maximum {
            Some(maximum) => {
                format!("is {length} characters long, not within {minimum}..={maximum}")
            }
            None => format!("is {length} characters long, shorter than the minimum of {minimum}"),
        });
    }
    // Checked before the pattern, whose message is less clear.
    if !R::TIMES.is_empty() && !R::TIMES.iter().any(|format| is_time(text, format)) {
        return reject(format!("is not a time as {} (UTC)", R::TIMES.join(" or ")));
    }
    match R::pattern() {
        Some(pattern) if !pattern.is_match(text) => {
            reject(format!("does not match {}", pattern.source))
        }
        _ => Ok(()),
    }
}

super::from_strings!([R: TextRule] Text<R>);

impl<R> PartialEq<str> for Text<R> {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl<R> PartialEq<&str> for Text<R> {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl<R> From<Text<R>> for String {
    fn from(value: Text<R>) -> Self {
        value.0
    }
}

impl<R> AsRef<str> for Text<R> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Shows `[redacted]` for a secret (`format: password`).
impl<R: TextRule> fmt::Debug for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if is_secret::<R>() { REDACTED } else { &self.0 };
        f.debug_tuple(R::NAME).field(&shown).finish()
    }
}

/// Shows `[redacted]` for a secret (`format: password`).
impl<R: TextRule> fmt::Display for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_secret::<R>() { REDACTED.fmt(f) } else { self.0.fmt(f) }
    }
}

impl<R> Serialize for Text<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, R: TextRule> Deserialize<'de> for Text<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl<R: TextRule> Checked for Text<R> {}

impl<R: TimeRule, Tz: TimeZone> TryFrom<DateTime<Tz>> for Text<R> {
    type Error = ValidationError;

    /// Formats a time in UTC. Fractions of a second are omitted. A time with seconds is rejected if the format has none.
    fn try_from(time: DateTime<Tz>) -> Result<Self, Self::Error> {
        let time = time.naive_utc();
        match R::TIMES.iter().find(|format| has_date(format)) {
            Some(format) => {
                let written = time.format(format).to_string();
                let read = NaiveDateTime::parse_from_str(&written, format);
                whole(&time, format, written, read)?.try_into()
            }
            None => Err(ValidationError::new("a date is not supported: use a `NaiveTime`")),
        }
    }
}

impl<R: TimeRule> TryFrom<NaiveTime> for Text<R> {
    type Error = ValidationError;

    /// Formats a time of day.
    fn try_from(time: NaiveTime) -> Result<Self, Self::Error> {
        match R::TIMES.iter().find(|format| !has_date(format)) {
            Some(format) => {
                let written = time.format(format).to_string();
                let read = NaiveTime::parse_from_str(&written, format);
                whole(&time, format, written, read)?.try_into()
            }
            None => Err(ValidationError::new("a time of day is not supported: use a `DateTime`")),
        }
    }
}

/// Rejects a time with more precision than its format.
fn whole<T: fmt::Display + PartialEq + Timelike>(
    time: &T,
    format: &str,
    written: String,
    read: ParseResult<T>,
) -> Result<String, ValidationError> {
    let sent = if format.contains("%S") { time.with_nanosecond(0) } else { None };
    match read {
        Ok(read) if read != *sent.as_ref().unwrap_or(time) => Err(ValidationError::new(format!(
            "{time} has more precision than the format {format}: use, for example, {written}, or truncate it with chrono::DurationRound"
        ))),
        _ => Ok(written),
    }
}

fn has_date(format: &str) -> bool {
    format.contains("%d")
}

/// Whether a string is a time in exactly this format.
fn is_time(text: &str, format: &str) -> bool {
    if has_date(format) {
        NaiveDateTime::parse_from_str(text, format)
            .is_ok_and(|time| time.format(format).to_string() == text)
    } else {
        NaiveTime::parse_from_str(text, format)
            .is_ok_and(|time| time.format(format).to_string() == text)
    }
}

#[cfg(feature = "schemars")]
impl<R: TextRule> schemars::JsonSchema for Text<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::schema(
            "string",
            [
                ("format", R::FORMAT.map(Into::into)),
                ("minLength", R::MIN_LENGTH.map(Into::into)),
                ("maxLength", R::MAX_LENGTH.map(Into::into)),
                ("pattern", R::pattern().map(|pattern| pattern.source.into())),
            ],
        )
    }
}
