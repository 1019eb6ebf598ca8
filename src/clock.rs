//! The source of time, which tests replace.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use futures_core::future::BoxFuture;
use tokio::time::Instant;

/// A source of time for a client, set with [`ClientBuilder::clock`](crate::ClientBuilder::clock) in tests.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use otc_autoscaling::Clock;
/// use otc_autoscaling::chrono::{DateTime, Utc};
/// use otc_autoscaling::futures_core::future::BoxFuture;
///
/// /// A fixed date, so that signatures are reproducible.
/// struct SameTime(Instant);
///
/// impl Clock for SameTime {
///     fn now(&self) -> DateTime<Utc> {
///         DateTime::UNIX_EPOCH
///     }
///
///     fn elapsed(&self) -> Duration {
///         self.0.elapsed()
///     }
///
///     fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
///         Box::pin(tokio::time::sleep(duration))
///     }
/// }
/// # let _: &dyn Clock = &SameTime(Instant::now());
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Returns the date and time, for signatures and the expiry of tokens.
    fn now(&self) -> DateTime<Utc>;

    /// Returns the time since an arbitrary moment. It never decreases.
    fn elapsed(&self) -> Duration;

    /// Waits for `duration`. Timeouts also use this method: if it returns at once, they expire at once.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The clock of the system, and the timer of Tokio.
pub(crate) struct SystemClock;

/// The same for all clients, since several can share credentials.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    fn elapsed(&self) -> Duration {
        START.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A deadline of a future.
pub(crate) struct Deadline {
    sleep: BoxFuture<'static, ()>,
    limit: Duration,
}

/// The error of an expired deadline.
#[derive(Debug)]
pub(crate) struct Elapsed {
    /// The timeout, in whole milliseconds.
    pub(crate) limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration, clock: &dyn Clock) -> Self {
        Self { sleep: clock.sleep(limit), limit }
    }

    /// Returns the output of the future, unless the deadline expires first.
    pub(crate) async fn cap<F: Future>(&mut self, future: F) -> Result<F::Output, Elapsed> {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| {
            // Polled first, so that a result takes precedence over the deadline.
            if let std::task::Poll::Ready(made) = future.as_mut().poll(context) {
                return std::task::Poll::Ready(Ok(made));
            }
            self.sleep.as_mut().poll(context).map(|()| Err(self.elapsed()))
        })
        .await
    }

    pub(crate) fn elapsed(&self) -> Elapsed {
        let millis = self.limit.as_nanos().div_ceil(1_000_000);
        Elapsed { limit: Duration::from_millis(millis.try_into().unwrap_or(u64::MAX)) }
    }
}
