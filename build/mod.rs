//! Generates Rust from the document, with one module per step:
//!
//! 1. [`document`] parses the YAML, and looks up its parts;
//! 2. [`read`] converts it to a [`plan`], and rejects what would be dropped;
//! 3. [`lower`] creates a simplified copy of the document, which the generator supports;
//! 4. [`generator`] runs progenitor on the copy;
//! 5. [`objects`] and [`operations`] edit its structs and builders;
//! 6. [`values`], [`rules`] and [`pagination`] generate the rest: constrained values, cross-field rules, and
//!    pagination; [`facts`] generates constants for all operations;
//! 7. [`assemble`] combines the parts, and [`order`] sorts fields and setters in the order of the document.
//!
//! Nothing is dropped silently: a part of the document that a step does not support is an error.

pub mod assemble;
pub mod document;
pub mod edit;
pub mod facts;
pub mod generator;
pub mod lower;
pub mod names;
pub mod objects;
pub mod operations;
pub mod order;
pub mod pagination;
pub mod plan;
pub mod read;
pub mod rules;
pub mod syntax;
pub mod values;

use std::fmt;

/// An error with its location in the document, in one line, since Cargo shows only the first line of an error of a
/// build script.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        let reason = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self(format!("{place}: {reason}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub type Result<T> = std::result::Result<T, Failure>;

/// A result with an error for which the caller knows the location.
pub type Outcome<T> = std::result::Result<T, String>;

/// Returns the Rust code for a document.
pub fn generate(yaml: &str) -> Result<String> {
    let plan = read::read(&document::Document::parse(yaml)?)?;
    let generated = generator::generate(&lower::lower(&plan))?;
    let mut file = assemble::assemble(&generated, &plan)?;
    order::order(&mut file, &plan);
    Ok(prettyplease::unparse(&file))
}
