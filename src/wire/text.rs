//! Strings that the document bounds by length, pattern or time format.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::OnceLock;

use base64::prelude::BASE64_STANDARD as BASE64;
use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeZone, Utc};
use regex_lite::Regex;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::Rule;
use super::reading::{Read, Reading};
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// What the document states about a string.
pub trait TextRule: Rule {
    const MIN_LENGTH: Option<usize> = None;
    const MAX_LENGTH: Option<usize> = None;
    /// The `strftime` formats of a time, in UTC, of which it matches one.
    const TIMES: &'static [&'static str] = &[];
    const FORMAT: Option<&'static str> = None;

    #[must_use]
    fn pattern() -> Option<&'static Pattern> {
        None
    }
}

/// A rule that has `TIMES`.
pub trait TimeRule: TextRule {}

/// A rule whose `FORMAT` is `byte`.
pub trait ByteRule: TextRule {}

/// A regular expression that is compiled at its first use.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    /// The build has compiled the pattern; one that did not would match nothing.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// A string within the bounds of a rule of the document.
///
/// Each rule has a name of its own in [`types`](crate::types), which is the one to use. Made from a
/// string by `TryFrom` or `FromStr`, or from JSON: each checks the rule. One that is a time is made
/// from the types of [`chrono`] as well, and is sent in UTC.
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
    /// The string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Of a string in base64 (`format: byte`).
impl<R: ByteRule> Text<R> {
    /// Encodes bytes.
    ///
    /// # Errors
    ///
    /// If the encoded string breaks another rule, such as its length.
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, ValidationError> {
        base64::Engine::encode(&BASE64, bytes).try_into()
    }

    /// Decodes the bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // It was decoded when it was made.
        base64::Engine::decode(&BASE64, &self.0).unwrap_or_default()
    }
}

const REDACTED: &str = "[redacted]";

fn is_secret<R: TextRule>() -> bool {
    R::FORMAT == Some("password")
}

/// A secret of a response: any string. Shown as `[redacted]`; [`as_str`](Text::as_str) has it.
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
    let shown = if is_secret::<R>() { REDACTED.to_owned() } else { quoted(text) };
    let reject = |rule: String| Err(ValidationError::new(format!("{shown} {rule}")));
    if R::FORMAT == Some("byte") && base64::Engine::decode(&BASE64, text).is_err() {
        return reject("is not base64: encode the bytes with `from_bytes`".to_owned());
    }
    let length = text.chars().count();
    let (minimum, maximum) = (R::MIN_LENGTH.unwrap_or(0), R::MAX_LENGTH);
    if length < minimum || maximum.is_some_and(|maximum| length > maximum) {
        return reject(match maximum {
            Some(maximum) => {
                format!("is {length} characters long, not within {minimum}..={maximum}")
            }
            None => format!("is {length} characters long, less than {minimum}"),
        });
    }
    // Before the pattern, which states the same about a time, and less clearly.
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

macro_rules! try_from {
    ($($string:ty)*) => {$(
        impl<R: TextRule> TryFrom<$string> for Text<R> {
            type Error = ValidationError;

            fn try_from(text: $string) -> Result<Self, Self::Error> {
                String::from(text).try_into()
            }
        }
    )*};
}
try_from!(&str &String Cow<'_, str>);

impl<R: TextRule> FromStr for Text<R> {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.try_into()
    }
}

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

/// A secret (`format: password`) is not shown: [`as_str`](Text::as_str) has it.
impl<R: TextRule> fmt::Debug for Text<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if is_secret::<R>() { REDACTED } else { &self.0 };
        f.debug_tuple(R::NAME).field(&shown).finish()
    }
}

/// A secret (`format: password`) is not shown: [`as_str`](Text::as_str) has it.
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

/// A time that is sent as it is, or not at all: one that is finer than its format is rejected, not
/// cut off.
pub(crate) struct Whole<T>(pub(crate) T);

impl<R: TimeRule, Tz: TimeZone> TryFrom<DateTime<Tz>> for Text<R> {
    type Error = ValidationError;

    /// Writes the time in UTC, without what is finer than its format.
    fn try_from(time: DateTime<Tz>) -> Result<Self, Self::Error> {
        match R::TIMES.iter().find(|format| has_date(format)) {
            Some(format) => time.with_timezone(&Utc).format(format).to_string().try_into(),
            None => Err(ValidationError::new("takes no date, only a time of the day")),
        }
    }
}

impl<R: TimeRule, Tz: TimeZone> TryFrom<&DateTime<Tz>> for Text<R> {
    type Error = ValidationError;

    fn try_from(time: &DateTime<Tz>) -> Result<Self, Self::Error> {
        time.clone().try_into()
    }
}

impl<R: TimeRule> TryFrom<NaiveTime> for Text<R> {
    type Error = ValidationError;

    /// Writes the time of the day, without what is finer than its format.
    fn try_from(time: NaiveTime) -> Result<Self, Self::Error> {
        match R::TIMES.iter().find(|format| !has_date(format)) {
            Some(format) => time.format(format).to_string().try_into(),
            None => Err(ValidationError::new("takes a date and a time, not a time of the day")),
        }
    }
}

impl<R: TimeRule, Tz: TimeZone> TryFrom<Whole<DateTime<Tz>>> for Text<R> {
    type Error = ValidationError;

    fn try_from(Whole(time): Whole<DateTime<Tz>>) -> Result<Self, Self::Error> {
        let (utc, written) = (time.naive_utc(), Self::try_from(time)?);
        let read = |format: &&str| NaiveDateTime::parse_from_str(&written.0, format) == Ok(utc);
        if R::TIMES.iter().any(read) { Ok(written) } else { Err(cut_off(&utc, &written)) }
    }
}

impl<R: TimeRule> TryFrom<Whole<NaiveTime>> for Text<R> {
    type Error = ValidationError;

    fn try_from(Whole(time): Whole<NaiveTime>) -> Result<Self, Self::Error> {
        let written = Self::try_from(time)?;
        let read = |format: &&str| NaiveTime::parse_from_str(&written.0, format) == Ok(time);
        if R::TIMES.iter().any(read) { Ok(written) } else { Err(cut_off(&time, &written)) }
    }
}

fn cut_off<R>(time: &impl fmt::Display, written: &Text<R>) -> ValidationError {
    let written = &written.0;
    ValidationError::new(format!(
        "{time} is finer than the form it is sent in, {written}; round it"
    ))
}

fn has_date(format: &str) -> bool {
    format.contains("%d")
}

/// Whether a string is a time in this format, to the letter.
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
    fn schema_name() -> Cow<'static, str> {
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc};

    use super::{Pattern, Text, TextRule, TimeRule, Whole};
    use crate::wire::rule;

    rule!(NameRule);
    impl TextRule for NameRule {
        const MIN_LENGTH: Option<usize> = Some(1);
        const MAX_LENGTH: Option<usize> = Some(4);

        fn pattern() -> Option<&'static Pattern> {
            static PATTERN: Pattern = Pattern::new("^[a-zé]+$");
            Some(&PATTERN)
        }
    }
    type Name = Text<NameRule>;

    rule!(SecondsRule);
    impl TextRule for SecondsRule {
        const TIMES: &'static [&'static str] = &["%Y-%m-%dT%H:%M:%SZ"];

        fn pattern() -> Option<&'static Pattern> {
            static PATTERN: Pattern = Pattern::new("^[0-9]{4}-.*Z$");
            Some(&PATTERN)
        }
    }
    impl TimeRule for SecondsRule {}
    type Seconds = Text<SecondsRule>;

    rule!(LaunchRule);
    impl TextRule for LaunchRule {
        const TIMES: &'static [&'static str] = &["%Y-%m-%dT%H:%MZ", "%H:%M"];
    }
    impl TimeRule for LaunchRule {}
    type Launch = Text<LaunchRule>;

    #[test]
    fn length_counts_characters() {
        assert_eq!(Name::try_from("éééé").unwrap().as_str(), "éééé");
        let refused = |text: &str| Name::try_from(text).unwrap_err().to_string();
        assert_eq!(refused("abcde"), r#""abcde" is 5 characters long, not within 1..=4"#);
        assert_eq!(refused("a b"), r#""a b" does not match ^[a-zé]+$"#);
        assert_eq!(refused("a\n"), r#""a\n" does not match ^[a-zé]+$"#);
    }

    #[test]
    fn time_is_sent_in_utc_in_whole_seconds() {
        let east = FixedOffset::east_opt(2 * 3600).unwrap();
        let moment = east.with_ymd_and_hms(2018, 11, 22, 1, 2, 3).unwrap()
            + chrono::TimeDelta::milliseconds(999);
        assert_eq!(Seconds::try_from(moment).unwrap().as_str(), "2018-11-21T23:02:03Z");
    }

    #[test]
    fn time_must_exist_and_match_one_of_its_formats() {
        assert!(Launch::try_from("2026-02-28T23:59Z").is_ok());
        assert!(Launch::try_from("07:05").is_ok());
        for wrong in ["2026-02-30T10:00Z", "7:05", " 07:05", "24:00", "2026-02-28T23:59:00Z", ""] {
            assert!(Launch::try_from(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn chrono_type_selects_the_format() {
        let moment = Utc.with_ymd_and_hms(2026, 3, 1, 7, 5, 59).unwrap();
        assert_eq!(Launch::try_from(moment).unwrap().as_str(), "2026-03-01T07:05Z");
        let time = NaiveTime::from_hms_opt(7, 5, 59).unwrap();
        assert_eq!(Launch::try_from(time).unwrap().as_str(), "07:05");
        assert!(Seconds::try_from(time).is_err());
    }

    #[test]
    fn time_with_a_fraction_is_rejected_where_it_would_be_cut_off() {
        let time = NaiveTime::from_hms_opt(7, 5, 0).unwrap();
        assert_eq!(Launch::try_from(Whole(time)).unwrap().as_str(), "07:05");
        let moment = Utc.with_ymd_and_hms(2026, 3, 1, 7, 5, 0).unwrap();
        let east = FixedOffset::east_opt(2 * 3600).unwrap();
        let whole = Launch::try_from(Whole(moment.with_timezone(&east))).unwrap();
        assert_eq!(whole.as_str(), "2026-03-01T07:05Z");
        assert!(Seconds::try_from(Whole(moment + TimeDelta::seconds(1))).is_ok());

        for rest in [TimeDelta::seconds(1), TimeDelta::seconds(59), TimeDelta::nanoseconds(1)] {
            assert!(Launch::try_from(Whole(time + rest)).is_err(), "{rest} was cut off");
            assert!(Launch::try_from(Whole(moment + rest)).is_err(), "{rest} was cut off");
        }
        assert!(Seconds::try_from(Whole(moment + TimeDelta::milliseconds(1))).is_err());
        for extreme in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert!(Seconds::try_from(Whole(extreme)).is_err());
        }
        assert!(Seconds::try_from(Whole(time)).is_err());
        let error = Launch::try_from(Whole(time + TimeDelta::seconds(59))).unwrap_err().to_string();
        assert_eq!(error, "07:05:59 is finer than the form it is sent in, 07:05; round it");
    }

    #[test]
    fn year_beyond_the_format_is_rejected() {
        let moment = Utc.with_ymd_and_hms(12_026, 1, 1, 0, 0, 0).unwrap();
        let error = Seconds::try_from(moment).unwrap_err().to_string();
        assert_eq!(error, r#""+12026-01-01T00:00:00Z" does not match ^[0-9]{4}-.*Z$"#);
    }
}
