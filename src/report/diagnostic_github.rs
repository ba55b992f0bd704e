//! Diagnostics as annotations of a pull request: workflow commands that GitHub shows at the lines of the files.

use super::diagnostic::{diagnostics_short, in_one_line, printable};
use super::most::{FOR_PEOPLE, Most, most};
use super::workflow::command;
use crate::config::{Diagnostic, DiagnosticSeverity};
use crate::monitor::count;

/// GitHub keeps ten annotations of a kind and step, and drops the rest without a word.
const MOST: usize = 10;

/// The first diagnostics as annotations, errors before warnings; of the rest a number, and their lines for the log.
pub fn diagnostics_github(diagnostics: &[Diagnostic]) -> String {
    let Most { mut shown, hidden } = most(diagnostics, MOST);
    shown.sort_by_key(|diagnostic| diagnostic.severity);
    let mut out: String = shown.into_iter().map(annotation).collect();
    let rest: Vec<Diagnostic> = hidden.into_iter().cloned().collect();
    out.push_str(&rest_of(&rest));
    out.push_str(&diagnostics_short(&rest));
    out
}

fn annotation(diagnostic: &Diagnostic) -> String {
    let Diagnostic { file, span, severity, code, message: _, label: _, help: _, related: _, variables: _ } =
        diagnostic;
    let mut properties = vec![
        ("file", printable(file)),
        ("line", span.line.to_string()),
        ("col", span.column.to_string()),
        ("endLine", span.end_line.to_string()),
    ];
    // GitHub takes columns of one line only.
    if span.end_line == span.line {
        properties.push(("endColumn", span.end_column.to_string()));
    }
    properties.push(("title", format!("monitorctl: {code}")));
    command(level(*severity), &properties, &printable(&in_one_line(diagnostic)))
}

fn level(severity: DiagnosticSeverity) -> &'static str {
    match severity {
        DiagnosticSeverity::Error => "error",
        DiagnosticSeverity::Warning => "warning",
    }
}

/// One annotation that says how many have none; a notice, because of its kind there are not ten yet.
fn rest_of(rest: &[Diagnostic]) -> String {
    if rest.is_empty() {
        return String::new();
    }
    let errors = rest.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let numbers = [(errors, "more error"), (rest.len() - errors, "more warning")];
    let numbers: Vec<_> =
        numbers.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
    let has = if rest.len() > FOR_PEOPLE { "the first of them" } else { "them" };
    let message = format!(
        "{}: see the log of this step for {has}, or run `monitorctl validate`",
        numbers.join(" and ")
    );
    command("notice", &[("title", "monitorctl".to_owned())], &message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::workflow::testing::read;
    use super::*;
    use crate::config::{SourceFile, load};
    use crate::report::{Style, Summary, diagnostics_json, diagnostics_sarif, diagnostics_text};

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn an_annotation_has_place_title_and_message() {
        let loaded = load(&[file("a b,c.yaml", "id: a\nurl: https://a\nmetod: GET\n")], None);
        assert_eq!(
            diagnostics_github(&loaded.diagnostics),
            "::error file=a b%2Cc.yaml,line=3,col=1,endLine=3,endColumn=6,title=monitorctl%3A unknown_key::\
             unknown key `metod`, did you mean `method`?\n"
        );
    }

    #[test]
    fn ten_annotations_are_the_most_and_errors_come_first() {
        let warnings = (0..12).map(|i| format!("id: w{i}\nurl: https://a\nbody: x\n"));
        let documents: Vec<_> = warnings.chain(["id: e\nurl: https://a\nbogus: 1\n".to_owned()]).collect();
        let text = documents.join("---\n");
        let out = diagnostics_github(&load(&[file("a.yaml", &text)], None).diagnostics);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 10 + 1 + 3, "{out}");
        assert!(lines[0].starts_with("::error file=a.yaml,line=51,"), "{out}");
        assert!(lines[1..10].iter().all(|line| line.starts_with("::warning file=")), "{out}");
        assert_eq!(
            lines[10],
            "::notice title=monitorctl::3 more warnings: see the log of this step for them, or run `monitorctl validate`"
        );
        assert!(lines[11].starts_with("a.yaml:39:1: warning[ignored_body]: "), "{out}");
    }

    #[test]
    fn no_diagnostic_is_no_annotation() {
        assert_eq!(diagnostics_github(&[]), "");
    }

    /// What an author might hide in a file or in its name.
    fn hostile() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "::stop-commands::x",
            "::error file=a::b",
            "##[add-mask]x",
            "##[group]",
            "::",
            " ",
            "\u{200b}",
            "\r",
            "%0A::set-output name=a::b",
            "%0D",
            "]",
            "word",
            "\u{1b}[31m",
            "\u{2028}",
            ",title=x",
            "a long text that a renderer has to wrap somewhere in the middle of it because it does not fit",
        ]);
        prop::collection::vec(parts, 1..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        /// Trap 17: the only commands are ours, with the properties that we gave them.
        #[test]
        fn no_file_can_give_a_command_to_the_runner(text in hostile(), name in hostile()) {
            let quoted = serde_json::to_string(&text).expect("a string");
            let document = format!(
                "{quoted}: 1\nid: {quoted}\nmethod: {quoted}\nname: {quoted}\nurl: https://a\nbody: {quoted}\n\
                 alert: {{ topic: {quoted} }}\nheaders: {{ {quoted}: {quoted} }}\nexpect: {{ body: {{ matches: {quoted} }} }}\n"
            );
            let path = format!("{name}.yaml");
            let files = [file(&path, &document), file("b.yaml", &format!("# {text}\nid: [\n# {text}\n"))];
            let found = load(&files, None).diagnostics;
            prop_assert!(!found.is_empty());

            let github = diagnostics_github(&found);
            let commands: Vec<_> = github.split(['\n', '\r']).filter_map(read).collect();
            prop_assert_eq!(commands.len(), found.len().min(MOST) + usize::from(found.len() > MOST));
            for (command, properties, _) in &commands {
                let keys: Vec<_> = properties.iter().map(|(key, _)| key.as_str()).collect();
                prop_assert!(matches!(command.as_str(), "error" | "warning" | "notice"));
                prop_assert!(
                    keys == ["file", "line", "col", "endLine", "endColumn", "title"] || keys == ["title"],
                    "{:?}", keys
                );
            }

            let summary = Summary::new(2, 0, &found);
            for (format, out) in [
                ("text", diagnostics_text(&found, &found, &files, Style::Plain)),
                ("coloured", diagnostics_text(&found, &found, &files, Style::Coloured)),
                ("short", diagnostics_short(&found)),
                ("json", diagnostics_json(summary, &found)),
                ("sarif", diagnostics_sarif(&found)),
            ] {
                for line in out.split(['\n', '\r']) {
                    prop_assert_eq!(read(line), None, "{}: {:?}", format, line);
                }
            }
        }
    }
}
