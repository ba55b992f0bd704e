//! Publish, then acknowledge: what is owed becomes what was told.

use std::collections::HashMap;

use jiff::Timestamp;

use super::subject::Subjects;
use super::wish::Wish;
use crate::alert::{Alert, Message, Told, compose, owed};
use crate::monitor::MonitorId;
use crate::notify::{Notifier, NotifyError};
use crate::state::Row;
use crate::store::{RunWriter, StoreError};
use crate::verdict::Judgement;

/// What came of telling.
#[derive(Debug, Default)]
pub struct Telling {
    /// Accepted by their topics.
    pub messages: Vec<Message>,
    /// What the messages told of each monitor.
    pub told: Vec<(MonitorId, Told)>,
    /// Alerts that could not be told; they stay owed.
    pub owed: usize,
    /// The topic's refusal, after which nothing more was published in this run.
    pub refused: Option<NotifyError>,
    /// Told but not written down: the next run tells it once more, with the same id.
    pub unacknowledged: Option<StoreError>,
}

/// What the rows owe, with this run's judgement where there is one.
pub fn alerts<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    subjects: &Subjects,
    judgements: &HashMap<&MonitorId, &Judgement>,
) -> Vec<Alert> {
    let known = subjects.by_id();
    rows.into_iter()
        .filter_map(|row| {
            let news = owed(&row.confirmed, &row.told)?;
            // Nobody is told about a monitor that is switched off or gone.
            let subject = known.get(&row.monitor).filter(|subject| subject.monitor.enabled)?;
            let judgement = judgements.get(&row.monitor).copied();
            Some(Alert::new(&subject.monitor, &row.g, &row.confirmed, &row.told, news, judgement, &row.why))
        })
        .collect()
}

/// Tells `alerts`, after what was told `before` in the same run. Each message is acknowledged as soon as its
/// topic accepted it, and never before.
pub async fn tell(
    alerts: Vec<Alert>,
    before: Telling,
    wish: &Wish,
    notifier: &Notifier,
    run: &RunWriter,
    now: impl Fn() -> Timestamp,
) -> Telling {
    let mut telling = Telling { owed: 0, ..before };
    for message in compose(alerts, wish.environment.as_deref(), now()) {
        // After a refusal nothing more is tried: the topic is down, and the run has other work to finish. And a
        // run that was frozen over its lease must not come with old news after the newer ones of another.
        if telling.refused.is_some() || run.left().is_zero() {
            telling.owed += message.alerts.len();
            continue;
        }
        if let Err(error) = notifier.publish(&message, now()).await {
            telling.owed += message.alerts.len();
            telling.refused = Some(error);
            continue;
        }
        let told: Vec<_> =
            message.alerts.iter().map(|alert| (alert.monitor.id.clone(), alert.told(now()))).collect();
        if let Err(error) = run.acknowledge(&told).await {
            telling.unacknowledged = Some(error);
        }
        telling.told.extend(told);
        telling.messages.push(message);
    }
    telling
}
