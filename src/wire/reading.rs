//! Fields of responses: any JSON is read, in one pass and without buffering.
//!
//! A value of the documented type is read directly. Another value is kept as a [`Value`], and is converted if possible:
//! `"5"` is 5 for a number.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::json;

/// Far more than a page has. A small item of two bytes takes about a hundred bytes of memory.
const MOST_ITEMS: usize = 100_000;

/// The result of reading a field.
pub(crate) struct Read<T> {
    /// The value, if it can be converted to `T`.
    pub(crate) value: Option<T>,
    /// The original, if `value` would be serialized differently. Never null, which counts as absent.
    pub(crate) original: Option<Value>,
}

impl<T> Read<T> {
    pub(crate) fn exact(value: T) -> Self {
        Self { value: Some(value), original: None }
    }

    fn null() -> Self {
        Self { value: None, original: None }
    }

    pub(crate) fn otherwise(value: Option<T>, original: impl Into<Value>) -> Self {
        Self { value, original: Some(original.into()) }
    }
}

/// The type of a field of a response. Each function reads one type of JSON; the defaults keep a value of another type.
pub(crate) trait Reading: Sized {
    fn of_str(text: &str) -> Read<Self> {
        Read::otherwise(None, text)
    }

    fn of_bool(value: bool) -> Read<Self> {
        Read::otherwise(Self::of_text_of(value.to_string()), value)
    }

    fn of_integer(value: i64) -> Read<Self> {
        Read::otherwise(Self::of_text_of(value.to_string()), value)
    }

    /// A number that is not an `i64`: a fraction, or out of range.
    fn of_number(value: serde_json::Number) -> Read<Self> {
        Read::otherwise(Self::of_text_of(value.to_string()), Value::Number(value))
    }

    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Read<Self>, A::Error> {
        let list = Value::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(Read::otherwise(None, list))
    }

    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Read<Self>, A::Error> {
        // Not read entry by entry, since numbers are objects if serde_json is built with `arbitrary_precision`.
        Ok(match Value::deserialize(MapAccessDeserializer::new(object))? {
            Value::Number(number) => match number.as_i64() {
                Some(integer) => Self::of_integer(integer),
                None => Self::of_number(number),
            },
            object => Read::otherwise(None, object),
        })
    }

    /// Converts the text of a number or a boolean.
    fn of_text_of(_text: String) -> Option<Self> {
        None
    }
}

/// The seed for a type with [`Reading`].
pub(crate) struct Reader<T>(PhantomData<T>);

impl<T> Reader<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Reading> DeserializeSeed<'de> for Reader<T> {
    type Value = Read<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Reading> Visitor<'de> for Reader<T> {
    type Value = Read<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Read<T>, E> {
        Ok(Read::null())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Read<T>, E> {
        Ok(T::of_bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Read<T>, E> {
        Ok(T::of_integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Read<T>, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => T::of_integer(value),
            Err(_) => T::of_number(value.into()),
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Read<T>, E> {
        json::note_rounded();
        match serde_json::Number::from_f64(value) {
            Some(value) => Ok(T::of_number(value)),
            None => Err(E::custom("a number that JSON can't hold")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Read<T>, E> {
        Ok(T::of_str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Read<T>, A::Error> {
        T::of_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Read<T>, A::Error> {
        T::of_object(object)
    }
}

/// Returns whether an original is still equal to the field, and is serialized in its place.
pub(crate) fn is_current<T: Reading + PartialEq>(original: &Value, field: Option<&T>) -> bool {
    let read: Result<Read<T>, serde_json::Error> = Reader::new().deserialize(original);
    read.is_ok_and(|read| read.value.as_ref() == field)
}

impl Reading for String {
    fn of_str(text: &str) -> Read<Self> {
        Read::exact(text.to_owned())
    }

    fn of_text_of(text: String) -> Option<Self> {
        Some(text)
    }
}

impl Reading for i64 {
    fn of_integer(value: i64) -> Read<Self> {
        Read::exact(value)
    }

    /// `1.0` and `1e0` are 1.
    fn of_number(value: serde_json::Number) -> Read<Self> {
        Read::otherwise(value.as_f64().and_then(whole), Value::Number(value))
    }

    fn of_str(text: &str) -> Read<Self> {
        Read::otherwise(integer(text), text)
    }
}

/// Parses an integer in any format: `1`, `1.0`, `1e0`, with surrounding spaces.
pub(super) fn integer(text: &str) -> Option<i64> {
    let number = text.trim();
    number.parse().ok().or_else(|| whole(number.parse().ok()?))
}

/// Returns a number as an integer, if it is one without loss of digits.
#[allow(clippy::cast_possible_truncation, reason = "it is a whole number within the range")]
pub(super) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

impl Reading for f64 {
    fn of_number(value: serde_json::Number) -> Read<Self> {
        Read::otherwise(value.as_f64(), Value::Number(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "the original is kept beside")]
    fn of_integer(value: i64) -> Read<Self> {
        Read::otherwise(Some(value as f64), value)
    }

    fn of_str(text: &str) -> Read<Self> {
        Read::otherwise(text.trim().parse().ok(), text)
    }
}

impl Reading for bool {
    fn of_bool(value: bool) -> Read<Self> {
        Read::exact(value)
    }

    fn of_str(text: &str) -> Read<Self> {
        Read::otherwise(text.trim().parse().ok(), text)
    }
}

impl Reading for DateTime<Utc> {
    fn of_str(text: &str) -> Read<Self> {
        match DateTime::parse_from_rfc3339(text) {
            Ok(moment) => {
                let moment = moment.with_timezone(&Utc);
                // The format of chrono. Originals in other formats (an offset, a lower-case t) are kept.
                let written = moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
                let original = (written != text).then(|| text.into());
                Read { value: Some(moment), original }
            }
            Err(_) => Read::otherwise(moment(text), text),
        }
    }
}

/// Parses a time in another format than documented: without seconds, separators or a zone (UTC); with a space before
/// the time or the zone; with a zone such as `+02` or `UTC`; or 24:00.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().to_ascii_uppercase().replace(',', ".");
    let utc = ["Z", "UTC", "GMT"].into_iter().find_map(|utc| text.strip_suffix(utc));
    let (date, time) = utc.unwrap_or(&text).split_once(['T', ' '])?;
    let zone = time.find(['+', '-', '\u{2212}']).unwrap_or(time.len());
    let (time, zone) = (time[..zone].trim(), &time[zone..]);
    let parts = ["%Y-%m-%d", "%Y%m%d", "%G-W%V-%u"];
    let date = parts.into_iter().find_map(|part| NaiveDate::parse_from_str(date, part).ok())?;
    let ends_day = ["24:00", "24:00:00", "2400", "240000"].contains(&time);
    let (date, time) = if ends_day { (date.succ_opt()?, "00:00") } else { (date, time) };
    let parts = ["%H:%M:%S%.f", "%H:%M", "%H%M%S%.f", "%H%M"];
    let time = parts.into_iter().find_map(|part| NaiveTime::parse_from_str(time, part).ok())?;
    let moment = date.and_time(time);
    if zone.is_empty() {
        return Some(moment.and_utc());
    }
    let moment = format!("{}{zone}", moment.format("%FT%T%.f"));
    let moment = DateTime::parse_from_str(&moment, "%FT%T%.f%#z").ok()?;
    Some(moment.with_timezone(&Utc))
}

impl Reading for Value {
    fn of_str(text: &str) -> Read<Self> {
        Read::exact(text.into())
    }

    fn of_bool(value: bool) -> Read<Self> {
        Read::exact(value.into())
    }

    fn of_integer(value: i64) -> Read<Self> {
        Read::exact(value.into())
    }

    fn of_number(value: serde_json::Number) -> Read<Self> {
        Read::exact(Value::Number(value))
    }

    fn of_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Read<Self>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(list)).map(Read::exact)
    }

    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Read<Self>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(object)).map(Read::exact)
    }
}

/// Contains the items that can be read, in order. If one is converted, the original list is kept as well.
impl<T: Reading + serde::Serialize> Reading for Vec<T> {
    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Read<Self>, A::Error> {
        let mut items = Vec::new();
        let mut originals: Option<Vec<Value>> = None;
        let mut count = 0;
        while let Some(read) = list.next_element_seed(Reader::<T>::new())? {
            count += 1;
            if count > MOST_ITEMS {
                return Err(A::Error::custom(format_args!(
                    "a list has more than {MOST_ITEMS} items"
                )));
            }
            let exact = read.original.is_none() && read.value.is_some();
            if !exact && originals.is_none() {
                let so_far: Result<Vec<Value>, _> =
                    items.iter().map(serde_json::to_value).collect();
                originals = Some(so_far.map_err(A::Error::custom)?);
            }
            if let Some(originals) = &mut originals {
                originals.push(match (&read.original, &read.value) {
                    (Some(original), _) => original.clone(),
                    (None, Some(value)) => serde_json::to_value(value).map_err(A::Error::custom)?,
                    (None, None) => Value::Null,
                });
            }
            items.extend(read.value);
        }
        Ok(Read { value: Some(items), original: originals.map(Value::Array) })
    }
}
