//! `clouds.yaml`, and `secure.yaml`, which is merged over it.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_saphyr::Tagged;

use super::super::identity::address_in;
use super::{Environment, Found, Names, Place, Used, Values, known, settled, text};
use crate::generated::service;
use crate::validation::{ValidationError, quoted};

/// Finds the cloud with this name.
pub(super) fn find(cloud: &str, environment: &dyn Environment) -> Result<Found, ValidationError> {
    let at_cloud = |reason: String| ValidationError::new(reason).at("OS_CLOUD");
    let places = places(environment)?;
    let config = named("OS_CLIENT_CONFIG_FILE", environment)?;
    let is_named = config.is_some();
    let Some((path, clouds)) = first(cloud, config, &places, "clouds", environment)? else {
        let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        return Err(at_cloud(format!("no clouds.yaml found in {}", places.join(", "))));
    };
    let secure = named("OS_CLIENT_SECURE_FILE", environment)?;
    let is_secure_named = secure.is_some();
    let beside = path.parent().map(Path::to_owned);
    let all: Vec<PathBuf> = beside.iter().chain(&places).cloned().collect();
    let secure = first(cloud, secure, &all, "secure", environment)?;
    let Clouds { names: mut known, found } = clouds;
    let mut files = vec![path.display().to_string()];
    let mut over = None;
    if let Some((secret, secure)) = secure {
        // The first folder is the working directory, whose files may come from others. Each of the two files can set
        // the URL to which the secrets are sent.
        let is_here = |file: &Path| file.parent() == places.first().map(PathBuf::as_path);
        let reason = match (is_here(&path), is_here(&secret)) {
            (true, false) if !is_named && !is_secure_named => Some(format!(
                "contains secrets for {}, which is in the working directory and sets the URL to which they are \
                 sent: if you trust that file, set OS_CLIENT_SECURE_FILE to this one",
                path.display()
            )),
            (false, true) if !is_secure_named => Some(format!(
                "in the working directory, and may set another URL to which the secrets of {} are sent: if you \
                 trust it, set OS_CLIENT_SECURE_FILE to it",
                path.display()
            )),
            _ => None,
        };
        if let Some(reason) = reason.filter(|_| secure.found.is_some()) {
            return Err(ValidationError::new(reason).at(&secret.display().to_string()));
        }
        known.extend(secure.names);
        over = secure.found;
        files.push(secret.display().to_string());
    }
    if found.is_none() && over.is_none() {
        known.sort_unstable();
        known.dedup();
        let known: Vec<String> = known.iter().map(|name| quoted(name)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let files = files.join(" or ");
        return Err(at_cloud(format!("{} is not in {files} (available: {known})", quoted(cloud))));
    }
    found.unwrap_or_default().found(over, cloud)
}

/// The profile of Open Telekom Cloud in OpenStack's tools.
const PROFILE: &str = "otc";

/// The folders of the files, in order of precedence.
fn places(environment: &dyn Environment) -> Result<Vec<PathBuf>, ValidationError> {
    let home = match text(environment, "HOME")? {
        Some(home) => Some(home),
        None => text(environment, "USERPROFILE")?,
    };
    let home = home.map(|home| Path::new(&home).join(".config").join("openstack"));
    let places = [Some(PathBuf::from(".")), home, Some(PathBuf::from("/etc/openstack"))];
    Ok(places.into_iter().flatten().collect())
}

/// The file in a variable.
fn named(
    variable: &str,
    environment: &dyn Environment,
) -> Result<Option<PathBuf>, ValidationError> {
    let Some(path) = text(environment, variable)?.map(PathBuf::from) else { return Ok(None) };
    match environment.file(&path) {
        Err(error) if is_missing(&error) => {
            let reason = format!("file {} not found", quoted(&path.display().to_string()));
            Err(ValidationError::new(reason).at(variable))
        }
        _ => Ok(Some(path)),
    }
}

/// Reads the named file, or the first with this name in the folders.
fn first(
    cloud: &str,
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
            Ok(text) => return Ok(Some((path.clone(), parsed(&text, cloud).map_err(at_path)?))),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(at_path(format!("can't read the file: {error}"))),
        }
    }
    Ok(None)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Parses a cloud of a file. An error contains only the location, since the file and the message of the parser may
/// contain secrets.
fn parsed(text: &str, cloud: &str) -> Result<Clouds, String> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        // Other clouds are not validated.
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
    };
    let mut clouds = Clouds::default();
    // A value that is read with a seed has no tag, so the tag of `clouds` is checked first.
    let read = [true, false].into_iter().try_for_each(|is_for_tag| {
        let level = Level { is_for_tag, is_clouds: false, cloud, clouds: &mut clouds };
        let options = options.clone();
        serde_saphyr::with_deserializer_from_str_with_options(text, options, |file| {
            level.deserialize(file)
        })
    });
    read.map(|()| clouds).map_err(|error| {
        let place = error.location().map_or_else(String::new, |place| {
            format!(" at line {}, column {}", place.line(), place.column())
        });
        format!(
            "not a valid clouds.yaml: expected a map of clouds whose settings are strings{place}"
        )
    })
}

/// The names of the clouds of a file, and the settings of one of them.
#[derive(Default)]
struct Clouds {
    names: Vec<String>,
    found: Option<Settings>,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

/// A file, or its value of `clouds`.
struct Level<'a> {
    /// Whether to check only the tag of `clouds`.
    is_for_tag: bool,
    is_clouds: bool,
    /// The requested cloud. Others are not validated.
    cloud: &'a str,
    clouds: &'a mut Clouds,
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("clouds by name")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { is_for_tag, is_clouds, cloud, clouds } = self;
        // A key may be null.
        while let Some(key) = map.next_key::<Option<String>>()? {
            let key = key.unwrap_or_default();
            if is_for_tag && key == "clouds" {
                untagged::<IgnoredAny, _>(&mut map)?;
            } else if !is_clouds && key == "clouds" {
                let clouds = &mut *clouds;
                map.next_value_seed(Level { is_for_tag, is_clouds: true, cloud, clouds })?;
            } else if is_clouds && key == cloud {
                let found = untagged::<Option<Settings>, _>(&mut map)?.unwrap_or_default();
                if clouds.found.replace(found).is_some() {
                    return Err(A::Error::custom("set twice"));
                }
            } else {
                map.next_value::<IgnoredAny>()?;
                clouds.names.extend(is_clouds.then_some(key));
            }
        }
        Ok(())
    }
}

/// Returns the next value, unless it has a tag of another tool, such as one for encrypted values.
fn untagged<'de, T: Deserialize<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    let Tagged(value, tag) = map.next_value::<Tagged<T>>()?;
    match tag {
        // `!` alone marks a string.
        Some(tag) if tag != "!" && !tag.starts_with("tag:yaml.org,2002:") => {
            Err(A::Error::custom("unknown tag"))
        }
        _ => Ok(value),
    }
}

/// The settings of a cloud: those next to `auth`, those in it, and its regions.
#[derive(Default)]
struct Settings {
    beside: Values,
    auth: Values,
    /// The values of `regions` and `region_name`, in order of precedence.
    regions: [Option<Value>; 2],
}

/// Values are read as strings, so that a password of digits keeps leading zeros.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Settings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Settings, A::Error> {
                let mut settings = Settings::default();
                let mut keys = BTreeSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    match (&*key, known(&key)) {
                        ("auth", _) => {
                            let auth =
                                untagged::<Option<Settings>, _>(&mut map)?.unwrap_or_default();
                            settings.auth = auth.beside;
                        }
                        // `regions` takes precedence over `region_name`, as in OpenStack's tools.
                        ("regions", _) | (_, Some("region_name")) => {
                            let regions = untagged::<Value, _>(&mut map)?;
                            if !regions.is_null() {
                                settings.regions[usize::from(key != "regions")] = Some(regions);
                            }
                        }
                        (_, Some(name)) => {
                            let value = untagged::<Option<String>, _>(&mut map)?;
                            let value = value.filter(|value| !value.is_empty());
                            settings.beside.extend(value.map(|value| (name, value.into())));
                        }
                        (_, None) => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    }
                    if !keys.insert(key) {
                        return Err(A::Error::custom("set twice"));
                    }
                }
                Ok(settings)
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

impl Settings {
    /// Merges the settings of the cloud in another file over these.
    fn found(self, over: Option<Self>, cloud: &str) -> Result<Found, ValidationError> {
        let (mut values, mut used) = (Values::new(), Used::new());
        for settings in [Some(self), over].into_iter().flatten() {
            let (one, names) = settled(&settings.beside, &settings.auth);
            values.extend(one);
            used.extend(names);
            for (name, regions) in ["regions", "region_name"].into_iter().zip(settings.regions) {
                let place = Place { name, is_beside: true };
                let names = Names::Cloud(cloud.to_owned(), Used::from([("region_name", place)]));
                let region = region(regions.unwrap_or_default());
                if let Some(region) = region.map_err(|error| names.place(error, "region_name"))? {
                    values.extend([region]);
                    used.insert("region_name", place);
                    break;
                }
            }
        }
        let names = Names::Cloud(cloud.to_owned(), used);
        if let Some(profile) = values.get("profile").map(|it| it.expose_secret().to_owned()) {
            if profile != PROFILE {
                let reason = format!(
                    "{} is not supported: replace it with the settings that it contains",
                    quoted(&profile)
                );
                return Err(names.at("profile", &reason));
            }
            values.entry("auth_url").or_insert_with(|| address_in("{region_name}").into());
            values.entry("region_name").or_insert_with(|| service::REGIONS[0].into());
        }
        Ok(Found { names, values, http_client: None })
    }
}

/// Returns the first region of a list, or of names that are separated by commas.
fn region(regions: Value) -> Result<Option<(&'static str, SecretString)>, ValidationError> {
    let is_set = |region: &Value| !region.is_null() && region.as_str() != Some("");
    let first = match regions {
        Value::Array(regions) => regions.into_iter().find(is_set).unwrap_or_default(),
        other => other,
    };
    let has_values = first["values"].as_object().is_some_and(|values| !values.is_empty());
    if has_values {
        return Err(ValidationError::new(
            "per-region settings are not supported: move them one level up, next to `regions`",
        ));
    }
    let name = match &first {
        Value::Object(region) => region.get("name").unwrap_or(&Value::Null),
        region => region,
    };
    match name {
        Value::Null if first.is_null() => Ok(None),
        Value::String(names) => {
            let name = names.split(',').map(str::trim).find(|name| !name.is_empty());
            Ok(name.map(|name| ("region_name", name.into())))
        }
        _ => Err(ValidationError::new("the name of a region is not a string: put it in quotes")),
    }
}
