//! Every command completes, and has a man page.

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
fn every_shell_completes_every_command() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(Cli::completions(*shell)).expect("UTF-8");
        for command in Cli::command().get_subcommands() {
            assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
        }
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

#[test]
fn a_typed_folder_differs_from_the_default() {
    for (line, is_typed) in [
        ("validate", false),
        ("validate monitors", true),
        ("validate a.yaml b.yaml", true),
        ("diff", false),
        ("diff monitors", true),
        ("sync --yes", false),
        ("pull monitors --drift", true),
        ("doctor", false),
        ("simulate shop --outcomes up", false),
        ("simulate shop monitors --outcomes up", true),
        ("status", false),
        ("check shop", false),
    ] {
        let words = ["monitorctl"].into_iter().chain(line.split(' '));
        let cli = Cli::of(&Cli::command().get_matches_from(words)).expect("a command line");
        assert_eq!(cli.folder_is_typed, is_typed, "{line}");
    }
}
