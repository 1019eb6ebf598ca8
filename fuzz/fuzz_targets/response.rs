//! Bodies of successful responses: a page of a list, read by itself and in a stream.
#![no_main]

use futures_util::StreamExt;
use libfuzzer_sys::fuzz_target;
use otc_autoscaling::mock::MockResponse;
use otc_autoscaling::types::ScalingActivityLogPage;
use otc_autoscaling_fuzz::{Double, check_text};
use serde_json::Value;

/// More requests than a stream sends before it ends if the service always returns the same response.
const REQUESTS: usize = 20;

fuzz_target!(|body: &[u8]| Double::lent(MockResponse::new(200).body(body), |double| {
    let page = match double.list() {
        Ok(page) => page,
        Err(error) => {
            check_text(&error);
            assert_eq!(error.body(), Some(body));
            return;
        }
    };
    assert_eq!(page.body(), body);
    let strict = serde_json::from_slice::<Value>(body);
    let entries = page.scaling_activity_log.as_ref().map_or(0, Vec::len);
    if let Some(list) = strict.as_ref().ok().and_then(|it| it["scaling_activity_log"].as_array())
        && list.iter().all(Value::is_object)
    {
        assert_eq!(entries, list.len());
    }

    // A serialized page is deserialized to an equal page.
    let written = serde_json::to_string(&*page).unwrap();
    let again: ScalingActivityLogPage = serde_json::from_str(&written).unwrap();
    assert_eq!(again, *page, "{written}");

    double.wait(async {
        let call = double.client.list_scaling_activity_logs().scaling_group_id("g");
        let pages: Vec<_> = call.pages().prefetch(false).take(REQUESTS).collect().await;
        assert!(pages.len() < REQUESTS);
        let read = pages.iter().flatten().filter_map(|it| it.scaling_activity_log.as_ref());
        // If all entries have IDs, none is yielded twice.
        let ids = |id: &Value| id["id"].as_str().is_some_and(|id| !id.is_empty());
        if strict.is_ok_and(|it| {
            it["scaling_activity_log"].as_array().is_some_and(|it| it.iter().all(ids))
        }) {
            assert!(read.map(Vec::len).sum::<usize>() <= entries);
        }
        pages.iter().filter_map(|page| page.as_ref().err()).for_each(check_text);
    });
}));
