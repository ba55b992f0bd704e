//! The same as [`explanation`](super::explanation), for programs.

use serde_json::{Value, json};

use super::beats::BeatStatus;
use super::explanation::{ExplanationReport, NotifiedChannel};
use super::figures_json::{ends, figures_json};
use super::past::RULE;
use super::silence::suppression_json;
use crate::explanation::{
    ChannelExplanation, Explanation, Membership, NextAlert, NextRun, Pending, Prospect,
};
use crate::monitor::{ChannelName, Origin, limit_seconds};
use crate::simulation::Notice;
use crate::suppress::Ruling;
use crate::transition::{Health, StreakProgress, Unwatched};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

impl ExplanationReport<'_> {
    /// Every field.
    pub fn json(&self) -> Value {
        let Self {
            monitor,
            owner,
            channels: notified,
            explanation,
            samples,
            beats,
            past,
            last_run,
            is_stale,
            now,
            problems,
        } = self;
        let Explanation {
            membership,
            row,
            progress,
            channels,
            flapping_until,
            suppressions,
            next_window,
            next,
            page,
            time_to_page: (soonest, latest),
        } = explanation;
        let Origin { source, commit, synced_at } = &monitor.origin;
        json!({
            "format_version": FORMAT_VERSION,
            "now": now.to_string(),
            "monitor": {
                "id": monitor.id.as_str(),
                "name": monitor.name,
                "description": monitor.description,
                "owner": owner,
                "team": monitor.team,
                "runbook": monitor.runbook,
                "channels": notified.iter().map(|NotifiedChannel { name, target, is_unknown }| json!({
                    "name": name.as_str(),
                    "target": target,
                    "unknown": is_unknown,
                })).collect::<Vec<_>>(),
                "severity": monitor.alert.severity.to_string(),
                "source": source,
                "commit": commit,
                "synced_at": synced_at.map(|at| at.to_string()),
            },
            "watched": match membership {
                Membership::Watched => "yes",
                Membership::Unwatched(why) => why.as_str(),
            },
            "health": row.as_ref().map_or(Health::New, |row| row.confirmed.health).as_str(),
            "since": row.as_ref().map(|row| row.confirmed.since.to_string()),
            "changes": row.as_ref().map(|row| row.confirmed.seq),
            "why": row.as_ref().map(|row| row.why.as_str()),
            "incident": row.as_ref().and_then(|row| row.confirmed.incident.as_ref()).map(|incident| json!({
                "n": incident.n,
                "opened_at": incident.opened_at.to_string(),
                "closed_at": incident.closed_at.map(|at| at.to_string()),
                "cause": incident.cause,
                "unwatched": incident.unwatched.map(Unwatched::as_str),
            })),
            "progress": progress.map(progress_json),
            "channels": channels.iter().map(|channel| self.channel_json(channel)).collect::<Vec<_>>(),
            "flapping_until": flapping_until.map(|until| until.to_string()),
            "suppressions": suppressions.iter().map(|reason| suppression_json(reason, *now)).collect::<Vec<_>>(),
            "next_maintenance": next_window.as_ref().map(|(span, reason)| json!({
                "from": span.from.to_string(),
                "to": span.to.to_string(),
                "reason": reason,
            })),
            "next_run": next.as_ref().map(|NextRun { slot, at, prospects }| json!({
                "slot": slot,
                "at": at.to_string(),
                "if": prospects.iter().map(|prospect| self.prospect_json(prospect)).collect::<Vec<_>>(),
            })),
            "page": page.as_ref().map(|page| json!({
                "known_since": match page {
                    NextAlert::Known(at) => Some(at.to_string()),
                    NextAlert::At { .. } | NextAlert::Suppressed(_) | NextAlert::NotBefore(_) => None,
                },
                "at": match page {
                    NextAlert::At { at, .. } => Some(at.to_string()),
                    NextAlert::Known(_) | NextAlert::Suppressed(_) | NextAlert::NotBefore(_) => None,
                },
                "not_before": match page {
                    NextAlert::NotBefore(at) => Some(at.to_string()),
                    NextAlert::Known(_) | NextAlert::At { .. } | NextAlert::Suppressed(_) => None,
                },
                "suppressed": match page {
                    NextAlert::Suppressed(reason) => Some(suppression_json(reason, *now)),
                    NextAlert::Known(_) | NextAlert::At { .. } | NextAlert::NotBefore(_) => None,
                },
                "soonest_s": soonest.as_secs(),
                "latest_s": limit_seconds(*latest),
            })),
            "beats": beats.as_ref().map(BeatStatus::json),
            "results": samples.as_ref().map(|samples| samples.iter().map(|(at, sample)| json!({
                "at": at.to_string(),
                "verdict": sample.verdict.as_str(),
                "code": sample.code,
                "latency_ms": sample.latency.map(|l| u64::try_from(l.as_millis()).unwrap_or(u64::MAX)),
            })).collect::<Vec<_>>()),
            "past": past.as_ref().map(|past| {
                let [from, to] = ends(past.window);
                let outages = past.incidents.len();
                json!({"from": from, "to": to, "figures": figures_json(&past.figures(RULE)), "outages": outages})
            }),
            "last_run_ended": last_run.as_ref().map(|last| last.at.to_string()),
            "stale": is_stale,
            "problems": problems,
        })
    }

    fn channel_json(&self, channel: &ChannelExplanation) -> Value {
        let ChannelExplanation { name, delivered, pending, reminder } = channel;
        json!({
            "name": name.as_str(),
            "delivered": {
                "changes": delivered.seq,
                "health": delivered.health.as_str(),
                "at": delivered.at.to_string(),
                "reminders": delivered.reminders,
            },
            "next_reminder": reminder.map(|(_, due)| due.to_string()),
            "pending": pending.as_ref().map(|Pending { notice, ruling }| json!({
                "alert": self.notice_json(notice),
                "next_run": match ruling {
                    Ruling::Notify => "notifies",
                    Ruling::Suppress(_) => "holds",
                    Ruling::Discard(_) => "discards",
                    Ruling::NotTaken => "ignores",
                },
                "suppressed": match ruling {
                    Ruling::Suppress(reason) => Some(suppression_json(reason, self.now)),
                    Ruling::Notify | Ruling::Discard(_) | Ruling::NotTaken => None,
                },
            })),
        })
    }

    fn notice_json(&self, notice: &Notice) -> Value {
        json!({ "alert": notice.word, "id": self.id_of(notice), "channels": names(&notice.channels) })
    }

    fn prospect_json(&self, prospect: &Prospect) -> Value {
        let Prospect { verdict, health, is_change, progress, alerts, suppressed, discarded } = prospect;
        json!({
            "verdict": verdict.as_str(),
            "health": health.as_str(),
            "confirmed": is_change,
            "progress": progress.map(progress_json),
            "alerts": alerts.iter().map(|notice| self.notice_json(notice)).collect::<Vec<_>>(),
            "suppressed": suppressed.as_ref().map(|reason| suppression_json(reason, self.now)),
            "discarded": discarded.as_ref().map(ToString::to_string),
        })
    }
}

fn names(channels: &[ChannelName]) -> Vec<&str> {
    channels.iter().map(ChannelName::as_str).collect()
}

fn progress_json(StreakProgress { count, of, towards }: StreakProgress) -> Value {
    json!({ "count": count, "of": of, "towards": towards.as_str() })
}
