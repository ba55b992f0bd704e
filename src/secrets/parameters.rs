//! Parameters of Systems Manager.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::Builder;
use aws_sdk_ssm::config::retry::RetryConfig;
use futures_util::stream;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::fetched::{AT_ONCE, Fetched, Unavailable};
use crate::aws::Trouble;

/// Names in one request.
const BATCH: usize = 10;

/// Every one of `names` with its value, or why there is none.
pub async fn fetch(aws: &SdkConfig, names: BTreeSet<&str>, until: Instant) -> BTreeMap<String, Fetched> {
    if names.is_empty() {
        return BTreeMap::new();
    }
    let client = Client::from_conf(Builder::from(aws).retry_config(RetryConfig::standard()).build());
    let names: Vec<_> = names.into_iter().collect();
    let batches: Vec<_> = names.chunks(BATCH).map(|names| batch(&client, names, until).boxed()).collect();
    stream::iter(batches).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await
}

/// One name that must not be read makes the whole batch fail; then each is asked for alone.
async fn batch(client: &Client, names: &[&str], until: Instant) -> Vec<(String, Fetched)> {
    match request(client, names, until).await {
        Ok(found) => found,
        Err(trouble) if names.len() > 1 && !trouble.concerns_all() => {
            let alone: Vec<_> = names.iter().map(|name| one(client, name, until).boxed()).collect();
            stream::iter(alone).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await
        }
        Err(trouble) => names.iter().map(|name| unavailable(name, trouble)).collect(),
    }
}

async fn one(client: &Client, name: &str, until: Instant) -> Vec<(String, Fetched)> {
    let found = request(client, &[name], until).await;
    found.unwrap_or_else(|trouble| vec![unavailable(name, trouble)])
}

fn unavailable(name: &str, trouble: Trouble) -> (String, Fetched) {
    (name.to_owned(), Err(Unavailable::Trouble(trouble)))
}

async fn request(client: &Client, names: &[&str], until: Instant) -> Result<Vec<(String, Fetched)>, Trouble> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let request = client.get_parameters().set_names(Some(names.clone())).with_decryption(true).send();
    let answer = timeout_at(until, request).await.map_err(|_| Trouble::Unavailable)?;
    let parameters = answer.map_err(|error| Trouble::of(&error))?.parameters.unwrap_or_default();
    let mut values: BTreeMap<String, String> = parameters
        .into_iter()
        .filter_map(|parameter| {
            // `/path:3` asks for a version; the answer names the two apart.
            let selector = parameter.selector.unwrap_or_default();
            Some((format!("{}{selector}", parameter.name?), parameter.value?))
        })
        .collect();
    let answer = |name: String| {
        let value = values.remove(&name).ok_or(Unavailable::Trouble(Trouble::Missing));
        (name, value)
    };
    Ok(names.into_iter().map(answer).collect())
}
