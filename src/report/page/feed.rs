//! The Atom feed of a page: an entry for each incident and for each matter of notices, renewed with each notice. Pure.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;

use super::notice::notice_html;
use super::wording::{component_names, group_name, incident_name, length, moment, notice_word};
use crate::page::PageFile;
use crate::view::{NoticeGroup, NoticeView, PageIncident, PageView};

/// Entries of the feed. Readers keep the older ones themselves.
const MOST_ENTRIES: usize = 50;

pub fn feed(view: &PageView) -> PageFile {
    let incidents = view.incidents.iter().map(|one| (one.changed(), entry(view, one)));
    let groups = view.notices.iter().filter_map(|one| Some((one.changed()?, group_entry(view, one)?)));
    let mut entries: Vec<(Timestamp, Entry)> = incidents.chain(groups).collect();
    entries.sort_by(|one, two| two.0.cmp(&one.0).then_with(|| one.1.id.cmp(&two.1.id)));
    entries.truncate(MOST_ENTRIES);
    let updated = entries.first().map(|(changed, _)| *changed).or(view.last_change());
    let feed = Feed {
        title: Text::plain(format!("{} status", view.title)),
        id: format!("{}/", view.url),
        updated: date(updated.unwrap_or(Timestamp::UNIX_EPOCH)),
        authors: vec![Person { name: view.title.clone(), ..Person::default() }],
        links: vec![
            link("self", format!("{}/feed.atom", view.url)),
            link("alternate", format!("{}/", view.url)),
        ],
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
        ..Feed::default()
    };
    PageFile { path: "feed.atom".to_owned(), media_type: "application/atom+xml", content: feed.to_string() }
}

fn entry(view: &PageView, incident: &PageIncident) -> Entry {
    let address = format!("{}/incident/{}.html", view.url, incident.id);
    let mut html = match incident.closed {
        None => format!("<p>Since {}.</p>", moment(incident.opened)),
        Some(closed) => format!(
            "<p>{} to {} ({}).</p>",
            moment(incident.opened),
            moment(closed),
            length(closed.duration_since(incident.opened).as_secs())
        ),
    };
    html.push_str(&notices_html(&incident.notices));
    let name = incident_name(view, incident);
    let title = if incident.closed.is_some() { format!("Resolved: {name}") } else { name };
    made(address, title, (incident.opened, incident.changed()), html)
}

/// Notices that belong to no incident; None if there is none of them.
fn group_entry(view: &PageView, group: &NoticeGroup) -> Option<Entry> {
    let address = format!("{}/#n-{}", view.url, group.id);
    let names = component_names(view, &group.components);
    let html = format!(
        "<p>{}</p>{}",
        askama::filters::escape(&names, askama::filters::Html).ok()?,
        notices_html(&group.notices)
    );
    let name = group_name(view, group);
    let title = if group.is_open() { name } else { format!("Resolved: {name}") };
    Some(made(address, title, (group.opened()?, group.changed()?), html))
}

fn notices_html(notices: &[NoticeView]) -> String {
    let html = notices.iter().map(|notice| {
        let heading = format!("<h3>{}, {}</h3>", notice_word(notice.status), moment(notice.at));
        heading + &notice_html(&notice.markdown)
    });
    html.collect::<Vec<_>>().concat()
}

/// An entry, published at the first of these times and changed at the second.
fn made(address: String, title: String, (published, changed): (Timestamp, Timestamp), html: String) -> Entry {
    Entry {
        title: Text::plain(title),
        id: address.clone(),
        updated: date(changed),
        published: Some(date(published)),
        links: vec![link("alternate", address)],
        content: Some(Content {
            value: Some(html),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(rel: &str, href: String) -> Link {
    Link { rel: rel.to_owned(), href, ..Link::default() }
}

/// A time as the feed wants it: every time of ours is one of RFC 3339.
fn date(at: Timestamp) -> FixedDateTime {
    at.to_string().parse().unwrap_or_default()
}
