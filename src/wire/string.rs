//! Strings that the document bounds by length, pattern or time format.

use std::fmt;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeZone, Utc};
use regex_lite::Regex;

use crate::validation::{ValidationError, quoted};

/// What the document says of a string.
#[derive(Debug)]
pub(crate) struct StringRule {
    /// In characters (Unicode scalar values), as JSON Schema counts.
    pub(crate) min_length: Option<usize>,
    /// In characters, as `min_length`.
    pub(crate) max_length: Option<usize>,
    pub(crate) pattern: Option<Pattern>,
    /// `strftime` formats, in UTC; the text has to be a real time in one of them.
    pub(crate) times: &'static [&'static str],
}

/// A regular expression, compiled when first used. `build.rs` has compiled it with the same
/// engine, so that one that does not compile fails the build.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

impl StringRule {
    pub(crate) fn check(&self, text: &str) -> Result<(), ValidationError> {
        let refuse = |rule: String| Err(ValidationError::new(format!("{} {rule}", quoted(text))));
        let length = text.chars().count();
        let (minimum, maximum) = (self.min_length.unwrap_or(0), self.max_length);
        if length < minimum || maximum.is_some_and(|maximum| length > maximum) {
            return refuse(match maximum {
                Some(maximum) => {
                    format!("is {length} characters long, not within {minimum}..={maximum}")
                }
                None => format!("is {length} characters long, less than {minimum}"),
            });
        }
        // Before the pattern, which says the same of a time, and less well.
        if !self.times.is_empty() && !self.times.iter().any(|format| is_time(text, format)) {
            return refuse(format!("is not a time as {} (UTC)", self.times.join(" or ")));
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(text)
        {
            return refuse(format!("does not match {}", pattern.source));
        }
        Ok(())
    }

    /// The moment in UTC, in the first of the formats that has a date. What the format does not
    /// hold (fractions, or seconds) is cut off.
    pub(crate) fn format_moment<Tz: TimeZone>(
        &self,
        moment: &DateTime<Tz>,
    ) -> Result<String, ValidationError> {
        match self.times.iter().find(|format| has_date(format)) {
            Some(format) => Ok(moment.with_timezone(&Utc).format(format).to_string()),
            None => Err(ValidationError::new("takes no date, only a time of the day")),
        }
    }

    /// The time of the day, in UTC, in the first of the formats that has no date.
    pub(crate) fn format_time_of_day(&self, time: NaiveTime) -> Result<String, ValidationError> {
        match self.times.iter().find(|format| !has_date(format)) {
            Some(format) => Ok(time.format(format).to_string()),
            None => Err(ValidationError::new("takes a date and a time, not a time of the day")),
        }
    }

    /// As [`Self::format_moment`], but refused when anything would be cut off.
    pub(crate) fn format_whole_moment<Tz: TimeZone>(
        &self,
        moment: &DateTime<Tz>,
    ) -> Result<String, ValidationError> {
        let text = self.format_moment(moment)?;
        let moment = moment.naive_utc();
        let says = |format: &&str| NaiveDateTime::parse_from_str(&text, format) == Ok(moment);
        if self.times.iter().any(says) { Ok(text) } else { Err(cut_off(&moment, &text)) }
    }

    /// As [`Self::format_time_of_day`], but refused when anything would be cut off.
    pub(crate) fn format_whole_time_of_day(
        &self,
        time: NaiveTime,
    ) -> Result<String, ValidationError> {
        let text = self.format_time_of_day(time)?;
        let says = |format: &&str| NaiveTime::parse_from_str(&text, format) == Ok(time);
        if self.times.iter().any(says) { Ok(text) } else { Err(cut_off(&time, &text)) }
    }
}

fn cut_off(time: &impl fmt::Display, text: &str) -> ValidationError {
    ValidationError::new(format!("{time} is finer than the form it is sent in, {text}; round it"))
}

/// A time to be sent whole or not at all, where one that is made from `chrono`'s type itself has
/// what its format does not hold cut off.
pub(crate) struct Whole<T>(pub(crate) T);

fn has_date(format: &str) -> bool {
    format.contains("%d")
}

/// Whether the text is a time of this format, to the letter: chrono alone would also take spaces
/// and missing zeros.
fn is_time(text: &str, format: &str) -> bool {
    if has_date(format) {
        NaiveDateTime::parse_from_str(text, format)
            .is_ok_and(|time| time.format(format).to_string() == text)
    } else {
        NaiveTime::parse_from_str(text, format)
            .is_ok_and(|time| time.format(format).to_string() == text)
    }
}

/// A newtype over a string that the document bounds: made by `TryFrom` a string, `FromStr` or
/// `Deserialize`, each of which checks.
macro_rules! string {
    (
        $(#[$meta:meta])*
        $name:ident { min_length: $min_length:expr, max_length: $max_length:expr,
                      pattern: $pattern:expr, times: $times:expr, format: $format:expr }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            fn rule() -> &'static $crate::wire::string::StringRule {
                static RULE: $crate::wire::string::StringRule = $crate::wire::string::StringRule {
                    min_length: $min_length,
                    max_length: $max_length,
                    pattern: match $pattern {
                        Some(pattern) => Some($crate::wire::string::Pattern::new(pattern)),
                        None => None,
                    },
                    times: $times,
                };
                &RULE
            }

            /// The text, as it is sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ValidationError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::rule().check(&text)?;
                Ok(Self(text))
            }
        }

        impl TryFrom<&String> for $name {
            type Error = $crate::ValidationError;

            fn try_from(text: &String) -> Result<Self, Self::Error> {
                text.clone().try_into()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::ValidationError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.to_owned().try_into()
            }
        }

        impl TryFrom<::std::borrow::Cow<'_, str>> for $name {
            type Error = $crate::ValidationError;

            fn try_from(text: ::std::borrow::Cow<'_, str>) -> Result<Self, Self::Error> {
                text.into_owned().try_into()
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.try_into()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.0 == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.0 == *text
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.try_into().map_err(::serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::wire::string::schema(Self::rule(), $format)
            }
        }
    };
}
pub(crate) use string;

/// A [`string!`] that is a time: also made from `chrono`'s types, whatever their time zone.
macro_rules! time {
    ($(#[$meta:meta])* $name:ident { $($rule:tt)* }) => {
        $crate::wire::string::string! { $(#[$meta])* $name { $($rule)* } }

        /// In UTC; what the format does not hold (fractions of a second, or seconds) is cut off.
        impl<Tz: ::chrono::TimeZone> TryFrom<::chrono::DateTime<Tz>> for $name {
            type Error = $crate::ValidationError;

            fn try_from(moment: ::chrono::DateTime<Tz>) -> Result<Self, Self::Error> {
                Self::rule().format_moment(&moment)?.try_into()
            }
        }

        /// As from the moment itself.
        impl<Tz: ::chrono::TimeZone> TryFrom<&::chrono::DateTime<Tz>> for $name {
            type Error = $crate::ValidationError;

            fn try_from(moment: &::chrono::DateTime<Tz>) -> Result<Self, Self::Error> {
                moment.clone().try_into()
            }
        }

        /// A time of the day, in UTC; what the format does not hold is cut off.
        impl TryFrom<::chrono::NaiveTime> for $name {
            type Error = $crate::ValidationError;

            fn try_from(time: ::chrono::NaiveTime) -> Result<Self, Self::Error> {
                Self::rule().format_time_of_day(time)?.try_into()
            }
        }

        impl<Tz: ::chrono::TimeZone> TryFrom<$crate::wire::string::Whole<::chrono::DateTime<Tz>>>
            for $name
        {
            type Error = $crate::ValidationError;

            fn try_from(
                moment: $crate::wire::string::Whole<::chrono::DateTime<Tz>>,
            ) -> Result<Self, Self::Error> {
                Self::rule().format_whole_moment(&moment.0)?.try_into()
            }
        }

        impl TryFrom<$crate::wire::string::Whole<::chrono::NaiveTime>> for $name {
            type Error = $crate::ValidationError;

            fn try_from(
                time: $crate::wire::string::Whole<::chrono::NaiveTime>,
            ) -> Result<Self, Self::Error> {
                Self::rule().format_whole_time_of_day(time.0)?.try_into()
            }
        }
    };
}
pub(crate) use time;

#[cfg(feature = "schemars")]
pub(crate) fn schema(rule: &StringRule, format: Option<&str>) -> schemars::Schema {
    let mut schema = schemars::json_schema!({ "type": "string" });
    let mut state = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            schema.insert(key.to_owned(), value);
        }
    };
    state("format", format.map(Into::into));
    state("minLength", rule.min_length.map(Into::into));
    state("maxLength", rule.max_length.map(Into::into));
    state("pattern", rule.pattern.as_ref().map(|pattern| pattern.source.into()));
    schema
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc};

    use super::Whole;

    string! { Name { min_length: Some(1), max_length: Some(4), pattern: Some("^[a-zé]+$"),
    times: &[], format: None } }
    time! { Seconds { min_length: None, max_length: None, pattern: Some("^[0-9]{4}-.*Z$"),
    times: &["%Y-%m-%dT%H:%M:%SZ"], format: None } }
    time! { Launch { min_length: None, max_length: None, pattern: None,
    times: &["%Y-%m-%dT%H:%MZ", "%H:%M"], format: None } }

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
