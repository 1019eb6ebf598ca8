//! A double of the service on loopback: it answers each operation of the document with the reply
//! that the document gives as its example.

use serde_json::Value;
use wiremock::matchers::{any, method, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The token that the double takes; any other is answered as the service's gateway does.
pub const TOKEN: &str = "a-token-for-the-double";

/// The double, until it is dropped.
pub struct Double {
    server: MockServer,
    document: Value,
}

impl Double {
    pub async fn start() -> Self {
        let text = include_str!("../../openapi/autoscaling.yaml");
        let document: Value = serde_saphyr::from_str(text).expect("the document is YAML");
        let server = MockServer::start().await;
        let double = Self { server, document };
        for (path, item) in double.document["paths"].as_object().into_iter().flatten() {
            for (verb, operation) in item.as_object().into_iter().flatten() {
                let reply = double.documented(&operation["responses"]["200"]);
                let token = double.token_header();
                let refusal =
                    double.documented(&double.document["components"]["responses"]["Unauthorized"]);
                let answer = move |request: &Request| {
                    let is_known = request.headers.get(&token).is_some_and(|given| given == TOKEN);
                    let (status, body) = if is_known { (200, &reply) } else { (401, &refusal) };
                    ResponseTemplate::new(status)
                        .insert_header("x-request-id", "a-request-to-the-double")
                        .set_body_json(body)
                };
                Mock::given(method(verb.as_str()))
                    .and(path_regex(pattern_of(path)))
                    .respond_with(answer)
                    .mount(&double.server)
                    .await;
            }
        }
        // What no operation has the path of.
        Mock::given(any())
            .respond_with(ResponseTemplate::new(404))
            .with_priority(9)
            .mount(&double.server)
            .await;
        double
    }

    /// The address, to be given to a client as its endpoint.
    pub fn address(&self) -> String {
        self.server.uri()
    }

    /// The value that a parameter has in the documented request of an operation.
    pub fn documented_parameter(&self, component: &str, operation: &str) -> &str {
        let parameter = &self.document["components"]["parameters"][component];
        let value = &parameter["examples"][format!("{operation}Request")]["value"];
        value.as_str().expect("the document has an example")
    }

    /// The body of the documented request of an operation.
    pub fn documented_body(&self, operation: &str) -> &Value {
        &self.document["components"]["examples"][format!("{operation}Request")]["value"]
    }

    /// The last request that came, as it was sent, without its token.
    pub async fn last_request(&self) -> String {
        let requests = self.server.received_requests().await.unwrap_or_default();
        let Some(request) = requests.last() else { return "none".to_owned() };
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut text = format!("{} {}{query}\n", request.method, request.url.path());
        for (name, value) in &request.headers {
            let secret = *name == self.token_header().as_str();
            let value = if secret { "(the token)" } else { value.to_str().unwrap_or("(bytes)") };
            text.push_str(&format!("{name}: {value}\n"));
        }
        if let Ok(body) = serde_json::from_slice::<Value>(&request.body) {
            text.push_str(&format!("\n{body:#}\n"));
        }
        text
    }

    fn token_header(&self) -> String {
        let scheme = &self.document["components"]["securitySchemes"]["token"];
        scheme["name"].as_str().expect("the document names the header").to_lowercase()
    }

    /// The first example of a reply.
    fn documented(&self, reply: &Value) -> Value {
        let examples = &reply["content"]["application/json"]["examples"];
        let example = examples.as_object().and_then(|examples| examples.values().next());
        let reference = example.and_then(|example| example["$ref"].as_str());
        let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
        let example = pointer.and_then(|pointer| self.document.pointer(pointer));
        example.expect("the document has an example of each reply")["value"].clone()
    }
}

/// A path of the document as a pattern, with any value for each of its parameters.
fn pattern_of(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') { "[^/]+".to_owned() } else { segment.replace('.', "\\.") }
    });
    format!("^{}$", segments.collect::<Vec<_>>().join("/"))
}
