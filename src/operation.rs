//! The name of an operation, for errors and logs.

/// An operation of the document.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub(crate) operation_id: &'static str,
}
