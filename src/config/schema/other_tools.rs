//! Keys that other tools have, and what says the same here. Pure.
use crate::written::{Path, Step};

/// Where a key stands, how other tools call it (`_` and `-` aside, in small letters), and what to do.
const KEYS: &[(&str, &[&str], &str)] = &[
    (
        "",
        &[
            "frequency",
            "every",
            "period",
            "checkinterval",
            "checkrate",
            "tickevery",
            "scrapeinterval",
            "schedule",
        ],
        "write `interval: 5m`",
    ),
    ("", &["retries", "maxretries", "attempts"], "write `retry: { attempts: 2 }`"),
    ("", &["retryinterval", "retrywait", "retrydelay"], "write `retry: { wait: 5s }`"),
    (
        "",
        &[
            "status",
            "statuscode",
            "statuscodes",
            "expectedstatus",
            "expectedstatuscode",
            "expectedstatuscodes",
            "acceptedstatuscodes",
            "validstatuscodes",
            "expectedcodes",
            "httpcode",
        ],
        "write `expect: { status: 200 }`",
    ),
    (
        "",
        &[
            "keyword",
            "bodycontains",
            "contentmatch",
            "contains",
            "expectedbody",
            "stringmatch",
            "failifbodynotmatchesregexp",
        ],
        "write `expect: { body: { contains: TEXT } }`",
    ),
    (
        "",
        &["assertions", "conditions", "validations", "asserts"],
        "write what an answer must be under `expect:`",
    ),
    ("", &["verb", "httpmethod", "requestmethod"], "did you mean `method`?"),
    ("", &["requestheaders", "httpheaders", "customheaders"], "did you mean `headers`?"),
    (
        "",
        &["followredirects", "maxredirects", "followredirect"],
        "write `redirects: 0` to follow none, or their maximum number",
    ),
    (
        "",
        &[
            "insecure",
            "verify",
            "verifyssl",
            "sslverify",
            "skipverify",
            "insecureskipverify",
            "ignoretls",
            "tlsverify",
            "skiptlsverify",
        ],
        "write `tls: { insecure: true }` to accept any certificate",
    ),
    ("", &["labels", "annotations"], "write `tags: [checkout, eu]`"),
    ("", &["severity", "priority"], "write `alert: { severity: warning }`"),
    (
        "",
        &["threshold", "failures", "failurethreshold", "failurethreshhold", "consecutivefailures"],
        "write `alert: { failures: 3 }`",
    ),
    ("", &["successes", "successthreshold", "recoverythreshold"], "write `alert: { successes: 2 }`"),
    (
        "",
        &[
            "notifications",
            "notificationids",
            "notify",
            "channel",
            "channels",
            "topic",
            "to",
            "contacts",
            "contactgroups",
        ],
        "write `alert: { to: [NAME] }`",
    ),
    ("", &["remind", "reminder", "resendinterval", "renotifyinterval"], "write `alert: { remind: 4h }`"),
    (
        "",
        &["payload", "data", "requestbody", "postdata", "postbody"],
        "write `body:` for a string, or `json:` for a value",
    ),
    ("", &["contenttype", "useragent", "authorization", "cookie", "accept"], "write it under `headers:`"),
    (
        "",
        &["basicauth", "username", "password"],
        "write `auth: { basic: { user: monitorctl, password: \"${env:NAME}\" } }`",
    ),
    (
        "",
        &["bearertoken", "token", "apikey"],
        "write `auth: { bearer: \"${env:NAME}\" }`, or a header of another name under `headers:`",
    ),
    (
        "",
        &["oauth2", "oauth", "clientcredentials"],
        "write `auth: { oauth2: { token_url: …, client_id: …, client_secret: \"${env:NAME}\" } }`",
    ),
    ("", &["sni", "servername"], "write `tls: { server_name: shop.example.com }`"),
    (
        "",
        &["latency", "maxlatency", "responsetime", "maxresponsetime", "slowthreshold"],
        "write `expect: { latency: { degraded: 800ms, down: 5s } }`",
    ),
    (
        "",
        &[
            "certificate",
            "sslexpiry",
            "certexpiry",
            "expirynotification",
            "certificateexpiration",
            "checkssl",
        ],
        "write `expect: { certificate: { degraded: 21d, down: 3d } }`",
    ),
    (
        "",
        &["endpoint", "address", "target", "uri", "hostname", "websiteurl", "link"],
        "write `url:` with an address like https://payments.example.com/health",
    ),
    ("", &["disabled", "paused", "pause", "active", "isactive"], "write `enabled: false` to disable it"),
    ("", &["type", "kind", "protocol"], "remove it: `url` determines it"),
    ("", &["owner"], "write `team:`; the owner of all monitors belongs in monitorctl.yaml"),
    ("", &["environment", "env"], "remove it: monitorctl.yaml sets it for all monitors"),
    (
        "",
        &["notes", "comment", "summary"],
        "write `description:` for those who get alerts, or a comment after `#`",
    ),
    ("", &["slug", "uuid"], "did you mean `id`?"),
    ("", &["regions", "locations"], "remove it: probes run on the machine that runs check"),
    ("expect", &["code", "codes"], "did you mean `status`?"),
    ("expect", &["responsetime", "maxlatency", "duration", "maxresponsetime"], "did you mean `latency`?"),
    ("expect", &["text", "contains", "content", "keyword"], "write `body: { contains: TEXT }`"),
    ("expect", &["cert", "ssl", "sslexpiry"], "did you mean `certificate`?"),
    ("expect.json", &["eq", "is", "value", "expected", "equal"], "did you mean `equals`?"),
    ("expect.json", &["ne", "neq", "isnot"], "did you mean `not_equals`?"),
    ("expect.json", &["gt", "above", "min", "more"], "did you mean `greater_than`?"),
    ("expect.json", &["lt", "below", "max", "less"], "did you mean `less_than`?"),
    ("expect.json", &["regex", "pattern", "match"], "did you mean `matches`?"),
    ("expect.json", &["len", "size", "count"], "did you mean `length`?"),
    ("expect.json", &["jsonpath", "expr", "expression", "query", "field", "key"], "did you mean `path`?"),
    ("expect.body", &["regex", "pattern", "match"], "did you mean `matches`?"),
    ("expect.body", &["text", "includes", "keyword"], "did you mean `contains`?"),
    ("expect.body", &["excludes"], "did you mean `not_contains`?"),
    ("alert", &["threshold", "after", "failurethreshold", "consecutivefailures"], "did you mean `failures`?"),
    ("alert", &["recovery", "successthreshold"], "did you mean `successes`?"),
    (
        "alert",
        &["channel", "channels", "topic", "topics", "notify"],
        "write `to: [NAME]`, and in monitorctl.yaml `channels: { NAME: { kind: sns, topic: \"arn:aws:sns:…\" } }`",
    ),
    ("alert", &["repeat", "resend", "reminder"], "did you mean `remind`?"),
    ("alert", &["priority", "level"], "did you mean `severity`?"),
    ("maintenance", &["start", "from", "begin", "begins"], "did you mean `starts`?"),
    (
        "maintenance",
        &["end", "ends", "until", "to", "duration", "lasts"],
        "write how long it lasts, such as `for: 2h`",
    ),
    (
        "maintenance",
        &["cron", "schedule", "rrule", "recurrence", "repeat"],
        "write `repeats: FREQ=WEEKLY;BYDAY=SU`",
    ),
    ("maintenance", &["tz", "zone"], "did you mean `timezone`?"),
    ("maintenance", &["title", "description", "name", "comment"], "did you mean `reason`?"),
    (
        "tls",
        &["verify", "skipverify", "insecureskipverify"],
        "write `insecure: true` to accept any certificate",
    ),
    ("tls", &["cert", "certfile", "clientcert"], "did you mean `client_certificate`?"),
    ("tls", &["key", "keyfile"], "did you mean `client_key`?"),
    ("tls", &["cafile", "cacert"], "did you mean `ca`?"),
    ("retry", &["count", "max", "times", "retries"], "did you mean `attempts`?"),
    ("retry", &["interval", "delay", "sleep"], "did you mean `wait`?"),
    ("retry", &["strategy"], "did you mean `backoff`?"),
];

/// What says the same as `key`, which stands in the map at `parent`.
pub fn help(parent: &Path, key: &str) -> Option<&'static str> {
    let names = parent.steps().iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    let place = names.collect::<Vec<_>>().join(".");
    let folded: String =
        key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
    let (_, _, help) = KEYS.iter().find(|(at, keys, _)| *at == place && keys.contains(&folded.as_str()))?;
    Some(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::{FileKind, compiled};

    /// The fields that stand at a place, as the schema has them.
    fn fields(place: &str) -> Vec<String> {
        let schema = &compiled(FileKind::Monitor).schema;
        let mut at = schema;
        for key in place.split('.').filter(|key| !key.is_empty()) {
            at = &at["properties"][key];
            at = at.get("items").unwrap_or(at);
            if let Some(name) = at["$ref"].as_str() {
                at = schema.pointer(name.trim_start_matches('#')).expect("a definition");
            }
        }
        at["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    }

    #[test]
    fn a_key_of_another_tool_is_answered_with_the_field_that_says_the_same() {
        for (place, key, meant) in [
            ("", "check_interval", "`interval: 5m`"),
            ("", "accepted_statuscodes", "`expect: { status: 200 }`"),
            ("", "ignoreTls", "`tls: { insecure: true }`"),
            ("", "failure-threshold", "`alert: { failures: 3 }`"),
            ("expect.json", "gt", "did you mean `greater_than`?"),
            ("maintenance", "end", "`for: 2h`"),
        ] {
            assert!(help(&Path::from(place), key).is_some_and(|help| help.contains(meant)), "{place} {key}");
        }
        assert_eq!(help(&Path::from("expect"), "frequency"), None);
    }

    /// A name that is a field is none of another tool, and what is meant is one.
    #[test]
    fn every_key_is_unknown_here_and_every_answer_is_known() {
        for (place, keys, help) in KEYS {
            let fields = fields(place);
            for key in *keys {
                assert!(!fields.iter().any(|field| field == key), "{place} {key}");
                let same = KEYS.iter().filter(|(at, keys, _)| at == place && keys.contains(key)).count();
                assert_eq!(same, 1, "{place} {key} is there twice");
            }
            if let Some(meant) = help.strip_prefix("did you mean `") {
                assert!(fields.iter().any(|field| meant == format!("{field}`?")), "{place} {help}");
            }
        }
    }
}
