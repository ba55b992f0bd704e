//! The table, changed with other tools than this one.

use base64::Engine as _;
use dynoxide::Database;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Repository;

/// What a person does to the table with other tools.
fn by_hand<A>(repository: &Repository, call: impl FnOnce(&Database) -> dynoxide::Result<A>) -> A {
    let file =
        repository.files(".monitorctl").into_iter().find(|file| file.ends_with("store.db")).expect("a store");
    let database = Database::new(file.to_str().expect("UTF-8")).expect("a database");
    call(&database).expect("it is done")
}

fn request<Q: DeserializeOwned>(body: Value) -> Q {
    serde_json::from_value(body).expect("a request")
}

/// With attributes beyond those that an item must have.
pub fn put_with(repository: &Repository, id: &str, spec: &Value, more: &Value) {
    let mut item = json!({"shard": {"S": "0"}, "monitor": {"S": id}, "spec": {"M": spec}});
    item.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    by_hand(repository, |database| {
        database.put_item(request(json!({"TableName": "api_health_configs", "Item": item})))
    });
}

/// A monitor with this spec, and nothing else.
pub fn put(repository: &Repository, id: &str, spec: &Value) {
    put_with(repository, id, spec, &json!({}));
}

/// Another spec in an item that sync wrote.
pub fn edit(repository: &Repository, id: &str, spec: &Value) {
    set(repository, id, "spec", &json!({"M": spec}));
}

/// Another value of an attribute in an item that sync wrote.
pub fn set(repository: &Repository, id: &str, attribute: &str, value: &Value) {
    let body = json!({
        "TableName": "api_health_configs",
        "Key": {"shard": {"S": "0"}, "monitor": {"S": id}},
        "UpdateExpression": "SET #name = :value",
        "ExpressionAttributeNames": {"#name": attribute},
        "ExpressionAttributeValues": {":value": value},
    });
    by_hand(repository, |database| database.update_item(request(body)));
}

/// The item of a monitor as it is stored.
pub fn get(repository: &Repository, id: &str) -> Value {
    let key = json!({"shard": {"S": "0"}, "monitor": {"S": id}});
    let body = json!({"TableName": "api_health_configs", "Key": key});
    let answer = by_hand(repository, |database| database.get_item(request(body)));
    serde_json::to_value(answer).expect("JSON")["Item"].take()
}

/// Takes a monitor out of the table.
pub fn delete(repository: &Repository, id: &str) {
    let key = json!({"shard": {"S": "0"}, "monitor": {"S": id}});
    by_hand(repository, |database| {
        database.delete_item(request(json!({"TableName": "api_health_configs", "Key": key})))
    });
}

/// The results of runs in the past, as `check` writes them, of the one monitor that the ledger knows: 4 bytes each
/// (`src/history/ledger.rs`).
pub fn put_results(repository: &Repository, results: impl IntoIterator<Item = (jiff::Timestamp, [u8; 4])>) {
    by_hand(repository, |database| {
        for (at, result) in results {
            let mut samples = vec![0_u8; 25];
            samples[0] = 1;
            samples.extend(result);
            let item = json!({
                "series": {"S": "ledger#0#0"},
                "at": {"N": at.as_millisecond().to_string()},
                "format": {"N": "1"},
                "samples": {"B": base64::engine::general_purpose::STANDARD.encode(samples)},
            });
            database.put_item(request(json!({"TableName": "api_health_history", "Item": item})))?;
        }
        Ok(())
    });
}

/// Puts copies of the results of all runs into the table, so much earlier.
pub fn copy_results_back(repository: &Repository, millis: i64) {
    let table = "api_health_history";
    let query = json!({
        "TableName": table,
        "KeyConditionExpression": "series = :series",
        "ExpressionAttributeValues": {":series": {"S": "ledger#0#0"}},
    });
    let answer = by_hand(repository, |database| database.query(request(query)));
    let answer = serde_json::to_value(answer).expect("JSON");
    for item in answer["Items"].as_array().expect("items") {
        let mut item = item.clone();
        let at: i64 = item["at"]["N"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        item["at"] = json!({"N": (at - millis).to_string()});
        by_hand(repository, |database| database.put_item(request(json!({"TableName": table, "Item": item}))));
    }
}
