//! Where settings are read from, and what each is called there.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::Path;

use crate::generated::service;
use crate::validation::ValidationError;

/// What a cloud of a file has beside `auth`, and not in it.
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

/// Far more than a file of clouds has; a device has no end.
const LONGEST_FILE: u64 = 1 << 20;

/// Where variables and files are read from: the process's own, unless a test brings its own.
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
        let too_long = || io::Error::other("it is no regular file of less than 1 MiB");
        let about = std::fs::metadata(path)?;
        if !about.is_file() || about.len() > LONGEST_FILE {
            return Err(too_long());
        }
        // A file of the kernel reports no length, and another one may grow meanwhile.
        let mut text = String::new();
        std::fs::File::open(path)?.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
        if text.len() as u64 > LONGEST_FILE {
            return Err(too_long());
        }
        Ok(text)
    }
}

/// A variable that is set to a string that is not empty.
pub(super) fn text(
    environment: &dyn Environment,
    name: &str,
) -> Result<Option<String>, ValidationError> {
    let value = environment.variable(name).filter(|value| !value.is_empty());
    let wrong = |reason: &str| ValidationError::new(reason).at(name);
    let value = value.map(OsString::into_string).transpose();
    let value = value.map_err(|_| wrong("is not UTF-8"))?;
    match value {
        // A file with the line ends of Windows leaves a carriage return.
        Some(value) if value.contains(['\r', '\n']) => {
            Err(wrong("has a line break: the file that sets it may have the line ends of Windows"))
        }
        value => Ok(value),
    }
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
            Self::Variables if key == "endpoint_override" => {
                format!("OS_{}", Self::endpoint_override().to_ascii_uppercase())
            }
            Self::Variables => format!("OS_{}", key.to_ascii_uppercase()),
            #[cfg(feature = "keystone")]
            Self::Cloud(_) if key == "endpoint_override" => Self::endpoint_override(),
            #[cfg(feature = "keystone")]
            Self::Setters | Self::Cloud(_) => key.to_owned(),
        }
    }

    /// The setting of the service's endpoint, which is named by the type of the service.
    pub(super) fn endpoint_override() -> String {
        format!("{}_endpoint_override", service::SERVICE_TYPE.replace('-', "_"))
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
