//! Reading all pages of a list while the list changes, pages fail, totals are wrong, or parameters are ignored.
//!
//! Each test runs for both list operations.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};

use futures_util::StreamExt;
use otc_autoscaling::types::{ScalingActivityLog, ScalingPolicyExecuteLog};
use otc_autoscaling::{
    Client, Credentials, Error, ErrorKind, HttpClient, Items, List, Pages, Retry,
};
use serde_json::{Value, json};

use crate::support::clock::VirtualClock;
use crate::support::service::{Service as Double, Step};
use crate::support::{PROJECT, TOKEN, unused_address};

/// Defines each test for both lists. `$list` creates a request for one of them.
macro_rules! of_both_lists {
    ($($(#[$meta:meta])* fn $name:ident($list:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            #[tokio::test]
            async fn of_scaling_actions() {
                let $list = |client: &Client| client.list_scaling_activity_logs().scaling_group_id("g");
                $body
            }

            #[tokio::test]
            async fn of_executions() {
                let $list =
                    |client: &Client| client.list_scaling_policy_execute_logs().scaling_policy_id("p");
                $body
            }
        }
    )*};
}

// The service.

/// The parts of a request on which the response depends.
#[derive(Clone, Copy, Debug)]
struct Ask {
    /// The number of earlier requests.
    nth: usize,
    offset: usize,
    limit: usize,
}

/// A response, in which the list has the key `items`.
enum Answer {
    Page(Value),
    Status(&'static str),
    /// No response: the request stays pending.
    Never,
}

/// Shared by all tests, since creating a client is slow.
static HTTP: LazyLock<HttpClient> = LazyLock::new(HttpClient::default);

/// A test server for lists.
struct Service {
    double: Double,
    clock: VirtualClock,
}

impl Service {
    async fn answering(answer: impl FnMut(Ask) -> Answer + Send + 'static) -> Self {
        let clock = VirtualClock::default();
        let answer = Mutex::new(answer);
        let double = Double::answering(&clock, move |nth, request| {
            assert!(nth < 100_000, "it does not end");
            let (offset, limit) = asked(request);
            let (status, body) = match answer.lock().unwrap()(Ask { nth, offset, limit }) {
                Answer::Page(mut page) => {
                    // The path contains the key of the list.
                    let name = target(request).split('/').nth(4).unwrap().to_owned();
                    if let Some(items) = page.as_object_mut().and_then(|page| page.remove("items"))
                    {
                        page[name] = items;
                    }
                    ("200 OK", page.to_string())
                }
                Answer::Status(status) => (status, "{}".to_owned()),
                Answer::Never => return vec![Step::Hold],
            };
            let reply = format!(
                "HTTP/1.1 {status}\r\nx-request-id: r{nth}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            vec![Step::Send(reply.into()), Step::Keep]
        });
        Self { double: double.await, clock }
    }

    /// Starts a server for a list that `change` can modify before each request.
    async fn of(
        mut ids: Vec<String>,
        mut change: impl FnMut(usize, &mut Vec<String>) + Send + 'static,
    ) -> Self {
        Self::answering(move |ask| {
            change(ask.nth, &mut ids);
            page(&ids, ask)
        })
        .await
    }

    fn client(&self) -> Client {
        Client::builder()
            .endpoint(&self.double.address)
            .project_id(PROJECT)
            .credentials(Credentials::token(TOKEN))
            .http_client(HTTP.clone())
            .retry(Retry::never())
            .build()
            .unwrap()
    }

    /// Offset and limit of each request.
    fn asked(&self) -> Vec<(usize, usize)> {
        self.double.requests().iter().map(|request| asked(request)).collect()
    }

    /// The number of requests, once none is in progress.
    async fn asked_in_all(&self) -> usize {
        self.clock.rest().await;
        self.asked().len()
    }
}

fn target(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}

/// Offset and limit of a request.
fn asked(request: &str) -> (usize, usize) {
    let number = |name: &str| -> usize {
        let mut pairs = target(request).split(['?', '&']).filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|(key, _)| *key == name).map(|(_, value)| value);
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name}: {request}"))
    };
    (number("start_number"), number("limit"))
}

/// The IDs of `count` entries.
fn ids(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name}{number}")).collect()
}

fn slice<T>(list: &[T], ask: Ask) -> &[T] {
    let from = ask.offset.min(list.len());
    &list[from..list.len().min(from + ask.limit)]
}

/// The requested page of a list.
fn page(ids: &[String], ask: Ask) -> Answer {
    let items: Vec<Value> = slice(ids, ask).iter().map(|id| json!({ "id": id })).collect();
    page_of(items, ids.len())
}

fn page_of(items: impl Into<Value>, total: impl Into<Value>) -> Answer {
    Answer::Page(json!({ "items": items.into(), "total_number": total.into() }))
}

// Reading.

trait Entry: Debug {
    fn id(&self) -> String;
}

impl Entry for ScalingActivityLog {
    fn id(&self) -> String {
        self.id.clone().unwrap_or_default()
    }
}

impl Entry for ScalingPolicyExecuteLog {
    fn id(&self) -> String {
        self.id.clone().unwrap_or_default()
    }
}

/// The IDs and the errors that a stream yields. Checks that it stays ended.
async fn outcome<L: List>(mut items: Items<L>) -> (Vec<String>, Vec<Error>)
where
    L::Item: Entry,
{
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    let reading = async {
        while let Some(item) = items.next().await {
            match item {
                Ok(entry) => ids.push(entry.id()),
                Err(error) => errors.push(error),
            }
            assert!(ids.len() < 100_000 && errors.len() < 1000, "it does not end");
        }
    };
    reading.await;
    assert!(items.next().await.is_none());
    (ids, errors)
}

async fn read<L: List>(items: Items<L>) -> Vec<String>
where
    L::Item: Entry,
{
    let (ids, errors) = outcome(items).await;
    assert!(errors.is_empty(), "{errors:?}");
    ids
}

/// The number of typed entries in each page.
async fn lengths<L: List>(pages: Pages<L>, list: fn(&L::Page) -> usize) -> Vec<usize> {
    pages.map(|page| list(&page.unwrap())).collect().await
}

fn assert_no_repeats(ids: &[String]) {
    let mut seen = HashSet::new();
    let repeated = ids.iter().find(|id| !seen.insert(*id));
    assert_eq!(repeated, None, "handed out twice");
}

#[track_caller]
fn assert_has(read: &[String], expected: &[String]) {
    let lost: Vec<_> = expected.iter().filter(|id| !read.contains(id)).collect();
    assert!(lost.is_empty(), "never handed out: {lost:?}");
}

// Lists that do not change.

of_both_lists! {
    fn all_pages_are_read_in_order(list) {
        for count in [0, 1, 99, 100, 101, 250] {
            for prefetch in [true, false] {
                let service = Service::of(ids("e", count), |_, _| {}).await;
                let items = list(&service.client()).items().prefetch(prefetch);
                assert_eq!(read(items).await, ids("e", count));
                // After a full page another one is requested, whatever the total is.
                let pages = count / 100 + 1;
                let expected: Vec<_> = (0..pages).map(|page| (page * 100, 100)).collect();
                assert_eq!(service.asked(), expected, "{count}");
            }
        }
    }

    fn take_limits_requests(list) {
        for (take, expected) in [
            (0, vec![]),
            (1, vec![(0, 1)]),
            (100, vec![(0, 100)]),
            (150, vec![(0, 100), (100, 50)]),
            (250, vec![(0, 100), (100, 100), (200, 50)]),
            (300, vec![(0, 100), (100, 100), (200, 100)]),
        ] {
            let service = Service::of(ids("e", 250), |_, _| {}).await;
            let mut items = list(&service.client()).items().take(take);
            assert_eq!((&mut items).count().await, take.min(250));
            assert_eq!(items.offset(), take.min(250) as i64);
            // No other request is in progress either.
            service.clock.rest().await;
            assert_eq!(service.asked(), expected);
        }
    }

    fn take_can_begin_in_the_middle(list) {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let mut items = list(&service.client()).items();
        for _ in 0..90 {
            items.next().await.unwrap().unwrap();
        }
        let mut few = items.take(5);
        assert_eq!((&mut few).collect::<Vec<_>>().await.len(), 5);
        assert_eq!(few.offset(), 95);
        assert_eq!(read(few.take(0)).await, Vec::<String>::new());

        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let mut items = list(&service.client()).items().prefetch(false);
        items.next().await.unwrap().unwrap();
        assert_eq!(read(items.take(149)).await, ids("e", 150)[1..]);
        assert_eq!(service.asked(), [(0, 100), (100, 50)]);
    }

    fn smaller_of_two_takes_wins(list) {
        for (first, second) in [(5, 100), (100, 5)] {
            let service = Service::of(ids("e", 250), |_, _| {}).await;
            let items = list(&service.client()).items().take(first).take(second);
            assert_eq!(read(items).await, ids("e", 5));
            assert_eq!(service.asked(), [(0, 5)]);
        }
    }

    fn take_of_a_begun_stream_counts_further_entries(list) {
        for (first, second, count) in [(20, 1000, 20), (150, 120, 120), (120, 150, 120)] {
            let service = Service::of(ids("e", 250), |_, _| {}).await;
            let mut items = list(&service.client()).items();
            for _ in 0..10 {
                items.next().await.unwrap().unwrap();
            }
            let mut items = items.take(first).take(second);
            let read: Vec<_> = (&mut items).map(|item| item.unwrap().id()).collect().await;
            assert_eq!(read, ids("e", 250)[10..10 + count]);
            assert_eq!(items.offset(), 10 + count as i64);
            // After the end, neither `resume` nor another `take` yields further entries.
            let asked = service.asked();
            items.resume();
            assert_eq!(self::read(items.take(20)).await, Vec::<String>::new());
            assert_eq!(service.asked(), asked);
        }
    }

    fn pages_longer_than_the_limit_are_truncated(list) {
        let everything = |ask: Ask| page(&ids("e", 250), Ask { limit: 250, ..ask });
        let service = Service::answering(everything).await;
        let mut items = list(&service.client()).items().take(7);
        assert_eq!((&mut items).count().await, 7);
        assert_eq!(items.offset(), 7);
        assert_eq!(service.asked(), [(0, 7)]);
    }

    fn limit_and_start_number_of_the_caller_are_kept(list) {
        let service = Service::of(ids("e", 100), |_, _| {}).await;
        let items = list(&service.client()).limit(30).start_number(20).items();
        assert_eq!(read(items).await, ids("e", 100)[20..]);
        assert_eq!(service.asked(), [(20, 30), (50, 30), (80, 30)]);
    }

    fn pages_shorter_than_the_limit_are_read_to_the_end(list) {
        let service =
            Service::answering(|ask| page(&ids("e", 120), Ask { limit: ask.limit.min(50), ..ask }));
        let service = service.await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 120));
        assert_eq!(service.asked(), [(0, 100), (50, 100), (100, 100)]);
    }

    fn wrong_total_loses_nothing(list) {
        for (total, requests) in [
            (json!(250), 3),
            (json!("250"), 3),
            (json!(null), 4),
            (json!(-1), 4),
            (json!(i64::MIN), 4),
            (json!(5), 4),
            (json!(u64::MAX), 4),
            (json!(1e300), 4),
            (json!("many"), 4),
            (json!([250]), 4),
        ] {
            let shown = total.to_string();
            let service = Service::answering(move |ask| {
                let ids = ids("e", 250);
                let Answer::Page(mut page) = page(&ids, ask) else { unreachable!() };
                page["total_number"] = total.clone();
                Answer::Page(page)
            })
            .await;
            assert_eq!(read(list(&service.client()).items()).await, ids("e", 250), "{shown}");
            assert_eq!(service.asked().len(), requests, "{shown}");
        }
        let service = Service::answering(|ask| {
            let ids = ids("e", 250);
            let items: Vec<Value> = slice(&ids, ask).iter().map(|id| json!({ "id": id })).collect();
            Answer::Page(json!({ "items": items }))
        });
        let service = service.await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 250), "absent");
    }

    /// A service whose total is the number of entries from the offset on.
    fn total_that_shrinks_with_the_offset_costs_one_request(list) {
        let service = Service::answering(|ask| {
            let all = ids("e", 250);
            let remaining = all.len().saturating_sub(ask.offset);
            let Answer::Page(mut page) = page(&all, ask) else { unreachable!() };
            page["total_number"] = remaining.into();
            Answer::Page(page)
        })
        .await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 250));
        assert_eq!(service.asked().len(), 4);
    }

    /// A stream is never silently incomplete: entries that are missing according to the total are an error.
    fn empty_page_before_the_total_is_an_error(list) {
        for (has, total) in [(0, 250), (100, 250), (100, 101), (200, 250), (250, i64::MAX)] {
            let service = Service::answering(move |ask| {
                let Answer::Page(mut page) = page(&ids("e", has), ask) else { unreachable!() };
                page["total_number"] = total.into();
                Answer::Page(page)
            });
            let service = service.await;
            let mut items = list(&service.client()).items();
            let (mut read, mut errors) = (0, Vec::new());
            while let Some(item) = items.next().await {
                match item {
                    Ok(_) => read += 1,
                    Err(error) => errors.push(error),
                }
            }
            assert_eq!((read, errors.len()), (has, 1), "{total}");
            assert!(errors[0].is_unreadable(), "{}", errors[0]);
            assert_eq!(items.offset(), i64::try_from(has).unwrap());
        }
        // A service that interprets the offset as the number of a page.
        let service = Service::answering(|ask| {
            page(&ids("e", 250), Ask { offset: ask.offset * ask.limit, ..ask })
        });
        let (read, errors) = outcome(list(&service.await.client()).items()).await;
        assert_eq!((read.len(), errors.len()), (100, 1));
    }

    /// A service that omits an empty list: the total shows whether the list has ended.
    fn page_without_a_list_is_the_end_if_the_total_is_reached(list) {
        for count in [0, 100, 200] {
            let service = Service::answering(move |ask| {
                match page(&ids("e", count), ask) {
                    Answer::Page(page) if ask.offset == count => {
                        Answer::Page(json!({ "total_number": page["total_number"] }))
                    }
                    other => other,
                }
            });
            // After a full page, another one is always requested.
            assert_eq!(read(list(&service.await.client()).items()).await, ids("e", count));
        }
        for total in [json!(101), json!(null), json!("x")] {
            let service = Service::answering(move |ask| match page(&ids("e", 100), ask) {
                Answer::Page(mut page) if ask.offset == 0 => {
                    page["total_number"] = Value::Null;
                    Answer::Page(page)
                }
                _ => Answer::Page(json!({ "total_number": total })),
            });
            let (read, errors) = outcome(list(&service.await.client()).items()).await;
            assert_eq!((read.len(), errors.len()), (100, 1));
        }
    }

    /// A total that rises and falls between pages makes the offset go back and forth.
    fn total_that_alternates_ends(list) {
        for of_empty in [0, 50, 100] {
            let service = Service::answering(move |ask| {
                let all = ids("e", 250);
                let Answer::Page(mut page) = page(&all, Ask { offset: ask.offset * 100, ..ask }) else {
                    unreachable!()
                };
                page["total_number"] = if ask.offset == 0 { 250.into() } else { of_empty.into() };
                Answer::Page(page)
            });
            let service = service.await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert!(read.len() == 100 && errors.len() == 1, "{errors:?}");
            assert!(errors[0].is_stalled() && service.asked().len() < 60);
        }
    }

    /// A service whose total is the number of entries in the page.
    fn total_of_the_page_alone_is_not_the_end(list) {
        for count in [100, 200, 250, 300] {
            let service = Service::answering(move |ask| {
                let all = ids("e", count);
                let items = slice(&all, ask).len();
                let Answer::Page(mut page) = page(&all, ask) else { unreachable!() };
                page["total_number"] = items.into();
                Answer::Page(page)
            });
            assert_eq!(read(list(&service.await.client()).items()).await, ids("e", count));
        }
    }

    /// A service with its own limit, whose total is the number of entries in the page, or up to its end.
    fn page_that_is_full_by_another_limit_is_not_the_end(list) {
        for (cap, is_so_far) in [(10, false), (50, false), (10, true), (50, true)] {
            let service = Service::answering(move |ask| {
                let (all, offset) = (ids("e", 250), ask.offset);
                let ask = Ask { limit: ask.limit.min(cap), ..ask };
                let items = slice(&all, ask).len();
                let Answer::Page(mut page) = page(&all, ask) else { unreachable!() };
                page["total_number"] = if is_so_far { offset + items } else { items }.into();
                Answer::Page(page)
            });
            assert_eq!(read(list(&service.await.client()).items()).await, ids("e", 250));
        }
    }

    fn entries_of_one_page_are_all_read(list) {
        for same in [["a", "a", "a"], ["a", "b", "a"], ["a", "a", "b"]] {
            let service = Service::answering(move |_| {
                page_of(same.map(|id| json!({ "id": id })).to_vec(), 3)
            });
            assert_eq!(read(list(&service.await.client()).items()).await, same);
        }
        // This also applies if the next page repeats one of them.
        let service = Service::answering(|ask| {
            let all = ["a", "a", "b", "b", "c"].map(str::to_owned);
            page(&all, Ask { limit: ask.limit.min(3), ..ask })
        });
        let read = read(list(&service.await.client()).items()).await;
        assert_eq!(read, ["a", "a", "b", "c"]);
    }

    /// A service that ignores both limit and offset, and returns no total.
    fn long_page_that_is_repeated_is_an_error(list) {
        for count in [1_000, 10_000, 20_000] {
            let service = Service::answering(move |_| {
                let items: Vec<Value> = ids("e", count).iter().map(|id| json!({ "id": id })).collect();
                Answer::Page(json!({ "items": items }))
            });
            let service = service.await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!((read.len(), errors.len()), (count, 1));
            assert!(errors[0].is_stalled(), "{}", errors[0]);
            assert_eq!(service.asked().len(), 2);
        }
    }

    fn empty_page_is_the_end(list) {
        for total in [json!(0), json!(null)] {
            let service = Service::answering(move |_| page_of(Vec::<Value>::new(), total.clone()));
            let service = service.await;
            assert_eq!(read(list(&service.client()).items()).await, Vec::<String>::new());
            assert_eq!(service.asked().len(), 1);
        }
    }

    fn null_list_is_an_empty_page_unless_the_total_is_larger(list) {
        for nothing in [json!(null), json!("")] {
            for total in [json!(0), json!(null), json!("many")] {
                let page = page_of(nothing.clone(), total);
                let Answer::Page(page) = page else { unreachable!() };
                let service = Service::answering(move |_| Answer::Page(page.clone())).await;
                assert_eq!(read(list(&service.client()).items()).await, Vec::<String>::new());
                assert_eq!(service.asked().len(), 1);
            }
            // In the first or the second page, by the total of that page or of the previous one.
            for (at, total) in [(0, json!(250)), (100, json!(250)), (100, json!(null))] {
                let (nothing, shown) = (nothing.clone(), total.to_string());
                let service = Service::answering(move |ask| match ask.offset == at {
                    true => page_of(nothing.clone(), total.clone()),
                    false => page(&ids("e", 250), ask),
                })
                .await;
                let (read, errors) = outcome(list(&service.client()).items()).await;
                assert_eq!((read.len(), errors.len()), (at, 1), "{shown}");
                assert!(errors[0].is_unreadable() && errors[0].attempts() == 1);
                let reason = errors[0].to_string();
                assert!(reason.contains("the page is empty before the total is reached"), "{reason}");
            }
        }
        // After entries were removed, an empty page can be the end.
        let service = Service::answering(|ask| match ask {
            Ask { nth: 0, .. } => page(&ids("e", 250), ask),
            Ask { offset: 0, .. } => page(&ids("e", 100), ask),
            _ => page_of(Value::Null, 100),
        });
        let service = service.await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 100));
    }

    fn page_without_a_list_is_unreadable(list) {
        let entries = json!([{ "id": "e0" }]);
        for (page, reason) in [
            (json!({ "total_number": 250, "items": "oops" }), "is no list"),
            (json!({ "total_number": 250, "items": { "a": entries } }), "is no list"),
            (json!({ "total_number": 0, "items": 5 }), "is no list"),
            (json!({ "total_number": 250, "entries": entries }), "is missing"),
            (json!({ "total_number": "x" }), "is missing"),
            (json!({}), "is missing"),
        ] {
            let shown = page.to_string();
            let service = Service::answering(move |_| Answer::Page(page.clone())).await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!((read.len(), errors.len()), (0, 1), "{shown}");
            assert!(errors[0].is_unreadable() && !errors[0].is_transient(), "{shown}");
            assert_eq!((errors[0].attempts(), errors[0].request_id()), (1, Some("r0")));
            let found = errors[0].to_string();
            assert!(found.contains(reason), "{shown}: {found}");
            assert!(list(&service.client()).pages().next().await.unwrap().is_err());
            // A single page is not validated.
            assert!(list(&service.client()).start_number(0).limit(100).send().await.is_ok());
        }
    }

    fn entry_other_than_an_object_keeps_its_position(list) {
        let service = Service::answering(|ask| {
            let ids = ids("e", 150);
            let item = |id: &String| if id == "e7" { json!("odd") } else { json!({ "id": id }) };
            page_of(slice(&ids, ask).iter().map(item).collect::<Vec<_>>(), 150)
        })
        .await;
        let mut expected = ids("e", 150);
        expected.remove(7);
        let (read, errors) = outcome(list(&service.client()).items()).await;
        assert_eq!(read, expected);
        assert_eq!(service.asked(), [(0, 100), (100, 100)]);
        assert!(errors.len() == 1 && errors[0].is_unreadable(), "{errors:?}");
        let reason = errors[0].to_string();
        assert!(reason.contains("1 of its entries are not as documented"), "{reason}");
        assert!(String::from_utf8_lossy(errors[0].body().unwrap()).contains("odd"));
    }

    fn page_without_any_object_is_an_error(list) {
        for odd in [json!("odd"), json!(5), json!(null), json!([{ "id": "e" }])] {
            let service = Service::answering(move |_| page_of(vec![odd.clone(); 100], 250));
            let service = service.await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!(read.len(), 0);
            assert!(errors.len() == 1 && errors[0].is_unreadable(), "{errors:?}");
            let error = list(&service.client()).pages().next().await.unwrap().unwrap_err();
            assert!(error.is_unreadable() && error.body().is_some(), "{error:?}");
        }
    }

    fn unreadable_page_is_requested_again_when_resumed(list) {
        let service = Service::answering(|ask| {
            if ask.nth == 0 { page_of(vec!["odd"; 100], 150) } else { page(&ids("e", 150), ask) }
        })
        .await;
        let mut items = list(&service.client()).items();
        let mut read = Vec::new();
        for failures in [1, 0] {
            let all: Vec<_> = (&mut items).collect().await;
            assert_eq!(all.iter().filter(|item| item.is_err()).count(), failures);
            read.extend(all.into_iter().filter_map(Result::ok).map(|entry| entry.id()));
            items.resume();
        }
        assert_eq!(read, ids("e", 150));
        assert_eq!(service.asked(), [(0, 100), (0, 100), (100, 100)]);
    }

    fn known_entries_with_an_unreadable_one_do_not_end_the_stream(list) {
        let service = Service::answering(|ask| {
            let mut all = ids("e", 150);
            if ask.nth > 0 {
                all.splice(0..0, ids("new", 100));
            }
            let is_odd = |id: &String| ask.nth == 1 && id == "e7";
            let item = |id: &String| if is_odd(id) { json!("odd") } else { json!({ "id": id }) };
            page_of(slice(&all, ask).iter().map(item).collect::<Vec<_>>(), all.len())
        })
        .await;
        let (read, errors) = outcome(list(&service.client()).items()).await;
        assert_eq!(read, ids("e", 150));
        assert!(errors.len() == 1 && errors[0].is_unreadable(), "{errors:?}");
    }

    fn page_with_an_unreadable_entry_has_it_in_extra(list) {
        let service = Service::answering(|_| page_of(json!(["odd", { "id": "e" }]), 2)).await;
        let page = list(&service.client()).pages().next().await.unwrap().unwrap();
        let (_, whole) = page.extra().iter().next().unwrap();
        assert_eq!(*whole, json!(["odd", { "id": "e" }]));
    }

    fn unreadable_pages_end(list) {
        let service = Service::answering(|_| page_of(vec!["odd"; 100], Value::Null)).await;
        let mut pages = list(&service.client()).pages();
        let mut errors = Vec::new();
        while let Some(page) = pages.next().await {
            errors.extend(page.err());
        }
        assert!(errors.len() == 1 && errors[0].is_unreadable(), "{errors:?}");
        assert_eq!(service.asked(), [(0, 100)]);
    }
}

#[tokio::test]
async fn pages_have_status_headers_and_body() {
    let service = Service::of(ids("e", 250), |nth, list| {
        if nth == 1 {
            list.splice(0..0, ids("new", 30));
        }
    })
    .await;
    let call = service.client().list_scaling_activity_logs().scaling_group_id("g");
    let mut pages = call.pages();
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!((first.request_id(), pages.offset()), (Some("r0"), 100));
    assert!(format!("{pages:?}").contains("listScalingActivityLogs"));
    let second = pages.next().await.unwrap().unwrap();
    // Repeated entries are omitted from the typed page, but not from the body.
    assert_eq!(second.scaling_activity_log.as_ref().unwrap().len(), 70);
    let body: Value = serde_json::from_slice(second.body()).unwrap();
    assert_eq!(body["scaling_activity_log"].as_array().unwrap().len(), 100);
    assert_eq!(
        lengths(pages, |page| page.scaling_activity_log.iter().flatten().count()).await,
        [80]
    );
}

#[tokio::test]
async fn take_entries_limits_requests_of_pages() {
    let list = |page: &otc_autoscaling::types::ScalingActivityLogPage| {
        page.scaling_activity_log.iter().flatten().count()
    };
    for (take, expected, asked) in [
        (0, vec![], vec![]),
        (1, vec![1], vec![(0, 1)]),
        (100, vec![100], vec![(0, 100)]),
        (150, vec![100, 50], vec![(0, 100), (100, 50)]),
        (300, vec![100, 100, 50], vec![(0, 100), (100, 100), (200, 100)]),
    ] {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let call = service.client().list_scaling_activity_logs().scaling_group_id("g");
        let pages = call.pages().take_entries(take).take_entries(1000);
        assert_eq!(lengths(pages, list).await, expected);
        service.clock.rest().await;
        assert_eq!(service.asked(), asked);
    }
    // The service ignores the limit, and `take_entries` counts from the current position of the stream.
    let everything = |ask: Ask| page(&ids("e", 250), Ask { limit: 70, ..ask });
    let service = Service::answering(everything).await;
    let call = service.client().list_scaling_activity_logs().scaling_group_id("g");
    let mut pages = call.pages().prefetch(false);
    assert_eq!(list(&pages.next().await.unwrap().unwrap()), 70);
    let mut pages = pages.take_entries(7);
    assert_eq!(list(&pages.next().await.unwrap().unwrap()), 7);
    assert_eq!(pages.offset(), 77);
    assert!(pages.next().await.is_none());
    assert_eq!(service.asked(), [(0, 100), (70, 7)]);
}

#[tokio::test]
async fn pages_continue_when_resumed() {
    let service = failing(&[1], "403 Forbidden").await;
    let call = service.client().list_scaling_activity_logs().scaling_group_id("g");
    let mut pages = call.pages();
    let all: Vec<_> = (&mut pages).collect().await;
    assert!(all.len() == 2 && all[1].as_ref().is_err_and(Error::is_forbidden));
    pages.resume();
    let list = |page: &otc_autoscaling::types::ScalingActivityLogPage| {
        page.scaling_activity_log.iter().flatten().count()
    };
    assert_eq!(lengths(pages, list).await, [100, 50]);
}

#[tokio::test]
async fn pages_without_new_entries_are_skipped() {
    for count in [0, 250] {
        let service = Service::of(ids("e", count), |nth, list| {
            if nth == 1 {
                list.splice(0..0, ids("new", 100));
            }
        })
        .await;
        let call = service.client().list_scaling_policy_execute_logs().scaling_policy_id("p");
        let list = |page: &otc_autoscaling::types::ScalingPolicyExecuteLogPage| {
            page.scaling_policy_execute_log.iter().flatten().count()
        };
        let expected = if count == 0 { vec![] } else { vec![100, 100, 50] };
        assert_eq!(lengths(call.pages(), list).await, expected);
        assert_eq!(service.asked().len(), if count == 0 { 1 } else { 4 });
    }
}

// Lists that change.

of_both_lists! {
    fn entries_added_cause_no_duplicate_and_no_loss(list) {
        for arrivals in [1, 50, 100, 250] {
            for at in [1, 2] {
                let service = Service::of(ids("e", 250), move |nth, list| {
                    if nth == at {
                        list.splice(0..0, ids("new", arrivals));
                    }
                })
                .await;
                let read = read(list(&service.client()).items()).await;
                assert_no_repeats(&read);
                assert_has(&read, &ids("e", 250));
                // If more entries are added than were read, the rest are at positions that are still to be read.
                assert_eq!(read.len(), 250 + arrivals.saturating_sub(at * 100));
            }
        }
    }

    fn entries_added_before_each_page_cause_no_duplicate_and_no_loss(list) {
        let service = Service::of(ids("e", 1000), |nth, list| {
            if nth > 0 {
                list.splice(0..0, ids(&format!("new{nth}-"), 70));
            }
        })
        .await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 1000));
    }

    fn duplicates_do_not_count_towards_take(list) {
        let service = Service::of(ids("e", 500), |nth, list| {
            if nth == 1 {
                list.splice(0..0, ids("new", 50));
            }
        })
        .await;
        assert_eq!(read(list(&service.client()).items().take(101)).await, ids("e", 101));
        // The page for the last entry has a known one, so the next request includes the 50 added entries.
        assert_eq!(service.asked(), [(0, 100), (100, 1), (101, 51)]);
    }

    fn entries_removed_cause_no_loss(list) {
        for removals in [1, 50, 100, 150] {
            for at in [1, 2] {
                let service = Service::of(ids("e", 250), move |nth, list| {
                    if nth == at {
                        list.drain(..removals);
                    }
                })
                .await;
                let read = read(list(&service.client()).items()).await;
                assert_no_repeats(&read);
                assert_has(&read, &ids("e", 250)[removals.max(at * 100)..]);
            }
        }
    }

    fn removals_after_a_start_number_do_not_go_back_before_it(list) {
        let service = Service::of(ids("e", 300), |nth, list| {
            if nth == 1 {
                list.truncate(210);
            }
        })
        .await;
        let items = list(&service.client()).start_number(100).limit(40).items();
        assert_eq!(read(items).await, ids("e", 210)[100..]);
        assert_eq!(service.asked()[..3], [(100, 40), (140, 40), (100, 40)]);
    }

    fn repeated_removals_do_not_go_back_before_the_beginning(list) {
        let service = Service::of(ids("e", 300), |nth, list| match nth {
            2 => list.truncate(240),
            4 => drop(list.drain(100..175)),
            _ => {}
        })
        .await;
        let read = read(list(&service.client()).start_number(100).limit(40).items()).await;
        assert_no_repeats(&read);
        assert_has(&read, &ids("e", 240)[175..]);
        assert_eq!(service.asked()[2..6], [(180, 40), (120, 40), (160, 40), (100, 40)]);
    }

    /// The oldest entries of a log expire: at its end, or at its beginning if it is in the reverse order.
    fn list_that_shrinks_before_each_page_is_read(list) {
        for (removals, is_front) in [(1, false), (10, false), (1, true), (10, true)] {
            let service = Service::of(ids("e", 1000), move |nth, list| {
                if nth > 0 {
                    let rest = list.len().saturating_sub(removals);
                    drop(if is_front { list.drain(..removals) } else { list.drain(rest..) });
                }
            })
            .await;
            let read = read(list(&service.client()).items()).await;
            let asked = service.asked().len();
            let gone = removals * (asked - 1);
            assert_no_repeats(&read);
            assert_has(&read, &ids("e", 1000)[if is_front { gone..1000 } else { 0..1000 - gone }]);
            // A list that does not change takes eleven requests.
            assert!(asked <= 14, "{removals}, {is_front}: {asked}");
            assert!(read.is_sorted_by_key(|id| id[1..].parse::<usize>().unwrap()));
        }
    }

    /// The total does not show these changes.
    fn as_many_added_as_removed_before_each_page_cause_no_loss(list) {
        for changes in [1, 30, 90] {
            let service = Service::of(ids("e", 1000), move |nth, list| {
                if nth > 0 {
                    list.truncate(list.len() - changes);
                    list.splice(0..0, ids(&format!("new{nth}-"), changes));
                }
            })
            .await;
            let read = read(list(&service.client()).items()).await;
            let gone = changes * (service.asked().len() - 1);
            assert_no_repeats(&read);
            assert_has(&read, &ids("e", 1000_usize.saturating_sub(gone)));
        }
    }

    fn take_limits_requests_while_the_list_grows(list) {
        let service = Service::of(ids("e", 200), |nth, list| {
            if nth == 1 {
                list.extend(ids("new", 300));
            }
        })
        .await;
        assert_eq!(read(list(&service.client()).items().take(250)).await[..200], ids("e", 200));
        // The last request includes entries that may have moved into the page.
        assert_eq!(service.asked(), [(0, 100), (100, 100), (200, 100)]);
    }

    fn emptied_list_ends(list) {
        let service = Service::of(ids("e", 250), |nth, list| {
            if nth > 0 {
                list.clear();
            }
        })
        .await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 100));
    }

    /// The last entry was removed, and another one was added at the front.
    fn short_last_page_with_known_entries_is_the_end(list) {
        let service = Service::of(ids("e", 201), |nth, list| {
            if nth == 2 {
                list.pop();
                list.insert(0, "new".into());
            }
        })
        .await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 200));
    }
}

// A service that makes no progress.

of_both_lists! {
    fn ignored_offset_is_an_error_after_two_requests(list) {
        for total in [json!(250), json!(200), json!(150), json!(null)] {
            let service = Service::answering(move |ask| {
                let ids = ids("e", 100);
                let items = slice(&ids, Ask { offset: 0, ..ask }).iter().map(|id| json!({ "id": id }));
                page_of(items.collect::<Vec<_>>(), total.clone())
            })
            .await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!(read, ids("e", 100));
            let [error] = errors.as_slice() else { panic!("{errors:?}") };
            assert!(error.is_stalled() && !error.is_transient() && !error.is_unreadable());
            assert_eq!(error.attempts(), 1);
            assert_eq!(error.request_id(), Some("r1"));
            assert!(error.body().is_some_and(|body| body.ends_with(b"}")));
            let operation = error.operation().unwrap();
            assert_eq!(
                error.to_string(),
                format!(
                    "{operation}: 200 OK: no progress: the page at start_number 100 repeats earlier entries; the service may ignore start_number (request r1)"
                )
            );
            assert_eq!(service.asked(), [(0, 100), (100, 100)]);
        }
    }

    /// The total matches the number of entries, but the page repeats the first ones.
    fn short_last_page_with_the_first_entries_is_an_error(list) {
        for (total, cap, take) in [(101, 100, 101), (100, 50, 1000)] {
            let service = Service::answering(move |ask| {
                let entries = ids("e", total);
                page(&entries, Ask { offset: 0, limit: ask.limit.min(cap), ..ask })
            })
            .await;
            let (read, errors) = outcome(list(&service.client()).items().take(take)).await;
            assert_eq!(read, ids("e", cap));
            assert!(errors.len() == 1 && errors[0].is_stalled(), "{errors:?}");
        }
    }

    /// With added entries, each page has something new.
    fn ignored_offset_is_detected_while_entries_are_added(list) {
        for has_total in [true, false] {
            for (count, arrivals) in [(199, 1), (500, 10), (500, 49), (500, 60), (300, 100)] {
                let mut entries = ids("e", count);
                let service = Service::answering(move |ask| {
                    let arrivals = if (1..5).contains(&ask.nth) { arrivals } else { 0 };
                    entries.splice(0..0, ids(&format!("new{}-", ask.nth), arrivals));
                    let Answer::Page(mut page) = page(&entries, Ask { offset: 0, ..ask }) else {
                        unreachable!()
                    };
                    if !has_total {
                        page["total_number"].take();
                    }
                    Answer::Page(page)
                })
                .await;
                let mut items = list(&service.client()).items();
                let all: Vec<_> = (&mut items).collect().await;
                let (last, before) = all.split_last().unwrap();
                assert!(last.as_ref().is_err_and(Error::is_stalled), "{count}, {arrivals}");
                // New entries are yielded before the error.
                let read: Vec<_> = before.iter().map(|item| item.as_ref().unwrap().id()).collect();
                assert_no_repeats(&read);
                assert_has(&read, &ids("new1-", arrivals));
                let requests = service.asked().len();
                assert!(requests < 20, "{requests}");
                if arrivals < 50 {
                    assert_eq!((read.len(), requests, items.offset()), (100 + arrivals, 2, 100));
                }
            }
        }
    }

    /// Added entries explain known ones at the start of the second page, but not in the middle of it.
    fn entry_that_is_moved_to_a_later_page_is_an_error(list) {
        for arrivals in [0, 2] {
            let service = Service::of(ids("e", 200), move |nth, list| {
                if nth == 1 {
                    let moved = list.remove(0);
                    list.insert(150, moved);
                    list.truncate(list.len() - arrivals);
                    list.splice(0..0, ids("new", arrivals));
                }
            })
            .await;
            let (_, errors) = outcome(list(&service.client()).items()).await;
            assert!(errors.len() == 1 && errors[0].is_stalled(), "{errors:?}");
        }
    }

    fn pages_that_begin_one_entry_early_are_read_to_the_end(list) {
        let service = Service::answering(|ask| {
            page(&ids("e", 300), Ask { offset: ask.offset.saturating_sub(1), ..ask })
        });
        let service = service.await;
        assert_eq!(read(list(&service.client()).items()).await, ids("e", 300));
        assert_eq!(service.asked().len(), 5);
    }

    fn list_in_a_new_order_each_time_is_an_error(list) {
        let mut dice = Dice(1);
        let service = Service::answering(move |ask| {
            let mut list = ids("e", 1000);
            for place in 0..list.len() {
                list.swap(place, dice.below(1000));
            }
            page(&list, ask)
        });
        let service = service.await;
        let (read, errors) = outcome(list(&service.client()).items()).await;
        assert_no_repeats(&read);
        assert!(read.len() < 1000 && errors.len() == 1 && errors[0].is_stalled(), "{errors:?}");
    }

    fn alternating_total_ends(list) {
        let service = Service::answering(|ask| {
            let Answer::Page(mut page) = page(&ids("e", 100), Ask { offset: 0, ..ask }) else {
                unreachable!()
            };
            page["total_number"] = json!(100_000 + ask.nth % 2 * 50_000);
            Answer::Page(page)
        })
        .await;
        let (read, errors) = outcome(list(&service.client()).items()).await;
        assert_eq!(read, ids("e", 100));
        assert!(errors.len() == 1 && errors[0].is_stalled());
        assert!(service.asked().len() < 250, "{}", service.asked().len());
    }

    fn repeated_page_without_ids_is_an_error(list) {
        let same = |_: Ask| page_of(vec![json!({ "status": "SUCCESS" }); 100], 250);
        let service = Service::answering(same).await;
        let (read, errors) = outcome(list(&service.client()).items()).await;
        assert_eq!(read.len(), 100);
        assert!(errors.len() == 1 && errors[0].is_stalled());
        assert_eq!(service.asked().len(), 2);
    }

    fn different_pages_without_ids_are_all_read(list) {
        let service = Service::answering(|ask| {
            let texts = ids("t", 250);
            let items = slice(&texts, ask).iter().map(|text| json!({ "status": text }));
            page_of(items.collect::<Vec<_>>(), 250)
        })
        .await;
        assert_eq!(read(list(&service.client()).items()).await.len(), 250);
        assert_eq!(service.asked().len(), 3);
    }
}

// Failures.

/// A service that returns a list of 250 entries, and an error status for these requests.
async fn failing(requests: &'static [usize], status: &'static str) -> Service {
    Service::answering(move |ask| {
        if requests.contains(&ask.nth) { Answer::Status(status) } else { page(&ids("e", 250), ask) }
    })
    .await
}

of_both_lists! {
    fn failed_page_is_requested_again_by_the_next_poll(list) {
        for status in [
            "500 Internal Server Error",
            "429 Too Many Requests",
            "408 Request Timeout",
        ] {
            for (fail, errors) in [(&[0][..], 1), (&[1], 1), (&[1, 2], 2), (&[0, 1, 3, 4], 4)] {
                let service = failing(fail, status).await;
                let (read, seen) = outcome(list(&service.client()).items()).await;
                assert_eq!(read, ids("e", 250), "{fail:?}");
                assert_eq!(seen.len(), errors);
                assert!(seen.iter().all(Error::is_transient));
                assert_eq!(service.asked().len(), 3 + errors);
            }
        }
    }

    fn third_failure_in_a_row_ends_the_stream(list) {
        for fail in [&[0, 1, 2][..], &[1, 2, 3]] {
            let service = failing(fail, "503 Service Unavailable").await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!((read.len(), errors.len()), (fail[0] * 100, 3));
            assert_eq!(service.asked().len(), fail[0] + 3);
        }
    }

    fn permanent_error_ends_the_stream(list) {
        for status in [
            "404 Not Found",
            "400 Bad Request",
            "401 Unauthorized",
            "403 Forbidden",
            "302 Found",
        ] {
            let service = failing(&[1], status).await;
            let (read, errors) = outcome(list(&service.client()).items()).await;
            assert_eq!((read.len(), errors.len()), (100, 1), "{status}");
            assert_eq!(service.asked().len(), 2);
        }
        let service = Service::answering(|_| Answer::Page(json!([]))).await;
        let (_, errors) = outcome(list(&service.client()).items()).await;
        assert!(errors.len() == 1 && errors[0].is_unreadable());
        assert_eq!(service.asked().len(), 1);
    }

    fn new_stream_continues_at_an_offset(list) {
        let service = failing(&[1, 2, 3], "500 Internal Server Error").await;
        let mut items = list(&service.client()).items();
        let first: Vec<_> = (&mut items).collect().await;
        assert_eq!((first.len(), items.offset()), (103, 100));
        let rest = list(&service.client()).start_number(items.offset()).items();
        assert_eq!(read(rest).await, ids("e", 250)[100..]);

        let mut items = list(&service.client()).items();
        for position in 0..130 {
            assert_eq!(items.offset(), position);
            items.next().await.unwrap().unwrap();
        }
        let rest = list(&service.client()).start_number(items.offset()).items();
        assert_eq!(read(rest).await, ids("e", 250)[130..]);
    }

    fn stream_ended_by_an_error_continues_when_resumed(list) {
        for (status, errors) in [("403 Forbidden", 1), ("500 Internal Server Error", 3)] {
            // Entries are added meanwhile: a new stream would repeat some.
            let mut list_now = ids("e", 250);
            let service = Service::answering(move |ask| {
                if (1..=2 * errors).contains(&ask.nth) {
                    return Answer::Status(status);
                }
                if ask.nth > 0 && list_now.len() == 250 {
                    list_now.splice(0..0, ids("new", 30));
                }
                page(&list_now, ask)
            })
            .await;
            let mut items = list(&service.client()).items();
            // `resume` does not affect a stream that has not ended.
            items.resume();
            let mut read = Vec::new();
            for failures in [errors, errors, 0] {
                let all: Vec<_> = (&mut items).collect().await;
                assert!(items.next().await.is_none());
                assert_eq!(all.iter().filter(|item| item.is_err()).count(), failures);
                read.extend(all.into_iter().filter_map(Result::ok).map(|entry| entry.id()));
                assert_eq!(read.len(), if failures > 0 { 100 } else { 250 });
                items.resume();
            }
            assert_eq!(read, ids("e", 250));
            // It does not affect a complete stream either.
            assert!(items.next().await.is_none());
            assert_eq!(service.asked().len(), 3 + 2 * errors);
        }
    }

    fn stalled_stream_continues_when_resumed_after_the_service_recovers(list) {
        let service = Service::answering(|ask| {
            let offset = if ask.nth < 3 { 0 } else { ask.offset };
            page(&ids("e", 250), Ask { offset, ..ask })
        })
        .await;
        let mut items = list(&service.client()).items();
        let counts = async |items: &mut Items<_>| {
            let all: Vec<_> = items.collect().await;
            let errors = all.iter().filter_map(|item| item.as_ref().err());
            (all.iter().flatten().count(), errors.filter(|error| error.is_stalled()).count())
        };
        assert_eq!(counts(&mut items).await, (100, 1));
        items.resume();
        assert_eq!(counts(&mut items).await, (0, 1));
        items.resume();
        assert_eq!(counts(&mut items).await, (150, 0));
        assert_eq!(service.asked().len(), 5);
    }

    /// The offset has moved past them because of the totals.
    fn missing_entries_stay_an_error_when_resumed(list) {
        let service = Service::answering(|ask| {
            let offset = if ask.nth < 300 { 0 } else { ask.offset };
            let Answer::Page(mut page) = page(&ids("e", 250), Ask { offset, ..ask }) else {
                unreachable!()
            };
            page["total_number"] = json!(100_000 + ask.nth % 2 * 50_000);
            Answer::Page(page)
        })
        .await;
        let mut items = list(&service.client()).items();
        let (mut read, mut is_error) = (0, true);
        while service.asked().len() < 310 {
            let all: Vec<_> = (&mut items).collect().await;
            read += all.iter().flatten().count();
            // At the end, the pages are empty, but more entries should follow according to the totals.
            let error = all.last().unwrap().as_ref().unwrap_err();
            is_error &= error.is_stalled() || error.is_unreadable();
            items.resume();
        }
        assert_eq!((read, is_error), (100, true));
    }

    fn unreachable_service_ends_the_stream(list) {
        let service = Service::of(vec![], |_, _| {}).await;
        let client = Client::builder().project_id(PROJECT).credentials(Credentials::token(TOKEN));
        let (address, _socket) = unused_address();
        let client = client.endpoint(address).retry(Retry::never());
        let client = client.build().unwrap();
        let (_, errors) = outcome(list(&client).items()).await;
        assert_eq!(errors.iter().filter(|error| error.kind() == ErrorKind::Connect).count(), 3);
        assert_eq!(service.asked().len(), 0);
    }

    fn limit_of_zero_is_rejected(list) {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let call = || list(&service.client()).limit(0);
        let (_, errors) = outcome(call().items()).await;
        let expected =
            "request not sent: limit: 0 requests empty pages: use 1 to 100, or leave it unset";
        assert!(errors.len() == 1 && errors[0].is_invalid());
        assert!(errors[0].to_string().ends_with(expected), "{}", errors[0]);
        let pages: Vec<_> = call().pages().collect().await;
        assert!(pages.len() == 1 && pages[0].as_ref().unwrap_err().is_invalid());
        assert_eq!(service.asked(), []);
    }

    fn all_violations_are_reported_at_once(list) {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let call = list(&service.client()).limit(0).start_number(-1).log_id("a/b");
        let (_, errors) = outcome(call.items()).await;
        let pointers: Vec<_> = errors[0].violations().iter().map(|it| it.pointer()).collect();
        assert_eq!((errors.len(), pointers), (1, vec!["/log_id".into(), "/start_number".into(), "/limit".to_owned()]));
        assert_eq!(service.asked(), []);
    }

    fn invalid_offset_is_rejected(list) {
        let service = Service::answering(|ask| {
            let items: Vec<_> = ids(&format!("{}-", ask.nth), 100).iter().map(|id| json!({ "id": id })).collect();
            page_of(items, Value::Null)
        })
        .await;
        let items = list(&service.client()).start_number(i32::MAX - 150).items();
        let (read, errors) = outcome(items).await;
        assert_eq!((read.len(), errors.len()), (200, 1));
        assert_eq!(errors[0].violations()[0].pointer(), "/start_number");
        assert_eq!(service.asked().len(), 2);
    }
}

// Prefetching.

of_both_lists! {
    fn next_page_is_prefetched_while_one_is_consumed(list) {
        let service = Service::of(ids("e", 350), |_, _| {}).await;
        let mut items = list(&service.client()).items();
        items.next().await.unwrap().unwrap();
        // One page ahead, and no further.
        assert_eq!(service.asked_in_all().await, 2);
        assert_eq!(read(items).await, ids("e", 350)[1..]);
    }

    fn prefetch_can_be_disabled(list) {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let mut items = list(&service.client()).items().prefetch(false);
        for _ in 0..100 {
            items.next().await.unwrap().unwrap();
        }
        assert_eq!(service.asked_in_all().await, 1);
        items.next().await.unwrap().unwrap();
        assert_eq!(service.asked_in_all().await, 2);

        let mut pages = list(&service.client()).pages().prefetch(false);
        pages.next().await.unwrap().unwrap();
        assert_eq!(service.asked_in_all().await, 3);
    }

    fn nothing_is_requested_before_the_first_poll(list) {
        let service = Service::of(ids("e", 250), |_, _| {}).await;
        let _items = list(&service.client()).items();
        let _pages = list(&service.client()).pages();
        assert_eq!(service.asked_in_all().await, 0);
    }

    fn pending_page_is_cancelled_with_the_stream(list) {
        let service = Service::answering(|ask| {
            if ask.nth == 0 { page(&ids("e", 250), ask) } else { Answer::Never }
        })
        .await;
        let mut items = list(&service.client()).items();
        items.next().await.unwrap().unwrap();
        assert_eq!((service.asked_in_all().await, service.double.left()), (2, 0));
        drop(items);
        assert_eq!((service.asked_in_all().await, service.double.left()), (2, 1));
    }
}

#[test]
fn streams_are_send() {
    fn crosses<T: Send + Unpin + 'static>(_: fn(&'static Client) -> T) {}
    crosses(|client| client.list_scaling_activity_logs().items());
    crosses(|client| client.list_scaling_policy_execute_logs().pages());
}

// Randomized tests.

/// A generator of reproducible pseudorandom numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// The state of a list while it is read.
struct History {
    now: Vec<String>,
    /// The entries that were present at every request so far.
    throughout: Vec<String>,
}

impl History {
    fn arrive(&mut self, name: usize, count: usize) {
        self.now.splice(0..0, ids(&format!("new{name}-"), count));
    }

    fn vanish(&mut self, place: usize) {
        let gone = self.now.remove(place);
        self.throughout.retain(|id| *id != gone);
    }
}

/// The changes to a list between two pages.
#[derive(Clone, Copy)]
enum Change {
    /// Additions, removals, or nothing.
    Either,
    /// Additions and removals.
    Both,
    /// As many additions as removals of the oldest entries.
    Swap,
    /// Removals of the oldest entries, which are last.
    Oldest,
    /// Removals of the newest entries, which are first.
    Newest,
}

/// The result of reading a list, and the entries that it must contain.
struct Reading {
    read: Vec<String>,
    errors: Vec<Error>,
    throughout: Vec<String>,
}

/// Reads a list that changes randomly, in pages of random length, with failures. `serve` modifies each request before
/// the service processes it.
async fn reading_of<L: List>(
    items: impl Fn(&Client, usize) -> Items<L>,
    mut dice: Dice,
    change: Change,
    serve: fn(Ask) -> Ask,
) -> Reading
where
    L::Item: Entry,
{
    let now = ids("e", dice.below(400));
    let limit = dice.of(&[7, 20, 50, 100]);
    let (prefetch, cap) = (dice.below(2) == 0, dice.of(&[13, 40, 100, 100]));
    // The number of changes is limited, so that the stream ends.
    let changes = dice.below(30);
    let pace = 1 + dice.below(limit / 2);
    let history = Arc::new(Mutex::new(History { throughout: now.clone(), now }));
    let kept = Arc::clone(&history);
    let mut failed = false;
    let service = Service::answering(move |ask| {
        let mut history = kept.lock().unwrap();
        let history = &mut *history;
        // Not after a failure: two changes between pages could be of both kinds.
        if ask.nth > 0 && ask.nth < changes && !failed {
            let kind = dice.below(3);
            let (arrivals, removals) = match change {
                Change::Either if kind == 0 => (dice.below(2 * limit), 0),
                Change::Either if kind == 1 => (0, dice.below(40)),
                Change::Either => (0, 0),
                Change::Both => (dice.below(2 * limit), dice.below(40)),
                Change::Swap => (pace, pace),
                Change::Oldest | Change::Newest => (0, pace),
            };
            history.arrive(ask.nth, arrivals);
            for _ in 0..removals.min(history.now.len()) {
                history.vanish(match change {
                    Change::Either | Change::Both => dice.below(history.now.len()),
                    Change::Swap | Change::Oldest => history.now.len() - 1,
                    Change::Newest => 0,
                });
            }
        }
        failed = !failed && dice.below(8) == 0;
        if failed {
            return Answer::Status("502 Bad Gateway");
        }
        page(&history.now, serve(Ask { limit: ask.limit.min(cap), ..ask }))
    })
    .await;
    let (read, errors) = outcome(items(&service.client(), limit).prefetch(prefetch)).await;
    let throughout = history.lock().unwrap().throughout.clone();
    Reading { read, errors, throughout }
}

of_both_lists! {
    /// Additions at the front or removals anywhere before each page, pages of any length, and failures.
    fn entries_present_throughout_are_read_once(list) {
        for seed in 0..120 {
            eprintln!("seed {seed}");
            let mut dice = Dice(seed);
            let change = dice.of(&[Change::Either, Change::Either, Change::Oldest, Change::Newest]);
            let items = |client: &Client, limit| list(client).limit(limit).items();
            let reading = reading_of(items, dice, change, |ask| ask).await;
            assert!(reading.errors.iter().all(Error::is_transient), "{:?}", reading.errors);
            assert_no_repeats(&reading.read);
            assert_has(&reading.read, &reading.throughout);
        }
    }

    /// Entries are both added and removed, or the service ignores the offset.
    fn entries_present_throughout_are_read_or_an_error_is_returned(list) {
        let (mut whole, mut stalled) = (0, 0);
        for seed in 0..160 {
            eprintln!("seed {seed}");
            let mut dice = Dice(1000 + seed);
            let changes =
                [Change::Both, Change::Swap, Change::Either, Change::Oldest, Change::Newest];
            let change = dice.of(&changes);
            let serve = match (seed % 3, change) {
                (0, _) => |ask| Ask { offset: 0, ..ask },
                (_, Change::Both | Change::Swap) => |ask| ask,
                _ => continue,
            };
            let items = |client: &Client, limit| list(client).limit(limit).items();
            let reading = reading_of(items, dice, change, serve).await;
            assert_no_repeats(&reading.read);
            match reading.errors.iter().find(|error| !error.is_transient()) {
                None => assert_has(&reading.read, &reading.throughout),
                Some(error) => assert!(error.is_stalled(), "{error:?}"),
            }
            let has_stalled = reading.errors.iter().any(Error::is_stalled);
            *if has_stalled { &mut stalled } else { &mut whole } += 1;
        }
        assert!(whole > 10 && stalled > 10, "{whole} {stalled}");
    }

    /// A service with random pages, but a bounded number of IDs.
    fn every_stream_ends_without_duplicates(list) {
        for seed in 0..30 {
            eprintln!("seed {seed}");
            let mut dice = Dice(seed);
            let pool = 1 + dice.below(300);
            let odd_lists = [json!(null), json!(""), json!("oops")];
            let totals = [json!(null), json!(-5), json!(i64::MAX), json!("9"), json!(0), json!({})];
            let service = Service::answering(move |ask| {
                let count = dice.of(&[1, 3, ask.limit, ask.limit + 5]);
                // No ID occurs twice in a page, since all entries of a page would be read.
                let mut of_page = HashSet::new();
                let items: Vec<_> = (0..count)
                    .map(|_| match (dice.below(40), dice.below(pool)) {
                        (1.., id) if of_page.insert(id) => json!({ "id": format!("e{id}") }),
                        _ => json!("odd"),
                    })
                    .collect();
                let total = dice.below(1000);
                match dice.below(12) {
                    0 => Answer::Status("500 Internal Server Error"),
                    1 => page_of(items, dice.of(&totals)),
                    2 if seed % 2 == 0 => page_of(Vec::<Value>::new(), total),
                    3 if seed % 3 == 0 => page_of(dice.of(&odd_lists), total),
                    _ => page_of(items, 500 + total),
                }
            })
            .await;
            let (read, _) = outcome(list(&service.client()).items()).await;
            assert_no_repeats(&read);
        }
    }
}
