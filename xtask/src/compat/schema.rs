//! Schemas: types, fields, values, bounds.

use super::compare::{At, Comparison, Difference, resolve, same, short};
use super::operations::{Flag, flag};
use super::rules::Kind;
use super::whole::sides;
use crate::direction::Direction;
use crate::node::{self, Node};

use Difference::{Added, Changed, Removed};

impl Comparison<'_> {
    pub fn schema(&mut self, old: &At<'_>, new: &At<'_>, direction: Direction) {
        self.referred(old, new, direction, Kind::AnotherSchema, |it, old, new| {
            it.resolved_schema(old, new, direction);
        });
    }

    fn resolved_schema(&mut self, old: &At<'_>, new: &At<'_>, direction: Direction) {
        // A component in `allOf` around it, on one side only: what both mean is compared.
        let (old_wraps, new_wraps) = (wrapped(old), wrapped(new));
        if old.node.get("allOf").is_some() != new.node.get("allOf").is_some() {
            let flat_old = old_wraps.and_then(|inner| unwrapped(old, &resolve(self.old, &inner)?));
            let flat_new = new_wraps.and_then(|inner| unwrapped(new, &resolve(self.new, &inner)?));
            let what = "a component of its own, on one side".to_owned();
            if let (None, Some(flat)) = (&flat_old, &flat_new) {
                self.at(Kind::AnotherSchema, direction, new, what);
                return self.keywords(old, &At::new(flat, &new.pointer), direction);
            }
            if let (Some(flat), None) = (&flat_old, &flat_new) {
                self.at(Kind::AnotherSchema, direction, new, what);
                return self.keywords(&At::new(flat, &old.pointer), new, direction);
            }
        }
        self.keywords(old, new, direction);
    }

    fn keywords(&mut self, old: &At<'_>, new: &At<'_>, direction: Direction) {
        self.members(old, new, Kind::Order, direction, |it, name, difference| match name {
            "type" => it.report(Kind::TypeChanged, direction, difference),
            "format" => it.report(Kind::FormatChanged, direction, difference),
            "title" => it.report(Kind::SchemaTitle, direction, difference),
            "description" | "example" | "externalDocs" => it.documentation(difference),
            "deprecated" => it.deprecated(difference),
            "nullable" => {
                let kinds = [Kind::NullableGained, Kind::NullableLost];
                it.gained_or_lost(difference, direction, kinds);
            }
            "default" => it.default(difference, direction),
            "enum" => it.enumeration(difference, direction),
            "x-enum-descriptions" => it.enum_descriptions(difference, old, new),
            "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems"
            | "minProperties" | "maxProperties" => it.bound(name, difference, direction),
            "multipleOf" => it.step(difference, direction),
            "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => {
                let kinds = [Kind::BoundNarrowed, Kind::BoundWidened];
                it.gained_or_lost(difference, direction, kinds);
            }
            "pattern" => {
                let kind = match difference {
                    Added(_) => Kind::BoundNarrowed,
                    Removed(_) => widened(difference, direction),
                    Changed(..) => Kind::PatternChanged,
                };
                it.report(kind, direction, difference);
            }
            "items" => it.schema_member(difference, direction),
            "properties" => it.fields(difference, old, new, direction),
            "required" => it.required(difference, old, new, direction),
            "additionalProperties" => it.other_fields(difference, direction),
            "allOf" => it.all_of(difference, direction),
            "oneOf" | "anyOf" => it.variants(difference, direction),
            _ => it.extension(name, difference, direction),
        });
    }

    fn default(&mut self, difference: &Difference<'_>, direction: Direction) {
        let kind = match difference {
            Added(_) => Kind::DefaultAdded,
            Removed(_) => Kind::DefaultRemoved,
            Changed(..) => Kind::DefaultChanged,
        };
        self.report(kind, direction, difference);
    }

    fn enumeration(&mut self, difference: &Difference<'_>, direction: Direction) {
        match difference {
            Added(_) => self.report(Kind::EnumStated, direction, difference),
            Removed(_) => self.report(Kind::EnumDropped, direction, difference),
            Changed(..) => {
                let (added, removed) = (Kind::EnumValueAdded, Kind::EnumValueRemoved);
                self.values(difference, direction, added, removed);
            }
        }
    }

    /// The text of a value that came or went is part of that; others are compared value by value.
    fn enum_descriptions(&mut self, difference: &Difference<'_>, old: &At<'_>, new: &At<'_>) {
        let pairs = |schema: &At<'_>| -> Vec<(String, String)> {
            let list = |key: &str| schema.node.get(key).into_iter().flat_map(Node::items);
            let values = list("enum").map(|value| value.to_value().to_string());
            let texts = list("x-enum-descriptions").map(|text| text.to_value().to_string());
            values.zip(texts).collect()
        };
        let (olds, news) = (pairs(old), pairs(new));
        let find = |value: &String| news.iter().find(|(other, _)| other == value);
        let is_changed =
            |(value, text): &(String, String)| find(value).is_some_and(|(_, other)| other != text);
        let same_enum = match (old.node.get("enum"), new.node.get("enum")) {
            (Some(old), Some(new)) => same(old, new),
            _ => true,
        };
        if same_enum || olds.iter().any(is_changed) {
            self.told_only(Kind::EnumDescription, difference);
        } else {
            self.cover();
        }
    }

    fn bound(&mut self, name: &str, difference: &Difference<'_>, direction: Direction) {
        let (old, new) = difference.sides();
        let is_lower = name.starts_with("min");
        // Of what is counted, none is the least there can be.
        let unbounded = match (is_lower, name == "minimum") {
            (true, false) => 0.0,
            (true, true) => f64::NEG_INFINITY,
            (false, _) => f64::INFINITY,
        };
        let (Some(old), Some(new)) = (number(old, unbounded), number(new, unbounded)) else {
            return self.unknown(difference, direction);
        };
        let is_narrower = if is_lower { new > old } else { new < old };
        let kind = match (is_narrower, old < new || new < old) {
            (true, _) => Kind::BoundNarrowed,
            (false, true) => widened(difference, direction),
            (false, false) => Kind::SameMeaning,
        };
        self.report(kind, direction, difference);
    }

    fn step(&mut self, difference: &Difference<'_>, direction: Direction) {
        let kind = match difference {
            Removed(_) => Kind::BoundWidened,
            // Whether one divides the other is not worth the doubt.
            Added(_) | Changed(..) => Kind::BoundNarrowed,
        };
        self.report(kind, direction, difference);
    }

    fn fields(
        &mut self,
        difference: &Difference<'_>,
        old_schema: &At<'_>,
        new_schema: &At<'_>,
        direction: Direction,
    ) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        let (old, new) = sides(difference, &empty);
        // A field that is gone and a new one that is like it.
        let twin = |of: &At<'_>, names: &At<'_>, others: &At<'_>| -> Option<String> {
            let twins: Vec<&str> = names
                .node
                .members()
                .filter(|(name, node)| others.node.get(name).is_none() && same(of.node, node))
                .map(|(name, _)| name)
                .collect();
            match twins[..] {
                [twin] => Some(twin.to_owned()),
                _ => None,
            }
        };
        let renamed = |field: &At<'_>, from: &At<'_>, to: &At<'_>| -> Option<String> {
            let name = twin(field, to, from)?;
            let back = to.get(&name).and_then(|other| twin(&other, from, to))?;
            from.get(&back).is_some_and(|it| it.pointer == field.pointer).then_some(name)
        };
        let is_required = |schema: &At<'_>, name: &str| {
            let names = schema.node.get("required").into_iter().flat_map(Node::items);
            names.filter_map(Node::as_str).any(|required| required == name)
        };
        let is_closed = matches!(
            old_schema.node.get("additionalProperties").map(|node| &node.kind),
            Some(node::Kind::Bool(false))
        );
        self.members(&old, &new, Kind::FieldOrder, direction, |it, name, difference| {
            match difference {
                Changed(old, new) => it.schema(old, new, direction),
                Removed(field) => match renamed(field, &old, &new) {
                    Some(new_name) => {
                        let what = format!("{name} -> {new_name}");
                        it.report_as(Kind::FieldRenamed, direction, difference, what);
                    }
                    None => it.report(Kind::FieldRemoved, direction, difference),
                },
                Added(field) if renamed(field, &new, &old).is_some() => it.cover(),
                Added(_) => {
                    let kind = if is_required(new_schema, name) && direction.request {
                        Kind::FieldAddedRequired
                    } else if is_closed && direction.reply {
                        Kind::FieldAddedToClosed
                    } else {
                        Kind::FieldAdded
                    };
                    it.report(kind, direction, difference);
                }
            }
        });
    }

    fn required(
        &mut self,
        difference: &Difference<'_>,
        old_schema: &At<'_>,
        new_schema: &At<'_>,
        direction: Direction,
    ) {
        let empty = Node { line: 0, kind: node::Kind::List(Vec::new()) };
        let (old, new) = sides(difference, &empty);
        let has = |schema: &At<'_>, name: &str| {
            schema.node.get("properties").is_some_and(|fields| fields.get(name).is_some())
        };
        let name = |node: &Node| node.as_str().map(str::to_owned);
        self.named(&old, &new, Kind::Order, direction, name, |it, name, difference| {
            match difference {
                // With the field itself.
                Added(_) if has(new_schema, name) && !has(old_schema, name) => it.cover(),
                Removed(_) if has(old_schema, name) && !has(new_schema, name) => it.cover(),
                Removed(_) => {
                    let what = format!("{name} may be missing");
                    it.report_as(Kind::RequiredLost, direction, difference, what);
                }
                Added(_) | Changed(..) => {
                    let what = format!("{name} has to be there");
                    it.report_as(Kind::RequiredGained, direction, difference, what);
                }
            }
        });
        if old.node.items().next().is_none() && new.node.items().next().is_none() {
            self.report(Kind::SameMeaning, direction, difference);
        }
    }

    fn other_fields(&mut self, difference: &Difference<'_>, direction: Direction) {
        let (old, new) = difference.sides();
        let is_schema =
            |at: Option<&At<'_>>| at.is_some_and(|at| matches!(at.node.kind, node::Kind::Map(_)));
        if let (true, true, Changed(old, new)) = (is_schema(old), is_schema(new), difference) {
            return self.schema(old, new, direction);
        }
        let kind = match flag(difference, true) {
            Flag::Gained => Kind::ObjectOpened,
            Flag::Lost => Kind::ObjectClosed,
            Flag::Same => Kind::SameMeaning,
            Flag::Neither => Kind::OtherFieldsChanged,
        };
        self.report(kind, direction, difference);
    }

    fn all_of(&mut self, difference: &Difference<'_>, direction: Direction) {
        let (old, new) = difference.sides();
        let items = |at: Option<&At<'_>>| at.map(At::items).unwrap_or_default().len();
        match difference {
            Changed(old_list, new_list) if items(old) == items(new) && items(old) > 0 => {
                for (old, new) in old_list.items().into_iter().zip(new_list.items()) {
                    if !same(old.node, new.node) {
                        self.schema(&old, &new, direction);
                    }
                }
            }
            _ => self.report(Kind::CompositionChanged, direction, difference),
        }
    }

    /// Variants are told apart by the component that they refer to, or by their type.
    fn variants(&mut self, difference: &Difference<'_>, direction: Direction) {
        let Changed(old, new) = difference else {
            return self.report(Kind::CompositionChanged, direction, difference);
        };
        let name = |node: &Node| {
            let name = node.get("$ref").or_else(|| node.get("type"));
            Some(name.map_or_else(|| short(node), |name| name.as_str().unwrap_or("").to_owned()))
        };
        self.named(
            old,
            new,
            Kind::Order,
            direction,
            name,
            |it, name, difference| match difference {
                Changed(old, new) => it.schema(old, new, direction),
                Added(_) => {
                    let what = format!("{name} is new");
                    it.report_as(Kind::VariantAdded, direction, difference, what);
                }
                Removed(_) => {
                    let what = format!("{name} is gone");
                    it.report_as(Kind::VariantRemoved, direction, difference, what);
                }
            },
        );
    }
}

/// The component that a schema wraps in `allOf`.
fn wrapped<'n>(schema: &At<'n>) -> Option<At<'n>> {
    let items = schema.get("allOf")?.items();
    match &items[..] {
        [inner] if inner.node.get("$ref").is_some() => Some(inner.clone()),
        _ => None,
    }
}

/// A wrapper and what it wraps, as one schema; the wrapper's own words come first.
fn unwrapped(wrapper: &At<'_>, inner: &At<'_>) -> Option<Node> {
    let node::Kind::Map(members) = &wrapper.node.kind else { return None };
    let mut members = members.clone();
    members.shift_remove("allOf");
    for (name, node) in inner.node.members() {
        members.entry(name.to_owned()).or_insert_with(|| node.clone());
    }
    Some(Node { line: wrapper.node.line, kind: node::Kind::Map(members) })
}

/// Of what the crate names after a component, the name stays when a bound goes; a bound that stands
/// inline has a type of its own.
fn widened(difference: &Difference<'_>, direction: Direction) -> Kind {
    match difference {
        // `/components/schemas/Name/maximum`
        Removed(at) if direction.request && at.pointer.split('/').count() > 5 => {
            Kind::InlineBoundRemoved
        }
        _ => Kind::BoundWidened,
    }
}

fn number(at: Option<&At<'_>>, absent: f64) -> Option<f64> {
    match at.map(|at| &at.node.kind) {
        None => Some(absent),
        Some(node::Kind::Number(number)) => number.as_f64(),
        Some(_) => None,
    }
}
