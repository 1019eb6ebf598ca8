//! Folders as a whole.

use std::fs;
use std::path::Path;

use crate::Failure;

/// The files of a folder and of the folders in it, sorted, with `/` between the steps.
pub fn files(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            let below = self::files(&entry.path())?;
            files.extend(below.into_iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Copies the files of a folder into another one, over those of the same names.
pub fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    for file in files(from)? {
        let to = to.join(&file);
        if let Some(above) = to.parent() {
            fs::create_dir_all(above)?;
        }
        fs::copy(from.join(file), to)?;
    }
    Ok(())
}

/// Removes a folder, if there is one.
pub fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}
