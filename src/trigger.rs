//! Triggers of a scaling policy.
//!
//! A policy is triggered by an alarm ([`Alarm`]), at a point in time ([`Scheduled`]), or at recurring times
//! ([`Recurring`]). Each type sets its own trigger fields of [`UpdateScalingPolicyRequest`] and unsets those of the
//! other types, so invalid combinations (an alarm with an end, a daily recurrence with days) do not compile. See
//! the [vendor documentation][page].
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
//! All times are in UTC and have to be whole minutes. As with every setter, invalid values are reported when the
//! body is built or the request is sent.
//!
//! [page]: https://docs.otc.t-systems.com/auto-scaling/api-ref/apis/as_policies/modifying_an_as_policy_v2.html
//! [`UpdateScalingPolicyRequest`]: crate::types::UpdateScalingPolicyRequest

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, TimeZone, Weekday};

use crate::rules;
use crate::types::{RecurrenceType, RecurrenceValue, ResourceId, ScalingPolicyType, builder};
use crate::validation::{ValidationError, Violations};

/// Any trigger. Convert an [`Alarm`], [`Scheduled`] or [`Recurring`] with `From`.
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
    // Only the fields of the trigger are set. Their values may be invalid.
    builder::UpdateScalingPolicyRequest,
);

/// A trigger that is fired by a Cloud Eye alarm rule.
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
    /// Creates a trigger that is fired by the alarm rule with this ID, a [`ResourceId`].
    ///
    /// The service adds the policy to the actions of the alarm rule.
    pub fn new<V>(alarm_id: V) -> Self
    where
        V: TryInto<ResourceId>,
        V::Error: Into<ValidationError>,
    {
        let policy = builder::UpdateScalingPolicyRequest::default();
        Self(Trigger(policy.scaling_policy_type(ScalingPolicyType::Alarm).alarm_id(alarm_id)))
    }
}

/// A trigger at a point in time.
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
    /// Creates a trigger at this time, which has to be a whole minute.
    ///
    /// The service rejects a time in the past.
    pub fn at<Tz: TimeZone>(moment: DateTime<Tz>) -> Self {
        let schedule = builder::ScheduledPolicy::default().launch_time(moment);
        Self(timed(ScalingPolicyType::Scheduled, schedule))
    }
}

/// A recurring trigger at a time of day: daily, on days of the week, or on days of the month.
///
/// Times have to be whole minutes. Time of day and days are in UTC: in winter, 23:30 on a Sunday in New York is 04:30
/// on a Monday.
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
    /// Creates a daily trigger at a time of day, which ends at `until`.
    ///
    /// The service rejects an end in the past.
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

    /// Creates a trigger at a time of day on one or more days of the week, which ends at `until`.
    ///
    /// Order and duplicates of the days do not matter.
    pub fn weekly<Tz: TimeZone>(
        days: impl IntoIterator<Item = Weekday>,
        time_of_day: NaiveTime,
        until: DateTime<Tz>,
    ) -> Self {
        let days = days.into_iter().map(|day| day.number_from_sunday());
        Self::every(RecurrenceType::Weekly, time_of_day, until).on(days)
    }

    /// Creates a trigger at a time of day on one or more days of the month, 1 to 31, which ends at `until`.
    ///
    /// Order and duplicates of the days do not matter. The vendor documentation does not state what happens with the
    /// days 29 to 31 in months that don't have them.
    pub fn monthly<Tz: TimeZone>(
        days: impl IntoIterator<Item = u32>,
        time_of_day: NaiveTime,
        until: DateTime<Tz>,
    ) -> Self {
        Self::every(RecurrenceType::Monthly, time_of_day, until).on(days)
    }

    /// Sets the start of the recurrence. The default is now.
    ///
    /// A start after the end is invalid, even in an `unchecked()` request.
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

/// The fields of a schedule. The rules of the document are checked here, so that `build` rejects an end before
/// the start.
fn timed(kind: ScalingPolicyType, schedule: builder::ScheduledPolicy) -> Trigger {
    let policy = builder::UpdateScalingPolicyRequest::default();
    let mut policy = policy.scaling_policy_type(kind).scheduled_policy(schedule);
    if let Err(error) = policy.clone().build().and_then(rules::check) {
        policy.scheduled_policy = Err(error);
    }
    Trigger(policy)
}

/// Days of the week or of the month as numbers.
struct Days(BTreeSet<u32>);

impl TryFrom<Days> for RecurrenceValue {
    type Error = ValidationError;

    fn try_from(Days(days): Days) -> Result<Self, Self::Error> {
        if days.is_empty() {
            return Err(ValidationError::new("no day is set: use at least one"));
        }
        let days: Vec<String> = days.iter().map(u32::to_string).collect();
        // One by one, so that the message contains the invalid day.
        let mut invalid_days = Violations::default();
        for day in days.iter().filter(|day| Self::try_from(*day).is_err()) {
            invalid_days
                .add(ValidationError::new(format!("{day} is not a day of a month: use 1 to 31")));
        }
        invalid_days.or(()).and_then(|()| days.join(",").try_into())
    }
}

impl builder::UpdateScalingPolicyRequest {
    /// Sets the trigger of the policy: an [`Alarm`], [`Scheduled`] or [`Recurring`].
    ///
    /// Replaces `scaling_policy_type`, `alarm_id` and `scheduled_policy`.
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
