//! Where secrets go. A reference that is stored already and would be sent to a host that it did not go to before is a
//! risk of its own: the author of a file could have any secret of the machine delivered. Pure.

use std::collections::BTreeMap;

use super::secret_host::Host;
use super::{Change, Live, Plan, SecretHost};
use crate::monitor::{Monitor, SecretRef, Spec, Template};

/// What a reference reads: two references may read the same value in two ways.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum SecretSource {
    Env(String),
    /// Without version and label.
    Ssm(String),
    /// By its name, also where an ARN says it.
    SecretsManager(String),
}

/// A way of a secret that is stored.
struct KnownWay {
    /// `None`: the whole secret, or one that has no keys.
    key: Option<String>,
    /// Where it goes; `None` if it stays on the machine, as a private key does.
    host: Option<Host>,
}

/// Writes to each change which stored secrets it sends to a new host. A first sync has no way for a
/// secret either, so that a first sync is not asked.
pub(super) fn mark(plan: &mut Plan, live: Live<'_>) {
    let is_first = live.head.is_none() && plan.renamed_from.is_none();
    if is_first || !plan.changes.iter().any(sends) {
        return;
    }
    let known = known(plan, live);
    for change in &mut plan.changes {
        change.secret_hosts = new_hosts(change, &known);
    }
}

fn sends(change: &Change) -> bool {
    change.desired().is_some_and(|desired| ways(&desired.monitor).next().is_some())
}

/// Of all items of every owner, and of those that were removed, as long as the table remembers them: taking a
/// monitor out and bringing it back with another host is no way around.
fn known(plan: &Plan, live: Live<'_>) -> BTreeMap<SecretSource, Vec<KnownWay>> {
    let mut known: BTreeMap<SecretSource, Vec<KnownWay>> = BTreeMap::new();
    // A hand in the table makes no host known: what it wrote was not reviewed.
    let edited = plan.changes.iter().filter_map(|change| Some((&change.stored()?.id, change.before_edit()?)));
    let edited: BTreeMap<_, _> = edited.collect();
    for item in live.items {
        let spec = edited.get(&item.id).copied().unwrap_or(&item.spec);
        if !names_secret(spec) {
            continue;
        }
        let Some(monitor) = (live.reading.meaning)(&item.id, spec) else { continue };
        for (secret, host) in ways(&monitor) {
            let (source, key) = taken_apart(secret);
            let ways = known.entry(source).or_default();
            if !ways.iter().any(|way| way.key == key && way.host == host) {
                ways.push(KnownWay { key, host });
            }
        }
    }
    known
}

/// Whether there can be a reference in it; most items have none, and need not be understood.
fn names_secret(spec: &Spec) -> bool {
    spec.fields().values().any(|value| value.to_string().contains("${"))
}

fn new_hosts(change: &Change, known: &BTreeMap<SecretSource, Vec<KnownWay>>) -> Vec<SecretHost> {
    let Some(desired) = change.desired() else { return Vec::new() };
    // What is only put back was applied before it was edited.
    if change.stored().is_some_and(|stored| stored.fingerprint.as_ref() == Some(&desired.spec.fingerprint()))
    {
        return Vec::new();
    }
    let is_new = |secret: &SecretRef, host: &Host| {
        let (source, key) = taken_apart(secret);
        let ways = known.get(&source).map(Vec::as_slice).unwrap_or_default();
        let mut same =
            ways.iter().filter(|way| way.key == key || way.key.is_none() || key.is_none()).peekable();
        // Who has the whole of a secret has each key of it, and not the other way round.
        let covers = |way: &KnownWay| {
            let is_as_wide = way.key.is_none() || way.key == key;
            is_as_wide && way.host.as_ref().is_some_and(|known| known.covers(host))
        };
        same.peek().is_some() && !same.any(covers)
    };
    let sent = ways(&desired.monitor).filter_map(|(secret, host)| Some((secret, host?)));
    let mut found: Vec<_> = sent
        .filter(|(secret, host)| is_new(secret, host))
        .map(|(secret, host)| SecretHost { secret: secret.clone(), host })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Every reference of a monitor with each host that gets its value, or a token for it. A redirect takes no secret to another
/// origin.
fn ways(monitor: &Monitor) -> impl Iterator<Item = (&SecretRef, Option<Host>)> {
    let host = Host::of(monitor);
    let sent = monitor.ask.sent().into_iter().map(|sent| {
        let own = sent.to.relay().is_none().then(|| host.clone());
        (sent.text, sent.to.server().map(Host::of_url).into_iter().chain(own).collect())
    });
    let sent: Vec<(&Template, Vec<Host>)> =
        std::iter::once((&monitor.url, vec![host.clone()])).chain(sent).collect();
    let sent = sent.into_iter().flat_map(|(text, hosts)| {
        text.secrets().flat_map(move |secret| hosts.clone().into_iter().map(move |host| (secret, Some(host))))
    });
    let kept = monitor.tls.templates().flat_map(Template::secrets);
    sent.chain(kept.map(|secret| (secret, None)))
}

fn taken_apart(secret: &SecretRef) -> (SecretSource, Option<String>) {
    match secret {
        SecretRef::Env(name) => (SecretSource::Env(name.clone()), None),
        SecretRef::Ssm(path) => {
            (SecretSource::Ssm(path.split(':').next().unwrap_or_default().to_owned()), None)
        }
        SecretRef::SecretsManager { id, key } => (SecretSource::SecretsManager(name_of(id)), key.clone()),
    }
}

/// The name of a secret, without the account and the six characters that Secrets Manager puts behind it in an ARN.
fn name_of(id: &str) -> String {
    let Some((_, name)) = id.strip_prefix("arn:").and_then(|rest| rest.split_once(":secret:")) else {
        return id.to_owned();
    };
    match name.rsplit_once('-') {
        Some((name, end)) if end.len() == 6 => name.to_owned(),
        Some(_) | None => name.to_owned(),
    }
}
