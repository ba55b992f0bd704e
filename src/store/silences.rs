//! Silences: begun and ended by people, read together with the monitors.

use jiff::Timestamp;

use super::change::Change;
use super::configs::ConfigWriter;
use super::connection::key;
use super::error::StoreError;
use super::silence_item::{self, SILENCE};
use super::transaction::{Transacted, token};
use crate::mute::Silence;

/// The answer to the end of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It had ended already, or there is no such.
    Before,
}

impl ConfigWriter {
    /// Begins a silence.
    pub async fn begin_silence(&self, silence: &Silence) -> Result<(), StoreError> {
        // Its id is new, so a refusal can only mean that it is there already, from a lost answer.
        self.change_silence(&silence.id, silence_item::begin(silence), "begins").await.map(drop)
    }

    /// Ends one at `at`.
    pub async fn end_silence(&self, id: &str, at: Timestamp, by: &str) -> Result<Ended, StoreError> {
        self.change_silence(id, silence_item::end(at, by), &format!("ends {at}")).await
    }

    /// In a transaction of its own, because whoever may sync may write in no other way.
    async fn change_silence(&self, id: &str, change: Change, what: &str) -> Result<Ended, StoreError> {
        let table = self.connection.tables.configs.as_str();
        let part = change.in_transaction(table, key(&format!("{SILENCE}{id}")));
        let part = part.map_err(|error| StoreError::unexpected(table, error))?;
        let token = token(&format!("silence {id} {what}"));
        Ok(match self.connection.transact(table, &token, &[part]).await? {
            Transacted::Done => Ended::Done,
            Transacted::Refused(_) => Ended::Before,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::clock::manual::Hand;
    use crate::monitor::Selector;
    use crate::store::testing::Shared;

    fn silence(at: Timestamp) -> Silence {
        Silence {
            id: "01SILENCE".to_owned(),
            selector: Selector::parse("payments-*,!tag:eu").expect("a selector"),
            starts: at,
            ends: at + Duration::from_mins(30),
            reason: "deploying".to_owned(),
            by: "x@host".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_silence_is_read_as_it_was_begun_and_ends_once() {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().expect("a time");
        let store = Shared::new(Hand::at(now).clock()).open();
        let begun = silence(now);
        store.config_writer().begin_silence(&begun).await.expect("it is written");
        let read = || async { store.config_reader().read().await.expect("it reads").silences };
        assert_eq!(format!("{:?}", read().await), format!("{:?}", [&begun]));
        let end = now + Duration::from_mins(5);
        let writer = store.config_writer();
        let ended = async |id, at| writer.end_silence(id, at, "y@host").await.expect("it is answered");
        assert_eq!(ended("01SILENCE", end).await, Ended::Done);
        assert_eq!(read().await[0].ends, end);
        assert_eq!(ended("01SILENCE", end + Duration::from_mins(1)).await, Ended::Before);
        assert_eq!(ended("01OTHER", end).await, Ended::Before);
        assert_eq!(read().await.len(), 1);
    }

    // P11: one bad item never stops the others.
    #[tokio::test]
    async fn a_silence_that_makes_no_sense_is_reported_and_silences_nobody() {
        let shared = Shared::new(Hand::at(Timestamp::UNIX_EPOCH).clock());
        let item = json!({
            "shard": {"S": "0"}, "monitor": {"S": "@silence#01X"}, "selector": {"S": "what:x"},
            "starts": {"N": "0"}, "ends": {"N": "9"}, "reason": {"S": "r"}, "by": {"S": "b"},
        });
        shared.put("api_health_configs", &item);
        let configs = shared.open().config_reader().read().await.expect("it reads");
        assert_eq!((configs.silences.len(), configs.unreadable.len()), (0, 1));
        assert_eq!(
            configs.unreadable[0].to_string(),
            "item `@silence#01X` is malformed: `selector`: \"what:x\" is none of id, tag:, group:, team:"
        );
    }
}
