//! How serious a change is: the one table that decides it.

use std::fmt;

use crate::pages::facts::Part;

use Severity::{Breaks, Look, Offers, Surprises};

/// Most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Breaks,
    Surprises,
    Offers,
    Look,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Breaks => "Breaks callers: what was right before is refused, or means something else",
            Surprises => "May surprise: a reply or a behaviour that clients do not expect",
            Offers => "Can be used: clients go on as they are, and could do more",
            Look => "To look at: a client may not notice",
        })
    }
}

impl Severity {
    /// For a count of them.
    pub fn short(self) -> &'static str {
        match self {
            Breaks => "to break callers",
            Surprises => "to surprise",
            Offers => "to use",
            Look => "to look at",
        }
    }
}

/// What kind of change it is. Within a severity, the order is that of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The method or the path.
    Address,
    /// A parameter that goes from the path to the query, or back.
    Relocated,
    /// A status of success that is gone.
    SuccessGone,
    Removed,
    Moved,
    Renamed,
    Retyped,
    /// A new field that has to be there.
    AddedMandatory,
    /// A new field that has to be there under a condition.
    AddedConditional,
    /// A field that has to be there from now on.
    Obliged,
    /// A field that need not be there any more.
    Released,
    /// A field that has no effect any more, or may not be there, under a condition.
    Barred,
    /// The opposite of barred.
    Unbarred,
    /// One of the listed values, characters or forms is gone.
    Lost,
    /// One more value, character or form is listed.
    Gained,
    Narrowed,
    Widened,
    Unit,
    /// The same holds under another condition.
    Condition,
    Default,
    /// A new status, of success or failure.
    StatusNew,
    /// A status of failure that is gone.
    FailureGone,
    Added,
    /// Fields of a table of which the page does not say where it belongs.
    Unplaced,
    /// Fields of which the page says now where they belong.
    Placed,
    /// Tables that are one now, or one that is several.
    Regrouped,
    /// The page says now what it did not say before.
    Stated,
    /// The page no longer says it.
    Unstated,
    /// The reference of a row and the tables of the page do not fit.
    Reference,
    /// Another name for a parameter of the path.
    PathName,
    Example,
    Mentions,
}

impl What {
    pub fn severity(self, part: Part) -> Severity {
        self.judge(part).0
    }

    pub fn reason(self, part: Part) -> &'static str {
        self.judge(part).1
    }

    /// The severity in what a client sends and in what it reads, each with its reason.
    fn judge(self, part: Part) -> (Severity, &'static str) {
        const UNREAD: &str = "readers know more values than come";
        let (sent, read) = match self {
            Self::Address => alike(Breaks, "calls go to an address that may be gone"),
            Self::Relocated => alike(Breaks, "calls put the parameter where it is not looked for"),
            Self::SuccessGone => alike(Breaks, "clients wait for a status that does not come"),
            Self::Removed => (
                (Breaks, "a request that sets it is refused, or the setting is lost"),
                (Surprises, "readers that rely on it find nothing"),
            ),
            Self::Moved | Self::Renamed => (
                (Breaks, "a request with the old one is refused, or the setting is lost"),
                (Surprises, "readers look for it where it no longer is"),
            ),
            Self::Retyped => (
                (Breaks, "a request with the old type is refused"),
                (Surprises, "readers that expect the old type fail"),
            ),
            Self::AddedMandatory => {
                ((Breaks, "a request without it is refused"), (Offers, "readers can use it"))
            }
            Self::AddedConditional => (
                (Breaks, "a request that meets the condition is refused without it"),
                (Offers, "readers can use it"),
            ),
            Self::Obliged => {
                ((Breaks, "a request without it is refused"), (Offers, "readers can rely on it"))
            }
            Self::Released => (
                (Offers, "requests can leave it out"),
                (Surprises, "readers that rely on it may find nothing"),
            ),
            Self::Barred => (
                (Breaks, "a request that sets it is refused, or the setting is lost"),
                (Surprises, "readers that rely on it may find nothing"),
            ),
            Self::Lost => ((Breaks, "a request with it is refused"), (Look, UNREAD)),
            Self::Gained => (
                (Offers, "requests can use it"),
                (Surprises, "readers meet a value that they do not know"),
            ),
            Self::Narrowed => {
                ((Breaks, "a request with a value outside is refused"), (Look, UNREAD))
            }
            Self::Widened => (
                (Offers, "requests can use more values"),
                (Surprises, "readers meet values outside the old limits"),
            ),
            Self::Unit => (
                (Breaks, "the values that are sent mean something else"),
                (Surprises, "readers take the values for something else"),
            ),
            Self::Condition => (
                (Breaks, "a request that met the old condition may be refused"),
                (Surprises, "readers that rely on the old condition are wrong"),
            ),
            Self::Default => (
                (Surprises, "requests that leave it out have another effect"),
                (Look, "readers that fill in the default fill in another value"),
            ),
            Self::StatusNew => alike(Surprises, "clients meet a status that they do not know"),
            Self::FailureGone => alike(Look, "clients know more statuses than come"),
            Self::Added | Self::Unbarred => {
                ((Offers, "requests can set it"), (Offers, "readers can use it"))
            }
            Self::Unplaced => alike(Look, "decide where it belongs, and say so in the document"),
            Self::Placed => alike(Look, "see that the document has it there"),
            Self::Regrouped => alike(Look, "see that the document groups the fields likewise"),
            Self::Stated => alike(Look, "see that the document agrees"),
            Self::Unstated => alike(Look, "the document keeps it, or not"),
            Self::Reference => alike(Look, "look up on the page which fields are meant"),
            Self::PathName => alike(Look, "it has no effect on the wire"),
            Self::Example => alike(Look, "the document's example equals the page's"),
            Self::Mentions => alike(Look, "read the sentence: what it says is not understood"),
        };
        if part == Part::Response { read } else { sent }
    }
}

type Judgement = (Severity, &'static str);

fn alike(severity: Severity, reason: &'static str) -> (Judgement, Judgement) {
    ((severity, reason), (severity, reason))
}
