//! Processes that are killed at random moments, and six channels that must lose nothing because of it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::Value;

use crate::receivers::{Discord, PagerDuty, Receiver, Slack, Teams, Telegram, Webhook};
use crate::support::{Api, Repository};

const MONITORS: usize = 100;

/// Changes of one monitor; with more in an hour it would flap.
const CHANGES: usize = 4;

const KILLS: usize = 200;

/// As users copy it.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Random enough, and the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}

/// The services that the channels of the repository send to.
struct Services {
    slack: Receiver<Slack>,
    discord: Receiver<Discord>,
    teams: Receiver<Teams>,
    telegram: Receiver<Telegram>,
    pagerduty: Receiver<PagerDuty>,
    webhook: Receiver<Webhook>,
}

impl Services {
    fn start() -> Self {
        Self {
            slack: Receiver::start(Slack::default()),
            discord: Receiver::start(Discord::default()),
            teams: Receiver::start(Teams::default()),
            telegram: Receiver::start(Telegram::default()),
            pagerduty: Receiver::start(PagerDuty::default()),
            webhook: Receiver::start(Webhook::new(&[SECRET])),
        }
    }

    fn settings(&self) -> String {
        format!(
            "owner: acme/monitors\nchannels:\n  \
             slack: {{ kind: slack, url: '${{env:SLACK}}' }}\n  \
             discord: {{ kind: discord, url: '${{env:DISCORD}}' }}\n  \
             teams: {{ kind: teams, url: '${{env:TEAMS}}' }}\n  \
             telegram: {{ kind: telegram, token: '${{env:TELEGRAM}}', chat_id: '{}', server: '{}' }}\n  \
             pagerduty: {{ kind: pagerduty, key: '${{env:PAGERDUTY}}', server: '{}' }}\n  \
             webhook: {{ kind: webhook, url: '${{env:WEBHOOK}}', secret: '${{env:SECRET}}' }}\n",
            Telegram::CHAT,
            self.telegram.base(),
            self.pagerduty.base(),
        )
    }

    fn environment(&self) -> [(&'static str, String); 7] {
        [
            ("SLACK", self.slack.url()),
            ("DISCORD", self.discord.url()),
            ("TEAMS", self.teams.url()),
            ("TELEGRAM", Telegram::TOKEN.to_owned()),
            ("PAGERDUTY", PagerDuty::KEY.to_owned()),
            ("WEBHOOK", self.webhook.url()),
            ("SECRET", SECRET.to_owned()),
        ]
    }

    /// What people read in each chat, in order.
    fn chats(&self) -> [(&'static str, Vec<String>); 4] {
        [
            ("slack", self.slack.texts()),
            ("discord", self.discord.texts()),
            ("teams", self.teams.texts()),
            ("telegram", self.telegram.texts()),
        ]
    }

    fn refused(&self) -> Vec<String> {
        let all = [
            self.slack.refused(),
            self.discord.refused(),
            self.teams.refused(),
            self.telegram.refused(),
            self.webhook.refused(),
        ];
        all.into_iter().flatten().map(|refusal| refusal.reason).collect()
    }
}

fn id(number: usize) -> String {
    format!("m-{number:02}")
}

fn word(text: &str) -> &'static str {
    match text {
        "DOWN" => "DOWN",
        "UP" => "UP",
        _ => "WAS DOWN",
    }
}

/// What one channel said of each monitor, in order; what came again at once counts once.
fn said(texts: &[String]) -> BTreeMap<String, Vec<&'static str>> {
    let one = Regex::new(r"\b(WAS DOWN|DOWN|UP) (m-\d\d)\b").expect("a pattern");
    // More than ten are listed by their reason: `12 DOWN: HTTP 503, expected 200: m-01, m-02`.
    let many = Regex::new(r"(?m)\b\d+ (WAS DOWN|DOWN|UP)\b(.*)$").expect("a pattern");
    let id = Regex::new(r"\bm-\d\d\b").expect("a pattern");
    let mut said: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for text in texts {
        let mut here = BTreeMap::new();
        for found in one.captures_iter(text) {
            here.insert(found[2].to_owned(), word(&found[1]));
        }
        for found in many.captures_iter(text) {
            here.extend(id.find_iter(&found[2]).map(|id| (id.as_str().to_owned(), word(&found[1]))));
        }
        for (monitor, word) in here {
            let words = said.entry(monitor).or_default();
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
    }
    said
}

/// I3: what is down comes up before it goes down again.
fn alternate(words: &[&str]) -> bool {
    words
        .iter()
        .filter(|word| **word != "WAS DOWN")
        .enumerate()
        .all(|(number, word)| *word == if number % 2 == 0 { "DOWN" } else { "UP" })
}

/// `(monitor, incarnation, number)` of every alert that the webhook accepted, in order.
fn numbered(webhook: &Receiver<Webhook>) -> Vec<(String, String, u64)> {
    let alerts = |body: Value| body["alerts"].as_array().cloned().unwrap_or_default();
    let all = webhook.accepted().into_iter().flat_map(|message| alerts(message.body));
    let parts = |alert: Value| {
        let id = alert["id"].as_str()?.to_owned();
        let mut parts = id.rsplitn(3, '.').map(str::to_owned);
        let (number, incarnation, monitor) = (parts.next()?, parts.next()?, parts.next()?);
        Some((monitor, incarnation, number.parse().ok()?))
    };
    all.map(|alert| parts(alert.clone()).unwrap_or_else(|| panic!("an id: {alert}"))).collect()
}

#[test]
fn kills_lose_nothing_and_reorder_nothing_on_six_channels() {
    let (api, services) = (Api::start(), Services::start());
    let monitor = |number| {
        let id = id(number);
        let alert = "retry: { attempts: 0 }\nalert: { failures: 1, to: [slack, discord, teams, telegram, pagerduty, webhook] }";
        format!("{}{alert}\n", api.monitor(&id, &format!("/{id}")))
    };
    let monitors: Vec<_> = (0..MONITORS).map(monitor).collect();
    let repository = Repository::new(&[("monitors/all.yaml", &monitors.join("---\n"))]);
    repository.write("monitorctl.yaml", &services.settings());
    repository.run(&["sync", "--yes"]).exits(0);
    let check = || {
        let mut check = repository.command(&["check", "--all"]);
        check.envs(services.environment()).stdout(Stdio::null()).stderr(Stdio::null());
        check
    };
    let whole = || {
        let begun = Instant::now();
        let ended = check().status().expect("it runs");
        (ended.code(), begun.elapsed())
    };
    assert_eq!(whole().0, Some(0));
    let (_, takes) = whole();

    let mut dice = Dice(20_261_129);
    let (mut is_down, mut changes) = ([false; MONITORS], [0; MONITORS]);
    let (mut killed, mut ended) = (0, 0);
    for _ in 0..KILLS {
        for _ in 0..3 {
            let number = dice.below(MONITORS);
            if changes[number] < CHANGES {
                changes[number] += 1;
                is_down[number] = !is_down[number];
                api.answer_on(&format!("/{}", id(number)), if is_down[number] { 503 } else { 200 });
            }
        }
        let mut running = check().spawn().expect("it starts");
        // Longer than a run with nothing to notify, so that some come to their end.
        let spare = usize::try_from(takes.as_millis()).expect("a short time") * 3;
        thread::sleep(Duration::from_millis(dice.below(spare.max(1)) as u64));
        match running.try_wait().expect("it is our own") {
            Some(_) => ended += 1,
            None => killed += 1,
        }
        running.kill().expect("it is our own");
        running.wait().expect("it ends");
    }
    assert_eq!(whole().0, Some(0));
    assert_eq!(whole().0, Some(0), "the second clean run has nothing left to do");

    let changed: Vec<_> = (0..MONITORS).filter(|number| changes[*number] > 0).collect();
    let mut counts = Vec::new();
    for (channel, texts) in services.chats() {
        let said = said(&texts);
        for (monitor, words) in &said {
            assert!(alternate(words), "{channel} {monitor}: {words:?}");
        }
        for number in &changed {
            let last = said.get(&id(*number)).and_then(|words| words.last());
            // What recovered before any run confirmed it needs no word.
            let is_right = match last {
                Some(word) => (*word == "DOWN") == is_down[*number],
                None => !is_down[*number],
            };
            assert!(is_right, "{channel} {}: {last:?}, {}", id(*number), is_down[*number]);
        }
        counts.push((channel, texts.len(), said.values().map(Vec::len).sum::<usize>()));
    }
    // A pager has an incident for each monitor that is down, and for no other.
    let mut open: Vec<_> = services.pagerduty.service().open().into_values().collect();
    open.sort();
    let down: Vec<_> = (0..MONITORS).filter(|number| is_down[*number]).collect();
    assert_eq!(open.len(), down.len(), "{open:#?}");
    for (summary, number) in open.iter().zip(&down) {
        assert!(summary.contains(&format!("DOWN {}", id(*number))), "{summary}");
    }
    // Programs see the numbers of the changes.
    let mut last: BTreeMap<(String, String), u64> = BTreeMap::new();
    for (monitor, incarnation, number) in numbered(&services.webhook) {
        let known = last.entry((monitor.clone(), incarnation)).or_default();
        assert!(number >= *known, "{monitor}: {number} after {known}");
        *known = number;
    }
    assert_eq!(services.refused(), Vec::<String>::new());
    // A resolve that was accepted before a kill comes once more, and finds its incident closed.
    let again = services.pagerduty.refused();
    assert!(again.iter().all(|refusal| refusal.reason.ends_with("which is not open")), "{again:?}");
    assert!(again.len() <= killed, "{} of {killed}", again.len());
    eprintln!("{killed} killed, {ended} ended before; messages and changes by channel: {counts:?}");
    assert!(killed > KILLS / 2, "{killed} of {KILLS} were still at work; a run takes {takes:?}");
}
