//! `cargo xtask pages read`, run on pages of a service that does not exist, in both formats.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A page of facts, as JSON text.
fn expected() -> String {
    fs::read_to_string(pages().join("lamp.json")).unwrap()
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

fn page(format: &str) -> PathBuf {
    pages().join(format!("lamp.2024-01.{format}"))
}

/// An operation of the document, whichever.
fn operation() -> String {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/pages");
    let first = fs::read_dir(recorded).unwrap().next().unwrap().unwrap().path();
    first.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn read(folder: &Path, arguments: &[&str], files: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["pages", "read", "--output"]).arg(folder).args(arguments).args(files);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn recorded(folder: &Path) -> String {
    fs::read_to_string(folder.join(operation() + ".json")).unwrap()
}

/// Reads a page in which one thing was changed, and checks that it is an error that names the line of
/// the `place` and says `what`.
#[track_caller]
fn refuses(format: &str, (from, to): (&str, &str), place: &str, what: &str) {
    let source = fs::read_to_string(page(format)).unwrap();
    assert!(source.contains(from), "no {from:?} in the page");
    let broken = source.replacen(from, to, 1);
    let before = broken.find(place).expect("the place is on the page");
    let line = 1 + broken[..before].matches('\n').count();

    let caller = std::panic::Location::caller().line();
    let folder = folder(&format!("broken-{caller}"));
    let file = folder.join(format!("lamp.2024-01.{format}"));
    fs::write(&file, broken).unwrap();
    let output = read(&folder, &["--operation", &operation()], &[&file]);
    let said = said(&output);
    assert!(!output.status.success(), "read as if nothing were wrong: {said}");
    assert!(said.contains(&format!("{}:{line}: ", file.display())), "line {line}: {said}");
    assert!(said.contains(what), "{said}");
    assert!(!folder.join(operation() + ".json").exists(), "recorded nonetheless");
}

#[test]
fn both_formats_give_the_facts_that_the_page_states() {
    for format in ["md", "rst"] {
        let folder = folder(&format!("facts-{format}"));
        let output = read(&folder, &["--operation", &operation()], &[&page(format)]);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(recorded(&folder), expected(), "{format}");
    }
}

#[test]
fn examples_may_have_sections_of_their_own() {
    let mut source = fs::read_to_string(page("md")).unwrap();
    for part in ["request", "response"] {
        let item = format!("-   Example {part}\n");
        let (before, rest) = source.split_once(&item).expect("the example is an item");
        let (example, after) = rest.split_once("\n## ").expect("a section comes after it");
        let example = example.replace("\n    ", "\n");
        let joined = format!("{before}## Example {part}s\n{example}\n## {after}");
        source = joined;
    }
    let folder = folder("examples");
    let file = folder.join("lamp.2024-01.md");
    fs::write(&file, source).unwrap();
    let output = read(&folder, &["--operation", &operation()], &[&file]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(recorded(&folder), expected());
}

#[test]
fn blank_lines_within_a_table_of_html_say_nothing() {
    let source = fs::read_to_string(page("md")).unwrap();
    let spaced = source.replace("</tr>\n", "</tr>\n\n").replace("</td>\n", "</td>\n\n");
    assert_ne!(spaced, source);
    let folder = folder("blank-lines");
    let file = folder.join("lamp.2024-01.md");
    fs::write(&file, spaced).unwrap();
    let output = read(&folder, &["--operation", &operation()], &[&file]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(recorded(&folder), expected());
}

#[test]
fn a_broken_grid_is_refused() {
    let row = "| harbour_id | Yes       | String  |";
    let long = "| harbour_id | Yes       | String of letters |";
    refuses("rst", (row, long), long, "89 columns of text in a table of 79");
    let joined = "| harbour_id | Yes         String  |";
    refuses("rst", (row, joined), joined, "no `|` at column 26");
    let border = "+============+===========+=========+=";
    let gap = "+============+===========+==== ====+=";
    refuses("rst", (border, gap), gap, "a border that is broken");
    let rows = "   | lamp_id    | Yes       | String  | The lamp";
    let spanning = format!("   +            +-----------+---------+{}+\n{rows}", "-".repeat(42));
    refuses("rst", (rows, &spanning), &spanning, "a cell over several rows");
    let top = "   +------------+-----------+---------+-";
    let no_top = "   +------------+-----------+---------  ";
    refuses("rst", (top, no_top), no_top, "a border that is broken or out of place");
    let bottom = "tells.                      |\n      +-";
    refuses(
        "rst",
        (bottom, "tells.                      |\n\n      +-"),
        "| **lamp_log** tells",
        "end with a border",
    );
}

#[test]
fn a_grid_without_column_headings_is_refused() {
    let border = "   +=================+=============================+";
    let dashes = "   +-----------------+-----------------------------+";
    let top = "   +-----------------+-----------------------------+\n   | Returned";
    refuses("rst", (border, dashes), top, "without a row of column headings");
    let second = "   +-----------------+-----------------------------+\n   | 404";
    let equals = "   +=================+=============================+\n   | 404";
    refuses("rst", (second, equals), equals, "a second border of `=`");
}

#[test]
fn a_broken_simple_table_is_refused() {
    let row = "id        Yes       String The";
    let between = "id        Yes        String The";
    refuses("rst", (row, between), between, "text at column 27 of the table");
    let nameless = "          Yes       String The";
    refuses("rst", (row, nameless), nameless, "a row whose first cell is empty");
    let first_row = "      id        Yes       String The";
    let spanning = "      ---------------------------\n      id        Yes       String The";
    refuses("rst", (first_row, spanning), spanning, "a border unlike the table's first");
    let bottom = "      ========= ====== =====================================\n\n";
    refuses("rst", (bottom, "\n"), "      ========= ====== ====", "expected three borders");
}

#[test]
fn markup_that_may_hide_a_table_is_refused() {
    refuses("rst", (".. note::", ".. csv-table::"), ".. csv-table", "the directive `csv-table`");
    refuses("rst", (".. note::", ".. table:"), ".. table:", "of which nothing is known");
    refuses("rst", (".. note::", ".. table::"), ".. table::", "without a table, or with more");
    let pipes = "NOTE:**\n\nA | B\n---|---\n1 | 2\n\n";
    refuses("md", ("NOTE:**", pipes), "A | B", "a table of pipes");
    refuses("md", ("It needs oil", "It <table> needs oil"), "-   It <table>", "nothing is known");
}

#[test]
fn a_broken_html_table_is_refused() {
    let name = "<p id=\"p1\"><a name=\"p1\"></a>skip</p>";
    for (attribute, what) in [("colspan", "several columns"), ("rowspan", "several rows")] {
        let row = format!("<tr><td class=\"cellrowborder\" valign=\"top\" headers=\"h0 \">{name}");
        let spanning = format!("<tr><td {attribute}=\"2\">{name}");
        refuses("md", (&row, &spanning), &spanning, what);
    }
    let closed = format!("{name}\n</td>");
    refuses("md", (&closed, "<p>skip</td>"), "<p>skip", "</td>, but <p> of line");
    refuses("md", (name, "<p>skip</b></p>"), "<p>skip", "</b>, but <p> of line");
    let words = "<p>skip</p>\n\nwords\n\n";
    refuses("md", (name, words), "<p>skip", "<td> is not closed where the HTML ends");
    refuses("md", (name, "<p>skip</p><blink></blink>"), "<p>skip", "<blink>");
    refuses(
        "md",
        (name, "skip</td><td>more"),
        "skip</td>",
        "a row of 5 cells in a table of 4 columns",
    );
    refuses("md", ("<thead", "<tbody><tr><td>1</td></tr></tbody><thead"), "<thead", "a second row");
    refuses("md", ("<tbody>", "<tbody>stray"), "<tbody>stray", "`stray` within <tbody>");
}

#[test]
fn a_row_that_says_what_is_not_known_is_refused() {
    refuses(
        "rst",
        ("Array of strings ", "Bag of strings   "),
        "| colours",
        "type `Bag of strings`",
    );
    refuses("rst", ("| since      | No ", "| since      | May"), "| since", "mandatory `May`");
    refuses("rst", ("| skip    ", "| how many"), "| how many", "`how many`, expected the name");
    refuses(
        "rst",
        ("| skip ", "| since"),
        "| since      | No        | String",
        "a second row `since`",
    );
    refuses("rst", ("Mandatory", "Must-have"), "| Parameter", "column heading `Must-have`");
    refuses("rst", ("Mandatory", "Type     "), "| Parameter", "a second column `Type`");
}

#[test]
fn a_table_that_has_no_place_in_the_order_is_refused() {
    let third = "**Table 3** **rhythm**";
    refuses(
        "rst",
        ("**Table 4** **phases**", "**Table 3** **phases**"),
        "**Table 3** **phases",
        "a second table 3",
    );
    refuses("rst", (third, "**rhythm**"), ".. table:: **rhythm**", "expected `Table 1 …`");
    let rooted = ("**Table 3** **rhythm** field description", "**Table 3** Rhythm");
    refuses("rst", rooted, ".. table:: **Table 3**", "a second table of parameters");
    refuses(
        "rst",
        ("**Table 7** Response", "**Table 7** **log**"),
        "Response Message",
        "no table of parameters",
    );
    let heading = ("Response Message\n----------------", "Tables and more\n---------------");
    refuses(
        "rst",
        heading,
        "      ========= ====== =====",
        "table in the section `Tables and more`",
    );
    let heading = ("Returned Values\n---------------", "URI\n---");
    refuses("rst", heading, "URI\n---\n\n-  Normal", "a second section `URI`");
}

#[test]
fn a_reference_that_leads_astray_is_refused() {
    let label = ("   .. _t_rhythm:\n", "");
    refuses("rst", label, "| rhythm     | No", "no table has the anchor `t_rhythm`");
    let link = ("see :ref:`Table 6 <t_person>`", "see :ref:`Table 6 <t_shades>`");
    refuses("rst", link, "A maximum of 12", "leads to table 5");
    let circle = ("Table 5 <t_shades>`.", "Table 3 <t_rhythm>`.");
    refuses("rst", circle, ".. table:: **Table 3**", "table 3 within itself");
    let two =
        ("<a href=\"#t_shades\">", "<a href=\"#t_person\">Table 6</a> <a href=\"#t_shades\">");
    refuses("md", two, "</a>shades</p>", "the tables 5 and 6");
    let other = ("<a href=\"#t_shades\">Table 5", "<a href=\"#t_entry\">Table 8");
    refuses("md", other, "</a>shades</p>", "table 8 of another section");
}

#[test]
fn a_page_without_its_uri_its_statuses_or_its_name_is_refused() {
    refuses("rst", ("PUT /lamps", "PUT lamps"), "URI\n---", "no URI");
    refuses("md", ("PUT ", "GET /lamps\n\nPUT "), "PUT ", "a second URI, `PUT /lamps/v1");
    refuses("rst", ("400 Bad Request", "Bad Request    "), "| Bad Request", "expected a status");
    refuses("rst", ("404 Not Found  ", "400 Not Found  "), "| 400 Not", "400 for a second time");
    let source = fs::read_to_string(page("rst")).unwrap();
    let part = |from, to| &source[source.find(from).unwrap()..source.find(to).unwrap()];
    let all = part("-  Normal", "Error Codes\n");
    refuses("rst", (all, "As usual.\n\n"), "Returned Values", "no statuses");
    let section = part("Returned Values\n", "Error Codes\n");
    refuses("rst", (section, ""), ":original_name", "no section `Returned Values`");
    let unnamed = (part(":original", "Changing a Lamp\n"), "");
    refuses("rst", unnamed, "Changing", "no name of the page's own");
    let early = ("+---+\n| A |\n+===+\n| 1 |\n+---+\n\n:original_name", ":original_name");
    refuses("rst", (early.1, early.0), "+---+", "table in the section ``");
    refuses("md", ("<a name=\"topic_lamp\"></a>", ""), "# Changing", "no name of the page's own");
}

#[test]
fn an_example_that_does_not_fit_is_refused() {
    let comma = ("\"brightness\": 300", "\"brightness\": 300,");
    refuses("rst", comma, "      }\n\nResponse", "an example that is not JSON");
    refuses("md", comma, "    }\n    ```", "an example that is not JSON");
    let line = "PUT https://";
    refuses("rst", ("}/lamps/v1", "}/lamps/v2"), line, "an example of the path");
    refuses("rst", ("lamp/north", "lamp/much/north"), line, "an example of the path");
    refuses("rst", (line, "GET https://"), "GET https", "an example of GET");
    refuses("rst", ("fields=LABEL,MODE", "fields"), line, "expected `name=value`");
    refuses("rst", ("&since={since}", "&fields=LABEL"), line, "`fields` for a second time");
    refuses("rst", (line, "Send this: PUT https://"), "Send this", "an example that begins with");
    let second = ("brighter.\n", "brighter::\n\n      lamp\n");
    refuses("rst", second, "PUT https", "a second example");
}

#[test]
fn an_edition_comes_from_the_name_or_from_the_flag() {
    let folder = folder("edition");
    let file = folder.join("lamp.md");
    fs::copy(page("md"), &file).unwrap();
    let operation = operation();
    let output = read(&folder, &["--operation", &operation], &[&file]);
    assert!(!output.status.success());
    assert!(said(&output).contains("lamp.md: no edition"), "{}", said(&output));
    assert!(said(&output).contains("--edition 2022-10"), "{}", said(&output));

    let flags = ["--operation", &operation, "--edition", "2024-13"];
    let output = read(&folder, &flags, &[&file]);
    assert!(said(&output).contains("the edition `2024-13`, expected YYYY-MM"), "{}", said(&output));

    let flags = ["--operation", &operation, "--edition", "2024-01"];
    assert!(read(&folder, &flags, &[&file]).status.success());
    assert_eq!(recorded(&folder), expected());
}

/// The page, with the URI of an operation of the document in place of its own.
fn page_of_ours(to: &Path) {
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/pages");
    let facts = fs::read_to_string(facts.join(operation() + ".json")).unwrap();
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let (method, path) = (facts["method"].as_str().unwrap(), facts["path"].as_str().unwrap());
    // Parameters of other names, in the same places.
    let names = ["{harbour_id}", "{lamp_id}"];
    let (fixed, mut names) = (path.split('/'), names.into_iter());
    let steps = fixed.map(|step| if step.starts_with('{') { names.next().unwrap() } else { step });
    let path = steps.collect::<Vec<_>>().join("/");
    assert!(names.next().is_none(), "the operation has as many parameters as the page");

    let source = fs::read_to_string(page("rst")).unwrap();
    let uri =
        source.replace("PUT /lamps/v1/{harbour_id}/lamp/{lamp_id}", &format!("{method} {path}"));
    let example = format!("{method} https://{{Endpoint}}{path}?");
    let old = "PUT https://{Endpoint}/lamps/v1/{harbour_id}/lamp/north%2Fpier?";
    fs::write(to, uri.replace(old, &example)).unwrap();
}

#[test]
fn of_several_editions_the_newest_is_recorded_under_the_operation_of_its_uri() {
    let folder = folder("editions");
    let (older, newer) = (folder.join("lamp.2024-01.rst"), folder.join("lamp.2025-03.rst"));
    page_of_ours(&older);
    page_of_ours(&newer);
    for files in [[older.as_path(), newer.as_path()], [newer.as_path(), older.as_path()]] {
        let output = read(&folder, &[], &files);
        assert!(output.status.success(), "{}", said(&output));
        let not_recorded = format!("{}: the edition 2024-01 is not recorded", older.display());
        assert!(said(&output).contains(&not_recorded), "{}", said(&output));
        assert!(recorded(&folder).contains("2025-03"));
        fs::remove_file(folder.join(operation() + ".json")).unwrap();
    }
    let output = read(&folder, &[], &[&newer, &newer]);
    assert!(!output.status.success());
    assert!(said(&output).contains("leave one out"), "{}", said(&output));
    let output = read(&folder, &["--edition", "2025-01"], &[&older, &newer]);
    assert!(said(&output).contains("--edition goes with one page"), "{}", said(&output));
}

#[test]
fn a_page_of_no_known_operation_is_refused_and_told_the_flag() {
    let folder = folder("unknown");
    let output = read(&folder, &[], &[&page("md")]);
    assert!(!output.status.success());
    let message = said(&output);
    assert!(message.contains("PUT /lamps/v1/{harbour_id}/lamp/{lamp_id} is not in"), "{message}");
    assert!(message.contains("--operation <operationId>"), "{message}");
    let output = read(&folder, &["--operation", "changeLamp"], &[&page("md")]);
    assert!(!output.status.success());
    assert!(said(&output).contains("--operation changeLamp: not in"), "{}", said(&output));
}

#[test]
fn a_newer_edition_is_not_lost_to_an_older_one() {
    let folder = folder("older");
    let newer = folder.join("lamp.2025-03.md");
    fs::copy(page("md"), &newer).unwrap();
    let operation = operation();
    let flags = ["--operation", &operation];
    assert!(read(&folder, &flags, &[&newer]).status.success());
    let output = read(&folder, &flags, &[&page("rst")]);
    assert!(!output.status.success());
    assert!(
        said(&output).contains("has the edition 2025-03; to go back, add --older"),
        "{}",
        said(&output)
    );
    assert!(recorded(&folder).contains("2025-03"));
    assert!(
        read(&folder, &["--operation", &operation, "--older"], &[&page("rst")]).status.success()
    );
    assert_eq!(recorded(&folder), expected());
}
