//! Secrets of Secrets Manager.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{Builder, Region};
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::fetched::{AT_ONCE, Fetched, Unavailable};
use crate::aws::Trouble;

/// Secrets in one request.
const BATCH: usize = 20;

/// Every one of `ids` with its text, or why there is none. An ARN is asked for in its own region.
pub async fn fetch(aws: &SdkConfig, ids: BTreeSet<&str>, until: Instant) -> BTreeMap<String, Fetched> {
    let mut by_region: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for id in ids {
        let elsewhere =
            region_of(id).filter(|region| aws.region().is_none_or(|here| here.as_ref() != *region));
        by_region.entry(elsewhere).or_default().push(id);
    }
    let clients: Vec<_> = by_region.into_iter().map(|(region, ids)| (client_in(region, aws), ids)).collect();
    let mut batches = Vec::new();
    for (client, ids) in &clients {
        batches.extend(ids.chunks(BATCH).map(|ids| batch(client, ids, until).boxed()));
    }
    stream::iter(batches).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await
}

fn client_in(region: Option<&str>, aws: &SdkConfig) -> Client {
    let mut config = Builder::from(aws).retry_config(RetryConfig::standard());
    if let Some(region) = region {
        config = config.region(Region::new(region.to_owned()));
    }
    Client::from_conf(config.build())
}

/// The region in an ARN. It becomes a part of a host's name, so nothing else passes for one.
fn region_of(id: &str) -> Option<&str> {
    let rest = id.strip_prefix("arn:")?;
    let (_, rest) = rest.split_once(":secretsmanager:")?;
    let (region, _) = rest.split_once(':')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!region.is_empty() && region.chars().all(plain)).then_some(region)
}

/// What the batch does not answer is asked for alone: an id may be a part of an ARN, and a role may be allowed to
/// read one secret and not to read in batches.
async fn batch(client: &Client, ids: &[&str], until: Instant) -> Vec<(String, Fetched)> {
    let found = match ids {
        [_] => BTreeMap::new(),
        ids => match many(client, ids, until).await {
            Ok(found) => found,
            Err(trouble) if trouble.concerns_all() => {
                let unavailable = |id: &&str| ((*id).to_owned(), Err(Unavailable::Trouble(trouble)));
                return ids.iter().map(unavailable).collect();
            }
            Err(_) => BTreeMap::new(),
        },
    };
    let answers: Vec<_> = ids.iter().map(|id| known_or_one(&found, client, id, until).boxed()).collect();
    stream::iter(answers).buffer_unordered(AT_ONCE).collect().await
}

async fn known_or_one(
    found: &BTreeMap<String, Fetched>,
    client: &Client,
    id: &str,
    until: Instant,
) -> (String, Fetched) {
    let answer = match found.get(id) {
        Some(answer) => answer.clone(),
        None => one(client, id, until).await,
    };
    (id.to_owned(), answer)
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
            found.insert(id, Err(Unavailable::Trouble(Trouble::of_code(&code))));
        }
    }
    Ok(found)
}

async fn one(client: &Client, id: &str, until: Instant) -> Fetched {
    let request = client.get_secret_value().secret_id(id).send();
    match timeout_at(until, request).await {
        Ok(Ok(value)) => text(value.secret_string),
        Ok(Err(error)) => Err(Unavailable::Trouble(Trouble::of(&error))),
        Err(_) => Err(Unavailable::Trouble(Trouble::Unavailable)),
    }
}

fn text(text: Option<String>) -> Fetched {
    text.ok_or_else(|| Unavailable::Unfit("it is binary".to_owned()))
}

/// One key of a JSON secret, or the whole text.
pub fn pick(text: String, key: Option<&str>) -> Fetched {
    let Some(key) = key else { return Ok(text) };
    let unfit = |why: String| Err(Unavailable::Unfit(why));
    let Ok(Value::Object(fields)) = serde_json::from_str(&text) else {
        return unfit("it is not a JSON object".to_owned());
    };
    match fields.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) => {
            unfit(format!("its key `{key}` is not a string"))
        }
        None => unfit(format!("it has no key `{key}`")),
    }
}
