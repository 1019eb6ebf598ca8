//! Lists that a request sends, with the number of their items bounded.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Error, SeqAccess, Visitor};

use crate::validation::{ValidationError, Violations};

/// What the document says of a list.
#[derive(Debug)]
pub(crate) struct ListRule {
    pub(crate) min_items: Option<usize>,
    pub(crate) max_items: Option<usize>,
}

impl ListRule {
    /// Checks the length and makes each item of what `TryInto` takes.
    pub(crate) fn collect<T, U>(
        &self,
        items: impl ExactSizeIterator<Item = U>,
    ) -> Result<Vec<T>, ValidationError>
    where
        U: TryInto<T>,
        U::Error: Into<ValidationError>,
    {
        self.collect_results(items.map(|item| item.try_into().map_err(Into::into)))
    }

    /// Checks the length of items that are made, or refused; a refused one is named by its index,
    /// from 0.
    pub(crate) fn collect_results<T>(
        &self,
        items: impl ExactSizeIterator<Item = Result<T, ValidationError>>,
    ) -> Result<Vec<T>, ValidationError> {
        let mut refused = Violations::default();
        let (length, minimum) = (items.len(), self.min_items.unwrap_or(0));
        match self.max_items {
            Some(maximum) if !(minimum..=maximum).contains(&length) => {
                refused.add(ValidationError::new(format!(
                    "{length} items, not within {minimum}..={maximum} items"
                )));
            }
            None if length < minimum => {
                let rule = match minimum {
                    1 => "is empty".to_owned(),
                    _ => format!("{length} items, less than {minimum} items"),
                };
                refused.add(ValidationError::new(rule));
            }
            _ => {}
        }
        let mut made = Vec::with_capacity(length);
        for (index, item) in items.enumerate() {
            match item {
                Ok(item) => made.push(item),
                Err(error) => refused.add(error.at(&index.to_string())),
            }
        }
        // Too long a list with each item right has made them all, and is refused all the same.
        if refused.is_empty() { Ok(made) } else { Err(refused.into_error()) }
    }
}

/// Reads the items of a list, and names the one that is refused.
pub(crate) struct Items<T>(PhantomData<T>);

impl<T> Items<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        loop {
            let index = items.len();
            let named = |error| A::Error::custom(format!("[{index}]: {error}"));
            match list.next_element().map_err(named)? {
                Some(item) => items.push(item),
                None => return Ok(items),
            }
        }
    }
}

/// A newtype over a list: made by `TryFrom` a vector, array or slice of whatever its items are
/// made of, or by `Deserialize`, each of which checks. Reads like a slice.
macro_rules! list {
    (
        $(#[$meta:meta])*
        $name:ident of $item:ty { min_items: $min_items:expr, max_items: $max_items:expr }
    ) => {
        $crate::wire::list::list_type! {
            $(#[$meta])* $name of $item { min_items: $min_items, max_items: $max_items }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(s)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let items: Vec<$item> = d.deserialize_seq($crate::wire::list::Items::new())?;
                items.try_into().map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use list;

/// A [`list!`] that stands in a query as one comma-separated value (`explode: false`).
macro_rules! comma_separated {
    (
        $(#[$meta:meta])*
        $name:ident of $item:ty { min_items: $min_items:expr, max_items: $max_items:expr }
    ) => {
        $crate::wire::list::list_type! {
            $(#[$meta])* $name of $item { min_items: $min_items, max_items: $max_items }
        }

        /// The items, separated by commas.
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                for (index, item) in self.0.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    ::std::fmt::Display::fmt(item, f)?;
                }
                Ok(())
            }
        }

        /// From items that are separated by commas.
        impl TryFrom<&str> for $name {
            type Error = $crate::ValidationError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        /// From items that are separated by commas.
        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let items = text.split(',').map(|item| {
                    let refused = |error| $crate::ValidationError::new(format!("{error}"));
                    item.parse::<$item>().map_err(refused)
                });
                let items: Vec<_> = items.collect();
                Self::RULE.collect_results(items.into_iter()).map(Self)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(::serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use comma_separated;

macro_rules! list_type {
    (
        $(#[$meta:meta])*
        $name:ident of $item:ty { min_items: $min_items:expr, max_items: $max_items:expr }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(Vec<$item>);

        impl $name {
            const RULE: $crate::wire::list::ListRule = $crate::wire::list::ListRule {
                min_items: $min_items,
                max_items: $max_items,
            };
        }

        impl<U> TryFrom<Vec<U>> for $name
        where
            U: TryInto<$item>,
            U::Error: Into<$crate::ValidationError>,
        {
            type Error = $crate::ValidationError;

            fn try_from(items: Vec<U>) -> Result<Self, Self::Error> {
                Self::RULE.collect(items.into_iter()).map(Self)
            }
        }

        impl<U, const N: usize> TryFrom<[U; N]> for $name
        where
            U: TryInto<$item>,
            U::Error: Into<$crate::ValidationError>,
        {
            type Error = $crate::ValidationError;

            fn try_from(items: [U; N]) -> Result<Self, Self::Error> {
                Self::RULE.collect(items.into_iter()).map(Self)
            }
        }

        impl<U> TryFrom<&[U]> for $name
        where
            U: Clone + TryInto<$item>,
            U::Error: Into<$crate::ValidationError>,
        {
            type Error = $crate::ValidationError;

            fn try_from(items: &[U]) -> Result<Self, Self::Error> {
                Self::RULE.collect(items.iter().cloned()).map(Self)
            }
        }

        impl<U> TryFrom<&Vec<U>> for $name
        where
            U: Clone + TryInto<$item>,
            U::Error: Into<$crate::ValidationError>,
        {
            type Error = $crate::ValidationError;

            fn try_from(items: &Vec<U>) -> Result<Self, Self::Error> {
                items.as_slice().try_into()
            }
        }

        impl<U, const N: usize> TryFrom<&[U; N]> for $name
        where
            U: Clone + TryInto<$item>,
            U::Error: Into<$crate::ValidationError>,
        {
            type Error = $crate::ValidationError;

            fn try_from(items: &[U; N]) -> Result<Self, Self::Error> {
                items.as_slice().try_into()
            }
        }

        impl From<$name> for Vec<$item> {
            fn from(list: $name) -> Self {
                list.0
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = [$item];

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl IntoIterator for $name {
            type Item = $item;
            type IntoIter = ::std::vec::IntoIter<$item>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $name {
            type Item = &'a $item;
            type IntoIter = ::std::slice::Iter<'a, $item>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let items = generator.subschema_for::<$item>();
                $crate::wire::list::schema(&Self::RULE, items)
            }
        }
    };
}
pub(crate) use list_type;

#[cfg(feature = "schemars")]
pub(crate) fn schema(rule: &ListRule, items: schemars::Schema) -> schemars::Schema {
    let mut schema = schemars::json_schema!({ "type": "array" });
    schema.insert("items".to_owned(), items.to_value());
    if let Some(minimum) = rule.min_items {
        schema.insert("minItems".to_owned(), minimum.into());
    }
    if let Some(maximum) = rule.max_items {
        schema.insert("maxItems".to_owned(), maximum.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use crate::wire::integer::integer;

    integer! { Digit { minimum: Some(0), maximum: Some(9), values: &[], unit: None, format: None } }
    list! { Digits of Digit { min_items: None, max_items: Some(2) } }
    comma_separated! { Query of Digit { min_items: Some(1), max_items: None } }

    #[test]
    fn empty_list_is_a_value() {
        let digits = Digits::try_from([0_i64; 0]).unwrap();
        assert_eq!(serde_json::to_string(&digits).unwrap(), "[]");
    }

    #[test]
    fn all_rejected_items_are_reported_with_the_length() {
        let error = Digits::try_from(vec![10, 1, 11]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "3 items, not within 0..=2 items; [0]: 10 is not within 0..=9; \
             [2]: 11 is not within 0..=9"
        );
    }

    #[test]
    fn rejected_json_item_is_named() {
        let error = serde_json::from_str::<Digits>("[1, 12]").unwrap_err().to_string();
        assert!(error.starts_with("[1]: 12 is not within 0..=9"), "{error}");
    }

    #[test]
    fn list_that_is_too_long_is_rejected() {
        assert!(Digits::try_from([1, 2, 3]).is_err());
        assert!(serde_json::from_str::<Digits>("[1,2,3]").is_err());
    }

    #[test]
    fn comma_separated_list_is_one_nonempty_value() {
        let query = Query::try_from([1, 2].as_slice()).unwrap();
        assert_eq!(serde_json::to_string(&query).unwrap(), r#""1,2""#);
        assert_eq!("1,2".parse::<Query>().unwrap(), query);
        let error = Query::try_from([0_i64; 0]).unwrap_err();
        assert_eq!(error.to_string(), "is empty");
    }
}
