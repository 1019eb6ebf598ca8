//! The types and the document agree: for each component schema, the JSON Schema that schemars
//! derives from the Rust type is the one in the document, with every bound, pattern, length, item
//! limit, enum, nullability and required set.

use std::collections::{BTreeMap, BTreeSet};

use otc_autoscaling::schemas;
use serde_json::{Value, json};

use crate::support::document;

/// Keywords that constrain nothing. Keywords with `x-` are skipped as well: the tests of the pipeline
/// check `x-unit`, `x-strftime`, `x-enum-descriptions` and `x-rules`.
const ANNOTATIONS: [&str; 6] =
    ["$schema", "default", "description", "example", "externalDocs", "title"];

/// Converts a schema to JSON Schema 2020-12, the dialect of schemars.
///
/// 1. Annotations are removed: see [`ANNOTATIONS`].
/// 2. `nullable: true` becomes the additional type `null`.
/// 3. `allOf` around a single `$ref` becomes the `$ref`: OpenAPI 3.0 ignores the siblings of a `$ref`,
///    so the document wraps a `$ref` that has a description.
/// 4. `#/components/schemas/` becomes `#/$defs/`.
/// 5. `required` is compared as a set.
/// 6. A `$ref` to a map becomes the map: in Rust it is a `BTreeMap`, which has no name.
fn normalised(schema: &Value, components: &Value) -> Value {
    let normalised = |schema| normalised(schema, components);
    let Some(object) = schema.as_object() else { return schema.clone() };
    if let Some([reference]) = object.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        return normalised(reference);
    }
    if let Some(name) = object.get("$ref").and_then(|it| it.as_str()?.rsplit('/').next())
        && components[name]["type"] == "object"
        && components[name].get("properties").is_none()
    {
        return normalised(&components[name]);
    }
    let mut normal = BTreeMap::new();
    for (key, value) in object {
        let value = match key.as_str() {
            key if ANNOTATIONS.contains(&key) || key.starts_with("x-") || key == "nullable" => {
                continue;
            }
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                properties.map(|(name, schema)| (name.clone(), normalised(schema))).collect()
            }
            "items" | "additionalProperties" => normalised(value),
            "oneOf" => value.as_array().into_iter().flatten().map(&normalised).collect(),
            "required" => json!(
                value.as_array().into_iter().flatten().map(Value::as_str).collect::<BTreeSet<_>>()
            ),
            "$ref" => {
                let place = value.as_str().unwrap_or_default();
                json!(place.replace("#/components/schemas/", "#/$defs/"))
            }
            "type" if object.get("nullable") == Some(&json!(true)) => json!([value, "null"]),
            _ => value.clone(),
        };
        normal.insert(key.clone(), value);
    }
    json!(normal)
}

/// Returns the schemas that differ between the types and the document, or that only one of them has.
fn differences(document: &Value) -> Vec<String> {
    let derived = schemas();
    let documented = document["components"]["schemas"].as_object().unwrap();
    let names: BTreeSet<&str> =
        derived.keys().copied().chain(documented.keys().map(String::as_str)).collect();
    let differs = |name: &&str| {
        let components = &document["components"]["schemas"];
        let derived = derived.get(name).map(|schema| normalised(schema.as_value(), components));
        let documented = documented.get(*name).map(|schema| normalised(schema, components));
        let differs = derived != documented;
        if differs {
            println!("{name}: derived {derived:#?}, documented {documented:#?}");
        }
        differs
    };
    names.into_iter().filter(differs).map(str::to_owned).collect()
}

#[test]
fn every_type_has_the_documented_schema() {
    assert_eq!(differences(&document()), Vec::<String>::new());
    assert!(schemas().len() > 50, "{} schemas were compared", schemas().len());
}

/// Each change to a copy of the document is detected in its schema, and only there.
#[test]
fn every_kind_of_difference_is_detected() {
    let changes: &[(&str, &str, Value)] = &[
        ("CoolDownTime", "/maximum", json!(86_401)),
        ("BackendPort", "/minimum", json!(0)),
        ("HealthPeriodicAuditTime", "/enum/1", json!(2)),
        ("ScalingActivityStatus", "/enum/2", json!("RUNNING")),
        ("ResourceName", "/pattern", json!("^[a-z]+$")),
        ("ResourceName", "/maxLength", json!(65)),
        ("ScalingGroupDescription", "/minLength", json!(0)),
        ("NetworkList", "/maxItems", json!(6)),
        ("ScalingActivityTypeFilter", "/minItems", json!(2)),
        ("Network", "/required", json!([])),
        ("LbaasListener", "/required/0", json!("port")),
        ("Network", "/additionalProperties", json!(true)),
        ("ScalingActivityLog", "/properties/end_time/nullable", json!(false)),
        ("ScalingActivityLog", "/properties/instance_value/type", json!("string")),
        ("ScalingActivityLog", "/properties/start_time/format", json!("date")),
        (
            "ScalingActivityLog",
            "/properties/status/allOf/0/$ref",
            json!("#/components/schemas/JobStatus"),
        ),
        ("MetaData", "/properties/metadata_eip_id/type", json!("integer")),
        ("IntegerOrString", "/oneOf/1/type", json!("boolean")),
    ];
    for (name, place, value) in changes {
        let mut changed = document();
        let schema = &mut changed["components"]["schemas"][*name];
        let before = schema.pointer_mut(place).unwrap_or_else(|| panic!("{name} has no {place}"));
        assert_ne!(before, value, "{name}{place} is so already");
        *before = value.clone();
        assert_eq!(differences(&changed), [*name], "{place}");
    }
}

#[test]
fn property_or_schema_of_one_side_is_detected() {
    let mut changed = document();
    let schemas = &mut changed["components"]["schemas"];
    schemas["JobRecord"]["properties"]["new"] = json!({ "type": "string" });
    schemas["New"] = json!({ "type": "string" });
    schemas.as_object_mut().unwrap().remove("Network");
    assert_eq!(differences(&changed), ["JobRecord", "Network", "New"]);
}
