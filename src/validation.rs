//! What a request was refused for before it was sent.

use std::convert::Infallible;
use std::fmt;

/// One value that the documentation does not admit, and the rule it breaks.
///
/// Displays as `cool_down_time: 90000 is not within 0..=86400 seconds`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    path: Vec<String>,
    rule: String,
    /// The rule that spans fields, where it is one.
    spanning: Option<Spanning>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Spanning {
    id: &'static str,
    fix: &'static str,
}

impl Violation {
    /// The field that was refused, as a JSON pointer ([RFC 6901]) from the request's root: the
    /// name of a parameter, or the place in the body (`/networks/0/id`). Empty when a value was
    /// refused on its own, outside any request.
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

    /// What is wrong with the value, and the rule with its bounds and unit.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The name of the rule in the document's `x-rules`, when it is a rule that spans fields.
    #[must_use]
    pub fn rule_id(&self) -> Option<&'static str> {
        self.spanning.as_ref().map(|rule| rule.id)
    }

    /// Returns how to correct it, when the rule is one that spans fields. Of a single field,
    /// [`rule`](Self::rule) says what its value can be.
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
            Some(fix) => write!(f, "; {}", clause(fix)),
            None => Ok(()),
        }
    }
}

/// A sentence of the document as a part of a longer one.
fn clause(sentence: &str) -> String {
    let sentence = sentence.strip_suffix('.').unwrap_or(sentence);
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Everything that a request, or a single value, was refused for: never empty.
///
/// Returned by each `TryFrom` of [`types`](crate::types), and found in
/// [`Error::violations`](crate::Error::violations) when `send()` refused a request. Nothing has
/// been sent when it occurs; every field that was refused is listed, not only the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    violations: Vec<Violation>,
}

impl ValidationError {
    /// Each value that was refused.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn new(rule: impl Into<String>) -> Self {
        let violation = Violation { path: Vec::new(), rule: rule.into(), spanning: None };
        Self { violations: vec![violation] }
    }

    /// A rule of the document that a body breaks, at the field that the pointer names.
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
                values => format!("{values}, and {description}"),
            },
            spanning: Some(Spanning { id, fix }),
        };
        Self { violations: vec![violation] }
    }

    /// A value that the caller has to give and did not.
    pub(crate) fn missing(field: &str) -> Self {
        Self::new("is required, and was not given").at(field)
    }

    /// Adds the violations of another error.
    pub(crate) fn extend(&mut self, other: Self) {
        self.violations.extend(other.violations);
    }

    /// The same violations, one step further from the root.
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

/// So that a setter takes a ready-made value by the same bound as one to be checked.
impl From<Infallible> for ValidationError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Collects violations, so that a caller learns of all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, error: ValidationError) {
        self.0.extend(error.violations);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, if nothing was rejected; otherwise all violations.
    pub(crate) fn or<T>(self, value: T) -> Result<T, ValidationError> {
        if self.0.is_empty() { Ok(value) } else { Err(self.into_error()) }
    }

    /// The violations as an error, for a caller that has no value because of one of them.
    pub(crate) fn into_error(self) -> ValidationError {
        debug_assert!(!self.0.is_empty(), "an error without a violation");
        ValidationError { violations: self.0 }
    }
}

/// All violations of the values that were rejected, if any was.
pub(crate) fn report<const N: usize>(
    rejected: [Option<&ValidationError>; N],
) -> Result<(), ValidationError> {
    let mut violations = Violations::default();
    rejected.into_iter().flatten().for_each(|error| violations.add(error.clone()));
    violations.or(())
}

/// A value as it stands in an error: short, and on one line.
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
