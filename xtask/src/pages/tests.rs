//! Tests that every change in pages, records and the document is reported.

use regex::Regex;

use super::facts::Row;
use super::*;
use crate::node::{Kind, Node};

const RST: &str = include_str!("../../pages/shelf.rst");

/// Writes pages into a folder of their own.
fn pages(name: &str, texts: &[(&str, String)]) -> Vec<PathBuf> {
    let folder = root().join("target/tmp/pages").join(name);
    fs::create_dir_all(&folder).unwrap();
    let file = |(file, text): &(&str, String)| {
        fs::write(folder.join(file), text).unwrap();
        folder.join(file)
    };
    texts.iter().map(file).collect()
}

fn read_one(name: &str, text: &str) -> Facts {
    read(&pages(name, &[("page.rst", text.to_owned())])).unwrap().remove(0)
}

fn edited((old, new): &(&str, &str)) -> String {
    assert_eq!(RST.matches(old).count(), 1, "{old}");
    RST.replace(old, new)
}

/// The reported changes of each other text of the page, one line per change.
fn reported(name: &str, texts: impl IntoIterator<Item = String>) -> Vec<Vec<String>> {
    let texts: Vec<String> = [RST.to_owned()].into_iter().chain(texts).collect();
    let names: Vec<String> = (0..texts.len()).map(|index| format!("page-{index}.rst")).collect();
    let files: Vec<(&str, String)> = names.iter().map(String::as_str).zip(texts).collect();
    let facts = read(&pages(name, &files)).unwrap();
    let line =
        |change: diff::Change| format!("{} {}: {}", change.kind, change.place, change.detail);
    let changes = |new: &Facts| diff::changes(&facts[0], new).into_iter().map(line).collect();
    facts[1..].iter().map(changes).collect()
}

#[test]
#[ignore = "installs docutils; run: cargo test --workspace --all-features -- --ignored"]
fn each_kind_of_row_has_its_place() {
    let other =
        "<table id=lib-01-0009-table7><tr><th>Parameter<th>Type<tr><td>room<td>String</table>";
    let files = [("shelf.rst", RST.to_owned()), ("place.html", other.to_owned())];
    let files = pages("places", &files);
    let facts = read(&files).unwrap().remove(0);
    let rows: Vec<String> = facts.rows.iter().map(|row| format!("{}: {row}", row.place)).collect();
    assert_eq!(
        rows,
        [
            "status/200: 200",
            "status/400: 400",
            "path/library_id: String, mandatory",
            "path/shelf_id: String, mandatory",
            "query/limit: Integer, optional; 1 1000 20",
            "header/X-Auth-Token: String, mandatory",
            "request/order: String, optional; TITLE YEAR",
            "request/books: Array of book objects, optional; 5",
            "request/books/*/title: String, mandatory",
            "request/books/*/labels: Object, optional; red x",
            "request/books/*/labels/spine: String, optional",
            "request/wait: Integer, optional; 0 60 seconds",
            "request/place: place object, optional",
            "request/place/room: String",
            "response/count: Integer",
        ]
    );
    assert_eq!((facts.seen, facts.read, facts.unread.len(), facts.examples.len()), (13, 13, 0, 3));
}

/// A page in reStructuredText, Markdown and HTML.
#[rustfmt::skip]
const FORMATS: [(&str, &str); 3] = [
    ("page.rst", ".. _lib_1:\n\nLending\n=======\n\nURI\n---\n\nGET /books\n\n.. note::\n\n   Up to 5.\n\n.. table:: **Table 1** Parameters\n\n   \
        ========= ====== ===========\n   Parameter Type   Description\n   ========= ====== ===========\n   id        String **A**, x.\n   \
        room      String **A**, x.\n   ========= ====== ===========\n"),
    ("page.md", "# Lending<a name=\"lib_1\"></a>\n\n## URI<a name=\"s\"></a>\n\nGET /books\n\n>![](i.gif) **NOTE:**\n>Up to 5.\n\n**Table  1**  Parameters\n\n\
        <a name=\"t1\"></a>\n<table><thead><tr><th><p>Parameter</p></th><th>Type</th><th>Description</th></tr></thead>\n<tbody><tr><td>id</td>\
        <td rowspan=\"2\">String</td><td rowspan=\"2\"><strong>A</strong>, x.</td></tr>\n<tr><td>room</td></tr></tbody></table>\n"),
    ("page.html", "<h1 id=lib_1>Lending</h1><h2>URI</h2>GET /books<div class=note><span class=notetitle>NOTE:</span>Up to 5.</div><p>Table 1 Parameters\
        <table><tr><th>Parameter<th>Type<th>Description<tr><td>id<td>String<td><b>A</b>, x.<tr><td>room<td>String<td><b>A</b>, x.</table>"),
];

#[test]
#[ignore = "installs docutils; run: cargo test --workspace --all-features -- --ignored"]
fn page_has_the_same_facts_in_each_format() {
    let facts =
        read(&pages("formats", &FORMATS.map(|(name, text)| (name, text.to_owned())))).unwrap();
    assert_eq!(
        facts[0].rows.iter().map(|row| &*row.place).collect::<Vec<_>>(),
        ["query/id", "query/room"]
    );
    assert_eq!(facts[1].page, "lib_1");
    for other in &facts[1..] {
        let changes = diff::changes(&facts[0], other);
        assert!(changes.iter().all(|change| change.kind == "page"), "{changes:#?}");
    }
}

#[test]
#[ignore = "installs docutils; run: cargo test --workspace --all-features -- --ignored"]
fn unreadable_parts_are_listed_and_counted() {
    let broken = RST.replace(
        "   shelf_id   Yes       String  The shelf.\n",
        "              Yes       String  The shelf.\n   stray  Yes String  The shelf.\n",
    );
    let facts = read_one("broken", &broken);
    let why: Vec<&str> = facts.unread.iter().map(|unread| unread.why.as_str()).collect();
    assert!(facts.unread.len() >= 2 && facts.seen > facts.read, "{why:?}");
    let unread: usize = facts.unread.iter().map(|unread| unread.rows).sum();
    assert_eq!(facts.seen, facts.read + unread, "{why:?}");
    let no_json = read_one("no-json", &RST.replace("{\"count\": 2}", "{\"count\": 2"));
    assert_eq!(no_json.unread[0].why, "it is not JSON");
    for text in ["", "Title\n=====\n", "+--+\n| a |\n", ".. table:: **Table 1**\n\n   ==\n"] {
        assert_eq!(read_one("odd", text).calls, [""; 0], "{text}");
    }
}

#[test]
#[ignore = "installs docutils; run: cargo test --workspace --all-features -- --ignored"]
fn changes_are_reported_with_their_kind() {
    // A string of the page, its replacement, and a part of the report.
    #[rustfmt::skip]
    let cases = [
        ("   shelf_id   Yes       String  The shelf.\n", "", "removed path/shelf_id: String, mandatory"),
        ("   shelf_id ", "   shelf_no ", "added query/shelf_no: String, mandatory"),
        ("Its title.\n", "Its title.\n   year      No        Long   Its year.\n", "added request/books/*/year: Long, optional"),
        ("   title  ", "   name   ", "moved request/books/*/name: was request/books/*/title"),
        ("library_id Yes       String ", "library_id Yes       Integer", "type path/library_id: String → Integer"),
        ("| wait      | No  ", "| wait      | Yes ", "mandatory request/wait: no → yes"),
        ("0 to 60.", "0 to 90.", "tokens request/wait: -60 +90"),
        ("**YEAR**:", "**SIZE**:", "tokens request/order: -YEAR +SIZE"),
        ("``red`` or", "``tan`` or", "tokens request/books/*/labels: -red +tan"),
        ("Seconds to wait", "Minutes to wait", "tokens request/wait: -seconds +minutes"),
        ("stands.  ", "stood.   ", "words request/place: Where it [-stands.-] {+stood.+}"),
        ("PUT /v1/{lib", "POST /v1/{lib", "call : PUT /v1/{library_id}/shelves/{shelf_id} → POST /v1/{library_id}/shelves/{shelf_id}"),
        ("lib_01_0002.html", "lib_01_0005.html", "page : lib_01_0002 → lib_01_0005"),
        ("   400 Bad Request ", "   409 Conflict    ", "added status/409: 409"),
        ("\n   200\n", "\n   204\n", "added status/204: 204"),
        ("up to 100 at", "up to 200 at", "text Function: shelf, up to [-100-] {+200+} at a time"),
        ("Closed shelves", "Opened shelves", "text Function: [-Closed-] {+Opened+} shelves stay as"),
        ("**Table 5** **labels** field", "**Table 5** **marker** field", "moved table/marker/spine: was request/books/*/labels/spine"),
        ("   {\"count\": 2}\n", "   {\"count\": 3}\n", "example response: @@ -1,3 +1,3 @@\n {\n-  \"count\": 2\n+  \"count\": 3\n }\n"),
        ("s-1?limit=5", "s-1?limit=6", "-PUT https://{Endpoint}/v1/{library_id}/shelves/s-1?limit=5"),
    ];
    let texts = cases.iter().map(|(old, new, _)| edited(&(old, new)));
    for ((_, new, expected), changes) in cases.iter().zip(reported("cases", texts)) {
        assert!(
            changes.iter().any(|it| it.contains(expected)),
            "{new}: {changes:#?}\nhas no {expected}"
        );
    }
    #[rustfmt::skip]
    let layout = [
        ("**Table 4** **book**", "**Table 9** **book**"), ("The token.", "The  token."), ("Its title.\n", "Its title.\n\n"),
        ("Request\n-------\n\n.. table:: **Table 2**", "Request Message\n---------------\n\n.. table:: **Table 2**"),
    ];
    assert_eq!(reported("layout", layout.iter().map(edited)).concat(), [""; 0]);
}

/// Alters each word of the page separately, without changing its length, so that tables stay valid.
#[test]
#[ignore = "installs docutils; run: cargo test --workspace --all-features -- --ignored"]
fn every_altered_word_of_a_page_is_reported() {
    let word = Regex::new("[A-Za-z0-9]+").unwrap();
    let mut texts = Vec::new();
    for found in word.find_iter(RST) {
        let before = &RST[..found.start()];
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_layout = line.trim_start().starts_with("..") && !line.contains("table:: ");
        let is_target = line.rsplit(' ').next().is_some_and(|start| start.contains('<'));
        let is_name = line.starts_with(':') || line.trim() == ".. " || line.ends_with("Table ");
        let is_role = RST[found.end()..].starts_with(":`");
        if is_layout || is_target || is_name || is_role {
            continue;
        }
        let other =
            if found.as_str().ends_with(|it: char| it.is_ascii_digit()) { "7" } else { "q" };
        let mut text = RST.to_owned();
        text.replace_range(found.end() - 1..found.end(), other);
        texts.push(text);
    }
    assert!(texts.len() > 200, "only {} words", texts.len());
    for (text, changes) in texts.iter().zip(reported("altered", texts.iter().cloned())) {
        let line = || text.lines().zip(RST.lines()).find(|(new, old)| new != old);
        assert!(!changes.is_empty(), "{:?}", line());
    }
}

fn ours() -> (Document, BTreeMap<String, Facts>, Vec<Deviation>) {
    let deviations = Deviation::load(&root().join(DEVIATIONS)).unwrap();
    (Document::ours().unwrap(), recorded(&root().join(RECORDED)).unwrap(), deviations)
}

#[test]
fn document_and_records_agree_but_for_the_deviations() {
    let (document, recorded, mut deviations) = ours();
    assert_eq!(Comparison::new(&document, &deviations).complaints(&recorded), [""; 0]);
    for _ in 0..deviations.len() {
        let missing = deviations.remove(0);
        let complaints = Comparison::new(&document, &deviations).complaints(&recorded);
        assert!(!complaints.is_empty());
        for complaint in complaints {
            assert!(complaint.contains("edit the document, or add to"), "{complaint}");
        }
        deviations.push(missing);
    }
}

/// An edit of a row, and whether the check reports it. The comparison with a page reports every edit.
type Edit = (fn(&mut Row), fn(&Row) -> bool);

#[test]
fn every_altered_fact_of_a_record_is_reported() {
    let (document, mut recorded, deviations) = ours();
    let comparison = Comparison::new(&document, &deviations);
    let is_field = |row: &Row| !row.kind.is_empty() && !row.place.starts_with("table/");
    let edits: [Edit; 6] = [
        (|row| row.place += "s", |_| true),
        (|row| (row.kind, row.type_) = ("number".to_owned(), Some("Number".to_owned())), is_field),
        (|row| row.mandatory = Some("maybe".to_owned()), is_field),
        (|row| row.tokens.extend(["4711".to_owned()]), is_field),
        (|row| row.tokens = ["none".to_owned()].into(), is_field),
        (|row| row.words += "0", |_| false),
    ];
    let mut count = 0;
    for id in recorded.keys().cloned().collect::<Vec<_>>() {
        let original = recorded[&id].clone();
        let mut see = |what: &str, facts: Facts, is_seen: bool| {
            assert!(!diff::changes(&original, &facts).is_empty(), "{id} {what} is not reported");
            recorded.insert(id.clone(), facts);
            assert!(!is_seen || !comparison.complaints(&recorded).is_empty(), "{id} {what}");
            count += 1;
        };
        let without = |edit: &dyn Fn(&mut Facts)| {
            let mut facts = original.clone();
            edit(&mut facts);
            facts
        };
        for (index, row) in original.rows.iter().enumerate() {
            for (at, (edit, is_seen)) in edits.into_iter().enumerate() {
                see(
                    &format!("{}, edit {at}", row.place),
                    without(&|facts| edit(&mut facts.rows[index])),
                    is_seen(row),
                );
            }
            see(&row.place, without(&|facts| drop(facts.rows.remove(index))), true);
        }
        for index in 0..original.examples.len() {
            see("example", without(&|facts| drop(facts.examples.remove(index))), true);
        }
        for index in 0..original.paragraphs.len() {
            see("paragraph", without(&|facts| drop(facts.paragraphs.remove(index))), false);
        }
        recorded.insert(id, original);
    }
    assert!(count > 1000, "only {count} edits");
}

type Alter = fn(&mut Node);

#[test]
fn every_altered_statement_of_the_document_is_reported() {
    let (document, recorded, deviations) = ours();
    let mut edits: Vec<(String, Alter)> = Vec::new();
    for operation in document.operations() {
        for (place, field) in Stated::of(&document, &operation).fields {
            let bounds = field.bounds.iter().map(|(.., pointer)| pointer.clone());
            edits.extend(bounds.map(|pointer| (pointer, alter as Alter)));
            let above = field.pointer.rsplit_once("/properties/");
            if let Some((above, _)) = above.filter(|_| !field.is_observed) {
                // If only the document has a field, the deviation covers it regardless of its content.
                if recorded[operation.id].rows.iter().any(|row| row.place == place) {
                    edits.push((field.pointer.clone(), |node| node.kind = Kind::Null));
                }
                let surprise: Alter = |node| add(node, "surprise", Kind::Null);
                edits.push((format!("{above}/properties"), surprise));
                if place.starts_with("request/") {
                    edits.push((above.to_owned(), toggle_required));
                }
            }
        }
    }
    let listed = codes::listed(&recorded[codes::ERROR_CODES]);
    for (code, (pointer, entry)) in codes::documented(&document) {
        let observe: Alter = |node| add(node, "x-observed", Kind::Bool(true));
        let classify: Alter = |node| add(node, "class", Kind::String("throttled".to_owned()));
        if listed.contains_key(code) {
            edits.extend([(pointer.clone(), observe), (pointer.clone(), classify)]);
            edits.push((format!("{pointer}/code"), alter));
        } else {
            assert!(entry.is("x-observed"), "{code}");
            edits.push((format!("{pointer}/x-observed"), alter));
        }
    }
    edits.sort_by(|(a, _), (b, _)| a.cmp(b));
    edits.dedup_by(|(a, f), (b, g)| a == b && std::ptr::fn_addr_eq(*f, *g));
    let mut quiet = Vec::new();
    for (pointer, edit) in edits {
        let mut edited = Document { file: document.file.clone(), root: document.root.clone() };
        let Some(node) = edited.root.pointer_mut(&pointer) else { panic!("{pointer}") };
        edit(node);
        if Comparison::new(&edited, &deviations).complaints(&recorded).is_empty() {
            quiet.push(pointer);
        }
    }
    // The rows of the booleans have both values as tokens, so that another default is not found. The description of
    // `recurrence_value` contains `null`, so that a missing `nullable` is not found.
    let schemas = "/components/schemas";
    let expected = [
        "Network/properties/ipv6_enable/x-default-on-create",
        "PolicySchedule/properties/recurrence_value/nullable",
        "UpdateScalingGroupRequest/properties/delete_publicip/x-default-on-create",
        "UpdateScalingGroupRequest/properties/delete_volume/x-default-on-create",
    ];
    assert_eq!(quiet, expected.map(|it| format!("{schemas}/{it}")));
}

/// Changes a value to another one of the same kind, or the first item of a list.
fn alter(node: &mut Node) {
    match &mut node.kind {
        Kind::Bool(value) => *value = !*value,
        Kind::Number(value) => *value = (value.as_i64().unwrap() + 1).into(),
        Kind::String(text) => text.push('x'),
        Kind::List(items) => alter(&mut items[0]),
        Kind::Null | Kind::Map(_) => unreachable!(),
    }
}

/// Requires all properties of an object, or none if it requires some.
fn toggle_required(node: &mut Node) {
    let name = |(name, _): (&str, &Node)| Node { line: 1, kind: Kind::String(name.to_owned()) };
    let all = node.map("properties").map(name).collect();
    let required = if node.get("required").is_some() { Vec::new() } else { all };
    add(node, "required", Kind::List(required));
}

fn add(node: &mut Node, name: &str, kind: Kind) {
    if let Kind::Map(members) = &mut node.kind {
        members.insert(name.to_owned(), Node { line: 1, kind });
    }
}
