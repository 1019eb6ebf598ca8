//! `cargo xtask pages read`: from a documentation page to `openapi/pages/<operationId>.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::facts::Page;
use super::layout::Fault;
use super::{extract, markdown, pattern, rst};
use crate::document::Document;
use crate::{Failure, root};

/// Record what documentation pages state, as facts without sentences
///
/// A page is Markdown with tables in HTML (`.md`), or reStructuredText with grid and simple tables
/// (`.rst`). Its facts go to `openapi/pages/<operationId>.json`; the operation is the one of
/// openapi/autoscaling.yaml with the page's method and path. Of several editions of a page, the newest
/// is recorded. A page that can't be read whole is an error, with its line.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask pages read modify-group.2022-10.rst")]
pub struct Read {
    /// The pages, named `<name>.<YYYY-MM>.md` or `.rst`
    #[arg(required = true)]
    file: Vec<PathBuf>,
    /// Year and month of the page's edition, if its name does not tell
    #[arg(long, value_name = "YYYY-MM")]
    edition: Option<String>,
    /// The operation that the page is about, if the document does not have its method and path
    #[arg(long, value_name = "operationId")]
    operation: Option<String>,
    /// Where to write, in place of openapi/pages
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Record the page even where a newer edition of it is recorded
    #[arg(long)]
    older: bool,
}

impl Read {
    pub fn run(&self) -> Result<(), Failure> {
        let single = [("edition", &self.edition), ("operation", &self.operation)];
        for (flag, value) in single {
            if value.is_some() && self.file.len() > 1 {
                return Err(format!("--{flag} goes with one page; read them one by one").into());
            }
        }
        let edition = self.edition.as_deref();
        let pages = self.file.iter().map(|file| Ok((file.as_path(), page(file, edition)?)));
        let pages = pages.collect::<Result<Vec<_>, Failure>>()?;
        let document = Document::ours()?;
        let mut newest: BTreeMap<String, (&Path, Page)> = BTreeMap::new();
        for (file, page) in pages {
            let operation = match &self.operation {
                Some(id) => named(&document, id)?,
                None => operation(&document, &page)
                    .map_err(|what| format!("{}: {what}", file.display()))?,
            };
            match newest.get(&operation) {
                Some((other, same)) if same.edition == page.edition => {
                    let (file, other) = (file.display(), other.display());
                    return Err(format!(
                        "{file}: the edition {} of {operation}, as is {other}; leave one out",
                        page.edition
                    )
                    .into());
                }
                Some((_, newer)) if newer.edition > page.edition => {
                    not_recorded(file, &page, &newer.edition);
                }
                _ => {
                    let newer = page.edition.clone();
                    if let Some((file, older)) = newest.insert(operation, (file, page)) {
                        not_recorded(file, &older, &newer);
                    }
                }
            }
        }
        let folder = self.output.clone().unwrap_or_else(|| root().join("openapi").join("pages"));
        for (operation, (file, page)) in &newest {
            self.record(&folder, operation, file, page)?;
        }
        Ok(())
    }

    fn record(&self, folder: &Path, id: &str, file: &Path, page: &Page) -> Result<(), Failure> {
        let target = folder.join(format!("{id}.json"));
        let shown = target.strip_prefix(root()).unwrap_or(&target).display().to_string();
        if target.exists() && !self.older {
            let recorded = load(&target)?.edition;
            if recorded > page.edition {
                let file = file.display();
                return Err(format!(
                    "{file}: the edition {}, but {shown} has the edition {recorded}; to go back, add \
                     --older",
                    page.edition
                )
                .into());
            }
        }
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let json = serde_json::to_string_pretty(page)? + "\n";
        fs::write(&target, json).map_err(|error| format!("{shown}: {error}"))?;
        println!("{shown}: the edition {} of {}", page.edition, file.display());
        Ok(())
    }
}

fn not_recorded(file: &Path, page: &Page, newer: &str) {
    let file = file.display();
    println!("{file}: the edition {} is not recorded, {newer} is newer", page.edition);
}

/// Reads the facts that are recorded in a file.
pub fn load(file: &Path) -> Result<Page, Failure> {
    let shown = file.strip_prefix(root()).unwrap_or(file).display();
    let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| {
        format!("{shown}:{}: {error}; record it anew with: cargo xtask pages read", error.line())
            .into()
    })
}

/// Reads a page, whose edition is in its name unless it is given.
pub fn page(file: &Path, edition: Option<&str>) -> Result<Page, Failure> {
    let shown = file.display();
    let edition = edition.map_or_else(|| edition_of(file), |edition| Ok(edition.to_owned()))?;
    if !pattern!(r"^\d{4}-(?:0[1-9]|1[0-2])$").is_match(&edition) {
        return Err(format!("{shown}: the edition `{edition}`, expected YYYY-MM").into());
    }
    let source = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    let layout = match file.extension().and_then(|extension| extension.to_str()) {
        Some("md") => markdown::read(&source),
        Some("rst") => rst::read(&source),
        _ => return Err(format!("{shown}: expected a page in .md or .rst").into()),
    };
    let page = layout.and_then(|layout| extract::page(layout, &edition));
    page.map_err(|Fault { line, what }| format!("{shown}:{line}: {what}").into())
}

fn edition_of(file: &Path) -> Result<String, Failure> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match pattern!(r"\.(\d{4}-\d\d)\.[a-z]+$").captures(&name) {
        Some(edition) => Ok(edition[1].to_owned()),
        None => Err(format!(
            "{}: no edition, expected a name such as page.2022-10.md, or --edition 2022-10",
            file.display()
        )
        .into()),
    }
}

/// The ID of the operation with the page's method and path. Parameters of the path count by their
/// position, whatever they are called.
pub fn operation(document: &Document, page: &Page) -> Result<String, Failure> {
    let positions = |path: &str| pattern!(r"\{[^}]*\}").replace_all(path, "{}").into_owned();
    let found = document.operations().find(|operation| {
        operation.method.eq_ignore_ascii_case(&page.method)
            && positions(operation.path) == positions(&page.path)
    });
    match found {
        Some(operation) => Ok(operation.id.to_owned()),
        None => Err(format!(
            "{} {} is not in {}; name its operation by --operation <operationId>",
            page.method,
            page.path,
            document.file.display()
        )
        .into()),
    }
}

fn named(document: &Document, id: &str) -> Result<String, Failure> {
    if document.operations().any(|operation| operation.id == id) {
        return Ok(id.to_owned());
    }
    let ids: Vec<_> = document.operations().map(|operation| operation.id).collect();
    let file = document.file.display();
    Err(format!("--operation {id}: not in {file}, expected one of {}", ids.join(", ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_facts_read_back_as_they_are() {
        let mut count = 0;
        for entry in fs::read_dir(root().join("openapi/pages")).unwrap() {
            let file = entry.unwrap().path();
            let json = serde_json::to_string_pretty(&load(&file).unwrap()).unwrap() + "\n";
            assert_eq!(json, fs::read_to_string(&file).unwrap(), "{}", file.display());
            count += 1;
        }
        assert!(count > 0, "nothing is recorded");
    }
}
