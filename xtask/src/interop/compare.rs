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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::interop::cases::{Given, Reply};

    fn case() -> Case {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Case {
            column: "bake".to_owned(),
            name: "as documented".to_owned(),
            operation: "bake".to_owned(),
            given: Given::default(),
            sent: Sent {
                method: "PUT".to_owned(),
                path: "/ovens/left".to_owned(),
                query: vec![pair("crusts", "DARK,LIGHT")],
                defaults: vec![pair("limit", "20")],
                body: Some(json!({"grams": 500, "seeds": []})),
            },
            reply: Reply {
                status: 200,
                example: "bakeResponse".to_owned(),
                body: json!({"loaf": {"crust": "DARK", "at": "2020-01-01T00:00:00Z"}, "note": null}),
                is_ours: false,
                planted: Vec::new(),
            },
        }
    }

    fn received() -> Received {
        Received {
            method: "PUT".to_owned(),
            path: "/ovens/left".to_owned(),
            query: case().sent.query,
            token: Some("t".to_owned()),
            body: case().sent.body,
            violations: None,
        }
    }

    fn findings(received: &[Received], answer: Result<(u16, Value), &str>) -> Vec<String> {
        let answer = answer.map(|(status, reply)| Answer { status, reply }).map_err(str::to_owned);
        judge(&case(), "t", received, &answer).iter().map(ToString::to_string).collect()
    }

    fn read(reply: Value) -> Vec<String> {
        findings(&[received()], Ok((200, reply)))
    }

    fn sent(request: Received) -> Vec<String> {
        findings(&[request], Ok((200, case().reply.body)))
    }

    #[test]
    fn nothing_is_found_where_all_is_well() {
        assert_eq!(read(case().reply.body), [""; 0]);
    }

    #[test]
    fn null_and_absent_and_the_two_signs_of_utc_are_one_in_a_reply() {
        let reply =
            json!({"loaf": {"crust": "DARK", "at": "2020-01-01T00:00:00+00:00", "new": null}});
        assert_eq!(read(reply), [""; 0]);
    }

    #[test]
    fn a_lost_a_changed_and_an_invented_field_are_found_at_their_pointers() {
        let reply = json!({"loaf": {"crust": "LIGHT", "weight": 1}});
        let lost = |rest: &str| format!("as documented: lost: {rest}");
        assert_eq!(
            read(reply),
            [
                lost(r#"/loaf/at: "2020-01-01T00:00:00Z" is missing"#),
                lost(r#"/loaf/crust: "DARK" became "LIGHT""#),
                lost("/loaf/weight: 1 is too much"),
            ]
        );
    }

    #[test]
    fn another_time_another_type_and_a_shorter_list_are_found() {
        for (expected, read) in [
            (json!("2020-01-01T00:00:00Z"), json!("2020-01-01T01:00:00+01:00")),
            (json!("0"), json!(0)),
            (json!([1, 2]), json!([1])),
            (json!([]), json!(null)),
        ] {
            assert_eq!(differences(&json!({"x": expected}), &json!({"x": read})).len(), 1);
        }
    }

    #[test]
    fn another_status_and_a_failed_call_are_found() {
        let wrong = findings(&[received()], Ok((201, case().reply.body)));
        assert_eq!(wrong, ["as documented: lost: status: 200 expected, 201 read"]);
        let failed = findings(&[received()], Err("no such class"));
        assert_eq!(failed, ["as documented: refused: no such class"]);
    }

    #[test]
    fn a_field_of_a_request_must_not_become_null_or_be_left_out() {
        let text = "as documented: sent otherwise: body";
        let request = Received { body: Some(json!({"grams": 500, "x": null})), ..received() };
        assert_eq!(
            sent(request),
            [format!("{text}/seeds: [] is missing"), format!("{text}/x: null is too much")]
        );
        let request = Received { body: None, ..received() };
        assert_eq!(sent(request), [format!("{text}: a JSON body expected, no body sent")]);
    }

    #[test]
    fn a_list_sent_as_two_parameters_is_found() {
        let pair = |value: &str| ("crusts".to_owned(), value.to_owned());
        let request = Received { query: vec![pair("DARK"), pair("LIGHT")], ..received() };
        let found = "query crusts: DARK,LIGHT expected, DARK and LIGHT sent";
        assert_eq!(sent(request), [format!("as documented: sent otherwise: {found}")]);
    }

    #[test]
    fn a_parameter_may_be_sent_unasked_with_its_default_and_no_other_value() {
        for (limit, count) in [("20", 0), ("21", 1)] {
            let mut request = received();
            request.query.push(("limit".to_owned(), limit.to_owned()));
            assert_eq!(sent(request).len(), count, "{limit}");
        }
    }

    #[test]
    fn another_path_method_and_token_are_found() {
        let request =
            Received { method: "GET".to_owned(), path: "/".to_owned(), token: None, ..received() };
        let answer = Answer { status: 200, reply: case().reply.body };
        let found = judge(&case(), "t", &[request], &Ok(answer));
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["method", "path", "token"]);
    }

    #[test]
    fn what_prism_refuses_is_found_and_its_reply_not_compared() {
        let request = Received { violations: Some("grams".to_owned()), ..received() };
        let found = findings(&[request], Ok((422, json!({}))));
        assert_eq!(found, ["as documented: sent otherwise: Prism: not valid: grams"]);
    }

    #[test]
    fn a_call_that_sends_nothing_or_twice_is_found() {
        for requests in [vec![], vec![received(), received()]] {
            assert_eq!(findings(&requests, Ok((200, case().reply.body))).len(), 1);
        }
    }

    #[test]
    fn what_was_planted_counts_as_one_and_everything_else_by_itself() {
        let mut case = case();
        case.reply.body = json!({"a": "NEW", "b": "NEW", "c": 1});
        case.reply.planted = vec!["/a".to_owned(), "/b".to_owned()];
        let answer = Answer { status: 200, reply: json!({"a": "OTHER"}) };
        let found = judge(&case, "t", &[received()], &Ok(answer));
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["/c", ""]);
        assert!(found[1].detail.starts_with("2 of 2, the first at /a"), "{}", found[1].detail);
    }
}
