//! What the fuzz targets share: a client of a mock of the service, which answers with foreign bytes.

use std::cell::RefCell;

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::ScalingActivityLogPage;
use otc_autoscaling::{Client, Credentials, Error, Response, Retry};
use tokio::runtime::{Builder, Runtime};

/// The token that requests carry, and that no text of an error may have.
pub const CANARY: &str = "canary-c4n4ry";

/// What is shown of a message and of a request ID are 400 characters each, of which one may take ten as an
/// escape; the rest is ours.
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

    /// Lends a double whose list of activities is answered so, always.
    pub fn lent<T>(response: MockResponse, job: impl FnOnce(&Self) -> T) -> T {
        DOUBLE.with_borrow_mut(|double| {
            // It keeps the requests that it receives, and a client takes a millisecond to make.
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

/// The error of a call that is answered so.
pub fn error(response: MockResponse) -> Error {
    Double::lent(response, Double::list).unwrap_err()
}

/// Whatever an error says fits in a line of a log, and is no secret.
pub fn check_text(error: &Error) {
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(shown.len() < LONGEST, "{} bytes: {shown}", shown.len());
    assert!(!shown.contains(CANARY) && !debug.contains(CANARY), "{shown} {debug}");
}
