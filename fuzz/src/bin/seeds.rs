//! Writes the documented examples as the first inputs of each target, below `corpus/`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The examples of responses: of this status, or of any other.
fn examples(document: &Value, is_success: bool) -> BTreeSet<String> {
    let operations = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations =
        operations.flat_map(|path| path.as_object().into_iter().flat_map(|it| it.values()));
    let responses = operations.filter_map(|operation| operation["responses"].as_object()).flatten();
    let named = document["components"]["responses"].as_object().into_iter().flatten();
    let chosen = responses.chain(named).filter(|(status, _)| status.starts_with('2') == is_success);
    let contents = chosen.map(|(_, response)| &response["content"]["application/json"]);
    let texts = contents.flat_map(|content| {
        let several = content["examples"].as_object().into_iter().flatten();
        several.map(|(_, example)| &example["value"]).chain(content.get("example"))
    });
    texts.map(Value::to_string).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(folder.join("../openapi/autoscaling.json"))?;
    let document: Value = serde_json::from_str(&document)?;
    let (pages, errors) = (examples(&document, true), examples(&document, false));
    assert!(!pages.is_empty() && !errors.is_empty(), "the document has no examples");
    // The first byte is the status.
    let errors = errors.iter().map(|error| format!("\u{1}{error}")).collect();
    let auth = json!({ "auth_url": "https://iam.example.com/v3", "username": "u", "password": "p",
                       "user_domain_name": "d", "project_id": "p" });
    let cloud =
        format!("clouds:\n  otc:\n    region_name: eu-de\n    verify: true\n    auth: {auth}\n");
    let delays = ["30", "2.5", "Thu, 22 Nov 2018 13:46:50 GMT"].map(str::to_owned);
    let page = "<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>";
    for (target, seeds) in [
        ("response", pages),
        ("error_body", errors),
        ("clouds", BTreeSet::from([cloud])),
        ("retry_after", BTreeSet::from(delays)),
        ("html", BTreeSet::from([page.to_owned()])),
    ] {
        let corpus = folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{index}")), seed)?;
        }
    }
    Ok(())
}
