//! `cargo xtask pages diff`, on a page of an invented service: seeded changes are all found, and other
//! words are not reported.

#[path = "pages_diff/seeds.rs"]
mod seeds;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use seeds::{BREAKS, LOOK, OFFERS, SURPRISES, Seed, Told};

const PAGE: &str = include_str!("pages_diff/arrangeShelf.2024-03.md");
const REWORDED: &str = include_str!("pages_diff/arrangeShelf.2025-01.rst");

/// What the command printed, and its exit status.
struct Outcome {
    status: Option<i32>,
    report: String,
    errors: String,
}

fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("pages_diff")
}

/// A folder for the pages of one test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages_diff").join(test);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the command in a folder, on pages in it.
fn diff(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(folder)
        .args(["pages", "diff", "--recorded"])
        .arg(files().join("recorded"))
        .arg("--document")
        .arg(files().join("library.yaml"))
        .args(arguments)
        .output()
        .unwrap();
    Outcome {
        status: output.status.code(),
        report: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes a page, and compares it with what is recorded of it.
fn diff_page(test: &str, page: &str) -> Outcome {
    let folder = folder(test);
    let name = "arrangeShelf.2025-01.md";
    fs::write(folder.join(name), page).unwrap();
    diff(&folder, &[name])
}

/// The changes of a report, each with its severity and the lines that tell it.
fn changes(report: &str) -> Vec<(&'static str, Vec<&str>)> {
    let mut severity = "";
    let mut changes = Vec::new();
    for block in report.split("\n\n") {
        let heading = [BREAKS, SURPRISES, OFFERS, LOOK].into_iter().find(|h| block.starts_with(h));
        severity = heading.unwrap_or(severity);
        if let Some((number, change)) = block.split_once(". ")
            && number.trim_start().parse::<usize>().is_ok()
        {
            changes.push((severity, change.lines().map(str::trim_start).collect()));
        }
    }
    changes
}

/// Whether a change is the one that has to be told: its first lines, and a place to edit in the
/// document, at the line that is named.
fn is_told((severity, lines): &(&str, Vec<&str>), told: &Told) -> bool {
    let places = lines.iter().filter_map(|line| line.strip_prefix("edit "));
    let mut places = places.filter_map(|place| place.split_once(": "));
    *severity == told.severity
        && lines.starts_with(&told.lines)
        && places.any(|(_, pointer)| pointer.split(" (").next() == Some(told.place))
}

#[test]
fn the_page_as_it_is_recorded_has_not_changed() {
    let folder = folder("as_recorded");
    let name = "arrangeShelf.2024-03.md";
    fs::write(folder.join(name), PAGE).unwrap();
    let outcome = diff(&folder, &[name]);
    assert_eq!(outcome.status, Some(0), "{}{}", outcome.report, outcome.errors);
    assert!(outcome.report.ends_with(")\n\nno change of the API\n\n"), "{}", outcome.report);
}

#[test]
fn each_seeded_change_is_told_with_its_severity_and_place_and_nothing_else() {
    for seed in seeds::dozen().into_iter().chain(seeds::more()) {
        let outcome = diff_page("each", &seed.apply(PAGE));
        let found = changes(&outcome.report);
        let told = |told: &Told| found.iter().any(|change| is_told(change, told));
        let is_right = outcome.status == Some(1)
            && !seed.changes.is_empty()
            && seed.changes.iter().all(told)
            && found.len() == seed.changes.len();
        assert!(is_right, "{}: {}{}", seed.name, outcome.report, outcome.errors);
    }
}

#[test]
fn a_dozen_changes_at_once_are_all_told_most_serious_first() {
    let page = seeds::dozen().iter().fold(PAGE.to_owned(), |page, seed| seed.apply(&page));
    let outcome = diff_page("dozen", &page);
    let found = changes(&outcome.report);
    for seed in seeds::dozen() {
        for told in &seed.changes {
            let is_there = found.iter().any(|change| is_told(change, told));
            assert!(is_there, "{}: {}", seed.name, outcome.report);
        }
    }
    assert_eq!(found.len(), 12, "{}", outcome.report);
    let order = [BREAKS, SURPRISES, OFFERS, LOOK];
    let rank = |(severity, _): &(&str, _)| order.iter().position(|other| other == severity);
    assert!(found.is_sorted_by_key(rank), "{}", outcome.report);
    assert_eq!(outcome.status, Some(1));
    insta::assert_snapshot!(outcome.report);
}

#[test]
fn other_words_and_another_layout_are_no_change() {
    let mut all = PAGE.to_owned();
    for seed in seeds::wording() {
        let page = seed.apply(PAGE);
        assert_ne!(page, PAGE);
        no_change(seed.name, &diff_page("wording", &page));
        all = seed.apply(&all);
    }
    no_change("all of them", &diff_page("wording", &all));
}

#[test]
fn another_format_in_other_words_is_no_change() {
    let folder = folder("format");
    fs::write(folder.join("shelf.2025-01.rst"), REWORDED).unwrap();
    let outcome = diff(&folder, &["shelf.2025-01.rst"]);
    no_change("reStructuredText", &outcome);
    assert!(outcome.report.contains("   - edition: 2024-03 → 2025-01\n"), "{}", outcome.report);
    let record = "To record this edition: cargo xtask pages read shelf.2025-01.rst\n";
    assert!(outcome.report.contains(record), "{}", outcome.report);
}

fn no_change(name: &str, outcome: &Outcome) {
    assert_eq!(outcome.status, Some(0), "{name}: {}{}", outcome.report, outcome.errors);
    assert_eq!(changes(&outcome.report), [], "{name}");
}

#[test]
fn what_became_of_tables_is_told_beside_the_changes() {
    let note = |name: &str| {
        let seeds = seeds::wording().into_iter().chain(seeds::more());
        let seed = seeds.into_iter().find(|seed: &Seed| seed.name == name).unwrap();
        diff_page("tables", &seed.apply(PAGE)).report
    };
    let merged = note("two tables merged, of which one had fewer fields");
    assert!(
        merged.contains("     tables 3 (sections) and 4 (keepers) are now one, 3 (sections)\n")
    );
    let split = note("a shared table that was split");
    assert!(split.contains("     table 7 (book) is now several: 7 (book) and 9 (lost_list)\n"));
    let renumbered = note("another number of a table");
    assert!(renumbered.contains("   - numbers of tables: 5 → 50\n"));
}

#[test]
fn a_page_with_another_uri_is_known_by_its_own_name_or_by_its_fields() {
    let moved = &seeds::dozen()[0];
    let other_name = moved.apply(PAGE).replace("LIB_TOPIC_0001", "LIB_TOPIC_0815");
    let outcome = diff_page("moved", &other_name);
    assert!(is_told(&changes(&outcome.report)[0], &moved.changes[0]), "{}", outcome.report);
}

#[test]
fn a_page_that_is_like_no_recorded_one_is_an_error_that_names_the_operations() {
    let folder = folder("unlike");
    fs::write(folder.join("other.2025-01.md"), OTHER_PAGE).unwrap();
    let outcome = diff(&folder, &["other.2025-01.md"]);
    assert_eq!(outcome.status, Some(2), "{}", outcome.report);
    assert!(outcome.errors.contains("--operation, with one of arrangeShelf"), "{}", outcome.errors);
    let outcome = diff(&folder, &["other.2025-01.md", "--operation", "arrangeShelf"]);
    assert_eq!(outcome.status, Some(1), "{}", outcome.errors);
    let outcome = diff(&folder, &["other.2025-01.md", "--operation", "burnShelf"]);
    assert_eq!(outcome.status, Some(2), "{}", outcome.report);
    assert!(outcome.errors.contains("nothing is recorded of burnShelf"), "{}", outcome.errors);
}

/// Of another operation.
const OTHER_PAGE: &str = r#"# Closing a Branch<a name="LIB_TOPIC_0099"></a>

## URI

DELETE /library-api/v1/branches

## Request Message

-   Request parameters

    None

## Response Message

-   Response parameters

    None

## Returned Values

-   Normal

    204
"#;

#[test]
fn a_page_that_cannot_be_read_is_an_error_and_does_not_hide_the_others() {
    let folder = folder("unreadable");
    fs::write(folder.join("good.2025-01.md"), PAGE).unwrap();
    fs::write(folder.join("bad.2025-01.md"), "# Nothing\n").unwrap();
    let outcome = diff(&folder, &["bad.2025-01.md", "missing.2025-01.md", "good.2025-01.md"]);
    assert_eq!(outcome.status, Some(2));
    assert_eq!(outcome.errors.matches("error: ").count(), 2, "{}", outcome.errors);
    assert!(outcome.report.contains("no change of the API"), "{}", outcome.report);
}

#[test]
fn of_two_editions_the_newest_counts() {
    let folder = folder("editions");
    let changed = seeds::dozen()[1].apply(PAGE);
    fs::write(folder.join("shelf.2024-09.md"), PAGE).unwrap();
    fs::write(folder.join("shelf.2025-01.md"), changed).unwrap();
    for pages in
        [["shelf.2024-09.md", "shelf.2025-01.md"], ["shelf.2025-01.md", "shelf.2024-09.md"]]
    {
        let outcome = diff(&folder, &pages);
        assert_eq!(outcome.status, Some(1), "{}", outcome.errors);
        let passed_over =
            "shelf.2024-09.md (2024-09) is passed over: shelf.2025-01.md is of the edition 2025-01";
        assert!(outcome.report.contains(passed_over), "{}", outcome.report);
        assert_eq!(changes(&outcome.report).len(), 1);
    }
}

#[test]
fn a_page_older_than_what_is_recorded_is_told_to_be() {
    let folder = folder("older");
    fs::write(folder.join("shelf.2023-01.md"), PAGE).unwrap();
    let outcome = diff(&folder, &["shelf.2023-01.md"]);
    let note = "   - edition: 2024-03 → 2023-01, which is older\n";
    assert!(outcome.report.contains(note), "{}", outcome.report);
    assert!(!outcome.report.contains("To record"), "{}", outcome.report);
}

#[test]
fn the_edition_can_be_given_and_facts_stand_for_their_page() {
    let folder = folder("edition");
    fs::write(folder.join("shelf.md"), seeds::dozen()[1].apply(PAGE)).unwrap();
    fs::copy(files().join("recorded/arrangeShelf.json"), folder.join("shelf.json")).unwrap();
    assert_eq!(diff(&folder, &["shelf.md"]).status, Some(2));
    let outcome = diff(&folder, &["shelf.md", "--edition", "2025-01"]);
    assert_eq!(outcome.status, Some(1), "{}", outcome.errors);
    assert!(outcome.report.contains("shelf.md (2025-01) against"), "{}", outcome.report);
    assert_eq!(diff(&folder, &["shelf.json"]).status, Some(0));
    let outcome = diff(&folder, &["shelf.md", "shelf.json", "--edition", "2025-01"]);
    assert_eq!(outcome.status, Some(2));
    assert!(outcome.errors.contains("--edition goes with one page"), "{}", outcome.errors);
}

#[test]
fn an_operation_that_the_document_does_not_have_is_an_error() {
    let folder = folder("no_operation");
    let recorded = folder.join("recorded");
    fs::create_dir_all(&recorded).unwrap();
    fs::copy(files().join("recorded/arrangeShelf.json"), recorded.join("burnShelf.json")).unwrap();
    fs::write(folder.join("shelf.2025-01.md"), PAGE).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(&folder)
        .args(["pages", "diff", "shelf.2025-01.md", "--recorded", "recorded"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("openapi/autoscaling.yaml: no operation burnShelf"), "{errors}");
}

#[test]
fn a_folder_without_facts_and_a_missing_document_are_errors() {
    let folder = folder("nothing");
    fs::write(folder.join("shelf.2025-01.md"), PAGE).unwrap();
    for (flag, other) in [("--recorded", "."), ("--recorded", "gone"), ("--document", "gone.yaml")]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .current_dir(&folder)
            .args(["pages", "diff", "shelf.2025-01.md", flag, other])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{flag} {other}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "));
    }
}
