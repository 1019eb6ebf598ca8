//! Requested delays, and dates of responses.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// The requested delay in `Retry-After`, in seconds or as a date. Fractions of a second are rounded up. A date is
/// relative to the date of the response, or else to `now`.
pub(crate) fn requested(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let now = date(headers).or(now);
    // A gateway may add a header to that of the service.
    let values = headers.get_all(RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    values.filter_map(|value| delay(value, now)).max()
}

fn delay(value: &str, now: Option<SystemTime>) -> Option<Duration> {
    let value = value.trim();
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = quoted.map_or(value, str::trim);
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !whole.is_empty() && is_number(whole) && is_number(fraction) {
        // A number that is too large is treated as infinite.
        let seconds: u64 = whole.parse().unwrap_or(u64::MAX);
        let more = fraction.bytes().any(|digit| digit != b'0');
        return Some(Duration::from_secs(seconds.saturating_add(more.into())));
    }
    Some(http_date(value)?.duration_since(now?).unwrap_or_default())
}

/// The date of a response.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// Parses a date of HTTP, also with UTC in place of GMT.
fn http_date(text: &str) -> Option<SystemTime> {
    let zones = ["UTC", "UT", "Z", "+0000", "-0000", "+00:00"];
    let date = zones.into_iter().find_map(|zone| text.strip_suffix(zone));
    let date = date.map_or_else(|| text.to_owned(), |date| format!("{} GMT", date.trim_end()));
    httpdate::parse_http_date(&date).ok()
}

/// A message with the difference between the clocks of the system and the service, if signatures are invalid because
/// of it.
pub(crate) fn clock_difference(headers: &HeaderMap, now: DateTime<Utc>) -> Option<String> {
    const ALLOWED: u64 = 15;
    let date = date(headers)?;
    let now = SystemTime::from(now);
    let (difference, is_ahead) = match now.duration_since(date) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let minutes = difference.as_secs() / 60;
    (minutes >= ALLOWED).then(|| {
        format!(
            "the clock of the system is {minutes} minutes {is_ahead} that of the service, and a \
                 signature is valid for {ALLOWED}: set the clock"
        )
    })
}

/// The window of a rate limit in the message of a gateway, such as `limit:60,time:1 minute`.
pub(crate) fn window(message: &str) -> Option<Duration> {
    let message = message.to_ascii_lowercase();
    let (_, window) = message.rsplit_once("time:")?;
    let window = window.trim_start();
    let digits = window.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (count, unit) = window.split_at(digits);
    let unit: String = unit.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let seconds = match unit.as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hour" | "hours" => 60.0 * 60.0,
        "d" | "day" | "days" => 24.0 * 60.0 * 60.0,
        _ => return None,
    };
    // A window of zero is ignored.
    let count = count.parse::<f64>().ok().filter(|count| *count > 0.0)?;
    Duration::try_from_secs_f64((count * seconds).ceil()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_is_read_in_each_form() {
        let delay = |value: &str| {
            let headers = [(RETRY_AFTER, value.parse().unwrap())].into_iter().collect();
            let now = httpdate::parse_http_date("Thu, 22 Nov 2018 13:46:20 GMT").unwrap();
            requested(&headers, Some(now)).map(|delay| delay.as_secs())
        };
        for (value, seconds) in [
            ("0", Some(0)),
            ("30", Some(30)),
            (" 7 ", Some(7)),
            ("2.5", Some(3)),
            ("30.0", Some(30)),
            ("0.001", Some(1)),
            ("5.", Some(5)),
            ("\"30\"", Some(30)),
            ("30\"", None),
            ("99999999999999999999", Some(u64::MAX)),
            ("Thu, 22 Nov 2018 13:46:50 GMT", Some(30)),
            ("Thu, 22 Nov 2018 13:46:10 GMT", Some(0)),
            ("Thu, 22 Nov 2018 13:46:50 +0000", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 UTC", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 Z", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50Z", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 -0000", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 +00:00", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 UT", Some(30)),
            ("Thu, 22 Nov 2018 13:46:50 +0200", None),
            ("UTC", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            (".5", None),
            ("2.5.1", None),
            ("2,5", None),
            ("1m", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(delay(value), seconds, "{value:?}");
        }
    }

    #[test]
    fn longest_of_several_fields_is_taken() {
        for (values, seconds) in
            [(["soon", "30"], Some(30)), (["5", "30"], Some(30)), (["soon", ""], None)]
        {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(RETRY_AFTER, value.parse().unwrap());
            }
            assert_eq!(requested(&headers, None), seconds.map(Duration::from_secs), "{values:?}");
        }
    }

    #[test]
    fn date_counts_by_the_clock_of_the_service() {
        let values = [
            (RETRY_AFTER, "Thu, 22 Nov 2018 13:46:50 GMT".parse().unwrap()),
            (DATE, "Thu, 22 Nov 2018 13:46:20 GMT".parse().unwrap()),
        ];
        let headers = values.into_iter().collect();
        for now in [None, Some(SystemTime::UNIX_EPOCH)] {
            assert_eq!(requested(&headers, now), Some(Duration::from_secs(30)));
        }
    }

    #[test]
    fn window_is_read_from_the_message() {
        let text = "The throttling threshold has been reached: policy ip over ratelimit,";
        for (end, seconds) in [
            ("limit:60,time:1 minute", Some(60)),
            ("limit:60,time:1 minute.", Some(60)),
            ("limit:5, Time: 30 seconds", Some(30)),
            ("limit:1000,time:1hour", Some(3600)),
            ("limit:9,time:2 days", Some(172_800)),
            ("limit:60", None),
            ("limit:60,time:", None),
            ("limit:60,time:1m", Some(60)),
            ("limit:60,time:90s", Some(90)),
            ("limit:60,time:2h", Some(7200)),
            ("limit:60,time:1.5 minutes", Some(90)),
            ("limit:60,time:0.5 hours.", Some(1800)),
            ("limit:60,time:.5s", Some(1)),
            ("limit:60,time:2.0 seconds", Some(2)),
            ("limit:60,time:0 seconds", None),
            ("limit:60,time:0.0 seconds", None),
            ("limit:60,time:1.5.1 seconds", None),
            ("limit:60,time:one minute", None),
            ("limit:60,time:1 fortnight", None),
            ("limit:60,time:99999999999999999999 minutes", None),
        ] {
            let window = window(&format!("{text}{end}"));
            assert_eq!(window.map(|window| window.as_secs()), seconds, "{end}");
        }
    }
}
