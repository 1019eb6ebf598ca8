//! The schemas of an OpenAPI 3.1 document as files of JSON Schema 2020-12.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::node::{Kind, Node, escape};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const COMPONENTS: &str = "#/components/schemas/";
/// Keywords whose members are schemas, under names of the document's choice.
const NAMED: [&str; 4] = ["$defs", "dependentSchemas", "patternProperties", "properties"];
/// Keywords whose value is data, in which nothing is a keyword.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// The file of each component, and what it holds: a schema that refers to nothing outside of itself,
/// since what it needs of other components lies under its `$defs`. It has only JSON Schema's own
/// keywords: strict validators refuse others.
pub fn files(document: &Node) -> impl Iterator<Item = (String, Node)> {
    let components = document.pointer("/components/schemas");
    components.into_iter().flat_map(|components| {
        components.members().map(|(name, schema)| (file_name(name), file(components, name, schema)))
    })
}

fn file_name(component: &str) -> String {
    format!("{component}.json")
}

fn file(components: &Node, name: &str, schema: &Node) -> Node {
    let head = [("$schema", DIALECT), ("$id", &file_name(name)), ("title", name)];
    let mut members: IndexMap<_, _> =
        head.into_iter().map(|(keyword, value)| (keyword.to_owned(), text(value))).collect();
    if let Kind::Map(own) = rewritten(schema).kind {
        members.extend(own);
    }
    let mut needed = BTreeSet::new();
    collect_needed(components, schema, &mut needed);
    if !needed.is_empty() {
        let needed = needed.into_iter().filter_map(|name| {
            components.get(name).map(|schema| (name.to_owned(), rewritten(schema)))
        });
        members.insert("$defs".to_owned(), map(needed));
    }
    map(members)
}

/// The names of the components that this schema refers to, those that they refer to, and so on.
fn collect_needed<'a>(components: &'a Node, schema: &'a Node, names: &mut BTreeSet<&'a str>) {
    if let Some(name) = reference(schema)
        && names.insert(name)
        && let Some(component) = components.get(name)
    {
        collect_needed(components, component, names);
    }
    for (_, schema) in below(schema) {
        collect_needed(components, schema, names);
    }
}

/// A value that has to fit a schema.
#[derive(serde::Serialize)]
pub struct Case<'a> {
    file: String,
    /// The schema's place in the file.
    pointer: String,
    instance: &'a Node,
}

/// Each example that stands beside a reference to a component, and each of the components' own.
pub fn cases(document: &Node) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    collect_documented(document, document, &mut cases);
    let components = document.pointer("/components/schemas");
    for (name, schema) in components.into_iter().flat_map(Node::members) {
        collect_own(schema, &file_name(name), "", &mut cases);
    }
    cases
}

/// Of parameters and media types: their `examples` is a map.
fn collect_documented<'a>(document: &'a Node, node: &'a Node, cases: &mut Vec<Case<'a>>) {
    if let Some(component) = node.get("schema").and_then(reference) {
        for (_, example) in node.get("examples").into_iter().flat_map(Node::members) {
            let shared = example.reference().and_then(|pointer| document.pointer(pointer));
            cases.extend(shared.unwrap_or(example).get("value").map(|instance| Case {
                file: file_name(component),
                pointer: String::new(),
                instance,
            }));
        }
    }
    for node in node.members().map(|(_, node)| node).chain(node.items()) {
        collect_documented(document, node, cases);
    }
}

/// Of a schema and those in it.
fn collect_own<'a>(schema: &'a Node, file: &str, pointer: &str, cases: &mut Vec<Case<'a>>) {
    for instance in schema.get("examples").into_iter().flat_map(Node::items) {
        cases.push(Case { file: file.to_owned(), pointer: pointer.to_owned(), instance });
    }
    for (steps, schema) in below(schema) {
        collect_own(schema, file, &format!("{pointer}{steps}"), cases);
    }
}

/// The component that a schema refers to.
fn reference(schema: &Node) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(COMPONENTS)
}

/// The schemas right below a schema, with the steps that lead to them.
fn below(schema: &Node) -> Vec<(String, &Node)> {
    let mut found = Vec::new();
    for (keyword, value) in schema.members() {
        let step = format!("/{}", escape(keyword));
        if DATA.contains(&keyword) || keyword.starts_with("x-") {
            continue;
        }
        match value.kind {
            Kind::Map(_) if !NAMED.contains(&keyword) => found.push((step, value)),
            _ => {
                let named = value.members();
                found.extend(named.map(|(name, node)| (format!("{step}/{}", escape(name)), node)));
                let listed = value.items().enumerate();
                found.extend(listed.map(|(position, node)| (format!("{step}/{position}"), node)));
            }
        }
    }
    found
}

/// The schema without extensions, its references led to `$defs`.
fn rewritten(schema: &Node) -> Node {
    match &schema.kind {
        Kind::Map(members) => {
            let own = members.iter().filter(|(keyword, _)| !keyword.starts_with("x-"));
            map(own.map(|(keyword, value)| (keyword.clone(), rewritten_keyword(keyword, value))))
        }
        Kind::List(items) => {
            Node { line: 0, kind: Kind::List(items.iter().map(rewritten).collect()) }
        }
        _ => schema.clone(),
    }
}

fn rewritten_keyword(keyword: &str, value: &Node) -> Node {
    let component = value.as_str().and_then(|reference| reference.strip_prefix(COMPONENTS));
    match component {
        Some(name) if keyword == "$ref" => text(&format!("#/$defs/{name}")),
        _ if DATA.contains(&keyword) => value.clone(),
        _ if NAMED.contains(&keyword) => {
            map(value.members().map(|(name, schema)| (name.to_owned(), rewritten(schema))))
        }
        _ => rewritten(value),
    }
}

fn text(text: &str) -> Node {
    Node { line: 0, kind: Kind::String(text.to_owned()) }
}

fn map(members: impl IntoIterator<Item = (String, Node)>) -> Node {
    Node { line: 0, kind: Kind::Map(members.into_iter().collect()) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn library() -> Node {
        Node::parse(
            "
            paths:
              /shelves:
                get:
                  parameters:
                    - name: shelf
                      schema: { $ref: '#/components/schemas/Shelf' }
                      examples: { first: { value: A1 }, last: { $ref: '#/components/examples/last' } }
            components:
              examples:
                last: { value: Z9 }
              schemas:
                Shelf: { type: string, pattern: '^[A-Z][0-9]$', x-unit: none, examples: [B2] }
                Book:
                  type: object
                  x-rules: [{ id: one, $ref: '#/components/schemas/Nothing' }]
                  properties:
                    x-mark: { type: [string, 'null'] }
                    $ref: { type: string }
                    examples: { type: integer, examples: [3] }
                    shelf:
                      description: Where it stands.
                      allOf: [{ $ref: '#/components/schemas/Shelf' }]
                      enum: [A1, { x-data: { $ref: '#/components/schemas/Nothing' } }]
                    sequels: { type: array, items: { $ref: '#/components/schemas/Book' } }
                Reader: { properties: { lent: { $ref: '#/components/schemas/Book' } } }
            ",
        )
        .unwrap()
    }

    fn schema(file: &str) -> Value {
        files(&library()).find(|(name, _)| name == file).unwrap().1.to_value()
    }

    #[test]
    fn a_file_is_a_schema_of_its_own_without_extensions() {
        let expected = json!({
            "$schema": DIALECT, "$id": "Shelf.json", "title": "Shelf",
            "type": "string", "pattern": "^[A-Z][0-9]$", "examples": ["B2"],
        });
        assert_eq!(schema("Shelf.json"), expected);
    }

    #[test]
    fn a_file_holds_what_it_refers_to_and_what_that_refers_to() {
        let book = schema("Book.json");
        for schema in [&book, &schema("Reader.json")] {
            let definitions = schema["$defs"].as_object().unwrap();
            assert_eq!(definitions.keys().collect::<Vec<_>>(), ["Book", "Shelf"]);
        }
        assert_eq!(book["properties"]["sequels"]["items"]["$ref"], "#/$defs/Book");
        assert_eq!(book["properties"]["shelf"]["description"], "Where it stands.");
    }

    #[test]
    fn names_and_data_that_look_like_keywords_stay() {
        let book = schema("Book.json");
        assert_eq!(book["properties"]["x-mark"]["type"], json!(["string", "null"]));
        assert_eq!(book["properties"]["$ref"]["type"], "string");
        let data = json!({ "x-data": { "$ref": "#/components/schemas/Nothing" } });
        assert_eq!(book["properties"]["shelf"]["enum"][1], data);
    }

    #[test]
    fn every_example_is_a_case() {
        let library = library();
        let cases = serde_json::to_value(cases(&library)).unwrap();
        let expected = json!([
            { "file": "Shelf.json", "pointer": "", "instance": "A1" },
            { "file": "Shelf.json", "pointer": "", "instance": "Z9" },
            { "file": "Shelf.json", "pointer": "", "instance": "B2" },
            { "file": "Book.json", "pointer": "/properties/examples", "instance": 3 },
        ]);
        assert_eq!(cases, expected);
    }
}
