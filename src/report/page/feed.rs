//! The Atom feed of a page: an entry for each incident, renewed with each notice. Pure.

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Link, Person, Text};
use jiff::Timestamp;

use super::file::PageFile;
use super::notice::notice_html;
use super::wording::{incident_name, length, moment, notice_word};
use crate::view::{PageIncident, PageView};

pub fn feed(view: &PageView) -> PageFile {
    let entries: Vec<Entry> = view.incidents.iter().map(|incident| entry(view, incident)).collect();
    // Without an incident the feed is as old as the run; with one it changes only if an incident does.
    let changes = view.incidents.iter().map(changed);
    let updated = changes.max().or(view.last_run).unwrap_or(Timestamp::UNIX_EPOCH);
    let feed = Feed {
        title: Text::plain(format!("{} status", view.title)),
        id: format!("{}/", view.url),
        updated: date(updated),
        authors: vec![Person { name: view.title.clone(), ..Person::default() }],
        links: vec![
            link("self", format!("{}/feed.atom", view.url)),
            link("alternate", format!("{}/", view.url)),
        ],
        entries,
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
    html.extend(incident.notices.iter().map(|notice| {
        let heading = format!("<h3>{}, {}</h3>", notice_word(notice.status), moment(notice.at));
        heading + &notice_html(&notice.markdown)
    }));
    let state = if incident.closed.is_some() { "Resolved: " } else { "" };
    Entry {
        title: Text::plain(format!("{state}{}", incident_name(view, incident))),
        id: address.clone(),
        updated: date(changed(incident)),
        published: Some(date(incident.opened)),
        links: vec![link("alternate", address)],
        content: Some(Content {
            value: Some(html),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// When something about the incident changed last.
pub fn changed(incident: &PageIncident) -> Timestamp {
    let notices = incident.notices.iter().map(|notice| notice.at);
    notices.chain(incident.closed).fold(incident.opened, Timestamp::max)
}

fn link(rel: &str, href: String) -> Link {
    Link { rel: rel.to_owned(), href, ..Link::default() }
}

/// A time as the feed wants it: every time of ours is one of RFC 3339.
fn date(at: Timestamp) -> FixedDateTime {
    at.to_string().parse().unwrap_or_default()
}
