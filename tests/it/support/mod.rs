//! Shared test code: the document as JSON, and a test server with a virtual clock.

pub mod clock;
pub mod faults;
pub mod log;
#[cfg(all(feature = "keystone", unix))]
pub mod python;
pub mod service;

use serde_json::Value;
use tokio::net::TcpSocket;

/// The token of most tests, which must not appear in their output.
pub const TOKEN: &str = "canary-4f1c9b";
/// The project in the documented examples.
pub const PROJECT: &str = "edcb94a885a84ed3a3fdf8ea4d2741da";
/// The group in the documented examples.
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

/// An address at which nothing listens. The socket reserves the port until it is dropped.
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

/// Removes null fields from objects, which are equivalent to absent ones. A null in a list is kept.
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
