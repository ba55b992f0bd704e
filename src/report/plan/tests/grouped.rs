//! Changes with one cause, in every form.

use serde_json::{Value, json};

use super::super::{PlanDetail, github, markdown, text};
use super::world::{self, desired, inheriting, planned, shown, stored};
use super::{as_json, plain};
use crate::monitor::ValueSource;
use crate::plan::{CatalogSettings, ChangedVariable, Desired, Past, Plan, Stored, attribute};

/// So many monitors, whose interval a line of their defaults makes longer.
fn slower(number: usize) -> Plan {
    let value =
        |n: usize, interval: &str| json!({"url": format!("https://s{n}.example.com/"), "interval": interval});
    let live: Vec<_> =
        (1..=number).map(|n| stored(&format!("search-{n}"), Some("acme"), value(n, "2m"))).collect();
    let wanted: Vec<_> = (1..=number).map(|n| inheriting(&format!("search-{n}"), value(n, "5m"))).collect();
    planned(&CatalogSettings::default(), &wanted, &live, &[])
}

fn page(plan: &Plan, detail: PlanDetail) -> String {
    plain(&shown(plan, &[], |review| text(review, detail)))
}

#[test]
fn a_line_of_the_defaults_is_one_entry_in_every_form() {
    let plan = slower(25);
    insta::assert_snapshot!("grouped_text", page(&plan, PlanDetail::Changes));
    insta::assert_snapshot!("grouped_markdown", shown(&plan, &[], markdown));
    let record: Value = serde_json::from_str(&shown(&plan, &[], as_json)).expect("JSON");
    let ids: Vec<_> = plan.changes.iter().map(|change| change.id.as_str()).collect();
    let defaults = json!({"file": "monitors/search/defaults.yaml", "line": 2});
    let source = json!({"file": "monitors/search/defaults.yaml", "line": 2, "variable": null});
    let field = json!({"path": "interval", "before": "2m", "after": "5m", "risk": "weaker", "same_effect": false, "inherited": source, "was": null});
    let cause = json!({
        "action": "update", "cause": null, "risk": "weaker", "place": defaults, "within": null,
        "fields": [field], "secret_hosts": [], "ids": ids,
    });
    assert_eq!(record["causes"], json!([cause]));
    assert_eq!(record["changes"].as_array().map(Vec::len), Some(25));
    let annotations = shown(&plan, &[], github);
    let weaker = "::notice file=monitors/search/defaults.yaml,line=2,title=monitorctl prod%3A weaker::interval 2m → 5m for 25 monitors: search-1, search-10, search-11, search-12, search-13 and 20 more";
    assert_eq!(
        annotations.lines().filter(|line| line.contains("monitorctl prod%3A weaker")).collect::<Vec<_>>(),
        [weaker]
    );
}

#[test]
fn full_names_each_monitor_of_an_entry_with_what_stays() {
    let full = page(&slower(25), PlanDetail::Everything);
    for n in 1..=25 {
        assert!(full.contains(&format!("https://s{n}.example.com/")), "{n}: {full}");
    }
    assert!(!full.contains("--full"), "{full}");
}

#[test]
fn what_is_lost_is_named_to_the_last_however_it_is_gathered() {
    let value = json!({"url": "https://a.example.com/"});
    let live: Vec<_> =
        (1..=30).map(|n| stored(&format!("gone-{n:02}"), Some("acme"), value.clone())).collect();
    let plan = planned(&CatalogSettings::default(), &[], &live, &[]);
    let forms = [
        page(&plan, PlanDetail::Changes),
        shown(&plan, &[], markdown),
        shown(&plan, &[], as_json),
        shown(&plan, &[], github),
    ];
    for (form, n) in forms.iter().flat_map(|form| (1..=30).map(move |n| (form, n))) {
        assert!(form.contains(&format!("gone-{n:02}")), "{n}: {form}");
    }
    let annotations = shown(&plan, &[], github);
    assert_eq!(annotations.lines().filter(|line| line.starts_with("::warning")).count(), 1, "{annotations}");
}

#[test]
fn a_weakening_is_never_shown_without_what_was_there() {
    let live = [
        stored("a", Some("acme"), json!({"url": "https://a.example.com/", "expect": {"status": 200}})),
        stored("b", Some("acme"), json!({"url": "https://a.example.com/"})),
    ];
    let wanted = [
        desired("a", json!({"url": "https://a.example.com/"})),
        desired("b", json!({"url": "https://a.example.com/", "interval": "10m", "depends_on": ["a"]})),
    ];
    let plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
    let comment = shown(&plan, &[], markdown);
    for pair in [
        "- expect.status  200\n+ expect.status  2xx (default)  weaker",
        "- depends_on  (not set)\n+ depends_on  [a]  weaker",
        "- interval    2m (default)\n+ interval    10m  weaker",
    ] {
        assert!(comment.contains(pair), "{pair}: {comment}");
    }
    let page = page(&plan, PlanDetail::Changes);
    for row in ["interval    2m (default) → 10m  weaker", "depends_on  (not set) → [a]  weaker"] {
        assert!(page.contains(row), "{row}: {page}");
    }
}

#[test]
fn a_secret_of_several_monitors_to_a_new_host_is_in_the_heading_and_names_them() {
    let value = |host: &str| json!({"url": format!("https://{host}/health"), "headers": {"authorization": "Bearer ${env:T}"}});
    let live: Vec<_> = ["a", "b"].map(|id| stored(id, Some("acme"), value("good.example"))).into();
    let wanted = ["a", "b"].map(|id| desired(id, value("evil.example")));
    let plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
    let page = page(&plan, PlanDetail::Changes);
    let second = "secret to a new host: ${env:T} goes to evil.example for 2 monitors";
    assert_eq!(page.lines().nth(1), Some(second), "{page}");
    let comment = shown(&plan, &[], markdown);
    let title = "<h3>monitorctl <code>prod</code>: refused (new host for a stored secret), secret to a new host</h3>\n\n> [!CAUTION]\n> <p><b>refused:</b>";
    assert!(comment.contains(title), "{comment}");
    let annotations = shown(&plan, &[], github);
    let expected = "::warning file=monitors/payments.yaml,line=14,title=monitorctl prod%3A secret to a new host::a, b: ${env:T} goes to evil.example";
    assert!(annotations.lines().any(|line| line == expected), "{annotations}");
}

#[test]
fn a_new_monitor_that_needs_a_look_is_not_hidden_among_others() {
    let file = |id: &str, value| Desired {
        place: crate::monitor::Place { file: "monitors/new.yaml".into(), line: 1 },
        ..desired(id, value)
    };
    let mut wanted: Vec<_> = (0..9)
        .map(|n| file(&format!("new-{n}"), json!({"url": format!("https://n{n}.example.com/")})))
        .collect();
    wanted.push(file("odd", json!({"url": "https://odd.example.com/", "tls": {"insecure": true}})));
    let live: [Stored; 0] = [];
    let page = page(&planned(&CatalogSettings::default(), &wanted, &live, &[]), PlanDetail::Changes);
    assert!(
        page.contains("+ odd") && page.contains("tls.insecure  false (default) → true  weaker"),
        "{page}"
    );
    assert!(page.contains("+ 9 monitors") && page.contains("and 4 more (--full)"), "{page}");
}

/// Monitors that each have a URL of their own with the variable `domain` in it, and a header with a secret.
fn of_a_domain(number: usize, more: &Value) -> Plan {
    let value = |n: usize, domain: &str| json!({"url": format!("https://s{n}.{domain}/health"), "headers": {"authorization": "Bearer ${env:T}"}});
    let id = |n: usize| format!("shop-{n:02}");
    let live: Vec<_> = (1..=number).map(|n| stored(&id(n), Some("acme"), value(n, "example.com"))).collect();
    let place = crate::monitor::Place { file: "monitorctl.yaml".into(), line: 3 };
    let source = ValueSource { place, variable: Some("vars.domain".into()) };
    let wanted = (1..=number).map(|n| {
        let mut value = value(n, "evil.com");
        if n == 1 {
            let more = more.as_object().expect("an object");
            value.as_object_mut().expect("an object").extend(more.clone());
        }
        Desired { inherited: [("url".to_owned(), vec![source.clone()])].into(), ..desired(&id(n), value) }
    });
    let mut plan = planned(&CatalogSettings::default(), &wanted.collect::<Vec<_>>(), &live, &[]);
    let changed = ChangedVariable {
        path: "vars.domain".into(),
        before: Some("example.com".into()),
        after: "evil.com".into(),
    };
    attribute(&mut plan, Past { changed_variables: &[changed], ..Past::default() });
    plan
}

#[test]
fn a_variable_in_different_values_is_one_entry_by_its_name() {
    let plan = of_a_domain(12, &json!({}));
    let page_of_all = page(&plan, PlanDetail::Changes);
    assert!(page_of_all.contains("~ vars.domain example.com → evil.com for 12 monitors"), "{page_of_all}");
    assert!(page_of_all.contains("from monitorctl.yaml:3, vars.domain"), "{page_of_all}");
    let hosts = "${env:T} goes to 12 new hosts, such as s1.evil.com";
    assert!(page_of_all.contains(hosts), "{page_of_all}");
    assert!(!page_of_all.contains("s9.evil.com"), "{page_of_all}");
    let full = page(&plan, PlanDetail::Everything);
    for n in 1..=12 {
        assert!(
            full.contains(&format!("https://s{n}.example.com/health → https://s{n}.evil.com/health")),
            "{full}"
        );
    }
    let comment = shown(&plan, &[], markdown);
    assert!(comment.contains("vars.domain example.com → evil.com for 12 monitors"), "{comment}");
    let annotations = shown(&plan, &[], github);
    let found: Vec<_> = annotations.lines().filter(|line| line.starts_with("::warning")).collect();
    assert!(
        matches!(found.as_slice(), [only] if only.contains("file=monitorctl.yaml,line=3")),
        "{annotations}"
    );
    let record: Value = serde_json::from_str(&shown(&plan, &[], as_json)).expect("JSON");
    assert_eq!(record["causes"].as_array().map(Vec::len), Some(1));
    assert_eq!(record["causes"][0]["fields"][0]["path"], "vars.domain");
    assert_eq!(record["causes"][0]["secret_hosts"].as_array().map(Vec::len), Some(12));
}

#[test]
fn an_entry_by_a_variable_shows_an_address_before_and_after() {
    let plan = of_a_domain(12, &json!({}));
    let page = page(&plan, PlanDetail::Changes);
    let row = "url  https://s1.example.com/health → https://s1.evil.com/health  shop-01 and 11 more";
    assert!(page.lines().any(|line| line.trim() == row), "{page}");
    let comment = shown(&plan, &[], markdown);
    let rows =
        "\n- url  https://s1.example.com/health\n+ url  https://s1.evil.com/health  shop-01 and 11 more\n";
    assert!(comment.contains(rows), "{comment}");
}

/// Monitors with a header of the variable `cluster`, and one in three with a secret of that cluster.
fn of_a_cluster(number: usize) -> Plan {
    let value = |n: usize, cluster: &str| {
        let secret = format!(
            "Bearer ${{ssm:/{}/{cluster}/token}}",
            if n.is_multiple_of(2) { "shop" } else { "search" }
        );
        let headers = match n % 3 {
            0 => json!({"x-cluster": cluster, "authorization": secret}),
            _ => json!({"x-cluster": cluster}),
        };
        json!({"url": format!("https://s{n}.example.com/"), "headers": headers})
    };
    let id = |n: usize| format!("m-{n:02}");
    let live: Vec<_> = (1..=number).map(|n| stored(&id(n), Some("acme"), value(n, "blue"))).collect();
    let place = crate::monitor::Place { file: "monitorctl.yaml".into(), line: 3 };
    let source = ValueSource { place, variable: Some("vars.cluster".into()) };
    let wanted = (1..=number).map(|n| {
        let paths = ["headers.x-cluster", "headers.authorization"];
        let inherited = paths.map(|path| (path.to_owned(), vec![source.clone()])).into();
        Desired { inherited, ..desired(&id(n), value(n, "green")) }
    });
    let mut plan = planned(&CatalogSettings::default(), &wanted.collect::<Vec<_>>(), &live, &[]);
    let changed =
        ChangedVariable { path: "vars.cluster".into(), before: Some("blue".into()), after: "green".into() };
    attribute(&mut plan, Past { changed_variables: &[changed], ..Past::default() });
    plan
}

#[test]
fn a_variable_in_more_fields_of_some_monitors_is_one_entry_and_each_other_secret_is_in_the_heading() {
    let plan = of_a_cluster(30);
    let page = page(&plan, PlanDetail::Changes);
    let lines: Vec<_> = page.lines().map(str::trim).collect();
    let secrets = "10 monitors use another secret: ${ssm:/search/blue/token} → ${ssm:/search/green/token} for 5 monitors; ${ssm:/shop/blue/token} → ${ssm:/shop/green/token} for 5 monitors";
    assert_eq!(lines[1], secrets, "{page}");
    assert!(lines.contains(&"~ vars.cluster blue → green for 30 monitors"), "{page}");
    assert!(lines.contains(&"headers.x-cluster  blue → green  m-01 and 29 more"), "{page}");
    let example = "headers.authorization  Bearer ${ssm:/search/blue/token} → Bearer ${ssm:/search/green/token}  m-03 and 9 more";
    assert!(lines.contains(&example), "{page}");
    let comment = shown(&plan, &[], markdown);
    assert!(comment.contains("> [!WARNING]\n> <p><b>10 monitors use another secret:</b>"), "{comment}");
    assert!(
        comment.contains("<details open><summary><code>~ vars.cluster blue → green for 30 monitors"),
        "{comment}"
    );
    let annotations = shown(&plan, &[], github);
    let notice = "::notice file=monitorctl.yaml,line=3,title=monitorctl prod%3A another secret::30 monitors: ${ssm:/search/blue/token} → ${ssm:/search/green/token}; ${ssm:/shop/blue/token} → ${ssm:/shop/green/token}";
    assert!(annotations.lines().any(|line| line == notice), "{annotations}");
}

#[test]
fn no_secret_hides_behind_a_number_and_none_is_cut_in_a_refusal() {
    let host = |n: usize, domain: &str| {
        format!("https://{}-{n}.{domain}/health", "long-name-of-a-service".repeat(2))
    };
    let value = |n: usize, domain: &str| json!({"url": host(n, domain), "headers": {"authorization": format!("Bearer ${{ssm:/shop/prod/number-{n}/token}}")}});
    let live: Vec<_> =
        (1..=9).map(|n| stored(&format!("m-{n}"), Some("acme"), value(n, "example.com"))).collect();
    let wanted: Vec<_> = (1..=9).map(|n| desired(&format!("m-{n}"), value(n, "example.org"))).collect();
    let plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
    let heading = page(&plan, PlanDetail::Changes).lines().nth(1).unwrap_or_default().to_owned();
    let comment = shown(&plan, &[], markdown);
    let alarm =
        comment.lines().find(|line| line.contains("<b>secret to a new host:</b>")).unwrap_or_default();
    for n in 1..=9 {
        let secret = format!("${{ssm:/shop/prod/number-{n}/token}}");
        assert!(heading.contains(&secret) && alarm.contains(&secret), "{n}: {heading} {alarm}");
    }
    let refusal = comment.lines().find(|line| line.contains("<b>refused:</b>")).unwrap_or_default();
    let secrets = refusal.matches("${ssm:/shop/prod/number-").count();
    assert!(secrets > 0 && secrets == refusal.matches("/token}").count(), "{refusal}");
    assert!(refusal.contains("; and 6 more<br>"), "{refusal}");
}

#[test]
fn a_change_beside_that_of_the_variable_is_an_entry_of_its_own() {
    let plan = of_a_domain(3, &json!({"interval": "10m"}));
    let page = page(&plan, PlanDetail::Changes);
    assert!(page.contains("vars.domain example.com → evil.com for 2 monitors"), "{page}");
    assert!(page.contains("~ shop-01") && page.contains("2m (default) → 10m  weaker"), "{page}");
    assert!(page.contains("https://s1.example.com/health → https://s1.evil.com/health"), "{page}");
    // Another edit in the same text is not the variable's.
    let plan = of_a_domain(3, &json!({"url": "https://other.evil.com/"}));
    let page = self::page(&plan, PlanDetail::Changes);
    assert!(page.contains("https://s1.example.com/health → https://other.evil.com/"), "{page}");
    assert!(page.contains("for 2 monitors"), "{page}");
}

#[test]
fn what_others_merged_is_no_headline_of_this_change() {
    let value = |interval: &str| json!({"url": "https://a.example.com/", "interval": interval});
    let live = ["lost", "slower", "mine"].map(|id| stored(id, Some("acme"), value("2m")));
    let pending = |mine: &str| {
        let wanted = [desired("slower", value("5m")), desired("mine", value(mine))];
        let mut plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
        let base =
            [("slower", "5m"), ("mine", "2m")].map(|(id, every)| (world::id(id), world::spec(value(every))));
        attribute(&mut plan, Past { base: Some(&base.into()), ..Past::default() });
        plan
    };
    let title = |plan: &Plan| {
        let comment = shown(plan, &[], markdown);
        comment.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(
        title(&pending("1m")),
        "<h3>monitorctl <code>prod</code>: 1 to change; also pending: 1 monitor lost, 1 monitor weakened</h3>"
    );
    assert_eq!(
        title(&pending("9m")),
        "<h3>monitorctl <code>prod</code>: 1 monitor weakened; also pending: 1 monitor lost, 1 monitor weakened</h3>"
    );
    let comment = shown(&pending("9m"), &[], markdown);
    assert!(comment.contains("> [!WARNING]"), "{comment}");
    let other = "Also pending, not in this change: <b>1 monitor lost:</b> <code>lost</code>";
    assert!(comment.contains(other), "{comment}");
    let page = page(&pending("9m"), PlanDetail::Changes);
    assert!(page.contains("\nalso pending: 1 monitor lost: lost\n"), "{page}");
}
