//! A status page without its text: the rules that no schema can say, and the value. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::raw::{RawCombine, RawComponent, RawMaintenanceTime, RawStatusPage, SelectorText};
use crate::monitor::{Selector, format_duration, parse_duration};
use crate::page::{Combine, ComponentId, Indexing, MaintenanceTime, PageComponent, SloPercent, StatusPage};
use crate::written::{Code, Path, Violation};

const STALE_AFTER: Duration = Duration::from_mins(10);
const STALE_LEAST: Duration = Duration::from_mins(1);
const STALE_MOST: Duration = Duration::from_hours(24);

/// The page, unless a part of it is missing; with an error among the violations, it is not to be used.
pub fn build(raw: RawStatusPage, violations: &mut Vec<Violation>) -> Option<StatusPage> {
    let RawStatusPage { id, title, url, components, days, slo, stale_after, maintenance, index } = raw;
    let url = url.and_then(|url| address(&url, violations));
    let components = components.map(|components| self::components(components, violations));
    let slo = slo.and_then(|slo| {
        let parsed = SloPercent::parse(&slo.to_string());
        if parsed.is_none() {
            let message =
                format!("`slo` is a percentage of {} to 100 with three decimals", SloPercent::LEAST);
            violations.push(
                Violation::new(Code::BadFormat, "slo", message)
                    .label("wrong format")
                    .help("write it like `slo: 99.9`"),
            );
        }
        parsed
    });
    let stale_after = stale_after.and_then(|text| parse_duration(&text.0).ok()).unwrap_or(STALE_AFTER);
    if !(STALE_LEAST..=STALE_MOST).contains(&stale_after) {
        let [least, most] = [STALE_LEAST, STALE_MOST].map(format_duration);
        let message = format!("`stale_after` must be between {least} and {most}");
        violations.push(Violation::new(Code::OutOfBounds, "stale_after", message).label("out of bounds"));
    }
    Some(StatusPage {
        id: id?,
        title: title?.0,
        url: url?,
        components: components?,
        days: days.unwrap_or(90),
        slo,
        stale_after,
        maintenance: match maintenance {
            Some(RawMaintenanceTime::Include) => MaintenanceTime::Included,
            Some(RawMaintenanceTime::Exclude) | None => MaintenanceTime::Excluded,
        },
        indexing: if index == Some(true) { Indexing::Allowed } else { Indexing::Refused },
    })
}

/// An address that passes the pattern of the schema can still have a port beyond all ports.
fn address(text: &str, violations: &mut Vec<Violation>) -> Option<String> {
    match Url::parse(text) {
        Ok(_) => Some(text.trim_end_matches('/').to_owned()),
        Err(error) => {
            let message = format!("`url` is no address: {error}");
            violations.push(Violation::new(Code::InvalidUrl, "url", message).label("in this address"));
            None
        }
    }
}

/// Those that could be read. Every file of a component has its id in its name, so no two have the same.
fn components(raw: Vec<RawComponent>, violations: &mut Vec<Violation>) -> Vec<PageComponent> {
    let mut first: BTreeMap<ComponentId, Path> = BTreeMap::new();
    let mut components = Vec::new();
    for (index, raw) in raw.into_iter().enumerate() {
        let path = Path::from("components").index(index);
        let RawComponent { name, id, group, monitors, combine } = raw;
        let monitors = selector(&path.key("monitors"), monitors.unwrap_or_default(), violations);
        let Some(name) = name.map(|name| name.0) else { continue };
        let Some((id, place)) = component_id(&path, id.as_deref(), &name, violations) else { continue };
        if let Some(before) = first.get(&id) {
            violations.push(
                Violation::new(Code::DuplicateId, place, format!("two components have the id `{id}`"))
                    .label("used again here")
                    .also(before.clone(), "first used here")
                    .help("give one of them another `id`"),
            );
            continue;
        }
        first.insert(id.clone(), place);
        let combine = match combine {
            Some(RawCombine::All) => Combine::All,
            Some(RawCombine::Worst) | None => Combine::Worst,
        };
        let group = group.map(|group| group.0);
        components.extend(monitors.map(|monitors| PageComponent { id, name, group, monitors, combine }));
    }
    components
}

/// The id, and what it comes from. What the schema refused was reported.
fn component_id(
    path: &Path,
    written: Option<&str>,
    name: &str,
    violations: &mut Vec<Violation>,
) -> Option<(ComponentId, Path)> {
    if let Some(id) = written {
        return Some((ComponentId::parse(id)?, path.key("id")));
    }
    let place = path.key("name");
    let Some(id) = ComponentId::of_name(name) else {
        let message = format!("`{place}` has no letter of an id in it");
        violations.push(
            Violation::new(Code::MissingKey, place, message)
                .label("no id can be made of this")
                .help("give the component an `id`, such as `id: payments`"),
        );
        return None;
    };
    Some((id, place))
}

/// All selectors of a component as one.
fn selector(path: &Path, texts: Vec<SelectorText>, violations: &mut Vec<Violation>) -> Option<Selector> {
    let before = violations.len();
    for (index, SelectorText(text)) in texts.iter().enumerate() {
        let path = path.index(index);
        let Err(error) = Selector::parse(text) else { continue };
        violations.push(
            Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}"))
                .label("not a selector")
                .help("write an id, `tag:NAME`, `group:FOLDER` or `team:NAME`"),
        );
    }
    if violations.len() > before {
        return None;
    }
    let texts: Vec<String> = texts.into_iter().map(|text| text.0).collect();
    match Selector::of(&texts) {
        Ok(selector) => selector,
        Err(error) => {
            violations.push(
                Violation::new(Code::TooLarge, path.clone(), format!("`{path}` as a whole: {error}"))
                    .label("too many")
                    .help("give the monitors a tag, and select that"),
            );
            None
        }
    }
}
