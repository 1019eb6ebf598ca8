//! When a failed attempt is followed by another one, and after what time.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::clock::Clock;
use crate::error::{Error, Fault};
use crate::validation::{ValidationError, Violations};

/// When a failed attempt of a call is followed by another one.
///
/// What is repeated depends on how far the attempt got. A read (GET) is repeated whenever that may
/// help; a change (PUT, and whatever else is no read) only when the one before can't have been
/// acted upon, unless the caller allows it by [`retry_unsafe`](Self::retry_unsafe). The
/// [table](crate#retries) says it case by case.
///
/// Between two attempts lies a random time, between zero and a limit that doubles from attempt to
/// attempt ([`backoff`](Self::backoff)), or what `Retry-After` says if that is longer. The error
/// of a call says how many [`attempts`](crate::Error::attempts) were made.
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
#[must_use = "is set by `ClientBuilder::retry`"]
pub struct Retry {
    attempts: u32,
    first: Duration,
    ceiling: Duration,
    /// The times between attempts that are throttled.
    throttled: (Duration, Duration),
    longest_asked: Duration,
    budget: Duration,
    has_jitter: bool,
    is_unsafe_allowed: bool,
}

/// 4 attempts, backoff from half a second to 20 seconds, and from 10 to 40 seconds when throttled, so that
/// the last attempt follows after a window of a minute; a `Retry-After` of up to a minute; all begun
/// within 90 seconds.
impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first: Duration::from_millis(500),
            ceiling: Duration::from_secs(20),
            throttled: (Duration::from_secs(10), Duration::from_secs(40)),
            longest_asked: Duration::from_secs(60),
            budget: Duration::from_secs(90),
            has_jitter: true,
            is_unsafe_allowed: false,
        }
    }
}

impl Retry {
    /// One attempt, and no other. (A call is still repeated once with a renewed token.)
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How many attempts are made at most, the first among them: 1 or more. The one that follows a
    /// 401 with a renewed token comes on top.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The limits of the random time between two attempts: of the first such time, and the one
    /// that doubling them does not exceed.
    pub fn backoff(mut self, first: Duration, ceiling: Duration) -> Self {
        self.first = first;
        self.ceiling = ceiling;
        self
    }

    /// The time after the first attempt that is throttled, and the one that doubling it does not
    /// exceed; 10 and 40 seconds by default. Up to a fifth is added at random, and no more is waited
    /// than the window that the gateway's message names ("limit:60,time:1 minute"). A `Retry-After`
    /// of more than a second takes precedence.
    ///
    /// The limit of this cloud counts the requests of a minute, mostly without `Retry-After`.
    pub fn throttle_backoff(mut self, first: Duration, ceiling: Duration) -> Self {
        self.throttled = (first, ceiling);
        self
    }

    /// The longest `Retry-After` that is waited for. A service that asks for more is not asked
    /// again: the error comes at once, and [`retry_after`](crate::Error::retry_after) says what it
    /// asked for.
    pub fn retry_after_ceiling(mut self, ceiling: Duration) -> Self {
        self.longest_asked = ceiling;
        self
    }

    /// The time within which attempts are begun, counted from the start of the call. The last one
    /// may end later.
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Waits exactly the limits of [`backoff`](Self::backoff), not a random part of them: for a
    /// single caller. Of many that failed at once, all would come back at once.
    pub fn without_jitter(mut self) -> Self {
        self.has_jitter = false;
        self
    }

    /// Repeats a change also when the one before may have been acted upon. Right where doing it
    /// twice does no harm: setting fixed numbers, say, while nobody else changes them. It can be
    /// said of a single call too, on its request.
    pub fn retry_unsafe(mut self) -> Self {
        self.is_unsafe_allowed = true;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        let mut wrong = Violations::default();
        if self.attempts == 0 {
            wrong.add(ValidationError::new("has to be 1 or more").at("attempts"));
        }
        if self.first > self.ceiling {
            let reason = "begins above its ceiling: give the smaller one first";
            wrong.add(ValidationError::new(reason).at("backoff"));
        }
        if self.throttled.0 > self.throttled.1 {
            let reason = "begins above its ceiling: give the smaller one first";
            wrong.add(ValidationError::new(reason).at("throttle_backoff"));
        }
        wrong.or(())
    }

    /// The times between the attempts.
    fn delays(&self) -> impl Iterator<Item = Duration> + Send + Sync + use<> {
        let has_jitter = self.has_jitter;
        let limits = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.ceiling)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .build();
        // The jitter of the library lies on top of the delay; this one spreads over all of it.
        limits.map(move |limit| if has_jitter { limit.mul_f64(fastrand::f64()) } else { limit })
    }

    /// Whether an attempt that failed so may be followed by another one.
    fn admits(&self, fault: Fault, is_read: bool) -> bool {
        match fault {
            Fault::NotActedUpon => true,
            Fault::Uncertain => is_read || self.is_unsafe_allowed,
            Fault::Later => is_read,
            Fault::Final => false,
        }
    }

    /// The time to wait: of an attempt that failed this long after the call's start, and of a
    /// service that asked for `retry_after`. None when it would be too long.
    fn wait(
        &self,
        delay: Duration,
        retry_after: Option<Duration>,
        elapsed: Duration,
    ) -> Option<Duration> {
        if retry_after.is_some_and(|asked| asked > self.longest_asked) {
            return None;
        }
        let wait = delay.max(retry_after.unwrap_or_default());
        (elapsed.saturating_add(wait) <= self.budget).then_some(wait)
    }
}

/// The attempts of one call: how long they may go on, and when the next one follows.
pub(crate) struct Attempts {
    retry: Retry,
    clock: Arc<dyn Clock>,
    delays: Box<dyn Iterator<Item = Duration> + Send + Sync>,
    /// The time after the next attempt that is throttled.
    throttled: Duration,
    is_read: bool,
    began: Duration,
    timeout: Duration,
}

impl Attempts {
    /// Begins a call, which may take this long in all.
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

    /// What is left of the time for the whole call.
    pub(crate) fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.elapsed())
    }

    /// The time after an attempt that was throttled, without a requested delay: as much as a window
    /// takes, in a few attempts. `None` when a window is too long to be waited for.
    fn throttled(&mut self, error: &Error, delay: Duration) -> Option<Duration> {
        // Some send `Retry-After: 0`, 1, or the time of the response: no limit of this cloud is over by then.
        let is_requested = error.retry_after().is_some_and(|asked| asked > Duration::from_secs(1));
        if !error.is_throttled() || is_requested {
            return Some(delay);
        }
        let window = error.window();
        if window.is_some_and(|window| window > self.retry.longest_asked) {
            return None;
        }
        let delay = self.throttled.min(window.unwrap_or(Duration::MAX));
        self.throttled = self.retry.throttled.1.min(self.throttled.saturating_mul(2));
        let jitter = if self.retry.has_jitter { fastrand::f64() / 5.0 } else { 0.0 };
        Some(delay.saturating_add(delay.mul_f64(jitter)))
    }

    /// Whether another attempt may follow one that failed so; if it may, waits until it is time.
    pub(crate) async fn follow(&mut self, error: &Error) -> bool {
        if !self.retry.admits(error.fault(), self.is_read) {
            return false;
        }
        // One for each attempt, throttled or not.
        let delay = self.delays.next().and_then(|delay| self.throttled(error, delay));
        let wait = delay.and_then(|it| self.retry.wait(it, error.retry_after(), self.elapsed()));
        let Some(wait) = wait.filter(|wait| *wait < self.left()) else { return false };
        tracing::debug!(wait_ms = wait.as_secs_f64() * 1000.0, "will be tried again");
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
        // Each tenth of the range holds about a tenth of what was drawn.
        for tenth in 0..10 {
            let (from, to) = (SECOND * tenth / 10, SECOND * (tenth + 1) / 10);
            let count = drawn.iter().filter(|delay| (from..to).contains(delay)).count();
            assert!((800..1200).contains(&count), "{count} between {from:?} and {to:?}");
        }
    }

    #[test]
    fn longer_of_backoff_and_retry_after_is_waited_within_limits() {
        let retry = Retry::default().retry_after_ceiling(60 * SECOND).budget(90 * SECOND);
        let wait = |asked: Option<u64>, elapsed: u64| {
            let asked = asked.map(Duration::from_secs);
            retry.wait(2 * SECOND, asked, Duration::from_secs(elapsed)).map(|wait| wait.as_secs())
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
            "attempts: has to be 1 or more; backoff: begins above its ceiling: give the smaller \
             one first"
        );
        Retry::never().check().unwrap();
    }
}
