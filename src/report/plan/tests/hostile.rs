//! Texts that try to be more than text. The page is read as GitHub reads it: Markdown with its extensions,
//! then HTML as a browser takes it.

use proptest::prelude::*;
use scraper::{Html, Node};
use serde_json::{Value, json};

use super::super::{Heading, PlacedNote, PlanDetail, Review, View, github, markdown, text};
use super::as_json;
use super::world::{planned, senseless, shown, stored};
use super::{plain, world};
use crate::kinds::http;
use crate::monitor::{MonitorId, Place, is_hidden};
use crate::monitor::{excerpt, safe};
use crate::observation::Fault;
use crate::plan::{CatalogSettings, Holder, Overrides, Plan, Stored, Succession, Unread, refusals};
use crate::report::ProbePreview;
use crate::report::workflow::inert;
use crate::report::workflow::testing::read;
use crate::verdict::{Judgement, Verdict};

#[test]
fn hostile_texts_are_shown_as_they_are_written() {
    let plan = world::hostile();
    let notes = ["a | note\nof @everyone".to_owned()];
    insta::assert_snapshot!("hostile_text", plain(&shown(&plan, &notes, |r| text(r, PlanDetail::Changes))));
    insta::assert_snapshot!("hostile_json", shown(&plan, &notes, as_json));
    insta::assert_snapshot!("hostile_markdown", shown(&plan, &notes, markdown));
    insta::assert_snapshot!("hostile_github", shown(&plan, &notes, github));
}

/// What a page is made of once it was read.
#[derive(Default)]
struct Page {
    /// Names of elements, and their attributes.
    elements: Vec<(String, Vec<String>)>,
    comments: Vec<String>,
    /// Text in `code`, one for each.
    literal: Vec<String>,
    /// Every other piece of text.
    words: Vec<String>,
    /// All text in its order.
    all: String,
}

impl Page {
    fn read(markdown: &str) -> Self {
        let mut options = comrak::Options::default();
        let extension = &mut options.extension;
        extension.strikethrough = true;
        extension.table = true;
        extension.autolink = true;
        extension.tasklist = true;
        extension.footnotes = true;
        extension.alerts = true;
        extension.math_dollars = true;
        extension.math_code = true;
        // The page has HTML of ours; what else is in it is what is looked for.
        options.render.r#unsafe = true;
        let html = Html::parse_fragment(&comrak::markdown_to_html(markdown, &options));
        let mut page = Self::default();
        for node in html.tree.root().descendants() {
            let is_literal = node
                .ancestors()
                .any(|above| matches!(above.value(), Node::Element(element) if element.name() == "code"));
            match node.value() {
                Node::Element(element) => {
                    let attributes = element.attrs().map(|(name, value)| format!("{name}={value}"));
                    page.elements.push((element.name().to_owned(), attributes.collect()));
                    if element.name() == "code" {
                        page.literal.push(String::new());
                    }
                }
                Node::Comment(comment) => page.comments.push(comment.to_string()),
                Node::Text(text) if is_literal => {
                    page.all.push_str(text);
                    if let Some(last) = page.literal.last_mut() {
                        last.push_str(text);
                    }
                }
                Node::Text(text) => {
                    page.all.push_str(text);
                    page.words.push(text.to_string());
                }
                Node::Document | Node::Fragment | Node::Doctype(_) | Node::ProcessingInstruction(_) => {}
            }
        }
        page
    }

    fn count(&self, name: &str) -> usize {
        self.elements.iter().filter(|(element, _)| element == name).count()
    }
}

/// Nothing but what this program writes is on the page, and nothing that GitHub makes a link of.
fn is_only_ours(page: &Page) -> Result<(), TestCaseError> {
    const OURS: [&str; 12] =
        ["html", "h3", "div", "p", "br", "b", "code", "pre", "ul", "li", "details", "summary"];
    for (element, attributes) in &page.elements {
        prop_assert!(OURS.contains(&element.as_str()), "<{element}>");
        let is_language = |attribute: &String| {
            ["diff", "text", "sh"].iter().any(|l| *attribute == format!("class=language-{l}"))
        };
        let is_alert = |attribute: &String| attribute.starts_with("class=markdown-alert");
        let is_ours =
            |attribute: &String| is_language(attribute) || is_alert(attribute) || *attribute == "open=";
        prop_assert!(attributes.iter().all(is_ours), "<{element}> {attributes:?}");
    }
    prop_assert_eq!(page.comments.len(), 1, "{:?}", page.comments);
    prop_assert!(page.comments[0].starts_with(" monitorctl:diff owner="));
    for words in &page.words {
        let linked = ["@", "#", "://", "www.", "GH-", "`", "|", "[", "]", "<", ">", "\\", "$", "*", "_"];
        prop_assert!(linked.iter().all(|link| !words.contains(link)), "{words:?}");
    }
    Ok(())
}

/// Fragments that some reader interprets, and plain characters between them.
fn nasty() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "|",
        "`",
        "```",
        "~~~",
        "````````",
        "<",
        ">",
        "</code>",
        "</pre>",
        "</details>",
        "<img src=x onerror=y>",
        "<!--",
        "-->",
        "<script>",
        "@octocat",
        "@org/team",
        "#12",
        "GH-3",
        "org/repo#4",
        "https://evil.example",
        "www.evil.example",
        "a@b.example",
        "[a](http://b)",
        "![a](b)",
        "**",
        "__",
        "_",
        "*",
        "~~",
        "\\",
        "\\|",
        "&lt;",
        "&#64;",
        "::error::x",
        "::stop-commands::y",
        "##[group]z",
        "%0A",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{200b}",
        "- ",
        "# ",
        "> ",
        "1. ",
        "| a | b |",
        "|---|---|",
        "[^1]",
        "[^1]: a",
        "$$",
        "$`a`$",
        ":smile:",
        "- [ ] x",
        "{{",
        "}}",
        "0123456789abcdef0123456789abcdef01234567",
        "'",
        "\"",
        "&",
        "=",
        "---",
        "===",
        "    ",
        "\t",
        " ",
        "word",
        "é",
    ]);
    prop::collection::vec(prop_oneof![4 => fragment.prop_map(str::to_owned), 1 => "[ -~]{1,4}"], 1..6)
        .prop_map(|parts| parts.concat())
}

#[derive(Debug, Clone)]
struct Texts {
    owner: String,
    other: String,
    environment: String,
    commit: String,
    file: String,
    path: String,
    value: String,
    lines: Vec<String>,
    why: String,
    note: String,
    /// What an endpoint answered.
    said: String,
}

fn texts() -> impl Strategy<Value = Texts> {
    let first = (nasty(), nasty(), nasty(), nasty(), nasty());
    let second = (nasty(), nasty(), prop::collection::vec(nasty(), 1..5), nasty(), nasty(), nasty());
    (first, second).prop_map(
        |((owner, other, environment, commit, file), (path, value, lines, why, note, said))| Texts {
            owner,
            other,
            environment,
            commit,
            file,
            path,
            value,
            lines,
            why,
            note,
            said,
        },
    )
}

fn plan_of(texts: &Texts) -> Plan {
    let Texts { other, file, path, value, lines, why, .. } = texts;
    let body = lines.join("\n");
    let live = [
        Stored { source: Some(format!("{file}:7")), ..stored("gone", Some("acme"), json!({"url": value})) },
        stored("changed", Some("acme"), json!({"url": "a", "body": format!("{body}\nold\n"), "name": value})),
        stored("theirs", Some(other), json!({"url": "a"})),
        stored("free", Some(other), json!({"url": "a"})),
    ];
    let wanted = [
        senseless(
            "changed",
            file,
            json!({"url": "a", "body": format!("{body}\nnew\n"), "headers": {path: value}}),
        ),
        senseless("theirs", file, json!({"url": "a"})),
    ];
    let unread = Unread {
        key: "broken".into(),
        head_of: None,
        why: why.clone(),
        help: "fix it",
        holder: Holder::Unknown,
    };
    let mut plan = planned(&CatalogSettings::default(), &wanted, &live, &[unread]);
    plan.owner.clone_from(&texts.owner);
    plan
}

/// A probe whose answer says this, and nothing before it, as faults are made.
fn failed(said: &str) -> Judgement {
    let fault = Fault::new(http::BODY, excerpt(said, 200), "ok");
    let nothing = Judgement::without_evidence(Verdict::Fail, jiff::Timestamp::UNIX_EPOCH);
    Judgement { faults: vec![fault], code: Some(200), ..nothing }
}

fn formed<T>(texts: &Texts, form: impl FnOnce(&Review<'_>) -> T) -> T {
    let plan = plan_of(texts);
    let refusals = refusals(&plan, &Overrides::default(), &Succession::Onwards);
    let heading = Heading {
        view: View::Plan,
        environment: Some(texts.environment.clone()),
        base: Some(texts.commit.clone()),
        head: Some(texts.commit.clone()),
        only: Some(texts.value.clone()),
        warning: Some(texts.value.clone()),
        undoes: Some(texts.value.clone()),
        way: String::new(),
        allowed: None,
        suggested_command: Some(format!("monitorctl sync {}", texts.file)),
    };
    let probe_preview = ProbePreview {
        id: MonitorId::parse("changed").expect("an id"),
        judgement: failed(&texts.said),
        beats: None,
        needs: Vec::new(),
    };
    let place = Place { file: texts.file.clone(), line: 7 };
    let placed_note = PlacedNote { place, note: texts.note.clone() };
    form(&Review {
        plan: &plan,
        refusals: &refusals,
        heading: &heading,
        notes: std::slice::from_ref(&texts.note),
        placed_notes: &[placed_note],
        forecast: None,
        probe_previews: Some(&[probe_preview]),
        backtest: None,
    })
}

/// As it stands on the page: what no text may show is written out, and no runner obeys it.
fn as_shown(text: &str) -> String {
    safe(text).replace("##[", "##(")
}

proptest! {
    // Trap 17, and trap 22: a `|` that is not escaped breaks the table it stands in.
    #[test]
    fn a_comment_holds_hostile_texts_as_texts(texts in texts()) {
        let markdown = formed(&texts, markdown);
        let page = Page::read(&markdown);
        is_only_ours(&page)?;
        // One line for what is gone, one fold for what changed.
        prop_assert_eq!(page.count("details"), 1);
        prop_assert_eq!(page.count("pre"), 3, "the command, the fields and the probes: {}", markdown);
        for whole in [&texts.owner, &texts.environment] {
            let whole = as_shown(whole);
            prop_assert!(page.literal.contains(&whole), "{whole:?} in {:?}", page.literal);
        }
        let commits = format!("{0} → {0}", as_shown(&texts.commit));
        prop_assert!(page.literal.contains(&commits), "{commits:?} in {:?}", page.literal);
        let gone = as_shown(&format!("was {}:7", texts.file));
        prop_assert!(page.literal.contains(&gone), "{gone:?} in {:?}", page.literal);
        let fields = page.literal.iter().filter(|text| text.contains("! body")).collect::<Vec<_>>();
        prop_assert_eq!(fields.len(), 1);
        for line in texts.lines.iter().rev().take(3) {
            let line = inert(as_shown(line));
            prop_assert!(fields[0].contains(line.trim_end()), "{line:?} in {:?}", fields[0]);
        }
        // Blanks at the end of a line carry no meaning.
        let header = as_shown(&format!("headers.{}", texts.path));
        prop_assert!(fields[0].contains(header.trim_end()), "{header:?} in {:?}", fields[0]);
        prop_assert!(fields[0].contains("-   old\n") && fields[0].contains("+   new\n"), "{:?}", fields[0]);
        // A sentence is whole once its marks are gone.
        prop_assert!(page.all.contains(as_shown(&texts.note).trim_end()), "{:?}", texts.note);
    }

    // Trap 17
    #[test]
    fn no_form_is_obeyed_by_a_terminal_or_a_runner(texts in texts()) {
        let text = plain(&formed(&texts, |review| text(review, PlanDetail::Everything)));
        let json = formed(&texts, as_json);
        for form in [&text, &formed(&texts, markdown)] {
            prop_assert!(!form.contains(|c| c != '\n' && is_hidden(c)), "{form:?}");
        }
        for line in [text.as_str(), &json, &formed(&texts, markdown)].iter().flat_map(|form| form.lines()) {
            prop_assert_eq!(read(line), None, "{:?}", line);
        }
        let record: Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(record["owner"].as_str(), Some(texts.owner.as_str()));
        prop_assert_eq!(record["heading"]["environment"].as_str(), Some(texts.environment.as_str()));
    }

    #[test]
    fn every_annotation_is_one_command_at_its_file(texts in texts()) {
        let annotations = formed(&texts, github);
        let commands: Vec<_> = annotations.lines().filter_map(read).collect();
        prop_assert_eq!(annotations.lines().count(), commands.len() + 1, "{}", annotations);
        let names = commands.iter().all(|(name, ..)| ["error", "warning", "notice"].contains(&name.as_str()));
        prop_assert!(names, "{}", annotations);
        let file = |properties: &[(String, String)]| {
            properties.iter().find(|(key, _)| key == "file").map(|(_, file)| file.clone())
        };
        let claim = commands.iter().find(|(_, _, message)| message.starts_with("theirs"));
        let place = claim.and_then(|(_, properties, _)| file(properties));
        prop_assert_eq!(place, Some(safe(&texts.file)));
    }
}
