//! `status` as it is typed.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

/// Monitors `blog` (UP) and `shop` (DOWN), which were checked.
fn checked(api: &Api) -> Repository {
    let text =
        |id, path| format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path));
    let repository = Repository::new(&[
        ("monitors/blog.yaml", text("blog", "/blog").as_str()),
        ("monitors/shop.yaml", text("shop", "/shop").as_str()),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    api.answer_on("/shop", 503);
    repository.run(&["check", "--all"]).exits(0);
    repository
}

/// The values of a field of each monitor, in the order in which programs get them.
fn fields(repository: &Repository, order: &str, field: &str) -> Vec<Value> {
    let run = repository.run(&["status", "--sort", order, "--format", "json"]);
    run.exits(0);
    let json: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    json["monitors"].as_array().expect("monitors").iter().map(|monitor| monitor[field].clone()).collect()
}

#[test]
fn the_monitors_come_in_the_order_that_was_asked_for() {
    let api = Api::start();
    let repository = checked(&api);
    assert_eq!(fields(&repository, "health", "id"), ["shop", "blog"]);
    assert_eq!(fields(&repository, "id", "id"), ["blog", "shop"]);
    let latencies = fields(&repository, "latency", "latency_ms");
    let [first, second] = &latencies[..] else { panic!("two monitors: {latencies:?}") };
    assert!(first.as_u64().expect("one") >= second.as_u64().expect("one"), "{latencies:?}");
    // A file is no terminal: what is asked for first comes first.
    let run = repository.run(&["status", "--sort", "id"]);
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    assert!(text.find("blog").expect("it is shown") < text.find("shop").expect("it is shown"), "{text}");
    repository.run(&["status", "--sort", "name"]).exits(2);
    repository.run(&["status", "--watch=999ms"]).exits(2);
}

#[test]
fn a_status_that_is_drawn_again_needs_a_terminal() {
    let api = Api::start();
    let repository = checked(&api);
    for (args, why) in [
        (&["status", "--watch"] as &[_], "--watch needs a terminal, and standard output is none"),
        (&["status", "--watch", "--format", "json"], "--format json is for programs"),
    ] {
        let run = repository.run(args);
        run.exits(2);
        let said = String::from_utf8(run.stderr).expect("UTF-8");
        assert!(said.contains(why) && said.contains("without --watch"), "{said}");
        assert!(run.stdout.is_empty(), "nothing was drawn");
    }
}

// `script` of other systems has other arguments.
#[cfg(target_os = "linux")]
#[test]
fn a_status_on_a_terminal_shows_the_next_run_and_leaves_the_terminal_as_it_was() {
    use std::io::{Read, Write};
    use std::process::Stdio;

    let api = Api::start();
    let repository = checked(&api);
    let program = env!("CARGO_BIN_EXE_monitorctl");
    let mut command = repository
        .shell(&format!("exec script --quiet --return --command '{program} status --watch=1s' /dev/null"));
    command.env("TERM", "xterm").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = command.spawn().expect("script starts");
    let (mut keys, mut screen) =
        (terminal.stdin.take().expect("keys"), terminal.stdout.take().expect("a screen"));
    let mut drawn = Vec::new();
    let mut read_until = |words: &str| {
        let mut bytes = [0; 4096];
        while !String::from_utf8_lossy(&drawn).contains(words) {
            let number = screen.read(&mut bytes).expect("it is drawn");
            assert!(number > 0, "{words}: {}", String::from_utf8_lossy(&drawn));
            drawn.extend_from_slice(&bytes[..number]);
        }
        String::from_utf8_lossy(&std::mem::take(&mut drawn)).into_owned()
    };

    let first = read_until("every 1s; Ctrl-C ends");
    assert!(first.contains("\x1b[?1049h\x1b[?25l"), "{first:?}");
    read_until("1 DOWN");
    api.answer_on("/shop", 200);
    repository.run(&["check", "--all"]).exits(0);
    read_until("2 UP");
    keys.write_all(b"\x03").expect("the terminal takes keys");
    read_until("\x1b[?25h\x1b[?1049l");
    assert_eq!(terminal.wait().expect("it ends").code(), Some(130));
}
