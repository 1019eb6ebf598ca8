//! Error bodies with any status from 400 to 599, also with the token of the request in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otc_autoscaling::mock::MockResponse;
use otc_autoscaling_fuzz::{CANARY, check_text, error};
use serde_json::Value;

fuzz_target!(|input: (u8, &[u8])| {
    let (status, body) = (400 + u16::from(input.0 % 200), input.1);
    let answer = |body: &[u8]| error(MockResponse::new(status).body(body));
    let error = answer(body);
    check_text(&error);
    assert_eq!((error.body(), error.status().unwrap().as_u16()), (Some(body), status));
    if let Ok(strict) = serde_json::from_slice::<Value>(body)
        && let (Some(code), Some(message)) =
            (strict["error"]["code"].as_str(), strict["error"]["message"].as_str())
        && !code.is_empty()
        && !message.is_empty()
    {
        let token = |text: &str| text.replace(CANARY, "[secret]");
        assert_eq!(error.code(), Some(&*token(code)));
        assert_eq!(error.message(), Some(&*token(message)));
    }

    // A service may repeat the token anywhere in the body.
    let middle = body.len() / 2;
    let token = |text: &str| [&body[..middle], text.as_bytes(), &body[middle..]].concat();
    check_text(&answer(&token(CANARY)));
    check_text(&answer(&token(&CANARY.replace('-', "\\u002d"))));
});
