//! A YAML or JSON file as a tree with line numbers, with the members in the order of the file.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};
use serde_saphyr::Spanned;

/// A value, and the line on which it begins.
#[derive(Clone, Debug)]
pub struct Node {
    /// 1 for the first line; 0 for a node that is not in a file.
    pub line: u64,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Node>),
    Map(IndexMap<String, Node>),
}

impl Node {
    /// Parses YAML or JSON.
    pub fn parse(text: &str) -> Result<Self, serde_saphyr::Error> {
        serde_saphyr::from_str(text)
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The member with this name, if this is a map.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(members) => members.get(name),
            _ => None,
        }
    }

    /// The member with this name, if it is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether the member with this name is `true`.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(Self::is_true)
    }

    pub fn is_true(&self) -> bool {
        matches!(self.kind, Kind::Bool(true))
    }

    /// The members of a map, in the order of the file. Empty if this is not a map.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let members = match &self.kind {
            Kind::Map(members) => Some(members),
            _ => None,
        };
        members.into_iter().flatten().map(|(name, node)| (name.as_str(), node))
    }

    /// The items of a list. Empty if this is not a list.
    pub fn items(&self) -> impl Iterator<Item = &Self> {
        let items = match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        };
        items.into_iter().flatten()
    }

    /// The items of the member with this name.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.get(name).into_iter().flat_map(Self::items)
    }

    /// The members of the member with this name.
    pub fn map(&self, name: &str) -> impl Iterator<Item = (&str, &Self)> {
        self.get(name).into_iter().flat_map(Self::members)
    }

    /// The JSON Pointer in a `$ref` to the same document.
    pub fn reference(&self) -> Option<&str> {
        self.get("$ref")?.as_str()?.strip_prefix('#')
    }

    /// The node at a JSON Pointer (RFC 6901).
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        let mut steps = pointer.split('/');
        if steps.next() != Some("") {
            return None;
        }
        steps.try_fold(self, |node, step| match &node.kind {
            Kind::Map(members) => members.get(&unescape(step)),
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    #[cfg(test)]
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        pointer.split('/').skip(1).try_fold(self, |node, step| match &mut node.kind {
            Kind::Map(members) => members.get_mut(&unescape(step)),
            Kind::List(items) => items.get_mut(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The node as a JSON value, without lines and order.
    pub fn to_value(&self) -> Value {
        // Never fails, since every kind of node is a JSON value.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Escapes a name as a step of a JSON Pointer.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Unescapes a step of a JSON Pointer.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            Kind::Null => serializer.serialize_unit(),
            Kind::Bool(value) => value.serialize(serializer),
            Kind::Number(value) => value.serialize(serializer),
            Kind::String(text) => text.serialize(serializer),
            Kind::List(items) => items.serialize(serializer),
            Kind::Map(members) => serializer.collect_map(members),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Plain>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), kind: spanned.value.0 })
    }
}

/// A node without its line.
struct Plain(Kind);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor).map(Self)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can hold")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Kind, E> {
        Number::from_f64(value)
            .map(Kind::Number)
            .ok_or_else(|| E::custom(format!("{value} is not a number in JSON")))
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut members = IndexMap::new();
        while let Some((name, node)) = map.next_entry()? {
            members.insert(name, node);
        }
        Ok(Kind::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_order_are_kept_and_a_repeated_name_is_an_error() {
        let node = Node::parse("b:\n  - 1\n  - x: true\na/c: null\n").unwrap();
        assert_eq!(serde_json::to_string(&node).unwrap(), r#"{"b":[1,{"x":true}],"a/c":null}"#);
        assert_eq!(node.pointer("/b/1/x").unwrap().line, 3);
        assert_eq!(node.pointer("/a~1c").unwrap().line, 4);
        assert!(node.pointer("/b/2").is_none() && node.pointer("b").is_none());
        assert!(Node::parse("a: 1\nb: 2\na: 3\n").is_err());
    }
}
