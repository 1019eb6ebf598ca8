//! Where settings are read from, and what each is called there.

use std::ffi::OsString;
#[cfg(feature = "keystone")]
use std::{io, path::Path};

use crate::validation::ValidationError;

/// What a cloud of a file has beside `auth`, and not in it.
#[cfg(feature = "keystone")]
const OUTSIDE: [&str; 2] = ["auth_type", "region_name"];

/// Where variables and files are read from: the process's own, unless a test brings its own.
pub(in crate::credentials) trait Environment {
    fn variable(&self, name: &str) -> Option<OsString>;

    #[cfg(feature = "keystone")]
    fn file(&self, path: &Path) -> io::Result<String>;
}

pub(in crate::credentials) struct Process;

impl Environment for Process {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    #[cfg(feature = "keystone")]
    fn file(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }
}

/// A variable that is set to a text that is not empty.
pub(super) fn text(
    environment: &dyn Environment,
    name: &str,
) -> Result<Option<String>, ValidationError> {
    let value = environment.variable(name).filter(|value| !value.is_empty());
    let value = value.map(OsString::into_string).transpose();
    value.map_err(|_| ValidationError::new("is not UTF-8").at(name))
}

/// What a setting is called where it comes from.
pub(in crate::credentials) enum Names {
    /// By the methods of [`Keystone`](super::Keystone).
    #[cfg(feature = "keystone")]
    Setters,
    Variables,
    /// By the keys of a cloud of this name.
    #[cfg(feature = "keystone")]
    Cloud(String),
}

impl Names {
    pub(in crate::credentials) fn name(&self, key: &str) -> String {
        match self {
            Self::Variables => format!("OS_{}", key.to_ascii_uppercase()),
            #[cfg(feature = "keystone")]
            Self::Setters | Self::Cloud(_) => key.to_owned(),
        }
    }

    pub(in crate::credentials) fn at(&self, key: &str, reason: &str) -> ValidationError {
        self.place(ValidationError::new(reason), key)
    }

    pub(in crate::credentials) fn place(
        &self,
        error: ValidationError,
        key: &str,
    ) -> ValidationError {
        let error = error.at(&self.name(key));
        match self {
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud) if OUTSIDE.contains(&key) => error.at(cloud).at("clouds"),
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud) => error.at("auth").at(cloud).at("clouds"),
            _ => error,
        }
    }
}
