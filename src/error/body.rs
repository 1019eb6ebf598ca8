//! Code and message of an error, in the formats of the service and of gateways.

use serde_json::Value;

use crate::json;

/// The maximum number of bytes that are read of an error.
pub(crate) const ERROR_LIMIT: usize = 1 << 20;

/// The names of code, message and request ID: of the service, the gateway and other services, of problem details
/// ([RFC 9457]), and of OAuth.
///
/// [RFC 9457]: https://www.rfc-editor.org/rfc/rfc9457
const CODES: [&str; 5] = ["code", "error_code", "errorCode", "errCode", "Code"];
const MESSAGES: [&str; 10] = [
    "message",
    "error_msg",
    "errorMsg",
    "errMsg",
    "Message",
    "msg",
    "detail",
    "error_description",
    "faultstring",
    "title",
];
const REQUEST_IDS: [&str; 3] = ["request_id", "requestId", "RequestId"];

/// Code, message and request ID of an error.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ErrorBody {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Whether it has the format of the service, not that of a gateway.
    pub(crate) is_of_service: bool,
}

impl ErrorBody {
    /// Reads an error of the service, the gateway, the identity service, and other services. For other formats, all
    /// fields are `None`.
    pub(crate) fn read(body: &[u8]) -> Self {
        if body.len() > ERROR_LIMIT {
            return Self::default();
        }
        let Ok(root) = json::salvage::<Value>(body) else {
            return Self::scanned(&String::from_utf8_lossy(body));
        };
        // Code and message are in `error`, at the root, or in an object that is named after the error. An object with a
        // code takes precedence over one with only a message.
        let faults = || root.as_object().into_iter().flat_map(|root| root.values());
        let within = faults().map(|fault| &fault["error"]);
        let lists = [&root["errors"], &root["error"], &root["error"]["errors"], &root];
        let listed = lists.into_iter().filter_map(Value::as_array).flatten();
        let places =
            [&root["error"], &root].into_iter().chain(faults()).chain(within).chain(listed);
        let found: Vec<_> =
            places.map(|place| (text_of(place, &CODES), text_of(place, &MESSAGES))).collect();
        let with_code = found.iter().find(|(code, _)| code.is_some());
        let with_message = found.iter().find(|(_, message)| message.is_some());
        let (mut code, message) = with_code.cloned().unwrap_or_default();
        let mut message = message.or(with_message.and_then(|(_, message)| message.clone()));
        if let Value::String(error) = &root["error"]
            && code.is_none()
        {
            // A single word next to a message is a code.
            let is_code = !error.contains(char::is_whitespace) && error.contains(['_', '.']);
            if message.is_some() && is_code {
                code = Some(error.clone());
            } else {
                message = message.or(text_of(&root, &["error"]));
            }
        }
        // The identity service has the same format, with a number as code.
        let is_of_service = root["error"]["code"].is_string();
        let request_id = text_of(&root, &REQUEST_IDS).or(text_of(&root["error"], &REQUEST_IDS));
        Self { code, message, request_id, is_of_service }
    }

    /// Finds the fields in a text that is not JSON.
    fn scanned(text: &str) -> Self {
        if !text.contains("\"error") {
            return Self::default();
        }
        let found = |keys: &[&str]| keys.iter().find_map(|key| value_after(text, key));
        let (code, message) = (found(&CODES), found(&MESSAGES));
        Self { code, message, request_id: found(&REQUEST_IDS), is_of_service: false }
    }
}

/// The value of the first of these keys as a string. Some services have a code as a number.
fn text_of(place: &Value, keys: &[&str]) -> Option<String> {
    let values = || keys.iter().filter_map(|key| place.get(key));
    let text = values().filter_map(Value::as_str).find(|text| !text.is_empty());
    let number = || values().find(|value| value.is_number()).map(ToString::to_string);
    text.map(str::to_owned).or_else(number)
}

/// The string after a key. Quotes in it may not be escaped: it ends before a token that can't be part of a string.
fn value_after(text: &str, key: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\"{key}\""))?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let mut ends = rest.match_indices('"').map(|(at, _)| at);
    let end = ends.find(|at| {
        let slashes = rest[..*at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        let next = rest[at + 1..].trim_start();
        slashes % 2 == 0 && (next.is_empty() || next.starts_with([',', '}', ']', '"']))
    })?;
    let raw = &rest[..end];
    let text = serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned());
    Some(text).filter(|text| !text.is_empty())
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

    /// The readable part of a body that is not valid JSON is used.
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
    fn error_in_utf_16_is_read() {
        let text = "\u{feff}{\"error\":{\"code\":\"AS.2007\",\"message\":\"m\"}}";
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let body: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(ErrorBody::read(&body).code.as_deref(), Some("AS.2007"));
        }
    }

    #[test]
    fn formats_of_other_services_are_parsed() {
        let found = both("AS.2007", "m");
        for body in [
            r#"{"error":[{"code":"AS.2007","message":"m"}]}"#,
            r#"{"error":{"errors":[{"code":"AS.2007","message":"m"}]}}"#,
            r#"[{"error_code":"AS.2007","error_msg":"m"}]"#,
            r#"{"errorCode":"AS.2007","errorMsg":"m"}"#,
            r#"{"errCode":"AS.2007","errMsg":"m"}"#,
            r#"{"Error":{"Code":"AS.2007","Message":"m"},"RequestId":"r"}"#,
            r#"{"errors":[{"status":404,"code":"AS.2007","title":"t","detail":"m"}]}"#,
            r#"{"response":{"error":{"code":"AS.2007","message":"m"}}}"#,
            r#"{"error":{"code":null,"message":"m"},"code":"AS.2007"}"#,
            r#"{"error":{"code":400,"message":"m","error_code":"AS.2007"}}"#,
            r#"{"error":"AS.2007","message":"m"}"#,
        ] {
            assert_eq!(read(body), found, "{body}");
        }
        for (body, code, message) in [
            (r#"{"type":"about:blank","title":"t","status":400,"detail":"d"}"#, None, "d"),
            (r#"{"title":"t","status":400}"#, None, "t"),
            (r#"{"error":"invalid_token","error_description":"d"}"#, Some("invalid_token"), "d"),
            (r#"{"status":500,"error":"Server Error","path":"/"}"#, None, "Server Error"),
            (r#"{"status":403,"error":"Forbidden","message":"m"}"#, None, "m"),
            (r#"{"faultcode":"Client","faultstring":"f","debuginfo":null}"#, None, "f"),
        ] {
            assert_eq!(read(body), (code.map(str::to_owned), Some(message.to_owned())), "{body}");
        }
    }

    /// In a body that can't be repaired, the values are found by name.
    #[test]
    fn error_is_found_in_text() {
        let error = r#"{"error":{"code":"AS.2007","message":"m"}}"#;
        for body in [
            format!(")]}}',\n{error}"),
            format!("error: {error}"),
            format!("callback({error})"),
            format!("\u{feff}\u{feff}{error}"),
            error.replace("}}", ",}}"),
            error.replace("}}", r#","d":NaN}}"#),
            error.replace("}}", r#","d":None}}"#),
            error.replace("}}", r#","d":tru"#),
            error.replace("}}", r#","d":01}}"#),
            error.replace("}}", "}]"),
            error.replace("}}", &format!(r#","d":{}{}}}}}"#, "[".repeat(200), "]".repeat(200))),
            error.replace(r#"","message"#, r#"" "message"#),
        ] {
            assert_eq!(read(&body), both("AS.2007", "m"), "{body}");
        }
        let quotes = r#"{"error":{"code":"AS.2007","message":"Group "g" is gone"}}"#;
        assert_eq!(read(quotes), both("AS.2007", "Group \"g\" is gone"));
        assert_eq!(read("NaN \"code\":\"AS.2007\""), (None, None));
    }

    #[test]
    fn object_with_a_code_takes_precedence() {
        let error = r#""error":{"code":"AS.2007","message":"m"}"#;
        assert_eq!(read(&format!(r#"{{"a":{{"message":"x"}},{error}}}"#)), both("AS.2007", "m"));
        assert_eq!(read(&format!(r#"{{"message":"outer",{error}}}"#)), both("AS.2007", "m"));
        assert_eq!(read(&format!("\u{feff}{{{error}}}")), both("AS.2007", "m"));
    }

    #[test]
    fn other_json_is_not_an_error_body() {
        for body in ["", "<html>", r#"{"error":{"code":"AS.00"#, "[]", "null", "{}", "5", "[1]"] {
            assert_eq!(read(body), (None, None), "{body}");
        }
        assert_eq!(ErrorBody::read(b"\xff\xfe"), ErrorBody::default());
        let padded = format!(r#"{{"code":"c","message":"{}"}}"#, "x".repeat(super::ERROR_LIMIT));
        assert_eq!(read(&padded), (None, None));
        assert_eq!(read(r#"{"error":"m"}"#), (None, Some("m".into())));
    }
}
