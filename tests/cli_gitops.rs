//! Holds docs/gitops.md to what the commands print, in a repository like that of the page. Ids, commits and digests
//! differ from run to run; a line `…` of the page stands for any lines.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::collections::BTreeSet;

use support::Repository;

const PAGE: &str = include_str!("../docs/gitops.md");

const EVERY_TWO_MINUTES: &str = "team: web\ninterval: 2m\n";
const EVERY_MINUTE: &str = "team: web\ninterval: 1m\n";

/// What is done to the repository before a command of the page.
type Edit = fn(&Repository);

/// Outputs of commands on the page: below which heading, and in which repository they come about.
const BLOCKS: &[(&str, Edit)] = &[
    ("## A pull request", |repository| {
        repository.write("monitors/search/defaults.yaml", "interval: 2m\nteam: search\n");
        for n in 1..=25 {
            let monitor = format!("id: search-{n}\nurl: https://search-{n}.example.com/health\n");
            repository.write(&format!("monitors/search/search-{n}.yaml"), &monitor);
        }
        for n in 1..=62 {
            let monitor = format!("id: item-{n}\nurl: https://shop.example.com/items/{n}\n");
            repository.write(&format!("monitors/shop/item-{n}.yaml"), &monitor);
        }
        repository.commit();
        repository.run(&["sync", "--yes"]).exits(0);
        repository.git(&["checkout", "-q", "-b", "change"]);
        repository.write("monitors/search/defaults.yaml", "interval: 5m\nteam: search\n");
        repository.commit();
    }),
    ("### An empty folder", |repository| {
        repository.remove("monitors");
        repository.write("monitors/.gitkeep", "");
    }),
    ("### Renamed monitors", |repository| {
        for n in 1..=6 {
            repository.remove(&format!("monitors/web/service-{n}.yaml"));
            repository.write(&format!("monitors/web/svc-{n}.yaml"), &service(&format!("svc-{n}"), n));
        }
    }),
    ("### Weakened assertions", |repository| {
        for n in 1..=6 {
            let weak = format!(
                "id: service-{n}\nurl: https://service-{n}.example.com/health\nexpect: {{status: [2xx, 5xx]}}\n"
            );
            repository.write(&format!("monitors/web/service-{n}.yaml"), &weak);
        }
    }),
    ("### A removed protected monitor", |repository| repository.remove("monitors/payments.yaml")),
    ("### A late merge of an old branch", |repository| {
        second_commit(repository);
        repository.git(&["checkout", "-q", "HEAD~1"]);
    }),
    ("### One id in two repositories", |repository| {
        repository.remove(".git");
        repository.remove("monitors");
        repository.write("monitorctl.yaml", "owner: acme/platform\n");
        repository.write("monitors/a.yaml", "id: payments-api\nurl: https://payments.example.com/\n");
    }),
    ("### Markdown in a name", |repository| {
        second_commit(repository);
        repository.write("monitors/bomb.yaml", BOMB);
    }),
    ("### A literal secret", |repository| {
        let secret = "id: secret\nurl: https://secret.example.com/?api_key=0123456789abcdef01234567\n";
        repository.write("monitors/secret.yaml", secret);
    }),
    ("## Environments", |repository| {
        repository.remove(".git");
        repository.remove("monitors");
        let [settings, monitor] = files("## Environments");
        repository.write("monitorctl.yaml", &settings);
        repository.write("monitors/web/shop.yaml", &monitor);
    }),
    ("## Renames", |repository| {
        repository.remove("monitors/web/service-1.yaml");
        let renamed = format!("{}moved_from: service-1\n", service("svc-1", 1));
        repository.write("monitors/web/svc-1.yaml", &renamed);
    }),
    ("## Undo", |repository| {
        second_commit(repository);
        repository.remove("monitors/web/service-12.yaml");
        repository.commit();
    }),
];

const BOMB: &str = r#"id: bomb
url: https://bomb.example.com/
name: "</details>| @everyone ![x](https://evil.example/x.png) `rm -rf` <script>alert(1)</script>"
method: POST
body: |-
  ```
  ::set-output name=x::y
  <!-- monitorctl -->
  | a | b |
"#;

fn service(id: &str, n: usize) -> String {
    format!(
        "id: {id}\nurl: https://service-{n}.example.com/health\nexpect:\n  status: 200\n  latency: {{down: 5s}}\n  \
         json: [{{path: $.status, equals: up}}]\n"
    )
}

/// Thirteen monitors that were synced from the first commit.
fn shop() -> Repository {
    let repository = Repository::new(&[
        ("monitorctl.yaml", "owner: shop/api-monitors\nenvironment: prod\n"),
        (
            "monitors/payments.yaml",
            "id: payments-api\nurl: https://payments.example.com/health\nprotect: true\n",
        ),
        ("monitors/web/defaults.yaml", EVERY_TWO_MINUTES),
    ]);
    for n in 1..=12 {
        repository.write(&format!("monitors/web/service-{n}.yaml"), &service(&format!("service-{n}"), n));
    }
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

fn second_commit(repository: &Repository) {
    repository.write("monitors/web/defaults.yaml", EVERY_MINUTE);
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
}

/// The first files that are shown below a heading.
fn files<const NUMBER: usize>(heading: &str) -> [String; NUMBER] {
    let (_, section) = PAGE.split_once(&format!("\n{heading}\n")).expect("a heading");
    let mut blocks = section.split("\n```yaml\n").skip(1);
    std::array::from_fn(|_| {
        let (text, _) = blocks.next().and_then(|block| block.split_once("\n```")).expect("a file");
        format!("{text}\n")
    })
}

/// The block of outputs below a heading, without its fences.
fn block(heading: &str) -> Vec<&'static str> {
    let (_, section) = PAGE.split_once(&format!("\n{heading}\n")).expect("a heading");
    let is_output =
        |line: &str| line.starts_with("```") && matches!(line.trim_start_matches('`'), "text" | "markdown");
    let mut lines = section.lines().skip_while(|line| !is_output(line));
    let fence = lines.next().expect("a block");
    let end = &fence[..fence.find(|c| c != '`').expect("a language")];
    lines.take_while(|line| *line != end).collect()
}

/// What the command lines of a block print now.
fn printed(repository: &Repository, block: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for command in block.iter().filter(|line| line.starts_with("$ ")) {
        lines.push((*command).to_owned());
        let script = format!("{} 2>&1; echo exit $?", command.replacen("$ monitorctl", "\"$PROGRAM\"", 1));
        let mut shell = repository.shell(&script);
        shell.env("PROGRAM", env!("CARGO_BIN_EXE_monitorctl"));
        let output = shell.output().expect("it runs");
        lines.extend(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned));
    }
    lines
}

/// Without what differs from run to run.
fn scrubbed(line: &str) -> String {
    let rules = [
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "RUN"),
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
        (r"\b[0-9a-f]{12}\b", "COMMIT"),
    ];
    let scrubbed = rules.iter().fold(line.to_owned(), |text, (pattern, replacement)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, *replacement).into_owned()
    });
    scrubbed.trim_end().to_owned()
}

/// The first line of the page that does not come next in what is printed.
fn missing<'a>(shown: &[&'a str], printed: &[String]) -> Option<&'a str> {
    // Not every block shows the exit codes.
    let with_exits = shown.iter().any(|line| line.starts_with("exit "));
    let printed = printed.iter().filter(|line| with_exits || !line.starts_with("exit "));
    let mut rest = printed.map(|line| scrubbed(line)).peekable();
    let mut skips = false;
    for line in shown {
        if line.trim() == "…" {
            skips = true;
            continue;
        }
        let wanted = scrubbed(line);
        while skips && rest.peek().is_some_and(|next| *next != wanted) {
            rest.next();
        }
        skips = false;
        if rest.next().as_ref() != Some(&wanted) {
            return Some(line);
        }
    }
    (!skips && rest.next().is_some()).then_some("(the end of the block)")
}

#[test]
fn every_output_on_the_page_is_printed_like_that() {
    let mut stale = Vec::new();
    for (heading, change) in BLOCKS {
        let repository = shop();
        change(&repository);
        let shown = block(heading);
        let printed = printed(&repository, &shown);
        if let Some(line) = missing(&shown, &printed) {
            stale.push(format!("{heading}: not printed: {line}\n{}\n", printed.join("\n")));
        }
    }
    assert!(stale.is_empty(), "docs/gitops.md is stale:\n{}", stale.join("\n"));
}

#[test]
fn the_page_has_no_other_outputs() {
    let of_block = |heading| block(heading).into_iter().filter(|line| line.starts_with("$ ")).count();
    let held: usize = BLOCKS.iter().map(|(heading, _)| of_block(heading)).sum();
    assert_eq!(PAGE.lines().filter(|line| line.starts_with("$ ")).count(), held);
    let headings: BTreeSet<_> = BLOCKS.iter().map(|(heading, _)| heading).collect();
    assert_eq!(headings.len(), BLOCKS.len());
}

#[test]
fn a_line_that_is_not_printed_is_found() {
    let printed = ["$ x", "a", "b", "c", "exit 0"].map(str::to_owned);
    assert_eq!(missing(&["$ x", "…", "c", "exit 0"], &printed), None);
    assert_eq!(missing(&["$ x", "a", "  …"], &printed), None);
    assert_eq!(missing(&["$ x", "a", "b", "c"], &printed), None);
    assert_eq!(missing(&["$ x", "a", "c"], &printed), Some("c"));
    assert_eq!(missing(&["$ x", "…", "d"], &printed), Some("d"));
    assert_eq!(missing(&["$ x", "a"], &printed), Some("(the end of the block)"));
}
