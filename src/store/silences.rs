//! Silences: begun and ended by people, read together with the monitors.

use jiff::Timestamp;

use super::change::ItemChange;
use super::configs::ConfigWriter;
use super::connection::key;
use super::error::StoreError;
use super::item::SILENCE;
use super::silence_item;
use super::transaction::{Transacted, token};
use crate::suppress::StoredSilence;

/// The answer to the end of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It had ended already, or there is no such.
    Before,
}

impl ConfigWriter {
    /// Begins a silence.
    pub async fn begin_silence(&self, silence: &StoredSilence) -> Result<(), StoreError> {
        // Its id is new, so a refusal can only mean that it is there already, from a lost answer.
        self.change_silence(&silence.id, silence_item::begin(silence), "begins").await.map(drop)
    }

    /// Ends one at `at`.
    pub async fn end_silence(&self, id: &str, at: Timestamp, by: &str) -> Result<Ended, StoreError> {
        match self.change_silence(id, silence_item::end(at, by), &format!("ends {at} {by}")).await? {
            Transacted::Done => Ok(Ended::Done),
            // The answer to our own request may have got lost.
            Transacted::Refused(found) => {
                let ours = found.into_values().flatten().any(|found| silence_item::is_ended(&found, at, by));
                Ok(if ours { Ended::Done } else { Ended::Before })
            }
        }
    }

    /// In a transaction of its own, because a role that may sync may write in no other way.
    async fn change_silence(
        &self,
        id: &str,
        change: ItemChange,
        what: &str,
    ) -> Result<Transacted, StoreError> {
        let table = self.connection.tables.configs.as_str();
        let part = change.in_transaction(table, key(&self.shard, &format!("{SILENCE}{id}")));
        let part = part.map_err(|error| StoreError::unexpected(table, error))?;
        let token = token(&format!("silence {id} {what}"));
        self.connection.transact(table, &token, &[part]).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::clock::manual::Hand;
    use crate::monitor::Selector;
    use crate::state::Shard;
    use crate::store::testing::Shared;

    fn silence(at: Timestamp) -> StoredSilence {
        StoredSilence {
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
        let shared = Shared::new(Hand::at(now).clock());
        let store = shared.open();
        let begun = silence(now);
        store.config_writer(&Shard::sample()).begin_silence(&begun).await.expect("it is written");
        let read =
            || async { store.config_reader(&Shard::sample()).read().await.expect("it reads").silences };
        assert_eq!(format!("{:?}", read().await), format!("{:?}", [&begun]));
        // An answer that is lost is no end by another user.
        let (end, brief) =
            (now + Duration::from_mins(5), StoredSilence { id: "01BRIEF".to_owned(), ..silence(now) });
        for work in 0..2 {
            shared.plug().lose_answer_and_token(1);
            let writer = store.config_writer(&Shard::sample());
            match work {
                0 => writer.begin_silence(&brief).await.expect("it is written"),
                _ => assert_eq!(
                    writer.end_silence("01BRIEF", end, "z@host").await.expect("it is"),
                    Ended::Done
                ),
            }
        }
        shared.delete("api_health_configs", "@silence#01BRIEF");
        let writer = store.config_writer(&Shard::sample());
        let ended = async |id, at| writer.end_silence(id, at, "y@host").await.expect("it is answered");
        assert_eq!(ended("01SILENCE", end).await, Ended::Done);
        assert_eq!(read().await[0].ends, end);
        assert_eq!(ended("01SILENCE", end + Duration::from_mins(1)).await, Ended::Before);
        assert_eq!(ended("01OTHER", end).await, Ended::Before);
        assert_eq!(read().await.len(), 1);
    }

    #[tokio::test]
    async fn a_stored_selector_is_held_to_its_bounds() {
        let terms = |number: usize| vec!["a"; number].join(",");
        for (selector, is_read) in
            [("a".repeat(1_000), true), ("a".repeat(1_001), false), (terms(100), true), (terms(101), false)]
        {
            let shared = Shared::new(Hand::at(Timestamp::UNIX_EPOCH).clock());
            let item = json!({
                "shard": {"S": "0"}, "monitor": {"S": "@silence#01X"}, "selector": {"S": selector}, "format": {"N": "1"},
                "starts": {"N": "0"}, "ends": {"N": "9"}, "reason": {"S": "r"}, "by": {"S": "b"},
            });
            shared.put("api_health_configs", &item);
            let configs = shared.open().config_reader(&Shard::sample()).read().await.expect("it reads");
            let expected = if is_read { (1, 0) } else { (0, 1) };
            assert_eq!((configs.silences.len(), configs.unreadable.len()), expected, "{selector:.20}");
        }
    }

    // P11: one bad item never stops the others.
    #[tokio::test]
    async fn a_silence_that_makes_no_sense_is_reported_and_silences_nothing() {
        let shared = Shared::new(Hand::at(Timestamp::UNIX_EPOCH).clock());
        let item = json!({
            "shard": {"S": "0"}, "monitor": {"S": "@silence#01X"}, "selector": {"S": "what:x"},
            "starts": {"N": "0"}, "ends": {"N": "9"}, "reason": {"S": "r"}, "by": {"S": "b"},
        });
        shared.put("api_health_configs", &item);
        let configs = shared.open().config_reader(&Shard::sample()).read().await.expect("it reads");
        assert_eq!((configs.silences.len(), configs.unreadable.len()), (0, 1));
        assert_eq!(
            configs.unreadable[0].to_string(),
            "item `@silence#01X` is malformed: `selector`: \"what:x\" is not an id, tag:, group: or team:"
        );
    }
}
