//! What the document says of an operation, for errors and logs.

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The `operationId`.
    pub(crate) id: &'static str,
}
