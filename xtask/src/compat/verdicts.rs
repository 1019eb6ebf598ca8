//! The table of the effects of differences on each audience, with the reasons.

use super::difference::Difference;

/// The effect of a change on an audience: `Documentation` concerns only readers, `Compatible` keeps all uses valid,
/// `Additive` also adds new ones, and `Breaking` makes some invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Documentation,
    Compatible,
    Additive,
    Breaking,
}

pub use Verdict::{Additive as A, Breaking as B, Compatible as C, Documentation as D};
pub const VERDICTS: [Verdict; 4] = [B, A, C, D];

type Text = &'static str;

/// Patterns, the direction, the verdicts for the wire, generated clients and the Rust API, the reason,
/// and edits of the project's document (`%` is a schema, `@` an operation) that are examples of the row.
///
/// A pattern is a path and, after `:`, the kind of change. The default is any kind except `reordered`, `same`,
/// `narrowed` and `widened*`. `|` separates alternatives, `*` matches the rest of a step, `/**` steps below.
///
/// The verdicts cover:
/// - the wire: whether existing clients still work
/// - generated clients: whether old ones still work, and whether code compiles with new ones
/// - the Rust API: whether code compiles with the next version of the crate, and whether its input is accepted
pub struct Row(pub Text, pub Text, pub [Verdict; 3], pub Text, pub Text);

/// For each direction, the first matching row applies.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row("document/info/version|description|contact|license|termsOfService/** document/externalDocs|tags/** components/examples/** \
         server|path|operation|parameter|body|response|header|schema/description/** path|operation/summary operation|schema/externalDocs/** schema/example/** */x-observed \
         media|parameter|header/example|examples/** server/variables/*/description components/securitySchemes/*/description \
         schema/x-rules/*/description|fix schema/x-error-codes/*/code|description|x-observed operation/x-error-codes/** schema/x-default-on-create|x-enum-descriptions/**",
        "any", [D, D, D], "descriptions, examples and license affect only readers", "/info/description x | %CoolDownTime/x-default-on-create 1 | %ErrorDetail/x-error-codes/0"),
    Row("*/**:same", "any", [D, D, D], "the meaning is unchanged", "%ResourceId/nullable false | %ResourceId/minLength 1.0"),
    Row("operation|parameter|header|schema/deprecated:set|unset schema/properties:reordered", "any", [D, C, D], "behavior is unchanged; generated code may have deprecation warnings, or be ordered differently", "@/deprecated true"),
    Row("document/openapi", "any", [D, B, C], "a generator may not support the other version of OpenAPI", "/openapi 3.0.4"),
    Row("document/info/title schema/title operation/tags/** operation/tags|parameters:reordered path/parameters:reordered", "any", [D, B, D], "generators derive names or the order from it", "/info/title x"),
    Row("components/parameters|headers|requestBodies|responses|securitySchemes/*:added*", "any", [D, A, D], "generators may name types after it; the crate does not", "/components/headers/New {}"),
    Row("components/parameters|headers|requestBodies|responses|securitySchemes/*:removed parameter|body|response|header/$ref:renamed", "any", [D, B, D], "generators may name types after it; the crate does not", "undo /components/headers/New {}"),
    Row("components/schemas/*:added", "any", [D, A, A], "a new type; its uses are reported separately", "%New {}"),
    Row("components/schemas/*:removed schema/$ref:renamed operation/operationId", "any", [D, B, B], "types and methods are named after it; the name is not sent", "undo %New {} | @/operationId x"),
    Row("operation/responses/1*|3*|4*|5*|default:added", "any", [C, A, D], "clients must handle any status; the crate returns the response of any error", "@/responses/418 {}"),
    Row("schema/properties/*:added-to-closed", "response", [B, B, A], "strict clients reject unknown fields; in the crate, the field was in extra()", "%JobRecord/additionalProperties false; %JobRecord/properties/new {}"),
    Row("schema/required/*:added", "response", [C, B, D], "the field is now always present, so generated types change; in the crate, it is still an Option", "%ScalingInstance/required [instance_id]"),
    Row("schema/required/*:removed", "response", [B, B, D], "the field may now be absent; in the crate, it is still an Option", "undo %ScalingInstance/required [instance_id]"),
    Row("schema/nullable|additionalProperties:unset header/required:set", "response", [C, B, C], "the value is no longer null or absent, or additional fields are no longer returned; generated types change", "%JobStatus/additionalProperties false"),
    Row("schema/enum/*:added", "response", [A, B, A], "closed enums of generated clients reject it; in the crate, it was Unknown and becomes a variant", "%JobStatus/enum [FAIL, SUCCESS, DOING]"),
    Row("schema/oneOf|anyOf/*:added", "response", [B, B, B], "clients do not know the new alternative", "%IntegerOrString/oneOf/2 {type: boolean}"),
    Row("schema/enum:added|removed schema/enum|oneOf|anyOf/*:removed", "response", [C, B, B], "clients accept any value; variants are removed, or the type changes between enum and string", "%JobStatus/enum"),
    Row("schema/*:narrowed", "response", [C, C, C], "the service returns fewer values; the crate does not validate responses", "%JobStatus/maxLength 9"),
    Row("schema/*:widened* schema/nullable|additionalProperties:set schema/pattern|multipleOf:changed", "response", [B, B, C], "the service returns values that were not valid before; the crate does not validate responses", "undo %JobStatus/maxLength 9"),
    Row("server/x-service-type:added document/servers/*:added server/variables/*/enum/*:added server/variables/*/enum:removed path/operation:added path|operation/parameters/*:added operation/requestBody:added \
         schema/properties|enum/*:added* schema/x-rules/*:removed schema/*:widened", "any", [A, A, A], "new options, none of which is required", "%SortOrder/enum/2 NONE | undo %CoolDownTime/maximum 3600 | undo %ResourceId/maxLength 9 | %ResourceId/pattern | @/parameters/2 {name: x} | %UpdateScalingGroupRequest/x-rules/0"),
    Row("schema/*:widened-inline", "any", [A, A, B], "more values are accepted; a type that the crate generates for an inline bound may be removed", "undo %NetworkList/items/maxProperties 9"),
    Row("document/security:removed document/security/*:added body|response/content/*:added response/headers/*:added* schema/nullable:set", "any", [A, A, C], "the crate does not depend on it", "/security/1 {key: []} | /security []"),
    Row("parameter/required:unset", "any", [A, B, A], "the parameter can be omitted; the types of arguments change", "undo /components/parameters/LogId/required true"),
    Row("body/required:unset schema/additionalProperties:set", "any", [A, B, C], "the body can be omitted or have additional fields; generated types change", "%Network/additionalProperties"),
    Row("schema/required/*:removed schema/enum:removed schema/oneOf|anyOf/*:added", "any", [A, B, B], "more values are accepted, and the Rust type changes", "%Network/required/0"),
    Row("document/servers:reordered server/url|x-service-type server/variables/*:added|removed|changed parameter/in body/required:set header/required:unset response/headers/*:removed \
         components/securitySchemes/*/type|in|name|scheme|bearerFormat|flows|openIdConnectUrl/** operation/responses/2*:added schema/nullable|additionalProperties:unset",
        "any", [B, B, C], "existing clients follow the old document; the next version of the crate follows the new one", "/servers/0/x-service-type as | undo /components/requestBodies/UpdateScalingGroup/required"),
    Row("operation/responses/1*|3*|4*|5*|default:removed schema/default:added", "any", [C, B, D], "generated types are removed, or gain a default; the crate is not affected", "undo %PageLimit/default"),
    Row("server/variables/*/default schema/default/**", "any", [B, B, D], "an absent value now has another meaning; the crate never sets a default", "%PageLimit/default 9"),
    Row("document/servers/*:removed server/variables/*/enum:added server/variables/*/enum/*:removed path/operation:removed path|operation/parameters/*:removed operation/requestBody:removed \
         body|response/content/*:removed operation/responses/2*:removed schema/properties/*:removed", "any", [B, B, B], "existing clients break, including code that uses the crate: something is removed or no longer accepted", "/servers/0/variables/region/enum/1 | @/requestBody | undo %Network/properties/new {}"),
    Row("document/security:added document/security/*:removed path|operation/parameters/*:added-required operation/requestBody:added-required parameter/required:set schema/x-rules/*/** \
         schema/required/*:added schema/enum:added schema/enum|oneOf|anyOf/*:removed schema/*:narrowed schema/pattern|multipleOf:changed",
        "any", [B, B, B], "a request that was accepted may be rejected, also by the crate", "%CoolDownTime/maximum 3600 | %ResourceId/pattern x | undo %ResourceId/pattern | undo /security [] | @/parameters/2 {name: x, required: true}"),
    Row("schema/x-unit:added|removed", "any", [D, D, C], "the meaning is unchanged; messages of the crate contain the unit", "%CoolDownTime/x-unit"),
    Row("*/$ref parameter/name|style|explode schema/type|format|items|additionalProperties|allOf|oneOf|anyOf|x-unit schema/allOf/* media|parameter|header/schema",
        "any", [B, B, B], "the name, form, type or unit changes, on the wire and in code", "%CoolDownTime/x-unit hours | @/responses/404/$ref '#/components/responses/Conflict'"),
    Row("operation/x-pagination:added schema/x-content:added schema/x-error-codes/*/class:added schema/x-strftime/*:added", "any", [D, D, A], "the crate gains error kinds, time formats, or methods such as items()", "@/x-pagination {}"),
    Row("operation/x-pagination/** schema/x-content/** schema/x-error-codes/*/class schema/x-strftime/* parameter/x-client-parameter", "any", [D, D, B], "error kinds, or methods such as items(), change", "undo @/x-pagination {}"),
    Row("*/**:reordered", "any", [D, D, D], "nothing depends on this order", "%JobStatus/enum [FAIL, SUCCESS]"),
    Row("*/**:*", "any", [B, B, B], "unknown change: no other row of the table matches", "/x-new 1"),
];

/// Whether one of several patterns matches a path and a kind of change.
pub fn fits(patterns: &str, path: &str, what: &str) -> bool {
    let is_step = |(all, step): (&str, &str)| {
        all.split('|').any(|it| it.strip_suffix('*').map_or(it == step, |it| step.starts_with(it)))
    };
    patterns.split_whitespace().any(|pattern| {
        let anything = "|added*|removed|renamed|changed|set|unset";
        let (wanted, words) = pattern.split_once(':').unwrap_or((pattern, anything));
        let steps = wanted.strip_suffix("/**").unwrap_or(wanted).split('/');
        let more = path.split('/').count().checked_sub(steps.clone().count());
        more.is_some_and(|more| more == 0 || wanted.ends_with("/**"))
            && steps.zip(path.split('/')).chain([(words, what)]).all(is_step)
    })
}

/// The verdicts of a difference, and the rows for its directions, or for both if no operation uses it.
pub fn verdicts_of(it: &Difference) -> ([Verdict; 3], Vec<&'static Row>) {
    let is_on = |on: &&str| it.direction.is_empty() || it.direction.contains(on);
    let fits = |row: &Row, on| ["any", on].contains(&row.1) && fits(row.0, &it.path, it.what);
    let ways = ["request", "response"].into_iter().filter(is_on);
    let mut rows: Vec<_> = ways.filter_map(|on| ROWS.iter().find(|row| fits(row, on))).collect();
    rows.dedup_by_key(|row| row.0);
    (worst(rows.iter().map(|row| row.2)), rows)
}

pub fn worst(verdicts: impl Iterator<Item = [Verdict; 3]>) -> [Verdict; 3] {
    verdicts.fold([D; 3], |[a, b, c], [d, e, f]| [a.max(d), b.max(e), c.max(f)])
}
