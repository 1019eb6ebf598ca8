//! An OpenAPI document: loaded from YAML or JSON, with things looked up in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::node::{Kind, Node, escape};
use crate::{Failure, root};

pub const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub struct Document {
    /// As it was given, for messages.
    pub file: PathBuf,
    pub root: Node,
}

/// One method of one path.
pub struct Operation<'a> {
    pub id: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    /// The JSON Pointer of the operation.
    pub pointer: String,
    pub node: &'a Node,
}

impl Document {
    /// The document of this project.
    pub fn ours() -> Result<Self, Failure> {
        Self::load(&root().join("openapi").join("autoscaling.yaml"))
    }

    /// The one that is named on the command line, by its absolute path; that of this project when
    /// none is.
    pub fn named(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else { return Self::ours() };
        let file = fs::canonicalize(file)
            .map_err(|error| format!("{}: {error}; name an OpenAPI document", file.display()))?;
        Self::load(&file)
    }

    pub fn load(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("{}: {error}; name an OpenAPI document", file.display()))?;
        let root = Node::parse(&text).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line());
            let error = error.without_snippet();
            format!("{}:{line}: not valid YAML: {error}", file.display())
        })?;
        // Shorter in messages, where it lies within the project.
        let file = file.strip_prefix(crate::root()).unwrap_or(file).to_owned();
        let document = Self { file, root };
        // What else it is, is not judged here.
        match document.root.get("paths").map(|paths| &paths.kind) {
            Some(Kind::Map(_)) => Ok(document),
            _ => {
                Err(format!("{}: has no paths; name an OpenAPI document", document.place(""))
                    .into())
            }
        }
    }

    /// The document as JSON, its members in the order of the file.
    pub fn to_json(&self) -> Result<String, Failure> {
        let mut json = serde_json::to_string_pretty(&self.root)?;
        json.push('\n');
        Ok(json)
    }

    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.root.get("paths").into_iter().flat_map(Node::members);
        paths.flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                let node = item.get(method)?;
                Some(Operation {
                    id: node.text("operationId").unwrap_or(""),
                    method,
                    path,
                    pointer: format!("/paths/{}/{method}", escape(path)),
                    node,
                })
            })
        })
    }

    /// The pointer and the node that this pointer leads to, past any `$ref` at its end.
    pub fn resolve(&self, pointer: &str) -> Option<(String, &Node)> {
        let mut pointer = pointer.to_owned();
        // More than a document has in a row: references that go in a circle end too.
        for _ in 0..20 {
            let node = self.root.pointer(&pointer)?;
            if node.get("$ref").is_none() {
                return Some((pointer, node));
            }
            node.reference()?.clone_into(&mut pointer);
        }
        None
    }

    /// Where a pointer leads, for a message: `openapi/autoscaling.yaml:12: /info/title`. What is not
    /// there has the line of the nearest thing above it.
    pub fn place(&self, pointer: &str) -> String {
        let mut nearest = pointer;
        let line = loop {
            match self.root.pointer(nearest) {
                Some(node) => break node.line,
                None => nearest = nearest.rsplit_once('/').map_or("", |(above, _)| above),
            }
        };
        let file = self.file.display();
        if pointer.is_empty() {
            format!("{file}:{line}")
        } else {
            format!("{file}:{line}: {pointer}")
        }
    }
}
