//! `clouds.yaml`, and `secure.yaml`, which is put over it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Environment, Found, KEYS, Names, text};
use crate::validation::{ValidationError, quoted};

/// The cloud of this name.
pub(super) fn find(cloud: &str, environment: &dyn Environment) -> Result<Found, ValidationError> {
    let at_cloud = |reason: String| ValidationError::new(reason).at("OS_CLOUD");
    let places = places(environment)?;
    let config = named("OS_CLIENT_CONFIG_FILE", environment)?;
    let Some((path, mut clouds)) = first(config, &places, "clouds", environment)? else {
        let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        return Err(at_cloud(format!("there is no clouds.yaml in {}", places.join(", "))));
    };
    let secure = named("OS_CLIENT_SECURE_FILE", environment)?;
    let beside = path.parent().map(Path::to_owned);
    let places: Vec<PathBuf> = beside.into_iter().chain(places).collect();
    if let Some((_, secure)) = first(secure, &places, "secure", environment)? {
        for (name, Cloud(values)) in secure {
            clouds.entry(name).or_default().0.extend(values);
        }
    }
    let found = clouds.remove(cloud).ok_or_else(|| {
        let known: Vec<String> = clouds.keys().map(|name| quoted(name)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        at_cloud(format!("{} is not in {}, which has {known}", quoted(cloud), path.display()))
    })?;
    Ok(Found { names: Names::Cloud(cloud.to_owned()), values: found.0 })
}

/// The folders that are looked into, in this order.
fn places(environment: &dyn Environment) -> Result<Vec<PathBuf>, ValidationError> {
    let home = match text(environment, "HOME")? {
        Some(home) => Some(home),
        None => text(environment, "USERPROFILE")?,
    };
    let home = home.map(|home| Path::new(&home).join(".config").join("openstack"));
    let places = [Some(PathBuf::from(".")), home, Some(PathBuf::from("/etc/openstack"))];
    Ok(places.into_iter().flatten().collect())
}

/// The file that a variable names.
fn named(
    variable: &str,
    environment: &dyn Environment,
) -> Result<Option<PathBuf>, ValidationError> {
    let Some(path) = text(environment, variable)?.map(PathBuf::from) else { return Ok(None) };
    match environment.file(&path) {
        Err(error) if is_missing(&error) => {
            let reason = format!("there is no file {}", quoted(&path.display().to_string()));
            Err(ValidationError::new(reason).at(variable))
        }
        _ => Ok(Some(path)),
    }
}

/// The named file, or the first of this name in these places.
fn first(
    named: Option<PathBuf>,
    places: &[PathBuf],
    name: &str,
    environment: &dyn Environment,
) -> Result<Option<(PathBuf, Clouds)>, ValidationError> {
    let files = match named {
        Some(file) => vec![file],
        None => places
            .iter()
            .flat_map(|place| ["yaml", "yml"].map(|form| place.join(name).with_extension(form)))
            .collect(),
    };
    for path in files {
        let at_path = |reason: String| ValidationError::new(reason).at(&path.display().to_string());
        match environment.file(&path) {
            Ok(text) => return Ok(Some((path.clone(), parsed(&text).map_err(at_path)?))),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(at_path(format!("can't be read: {}", error.kind()))),
        }
    }
    Ok(None)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The clouds of a file. What is wrong with it is told by its place alone: whatever stands there,
/// and whatever the parser says about it, may be a secret.
fn parsed(text: &str) -> Result<Clouds, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    let file: Result<Option<File>, _> = serde_saphyr::from_str_with_options(text, options);
    match file {
        Ok(file) => Ok(file.and_then(|file| file.clouds).unwrap_or_default()),
        Err(error) => {
            let place = error.location().map_or_else(String::new, |place| {
                format!(" at line {}, column {}", place.line(), place.column())
            });
            Err(format!("is no YAML of clouds, by name, with texts{place}"))
        }
    }
}

#[derive(Deserialize)]
struct File {
    clouds: Option<Clouds>,
}

/// By name.
type Clouds = BTreeMap<String, Cloud>;

/// What is looked for, of a cloud.
#[derive(Default)]
struct Cloud(BTreeMap<&'static str, SecretString>);

/// The cloud's keys and those in `auth` alike: access keys stand in either place. A text is asked
/// for as such, so that a password of digits keeps its zeros.
impl<'de> Deserialize<'de> for Cloud {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Cloud;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cloud, A::Error> {
                let mut values = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "auth" {
                        let auth = map.next_value::<Option<Cloud>>()?;
                        values.extend(auth.unwrap_or_default().0);
                    } else if let Some(key) = KEYS.into_iter().find(|known| *known == key) {
                        let value = map.next_value::<Option<String>>()?;
                        let value = value.filter(|value| !value.is_empty());
                        values.extend(value.map(|value| (key, value.into())));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Cloud(values))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}
