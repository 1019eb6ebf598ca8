//! Violations of the rules of the document.

use std::convert::Infallible;
use std::fmt;

/// An invalid value: its location, and the rule that it violates.
///
/// Displays as `cool_down_time: 90000 is not within 0..=86400 seconds`.
///
/// ```
/// use otc_autoscaling::types::UpdateScalingGroupRequest;
///
/// let error = UpdateScalingGroupRequest::builder().cool_down_time(90_000).build().unwrap_err();
/// let violation = &error.violations()[0];
/// assert_eq!(violation.pointer(), "/cool_down_time");
/// assert_eq!(violation.rule(), "90000 is not within 0..=86400 seconds");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    path: Vec<String>,
    rule: String,
    /// Set for a rule that spans fields.
    spanning: Option<Spanning>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Spanning {
    id: &'static str,
    fix: &'static str,
}

impl Violation {
    /// Returns the location as a JSON Pointer ([RFC 6901]): the name of a parameter, or a location in the body such as
    /// `/networks/0/id`. For a setting, it is the name of the setting or the variable, and for a value by itself, it is
    /// empty.
    ///
    /// [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901
    #[must_use]
    pub fn pointer(&self) -> String {
        self.path.iter().fold(String::new(), |mut pointer, step| {
            pointer.push('/');
            pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
            pointer
        })
    }

    /// Returns the value and the rule, with bounds and unit.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Returns the name of the rule in `x-rules` of the OpenAPI document, for a cross-field rule.
    #[must_use]
    pub fn rule_id(&self) -> Option<&'static str> {
        self.spanning.as_ref().map(|rule| rule.id)
    }

    /// Returns the fix, for a cross-field rule. For a single field, [`rule`](Self::rule) describes valid values.
    #[must_use]
    pub fn fix(&self) -> Option<&'static str> {
        self.spanning.as_ref().map(|rule| rule.fix)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.path.iter().enumerate() {
            match step.parse::<usize>() {
                Ok(index) => write!(f, "[{index}]")?,
                Err(_) if position == 0 => f.write_str(step)?,
                Err(_) => write!(f, ".{step}")?,
            }
        }
        if !self.path.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.rule)?;
        match self.fix() {
            Some(fix) => write!(f, ": {}", clause(fix)),
            None => Ok(()),
        }
    }
}

/// A sentence as a clause of a longer one.
fn clause(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The error type of validation, with one or more violations.
///
/// Returned by the builders and conversions in the module [`types`](crate::types). A request with violations is not
/// sent: [`Error::violations`](crate::Error::violations) returns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    violations: Vec<Violation>,
}

impl ValidationError {
    /// Returns all violations.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn new(rule: impl Into<String>) -> Self {
        let violation = Violation { path: Vec::new(), rule: rule.into(), spanning: None };
        Self { violations: vec![violation] }
    }

    /// The violation of a cross-field rule, at the field of the pointer.
    pub(crate) fn of_rule(
        pointer: &str,
        id: &'static str,
        description: &str,
        values: &str,
        fix: &'static str,
    ) -> Self {
        let description = clause(description);
        let violation = Violation {
            path: pointer.split('/').skip(1).map(str::to_owned).collect(),
            rule: match values {
                "" => description,
                values => format!("{values}, but {description}"),
            },
            spanning: Some(Spanning { id, fix }),
        };
        Self { violations: vec![violation] }
    }

    /// A missing value.
    pub(crate) fn missing(field: &str) -> Self {
        Self::new("required").at(field)
    }

    /// Adds the violations of another error.
    pub(crate) fn extend(&mut self, other: Self) {
        self.violations.extend(other.violations);
    }

    /// Prepends a step to the locations.
    pub(crate) fn at(mut self, step: &str) -> Self {
        for violation in &mut self.violations {
            violation.path.insert(0, step.to_owned());
        }
        self
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, violation) in self.violations.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationError {}

/// Lets setters take values of the exact type.
impl From<Infallible> for ValidationError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Collects violations, to report all of them.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, error: ValidationError) {
        self.0.extend(error.violations);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value, unless there are violations.
    pub(crate) fn or<T>(self, value: T) -> Result<T, ValidationError> {
        if self.0.is_empty() { Ok(value) } else { Err(self.into_error()) }
    }

    /// Returns the violations as an error. There is at least one.
    pub(crate) fn into_error(self) -> ValidationError {
        debug_assert!(!self.0.is_empty(), "an error without a violation");
        ValidationError { violations: self.0 }
    }
}

/// Returns the violations of all invalid values as one error.
pub(crate) fn report<const N: usize>(
    rejected: [Option<&ValidationError>; N],
) -> Result<(), ValidationError> {
    let mut violations = Violations::default();
    rejected.into_iter().flatten().for_each(|error| violations.add(error.clone()));
    violations.or(())
}

/// A value in quotes for a message, truncated and on one line.
pub(crate) fn quoted(value: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = value.chars().take(SHOWN).collect();
    if value.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("{shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violation_has_a_path_and_a_json_pointer() {
        let error = ValidationError::new("is empty").at("id").at("0").at("networks");
        assert_eq!(error.to_string(), "networks[0].id: is empty");
        assert_eq!(error.violations()[0].pointer(), "/networks/0/id");
        assert_eq!(ValidationError::new("r").at("a/b~c").violations()[0].pointer(), "/a~1b~0c");
    }

    #[test]
    fn rejected_value_is_shown_truncated_on_one_line() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert_eq!(quoted(&"x".repeat(200)).chars().count(), 83);
    }
}
