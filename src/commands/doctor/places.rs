//! Looks at the tables and at what is around them, on this machine or on AWS.

use std::collections::BTreeSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::aws::root;
use crate::channels::ChannelDefinition;
use crate::commands::context::Context;
use crate::commands::environment::variable;
use crate::commands::shard::shard;
use crate::deliver::{audience, check_file};
use crate::doctor::{
    AwsFacts, CanaryFacts, ChannelFacts, ChannelHistory, LocalFacts, ReachFacts, Role, SecretFacts,
    StoreFacts, TopicFacts, TopicUse, guess, rights_tests,
};
use crate::installation::{AwsIdentity, ItemsFacts, Look, RightFacts, Table, TableFacts};
use crate::inventory::{MachineChannel, Watchlist};
use crate::monitor::{ChannelId, DEFAULT_CHANNEL, Offer, SecretRef, TopicArn, minute_near};
use crate::probe::{Limits, Probed, Prober, Secrets};
use crate::run::{Asking, read_inventory, read_watchlist};
use crate::secrets::Vault;
use crate::state::takes_none;
use crate::store::{Store, StoreError, StoreTarget};
use crate::transition::Health;

/// Where the machine lists the networks that may be probed, as `check` reads it.
const ALLOW: &str = "MONITORCTL_ALLOW";

/// How long canaries are waited for.
const CANARIES: Duration = Duration::from_secs(10);

/// How long secrets are waited for, as in a run.
const SECRETS: Duration = Duration::from_secs(10);

/// Whether monitors are probed from here, with the variables of this environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Here,
    Elsewhere,
}

/// What was seen.
pub struct Seen {
    pub place: StoreFacts,
    pub tables: Vec<TableFacts>,
    pub items: Vec<ItemsFacts>,
    pub secrets: Vec<SecretFacts>,
    pub reach: Vec<ReachFacts>,
    pub canaries: Vec<CanaryFacts>,
    pub channels: Vec<ChannelFacts>,
    /// The monitors of the table, if it reads.
    pub watchlist: Option<Watchlist>,
}

/// Looks at a store file. One that is not there is not made.
pub async fn local(context: &Context, path: &Path) -> Seen {
    let alerts = context.alerts_file();
    let mut seen = Seen {
        place: StoreFacts::Local(LocalFacts {
            store: path.display().to_string(),
            writable: Look::Missing,
            alerts: alerts.display().to_string(),
            appendable: appendable(&alerts),
        }),
        tables: Vec::new(),
        items: Vec::new(),
        secrets: Vec::new(),
        reach: Vec::new(),
        canaries: Vec::new(),
        channels: Vec::new(),
        watchlist: None,
    };
    let writable = match path.try_exists() {
        Ok(false) => Look::Missing,
        Err(error) => Look::Failed(error.to_string()),
        Ok(true) => match open(context, StoreTarget::Embedded(path.to_owned())).await {
            Ok(store) => {
                for table in Table::ALL {
                    seen.tables.push(store.table_facts(table).await);
                }
                seen.items.extend(store.contents(&shard()).await.items);
                seen.watchlist = read_watchlist(&store.config_reader(&shard())).await.ok();
                seen.secrets = secrets(context, seen.watchlist.as_ref(), None, Home::Here).await;
                seen.canaries = canaries(context, &store).await;
                seen.channels = channels(&store).await;
                store.try_write().await
            }
            // Which file it is, is said already.
            Err(error) => Look::Failed(root(&error).to_string()),
        },
    };
    if let StoreFacts::Local(facts) = &mut seen.place {
        facts.writable = writable;
    }
    seen
}

/// Looks at AWS as far as the credentials reach.
pub async fn aws(context: &Context, role: Option<Role>) -> Seen {
    let region = context.aws.region().await;
    let identity = match &region {
        Some(_) => Some(context.aws.identity().await),
        None => None,
    };
    let mut facts = AwsFacts {
        role: role.or_else(|| identity.as_ref().and_then(guessed)),
        region,
        identity,
        ahead: None,
        rights: Vec::new(),
        default_topic: variable("SNS_TOPIC_ARN"),
        topic_use: TopicUse::Everything,
        topics: Vec::new(),
    };
    let (mut tables, mut items, mut referred) = (Vec::new(), Vec::new(), Vec::new());
    let (mut reach, mut asked, mut defined) = (Vec::new(), Vec::new(), Vec::new());
    let mut watchlist = None;
    let mut named: BTreeSet<_> = topics_of(context.settings.channels.clone()).collect();
    if facts.trusted() {
        if let Ok(store) = open(context, StoreTarget::DynamoDb(context.aws.clone())).await {
            for table in Table::ALL {
                let recovery = Some(store.recovery(table).await);
                tables.push(TableFacts { recovery, ..store.table_facts(table).await });
            }
            let contents = store.contents(&shard()).await;
            items.extend(contents.items);
            named.extend(topics_of(contents.channels));
            facts.rights = rights(&store, facts.role, &tables).await;
            watchlist = read_watchlist(&store.config_reader(&shard())).await.ok();
            let home = if facts.role == Some(Role::Check) { Home::Here } else { Home::Elsewhere };
            referred = secrets(context, watchlist.as_ref(), facts.role, home).await;
            if facts.role == Some(Role::Check) {
                reach = beyond(context).await;
                asked = canaries(context, &store).await;
            }
            defined = channels(&store).await;
            facts.topic_use = watchlist.as_ref().map_or(TopicUse::Everything, topic_use);
            facts.ahead = store.skew();
        }
        facts.topics = topics(context, facts.default_topic.as_deref(), named).await;
    }
    Seen {
        place: StoreFacts::Aws(facts),
        tables,
        items,
        secrets: referred,
        reach,
        canaries: asked,
        channels: defined,
        watchlist,
    }
}

async fn open(context: &Context, target: StoreTarget) -> Result<Store, StoreError> {
    Store::open(target, context.table_names(), context.clock.clone()).await
}

fn guessed(identity: &Look<AwsIdentity>) -> Option<Role> {
    match identity {
        Look::Seen(identity) => guess(identity),
        Look::Missing | Look::Hidden | Look::Stranger(_) | Look::Failed(_) => None,
    }
}

/// Tries what the role is about, on the tables that are there.
async fn rights(store: &Store, role: Option<Role>, tables: &[TableFacts]) -> Vec<RightFacts> {
    let there = |table| tables.iter().any(|facts| facts.table == table && !facts.is_missing());
    let mut tried = Vec::new();
    for rights_test in role.map(rights_tests).unwrap_or_default() {
        if there(rights_test.table) {
            tried.push(store.try_right(rights_test).await);
        }
    }
    tried
}

/// Reads what the monitors and channels of the table refer to, and keeps nothing of it. A table that does not read has a line of
/// its own.
async fn secrets(
    context: &Context,
    watchlist: Option<&Watchlist>,
    role: Option<Role>,
    home: Home,
) -> Vec<SecretFacts> {
    match role {
        Some(Role::Check) | None => {}
        Some(Role::Diff | Role::Sync) => return Vec::new(),
    }
    let Some(watchlist) = watchlist else { return Vec::new() };
    let references = watchlist.enabled().flat_map(|subject| Secrets::references(&subject.monitor));
    let of_channels = watchlist.channels.values().flat_map(|own| own.values());
    let of_channels = of_channels.flat_map(ChannelDefinition::references);
    let references: BTreeSet<_> = references.cloned().chain(of_channels).collect();
    let looks = Vault::new(context.aws.clone()).fetch(&references, SECRETS).await.looks();
    let mut facts: Vec<_> =
        looks.map(|(reference, value)| SecretFacts { reference, value, offered: Ok(()) }).collect();
    if home == Home::Here {
        // A list that makes no sense ends `check` with its own words.
        let offer = context.offer().unwrap_or_else(|_| Offer::nothing());
        facts.extend(references.into_iter().filter_map(|reference| in_environment(reference, &offer)));
    }
    facts
}

fn in_environment(reference: SecretRef, offer: &Offer) -> Option<SecretFacts> {
    let SecretRef::Env(name) = &reference else { return None };
    let value = if variable(name).is_some() { Look::Seen(()) } else { Look::Missing };
    let offered = offer.check(name);
    Some(SecretFacts { reference, value, offered })
}

/// What is left to the topic of the machine.
fn topic_use(watchlist: &Watchlist) -> TopicUse {
    if watchlist.has_no_channel() {
        return TopicUse::Everything;
    }
    if watchlist.replaces_topics() {
        return TopicUse::Nothing;
    }
    watchlist.without_channel(&MachineChannel::Unset).map_or(TopicUse::Spare, TopicUse::Some)
}

/// What runs found of the channels of the table. A table that does not read has a line of its own, and so has the file for
/// alerts of the machine.
async fn channels(store: &Store) -> Vec<ChannelFacts> {
    let Ok((inventory, _)) = read_inventory(store, &shard(), None).await else { return Vec::new() };
    let now = store.now();
    let watchlist = &inventory.watchlist;
    let define = |channel: ChannelId| {
        let definition = watchlist.definition(&channel, &MachineChannel::Unset)?;
        Some((channel, definition))
    };
    let defined = watchlist.channel_ids().filter_map(define);
    let remote = defined.filter(|(_, definition)| !definition.is_file());
    let facts = |(channel, definition): (ChannelId, &ChannelDefinition)| {
        let down = inventory.channel(&channel).filter(|row| row.confirmed.health == Health::Down);
        let known = inventory.channels.get(&channel).filter(|known| known.definition == definition.digest());
        let record = match (down, known.and_then(|known| known.proven_at)) {
            (Some(row), _) => {
                ChannelHistory::Down(takes_none(&row.why, &minute_near(row.confirmed.since, now)))
            }
            (None, Some(_)) => ChannelHistory::Proven,
            (None, None) => ChannelHistory::Unproven,
        };
        ChannelFacts { name: channel.name.to_string(), record }
    };
    remote.map(facts).collect()
}

/// Asks every canary of the table and of this repository, as a run would.
async fn canaries(context: &Context, store: &Store) -> Vec<CanaryFacts> {
    let stored = read_watchlist(&store.config_reader(&shard())).await.map(|watchlist| watchlist.canaries);
    let mut named = stored.unwrap_or_default();
    named.extend(context.settings.canaries.iter().cloned());
    let allow: Vec<_> = variable(ALLOW).iter().flat_map(|text| text.split(',')).map(str::to_owned).collect();
    // A list that makes no sense ends `check` with its own words.
    let Ok(addresses) = context.addresses(&allow).or_else(|_| context.addresses(&[])) else {
        return Vec::new();
    };
    let many = NonZeroUsize::MIN.saturating_add(63);
    let prober = Prober::new(addresses, Limits { total: many, per_host: many });
    let asking = Asking { prober: &prober, canaries: &named, until: Instant::now() + CANARIES };
    let answers = asking.ask_all(store.now()).await.into_iter();
    answers.map(|(canary, probed)| CanaryFacts { canary, outcome: outcome(probed) }).collect()
}

fn outcome(probed: Probed) -> Look<u16> {
    match probed {
        Probed::Skipped => Look::Missing,
        Probed::Observed(observation) => match observation.result {
            Ok(evidence) => Look::Seen(evidence.code()),
            Err(fault) => Look::Failed(fault.to_string()),
        },
    }
}

/// Asks for what does not exist: only a refusal proves that the role reads no more than it is given.
async fn beyond(context: &Context) -> Vec<ReachFacts> {
    let tried = [
        SecretRef::Ssm("/monitorctl-doctor-asks-for-what-does-not-exist/parameter".to_owned()),
        SecretRef::SecretsManager {
            id: "monitorctl-doctor-asks-for-what-does-not-exist/secret".to_owned(),
            key: None,
        },
    ];
    let looks = Vault::new(context.aws.clone()).fetch(&tried, SECRETS).await.looks();
    looks.map(|(reference, value)| ReachFacts { reference, value }).collect()
}

/// The channels that are topics, by their names.
fn topics_of(
    channels: impl IntoIterator<Item = (String, Map<String, Value>)>,
) -> impl Iterator<Item = (String, TopicArn)> {
    let topic = |(name, fields): (String, Map<String, Value>)| {
        let arn = fields.get("topic").and_then(Value::as_str)?;
        Some((name, TopicArn::parse(arn).ok()?))
    };
    channels.into_iter().filter_map(topic)
}

/// The topic of the machine, then those that repositories name: this one, and all that synced into the table.
async fn topics(
    context: &Context,
    default: Option<&str>,
    named: BTreeSet<(String, TopicArn)>,
) -> Vec<TopicFacts> {
    let mut topics = Vec::new();
    if let Some(arn) = default {
        let subscriptions = match TopicArn::parse(arn) {
            Ok(arn) => audience(&context.aws, &arn).await,
            Err(error) => Look::Failed(error.to_string()),
        };
        topics.push(TopicFacts { name: DEFAULT_CHANNEL.to_owned(), arn: arn.to_owned(), subscriptions });
    }
    for (name, arn) in named {
        let subscriptions = audience(&context.aws, &arn).await;
        topics.push(TopicFacts { name, arn: arn.to_string(), subscriptions });
    }
    topics
}

/// Whether a line could be appended; nothing is.
fn appendable(path: &Path) -> Look<()> {
    match check_file(path) {
        Ok(()) => Look::Seen(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Look::Missing,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Look::Hidden,
        Err(error) => Look::Failed(error.to_string()),
    }
}
