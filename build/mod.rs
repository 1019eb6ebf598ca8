//! From the document to Rust, a module per step:
//!
//! 1. [`document`] loads the YAML and finds things in it;
//! 2. [`read`] makes a [`plan`] of what it says, and refuses what would get lost;
//! 3. [`lower`] rewrites a copy into terms that the generator keeps;
//! 4. [`generator`] runs progenitor on the copy;
//! 5. [`objects`] and [`operations`] edit its structs and builders in place;
//! 6. [`values`], [`rules`] and [`pagination`] write what the generator can't: constrained values,
//!    rules that span fields, and the reading of all pages; [`facts`] what holds for all operations;
//! 7. [`assemble`] puts it together, and [`order`] sorts fields and setters as the document has them.
//!
//! Nothing is dropped silently: what a step can't carry over is an error that names the schema or
//! the operation.

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

/// Why the document can't be generated from, and where in it, in one line: cargo shows only the first
/// of a build script's error.
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

/// A value, or why there is none, where the caller knows the place.
pub type Outcome<T> = std::result::Result<T, String>;

/// The Rust code of the client that the document describes.
pub fn generate(yaml: &str) -> Result<String> {
    let plan = read::read(&document::Document::parse(yaml)?)?;
    let generated = generator::generate(&lower::lower(&plan))?;
    let mut file = assemble::assemble(&generated, &plan)?;
    order::order(&mut file, &plan);
    Ok(prettyplease::unparse(&file))
}
