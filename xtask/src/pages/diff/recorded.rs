//! The recorded facts, and which of them a newer page is about.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::address::form;
use super::fields::fields;
use crate::pages::facts::Page;
use crate::pages::read;
use crate::{Failure, root};

/// How much of what two pages name has to be the same for one to be taken for the other.
const ALIKE: f64 = 0.5;

pub struct Recorded {
    folder: PathBuf,
    entries: Vec<Entry>,
}

/// What is recorded of an operation's page.
pub struct Entry {
    /// Its `operationId`: the name of the file, up to the first dot.
    pub operation: String,
    pub file: PathBuf,
    pub page: Page,
}

/// A newer page, and what is recorded of it.
pub struct Newer<'a> {
    pub file: &'a Path,
    pub page: Page,
    pub entry: &'a Entry,
}

impl Recorded {
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        let shown = folder.strip_prefix(root()).unwrap_or(folder).to_owned();
        let failed = |error| format!("{}: {error}; name a folder of facts", shown.display());
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let mut entries: Vec<Entry> = Vec::new();
        for file in files {
            let page = read::load(&file)?;
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let operation = name.split('.').next().unwrap_or_default().to_owned();
            let file = file.strip_prefix(root()).unwrap_or(&file).to_owned();
            // Of several editions the newest counts.
            match entries.iter_mut().find(|entry| entry.operation == operation) {
                Some(known) if known.page.edition >= page.edition => {}
                Some(known) => *known = Entry { operation, file, page },
                None => entries.push(Entry { operation, file, page }),
            }
        }
        if entries.is_empty() {
            return Err(format!(
                "{}: no recorded facts; record a page: cargo xtask pages read FILE",
                shown.display()
            )
            .into());
        }
        Ok(Self { folder: shown, entries })
    }

    /// What is recorded of this page: told by its method and path, or by the name that it gives
    /// itself, or by what it describes.
    pub fn of(&self, page: &Page, file: &Path, wanted: Option<&str>) -> Result<&Entry, Failure> {
        let operations = || {
            let names: Vec<_> = self.entries.iter().map(|entry| entry.operation.as_str()).collect();
            names.join(", ")
        };
        if let Some(wanted) = wanted {
            let found = self.entries.iter().find(|entry| entry.operation == wanted);
            return found.ok_or_else(|| {
                let folder = self.folder.display();
                format!("{folder}: nothing is recorded of {wanted}; there is {}", operations())
                    .into()
            });
        }
        let path = form(&page.path);
        self.only(|known| known.method == page.method && form(&known.path) == path)
            .or_else(|| self.only(|known| known.id == page.id))
            .or_else(|| self.most_alike(page))
            .ok_or_else(|| {
                format!(
                    "{}: its method, its path and its fields are those of no recorded page; name \
                     the operation: --operation, with one of {}",
                    file.display(),
                    operations()
                )
                .into()
            })
    }

    /// The one entry whose page is such; none where there are several.
    fn only(&self, is_it: impl Fn(&Page) -> bool) -> Option<&Entry> {
        let mut found = self.entries.iter().filter(|entry| is_it(&entry.page));
        found.next().filter(|_| found.next().is_none())
    }

    fn most_alike(&self, page: &Page) -> Option<&Entry> {
        let shares = self.entries.iter().map(|entry| (alike(&entry.page, page), entry));
        let most = shares.max_by(|(one, _), (other, _)| one.total_cmp(other));
        most.filter(|(share, _)| *share >= ALIKE).map(|(_, entry)| entry)
    }
}

/// The share of fields that two pages have in common, of all that one of them has.
fn alike(one: &Page, other: &Page) -> f64 {
    let places = |page| fields(page).into_keys().collect::<BTreeSet<_>>();
    let (one, other) = (places(one), places(other));
    let ratio = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    ratio(one.intersection(&other).count()) / ratio(one.union(&other).count().max(1))
}

/// Of several editions of one operation the newest; those that are left out are named.
pub fn newest(pages: Vec<Newer>) -> Vec<Newer> {
    let mut newest: Vec<Newer> = Vec::new();
    for page in pages {
        let Some(known) = newest.iter_mut().find(|k| k.entry.operation == page.entry.operation)
        else {
            newest.push(page);
            continue;
        };
        let is_newer = page.page.edition > known.page.edition;
        let older = if is_newer { std::mem::replace(known, page) } else { page };
        println!(
            "{} ({}) is passed over: {} is of the edition {}\n",
            older.file.display(),
            older.page.edition,
            known.file.display(),
            known.page.edition
        );
    }
    newest
}
