//! Which attempts are retried, and after which delay.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::clock::Clock;
use crate::error::{Error, Fault};
use crate::validation::{ValidationError, Violations};

/// The retry policy of a client: which failed attempts are retried, how many times, and after what delay.
///
/// A read (GET) is retried if the failure may be temporary. A modification (PUT) is retried only if, in addition, the
/// failed attempt can't have been applied, unless [`retry_unsafe`](Self::retry_unsafe) is set:
///
/// | failure | GET | PUT | PUT with `retry_unsafe` |
/// |---|---|---|---|
/// | no connection (unless the cause is permanent, such as an invalid certificate or an unknown host) | yes | yes | yes |
/// | credentials temporarily not available | yes | yes | yes |
/// | timeout of the attempt | yes | no | yes |
/// | connection lost before the response was complete | yes | no | yes |
/// | response that is not HTTP | no | no | no |
/// | status 408, 500, 502, 504, and other 5xx except 501, 505 and 511 | yes | no | yes |
/// | status 429, and throttling codes with any status | yes | yes | yes |
/// | status 503 with `Retry-After` | yes | yes | yes |
/// | status 503 without `Retry-After` | yes | no | yes |
/// | status 401, if the credentials can be renewed | once | once | once |
/// | other statuses | no | no | no |
/// | success with an unreadable body | no | no | no |
/// | requested delay or period of the rate limit above [`retry_after_ceiling`](Self::retry_after_ceiling) | no | no | no |
///
/// With HTTP/2, a request that the server reports as not processed (`REFUSED_STREAM`, or `GOAWAY`) counts as
/// no connection.
///
/// If the response contains an error code that maps to an [`ErrorKind`](crate::ErrorKind), the kind takes precedence
/// over the status. With the kind `Unavailable` (such as `AS.7078`), a GET is always retried, and a PUT as in the table.
/// With the kinds `Throttled` and `Unauthorized`, the request is retried as in the table, and with any other kind, it is
/// not retried.
///
/// # Delays
///
/// | failure | delay before the retry |
/// |---|---|
/// | throttling, with `Retry-After` above one second | `Retry-After`, or the random delay of `backoff` if that is longer |
/// | throttling otherwise | the delay of [`throttle_backoff`](Self::throttle_backoff) |
/// | status 401 | none |
/// | any other | a random delay between zero and a limit that doubles with each attempt ([`backoff`](Self::backoff)), or `Retry-After` if that is longer |
///
/// `Retry-After` is a number of seconds or a date.
/// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout) limits the whole call: all attempts, and the delays
/// between them.
///
/// [`Error::attempts`](crate::Error::attempts) and [`Response::attempts`](crate::Response::attempts) return the
/// number of attempts.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use otc_autoscaling::{AccessKey, Client, Retry};
///
/// let client = Client::builder()
///     .region("eu-de")
///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
///     .credentials(AccessKey::new("access-key", "secret key"))
///     .retry(Retry::default().attempts(6).backoff(Duration::from_secs(1), Duration::from_secs(30)))
///     .build()?;
/// # Ok::<(), otc_autoscaling::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a policy takes effect with `ClientBuilder::retry`"]
pub struct Retry {
    attempts: u32,
    first: Duration,
    ceiling: Duration,
    /// The delays after throttled attempts: the first, and the ceiling.
    throttled: (Duration, Duration),
    requested_ceiling: Duration,
    budget: Duration,
    has_jitter: bool,
    is_unsafe_allowed: bool,
}

/// At most 4 attempts within 90 seconds; a backoff from 0.5 to 20 seconds, and from 10 to 40 seconds after
/// throttling; a `Retry-After` of at most 60 seconds.
impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first: Duration::from_millis(500),
            ceiling: Duration::from_secs(20),
            throttled: (Duration::from_secs(10), Duration::from_secs(40)),
            requested_ceiling: Duration::from_secs(60),
            budget: Duration::from_secs(90),
            has_jitter: true,
            is_unsafe_allowed: false,
        }
    }
}

impl Retry {
    /// Returns a policy without retries, except for the one with renewed credentials after a 401.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// Sets the maximum number of attempts, including the first: 1 or more. The default is 4.
    ///
    /// The retry with renewed credentials after a 401 is not counted.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the upper limit of the random delay before the first retry. The limit doubles with each retry, up to
    /// `ceiling`, which must not be less than `first`. The default is 0.5 seconds, up to 20 seconds.
    pub fn backoff(mut self, first: Duration, ceiling: Duration) -> Self {
        self.first = first;
        self.ceiling = ceiling;
        self
    }

    /// Sets the delay after the first throttled attempt. It doubles with each further throttled attempt, up to
    /// `ceiling`, which must not be less than `first`. The default is 10 seconds, up to 40 seconds.
    ///
    /// The rate limits of this cloud are per minute, and most responses have no `Retry-After`. With the defaults, the
    /// delays of one call add up to more than a minute. If the error message of the response states the period of the
    /// rate limit (`limit:60,time:1 minute`), each delay is capped at this period. Random jitter of up to 20 % is then
    /// added. A `Retry-After` of more than one second takes precedence over these delays.
    pub fn throttle_backoff(mut self, first: Duration, ceiling: Duration) -> Self {
        self.throttled = (first, ceiling);
        self
    }

    /// Sets the longest `Retry-After` delay that the client waits before a retry. The default is 60 seconds.
    ///
    /// If the requested delay is longer, the call fails at once, and
    /// [`Error::retry_after`](crate::Error::retry_after) returns it. A call also fails at once if the error message
    /// states a longer period of the rate limit.
    pub fn retry_after_ceiling(mut self, ceiling: Duration) -> Self {
        self.requested_ceiling = ceiling;
        self
    }

    /// Sets the time limit for beginning new attempts, measured from the start of the call. The default is 90 seconds.
    ///
    /// Attempts in progress are limited by [`ClientBuilder::timeout`](crate::ClientBuilder::timeout).
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Disables jitter: each delay is the current limit of [`backoff`](Self::backoff), not a random delay below it, and
    /// nothing is added to the delays of [`throttle_backoff`](Self::throttle_backoff).
    ///
    /// Clients that fail at the same time then retry at the same time.
    pub fn without_jitter(mut self) -> Self {
        self.has_jitter = false;
        self
    }

    /// Retries a modification even if the failed attempt may have been applied.
    ///
    /// Use it for idempotent modifications, such as setting the expected number of instances while nothing else
    /// modifies the group. Each request builder has a `retry_unsafe` for a single call.
    pub fn retry_unsafe(mut self) -> Self {
        self.is_unsafe_allowed = true;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        let mut wrong = Violations::default();
        if self.attempts == 0 {
            wrong.add(ValidationError::new("0 is less than 1: use 1 or more").at("attempts"));
        }
        if self.first > self.ceiling {
            let reason = "the first delay is longer than the ceiling: use a shorter one";
            wrong.add(ValidationError::new(reason).at("backoff"));
        }
        if self.throttled.0 > self.throttled.1 {
            let reason = "the first delay is longer than the ceiling: use a shorter one";
            wrong.add(ValidationError::new(reason).at("throttle_backoff"));
        }
        wrong.or(())
    }

    /// The delays between attempts.
    fn delays(&self) -> impl Iterator<Item = Duration> + Send + Sync + use<> {
        let has_jitter = self.has_jitter;
        let limits = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.ceiling)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .build();
        // The library adds its jitter to the delay; full jitter spreads over all of it.
        limits.map(move |limit| if has_jitter { limit.mul_f64(fastrand::f64()) } else { limit })
    }

    /// Whether a failed attempt may be retried.
    fn admits(&self, fault: Fault, is_read: bool) -> bool {
        match fault {
            Fault::NotActedUpon => true,
            Fault::Uncertain => is_read || self.is_unsafe_allowed,
            Fault::Later => is_read,
            Fault::Final => false,
        }
    }

    /// The delay before a retry, or `None` if it exceeds a limit. `elapsed` is the time since the call began.
    fn wait(
        &self,
        delay: Duration,
        retry_after: Option<Duration>,
        elapsed: Duration,
    ) -> Option<Duration> {
        if retry_after.is_some_and(|requested| requested > self.requested_ceiling) {
            return None;
        }
        let wait = delay.max(retry_after.unwrap_or_default());
        (elapsed.saturating_add(wait) <= self.budget).then_some(wait)
    }
}

/// The attempts of one call.
pub(crate) struct Attempts {
    retry: Retry,
    clock: Arc<dyn Clock>,
    delays: Box<dyn Iterator<Item = Duration> + Send + Sync>,
    /// The delay after the next throttled attempt.
    throttled: Duration,
    is_read: bool,
    began: Duration,
    timeout: Duration,
}

impl Attempts {
    /// Begins a call with a timeout for all attempts.
    pub(crate) fn begin(
        retry: Retry,
        clock: &Arc<dyn Clock>,
        timeout: Duration,
        is_read: bool,
    ) -> Self {
        Self {
            retry,
            clock: Arc::clone(clock),
            delays: Box::new(retry.delays()),
            throttled: retry.throttled.0,
            is_read,
            began: clock.elapsed(),
            timeout,
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.began)
    }

    /// The time left of the timeout.
    pub(crate) fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.elapsed())
    }

    /// The delay after a failed attempt: longer if it was throttled without a requested delay. `None` if the
    /// rate limit's window is longer than the client waits.
    fn throttled(&mut self, error: &Error, delay: Duration) -> Option<Duration> {
        // Some gateways send `Retry-After: 0`, 1, or the current date, which is too early for a limit per minute.
        let is_requested =
            error.retry_after().is_some_and(|requested| requested > Duration::from_secs(1));
        if !error.is_throttled() || is_requested {
            return Some(delay);
        }
        let window = error.window();
        if window.is_some_and(|window| window > self.retry.requested_ceiling) {
            return None;
        }
        let delay = self.throttled.min(window.unwrap_or(Duration::MAX));
        self.throttled = self.retry.throttled.1.min(self.throttled.saturating_mul(2));
        let jitter = if self.retry.has_jitter { fastrand::f64() / 5.0 } else { 0.0 };
        Some(delay.saturating_add(delay.mul_f64(jitter)))
    }

    /// Waits for the next attempt. Returns false if there is none.
    pub(crate) async fn follow(&mut self, error: &Error) -> bool {
        if !self.retry.admits(error.fault(), self.is_read) {
            return false;
        }
        // Throttled attempts take a delay as well, since the number of delays limits the attempts.
        let delay = self.delays.next().and_then(|delay| self.throttled(error, delay));
        let wait = delay.and_then(|it| self.retry.wait(it, error.retry_after(), self.elapsed()));
        let Some(wait) = wait.filter(|wait| *wait < self.left()) else { return false };
        tracing::debug!(wait_ms = wait.as_secs_f64() * 1000.0, "attempt failed, retrying");
        self.clock.sleep(wait).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::CredentialsError;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn backoff_doubles_up_to_the_maximum() {
        let retry = Retry::default().attempts(6).backoff(SECOND, 6 * SECOND).without_jitter();
        let delays: Vec<u64> = retry.delays().map(|delay| delay.as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 6, 6]);
        assert_eq!(Retry::never().delays().count(), 0);
    }

    #[test]
    fn jitter_is_full() {
        let retry = Retry::default().attempts(2).backoff(SECOND, SECOND);
        let drawn: Vec<Duration> = (0..10_000).flat_map(|_| retry.delays()).collect();
        assert_eq!(drawn.len(), 10_000);
        assert!(drawn.iter().all(|delay| *delay <= SECOND));
        // Each tenth of the range contains about a tenth of the delays.
        for tenth in 0..10 {
            let (from, to) = (SECOND * tenth / 10, SECOND * (tenth + 1) / 10);
            let count = drawn.iter().filter(|delay| (from..to).contains(delay)).count();
            assert!((800..1200).contains(&count), "{count} between {from:?} and {to:?}");
        }
    }

    #[test]
    fn longer_of_backoff_and_retry_after_is_waited_within_limits() {
        let retry = Retry::default().retry_after_ceiling(60 * SECOND).budget(90 * SECOND);
        let wait = |requested: Option<u64>, elapsed: u64| {
            let requested = requested.map(Duration::from_secs);
            retry
                .wait(2 * SECOND, requested, Duration::from_secs(elapsed))
                .map(|wait| wait.as_secs())
        };
        assert_eq!(wait(None, 0), Some(2));
        assert_eq!(wait(Some(1), 0), Some(2));
        assert_eq!(wait(Some(60), 0), Some(60));
        assert_eq!(wait(Some(61), 0), None);
        assert_eq!(wait(None, 88), Some(2));
        assert_eq!(wait(None, 89), None);
        assert_eq!(wait(Some(60), 31), None);
    }

    #[test]
    fn longest_times_do_not_overflow() {
        let retry = Retry::default().throttle_backoff(Duration::MAX, Duration::MAX);
        let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
        let mut attempts = Attempts::begin(retry, &clock, SECOND, true);
        let limited = CredentialsError::new("too many").throttled();
        let error = Error::credentials(None, limited);
        for _ in 0..2 {
            assert_eq!(attempts.throttled(&error, SECOND), Some(Duration::MAX));
        }
    }

    #[test]
    fn invalid_settings_are_named() {
        let error = Retry::default().attempts(0).backoff(2 * SECOND, SECOND).check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "attempts: 0 is less than 1: use 1 or more; backoff: the first delay is longer than the ceiling: use a \
             shorter one"
        );
        Retry::never().check().unwrap();
    }
}
