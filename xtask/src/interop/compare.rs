//! What a client sent and read, held against what it had to, field by field: for all languages here.

use std::fmt;

use serde_json::Value;

use super::cases::{Case, Sent};
use super::front::Received;
use super::language::Answer;
use crate::node::escape;

/// Something that a client does not do as the document says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub case: String,
    pub outcome: Outcome,
    /// Within the case: part of a request, or pointer into a reply. Empty for the case as a whole.
    pub place: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// The call failed.
    Refused,
    /// The request is not what it had to be.
    SentOtherwise,
    /// Something of the reply was not read.
    Lost,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Refused, Self::SentOtherwise, Self::Lost];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::SentOtherwise => "sent otherwise",
            Self::Lost => "lost",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.outcome)?;
        if !self.place.is_empty() {
            write!(f, ": {}", self.place)?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// What there is to say of a call. `outcome` is the driver's: what it read, or why it failed.
pub fn judge(
    case: &Case,
    token: &str,
    received: &[Received],
    outcome: &Result<Answer, String>,
) -> Vec<Finding> {
    let finding = |outcome, place: &str, detail: String| Finding {
        case: case.name.clone(),
        outcome,
        place: place.to_owned(),
        detail,
    };
    let mut findings = Vec::new();
    match received {
        [request] => {
            for (place, detail) in request_differences(&case.sent, token, request) {
                findings.push(finding(Outcome::SentOtherwise, &place, detail));
            }
        }
        requests => {
            let detail = format!("{} requests arrived in place of one", requests.len());
            findings.push(finding(Outcome::SentOtherwise, "", detail));
        }
    }
    match outcome {
        Err(reason) => findings.push(finding(Outcome::Refused, "", reason.clone())),
        // Prism answered something else then.
        Ok(_) if received.iter().any(|request| request.violations.is_some()) => {}
        Ok(answer) if answer.status != case.reply.status => {
            let detail = format!("{} expected, {} read", case.reply.status, answer.status);
            findings.push(finding(Outcome::Lost, "status", detail));
        }
        Ok(answer) => {
            let differences = differences(&case.reply.body, &answer.reply);
            let planted = &case.reply.planted;
            let (planted, others): (Vec<_>, Vec<_>) =
                differences.into_iter().partition(|(place, _)| planted.contains(place));
            for (place, detail) in others {
                findings.push(finding(Outcome::Lost, &place, detail));
            }
            // What was planted is lost or read as one.
            if let Some((place, detail)) = planted.first() {
                let (lost, all) = (planted.len(), case.reply.planted.len());
                let detail = format!("{lost} of {all}, the first at {place}: {detail}");
                findings.push(finding(Outcome::Lost, "", detail));
            }
        }
    }
    findings
}

/// Places and descriptions.
type Differences = Vec<(String, String)>;

fn request_differences(expected: &Sent, token: &str, request: &Received) -> Differences {
    let mut found = Vec::new();
    let mut compare = |place: &str, expected: String, sent: String| {
        if expected != sent {
            found.push((place.to_owned(), format!("{expected} expected, {sent} sent")));
        }
    };
    compare("method", expected.method.clone(), request.method.clone());
    compare("path", expected.path.clone(), request.path.clone());
    compare("token", token.to_owned(), request.token.clone().unwrap_or_default());

    let mut names: Vec<_> =
        expected.query.iter().chain(&request.query).map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let wanted = of_name(&expected.query, name);
        let sent = of_name(&request.query, name);
        if !(wanted.is_empty() && sent == of_name(&expected.defaults, name)) {
            compare(&format!("query {name}"), wanted.join(" and "), sent.join(" and "));
        }
    }

    match (&expected.body, &request.body) {
        (None, None) => {}
        (Some(expected), Some(sent)) => {
            // Of a change, null and absent are not the same.
            exact_differences("body", expected, sent, &mut found);
        }
        (expected, _) => {
            let (wanted, sent) = if expected.is_some() { ("a", "no") } else { ("no", "a") };
            found.push((
                "body".to_owned(),
                format!("{wanted} JSON body expected, {sent} body sent"),
            ));
        }
    }
    if let Some(violations) = &request.violations {
        found.push(("Prism".to_owned(), format!("not valid: {violations}")));
    }
    found
}

fn of_name<'a>(pairs: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
}

/// Where what was read is not what was answered. Null and absent may be one.
pub fn differences(expected: &Value, read: &Value) -> Differences {
    let mut found = Vec::new();
    exact_differences("", &normalised(expected), &normalised(read), &mut found);
    found
}

fn exact_differences(place: &str, expected: &Value, found: &Value, all: &mut Differences) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                let place = format!("{place}/{}", escape(name));
                match found.get(name) {
                    Some(found) => exact_differences(&place, value, found, all),
                    None => all.push((place, format!("{value} is missing"))),
                }
            }
            for (name, value) in found.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                let place = format!("{place}/{}", escape(name));
                all.push((place, format!("{value} is too much")));
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                exact_differences(&format!("{place}/{index}"), expected, found, all);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => all.push((place.to_owned(), format!("{expected} became {found}"))),
    }
}

/// As far as languages may differ: a null is left out, and a time in UTC ends in Z, for which some
/// write +00:00.
fn normalised(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), normalised(value))).collect()
        }
        Value::Array(items) => items.iter().map(normalised).collect(),
        Value::String(text) => match text.strip_suffix("+00:00") {
            Some(time) => Value::from(format!("{time}Z")),
            None => value.clone(),
        },
        value => value.clone(),
    }
}
