//! The status page as Chromium shows it, and as axe judges it. Needs Chromium, node and npm, so it is no part of plain
//! `cargo test`: `cargo test --test page`

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod report;
#[path = "../../examples/page/scenario.rs"]
mod scenario;
#[path = "../../examples/page/team.rs"]
mod team;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use monitorctl::status_page::{PageFile, PageView, page_files, private_page_files};
use scenario::Scenario;
use serde_json::{Value, json};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Where npm put the browser's driver and axe; the first test on a machine installs the versions of the lock file.
fn modules() -> PathBuf {
    let folder = here("target/page");
    fs::create_dir_all(&folder).expect("a folder");
    // Tests run beside each other, in processes of their own.
    let turn = fs::File::create(folder.join("lock")).expect("a file");
    turn.lock().expect("a lock");
    let lock = |folder: &Path| fs::read(folder.join("package-lock.json")).ok();
    if lock(&folder) != lock(&here("tests/page")) || !folder.join("node_modules/axe-core").is_dir() {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(here("tests/page").join(name), folder.join(name)).expect("a file");
        }
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        let status = Command::new("npm").current_dir(&folder).args(install).status();
        assert!(status.expect("npm runs").success(), "npm ci failed");
    }
    folder
}

fn made(scenario: &str) -> PageView {
    Scenario::all().iter().find(|one| one.name() == scenario).expect("a scenario").view()
}

/// Writes the files of the page, and says where.
fn written(view: &PageView) -> tempfile::TempDir {
    stored(page_files(view).expect("the templates fit"))
}

fn stored(files: Vec<PageFile>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, file.content).expect("a file");
    }
    folder
}

/// A file of the page, opened so many seconds after the last run.
fn task(folder: &Path, file: &str, view: &PageView, age: i64) -> Value {
    let last_run = view.last_run.expect("a run").as_millisecond();
    json!({ "url": format!("file://{}/{file}", folder.display()), "width": 1280, "scheme": "light",
        "now": last_run + age * 1000, "script": "on", "axe": "no" })
}

/// What the browser saw, task by task.
fn look(tasks: &[Value]) -> Vec<Value> {
    let mut command = Command::new("node");
    command.arg(here("tests/page/look.mjs")).arg(modules()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = command.spawn().expect("node runs");
    let mut input = node.stdin.take().expect("an input");
    input.write_all(json!(tasks).to_string().as_bytes()).expect("it reads");
    drop(input);
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "look.mjs failed");
    let text = String::from_utf8(output.stdout).expect("text");
    let seen: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(seen.len(), tasks.len());
    seen
}

/// Looks at files narrow and wide, light and dark: none has an error, a serious barrier, or a line that is too wide.
fn assert_sound(folder: &Path, files: &[&str], view: &PageView, axe: &str) {
    let mut tasks = Vec::new();
    for file in files {
        for (width, scheme) in [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")] {
            let mut task = task(folder, file, view, 40);
            task["width"] = json!(width);
            task["scheme"] = json!(scheme);
            task["axe"] = json!(axe);
            tasks.push(task);
        }
    }
    for (task, seen) in tasks.iter().zip(look(&tasks)) {
        assert_eq!(seen["complaints"], json!([]), "{task}");
        let violations = seen["violations"].as_array().expect("a list").iter();
        let serious: Vec<_> =
            violations.filter(|one| one["impact"] == "serious" || one["impact"] == "critical").collect();
        assert!(serious.is_empty(), "{task}\n{serious:#?}");
        assert!(seen["overflow"].as_i64().is_some_and(|pixels| pixels <= 0), "{task}: {}", seen["overflow"]);
        assert_eq!(seen["small"], 0, "{task}: words of a chart that are too small");
    }
}

#[test]
fn no_page_has_an_error_a_serious_barrier_or_a_line_that_is_too_wide() {
    for scenario in ["3-none", "3-stale", "50-one", "50-all"] {
        let view = made(scenario);
        let folder = written(&view);
        let incident = format!("incident/{}.html", view.incidents.first().expect("an incident").id);
        assert_sound(folder.path(), &["index.html", &incident], &view, "yes");
    }
}

// The bars are those of fewer components, and axe takes minutes for 45,000 of them.
#[test]
fn no_page_of_500_components_has_an_error_or_a_serious_barrier_outside_of_its_bars() {
    for scenario in ["500-one", "500-all"] {
        let view = made(scenario);
        let folder = written(&view);
        assert_sound(folder.path(), &["index.html"], &view, "without bars");
    }
}

#[test]
fn no_private_page_has_an_error_a_serious_barrier_or_a_line_that_is_too_wide() {
    let view = team::view();
    let folder = stored(private_page_files(&view).expect("the templates fit"));
    let incident = format!("incident/{}.html", view.page.incidents.first().expect("an incident").id);
    let files = ["index.html", &incident, "monitor/payments_-api.html", "monitor/nightly-backup.html"];
    assert_sound(folder.path(), &files, &view.page, "yes");
}

#[test]
fn a_report_has_no_error_no_serious_barrier_and_no_line_that_is_too_wide() {
    let view = team::view();
    let html = report::html(&view);
    let file = PageFile { path: "report.html".to_owned(), media_type: "text/html", content: html };
    let folder = stored(vec![file]);
    assert_sound(folder.path(), &["report.html"], &view.page, "yes");
}

#[test]
fn a_private_page_can_be_read_without_script() {
    let view = team::view();
    let folder = stored(private_page_files(&view).expect("the templates fit"));
    let files = ["index.html", "monitor/payments_-api.html"];
    let tasks = files.map(|file| {
        let mut task = task(folder.path(), file, &view.page, 40);
        task["script"] = json!("off");
        task
    });
    let seen = look(&tasks);
    let text = |number: usize| seen[number]["text"].as_str().expect("a text");
    for words in
        ["Payments is down", "HTTP 503, expected 2xx", "Not on the public page", "nightly-backup", "Private"]
    {
        assert!(text(0).contains(words), "{words} is not in\n{}", text(0));
    }
    for words in [
        "GET https://payments.acme.example/v2/health?deep=true",
        "monitors/payments/api.yaml:1",
        "Severity critical, to default.",
        "95th percentile",
        "timeout after 10s",
    ] {
        assert!(text(1).contains(words), "{words} is not in\n{}", text(1));
    }
}

#[test]
fn the_page_can_be_read_without_script() {
    let view = made("3-one");
    let folder = written(&view);
    let mut task = task(folder.path(), "index.html", &view, 40);
    task["script"] = json!("off");
    let seen = look(&[task]);
    let text = seen[0]["text"].as_str().expect("a text");
    for words in
        ["Checkout is down", "not reachable", "Payments", "Operational", "Checked 29 Nov 2026, 05:11 UTC"]
    {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    // Only the script knows how old the page is.
    assert!(!text.contains("just now"), "{text}");
}

#[test]
fn each_bar_has_its_day_and_what_happened_as_a_title() {
    let view = made("3-one");
    let folder = written(&view);
    let seen = look(&[task(folder.path(), "index.html", &view, 40)]);
    let titles: Vec<&str> =
        seen[0]["titles"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(titles.len(), 270);
    assert!(titles.contains(&"27 Nov 2026: down 1 h 12 min"), "{titles:?}");
    assert!(titles.contains(&"29 Nov 2026: down 48 min"), "{titles:?}");
}

#[test]
fn the_banner_appears_when_the_page_becomes_stale() {
    let fresh = made("3-none");
    let stale = made("3-stale");
    let [of_fresh, of_stale] = [&fresh, &stale].map(written);
    let limit = fresh.stale_after.as_secs();
    let mut without_script = task(of_stale.path(), "index.html", &stale, 0);
    without_script["script"] = json!("off");
    let seen = look(&[
        task(of_fresh.path(), "index.html", &fresh, limit - 1),
        task(of_fresh.path(), "index.html", &fresh, limit),
        without_script,
    ]);
    let banners: Vec<_> = seen.iter().map(|one| one["banner"].as_bool()).collect();
    assert_eq!(banners, [Some(false), Some(true), Some(true)]);
}

#[test]
fn fifty_components_weigh_less_than_100_kilobytes_compressed() {
    let files = page_files(&made("50-one")).expect("the templates fit");
    let index = files.iter().find(|file| file.path == "index.html").expect("a page");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(index.content.as_bytes()).expect("it compresses");
    let weight = gzip.finish().expect("it compresses").len();
    assert!(weight < 100_000, "{weight} bytes");
}
