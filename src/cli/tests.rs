//! Every command completes, and has a man page.

use std::ffi::OsString;

use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

// The summary of a command is one line; what else there is to say stands in the long help.
#[test]
fn every_summary_is_one_short_line_in_the_imperative() {
    let mut program = Cli::command();
    program.build();
    let mut open = vec![program];
    while let Some(command) = open.pop() {
        let name = command.get_name().to_owned();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.starts_with(char::is_uppercase) && !about.ends_with('.'), "{name}: {about:?}");
        assert!(about.len() <= 80, "{name}: {about:?}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(|c: char| c.is_uppercase()), "{name} {}: {help:?}", argument.get_id());
            assert!(help.len() <= 100, "{name} {}: {help:?}", argument.get_id());
        }
        open.extend(command.get_subcommands().cloned());
    }
}

#[test]
fn global_options_come_last_under_a_heading_of_their_own() {
    let mut program = Cli::command();
    program.build();
    for command in program.get_subcommands_mut() {
        let help = command.render_help().to_string();
        let is_heading = |line: &&str| line.ends_with(':') && !line.starts_with(' ');
        let headings: Vec<_> = help.lines().filter(is_heading).collect();
        let last = if command.get_name() == "help" { None } else { Some(&"Global options:") };
        assert_eq!(headings.last().filter(|_| last.is_some()), last, "{help}");
    }
}

#[test]
fn every_shell_asks_the_program_to_complete() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(Cli::completions(*shell)).expect("UTF-8");
        assert!(script.contains("MONITORCTL_COMPLETE") && script.contains("monitorctl"), "{shell}: {script}");
    }
}

/// The words that could stand in the place of the last one.
fn completed(line: &str) -> Vec<String> {
    let words: Vec<_> = line.split(' ').map(OsString::from).collect();
    let candidates = CandidateSources {
        monitors: || vec![candidate("pay-eu"), candidate("pay-us"), candidate("shop")],
        silences: || vec![candidate("01SILENCE"), candidate("team:pay")],
        channels: || vec![candidate("chat"), candidate("oncall")],
    };
    let mut command = completion::completing(Cli::command(), candidates);
    let last = words.len() - 1;
    let found = clap_complete::engine::complete(&mut command, words, last, None).expect("candidates");
    found.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned()).collect()
}

fn candidate(value: &str) -> Candidate {
    Candidate { value: value.to_owned(), help: None }
}

#[test]
fn every_command_completes() {
    let found = completed("monitorctl ");
    for page in Command::PAGES {
        assert!(found.iter().any(|word| word == page.name), "{}: {found:?}", page.name);
    }
}

#[test]
fn what_names_a_monitor_a_silence_or_a_channel_completes() {
    for (line, words) in [
        ("monitorctl status pay", vec!["pay-eu", "pay-us"]),
        ("monitorctl explain s", vec!["shop"]),
        ("monitorctl simulate pay-e", vec!["pay-eu"]),
        ("monitorctl check shop,pay-u", vec!["shop,pay-us"]),
        ("monitorctl status !sh", vec!["!shop"]),
        ("monitorctl diff --only sh", vec!["shop"]),
        ("monitorctl sync --only=sh", vec!["--only=shop"]),
        ("monitorctl pull --overwrite sh", vec!["shop"]),
        ("monitorctl silence add pay-e", vec!["pay-eu"]),
        ("monitorctl silence end ", vec!["01SILENCE", "team:pay"]),
        ("monitorctl notify test c", vec!["chat"]),
        ("monitorctl notify test --monitor sh", vec!["shop"]),
        ("monitorctl explain nothing", vec![]),
    ] {
        let mut found = completed(line);
        // Options are offered beside an empty word.
        found.retain(|word| !word.starts_with('-') || words.contains(&word.as_str()));
        assert_eq!(found, words, "{line}");
    }
}

#[test]
fn the_program_and_every_command_has_a_man_page() {
    let page = |command| {
        let page = Cli::man(command).expect("memory does not fail");
        page.map(|page| String::from_utf8(page.head).expect("UTF-8"))
    };
    let program = page(None).expect("a page");
    assert!(program.contains(".TH monitorctl 1"), "{program}");
    let cli = Cli::command();
    for command in cli.get_subcommands() {
        let page = page(Some(command.get_name())).expect("a page");
        assert!(page.contains(&format!(".TH monitorctl-{} 1", command.get_name())), "{page}");
    }
    assert_eq!(page(Some("nothing")), None);
}
