//! The lookup of the project and the endpoint of a token or an access key.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};

use super::identity::{Grant, Identity, TOKEN_HEADER, TOKENS};
use super::{Credentials, CredentialsError, OutgoingRequest};
use crate::clock::Clock;
use crate::generated::service;
use crate::json;
use crate::redact::Sent;
use crate::validation::quoted;

/// A lookup in the identity service.
pub(crate) struct Lookup {
    pub(crate) identity: Identity,
    pub(crate) credentials: Credentials,
    /// The ID of the project, if it is set.
    pub(crate) project_id: Option<String>,
    /// The name of the project otherwise.
    pub(crate) project_name: String,
    pub(crate) interface: String,
}

impl Lookup {
    /// Looks up the project and the catalog of a token.
    pub(crate) async fn of_token(&self, clock: &Arc<dyn Clock>) -> Result<Grant, CredentialsError> {
        let found = self.get(TOKENS, None, "", clock).await?;
        Ok(Grant::read(&found["token"], &self.interface))
    }

    /// Looks up a project of the user of an access key, and the catalog.
    pub(crate) async fn of_access_key(
        &self,
        clock: &Arc<dyn Clock>,
    ) -> Result<Grant, CredentialsError> {
        let project_id = match &self.project_id {
            Some(id) => id.clone(),
            None => self.project(clock).await?,
        };
        let found = self.get("auth/catalog", None, &project_id, clock).await?;
        let token = json!({ "project": { "id": project_id }, "catalog": found["catalog"] });
        Ok(Grant::read(&token, &self.interface))
    }

    /// Returns the ID of the project with this name.
    async fn project(&self, clock: &Arc<dyn Clock>) -> Result<String, CredentialsError> {
        let name = &self.project_name;
        let found = self.get("projects", Some(("name", name)), "", clock).await?;
        let projects = found["projects"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ids = projects.iter().filter(|project| project["name"] == **name);
        let ids: Vec<&str> = ids.filter_map(|project| project["id"].as_str()).collect();
        match ids[..] {
            [id] => Ok(id.to_owned()),
            [] => Err(self.identity.failed(&format!(
                "has no project {} for the access key: set project_id, or another project_name",
                quoted(name)
            ))),
            _ => Err(self.identity.failed(&format!(
                "has several projects {}: set project_id to one of {}",
                quoted(name),
                ids.iter().map(|id| quoted(id)).collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// Returns the JSON at a path.
    async fn get(
        &self,
        path: &str,
        query: Option<(&str, &str)>,
        project_id: &str,
        clock: &Arc<dyn Clock>,
    ) -> Result<Value, CredentialsError> {
        let mut url = self.identity.url(path);
        url.query_pairs_mut().extend_pairs(query);
        if query.is_none() {
            url.set_query(None);
        }
        let mut request = reqwest::Request::new(Method::GET, url);
        let mut outgoing = OutgoingRequest::new(&mut request, project_id, clock);
        self.credentials.authorizer().authorize(&mut outgoing).await?;
        let (headers, now) = (request.headers_mut(), clock.now());
        let sent = Sent::in_headers(headers);
        let token = headers.get(service::TOKEN_HEADER).cloned();
        let is_signed = token.is_none();
        headers.extend(token.map(|token| (http::HeaderName::from_static(TOKEN_HEADER), token)));
        let response = self.identity.exchange(request).await?;
        if !response.status.is_success() {
            let signed_at = is_signed.then_some(now);
            return Err(self.identity.rejected(&response, !is_signed, &sent, signed_at));
        }
        let malformed = |_| self.identity.failed("returned a response that is not JSON");
        json::read::<Value>(&response.body).map_err(malformed)
    }
}
