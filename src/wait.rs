//! Waiting for the end of a scaling action.

use std::fmt;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::Client;
use crate::error::Error;
use crate::types::{ScalingActivityLog, ScalingActivityStatus, ScalingGroup, ScalingGroupStatus};
use crate::validation::ValidationError;

impl Client {
    /// Waits until a group's scaling action has ended: one that is in progress, that a change before has
    /// caused, or that begins while the group does not have its expected number of instances.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # async fn scale(client: otc_autoscaling::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let group = "a8327883-6b07-4497-9c61-68d03ee193a1";
    /// let change = client.update_scaling_group().scaling_group_id(group);
    /// change.body_map(|body| body.desire_instance_number(3)).send().await?;
    ///
    /// let waiter = client.wait_for_scaling_action(group).timeout(Duration::from_secs(900));
    /// let action = waiter.wait().await?;
    /// println!("{:?} ended at {:?}", action.id, action.end_time);
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

/// Waits for the end of a scaling action: made by [`Client::wait_for_scaling_action`].
///
/// Each poll reads the group and the newest entry of its log, by two calls that are retried as any other.
/// The wait goes on while a scaling action is in progress, and while the group has another number of
/// instances than the expected one. Dropping the future ends it.
#[must_use = "nothing is sent before `wait()`"]
#[derive(Clone, Debug)]
pub struct ScalingActionWaiter {
    client: Client,
    group: String,
    after: Option<String>,
    interval: (Duration, Duration),
    timeout: Duration,
}

/// What a poll has read.
struct Poll {
    group: ScalingGroup,
    newest: Option<ScalingActivityLog>,
}

impl ScalingActionWaiter {
    /// Waits for a scaling action after the one with this ID, the newest of the log before the change.
    ///
    /// Without it, a group that has its expected number of instances and no scaling action in progress is
    /// taken to be done, and the newest scaling action of its log is returned. With it, the wait goes on
    /// until the log has a newer one that has ended: it is for a change that may cause one late.
    pub fn after(mut self, activity_id: impl Into<String>) -> Self {
        self.after = Some(activity_id.into());
        self
    }

    /// Sets the time between the first two polls, which doubles up to the second value: 5 seconds and a
    /// minute by default.
    pub fn interval(mut self, first: Duration, ceiling: Duration) -> Self {
        self.interval = (first, ceiling);
        self
    }

    /// Sets the time for the whole wait: half an hour by default. The last poll may end later.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Waits, and returns the scaling action that has ended with success.
    ///
    /// # Errors
    ///
    /// If the scaling action failed, the group has a fault or is deleted, the time is up, or a call fails: see
    /// [`WaitError`].
    pub async fn wait(mut self) -> Result<ScalingActivityLog, WaitError> {
        let (first, ceiling) = self.interval;
        if first.is_zero() || first > ceiling {
            let reason = "has to begin above zero and not above its ceiling: give two times such as 5 and 60 \
                          seconds";
            return Err(WaitError::Call(Error::InvalidRequest(
                ValidationError::new(reason).at("interval"),
            )));
        }
        let limits = ExponentialBuilder::new().with_min_delay(first).with_max_delay(ceiling);
        let mut delays = limits.without_max_times().build();
        let clock = self.client.settings.clock.clone();
        let (began, mut is_first) = (clock.elapsed(), true);
        loop {
            let poll = self.poll().await?;
            if std::mem::take(&mut is_first) && self.after.is_none() && !poll.is_at_rest() {
                // What had ended before is not what is waited for.
                self.after = poll.ended().and_then(|entry| entry.id.clone());
            }
            if let Some(entry) = poll.ended().filter(|entry| self.is_new(entry)) {
                if entry.status == Some(ScalingActivityStatus::Fail) {
                    return Err(WaitError::Failed(Box::new(entry.clone()), poll.reasons()));
                }
                if poll.is_at_rest() {
                    return Ok(entry.clone());
                }
            }
            if let Some(ScalingGroupStatus::Error | ScalingGroupStatus::Deleting) =
                poll.group.scaling_group_status
            {
                return Err(WaitError::Stopped(Box::new(poll.group)));
            }
            if poll.is_at_rest() && poll.newest.is_none() && self.after.is_none() {
                return Err(WaitError::NoAction(Box::new(poll.group)));
            }
            let waited = clock.elapsed().saturating_sub(began);
            let delay = delays.next().unwrap_or(ceiling);
            if waited.saturating_add(delay) > self.timeout {
                return Err(WaitError::TimedOut(Box::new(poll.group), waited));
            }
            clock.sleep(delay).await;
        }
    }

    async fn poll(&self) -> Result<Poll, WaitError> {
        let group = self.client.show_scaling_group().scaling_group_id(&*self.group);
        let group = group.send().await.map_err(WaitError::Call)?.into_inner().scaling_group;
        let log = self.client.list_scaling_activity_logs().scaling_group_id(&*self.group).limit(1);
        let log = log.send().await.map_err(WaitError::Call)?.into_inner().scaling_activity_log;
        let newest = log.unwrap_or_default().into_iter().next();
        Ok(Poll { group: group.unwrap_or_default(), newest })
    }

    fn is_new(&self, entry: &ScalingActivityLog) -> bool {
        self.after.is_none() || entry.id != self.after
    }
}

impl Poll {
    /// Whether the group is not scaling, and need not. What the service leaves out counts as done.
    fn is_at_rest(&self) -> bool {
        let group = &self.group;
        let numbers = (group.current_instance_number, group.desire_instance_number);
        let is_short = matches!(numbers, (Some(current), Some(desired)) if current != desired);
        group.is_scaling != Some(true) && !is_short
    }

    /// The newest entry of the log, unless it is in progress.
    fn ended(&self) -> Option<&ScalingActivityLog> {
        let is_ended =
            |entry: &&ScalingActivityLog| entry.status != Some(ScalingActivityStatus::Doing);
        self.newest.as_ref().filter(is_ended)
    }

    /// Why the newest scaling action failed.
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

/// Why a wait ended without a scaling action that succeeded.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// The scaling action failed: its entry in the log, and the reasons that it and the group give.
    Failed(Box<ScalingActivityLog>, String),
    /// The group has a fault or is being deleted.
    Stopped(Box<ScalingGroup>),
    /// There is nothing to wait for: the group has its expected number of instances, and its log is empty.
    NoAction(Box<ScalingGroup>),
    /// The time is up: the group as it was read last, and how long was waited.
    TimedOut(Box<ScalingGroup>, Duration),
    /// A call failed, or a setting is invalid.
    Call(Error),
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |field: &Option<String>| field.clone().unwrap_or_else(|| "?".to_owned());
        let number = |field: Option<i64>| field.map_or_else(|| "?".to_owned(), |it| it.to_string());
        match self {
            Self::Failed(entry, reasons) => {
                write!(f, "the scaling action {} failed", shown(&entry.id))?;
                if reasons.is_empty() { Ok(()) } else { write!(f, ": {reasons}") }
            }
            Self::Stopped(group) => {
                let state = group.scaling_group_status.as_ref();
                let state = state.map_or("?", ScalingGroupStatus::as_str);
                write!(f, "the group {} is in the state {state}", shown(&group.scaling_group_id))?;
                group.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
            }
            Self::NoAction(group) => {
                write!(f, "the group {} has no scaling action", shown(&group.scaling_group_id))
            }
            Self::TimedOut(group, waited) => write!(
                f,
                "no scaling action of the group {} has ended within {}s: it has {} of {} instances",
                shown(&group.scaling_group_id),
                waited.as_secs(),
                number(group.current_instance_number),
                number(group.desire_instance_number),
            ),
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // It is shown in place of this error.
            Self::Call(error) => error.source(),
            _ => None,
        }
    }
}
