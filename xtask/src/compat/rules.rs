//! What each kind of change means for whom, and why: one table.

use std::fmt;

use crate::direction::Direction;

/// What a change means for an audience, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Only readers notice.
    Documentation,
    /// What was right stays right, and there is nothing new to use.
    Compatible,
    /// What was right stays right, and there is more.
    Addition,
    /// Something that was right no longer is.
    Breaking,
}

impl Verdict {
    /// The most serious first, as a report has them.
    pub const ALL: [Self; 4] =
        [Self::Breaking, Self::Addition, Self::Compatible, Self::Documentation];

    /// A change of this kind, in words.
    pub fn change(self) -> &'static str {
        match self {
            Self::Documentation => "a change of the documentation",
            Self::Compatible => "a compatible change",
            Self::Addition => "an addition",
            Self::Breaking => "a breaking change",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Addition => "addition",
            Self::Breaking => "breaking",
        })
    }
}

/// A kind of change. What each means stands in [`RULES`]; one that does not stand there counts as
/// [`Kind::Unknown`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    // A difference that no rule knows.
    Unknown,
    // The document as a whole.
    Documentation,
    SameMeaning,
    Order,
    OpenapiVersion,
    DocumentTitle,
    DocumentVersion,
    Licence,
    // Where the service is, and who may use it.
    ServerAdded,
    ServerRemoved,
    ServerChanged,
    RegionAdded,
    RegionRemoved,
    DefaultRegion,
    SecurityAdded,
    SecurityRemoved,
    SecurityDemanded,
    SecurityLifted,
    SecurityScheme,
    // Operations.
    OperationAdded,
    OperationRemoved,
    OperationRenamed,
    MethodChanged,
    PathChanged,
    TagsChanged,
    Deprecated,
    Undeprecated,
    // Parameters.
    ParameterAdded,
    ParameterAddedRequired,
    ParameterRemoved,
    ParameterRenamed,
    PathParameterRenamed,
    ParameterMoved,
    ParameterRequired,
    ParameterOptional,
    ParameterStyle,
    ParameterOrder,
    // Bodies, replies and headers.
    BodyAdded,
    BodyAddedRequired,
    BodyRemoved,
    BodyRequired,
    BodyOptional,
    MediaTypeAdded,
    MediaTypeRemoved,
    SuccessAdded,
    SuccessRemoved,
    ErrorAdded,
    ErrorRemoved,
    HeaderAdded,
    HeaderRemoved,
    HeaderRequired,
    HeaderOptional,
    // Components.
    SchemaAdded,
    SchemaRemoved,
    SchemaRenamed,
    AnotherSchema,
    ComponentAdded,
    ComponentRemoved,
    ComponentRenamed,
    AnotherComponent,
    // Objects.
    FieldAdded,
    FieldAddedRequired,
    FieldAddedToClosed,
    FieldRemoved,
    FieldRenamed,
    FieldOrder,
    RequiredGained,
    RequiredLost,
    ObjectClosed,
    ObjectOpened,
    OtherFieldsChanged,
    // Values.
    TypeChanged,
    FormatChanged,
    SchemaTitle,
    NullableGained,
    NullableLost,
    EnumValueAdded,
    EnumValueRemoved,
    EnumStated,
    EnumDropped,
    BoundNarrowed,
    BoundWidened,
    InlineBoundRemoved,
    PatternChanged,
    DefaultAdded,
    DefaultChanged,
    DefaultRemoved,
    VariantAdded,
    VariantRemoved,
    CompositionChanged,
    // Extensions.
    RuleAdded,
    RuleRemoved,
    RuleChanged,
    RuleRenamed,
    PaginationAdded,
    PaginationRemoved,
    PaginationChanged,
    ClientParameterChanged,
    ErrorCodeListed,
    ErrorClassAdded,
    ErrorClassChanged,
    InitialValue,
    UnitStated,
    UnitChanged,
    TimeFormAdded,
    TimeFormRemoved,
    ServiceTypeAdded,
    ServiceTypeChanged,
    Observed,
    EnumDescription,
}

impl fmt::Display for Kind {
    /// `EnumValueAdded` as `enum-value-added`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        f.write_str(&name)
    }
}

/// For which directions a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The change is not one of values, or means the same in both directions.
    Any,
    Request,
    Reply,
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Request => "request",
            Self::Reply => "reply",
        })
    }
}

/// A kind of change, the direction, and what it means for the wire, for generated clients and for
/// the Rust API, with the reason.
pub struct Rule(pub Kind, pub On, pub Verdict, pub Verdict, pub Verdict, pub &'static str);

use Kind as K;
use On::{Any, Reply, Request};

const B: Verdict = Verdict::Breaking;
const A: Verdict = Verdict::Addition;
const C: Verdict = Verdict::Compatible;
const D: Verdict = Verdict::Documentation;

/// The wire: does a client that was right stay right with the service? Generated clients: does one
/// that was generated before keep working, and does code written against it compile when it is
/// generated anew? The Rust API: does code written against this crate compile with its next
/// version, and is what it accepted still accepted?
///
/// What the wire breaks also breaks the clients that were generated before. It need not break the
/// Rust API, since a new version of the crate does on the wire what the new document says.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule(K::Unknown, Any, B, B, B, "no rule knows this kind of change: look at it, and add a rule"),

    Rule(K::Documentation, Any, D, D, D, "prose and examples are for readers"),
    Rule(K::SameMeaning, Any, D, D, D, "the same, written in another way"),
    Rule(K::Order, Any, D, D, D, "nothing depends on this order"),
    Rule(K::OpenapiVersion, Any, D, B, C, "a generator may not know the other version of OpenAPI"),
    Rule(K::DocumentTitle, Any, D, B, D, "generators name packages after the title"),
    Rule(K::DocumentVersion, Any, D, D, D, "the version follows the changes"),
    Rule(K::Licence, Any, D, D, D, "the terms of use change, no code does"),

    Rule(K::ServerAdded, Any, A, A, A, "one more place to reach the service at"),
    Rule(K::ServerRemoved, Any, B, B, B, "whoever uses this server has none"),
    Rule(K::ServerChanged, Any, B, B, C, "requests go to the old address; the crate takes the new one along"),
    Rule(K::RegionAdded, Any, A, A, A, "one more region to choose"),
    Rule(K::RegionRemoved, Any, B, B, B, "whoever names this region is refused, by the crate too"),
    Rule(K::DefaultRegion, Any, B, B, D, "a client that names no region gets another one; the crate has no default"),
    Rule(K::SecurityAdded, Any, A, A, C, "one more way to authenticate, beside those there were"),
    Rule(K::SecurityRemoved, Any, B, B, B, "whoever authenticates in this way is refused"),
    Rule(K::SecurityDemanded, Any, B, B, B, "requests without credentials are refused now"),
    Rule(K::SecurityLifted, Any, A, A, C, "credentials are no longer asked for"),
    Rule(K::SecurityScheme, Any, B, B, C, "credentials go out in the old form; the crate takes the new one along"),

    Rule(K::OperationAdded, Any, A, A, A, "one more call"),
    Rule(K::OperationRemoved, Any, B, B, B, "the call is gone"),
    Rule(K::OperationRenamed, Any, D, B, B, "methods and builders are named after operationId"),
    Rule(K::MethodChanged, Any, B, B, C, "requests go out with the old method; the crate takes the new one along"),
    Rule(K::PathChanged, Any, B, B, C, "requests go to the old path; the crate takes the new one along"),
    Rule(K::TagsChanged, Any, D, B, D, "generators sort operations into modules or classes by tag"),
    Rule(K::Deprecated, Any, D, C, D, "it still works; generated code may warn of it"),
    Rule(K::Undeprecated, Any, D, C, D, "it worked, and still does"),

    Rule(K::ParameterAdded, Any, A, A, A, "one more parameter, which need not be given"),
    Rule(K::ParameterAddedRequired, Any, B, B, B, "a request without it is refused now"),
    Rule(K::ParameterRemoved, Any, B, B, B, "it has no effect any more, or is refused; its setter is gone"),
    Rule(K::ParameterRenamed, Any, B, B, B, "it has no effect under its old name; its setter is gone"),
    Rule(K::PathParameterRenamed, Any, D, B, B, "a path has only the value; setters and arguments have the name"),
    Rule(K::ParameterMoved, Any, B, B, C, "it is looked for elsewhere; the crate puts it there"),
    Rule(K::ParameterRequired, Any, B, B, B, "a request without it is refused now"),
    Rule(K::ParameterOptional, Any, A, B, A, "it need not be given; the types of arguments change"),
    Rule(K::ParameterStyle, Any, B, B, B, "it is written in another way; the Rust type of a list says which"),
    Rule(K::ParameterOrder, Any, D, B, D, "generated methods may take arguments in this order; the crate has setters"),

    Rule(K::BodyAdded, Any, A, A, A, "a body may be sent"),
    Rule(K::BodyAddedRequired, Any, B, B, B, "a request without a body is refused now"),
    Rule(K::BodyRemoved, Any, B, B, B, "what the body said can't be said any more"),
    Rule(K::BodyRequired, Any, B, B, C, "a request without a body is refused now; the crate always sends one"),
    Rule(K::BodyOptional, Any, A, B, C, "the body may be left out; the types of arguments change"),
    Rule(K::MediaTypeAdded, Any, A, A, C, "one more form of the same; the crate speaks JSON"),
    Rule(K::MediaTypeRemoved, Any, B, B, B, "this form is no longer taken or answered"),
    Rule(K::SuccessAdded, Any, B, B, C, "a success that a client did not know of; the crate takes each 2xx for one"),
    Rule(K::SuccessRemoved, Any, B, B, B, "the reply that calls return does not come any more"),
    Rule(K::ErrorAdded, Any, C, A, D, "a client has to expect any error; the crate keeps all that comes with it"),
    Rule(K::ErrorRemoved, Any, C, B, D, "it does not come any more; generated types of this status are gone"),
    Rule(K::HeaderAdded, Any, A, A, C, "one more header to read, from headers() in Rust"),
    Rule(K::HeaderRemoved, Any, B, B, C, "it does not come any more; headers() in Rust has what comes"),
    Rule(K::HeaderRequired, Any, C, B, C, "it always comes; in types that know absence it changes"),
    Rule(K::HeaderOptional, Any, B, B, C, "it may be missing; headers() in Rust has what comes"),

    Rule(K::SchemaAdded, Any, D, A, A, "one more type; what is sent and read is reported where it is used"),
    Rule(K::SchemaRemoved, Any, D, B, B, "a type is gone; what is sent and read is reported where it was used"),
    Rule(K::SchemaRenamed, Any, D, B, B, "types are named after schemas; the wire has no such names"),
    Rule(K::AnotherSchema, Any, D, B, B, "the type has another name; what it holds is reported beside this"),
    Rule(K::ComponentAdded, Any, D, A, D, "some generators name types after it; the crate does not"),
    Rule(K::ComponentRemoved, Any, D, B, D, "some generators name types after it; the crate does not"),
    Rule(K::ComponentRenamed, Any, D, B, D, "some generators name types after it; the crate does not"),
    Rule(K::AnotherComponent, Any, D, B, D, "some generators name types after it; what it holds is reported beside this"),

    Rule(K::FieldAdded, Any, A, A, A, "one more field, which may be missing; structs of the crate are non-exhaustive"),
    Rule(K::FieldAddedRequired, Request, B, B, B, "a request without it is refused now"),
    Rule(K::FieldAddedRequired, Reply, A, A, A, "one more field to read"),
    Rule(K::FieldAddedToClosed, Request, A, A, A, "one more field, which need not be sent"),
    Rule(K::FieldAddedToClosed, Reply, B, B, A, "no other fields were to come: a strict reader refuses it; the crate had it in extra()"),
    Rule(K::FieldRemoved, Request, B, B, B, "it is refused or without effect; its setter is gone"),
    Rule(K::FieldRemoved, Reply, B, B, B, "it does not come any more; the field of the type is gone"),
    Rule(K::FieldRenamed, Any, B, B, B, "nobody finds it under its old name"),
    Rule(K::FieldOrder, Any, D, C, D, "models are made and read by names"),
    Rule(K::RequiredGained, Request, B, B, B, "a request without it is refused now; the Rust field is no Option any more"),
    Rule(K::RequiredGained, Reply, C, B, D, "it always comes; in types that know absence it changes; Rust has an Option either way"),
    Rule(K::RequiredLost, Request, A, B, B, "it may be left out; the Rust field becomes an Option"),
    Rule(K::RequiredLost, Reply, B, B, D, "it may be missing; Rust has an Option either way"),
    Rule(K::ObjectClosed, Request, B, B, C, "other fields are refused now; the crate sends none"),
    Rule(K::ObjectClosed, Reply, C, B, C, "other fields do not come; generated types lose the place for them, Rust keeps extra()"),
    Rule(K::ObjectOpened, Request, A, B, C, "other fields are taken; generated types gain a place for them, the crate sends none"),
    Rule(K::ObjectOpened, Reply, B, B, C, "other fields may come, which a strict reader refuses; Rust has them in extra()"),
    Rule(K::OtherFieldsChanged, Any, B, B, B, "the fields beside the named ones have another type"),

    Rule(K::TypeChanged, Any, B, B, B, "another type, on the wire and in code"),
    Rule(K::FormatChanged, Any, B, B, B, "other values may be meant, and the type in code follows the format"),
    Rule(K::SchemaTitle, Any, D, B, D, "some generators name types after the title"),
    Rule(K::NullableGained, Request, A, A, C, "null may be sent; the crate sends none"),
    Rule(K::NullableGained, Reply, B, B, C, "null may come; Rust has an Option either way"),
    Rule(K::NullableLost, Request, B, B, C, "null is refused now; the crate sends none"),
    Rule(K::NullableLost, Reply, C, B, C, "null does not come; in types that know null it changes; Rust has an Option either way"),
    Rule(K::EnumValueAdded, Request, A, A, A, "one more value to send"),
    Rule(K::EnumValueAdded, Reply, A, B, A, "a reader has to admit new values, but closed enums of generated clients refuse them; in Rust it was Unknown, and becomes a variant"),
    Rule(K::EnumValueRemoved, Request, B, B, B, "the value is refused now; its variant is gone"),
    Rule(K::EnumValueRemoved, Reply, C, B, B, "it does not come any more; its variant is gone from the code"),
    Rule(K::EnumStated, Request, B, B, B, "other values are refused now; the type becomes an enum"),
    Rule(K::EnumStated, Reply, C, B, B, "enums of replies are open, so nothing changes on the wire; the type becomes an enum"),
    Rule(K::EnumDropped, Request, A, B, B, "any value is taken; the type is no enum any more"),
    Rule(K::EnumDropped, Reply, C, B, B, "enums of replies are open, so nothing changes on the wire; the type is no enum any more"),
    Rule(K::BoundNarrowed, Request, B, B, B, "a value that was taken is refused now"),
    Rule(K::BoundNarrowed, Reply, C, C, C, "fewer values come; the crate checks none of a reply"),
    Rule(K::BoundWidened, Request, A, A, A, "more values are taken"),
    Rule(K::BoundWidened, Reply, B, B, C, "values come that were excluded; the crate checks none of a reply"),
    Rule(K::InlineBoundRemoved, Request, A, A, B, "more values are taken; the type that the crate made of the bound may be gone"),
    Rule(K::InlineBoundRemoved, Reply, B, B, C, "values come that were excluded; the crate checks none of a reply"),
    Rule(K::PatternChanged, Request, B, B, B, "a text that was taken may be refused now: no tool can tell"),
    Rule(K::PatternChanged, Reply, B, B, C, "texts may come that were excluded; the crate checks none of a reply"),
    Rule(K::DefaultAdded, Request, C, B, D, "it tells what was untold; generated clients may send it from now on, the crate never does"),
    Rule(K::DefaultAdded, Reply, C, B, D, "generated clients may fill it in from now on, the crate does not"),
    Rule(K::DefaultChanged, Request, B, B, D, "who leaves it out gets another effect; the crate never sends it, so that is the service's to decide"),
    Rule(K::DefaultChanged, Reply, B, B, D, "an absent value means another one; generated clients fill it in, the crate does not"),
    Rule(K::DefaultRemoved, Request, B, B, D, "nothing tells any more what leaving it out means; the crate never sends it"),
    Rule(K::DefaultRemoved, Reply, B, B, D, "nothing tells any more what an absent value means; the crate does not fill it in"),
    Rule(K::VariantAdded, Request, A, B, B, "one more form is taken; the type has one more variant"),
    Rule(K::VariantAdded, Reply, B, B, B, "a form comes that a reader does not know"),
    Rule(K::VariantRemoved, Request, B, B, B, "this form is refused now"),
    Rule(K::VariantRemoved, Reply, C, B, B, "this form does not come any more; its variant is gone from the code"),
    Rule(K::CompositionChanged, Any, B, B, B, "what it is made of changes: no tool can tell what that means"),

    Rule(K::RuleAdded, Any, B, B, B, "a request that was taken breaks a rule now, and the crate refuses it"),
    Rule(K::RuleRemoved, Any, A, A, A, "a request that was refused is taken now"),
    Rule(K::RuleChanged, Any, B, B, B, "a request that was taken may break the rule now: no tool can tell"),
    Rule(K::RuleRenamed, Any, D, D, B, "code branches on rule_id()"),
    Rule(K::PaginationAdded, Any, D, D, A, "the call gains items() and pages()"),
    Rule(K::PaginationRemoved, Any, D, D, B, "the call loses items() and pages()"),
    Rule(K::PaginationChanged, Any, D, D, B, "items() and pages() read other things than before"),
    Rule(K::ClientParameterChanged, Any, D, D, B, "a value moves between the client's builder and the call's"),
    Rule(K::ErrorCodeListed, Any, D, D, D, "the list of codes is not complete, and binds nobody"),
    Rule(K::ErrorClassAdded, Any, D, D, A, "a question like is_not_found() answers yes to one more code"),
    Rule(K::ErrorClassChanged, Any, D, D, B, "a question like is_not_found() no longer answers yes to this code"),
    Rule(K::InitialValue, Any, D, D, D, "what a new object begins with is never sent"),
    Rule(K::UnitStated, Any, D, D, C, "the number means what it meant; messages of the crate name the unit"),
    Rule(K::UnitChanged, Any, B, B, B, "the same number means another quantity"),
    Rule(K::TimeFormAdded, Any, D, D, A, "a time can be given in one more form; what is valid is the pattern's affair"),
    Rule(K::TimeFormRemoved, Any, D, D, B, "a time of this form is refused by the crate"),
    Rule(K::ServiceTypeAdded, Any, A, A, A, "the service can be found in the identity service's catalog"),
    Rule(K::ServiceTypeChanged, Any, B, B, C, "the catalog does not have it under the old type; the crate looks for the new one"),
    Rule(K::Observed, Any, D, D, D, "where a fact comes from changes nothing about it"),
    Rule(K::EnumDescription, Any, D, D, D, "comments beside values"),
];

/// What a change means for each audience, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub wire: Verdict,
    pub generated: Verdict,
    pub rust: Verdict,
    pub reasons: Vec<&'static str>,
}

impl Judgement {
    /// In the order of [`AUDIENCES`].
    pub fn verdicts(&self) -> [Verdict; 3] {
        [self.wire, self.generated, self.rust]
    }

    pub fn worst(&self) -> Verdict {
        self.wire.max(self.generated).max(self.rust)
    }
}

pub const AUDIENCES: [&str; 3] = ["wire", "generated clients", "Rust API"];

/// Judges a change by the rules of its directions: the worst holds.
pub fn judge(kind: Kind, direction: Direction) -> Judgement {
    let is_for = |on: On| match on {
        Any => true,
        Request => direction.request || direction == Direction::NEITHER,
        Reply => direction.reply || direction == Direction::NEITHER,
    };
    let mut rules = RULES.iter().filter(|rule| rule.0 == kind && is_for(rule.1)).peekable();
    if rules.peek().is_none() && kind != Kind::Unknown {
        return judge(Kind::Unknown, direction);
    }
    let mut judgement = Judgement { wire: D, generated: D, rust: D, reasons: Vec::new() };
    for Rule(_, on, wire, generated, rust, reason) in rules {
        judgement.generated = judgement.generated.max(*generated);
        // What no operation uses is neither sent nor read, and makes no type of the crate.
        if *on == Any || direction != Direction::NEITHER {
            judgement.wire = judgement.wire.max(*wire);
            judgement.rust = judgement.rust.max(*rust);
        }
        judgement.reasons.push(reason);
    }
    judgement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_the_wire_breaks_clients_that_were_generated_before() {
        for Rule(kind, on, wire, generated, ..) in RULES {
            assert!(*wire != B || *generated == B, "{kind}, {on}");
        }
    }

    #[test]
    fn each_kind_has_one_rule_for_any_direction_or_one_for_each() {
        for Rule(kind, ..) in RULES {
            let on: Vec<On> =
                RULES.iter().filter(|rule| rule.0 == *kind).map(|rule| rule.1).collect();
            assert!(on == [Any] || on == [Request, Reply], "{kind}: {on:?}");
        }
    }

    #[test]
    fn in_both_directions_the_worst_holds() {
        let both = Direction { request: true, reply: true };
        let judgement = judge(Kind::EnumValueAdded, both);
        assert_eq!(judgement.verdicts(), [A, B, A]);
        assert_eq!(judgement.reasons.len(), 2);
        assert_eq!(judge(Kind::BoundNarrowed, both).verdicts(), [B, B, B]);
    }

    #[test]
    fn what_nothing_uses_matters_to_generated_clients_only() {
        assert_eq!(judge(Kind::BoundNarrowed, Direction::NEITHER).verdicts(), [D, B, D]);
    }
}
