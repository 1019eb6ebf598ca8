//! Building what is sent: setters that take plain values, and keep the reason of a refusal until
//! all of them can be reported.

/// Setters, in an `impl` whose `Self` has a `Result` for each of these fields.
macro_rules! setters {
    (
        required: {
            $($(#[$required_meta:meta])* $required:ident($required_key:literal): $required_type:ty,)*
        },
        optional: {
            $($(#[$optional_meta:meta])* $optional:ident($optional_key:literal): $optional_type:ty,)*
        }
    ) => {
        $(
            $(#[$required_meta])*
            pub fn $required<V>(mut self, value: V) -> Self
            where
                V: TryInto<$required_type>,
                V::Error: Into<$crate::ValidationError>,
            {
                self.$required = value.try_into().map_err(|error| error.into().at($required_key));
                self
            }
        )*
        $(
            $(#[$optional_meta])*
            pub fn $optional<V>(mut self, value: V) -> Self
            where
                V: TryInto<$optional_type>,
                V::Error: Into<$crate::ValidationError>,
            {
                let value = value.try_into().map(Some);
                self.$optional = value.map_err(|error| error.into().at($optional_key));
                self
            }
        )*
    };
}
pub(crate) use setters;

/// The value of each of several `Result`s, or else all their errors.
macro_rules! all_or_errors {
    ($($name:ident = $result:expr),* $(,)?) => {{
        let mut refused = $crate::validation::Violations::default();
        $(let $name = $result.map_err(|error| refused.add(error));)*
        match ($($name,)*) {
            ($(Ok($name),)*) => Ok(($($name,)*)),
            _ => Err(refused.into_error()),
        }
    }};
}
pub(crate) use all_or_errors;

/// The builder of a struct that a request sends, which is the one of that name a module above.
macro_rules! builder {
    (
        $(#[$meta:meta])*
        $name:ident {
            required: {
                $($(#[$required_meta:meta])* $required:ident($required_key:literal): $required_type:ty,)*
            },
            optional: {
                $($(#[$optional_meta:meta])* $optional:ident($optional_key:literal): $optional_type:ty,)*
            }
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        #[must_use = "a builder makes nothing by itself"]
        pub struct $name {
            $(pub(crate) $required: Result<$required_type, $crate::ValidationError>,)*
            $(pub(crate) $optional: Result<Option<$optional_type>, $crate::ValidationError>,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($required: Err($crate::ValidationError::missing($required_key)),)*
                    $($optional: Ok(None),)*
                }
            }
        }

        impl $name {
            /// Makes the value.
            ///
            /// # Errors
            ///
            /// When a value was refused, or a required one was not given: all of them are listed.
            pub fn build(self) -> Result<super::$name, $crate::ValidationError> {
                self.try_into()
            }

            $crate::wire::builder::setters! {
                required: { $($(#[$required_meta])* $required($required_key): $required_type,)* },
                optional: { $($(#[$optional_meta])* $optional($optional_key): $optional_type,)* }
            }
        }

        impl TryFrom<$name> for super::$name {
            type Error = $crate::ValidationError;

            fn try_from(value: $name) -> Result<Self, Self::Error> {
                let ($($required,)* $($optional,)*) = $crate::wire::builder::all_or_errors!(
                    $($required = value.$required,)* $($optional = value.$optional,)*
                )?;
                Ok(Self { $($required,)* $($optional,)* })
            }
        }

        impl From<super::$name> for $name {
            fn from(value: super::$name) -> Self {
                Self {
                    $($required: Ok(value.$required),)*
                    $($optional: Ok(value.$optional),)*
                }
            }
        }

        impl super::$name {
            /// A builder in which nothing is set; its `build()` makes the value. Setters of a
            /// request take the builder as it is.
            pub fn builder() -> $name {
                $name::default()
            }
        }
    };
}
pub(crate) use builder;

#[cfg(test)]
mod tests {
    use crate::wire::integer::{Integer, IntegerRule};
    use crate::wire::rule;

    rule!(DigitRule);
    impl IntegerRule for DigitRule {
        const MINIMUM: Option<i64> = Some(0);
        const MAXIMUM: Option<i64> = Some(9);
    }
    type Digit = Integer<DigitRule>;

    #[derive(Debug, PartialEq)]
    struct Pair {
        first: Digit,
        second: Option<Digit>,
    }

    mod builder {
        use super::Digit;

        crate::wire::builder::builder! {
            Pair {
                required: { first("first"): Digit, },
                optional: { second("the-second"): Digit, }
            }
        }
    }

    #[test]
    fn setters_accept_plain_values_and_unset_stays_unset() {
        let pair = Pair::builder().first(1).build().unwrap();
        assert_eq!((pair.first.get(), pair.second), (1, None));
        let pair = Pair::try_from(builder::Pair::from(pair).second(0_u8)).unwrap();
        assert_eq!(pair.second.map(Digit::get), Some(0));
    }

    #[test]
    fn all_violations_are_reported_at_once() {
        let error = Pair::try_from(Pair::builder().second(10)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "first: is required, and was not given; the-second: 10 is not within 0..=9"
        );
    }
}
