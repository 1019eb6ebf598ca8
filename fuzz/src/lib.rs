//! Shared code of the fuzz targets: a client of a mock service that returns arbitrary bytes.

use std::cell::RefCell;

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::ScalingActivityLogPage;
use otc_autoscaling::{Client, Credentials, Error, Response, Retry};
use tokio::runtime::{Builder, Runtime};

/// The token of the requests, which must not appear in errors.
pub const CANARY: &str = "canary-c4n4ry";

/// The maximum length of an error message. The service's code, message and request ID are truncated to 400 characters
/// each, and an escaped character has at most 8 bytes.
const LONGEST: usize = 10_000;

pub struct Double {
    service: MockService,
    pub client: Client,
    runtime: Runtime,
}

thread_local! {
    static DOUBLE: RefCell<Option<Double>> = const { RefCell::new(None) };
}

impl Double {
    fn new() -> Self {
        let service = MockService::new();
        let client = Client::builder()
            .endpoint("https://as.example.com")
            .project_id("p")
            .credentials(Credentials::token(CANARY))
            .retry(Retry::never())
            .mock(&service)
            .build()
            .unwrap();
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        Self { service, client, runtime }
    }

    /// Calls `job` with a mock service that always returns this response for the activity log.
    pub fn lent<T>(response: MockResponse, job: impl FnOnce(&Self) -> T) -> T {
        DOUBLE.with_borrow_mut(|double| {
            // It is replaced after 200 requests, since it stores them, and a client takes a millisecond to create.
            let is_full = double.as_ref().is_some_and(|it| it.service.requests().len() > 200);
            if is_full {
                *double = None;
            }
            let double = double.get_or_insert_with(Self::new);
            let always = move |_: &_| response.clone();
            double.service.respond_with("listScalingActivityLogs", always);
            job(double)
        })
    }

    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn list(&self) -> Result<Response<ScalingActivityLogPage>, Error> {
        self.wait(self.client.list_scaling_activity_logs().scaling_group_id("g").send())
    }
}

/// The error of a call that receives this response.
pub fn error(response: MockResponse) -> Error {
    Double::lent(response, Double::list).unwrap_err()
}

/// Checks that the message of an error is one line of limited length, and that the error contains no secret.
pub fn check_text(error: &Error) {
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(shown.len() < LONGEST, "{} bytes: {shown}", shown.len());
    assert!(!shown.contains(CANARY) && !debug.contains(CANARY), "{shown} {debug}");
}
