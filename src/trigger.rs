//! What triggers a scaling policy, as types that hold no combination which the service would not
//! take or would leave without effect.
//!
//! A change of a policy takes one of three triggers: an [`Alarm`], a point in time ([`Scheduled`])
//! or a recurrence ([`Recurring`]). Each sets the fields of [`UpdateScalingPolicyRequest`] that the
//! [vendor's page][page] asks for with it, and no other. What does not belong to a trigger can't be
//! said: an alarm has no end, a daily recurrence no days.
//!
//! ```
//! use chrono::{NaiveTime, TimeZone, Utc, Weekday};
//! use otc_autoscaling::trigger::Recurring;
//! use otc_autoscaling::types::UpdateScalingPolicyRequest;
//!
//! let seven = NaiveTime::from_hms_opt(7, 0, 0).ok_or("no time")?;
//! let until = Utc.with_ymd_and_hms(2027, 12, 31, 0, 0, 0).single().ok_or("no time")?;
//! let policy = UpdateScalingPolicyRequest::builder()
//!     .trigger(Recurring::weekly([Weekday::Mon, Weekday::Fri], seven, until))
//!     .build()?;
//! assert_eq!(
//!     serde_json::to_value(policy)?,
//!     serde_json::json!({
//!         "scaling_policy_type": "RECURRENCE",
//!         "scheduled_policy": {
//!             "launch_time": "07:00",
//!             "recurrence_type": "Weekly",
//!             "recurrence_value": "2,6",
//!             "end_time": "2027-12-31T00:00Z"
//!         }
//!     })
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A value that is refused is kept, as by every setter, until the body is built or the request is
//! sent, and reported together with all others. Times are sent to the minute: one with seconds is
//! refused, not cut off.
//!
//! [page]: https://docs.otc.t-systems.com/auto-scaling/api-ref/apis/as_policies/modifying_an_as_policy_v2.html
//! [`UpdateScalingPolicyRequest`]: crate::types::UpdateScalingPolicyRequest

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, TimeZone, Weekday};

use crate::rules;
use crate::types::{RecurrenceType, RecurrenceValue, ResourceId, ScalingPolicyType, builder};
use crate::validation::{ValidationError, Violations};

/// Any of the triggers, for where the program does not know beforehand which: made by `From` each
/// of them.
///
/// ```
/// use otc_autoscaling::trigger::{Alarm, Scheduled, Trigger};
/// use otc_autoscaling::types::UpdateScalingPolicyRequest;
///
/// fn trigger(alarm_id: Option<&str>, otherwise: chrono::DateTime<chrono::Utc>) -> Trigger {
///     match alarm_id {
///         Some(id) => Alarm::new(id).into(),
///         None => Scheduled::at(otherwise).into(),
///     }
/// }
///
/// let trigger = trigger(Some("al1513822380493GvlJKZwA8"), chrono::DateTime::UNIX_EPOCH);
/// let policy = UpdateScalingPolicyRequest::builder().trigger(trigger).build()?;
/// assert!(policy.alarm_id.is_some() && policy.scheduled_policy.is_none());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a trigger does nothing until a policy takes it"]
pub struct Trigger(
    // A policy in which nothing but the fields of a trigger is set, or refused.
    builder::UpdateScalingPolicyRequest,
);

/// An alarm rule of Cloud Eye that triggers the policy when it fires.
///
/// ```
/// use otc_autoscaling::trigger::Alarm;
/// use otc_autoscaling::types::UpdateScalingPolicyRequest;
///
/// let policy = UpdateScalingPolicyRequest::builder()
///     .trigger(Alarm::new("al1513822380493GvlJKZwA8"))
///     .build()?;
/// assert_eq!(
///     serde_json::to_value(policy)?,
///     serde_json::json!({
///         "scaling_policy_type": "ALARM",
///         "alarm_id": "al1513822380493GvlJKZwA8"
///     })
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a trigger does nothing until a policy takes it"]
pub struct Alarm(Trigger);

impl Alarm {
    /// The alarm rule of this ID, a [`ResourceId`]. The service adds the policy to what that rule
    /// does when it fires.
    pub fn new<V>(alarm_id: V) -> Self
    where
        V: TryInto<ResourceId>,
        V::Error: Into<ValidationError>,
    {
        let policy = builder::UpdateScalingPolicyRequest::default();
        Self(Trigger(policy.scaling_policy_type(ScalingPolicyType::Alarm).alarm_id(alarm_id)))
    }
}

/// A point in time that triggers the policy, once.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use otc_autoscaling::trigger::Scheduled;
/// use otc_autoscaling::types::UpdateScalingPolicyRequest;
///
/// let launch = Utc.with_ymd_and_hms(2027, 3, 1, 7, 30, 0).single().ok_or("no time")?;
/// let policy = UpdateScalingPolicyRequest::builder().trigger(Scheduled::at(launch)).build()?;
/// assert_eq!(
///     serde_json::to_value(policy)?,
///     serde_json::json!({
///         "scaling_policy_type": "SCHEDULED",
///         "scheduled_policy": { "launch_time": "2027-03-01T07:30Z" }
///     })
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a trigger does nothing until a policy takes it"]
pub struct Scheduled(Trigger);

impl Scheduled {
    /// At this moment, which is sent in UTC. It has to be a whole minute; whether it is still to
    /// come, the service judges.
    pub fn at<Tz: TimeZone>(moment: DateTime<Tz>) -> Self {
        let schedule = builder::ScheduledPolicy::default().launch_time(moment);
        Self(timed(ScalingPolicyType::Scheduled, schedule))
    }
}

/// A recurrence that triggers the policy at a time of day: on every day, on days of the week or on days
/// of the month, until it ends.
///
/// Times have to be whole minutes. The time of day is one of UTC, and so are the days: 23:30 on a
/// Sunday of winter in New York is 04:30 on a Monday.
///
/// ```
/// use chrono::{NaiveTime, TimeZone, Utc};
/// use otc_autoscaling::trigger::Recurring;
/// use otc_autoscaling::types::UpdateScalingPolicyRequest;
///
/// let midnight = |year, month, day| Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).single();
/// let from = midnight(2027, 1, 1).ok_or("no time")?;
/// let until = midnight(2028, 1, 1).ok_or("no time")?;
/// let policy = UpdateScalingPolicyRequest::builder()
///     .trigger(Recurring::monthly([15, 1], NaiveTime::MIN, until).starting(from))
///     .build()?;
/// assert_eq!(
///     serde_json::to_value(policy)?,
///     serde_json::json!({
///         "scaling_policy_type": "RECURRENCE",
///         "scheduled_policy": {
///             "launch_time": "00:00",
///             "recurrence_type": "Monthly",
///             "recurrence_value": "1,15",
///             "start_time": "2027-01-01T00:00Z",
///             "end_time": "2028-01-01T00:00Z"
///         }
///     })
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a trigger does nothing until a policy takes it"]
pub struct Recurring(builder::ScheduledPolicy);

impl Recurring {
    /// Every day at this time of day (UTC), until the recurrence ends. The end has to lie in the
    /// future, which the service judges.
    ///
    /// ```
    /// use chrono::{NaiveTime, TimeZone, Utc};
    /// use otc_autoscaling::trigger::Recurring;
    /// use otc_autoscaling::types::UpdateScalingPolicyRequest;
    ///
    /// let six = NaiveTime::from_hms_opt(18, 0, 0).ok_or("no time")?;
    /// let until = Utc.with_ymd_and_hms(2027, 12, 31, 0, 0, 0).single().ok_or("no time")?;
    /// let policy =
    ///     UpdateScalingPolicyRequest::builder().trigger(Recurring::daily(six, until)).build()?;
    /// assert_eq!(
    ///     serde_json::to_value(policy)?["scheduled_policy"],
    ///     serde_json::json!({
    ///         "launch_time": "18:00",
    ///         "recurrence_type": "Daily",
    ///         "end_time": "2027-12-31T00:00Z"
    ///     })
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn daily<Tz: TimeZone>(time_of_day: NaiveTime, until: DateTime<Tz>) -> Self {
        Self::every(RecurrenceType::Daily, time_of_day, until)
    }

    /// On these days of each week, at least one, at this time of day (UTC), until the recurrence ends
    /// (see [`daily`](Self::daily)). Their order does not matter, and a day that is named twice
    /// counts once: they are sent from Sunday to Saturday.
    pub fn weekly<Tz: TimeZone>(
        days: impl IntoIterator<Item = Weekday>,
        time_of_day: NaiveTime,
        until: DateTime<Tz>,
    ) -> Self {
        let days = days.into_iter().map(|day| day.number_from_sunday());
        Self::every(RecurrenceType::Weekly, time_of_day, until).on(days)
    }

    /// On these days of each month, 1 to 31 and at least one, at this time of day (UTC), until the
    /// recurrence ends (see [`daily`](Self::daily)). Their order does not matter, and a day that is
    /// named twice counts once: they are sent in ascending order. The documentation does not say
    /// what becomes of a day in a month that is too short for it.
    pub fn monthly<Tz: TimeZone>(
        days: impl IntoIterator<Item = u32>,
        time_of_day: NaiveTime,
        until: DateTime<Tz>,
    ) -> Self {
        Self::every(RecurrenceType::Monthly, time_of_day, until).on(days)
    }

    /// The recurrence holds from this moment on, in place of at once. It must not lie after the end,
    /// not even in a request that is `unchecked()`.
    pub fn starting<Tz: TimeZone>(self, from: DateTime<Tz>) -> Self {
        Self(self.0.start_time(from))
    }

    fn every<Tz: TimeZone>(
        recurrence: RecurrenceType,
        launch: NaiveTime,
        end: DateTime<Tz>,
    ) -> Self {
        let schedule = builder::ScheduledPolicy::default();
        let schedule = schedule.launch_time(launch).end_time(end);
        Self(schedule.recurrence_type(recurrence))
    }

    fn on(self, days: impl IntoIterator<Item = u32>) -> Self {
        Self(self.0.recurrence_value(Days(days.into_iter().collect())))
    }
}

impl From<Alarm> for Trigger {
    fn from(alarm: Alarm) -> Self {
        alarm.0
    }
}

impl From<Scheduled> for Trigger {
    fn from(scheduled: Scheduled) -> Self {
        scheduled.0
    }
}

impl From<Recurring> for Trigger {
    fn from(recurring: Recurring) -> Self {
        timed(ScalingPolicyType::Recurrence, recurring.0)
    }
}

/// A trigger by a schedule. The document's rules are asked already here, so that an end before the
/// start does not build either, where nothing is sent.
fn timed(kind: ScalingPolicyType, schedule: builder::ScheduledPolicy) -> Trigger {
    let policy = builder::UpdateScalingPolicyRequest::default();
    let mut policy = policy.scaling_policy_type(kind).scheduled_policy(schedule);
    if let Err(error) = policy.clone().build().and_then(rules::check) {
        policy.scheduled_policy = Err(error);
    }
    Trigger(policy)
}

/// Days by their number, of the week or of the month.
struct Days(BTreeSet<u32>);

impl TryFrom<Days> for RecurrenceValue {
    type Error = ValidationError;

    fn try_from(Days(days): Days) -> Result<Self, Self::Error> {
        if days.is_empty() {
            return Err(ValidationError::new("names no day; give at least one"));
        }
        let days: Vec<String> = days.iter().map(u32::to_string).collect();
        // One by one, since of all of them the pattern could not say which is wrong.
        let mut refused = Violations::default();
        for day in days.iter().filter(|day| Self::try_from(*day).is_err()) {
            refused.add(ValidationError::new(format!("{day} is no day of a month; use 1 to 31")));
        }
        refused.or(()).and_then(|()| days.join(",").try_into())
    }
}

impl builder::UpdateScalingPolicyRequest {
    /// What triggers the policy: an [`Alarm`], [`Scheduled`] or [`Recurring`].
    ///
    /// Sets what the trigger is made of and unsets the rest of `scaling_policy_type`, `alarm_id`
    /// and `scheduled_policy`, whatever was set or refused there before: the last trigger counts.
    ///
    /// ```
    /// use otc_autoscaling::{Client, trigger::Alarm};
    ///
    /// # fn change(client: &Client) {
    /// let call = client
    ///     .update_scaling_policy()
    ///     .scaling_policy_id("0h327883-324n-4dzd-9c61-68d03ee191dd")
    ///     .body_map(|policy| policy.trigger(Alarm::new("al1513822380493GvlJKZwA8")));
    /// # }
    /// ```
    pub fn trigger(mut self, trigger: impl Into<Trigger>) -> Self {
        let Trigger(policy) = trigger.into();
        self.scaling_policy_type = policy.scaling_policy_type;
        self.alarm_id = policy.alarm_id;
        self.scheduled_policy = policy.scheduled_policy;
        self
    }
}
