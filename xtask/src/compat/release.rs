//! Versions: what was released, what a change needs, and where that has to be written.

use std::fs;
use std::path::{Path, PathBuf};

use semver::{Prerelease, Version};

use super::rules::Verdict;
use crate::Failure;
use crate::document::Document;

/// A document that went out with a version of the crate. Its file is named after both.
pub struct Release {
    pub document: Version,
    pub krate: Version,
}

impl Release {
    /// What the name of a file says: `document-1.0.0-crate-0.1.0.yaml`.
    pub fn named(file: &Path) -> Option<Self> {
        let (document, krate) =
            file.file_stem()?.to_str()?.strip_prefix("document-")?.split_once("-crate-")?;
        Some(Self { document: document.parse().ok()?, krate: krate.parse().ok()? })
    }

    /// The document of a folder that was released last.
    pub fn last(folder: &Path) -> Result<PathBuf, Failure> {
        let shown = folder.strip_prefix(crate::root()).unwrap_or(folder).display();
        let fail = |reason: String| {
            format!("{shown}: {reason}; it needs document-<info.version>-crate-<version>.yaml")
        };
        let entries = fs::read_dir(folder).map_err(|error| fail(error.to_string()))?;
        let last = Self::newest(entries.filter_map(|entry| Some(entry.ok()?.path())));
        Ok(last.ok_or_else(|| fail("has no released document".to_owned()))?)
    }

    fn newest(files: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
        let releases = files.filter_map(|file| Some((Self::named(&file)?, file)));
        let last =
            releases.max_by(|(a, _), (b, _)| (&a.krate, &a.document).cmp(&(&b.krate, &b.document)));
        Some(last?.1)
    }
}

/// A version, and the place where it stands.
pub struct Stated {
    pub version: Version,
    pub place: String,
}

impl Stated {
    pub fn of_document(document: &Document) -> Result<Self, Failure> {
        let place = document.place("/info/version");
        let stated = document.root.pointer("/info/version").and_then(crate::node::Node::as_str);
        let version = stated.unwrap_or_default().parse();
        let version = version.map_err(|error| {
            format!("{place}: no semantic version: {error}; state one, as a text: 1.0.0")
        })?;
        Ok(Self { version, place })
    }

    /// The version of a package, by its Cargo.toml.
    pub fn of_crate(manifest: &Path) -> Result<Self, Failure> {
        let shown = manifest.strip_prefix(crate::root()).unwrap_or(manifest).display();
        let text = fs::read_to_string(manifest).map_err(|error| format!("{shown}: {error}"))?;
        let mut is_package = false;
        for (line, number) in text.lines().zip(1..) {
            if line.starts_with('[') {
                is_package = line.trim_end() == "[package]";
            }
            let value = line.strip_prefix("version").map(str::trim_start);
            if let (true, Some(value)) = (is_package, value.and_then(|it| it.strip_prefix('='))) {
                let place = format!("{shown}:{number}: version");
                let version = value.trim().trim_matches('"').parse();
                let version = version.map_err(|error| {
                    format!("{place}: no semantic version: {error}; state one: \"0.1.0\"")
                })?;
                return Ok(Self { version, place });
            }
        }
        Err(format!("{shown}: its [package] has no version; state one").into())
    }
}

/// The least version that may follow an old one with such a change.
pub fn needed(old: &Version, verdict: Verdict) -> Version {
    let (major, minor, patch) = (old.major, old.minor, old.patch);
    match (verdict, major, minor) {
        (Verdict::Breaking, 1.., _) => Version::new(major + 1, 0, 0),
        (Verdict::Addition, 1.., _) => Version::new(major, minor + 1, 0),
        // Before 1.0.0 Cargo takes the first number that is not 0 for the breaking one.
        (Verdict::Breaking, 0, 1..) => Version::new(0, minor + 1, 0),
        _ => Version::new(major, minor, patch + 1),
    }
}

/// Whether a version is as much as is needed; a pre-release of it is.
pub fn suffices(version: &Version, needed: &Version) -> bool {
    let mut release = version.clone();
    release.pre = Prerelease::EMPTY;
    release >= *needed
}

/// What the CHANGELOG says of versions.
pub struct Changelog {
    file: String,
    /// Each heading, the line it stands on, and how many entries there are under it.
    sections: Vec<(String, usize, usize)>,
}

impl Changelog {
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.strip_prefix(crate::root()).unwrap_or(file).display().to_string();
        let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
        let mut sections: Vec<(String, usize, usize)> = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            if let Some(heading) = line.strip_prefix("## [") {
                let name = heading.split(']').next().unwrap_or_default();
                sections.push((name.to_owned(), number, 0));
            } else if line.starts_with("- ")
                && let Some((.., entries)) = sections.last_mut()
            {
                *entries += 1;
            }
        }
        Ok(Self { file: shown, sections })
    }

    /// Whether a version has been released: it has a section of its own then.
    pub fn has(&self, version: &Version) -> bool {
        self.sections
            .iter()
            .any(|(name, ..)| name.parse::<Version>().is_ok_and(|it| it == *version))
    }

    /// What is to be written, where nothing tells of what came after a version.
    pub fn lacks_entry_after(&self, released: Option<&Version>) -> Option<String> {
        let is_later = |name: &str| match (name.parse::<Version>(), released) {
            (Ok(version), Some(released)) => version > *released,
            (Ok(_), None) => false,
            (Err(_), _) => name == "Unreleased",
        };
        let later: Vec<_> = self.sections.iter().filter(|(name, ..)| is_later(name)).collect();
        if later.iter().any(|(.., entries)| *entries > 0) {
            return None;
        }
        Some(match later.first() {
            Some((name, line, _)) => {
                format!("{}:{line}: [{name}] has no entry: say there what changes", self.file)
            }
            None => format!(
                "{}:1: there is no section [Unreleased]: write `## [Unreleased]`, and under it an \
                 entry that says what changes",
                self.file
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(old: &str, verdict: Verdict) -> String {
        needed(&old.parse().unwrap(), verdict).to_string()
    }

    #[test]
    fn before_1_0_0_the_first_number_that_is_not_0_is_the_breaking_one() {
        assert_eq!(after("1.2.3", Verdict::Breaking), "2.0.0");
        assert_eq!(after("1.2.3", Verdict::Addition), "1.3.0");
        assert_eq!(after("1.2.3", Verdict::Compatible), "1.2.4");
        assert_eq!(after("1.2.3", Verdict::Documentation), "1.2.4");
        assert_eq!(after("0.1.3", Verdict::Breaking), "0.2.0");
        assert_eq!(after("0.1.3", Verdict::Addition), "0.1.4");
        assert_eq!(after("0.0.3", Verdict::Breaking), "0.0.4");
    }

    #[test]
    fn a_pre_release_of_what_is_needed_suffices() {
        let needed = Version::new(2, 0, 0);
        assert!(suffices(&"2.0.0-rc.1".parse().unwrap(), &needed));
        assert!(suffices(&"3.1.0".parse().unwrap(), &needed));
        assert!(!suffices(&"1.9.0".parse().unwrap(), &needed));
    }

    #[test]
    fn a_release_is_read_off_the_name_of_its_file() {
        let release = Release::named(Path::new("x/document-1.2.0-crate-0.3.1.yaml")).unwrap();
        assert_eq!(
            (release.document, release.krate),
            (Version::new(1, 2, 0), Version::new(0, 3, 1))
        );
        assert!(Release::named(Path::new("x/autoscaling.yaml")).is_none());
        assert!(Release::named(Path::new("document-1-crate-0.1.0.yaml")).is_none());
    }
    #[test]
    fn the_newest_release_is_the_one_with_the_highest_version_of_the_crate() {
        let files = [
            "document-1.9.0-crate-0.9.0.yaml",
            "document-1.10.0-crate-0.10.1.yaml",
            "document-1.10.0-crate-0.10.0.yaml",
            "README.md",
        ];
        let newest = Release::newest(files.into_iter().map(PathBuf::from)).unwrap();
        assert_eq!(newest, Path::new("document-1.10.0-crate-0.10.1.yaml"));
        assert!(Release::newest([PathBuf::from("README.md")].into_iter()).is_none());
    }
}
