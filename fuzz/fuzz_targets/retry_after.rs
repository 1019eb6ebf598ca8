//! The header `Retry-After` with any value.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use otc_autoscaling::http::HeaderValue;
use otc_autoscaling::mock::MockResponse;
use otc_autoscaling_fuzz::{check_text, error};

fuzz_target!(|value: &str| {
    // The client ignores other values, even if they are numbers after trimming.
    if !value.is_ascii() || value.parse::<HeaderValue>().is_err() {
        return;
    }
    for status in [429, 503] {
        let error = error(MockResponse::new(status).header("Retry-After", value));
        check_text(&error);
        let delay = error.retry_after();
        let (value, is) = (value.trim(), |part: &str| part.bytes().all(|it| it.is_ascii_digit()));
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = quoted.map_or(value, str::trim);
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        if !whole.is_empty() && is(whole) && is(fraction) {
            let seconds = Duration::from_secs(whole.parse().unwrap_or(u64::MAX));
            let more = delay.unwrap() - seconds;
            assert!(
                more <= Duration::from_secs(u64::from(!fraction.is_empty())),
                "{value}: {delay:?}"
            );
        } else {
            // A date, which has a colon.
            assert!(delay.is_none() || value.contains(':'), "{value}: {delay:?}");
        }
        assert!(error.is_transient());
    }
});
