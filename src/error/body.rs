//! The code and message of an error, in the formats that the service and those before it use.

use serde_json::Value;

use crate::json;

/// The most bytes that are read of an error response: a longer body is no error's.
pub(crate) const ERROR_LIMIT: usize = 1 << 20;

/// The code, the message and the request ID of an error response, as far as it has them.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Whether it has the form of the service itself, and not that of a gateway.
    pub(crate) is_of_service: bool,
}

impl ErrorBody {
    /// Reads the error of the service itself, and of what stands before it: the gateway, the
    /// identity service, the monitoring, and older services. A body of another form has none of these.
    pub(crate) fn read(body: &[u8]) -> Self {
        if body.len() > ERROR_LIMIT {
            return Self::default();
        }
        let Ok(root) = json::salvage::<Value>(body) else {
            return Self::default();
        };
        // The code and message stand in `error`, at the root, or in an object that is named after
        // the fault. A place with a code takes precedence over one that has only a message.
        let faults = root.as_object().into_iter().flat_map(|root| root.values());
        let listed = root["errors"].as_array().into_iter().flatten();
        let places = [&root["error"], &root].into_iter().chain(faults).chain(listed);
        let found: Vec<_> = places
            .map(|place| {
                (text_of(place, &["code", "error_code"]), text_of(place, &["message", "error_msg"]))
            })
            .collect();
        let with_code = found.iter().find(|(code, _)| code.is_some());
        let with_message = found.iter().find(|(_, message)| message.is_some());
        let found = with_code.or(with_message).cloned();
        let (code, message) = found.unwrap_or((None, text_of(&root, &["error"])));
        // The identity service has the same form, with a number as code.
        let is_of_service = root["error"]["code"].is_string();
        Self { code, message, request_id: text_of(&root, &["request_id"]), is_of_service }
    }
}

/// The first of these keys that is there, as text: some services write a code as a number.
fn text_of(place: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match place.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::ErrorBody;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let ErrorBody { code, message, .. } = ErrorBody::read(body.as_bytes());
        (code, message)
    }

    fn both(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.into()), Some(message.into()))
    }

    #[test]
    fn all_five_error_formats_are_parsed() {
        assert_eq!(
            read(r#"{"error":{"code":"AS.0001","message":"m","details":null}}"#),
            both("AS.0001", "m")
        );
        assert_eq!(
            read(r#"{"error":{"code":401,"message":"m","title":"Unauthorized"}}"#),
            both("401", "m")
        );
        assert_eq!(read(r#"{"badRequest":{"message":"m","code":"401"}}"#), both("401", "m"));
        assert_eq!(
            read(r#"{"code":401,"element":"Unauthorized","message":"m","details":{"code":"x"}}"#),
            both("401", "m")
        );
        let gateway = r#"{"error_msg":"m","error_code":"APIGW.0301","request_id":"r"}"#;
        assert_eq!(read(gateway), both("APIGW.0301", "m"));
        assert_eq!(ErrorBody::read(gateway.as_bytes()).request_id.as_deref(), Some("r"));
    }

    /// Of a body that is not quite JSON, what can be read is kept.
    #[test]
    fn error_is_salvaged() {
        let found = both("AS.2007", "m");
        for body in [
            r#"{"error":{"code":"AS.2007","message":"m"},"x":"\ud83d"}"#,
            "{\"error\":{\"code\":\"AS.2007\",\"message\":\"m\"},\"x\":\"a\nb\"}",
            r#"{"error":{"code":"AS.2007","message":"m"}} <!-- trailer -->"#,
            r#"{"error":{"code":"AS.2007","message":"m"}}{}"#,
            r#"{"error":{"code":"AS.2007","message":"m"}"#,
            r#"{"error":{"code":"AS.2007","message":"m""#,
            r#"{"error":{"code":"AS.2007","message":"m","details":"cu"#,
            r#"{"error":{"code":"AS.2007","message":"m"},"at":1e400}"#,
            r#"{"errors":[{"code":"AS.2007","message":"m"},{"code":"other"}]}"#,
            r#"{"errors":[{"message":"of no code"},{"code":"AS.2007","message":"m"}]}"#,
        ] {
            assert_eq!(read(body), found, "{body}");
        }
        assert_eq!(
            read("{\"error\":{\"code\":\"AS.2007\",\"message\":\"a\u{1}b"),
            (Some("AS.2007".into()), None)
        );
        let request = r#"{"error_code":"APIGW.0301","request_id":"r","error_msg":"\ud83d"#;
        assert_eq!(ErrorBody::read(request.as_bytes()).request_id.as_deref(), Some("r"));
    }

    #[test]
    fn object_with_a_code_takes_precedence() {
        let error = r#""error":{"code":"AS.2007","message":"m"}"#;
        assert_eq!(read(&format!(r#"{{"a":{{"message":"x"}},{error}}}"#)), both("AS.2007", "m"));
        assert_eq!(read(&format!(r#"{{"message":"outer",{error}}}"#)), both("AS.2007", "m"));
        assert_eq!(read(&format!("\u{feff}{{{error}}}")), both("AS.2007", "m"));
    }

    #[test]
    fn other_json_is_no_error_body() {
        for body in ["", "<html>", r#"{"error":{"code":"AS.00"#, "[]", "null", "{}", "5", "[1]"] {
            assert_eq!(read(body), (None, None), "{body}");
        }
        assert_eq!(ErrorBody::read(b"\xff\xfe"), ErrorBody::default());
        let padded = format!(r#"{{"code":"c","message":"{}"}}"#, "x".repeat(super::ERROR_LIMIT));
        assert_eq!(read(&padded), (None, None));
        assert_eq!(read(r#"{"error":"m"}"#), (None, Some("m".into())));
    }
}
