//! A virtual clock that advances only when nothing else is left to do.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono::{DateTime, Utc};
use otc_autoscaling::Clock;

/// The time at which every virtual clock starts.
pub const BEGINNING: &str = "2026-01-01T00:00:00Z";

/// A clock that stands still while requests and responses are in progress on loopback, and otherwise advances to the
/// end of the earliest sleep. It requires a single-threaded runtime that runs both client and server.
///
/// All traffic on loopback happens within system calls of that thread. So it is idle after several rounds of the
/// runtime without an event, however slow the machine is.
#[derive(Clone, Default)]
pub struct VirtualClock(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    elapsed: Duration,
    sleepers: Vec<Sleeper>,
    sleepers_made: u64,
    /// The number of events so far.
    events: u64,
}

struct Sleeper {
    id: u64,
    until: Duration,
    waker: Option<Waker>,
}

impl VirtualClock {
    /// Records an event, which delays the next advance of the clock.
    pub fn note(&self) {
        self.0.lock().unwrap().events += 1;
    }

    /// Runs a future to completion, and advances the clock whenever everything is idle.
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            tokio::select! {
                biased;
                output = &mut future => return output,
                () = self.rest() => {}
            }
            // Without a sleeper, the future would never complete.
            assert!(self.0.lock().unwrap().jump(), "nothing happens any more, and nothing sleeps");
        }
    }

    /// Waits until there are no more events at the current time.
    pub async fn rest(&self) {
        const ROUNDS: u32 = 5;
        let (mut seen, mut quiet) = (None, 0);
        while quiet < ROUNDS {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let events = Some(self.0.lock().unwrap().events);
            quiet = if seen == events { quiet + 1 } else { 0 };
            seen = events;
        }
    }
}

impl State {
    /// Advances to the end of the earliest sleep. Returns false if there is none.
    fn jump(&mut self) -> bool {
        let Some(next) = self.sleepers.iter().map(|sleeper| sleeper.until).min() else {
            return false;
        };
        self.elapsed = self.elapsed.max(next);
        for sleeper in &mut self.sleepers {
            if sleeper.until <= self.elapsed
                && let Some(waker) = sleeper.waker.take()
            {
                waker.wake();
            }
        }
        true
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        BEGINNING.parse::<DateTime<Utc>>().unwrap() + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().elapsed
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut state = self.0.lock().unwrap();
        state.events += 1;
        state.sleepers_made += 1;
        let (id, until) = (state.sleepers_made, state.elapsed + duration);
        state.sleepers.push(Sleeper { id, until, waker: None });
        Box::pin(Sleep { clock: self.clone(), id })
    }
}

struct Sleep {
    clock: VirtualClock,
    id: u64,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.0.lock().unwrap();
        let elapsed = state.elapsed;
        let sleeper = state.sleepers.iter_mut().find(|sleeper| sleeper.id == self.id).unwrap();
        if sleeper.until <= elapsed {
            return Poll::Ready(());
        }
        sleeper.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let mut state = self.clock.0.lock().unwrap();
        state.events += 1;
        state.sleepers.retain(|sleeper| sleeper.id != self.id);
    }
}
