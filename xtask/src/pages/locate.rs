//! Where a parameter, a field or a keyword that a page speaks of stands in the document.
//!
//! A page names a field by its part of the exchange and a pointer into the body, with `*` for each
//! item of an array and each key of a map. The document spreads the same field over `$ref` and
//! `allOf`; [`Located`] looks through both.

use std::collections::BTreeSet;

use crate::document::{Document, Operation};
use crate::node::{Node, escape, unescape};

use super::facts::{Location, Part};

/// An operation of the document, to look things up in.
pub struct Exchange<'a> {
    pub document: &'a Document,
    pub operation: Operation<'a>,
}

/// A parameter or schema of the document.
#[derive(Clone)]
pub struct Located<'a> {
    document: &'a Document,
    /// Where it is named: of a field, its entry in `properties`, not yet past a `$ref`.
    pub pointer: String,
}

impl<'a> Exchange<'a> {
    pub fn new(document: &'a Document, operation: Operation<'a>) -> Self {
        Self { document, operation }
    }

    fn located(&self, pointer: String) -> Located<'a> {
        Located { document: self.document, pointer }
    }

    /// A parameter, of the operation or of its path.
    pub fn parameter(&self, name: &str, location: Location) -> Option<Located<'a>> {
        let location = match location {
            Location::Path => "path",
            Location::Query => "query",
        };
        let path = self.operation.pointer.rsplit_once('/').map_or("", |(path, _)| path);
        [&self.operation.pointer, path].into_iter().find_map(|owner| {
            let list = format!("{owner}/parameters");
            let count = self.document.root.pointer(&list)?.items().count();
            (0..count).find_map(|index| {
                let pointer = format!("{list}/{index}");
                let (_, node) = self.document.resolve(&pointer)?;
                let text = |key| node.get(key).and_then(Node::as_str);
                let is_it = text("name") == Some(name) && text("in") == Some(location);
                is_it.then(|| self.located(pointer))
            })
        })
    }

    /// What a body may be, in its first media type: of the request, or of the reply to a success.
    fn content(&self, part: Part) -> Option<(String, &'a Node)> {
        let operation = &self.operation;
        let owner = match part {
            Part::Uri => return None,
            Part::Request => format!("{}/requestBody", operation.pointer),
            Part::Response => {
                let mut statuses = operation.node.get("responses")?.members();
                let (success, _) = statuses.find(|(status, _)| status.starts_with('2'))?;
                format!("{}/responses/{}", operation.pointer, escape(success))
            }
        };
        let (owner, node) = self.document.resolve(&owner)?;
        let (media_type, content) = node.get("content")?.members().next()?;
        Some((format!("{owner}/content/{}", escape(media_type)), content))
    }

    /// The schema of a body.
    pub fn body(&self, part: Part) -> Option<Located<'a>> {
        let (pointer, content) = self.content(part)?;
        content.get("schema")?;
        Some(self.located(format!("{pointer}/schema")))
    }

    /// Where the first example of a body stands, as JSON.
    pub fn example(&self, part: Part) -> Option<String> {
        let (pointer, content) = self.content(part)?;
        if content.get("example").is_some() {
            return Some(format!("{pointer}/example"));
        }
        let (name, _) = content.get("examples")?.members().next()?;
        let example = self.located(format!("{pointer}/examples/{}", escape(name)));
        example.keyword("value").map(|(pointer, _)| pointer)
    }

    /// The field that a pointer with `*` leads to. An error holds how far the document goes: the
    /// last schema on the way.
    pub fn field(&self, part: Part, pointer: &str) -> Result<Located<'a>, Option<Located<'a>>> {
        let mut field = self.body(part).ok_or(None)?;
        for step in pointer.split('/').skip(1) {
            field = field.step(step).ok_or(Some(field))?;
        }
        Ok(field)
    }
}

impl<'a> Located<'a> {
    fn at(&self, pointer: String) -> Self {
        Self { document: self.document, pointer }
    }

    /// The nodes that together make this one, each with its pointer: what stands here, then what
    /// `$ref` and `allOf` lead to.
    pub fn layers(&self) -> Vec<(String, &'a Node)> {
        let mut layers: Vec<(String, &Node)> = Vec::new();
        let mut next = vec![self.pointer.clone()];
        while let Some(pointer) = next.pop() {
            let Some((pointer, node)) = self.document.resolve(&pointer) else { continue };
            // One that leads to itself ends here.
            if layers.iter().any(|(known, _)| *known == pointer) {
                continue;
            }
            let parts = node.get("allOf").map_or(0, |all_of| all_of.items().count());
            next.extend((0..parts).rev().map(|index| format!("{pointer}/allOf/{index}")));
            layers.push((pointer, node));
        }
        layers
    }

    /// The first of the layers that has a keyword: where the keyword stands, and its value.
    pub fn keyword(&self, keyword: &str) -> Option<(String, &'a Node)> {
        self.layers().into_iter().find_map(|(pointer, node)| {
            Some((format!("{pointer}/{}", escape(keyword)), node.get(keyword)?))
        })
    }

    /// Where a keyword would be added: the last of the layers, which is the component.
    pub fn innermost(&self) -> String {
        self.layers().pop().map_or_else(|| self.pointer.clone(), |(pointer, _)| pointer)
    }

    /// The schema of a parameter.
    pub fn schema(&self) -> Option<Self> {
        self.keyword("schema").map(|(pointer, _)| self.at(pointer))
    }

    /// The schemas of which a value follows one: `oneOf` and `anyOf`.
    pub fn alternatives(&self) -> Vec<Self> {
        ["oneOf", "anyOf"]
            .into_iter()
            .filter_map(|keyword| self.keyword(keyword))
            .flat_map(|(pointer, list)| {
                (0..list.items().count()).map(move |index| format!("{pointer}/{index}"))
            })
            .map(|pointer| self.at(pointer))
            .collect()
    }

    /// The fields of that name in what this schema holds, however deep.
    pub fn named(&self, name: &str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut next = vec![self.clone()];
        // A schema that is met again, in a shared component or in itself, is looked at once.
        let mut known = BTreeSet::new();
        while let Some(schema) = next.pop() {
            if !known.insert(schema.pointer.clone()) {
                continue;
            }
            if schema.pointer.ends_with(&format!("/properties/{}", escape(name))) {
                found.push(schema.clone());
            }
            next.extend(schema.step("*"));
            for (_, node) in schema.layers() {
                let fields = node.get("properties").into_iter().flat_map(Node::members);
                next.extend(fields.filter_map(|(field, _)| schema.step(&escape(field))));
            }
        }
        found
    }

    /// What a step of a page's pointer leads to: a field, or for `*` the items of an array or the
    /// values of a map.
    pub fn step(&self, step: &str) -> Option<Self> {
        let below = |owner: &Self| {
            if step == "*" {
                let (pointer, node) =
                    owner.keyword("items").or_else(|| owner.keyword("additionalProperties"))?;
                return node.members().next().is_some().then(|| owner.at(pointer));
            }
            owner.layers().into_iter().find_map(|(pointer, node)| {
                node.get("properties")?.get(&unescape(step))?;
                Some(owner.at(format!("{pointer}/properties/{step}")))
            })
        };
        below(self).or_else(|| self.alternatives().iter().find_map(below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
paths:
  /shelves/{shelf}:
    parameters:
      - {in: path, name: shelf, schema: {type: string}}
    put:
      operationId: fillShelf
      parameters:
        - $ref: '#/components/parameters/Dry'
      requestBody:
        $ref: '#/components/requestBodies/Shelf'
      responses:
        '404': {content: {application/json: {schema: {type: string}}}}
        '201': {content: {application/json: {schema: {type: array, items: {type: object,
          properties: {code: {oneOf: [{type: integer}, {type: string, maxLength: 3},
          {type: object, properties: {text: {type: string}}}]}}}}}}}
components:
  parameters:
    Dry: {in: query, name: dry, schema: {allOf: [{$ref: '#/components/schemas/Flag'}]}}
  requestBodies:
    Shelf: {content: {application/json: {schema: {$ref: '#/components/schemas/Shelf'}}}}
  schemas:
    Flag: {type: boolean}
    Shelf:
      type: object
      required: [books]
      properties:
        books: {allOf: [{$ref: '#/components/schemas/Books'}], example: []}
        lent: {$ref: '#/components/schemas/Books'}
        a/b: {type: object, additionalProperties: {type: string}}
        self: {allOf: [{$ref: '#/components/schemas/Circle'}]}
    Books: {type: array, maxItems: 9, items: {$ref: '#/components/schemas/Book'}}
    Book: {type: object, properties: {title: {type: string, minLength: 1},
      parts: {$ref: '#/components/schemas/Books'}}}
    Circle: {allOf: [{$ref: '#/components/schemas/Circle'}], minimum: 1}
";

    fn exchange(document: &Document) -> Exchange<'_> {
        Exchange::new(document, document.operations().next().unwrap())
    }

    fn document() -> Document {
        Document { file: "shelves.yaml".into(), root: Node::parse(DOCUMENT).unwrap() }
    }

    #[test]
    fn a_parameter_is_found_in_the_operation_and_in_its_path() {
        let document = document();
        let exchange = exchange(&document);
        let dry = exchange.parameter("dry", Location::Query).unwrap();
        assert_eq!(dry.pointer, "/paths/~1shelves~1{shelf}/put/parameters/0");
        assert_eq!(dry.keyword("name").unwrap().0, "/components/parameters/Dry/name");
        let kind = dry.schema().unwrap().keyword("type").unwrap().0;
        assert_eq!(kind, "/components/schemas/Flag/type");
        let shelf = exchange.parameter("shelf", Location::Path).unwrap();
        assert_eq!(shelf.pointer, "/paths/~1shelves~1{shelf}/parameters/0");
        assert!(exchange.parameter("shelf", Location::Query).is_none());
    }

    #[test]
    fn a_field_is_found_through_references_lists_and_maps() {
        let document = document();
        let exchange = exchange(&document);
        let field = |part, pointer| exchange.field(part, pointer).ok().unwrap();
        let books = field(Part::Request, "/books");
        assert_eq!(books.pointer, "/components/schemas/Shelf/properties/books");
        assert_eq!(books.keyword("maxItems").unwrap().0, "/components/schemas/Books/maxItems");
        assert_eq!(books.keyword("example").unwrap().0, format!("{}/example", books.pointer));
        assert_eq!(books.innermost(), "/components/schemas/Books");
        let title = field(Part::Request, "/books/*/title");
        assert_eq!(title.pointer, "/components/schemas/Book/properties/title");
        let value = field(Part::Request, "/a~1b/*");
        assert_eq!(value.pointer, "/components/schemas/Shelf/properties/a~1b/additionalProperties");
        let code = field(Part::Response, "/*/code");
        assert!(code.keyword("type").is_none());
        assert!(code.alternatives()[1].pointer.ends_with("/oneOf/1"));
        let text = field(Part::Response, "/*/code/text");
        assert!(text.pointer.ends_with("/oneOf/2/properties/text"));
    }

    #[test]
    fn of_a_field_that_is_not_there_the_last_schema_on_the_way_is_told() {
        let document = document();
        let exchange = exchange(&document);
        let missing = exchange.field(Part::Request, "/books/*/pages/first").err().unwrap().unwrap();
        assert_eq!(missing.innermost(), "/components/schemas/Book");
        assert!(exchange.field(Part::Uri, "/dry").err().unwrap().is_none());
    }

    #[test]
    fn a_field_is_found_by_its_name_alone_once_however_often_it_is_used() {
        let document = document();
        let body = exchange(&document).body(Part::Request).unwrap();
        let found: Vec<_> = body.named("title").into_iter().map(|field| field.pointer).collect();
        assert_eq!(found, ["/components/schemas/Book/properties/title"]);
        assert!(body.named("pages").is_empty());
    }

    #[test]
    fn a_schema_that_leads_to_itself_is_looked_through_once() {
        let document = document();
        let circle = exchange(&document).field(Part::Request, "/self").ok().unwrap();
        assert_eq!(circle.layers().len(), 2);
        assert!(circle.keyword("maximum").is_none());
    }
}
