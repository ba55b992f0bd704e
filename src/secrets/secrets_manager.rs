//! Secrets of Secrets Manager.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::vault::{AT_ONCE, Fetched, reason};
use crate::aws::Trouble;

/// Secrets in one request.
const BATCH: usize = 20;

/// Every one of `ids` with its text, or why there is none.
pub async fn fetch(aws: &SdkConfig, ids: BTreeSet<&str>, until: Instant) -> BTreeMap<String, Fetched> {
    if ids.is_empty() {
        return BTreeMap::new();
    }
    let client = Client::from_conf(Builder::from(aws).retry_config(RetryConfig::standard()).build());
    let ids: Vec<_> = ids.into_iter().collect();
    let batches = ids.chunks(BATCH).map(|ids| batch(&client, ids, until));
    stream::iter(batches).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await
}

/// What the batch does not answer is asked for alone: an id may be a part of an ARN, and a role may be allowed to
/// read one secret and not to read in batches.
async fn batch(client: &Client, ids: &[&str], until: Instant) -> Vec<(String, Fetched)> {
    let mut found = match ids {
        [_] => BTreeMap::new(),
        ids => match many(client, ids, until).await {
            Ok(found) => found,
            Err(trouble) if trouble.concerns_all() => {
                return ids.iter().map(|id| ((*id).to_owned(), Err(reason(trouble)))).collect();
            }
            Err(_) => BTreeMap::new(),
        },
    };
    let mut answers = Vec::new();
    for id in ids {
        let answer = match found.remove(*id) {
            Some(answer) => answer,
            None => one(client, id, until).await,
        };
        answers.push(((*id).to_owned(), answer));
    }
    answers
}

async fn many(client: &Client, ids: &[&str], until: Instant) -> Result<BTreeMap<String, Fetched>, Trouble> {
    let list = ids.iter().map(|id| (*id).to_owned()).collect();
    let request = client.batch_get_secret_value().set_secret_id_list(Some(list)).send();
    let answer = timeout_at(until, request).await.map_err(|_| Trouble::Unavailable)?;
    let answer = answer.map_err(|error| Trouble::of(&error))?;
    let mut found = BTreeMap::new();
    for value in answer.secret_values.unwrap_or_default() {
        let text = text(value.secret_string);
        for name in value.name.into_iter().chain(value.arn) {
            found.insert(name, text.clone());
        }
    }
    for error in answer.errors.unwrap_or_default() {
        if let (Some(id), Some(code)) = (error.secret_id, error.error_code) {
            found.insert(id, Err(reason(Trouble::of_code(&code))));
        }
    }
    Ok(found)
}

async fn one(client: &Client, id: &str, until: Instant) -> Fetched {
    let request = client.get_secret_value().secret_id(id).send();
    match timeout_at(until, request).await {
        Ok(Ok(value)) => text(value.secret_string),
        Ok(Err(error)) => Err(reason(Trouble::of(&error))),
        Err(_) => Err(reason(Trouble::Unavailable)),
    }
}

fn text(text: Option<String>) -> Fetched {
    text.ok_or_else(|| "it is binary".to_owned())
}

/// One key of a JSON secret, or the whole text.
pub fn pick(text: String, key: Option<&str>) -> Fetched {
    let Some(key) = key else { return Ok(text) };
    let Ok(Value::Object(fields)) = serde_json::from_str(&text) else {
        return Err("it is no JSON object".to_owned());
    };
    match fields.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) => Err(format!("its key `{key}` is no text")),
        None => Err(format!("it has no key `{key}`")),
    }
}
