//! Where the time comes from: it is injected, so that a test need not wait.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use futures_core::future::BoxFuture;
use tokio::time::Instant;

/// Where a client has its time from: the machine's, unless a test brings its own by
/// [`ClientBuilder::clock`](crate::ClientBuilder::clock).
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use otc_autoscaling::Clock;
/// use otc_autoscaling::chrono::{DateTime, Utc};
/// use otc_autoscaling::futures_core::future::BoxFuture;
///
/// /// It is always the same time of day, so that signatures are the same; all else is as usual.
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
    /// The time of day, which signatures carry and tokens expire by.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some fixed moment; it never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits. Timeouts are such waits too: one that ends at once is a timeout at once.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The machine's own time, and Tokio's timers.
pub(crate) struct SystemClock;

/// One for all clients: credentials that several share compare moments of any of them.
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

/// What a future has to be done by.
pub(crate) struct Deadline {
    sleep: BoxFuture<'static, ()>,
    limit: Duration,
}

/// A deadline that was not met.
#[derive(Debug)]
pub(crate) struct Elapsed {
    /// The time that was given, to the millisecond.
    pub(crate) limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration, clock: &dyn Clock) -> Self {
        Self { sleep: clock.sleep(limit), limit }
    }

    /// What the future makes, unless the time is up before.
    pub(crate) async fn cap<F: Future>(&mut self, future: F) -> Result<F::Output, Elapsed> {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| {
            // The future goes first: what is there in time counts.
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
