//! Loads an OpenAPI document from YAML or JSON, and looks up operations, pointers and lines in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::node::{Kind, Node, escape};
use crate::{Failure, root};

pub const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub struct Document {
    /// The path for messages, relative to the project if it is inside of it.
    pub file: PathBuf,
    pub root: Node,
}

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

    /// The document that is named on the command line. The default is the document of this project.
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
        // Inside of the project, messages show a relative path.
        let file = file.strip_prefix(crate::root()).unwrap_or(file).to_owned();
        let document = Self { file, root };
        // Further validation is left to `cargo xtask lint`.
        match document.root.get("paths").map(|paths| &paths.kind) {
            Some(Kind::Map(_)) => Ok(document),
            _ => {
                Err(format!("{}: has no paths; name an OpenAPI document", document.place(""))
                    .into())
            }
        }
    }

    /// The document as JSON, with the members in the order of the file.
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

    /// Resolves any `$ref` at the end of a pointer. Returns the resulting pointer and its node.
    pub fn resolve(&self, pointer: &str) -> Option<(String, &Node)> {
        let mut pointer = pointer.to_owned();
        // More than the longest chain of references, so that circular references end too.
        for _ in 0..20 {
            let node = self.root.pointer(&pointer)?;
            if node.get("$ref").is_none() {
                return Some((pointer, node));
            }
            node.reference()?.clone_into(&mut pointer);
        }
        None
    }

    /// The location of a pointer, for messages: `openapi/autoscaling.yaml:12: /info/title`. A pointer without a node
    /// has the line of the nearest node above it.
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
