//! Lists in requests with a number of items.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Rule;
use super::request::Checked;
use crate::validation::{ValidationError, Violations};

/// The rule of a list.
pub trait ListRule: Rule {
    const MIN_ITEMS: Option<usize> = None;
    const MAX_ITEMS: Option<usize> = None;
}

/// A rule that an empty list satisfies.
pub trait EmptyRule: ListRule {}

/// A list that is sent as an array.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Array {}

/// A list that is sent as one string, separated by commas.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Commas {}

/// A list that satisfies a rule of the OpenAPI document. Dereferences to a slice.
///
/// Use the aliases in [`types`](crate::types). Vectors, arrays and slices of any type that converts to the items
/// convert with `TryFrom`.
///
/// ```
/// use otc_autoscaling::types::{Network, NetworkList};
///
/// let networks = NetworkList::try_from([Network::builder().id("net-1")])?;
/// assert_eq!(networks.len(), 1);
/// let error = NetworkList::try_from(vec![Network::builder(); 6]).unwrap_err();
/// assert!(error.to_string().starts_with("has 6 items, not within 0..=5"));
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List<R, T, F = Array>(Vec<T>, PhantomData<(R, F)>);

impl<R: ListRule, T, F> List<R, T, F> {
    /// Converts the items, and checks their number.
    fn collect<U>(items: impl ExactSizeIterator<Item = U>) -> Result<Self, ValidationError>
    where
        U: TryInto<T>,
        U::Error: Into<ValidationError>,
    {
        Self::collect_results(items.map(|item| item.try_into().map_err(Into::into)))
    }

    /// Checks the number of items. Violations of an item are located at its index.
    fn collect_results(
        items: impl ExactSizeIterator<Item = Result<T, ValidationError>>,
    ) -> Result<Self, ValidationError> {
        let mut violations = Violations::default();
        let (length, minimum) = (items.len(), R::MIN_ITEMS.unwrap_or(0));
        match R::MAX_ITEMS {
            Some(maximum) if !(minimum..=maximum).contains(&length) => {
                violations.add(ValidationError::new(format!(
                    "has {length} items, not within {minimum}..={maximum}"
                )));
            }
            None if length < minimum => {
                let rule = match minimum {
                    1 => "is empty".to_owned(),
                    _ => format!("has {length} items, less than {minimum}"),
                };
                violations.add(ValidationError::new(rule));
            }
            _ => {}
        }
        let mut made = Vec::with_capacity(length);
        for (index, item) in items.enumerate() {
            match item {
                Ok(item) => made.push(item),
                Err(error) => violations.add(error.at(&index.to_string())),
            }
        }
        // All items of a list that is too long are validated as well.
        violations.or(Self(made, PhantomData))
    }
}

impl<R: EmptyRule, T, F> Default for List<R, T, F> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

macro_rules! try_from {
    ($([$($parameter:tt)*] $items:ty: $bound:path, $iter:ident $($cloned:ident)?;)*) => {$(
        impl<R: ListRule, T, F, U, $($parameter)*> TryFrom<$items> for List<R, T, F>
        where
            U: TryInto<T> + $bound,
            U::Error: Into<ValidationError>,
        {
            type Error = ValidationError;

            fn try_from(items: $items) -> Result<Self, Self::Error> {
                Self::collect(items.$iter()$(.$cloned())?)
            }
        }
    )*};
}
try_from! {
    [] Vec<U>: Sized, into_iter;
    [const N: usize] [U; N]: Sized, into_iter;
    [] &[U]: Clone, iter cloned;
    [] &Vec<U>: Clone, iter cloned;
    [const N: usize] &[U; N]: Clone, iter cloned;
}

impl<R, T, F> From<List<R, T, F>> for Vec<T> {
    fn from(list: List<R, T, F>) -> Self {
        list.0
    }
}

impl<R, T, F> Deref for List<R, T, F> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<R, T, F> IntoIterator for List<R, T, F> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, R, T, F> IntoIterator for &'a List<R, T, F> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<R: Rule, T: fmt::Debug, F> fmt::Debug for List<R, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(R::NAME).field(&self.0).finish()
    }
}

impl<R, T: Serialize> Serialize for List<R, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<R: ListRule, T: Checked> Checked for List<R, T> {
    fn check(value: Value) -> Result<Self, ValidationError> {
        match value {
            Value::Array(items) => Self::collect_results(items.into_iter().map(T::check)),
            _ => Err(ValidationError::new("not a list")),
        }
    }
}

impl<'de, R: ListRule, T: Checked> Deserialize<'de> for List<R, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::check(Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl<R, T: fmt::Display> fmt::Display for List<R, T, Commas> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

impl<R: ListRule, T: FromStr<Err: fmt::Display>> FromStr for List<R, T, Commas> {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rejected = |error: T::Err| ValidationError::new(error.to_string());
        let items: Vec<_> = text.split(',').map(|item| item.parse().map_err(rejected)).collect();
        Self::collect_results(items.into_iter())
    }
}

impl<R: ListRule, T: FromStr<Err: fmt::Display>> TryFrom<&str> for List<R, T, Commas> {
    type Error = ValidationError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl<R, T: fmt::Display> Serialize for List<R, T, Commas> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schemars")]
impl<R: ListRule, T: schemars::JsonSchema, F> schemars::JsonSchema for List<R, T, F> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::schema(
            "array",
            [
                ("items", Some(generator.subschema_for::<T>().to_value())),
                ("minItems", R::MIN_ITEMS.map(Into::into)),
                ("maxItems", R::MAX_ITEMS.map(Into::into)),
            ],
        )
    }
}
