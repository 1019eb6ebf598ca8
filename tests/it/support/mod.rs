//! What the tests share: the document as JSON, and a mock of the service with a clock of its own.

pub mod clock;
pub mod faults;
pub mod log;
#[cfg(all(feature = "keystone", unix))]
pub mod python;
pub mod service;

use serde_json::Value;
use tokio::net::TcpSocket;

/// The token that every test sends, to be looked for where it must not be.
pub const TOKEN: &str = "canary-4f1c9b";
/// The documented project.
pub const PROJECT: &str = "edcb94a885a84ed3a3fdf8ea4d2741da";
/// The documented group.
pub const GROUP: &str = "a8327883-6b07-4497-9c61-68d03ee193a1";

/// The document, parsed.
pub fn document() -> Value {
    serde_saphyr::from_str(include_str!("../../../openapi/autoscaling.yaml")).unwrap()
}

/// A named example of the document.
pub fn example(name: &str) -> Value {
    let example = document()["components"]["examples"][name]["value"].take();
    assert!(!example.is_null(), "the document has no example {name}");
    example
}

/// The value that a parameter has in the documented request of an operation.
pub fn parameter(component: &str, operation: &str) -> String {
    let parameter = document()["components"]["parameters"][component].take();
    let value = &parameter["examples"][format!("{operation}Request")]["value"];
    value.as_str().unwrap_or_else(|| panic!("{operation} has no example of {component}")).to_owned()
}

/// An address at which nobody listens, as long as the socket is there: its port is taken.
pub fn unused_address() -> (String, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (format!("http://{}", socket.local_addr().unwrap()), socket)
}

/// The token that a request carries.
pub fn token_of(request: &str) -> &str {
    let token = request.lines().find_map(|line| line.strip_prefix("x-auth-token: "));
    token.expect("a request without a token")
}

/// Without the nulls of objects: those are one with absent. A null in a list stays.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
