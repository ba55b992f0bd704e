//! Finished months in the history table, each stored once: a head that says which parts it consists of, and the parts.

use std::time::Duration;

use jiff::Timestamp;

use super::change::ItemChange;
use super::connect::Store;
use super::connection::{Connection, Consistency, Updated};
use super::error::StoreError;
use super::fields::{Fields, read};
use super::history::{after, is_kept};
use super::item::Item;
use super::unreadable::Malformed;
use super::values::{bytes, expiry, item, number, text};
use crate::history::{Stretch, moment};
use crate::monitor::digest;
use crate::state::Shard;

const FORMAT: u32 = 1;

const KEEP: Duration = Duration::from_hours(800 * 24);

/// Bytes of a part. DynamoDB takes 400 KB in an item.
const PART: usize = 350_000;

/// The answer to the storing of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthKept {
    Stored,
    /// Another report stored it first, and what that stored stays.
    ByAnother,
    /// It would have expired by now.
    TooOld,
}

/// What is known of the parts of a month.
struct MonthHead {
    digest: String,
    parts: usize,
}

/// The bytes of the month that begins at `start`; `None` if it is not stored.
pub async fn read_month(
    connection: &Connection,
    shard: &Shard,
    start: i64,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    let series = head_series(shard);
    let mut heads = Vec::new();
    let take = |item: Item| heads.extend(is_kept(&item, now).then_some(item));
    let at = start.saturating_mul(1_000);
    connection.range(&series, at..=at, Consistency::Strong, take).await?;
    let Some(head) = heads.pop() else { return Ok(None) };
    let head = read(&series, FORMAT, head, to_head).map_err(StoreError::Unreadable)?;
    let series = parts_series(shard, &head.digest);
    let mut parts = Vec::new();
    let last = i64::try_from(head.parts).unwrap_or(i64::MAX);
    connection.range(&series, 0..=last, Consistency::Strong, |item| parts.push(item)).await?;
    let parts = parts.into_iter().map(|item| read(&series, FORMAT, item, |fields| fields.bytes("part")));
    let whole: Vec<u8> = parts.collect::<Result<Vec<_>, _>>().map_err(StoreError::Unreadable)?.concat();
    let check = |_: &mut Fields| {
        if digest_of(&whole) == head.digest { Ok(()) } else { Err(Malformed("a part is missing".to_owned())) }
    };
    read(&series, FORMAT, Item::new(), check).map_err(StoreError::Unreadable)?;
    Ok(Some(whole))
}

fn to_head(fields: &mut Fields) -> Result<MonthHead, Malformed> {
    Ok(MonthHead { digest: fields.text("digest")?, parts: fields.number("parts")? })
}

impl Store {
    /// Stores a month unless it is stored. Its parts lie under their digest, so that two who store at once never mix them,
    /// and the head comes last. No lease is needed: the first one stays.
    pub async fn keep_month(
        &self,
        shard: &Shard,
        month: Stretch,
        whole: &[u8],
        now: Timestamp,
    ) -> Result<MonthKept, StoreError> {
        let expires = after(moment(month.to), KEEP);
        if expires <= now {
            return Ok(MonthKept::TooOld);
        }
        let digest = digest_of(whole);
        let part = |(n, part): (usize, &[u8])| {
            item([
                ("series", text(parts_series(shard, &digest))),
                ("at", number(n)),
                ("format", number(FORMAT)),
                ("part", bytes(part.to_vec())),
                ("expires", expiry(expires)),
            ])
        };
        let parts: Vec<_> = whole.chunks(PART).enumerate().map(part).collect();
        let change = ItemChange::only_if("attribute_not_exists(#format)")
            .set("format", number(FORMAT))
            .set("digest", text(digest.as_str()))
            .set("parts", number(parts.len()))
            .set("expires", expiry(expires));
        self.connection.put_history(parts).await?;
        let at = month.from.saturating_mul(1_000);
        let key = item([("series", text(head_series(shard))), ("at", number(at))]);
        match self.connection.update(&self.connection.tables.history, key, change).await? {
            Updated::Done(_) => Ok(MonthKept::Stored),
            Updated::Refused(_) => Ok(MonthKept::ByAnother),
        }
    }
}

fn head_series(shard: &Shard) -> String {
    format!("month#{shard}")
}

fn parts_series(shard: &Shard, digest: &str) -> String {
    format!("month#{shard}#{digest}")
}

/// 16 hex digits tell the few months of a table apart.
fn digest_of(whole: &[u8]) -> String {
    let mut all = digest(&String::from_utf8_lossy(whole));
    all.truncate(16);
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Failure, Shared};
    use super::*;
    use crate::clock::manual::Hand;

    const MONTH: Stretch = Stretch { from: 1_790_812_800, to: 1_793_491_200 };

    fn now() -> Timestamp {
        moment(MONTH.to + 7_200)
    }

    async fn stored(store: &Store, now: Timestamp) -> Option<Vec<u8>> {
        store.state_reader(&Shard::sample()).month(MONTH.from, now).await.expect("it reads")
    }

    #[tokio::test]
    async fn a_month_is_stored_once_in_parts_that_a_table_takes() {
        let store = Shared::new(Hand::at(now()).clock()).open();
        let shard = Shard::sample();
        assert_eq!(stored(&store, now()).await, None);
        let first: Vec<u8> =
            (0..900_000).map(|n: u32| b'a' + u8::try_from(n % 26).expect("a letter")).collect();
        let keep =
            async |whole: &[u8]| store.keep_month(&shard, MONTH, whole, now()).await.expect("it answers");
        assert_eq!(keep(&first).await, MonthKept::Stored);
        assert_eq!(keep(b"another one").await, MonthKept::ByAnother);
        assert_eq!(stored(&store, now()).await, Some(first));
    }

    #[tokio::test]
    async fn a_month_expires_with_the_days_it_consists_of() {
        let store = Shared::new(Hand::at(now()).clock()).open();
        let shard = Shard::sample();
        store.keep_month(&shard, MONTH, b"x", now()).await.expect("it answers");
        let late = after(moment(MONTH.to), KEEP);
        assert_eq!(stored(&store, late).await, None);
        let kept = store.keep_month(&shard, MONTH, b"x", late).await.expect("it answers");
        assert_eq!(kept, MonthKept::TooOld);
    }

    #[tokio::test]
    async fn a_month_of_which_a_part_is_lost_is_an_error_and_no_other_figure() {
        let tables = Shared::new(Hand::at(now()).clock());
        let store = tables.open();
        let shard = Shard::sample();
        store.keep_month(&shard, MONTH, b"x", now()).await.expect("it answers");
        let item = serde_json::json!({
            "series": {"S": parts_series(&shard, &digest_of(b"x"))},
            "at": {"N": "0"},
            "format": {"N": "1"},
            "part": {"B": "eQ=="},
        });
        tables.put("api_health_history", &item);
        let error = store.state_reader(&shard).month(MONTH.from, now()).await.expect_err("it is damaged");
        assert!(error.to_string().contains("a part is missing"), "{error}");
        tables.plug().fail(1, Failure::Denied, 1);
        let denied = store.keep_month(&shard, MONTH, b"x", now()).await;
        assert!(matches!(denied, Err(StoreError::Denied { .. })));
    }
}
