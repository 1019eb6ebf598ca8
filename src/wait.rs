//! A waiter for the end of a scaling action.

use std::fmt;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::Client;
use crate::error::{Error, one_line};
use crate::types::{ScalingActivityLog, ScalingActivityStatus, ScalingGroup, ScalingGroupStatus};
use crate::validation::ValidationError;

impl Client {
    /// Returns a [`ScalingActionWaiter`], which waits until the current scaling action of the group has ended. If none
    /// is in progress, but the group does not have its expected number of instances, it waits for the next one.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # async fn scale(client: otc_autoscaling::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let group = "a8327883-6b07-4497-9c61-68d03ee193a1";
    /// let request = client.update_scaling_group().scaling_group_id(group);
    /// request.body_map(|body| body.desire_instance_number(3)).send().await?;
    ///
    /// let waiter = client.wait_for_scaling_action(group).timeout(Duration::from_secs(900));
    /// let activity = waiter.wait().await?;
    /// println!("{:?} ended at {:?}", activity.id, activity.end_time);
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_for_scaling_action(
        &self,
        scaling_group_id: impl Into<String>,
    ) -> ScalingActionWaiter {
        ScalingActionWaiter {
            client: self.clone(),
            group: scaling_group_id.into(),
            after: None,
            interval: (Duration::from_secs(5), Duration::from_secs(60)),
            timeout: Duration::from_secs(30 * 60),
        }
    }
}

/// A waiter for the end of a scaling action, built by [`Client::wait_for_scaling_action`].
///
/// Each poll reads the group and the newest entry of its activity log, with two calls that are retried
/// like any other. Polling continues as long as a scaling action is in progress or the group does not have its
/// expected number of instances. Dropping the future cancels the wait.
#[must_use = "a waiter does nothing until `wait` is called"]
#[derive(Clone, Debug)]
pub struct ScalingActionWaiter {
    client: Client,
    group: String,
    after: Option<String>,
    interval: (Duration, Duration),
    timeout: Duration,
}

/// The result of one poll.
struct Poll {
    group: ScalingGroup,
    newest: Option<ScalingActivityLog>,
}

impl ScalingActionWaiter {
    /// Waits for a scaling action that is newer than the one with this ID.
    ///
    /// Use it when the scaling action may begin late, or may fail before the first poll: read the newest
    /// entry of the activity log, modify the group, and pass the `id` of that entry.
    ///
    /// Without it, the result depends on the group at the first poll. If the group is not scaling and has its
    /// expected number of instances, the newest scaling action is returned. Otherwise, scaling actions that
    /// ended before the first poll are ignored.
    pub fn after(mut self, activity_id: impl Into<String>) -> Self {
        self.after = Some(activity_id.into());
        self
    }

    /// Sets the delay between the first two polls, which doubles with each poll up to `ceiling`.
    ///
    /// `first` must be greater than zero and at most `ceiling`. The default is 5 seconds, up to one minute.
    pub fn interval(mut self, first: Duration, ceiling: Duration) -> Self {
        self.interval = (first, ceiling);
        self
    }

    /// Sets the maximum time to wait, after which one last poll is made. The default is 30 minutes.
    ///
    /// Calls in progress are not interrupted. Each has the timeout of the client.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Waits for the scaling action to end, and returns its entry of the activity log. Any status other than `DOING` or
    /// `FAIL` counts as success.
    ///
    /// # Errors
    ///
    /// Returns a [`WaitError`]
    ///
    /// - if the scaling action failed;
    /// - if no scaling action has ended, and none can begin, because the status of the group is `PAUSED`, `ERROR` or
    ///   `DELETING`;
    /// - if the group is not scaling, and its activity log is empty;
    /// - after the timeout;
    /// - if a call fails.
    pub async fn wait(mut self) -> Result<ScalingActivityLog, WaitError> {
        let (first, ceiling) = self.interval;
        if first.is_zero() || first > ceiling {
            let reason = "the first delay is zero or longer than the ceiling: use, for example, 5 and 60 \
                          seconds";
            let error = ValidationError::new(reason).at("interval");
            return Err(Error::InvalidRequest(error).into());
        }
        let limits = ExponentialBuilder::new().with_min_delay(first).with_max_delay(ceiling);
        let mut delays = limits.without_max_times().build();
        let clock = self.client.settings.clock.clone();
        let (began, mut is_first) = (clock.elapsed(), true);
        // Whether there is a scaling action to wait for.
        let mut is_expected = self.after.is_some();
        loop {
            let poll = self.poll().await?;
            if std::mem::take(&mut is_first) && !is_expected && !poll.is_at_rest() {
                // The wait is for the action that this group needs or has in progress, not for an earlier one.
                self.after = poll.ended().and_then(|entry| entry.id.clone());
            }
            is_expected |= !poll.is_at_rest();
            if let Some(entry) = poll.ended().filter(|entry| self.is_new(entry)) {
                if entry.status == Some(ScalingActivityStatus::Fail) {
                    let reasons = poll.reasons();
                    return Err(WaitError::Failed { activity: Box::new(entry.clone()), reasons });
                }
                if poll.is_at_rest() {
                    return Ok(entry.clone());
                }
            }
            if poll.is_stopped() {
                return Err(WaitError::Stopped { group: Box::new(poll.group) });
            }
            if poll.newest.is_none() && !is_expected {
                return Err(WaitError::NoAction { group: Box::new(poll.group) });
            }
            let waited = clock.elapsed().saturating_sub(began);
            let delay = delays.next().unwrap_or(ceiling);
            let left = self.timeout.saturating_sub(waited);
            if left.is_zero() {
                let (reasons, Poll { group, newest }) = (poll.reasons(), poll);
                let (group, newest) = (Box::new(group), newest.map(Box::new));
                return Err(WaitError::TimedOut { group, newest, reasons, waited });
            }
            clock.sleep(delay.min(left)).await;
        }
    }

    async fn poll(&self) -> Result<Poll, WaitError> {
        // The log first: a scaling action that ends between the two calls is in progress in the log, and its end is
        // seen by the next poll. In the other order, it would be taken for one that has ended before.
        let log = self.client.list_scaling_activity_logs().scaling_group_id(&*self.group).limit(1);
        let log = log.send().await?.into_inner().scaling_activity_log;
        let newest = log.unwrap_or_default().into_iter().next();
        let group = self.client.show_scaling_group().scaling_group_id(&*self.group);
        let group = group.send().await?.into_inner().scaling_group;
        Ok(Poll { group: group.unwrap_or_default(), newest })
    }

    fn is_new(&self, entry: &ScalingActivityLog) -> bool {
        self.after.is_none() || entry.id != self.after
    }
}

impl Poll {
    /// Whether the group is not scaling and has the expected number of instances. A field that the response
    /// lacks counts as done.
    fn is_at_rest(&self) -> bool {
        let group = &self.group;
        let numbers = (group.current_instance_number, group.desire_instance_number);
        let is_short = matches!(numbers, (Some(current), Some(desired)) if current != desired);
        group.is_scaling != Some(true) && !is_short
    }

    /// Whether the group begins no scaling action. Disabling a group does not stop the one in progress.
    fn is_stopped(&self) -> bool {
        match self.group.scaling_group_status {
            Some(ScalingGroupStatus::Error | ScalingGroupStatus::Deleting) => true,
            Some(ScalingGroupStatus::Paused) => {
                let in_log = self.newest.as_ref().is_some_and(|entry| !is_ended(entry));
                self.group.is_scaling != Some(true) && !in_log
            }
            _ => false,
        }
    }

    /// The newest entry of the log, unless it is in progress.
    fn ended(&self) -> Option<&ScalingActivityLog> {
        self.newest.as_ref().filter(|entry| is_ended(entry))
    }

    /// The reasons that the newest scaling action and the group give for a failure.
    fn reasons(&self) -> String {
        let entry = self.newest.iter();
        let instances = entry.clone().flat_map(|entry| entry.instance_failed_list.iter().flatten());
        let bound = entry.clone().flat_map(|entry| entry.lb_bind_failed_list.iter().flatten());
        let unbound = entry.flat_map(|entry| entry.lb_unbind_failed_list.iter().flatten());
        let reasons = instances.map(|it| &it.failed_reason);
        let reasons = reasons.chain(bound.chain(unbound).map(|it| &it.failed_reason));
        let mut reasons: Vec<&str> =
            reasons.chain([&self.group.detail]).filter_map(|it| it.as_deref()).collect();
        reasons.retain(|reason| !reason.trim().is_empty());
        reasons.dedup();
        reasons.join("; ")
    }
}

fn is_ended(entry: &ScalingActivityLog) -> bool {
    entry.status != Some(ScalingActivityStatus::Doing)
}

/// The error type of [`ScalingActionWaiter::wait`].
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// The scaling action failed.
    #[non_exhaustive]
    Failed {
        /// The entry of the activity log.
        activity: Box<ScalingActivityLog>,
        /// The reasons that the entry and the group give, separated by semicolons.
        reasons: String,
    },
    /// The group has the status `PAUSED`, `ERROR` or `DELETING`, so no scaling action can begin, and none has ended
    /// before.
    #[non_exhaustive]
    Stopped {
        /// The group at the last poll.
        group: Box<ScalingGroup>,
    },
    /// There is nothing to wait for: the group has its expected number of instances and an empty activity log.
    #[non_exhaustive]
    NoAction {
        /// The group at the last poll.
        group: Box<ScalingGroup>,
    },
    /// The timeout has expired.
    #[non_exhaustive]
    TimedOut {
        /// The group at the last poll.
        group: Box<ScalingGroup>,
        /// The newest entry of the activity log at the last poll.
        newest: Option<Box<ScalingActivityLog>>,
        /// The reasons that the entry and the group give for a failure, separated by semicolons.
        reasons: String,
        /// The time from the first to the last poll.
        waited: Duration,
    },
    /// A call failed, or a setting is invalid.
    Call(Error),
}

impl From<Error> for WaitError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// Writes a string of the service, if there is one.
fn of_service(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if text.trim().is_empty() { Ok(()) } else { write!(f, ": {}", one_line(text)) }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_unknown = |it: Option<String>| one_line(it.as_deref().unwrap_or("?"));
        let name = |group: &ScalingGroup| or_unknown(group.scaling_group_id.clone());
        let number = |field: Option<i64>| or_unknown(field.map(|it| it.to_string()));
        match self {
            Self::Failed { activity, reasons } => {
                write!(f, "scaling action {} failed", or_unknown(activity.id.clone()))?;
                of_service(f, reasons)
            }
            Self::Stopped { group } => {
                let state = group.scaling_group_status.as_ref();
                let state = one_line(state.map_or("?", ScalingGroupStatus::as_str));
                write!(f, "group {} is in the state {state}", name(group))?;
                of_service(f, group.detail.as_deref().unwrap_or_default())
            }
            Self::NoAction { group } => write!(f, "group {} has no scaling action", name(group)),
            Self::TimedOut { group, newest, reasons, waited } => {
                write!(
                    f,
                    "timed out after {}s: group {} has {} of {} instances",
                    waited.as_secs(),
                    name(group),
                    number(group.current_instance_number),
                    number(group.desire_instance_number),
                )?;
                if let Some(newest) = newest {
                    let status = newest.status.as_ref();
                    let status = one_line(status.map_or("?", ScalingActivityStatus::as_str));
                    let id = or_unknown(newest.id.clone());
                    write!(f, ", and its newest scaling action {id} has the status {status}")?;
                }
                of_service(f, reasons)
            }
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // The message is that of the error.
            Self::Call(error) => error.source(),
            _ => None,
        }
    }
}
