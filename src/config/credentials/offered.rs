//! References to variables that no machine offers, or not this one. Pure.

use std::collections::BTreeSet;

use crate::config::credentials::part_of;
use crate::config::sources::Sources;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, TextPlace, YamlTree};
use crate::kinds::{Sent, reference_fields};
use crate::monitor::{Monitor, NotOffered, Offer, SecretRef, Template, is_reserved};
use crate::written::{Code, Path, Violation};

/// Marks every reference to a name that is never offered: such a monitor could never be probed.
pub fn find(document: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    let YamlTree::Map(entries) = &mut document.tree else { return faults };
    let refers = |key: &str| reference_fields().any(|field| field.name == key);
    for entry in entries.values_mut().filter(|entry| refers(&entry.key)) {
        search(&mut entry.value, sources, &mut faults);
    }
    faults
}

/// The same in one value that may be written anywhere.
pub fn reserved(node: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    search(node, sources, &mut faults);
    faults
}

fn search(node: &mut Node, sources: &Sources<'_>, faults: &mut Vec<PlacedViolation>) {
    match &mut node.tree {
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) => {}
        YamlTree::Text(text) => {
            let template = Template::parse(text).unwrap_or_default();
            let reserved = template
                .secrets()
                .filter(|secret| matches!(secret, SecretRef::Env(name) if is_reserved(name)));
            // The same name again is no second fault, and each is looked for in the whole text.
            let reserved: BTreeSet<_> = reserved.collect();
            let found: Vec<_> =
                reserved.into_iter().map(|secret| fault(node.place, text, secret, sources)).collect();
            node.faulty |= !found.is_empty();
            faults.extend(found);
        }
        YamlTree::List(items) => items.iter_mut().for_each(|item| search(item, sources, faults)),
        YamlTree::Map(entries) => {
            entries.values_mut().for_each(|entry| search(&mut entry.value, sources, faults));
        }
    }
}

fn fault(whole: TextPlace, text: &str, secret: &SecretRef, sources: &Sources<'_>) -> PlacedViolation {
    let reference = secret.to_string();
    let part = text.find(&reference).map(|start| start..start + reference.len());
    let place = part.map_or(whole, |part| part_of(whole, text, &part, sources));
    PlacedViolation::new(Code::ReservedSecret, place, format!("`{reference}` {}", NotOffered::Reserved))
        .label("reserved name")
        .help("give the endpoint its own credential in another variable")
}

/// Warns of references that this machine does not list.
pub fn unlisted(monitor: &Monitor, offer: &Offer) -> Vec<Violation> {
    let place = |sent: &Sent<'_>| match sent.key {
        "" => Path::from(sent.field),
        key => Path::from(sent.field).key(key),
    };
    let sent = monitor.ask.sent();
    let templates = std::iter::once((Path::from("url"), &monitor.url))
        .chain(sent.iter().map(|sent| (place(sent), sent.text)))
        .chain(monitor.tls.templates().map(|value| (Path::from("tls"), value)));
    let violation = |(path, secret): (Path, &SecretRef)| match offer.check_reference(secret) {
        // What is never offered is an error already.
        Ok(()) | Err(NotOffered::Reserved) => None,
        Err(why @ NotOffered::Unlisted) => Some(
            Violation::new(Code::UnofferedSecret, path, format!("`{secret}` {why}"))
                .label("not offered here")
                .help("the machine that runs check needs the name there too"),
        ),
    };
    templates
        .flat_map(|(path, template)| template.secrets().map(move |secret| (path.clone(), secret)))
        .filter_map(violation)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::{Circumstances, Code, Definitions, Extent, SourceFile, load_with_lints};
    use crate::monitor::Offer;

    fn found(text: &str, offer: Option<&Offer>) -> Vec<(Code, usize, usize)> {
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into() };
        let circumstances = Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer };
        let loaded = load_with_lints(&[file], Definitions::default(), circumstances);
        loaded.diagnostics.into_iter().map(|d| (d.code, d.span.line, d.span.column)).collect()
    }

    // P10: the machine's own credentials are none of a monitor's.
    #[test]
    fn a_reference_to_what_the_machine_is_known_by_is_an_error_at_its_place() {
        for (fields, place) in [
            ("headers: { x-a: 'Bearer ${env:AWS_SECRET_ACCESS_KEY}' }", (3, 25)),
            ("method: POST\nbody: ${env:GITHUB_TOKEN}", (4, 7)),
            ("method: POST\njson: { a: [{ b: '${env:ACTIONS_RUNTIME_TOKEN}' }] }", (4, 19)),
            ("tls: { ca: '${env:MONITORCTL_CA}' }", (3, 13)),
        ] {
            let text = format!("id: a\nurl: https://a.example\n{fields}\n");
            assert_eq!(found(&text, None), [(Code::ReservedSecret, place.0, place.1)], "{fields}");
        }
        let url = "id: a\nurl: https://a.example/?t=${env:aws_session_token}\n";
        assert_eq!(found(url, None), [(Code::ReservedSecret, 2, 27)]);
    }

    #[test]
    fn a_reference_that_this_machine_does_not_list_is_a_warning() {
        let text = "id: a\nurl: https://a.example/\nheaders: { x-a: '${env:A}', x-b: '${env:B_1}', x-c: '${ssm:/c}' }\n";
        let offer = Offer::parse("B_*").expect("a list");
        assert_eq!(found(text, Some(&offer)), [(Code::UnofferedSecret, 3, 17)]);
        assert_eq!(found(text, None), []);
        let literal = "id: a\nurl: https://a.example/\nheaders: { authorization: Bearer k9-Qm2x7Tz81 }\n";
        let codes: Vec<_> = found(literal, Some(&offer)).into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, [Code::LiteralCredential]);
    }
}
