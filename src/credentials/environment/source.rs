//! The sources of settings, and the names of the settings in them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::Path;

use crate::generated::service;
use crate::validation::ValidationError;

/// Settings of a cloud that are next to `auth`, not in it.
#[cfg(feature = "keystone")]
const OUTSIDE: [&str; 11] = [
    "auth_type",
    "cacert",
    "cert",
    "endpoint_override",
    "insecure",
    "interface",
    "key",
    "profile",
    "region_name",
    "regions",
    "verify",
];

/// The maximum size of a file, since a device is endless.
const LONGEST_FILE: u64 = 1 << 20;

/// A source of variables and files: the process, or a test.
pub(in crate::credentials) trait Environment {
    fn variable(&self, name: &str) -> Option<OsString>;

    fn file(&self, path: &Path) -> io::Result<String>;
}

pub(in crate::credentials) struct Process;

impl Environment for Process {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        let too_long = || io::Error::other("not a regular file of less than 1 MiB");
        let about = std::fs::metadata(path)?;
        if !about.is_file() || about.len() > LONGEST_FILE {
            return Err(too_long());
        }
        // The length can be 0 for files of the kernel, and other files may grow.
        let mut text = String::new();
        std::fs::File::open(path)?.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
        if text.len() as u64 > LONGEST_FILE {
            return Err(too_long());
        }
        Ok(text)
    }
}

/// Returns the value of a variable, unless it is empty.
pub(super) fn text(
    environment: &dyn Environment,
    name: &str,
) -> Result<Option<String>, ValidationError> {
    let value = environment.variable(name).filter(|value| !value.is_empty());
    let wrong = |reason: &str| ValidationError::new(reason).at(name);
    let value = value.map(OsString::into_string).transpose();
    let value = value.map_err(|_| wrong("not valid UTF-8"))?;
    match value {
        // Sourcing a file with Windows line endings leaves a carriage return.
        Some(value) if value.contains(['\r', '\n']) => {
            Err(wrong("contains a line break: the file that sets it may have Windows line endings"))
        }
        value => Ok(value),
    }
}

/// The names of settings in their source.
#[derive(Clone)]
pub(crate) enum Names {
    /// The setters of [`Keystone`](super::Keystone).
    #[cfg(feature = "keystone")]
    Setters,
    Variables(Used),
    /// The keys of a cloud with this name.
    #[cfg(feature = "keystone")]
    Cloud(String, Used),
}

/// The names that provide the values of settings, which can be older names.
pub(crate) type Used = BTreeMap<&'static str, Place>;

#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(super) name: &'static str,
    /// Whether the value is next to `auth`, not in it.
    pub(super) is_beside: bool,
}

impl Names {
    fn used(&self, key: &str) -> Option<Place> {
        match self {
            #[cfg(feature = "keystone")]
            Self::Setters => None,
            Self::Variables(used) => used.get(key).copied(),
            #[cfg(feature = "keystone")]
            Self::Cloud(_, used) => used.get(key).copied(),
        }
    }

    pub(in crate::credentials) fn name(&self, key: &str) -> String {
        let key = match self.used(key).map_or(key, |place| place.name) {
            "endpoint_override" => Self::endpoint_override(),
            key => key.to_owned(),
        };
        match self {
            Self::Variables(_) => format!("OS_{}", key.to_ascii_uppercase()),
            #[cfg(feature = "keystone")]
            Self::Setters | Self::Cloud(..) => key,
        }
    }

    /// The setting of the endpoint, named after the type of the service.
    pub(super) fn endpoint_override() -> String {
        format!("{}_endpoint_override", service::SERVICE_TYPE.replace('-', "_"))
    }

    pub(in crate::credentials) fn at(&self, key: &str, reason: &str) -> ValidationError {
        self.place(ValidationError::new(reason), key)
    }

    pub(crate) fn place(&self, error: ValidationError, key: &str) -> ValidationError {
        let error = error.at(&self.name(key));
        match self {
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud, used)
                if used.get(key).map_or(OUTSIDE.contains(&key), |place| place.is_beside) =>
            {
                error.at(cloud).at("clouds")
            }
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud, _) => error.at("auth").at(cloud).at("clouds"),
            _ => error,
        }
    }
}
