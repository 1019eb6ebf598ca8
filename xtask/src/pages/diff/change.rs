//! A change: what it is about, and how serious it is.

use serde_json::Value;

use super::fields::Place;
use super::row::Aspect;
use super::severity::{Severity, What};
use crate::pages::facts::Part;

#[derive(Debug)]
pub struct Change {
    pub what: What,
    pub part: Part,
    pub subject: Subject,
    /// What was, and what is.
    pub text: String,
    /// The fields that come or go with this one.
    pub below: Vec<String>,
    /// The row that states it: changes of one row are one change.
    pub origin: Option<Origin>,
}

/// The table and the row of a page, by their positions.
pub type Origin = (usize, usize);

/// What a change is about.
#[derive(Debug)]
pub enum Subject {
    Address,
    Status(u16),
    /// The value in an example that a pointer leads to.
    Example {
        of: Example,
        pointer: String,
    },
    /// A fact of a field, at all places at which the same row states it.
    Field {
        places: Vec<Place>,
        aspect: Aspect,
        gone: Vec<Value>,
    },
    /// A table that says nowhere where it belongs, and where it may belong.
    Table {
        name: Option<String>,
        likely: Vec<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Example {
    Parameter(String),
    Request,
    Response,
}

impl Change {
    /// Of something that is no row of a table.
    pub fn new(what: What, part: Part, subject: Subject, text: String) -> Self {
        Self { what, part, subject, text, below: Vec::new(), origin: None }
    }

    pub fn of_row(what: What, place: Place, text: String, origin: Origin) -> Self {
        let part = place.part;
        let subject = Subject::row(place);
        Self { what, part, subject, text, below: Vec::new(), origin: Some(origin) }
    }

    pub fn severity(&self) -> Severity {
        self.what.severity(self.part)
    }
}

impl Subject {
    /// A row as a whole.
    pub fn row(place: Place) -> Self {
        Self::Field { places: vec![place], aspect: Aspect::Row, gone: Vec::new() }
    }

    pub fn aspect(&self) -> Option<Aspect> {
        match self {
            Self::Field { aspect, .. } => Some(*aspect),
            _ => None,
        }
    }
}
