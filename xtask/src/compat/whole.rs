//! The document as a whole: what it says of itself, servers, security, components.

use std::collections::BTreeMap;

use super::compare::{At, Comparison, Difference, short};
use super::rules::Kind;
use crate::direction::Direction;
use crate::node::{self, Node};

use Difference::{Added, Changed, Removed};

const NEITHER: Direction = Direction::NEITHER;

impl Comparison<'_> {
    pub fn document(&mut self) {
        let (old, new) = (At::new(&self.old.root, ""), At::new(&self.new.root, ""));
        self.renames(&old, &new);
        self.operations();
        self.members(&old, &new, Kind::Order, NEITHER, |it, name, difference| match name {
            "openapi" => it.report(Kind::OpenapiVersion, NEITHER, difference),
            "info" => it.info(difference),
            "externalDocs" | "tags" => it.documentation(difference),
            "servers" => it.servers(difference),
            "security" => it.security(difference),
            "paths" => it.paths(difference),
            "components" => it.components(difference),
            _ => it.extension(name, difference, NEITHER),
        });
    }

    fn info(&mut self, difference: &Difference<'_>) {
        let Changed(old, new) = difference else { return self.unknown(difference, NEITHER) };
        self.members(old, new, Kind::Order, NEITHER, |it, name, difference| match name {
            "title" => it.report(Kind::DocumentTitle, NEITHER, difference),
            "version" => it.report(Kind::DocumentVersion, NEITHER, difference),
            "license" | "termsOfService" => it.told_only(Kind::Licence, difference),
            "description" | "contact" => it.documentation(difference),
            _ => it.extension(name, difference, NEITHER),
        });
    }

    fn servers(&mut self, difference: &Difference<'_>) {
        let (old, new) = match difference {
            Changed(old, new) => (old, new),
            Added(_) => return self.report(Kind::ServerAdded, NEITHER, difference),
            Removed(_) => return self.report(Kind::ServerRemoved, NEITHER, difference),
        };
        if let ([old], [new]) = (&old.items()[..], &new.items()[..]) {
            return self.server(old, new);
        }
        let url = |server: &Node| server.text("url").map(str::to_owned);
        // Generated clients take the first one.
        let order = Kind::ServerChanged;
        self.named(old, new, order, NEITHER, url, |it, _, difference| match difference {
            Added(_) => it.report(Kind::ServerAdded, NEITHER, difference),
            Removed(_) => it.report(Kind::ServerRemoved, NEITHER, difference),
            Changed(old, new) => it.server(old, new),
        });
    }

    fn server(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, NEITHER, |it, name, difference| match name {
            "url" => it.report(Kind::ServerChanged, NEITHER, difference),
            "description" => it.documentation(difference),
            "variables" => match difference {
                Changed(old, new) => it.variables(old, new),
                _ => it.report(Kind::ServerChanged, NEITHER, difference),
            },
            _ => it.extension(name, difference, NEITHER),
        });
    }

    fn variables(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, NEITHER, |it, _, difference| {
            let Changed(old, new) = difference else {
                return it.report(Kind::ServerChanged, NEITHER, difference);
            };
            it.members(old, new, Kind::Order, NEITHER, |it, name, difference| match name {
                "description" => it.documentation(difference),
                "default" => it.report(Kind::DefaultRegion, NEITHER, difference),
                "enum" => match difference {
                    Changed(..) => {
                        let (added, removed) = (Kind::RegionAdded, Kind::RegionRemoved);
                        it.values(difference, NEITHER, added, removed);
                    }
                    // Without a list, any region may be named.
                    Added(_) => it.report(Kind::RegionRemoved, NEITHER, difference),
                    Removed(_) => it.report(Kind::RegionAdded, NEITHER, difference),
                },
                _ => it.extension(name, difference, NEITHER),
            });
        });
    }

    /// Compares two lists of plain values, whose order matters to nobody.
    pub fn values(
        &mut self,
        difference: &Difference<'_>,
        direction: Direction,
        added: Kind,
        removed: Kind,
    ) {
        let Changed(old, new) = difference else {
            return self.unknown(difference, direction);
        };
        let name = |node: &Node| Some(node.to_value().to_string());
        self.named(
            old,
            new,
            Kind::Order,
            direction,
            name,
            |it, name, difference| match difference {
                Removed(_) => {
                    it.report_as(removed, direction, difference, format!("{name} is gone"));
                }
                Added(_) | Changed(..) => {
                    it.report_as(added, direction, difference, format!("{name} is new"));
                }
            },
        );
    }

    /// Each requirement is one way to authenticate; without any, everybody may call.
    fn security(&mut self, difference: &Difference<'_>) {
        let count = |at: Option<&At<'_>>| at.map_or(0, |at| at.node.items().count());
        let (old, new) = difference.sides();
        match (count(old), count(new), difference) {
            (0, 0, difference) => self.report(Kind::SameMeaning, NEITHER, difference),
            (0, _, difference) => self.report(Kind::SecurityDemanded, NEITHER, difference),
            (_, 0, difference) => self.report(Kind::SecurityLifted, NEITHER, difference),
            (_, _, difference) => {
                self.values(difference, NEITHER, Kind::SecurityAdded, Kind::SecurityRemoved);
            }
        }
    }

    /// Finds the components that only have another name: one that is gone, and one that is new, and
    /// says the same.
    fn renames(&mut self, old: &At<'_>, new: &At<'_>) {
        // The components that the other document does not have, by section and content.
        let only = |these: &At<'_>, others: &At<'_>| {
            let mut only: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for section in these.get("components").iter().flat_map(At::members) {
                for entry in section.members() {
                    if others.node.pointer(&entry.pointer).is_none() {
                        let (section, _) =
                            entry.pointer.rsplit_once('/').unwrap_or((&entry.pointer, ""));
                        let content = format!("{section} {}", entry.node.to_value());
                        only.entry(content).or_default().push(entry.pointer);
                    }
                }
            }
            only
        };
        let new_only = only(new, old);
        for (content, gone) in only(old, new) {
            if let ([from], Some([to])) = (&gone[..], new_only.get(&content).map(Vec::as_slice)) {
                self.rename(from, to);
            }
        }
    }

    fn components(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::Map(indexmap::IndexMap::new()) };
        // One that has none is like one that has no components yet.
        let (old, new) = sides(difference, &empty);
        self.members(&old, &new, Kind::Order, NEITHER, |it, section, difference| match section {
            "schemas" | "parameters" | "headers" | "requestBodies" | "responses"
            | "securitySchemes" => {
                let (old, new) = sides(difference, &empty);
                it.section(section, &old, &new);
            }
            "examples" => it.documentation(difference),
            _ => it.extension(section, difference, NEITHER),
        });
    }

    fn section(&mut self, section: &str, old: &At<'_>, new: &At<'_>) {
        let is_schemas = section == "schemas";
        self.members(old, new, Kind::Order, NEITHER, |it, name, difference| match difference {
            Added(at) if it.is_new_name(&at.pointer) => it.cover(),
            Added(_) if is_schemas => it.report(Kind::SchemaAdded, NEITHER, difference),
            Added(_) => it.report(Kind::ComponentAdded, NEITHER, difference),
            Removed(at) => match it.new_name_of(&at.pointer) {
                Some(new_name) => {
                    let kind =
                        if is_schemas { Kind::SchemaRenamed } else { Kind::ComponentRenamed };
                    it.report_as(kind, NEITHER, difference, format!("{name} -> {new_name}"));
                }
                None if is_schemas => it.report(Kind::SchemaRemoved, NEITHER, difference),
                None => it.report(Kind::ComponentRemoved, NEITHER, difference),
            },
            Changed(old, new) => {
                let direction = it.direction_of(&new.pointer);
                match section {
                    "schemas" => it.schema(old, new, direction),
                    "parameters" => it.parameter(old, new),
                    "headers" => it.header(old, new),
                    "requestBodies" => it.body(old, new),
                    "responses" => it.response(old, new),
                    _ => it.security_scheme(old, new),
                }
            }
        });
    }

    fn security_scheme(&mut self, old: &At<'_>, new: &At<'_>) {
        self.members(old, new, Kind::Order, NEITHER, |it, name, difference| match name {
            "description" => it.documentation(difference),
            "type" | "in" | "name" | "scheme" | "bearerFormat" | "flows" | "openIdConnectUrl" => {
                it.report(Kind::SecurityScheme, NEITHER, difference);
            }
            _ => it.extension(name, difference, NEITHER),
        });
    }

    /// The extensions that may stand in several places, and all that no other step knows.
    pub fn extension(&mut self, name: &str, difference: &Difference<'_>, direction: Direction) {
        match name {
            "x-observed" => self.report(Kind::Observed, NEITHER, difference),
            "x-default-on-create" => self.told_only(Kind::InitialValue, difference),
            "x-client-parameter" => {
                self.report(Kind::ClientParameterChanged, NEITHER, difference);
            }
            "x-service-type" => {
                let kind = match difference {
                    Added(_) => Kind::ServiceTypeAdded,
                    _ => Kind::ServiceTypeChanged,
                };
                self.report(kind, NEITHER, difference);
            }
            "x-unit" => {
                let kind = match difference {
                    Changed(..) => Kind::UnitChanged,
                    _ => Kind::UnitStated,
                };
                self.report(kind, direction, difference);
            }
            "x-pagination" => {
                let kind = match difference {
                    Added(_) => Kind::PaginationAdded,
                    Removed(_) => Kind::PaginationRemoved,
                    Changed(..) => return self.told_only(Kind::PaginationChanged, difference),
                };
                self.report(kind, NEITHER, difference);
            }
            "x-strftime" => {
                let empty = Node { line: 0, kind: node::Kind::List(Vec::new()) };
                let (old, new) = sides(difference, &empty);
                let (added, removed) = (Kind::TimeFormAdded, Kind::TimeFormRemoved);
                self.values(&Changed(old, new), direction, added, removed);
            }
            "x-rules" => self.request_rules(difference),
            "x-error-codes" => self.error_codes(difference),
            _ => self.unknown(difference, direction),
        }
    }

    fn request_rules(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::List(Vec::new()) };
        let (old, new) = sides(difference, &empty);
        let without_id = |rule: &Node| {
            let mut value = rule.to_value();
            value.as_object_mut().and_then(|rule| rule.remove("id")).map(|_| value)
        };
        let is_elsewhere = |rule: &At<'_>, rules: &At<'_>| {
            let content = without_id(rule.node);
            content.is_some() && rules.node.items().any(|other| without_id(other) == content)
        };
        let id = |rule: &Node| rule.text("id").map(str::to_owned);
        self.named(&old, &new, Kind::Order, NEITHER, id, |it, id, difference| match difference {
            Added(rule) if is_elsewhere(rule, &old) => it.cover(),
            Added(_) => {
                it.report_as(Kind::RuleAdded, NEITHER, difference, format!("{id} is new"));
            }
            Removed(rule) => {
                let is_renamed = is_elsewhere(rule, &new);
                let kind = if is_renamed { Kind::RuleRenamed } else { Kind::RuleRemoved };
                let what = if is_renamed { "has another id" } else { "is gone" };
                it.report_as(kind, NEITHER, difference, format!("{id} {what}"));
            }
            Changed(old, new) => {
                it.members(old, new, Kind::Order, NEITHER, |it, key, difference| match key {
                    "description" | "mend" => it.documentation(difference),
                    _ => {
                        let (old, new) = difference.sides();
                        let side =
                            |at: Option<&At<'_>>| at.map_or("none".to_owned(), |at| short(at.node));
                        let what = format!("{id}: {key}: {} -> {}", side(old), side(new));
                        it.report_as(Kind::RuleChanged, NEITHER, difference, what);
                    }
                });
            }
        });
    }

    fn error_codes(&mut self, difference: &Difference<'_>) {
        let empty = Node { line: 0, kind: node::Kind::List(Vec::new()) };
        let (old, new) = sides(difference, &empty);
        let code = |entry: &Node| entry.text("code").map(str::to_owned);
        let has_class = |at: &At<'_>| at.node.get("class").is_some();
        self.named(&old, &new, Kind::Order, NEITHER, code, |it, code, difference| {
            let (kind, what) = match difference {
                Added(at) if has_class(at) => (Kind::ErrorClassAdded, "is new"),
                Removed(at) if has_class(at) => (Kind::ErrorClassChanged, "is gone"),
                Added(_) => (Kind::ErrorCodeListed, "is new"),
                Removed(_) => (Kind::ErrorCodeListed, "is gone"),
                Changed(old, new) => {
                    return it.members(
                        old,
                        new,
                        Kind::Order,
                        NEITHER,
                        |it, key, difference| match (key, difference) {
                            ("description", _) => it.documentation(difference),
                            ("class", Added(_)) => {
                                it.report(Kind::ErrorClassAdded, NEITHER, difference);
                            }
                            ("class", _) => {
                                it.report(Kind::ErrorClassChanged, NEITHER, difference);
                            }
                            _ => it.unknown(difference, NEITHER),
                        },
                    );
                }
            };
            it.report_as(kind, NEITHER, difference, format!("{code} {what}"));
        });
    }

    /// Whether a pointer is the new name of a component.
    fn is_new_name(&self, pointer: &str) -> bool {
        self.renamed().values().any(|name| name == pointer)
    }

    fn new_name_of(&self, pointer: &str) -> Option<String> {
        let pointer = self.renamed().get(pointer)?;
        Some(pointer.rsplit('/').next().unwrap_or(pointer).to_owned())
    }
}

/// Both sides of a difference; what is not there is empty.
pub fn sides<'n>(difference: &Difference<'n>, empty: &'n Node) -> (At<'n>, At<'n>) {
    let (old, new) = difference.sides();
    let pointer = new.or(old).map_or("", |at| at.pointer.as_str());
    let side = |at: Option<&At<'n>>| at.cloned().unwrap_or_else(|| At::new(empty, pointer));
    (side(old), side(new))
}
