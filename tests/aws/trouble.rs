//! SNS gone for a while, DynamoDB in trouble: nothing is lost, nothing is sent twice, and nothing that is not stored.

use serde_json::Value;

use crate::proxy::{Fate, Proxy};
use crate::world::World;

/// A world with a proxy, in which `shop` was up, and has failed once since.
fn shaky() -> (World, Proxy) {
    let world = World::new();
    let proxy = Proxy::before(world.moto.endpoint());
    let world = world.behind(proxy.endpoint());
    world.sync();
    world.check().exits(0);
    world.api.answer(503);
    world.check().exits(0);
    (world, proxy)
}

fn sns_is_gone(proxy: &Proxy) {
    proxy.plan(|asked| if asked.service == "sns" { Fate::Drop } else { Fate::Forward });
}

fn all_is_well(proxy: &Proxy) {
    proxy.plan(|_| Fate::Forward);
}

#[test]
fn what_could_not_be_notified_is_notified_later_once() {
    let (world, proxy) = shaky();
    sns_is_gone(&proxy);
    world.check().exits(4);
    assert_eq!(world.row("shop")["health"]["S"], "down", "it is stored all the same");
    assert_eq!(world.subjects(), [""; 0]);
    all_is_well(&proxy);
    world.check().exits(0);
    assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"]);
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0]);
}

#[test]
fn an_outage_that_could_not_be_delivered_is_one_late_message() {
    let (world, proxy) = shaky();
    sns_is_gone(&proxy);
    world.check().exits(4);
    world.api.answer(200);
    world.check().exits(4);
    all_is_well(&proxy);
    world.check().exits(0);
    let subjects = world.subjects();
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    assert!(subjects[0].contains("WAS DOWN"), "{subjects:?}");
}

#[test]
fn a_message_whose_answer_is_lost_comes_again_with_the_same_id() {
    let (world, proxy) = shaky();
    proxy.plan(|asked| if asked.service == "sns" { Fate::LoseAnswer } else { Fate::Forward });
    world.check().exits(4);
    all_is_well(&proxy);
    world.check().exits(0);
    let messages = world.messages();
    let id = |message: &Value| message["MessageAttributes"]["alert_id"]["Value"].clone();
    assert!(messages.len() >= 2, "{messages:?}");
    assert!(messages.iter().all(|message| id(message) == id(&messages[0])), "{messages:?}");
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0]);
}

/// Every third request of DynamoDB goes wrong, in turn in another way.
fn every_third(number: usize) -> Fate {
    match number % 12 {
        0 => Fate::LoseAnswer,
        3 => Fate::Throttle,
        6 => Fate::Internal,
        9 => Fate::Drop,
        _ => Fate::Forward,
    }
}

#[test]
fn a_shaky_table_is_asked_again_and_the_outage_is_notified_once() {
    let (world, proxy) = shaky();
    proxy.plan(|asked| if asked.service == "dynamodb" { every_third(asked.number) } else { Fate::Forward });
    world.check().exits(0);
    assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"]);
    let asked = proxy.asked().into_iter().filter(|asked| asked.service == "dynamodb").count();
    assert!(asked >= 12, "all four kinds of trouble came by: {asked}");
    world.api.answer(200);
    world.check().exits(0);
    assert_eq!(world.subjects().len(), 1);
    world.repository.write("monitors/more.yaml", &world.api.monitor("more", "/more"));
    world.sync();
    world.run(&["status"]).exits(0);
}

#[test]
fn nothing_is_notified_that_could_not_be_stored() {
    for fate in [Fate::Throttle, Fate::Internal, Fate::Drop] {
        let (world, proxy) = shaky();
        proxy.plan(move |asked| if asked.operation == "TransactWriteItems" { fate } else { Fate::Forward });
        world.check().exits(4);
        assert_eq!(world.subjects(), [""; 0], "{fate:?}");
        assert_eq!(world.row("shop")["health"]["S"], "up", "{fate:?}");
        all_is_well(&proxy);
        world.check().exits(0);
        assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"], "{fate:?}");
    }
}

#[test]
fn a_table_that_only_throttles_ends_the_run_and_probes_nothing() {
    let (world, proxy) = shaky();
    let probes = world.api.requests().len();
    proxy.plan(|asked| if asked.service == "dynamodb" { Fate::Throttle } else { Fate::Forward });
    let run = world.check();
    run.exits(4);
    assert!(run.stderr.contains("is throttled, after all retries"), "{}", run.stderr);
    assert_eq!(world.api.requests().len(), probes);
    assert_eq!(world.subjects(), [""; 0]);
}

/// How an answer to a write that was done does not arrive.
const LOST: [Fate; 2] = [Fate::LoseAnswer, Fate::InternalAfter];

/// The first answer to a transaction is lost. moto does not know its token again, as DynamoDB after ten minutes.
fn first_transaction(proxy: &Proxy, fate: Fate) {
    let done = std::sync::atomic::AtomicBool::new(false);
    proxy.plan(move |asked| match asked.operation.as_str() {
        "TransactWriteItems" if !done.swap(true, std::sync::atomic::Ordering::Relaxed) => fate,
        _ => Fate::Forward,
    });
}

/// Every answer to the first try of a transaction is lost.
fn every_other_transaction(proxy: &Proxy, fate: Fate) {
    let number = std::sync::atomic::AtomicUsize::new(0);
    proxy.plan(move |asked| match asked.operation.as_str() {
        "TransactWriteItems" if number.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2 == 0 => fate,
        _ => Fate::Forward,
    });
}

#[test]
fn a_sync_knows_its_own_writes_again_whatever_becomes_of_the_answers() {
    for fate in LOST {
        let world = World::new();
        let proxy = Proxy::before(world.moto.endpoint());
        let world = world.behind(proxy.endpoint());
        // A new catalog, of several parts.
        let many: String = (0..120)
            .map(|n| format!("---\n{}", world.api.monitor(&format!("m-{n}"), "/m")))
            .collect::<Vec<_>>()
            .concat();
        world.repository.write("monitors/many.yaml", &many);
        every_other_transaction(&proxy, fate);
        world.sync();
        world.run(&["diff", "--exit-code"]).exits(0);
        // A change, a removal and an undo, of one part each.
        world.repository.write("monitors/shop.yaml", &world.api.monitor("shop", "/other"));
        world.repository.write("monitors/one.yaml", &world.api.monitor("one", "/one"));
        first_transaction(&proxy, fate);
        world.sync();
        world.repository.remove("monitors/one.yaml");
        first_transaction(&proxy, fate);
        world.sync();
        first_transaction(&proxy, fate);
        world.run(&["sync", "--yes", "--undo", "last"]).exits(0);
        world.repository.write("monitors/one.yaml", &world.api.monitor("one", "/one"));
        world.run(&["diff", "--exit-code"]).exits(0);
        // Silences.
        first_transaction(&proxy, fate);
        world.run(&["silence", "add", "shop", "--for", "1h", "--reason", "deploying"]).exits(0);
        let list = world.run(&["silence", "list", "--format", "json"]).json();
        let id = list["silences"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(list["silences"].as_array().map(Vec::len), Some(1), "{list}");
        first_transaction(&proxy, fate);
        world.run(&["silence", "end", &id]).exits(0);
    }
}

#[test]
fn a_write_of_someone_else_at_the_same_moment_costs_another_try_and_nothing_else() {
    let (world, proxy) = shaky();
    // Three writes of a kind meet one, each of them four times.
    let number = std::sync::atomic::AtomicUsize::new(0);
    proxy.plan(move |asked| match asked.operation.as_str() {
        "UpdateItem" | "TransactWriteItems" => {
            match number.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 5 {
                4 => Fate::Forward,
                _ => Fate::Conflict,
            }
        }
        _ => Fate::Forward,
    });
    world.check().exits(0);
    assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"]);
    assert_eq!(world.row("shop")["delivered"]["M"]["default"]["M"]["health"]["S"], "down");
    world.repository.write("monitors/more.yaml", &world.api.monitor("more", "/more"));
    world.sync();
    // One that is always in the way holds the lock: nothing to do here, and nothing is wrong.
    proxy.plan(|asked| if asked.operation == "UpdateItem" { Fate::Conflict } else { Fate::Forward });
    let probes = world.api.requests().len();
    let run = world.check();
    run.exits(0);
    assert!(run.json()["refused"].is_object(), "{}", run.stdout);
    assert_eq!((world.api.requests().len(), world.subjects().len()), (probes, 0));
}
