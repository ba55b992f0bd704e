//! Holds the shape of the house: who may import whom, what is pure, and which crate lives where.
//!
//! The tables below are the design. A new arrow is a change of the design, made here, in the same commit.

#![expect(clippy::expect_used, reason = "a test that cannot read the source has nothing to say")]

mod circles;
mod links;
mod rooms;
mod rules;
mod source;
mod traps;
mod words;

use source::{Source, sources};

/// Which modules of the crate a module may name. `commands` and `cli` are the shell and may name all.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("value", &[]),
    // A path holds patterns and numbers.
    ("json", &["value"]),
    ("assert", &["value", "json"]),
    // How a monitor is written and what is wrong with it, whatever its kind.
    ("written", &["value", "json", "assert"]),
    ("kinds", &["value", "json", "assert", "written"]),
    // A definition is made of values and of assertions.
    ("monitor", &["value", "assert", "kinds"]),
    ("observation", &["assert", "kinds"]),
    // A component of a status page consists of the monitors that a selector takes.
    ("page", &["monitor"]),
    // What a notification says, as plain parts; and how each kind of channel lays it out.
    ("message", &["monitor"]),
    ("channels", &["value", "written", "monitor", "message"]),
    // What the edges report about an installation, and `doctor` judges.
    ("installation", &[]),
    // It proves of an assertion that it can hold and can fail, so it has to know what that means.
    ("config", &["testing", "monitor", "json", "assert", "written", "kinds", "channels", "page"]),
    // Whether a monitor is notified is a matter of what its channels take.
    ("plan", &["monitor", "assert", "channels"]),
    // Findings about an installation; the kinds of files are those of config, references are those of monitors.
    ("doctor", &["config", "monitor", "installation"]),
    ("verdict", &["monitor", "assert", "kinds", "observation"]),
    ("transition", &["monitor", "verdict"]),
    // That the prober sees nothing is a fault, as of any monitor.
    ("state", &["monitor", "observation", "verdict", "transition"]),
    // It keeps the verdict of each probe, the word of its gravest fault, and every change of health that a row shows.
    ("history", &["monitor", "assert", "kinds", "observation", "verdict", "transition", "state"]),
    // An alert shows the faults and the phases of the observation it is about. It is pending while a row says so.
    ("alert", &["monitor", "observation", "message", "verdict", "transition", "state"]),
    // Whether a pending alert is sent is a matter of its row, of the rows of others, and of what this run saw.
    ("suppress", &["monitor", "verdict", "transition", "alert", "state"]),
    // It joins the items of the config table with the rows, and knows where the alerts of each monitor go, and which of
    // them are pending beside the verdicts of a run.
    (
        "inventory",
        &[
            "monitor",
            "written",
            "channels",
            "config",
            "plan",
            "verdict",
            "transition",
            "alert",
            "state",
            "suppress",
        ],
    ),
    // It plays runs with the decisions of `check`, on probes that never were made, or that the history keeps.
    (
        "simulation",
        &[
            "monitor",
            "assert",
            "kinds",
            "observation",
            "message",
            "verdict",
            "history",
            "transition",
            "alert",
            "state",
            "suppress",
        ],
    ),
    // It takes apart what is stored, plays what would be, and knows how a plan forecasts the time to a message.
    (
        "explanation",
        &["monitor", "plan", "verdict", "transition", "alert", "state", "suppress", "simulation"],
    ),
    // What pages and reports show, as plain values.
    ("view", &["page", "monitor", "history", "transition"]),
    ("clock", &[]),
    // How many cases a long property runs: known to tests alone.
    ("testing", &[]),
    // Which process has a lease is a fact of the run item.
    ("machine", &["state"]),
    // Not an edge of its own but what the edges to AWS have in common: whose process this is, how long it
    // waits, and how trouble is sorted. It knows no service but the one that says who one is.
    ("aws", &["installation"]),
    ("source", &["config"]),
    // The ground of every connection: it knows neither what is spoken over it nor who asks.
    ("net", &["monitor", "observation"]),
    // A probe may be signed as a role of AWS.
    ("probe", &["monitor", "kinds", "observation", "net", "aws"]),
    // The embedded store stands in for a server, and a server has a clock.
    // A silence is stored beside the monitors, and so is the last that a program said of itself.
    (
        "store",
        &[
            "monitor",
            "kinds",
            "plan",
            "verdict",
            "history",
            "transition",
            "state",
            "suppress",
            "clock",
            "aws",
            "installation",
        ],
    ),
    // The past is read from the store, and becomes views of it; how much of it a status page needs, the page says.
    ("archive", &["page", "monitor", "history", "transition", "state", "inventory", "store", "view"]),
    // A topic is named by its ARN, which is a word of a monitor.
    ("deliver", &["monitor", "message", "channels", "alert", "aws", "installation", "net"]),
    ("secrets", &["monitor", "aws", "installation"]),
    // It signs each request with the time of its sending.
    ("publish", &["page", "clock", "aws", "net"]),
    (
        "report",
        &[
            "kinds",
            "monitor",
            "observation",
            "message",
            "channels",
            "config",
            "doctor",
            "plan",
            "verdict",
            "history",
            "transition",
            "alert",
            "state",
            "suppress",
            "simulation",
            "explanation",
            "page",
            "view",
        ],
    ),
    // One run of one shard connects decisions and edges, and knows no command. It is shell.
    (
        "run",
        &[
            "monitor",
            "kinds",
            "observation",
            "verdict",
            "history",
            "transition",
            "alert",
            "state",
            "suppress",
            "inventory",
            "clock",
            "probe",
            "store",
            "archive",
            "channels",
            "deliver",
            "secrets",
            "report",
        ],
    ),
    // Doors for the fuzzer, which leads inputs through these.
    ("fuzzing", &["monitor", "kinds", "observation", "config", "verdict", "store"]),
    // An exit code is a part of what a man page says of a command.
    ("cli", &["monitor", "exit"]),
    ("exit", &[]),
];

/// Modules that decide: no async, no I/O, no clock, no AWS.
const PURE: &[&str] = &[
    "value",
    "json",
    "assert",
    "written",
    "kinds",
    "monitor",
    "observation",
    "page",
    "message",
    "channels",
    "installation",
    "config",
    "doctor",
    "plan",
    "verdict",
    "history",
    "transition",
    "state",
    "alert",
    "suppress",
    "inventory",
    "simulation",
    "explanation",
    "view",
];

/// What a pure file must not name.
const IMPURE: &[&str] = &[
    "async fn",
    ".await",
    "tokio::",
    // Not `aws_` alone: so begin the names of Terraform, which are words to a person.
    "aws_config",
    "aws_credential_types",
    "aws_sdk_",
    "aws_smithy_",
    "hyper::",
    "std::fs",
    "std::env",
    "std::net::Tcp",
    "std::process",
    "thread::sleep",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "println!",
    "eprintln!",
];

/// Crates that have a home, and where it is.
const HOMES: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    // Each service has one home; what they share passes as the SDK's configuration, inside the edges only.
    ("aws_config", &["aws", "secrets"]),
    ("aws_credential_types", &["aws"]),
    ("aws_sigv4", &["aws"]),
    ("aws_sdk_dynamodb", &["store"]),
    ("aws_sdk_sns", &["deliver"]),
    ("aws_sdk_sts", &["aws"]),
    ("aws_sdk_ssm", &["secrets"]),
    ("aws_sdk_secretsmanager", &["secrets"]),
    ("aws_smithy_", &["aws", "store"]),
    ("dynoxide", &["store"]),
    ("rusqlite", &["store"]),
    ("rustix", &["machine"]),
    // In the store it is how the SDK reaches a database in this process.
    ("http", &["kinds", "probe", "store", "publish"]),
    // A server for the eyes of the operator, beside the probes.
    ("hyper", &["probe", "publish"]),
    ("h2", &["probe"]),
    // When a program should beat.
    ("cronexpr", &["kinds"]),
    ("flate2", &["probe"]),
    // A lookup is a check of its own, whose messages `probe` reads.
    ("hickory_resolver", &["net", "probe"]),
    ("lettre", &["deliver"]),
    ("reqwest", &["net"]),
    ("rustls", &["net", "probe"]),
    ("socket2", &["net"]),
    ("tokio_rustls", &["net"]),
    ("tokio_tungstenite", &["probe"]),
    ("webpki", &["net"]),
    ("x509_parser", &["net"]),
    ("regex_automata", &["value"]),
    // What is written by people has its schema in config; what programs read has it where it is made.
    ("schemars", &["config", "written", "kinds", "message", "channels", "report"]),
    ("jsonschema", &["config"]),
    ("granit_parser", &["config"]),
    ("strsim", &["config"]),
    ("askama", &["report"]),
    ("atom_syndication", &["report"]),
    ("comrak", &["report"]),
    ("similar", &["report"]),
    ("miette", &["report"]),
    ("indicatif", &["commands"]),
];

#[test]
fn modules_import_only_what_the_table_allows() {
    let found = rules::forbidden_imports(&sources(), MAY_IMPORT);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    assert_eq!(rules::circle(MAY_IMPORT), None);
}

#[test]
fn files_depend_on_each_other_in_one_direction() {
    let circles = circles::file_circles(&sources());
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn every_module_stands_in_the_table() {
    let shell = ["commands", "lib", "main"];
    let found: Vec<_> = sources()
        .into_iter()
        .map(|source| source.module)
        .filter(|module| {
            !shell.contains(&module.as_str()) && MAY_IMPORT.iter().all(|(name, _)| name != module)
        })
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn only_the_rooms_of_the_kinds_know_one_kind() {
    // A new kind is a file in `kinds`, one in `probe` and a line where each lists its own. The fuzzer makes answers.
    let rooms = ["kinds", "probe", "net", "fuzzing"];
    let sources = sources();
    let words = rooms::words(&sources);
    for word in ["kinds::http", "Subject::STATUS", "\"expect.json", "\"warn\", \"status\"", ".redirects"] {
        assert!(words.iter().any(|known| known == word), "{word} is in none of {words:?}");
    }
    // A hint for those who come from another tool speaks of all fields.
    let is_outside = |source: &Source| {
        !rooms.contains(&source.module.as_str()) && source.path != "src/config/schema/other_tools.rs"
    };
    let others: Vec<Source> = sources.into_iter().filter(is_outside).collect();
    let found = rules::named(&others, &words);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What a service takes is known where it is laid out, and where it is sent.
#[test]
fn only_the_rooms_of_the_channels_know_one_kind() {
    let sources = sources();
    let mut words: Vec<String> =
        rooms::channels(&sources).iter().map(|kind| format!("channels::{kind}::")).collect();
    assert!(words.iter().any(|word| word == "channels::sns::"), "{words:?}");
    words.extend(["KindSettings", "ChannelKind::", "TextLimit", "CountLimit"].map(str::to_owned));
    let is_outside = |source: &Source| !["channels", "deliver"].contains(&source.module.as_str());
    let others: Vec<Source> = sources.into_iter().filter(is_outside).collect();
    let found = rules::named(&others, &words);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What is the same for all kinds of probes names none of them, and no kind names another one; only `mod.rs` knows all.
#[test]
fn the_probes_of_the_kinds_know_nothing_of_each_other() {
    let found = rules::strangers(&circles::arrows(&sources()), &rooms::kinds(&sources()));
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn decisions_are_pure() {
    let pure: Vec<Source> =
        sources().into_iter().filter(|source| PURE.contains(&source.module.as_str())).collect();
    assert!(!pure.is_empty());
    let found = rules::named(&pure, IMPURE);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn foreign_crates_stay_at_home() {
    let found = rules::strays(&sources(), HOMES);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_type_name_is_unique_in_the_crate() {
    let found = rules::shared_names(&sources());
    assert!(found.is_empty(), "give each a telling name of its own:\n{}", found.join("\n"));
}

#[test]
fn source_files_are_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.lines.len() > 400)
        .map(|source| format!("{}: {} lines", source.path, source.lines.len()))
        .collect();
    assert!(long.is_empty(), "look for the seam in\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|source| !source.lines.first().is_some_and(|line| line.starts_with("//!")))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .expect("the source is readable");
    let silent = rules::uncommented_dependencies(&manifest);
    assert!(silent.is_empty(), "{silent:?}");
}
