//! Selectors of components that match no monitor of the catalog: most likely mistakes. Pure.

use crate::config::diagnostic::Code;
use crate::config::suggest::suggest;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::Node;
use crate::monitor::{Idle, Selector, Traits};
use crate::written::Path;

/// An error at each selector, and at each component, that matches none of `monitors`.
pub fn unknown(document: &Node, monitors: &[Traits<'_>]) -> Vec<PlacedViolation> {
    let components = document.find(&Path::from("components")).map(Node::items).unwrap_or_default();
    components.iter().flat_map(|component| of_component(component, monitors)).collect()
}

fn of_component(component: &Node, monitors: &[Traits<'_>]) -> Vec<PlacedViolation> {
    let Some(list) = component.find(&Path::from("monitors")).filter(|list| !list.has_faults()) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    let mut texts = Vec::new();
    for item in list.items() {
        let Some(text) = item.text() else { continue };
        texts.push(text.to_owned());
        let idle = Selector::parse(text).ok().and_then(|selector| selector.idle(monitors));
        faults.extend(idle.map(|idle| fault(&idle, item, monitors)));
    }
    if faults.is_empty() {
        // Each selector matches some, and one that excludes takes them all away.
        let whole = Selector::of(&texts).ok().flatten().and_then(|selector| selector.idle(monitors));
        faults.extend(whole.map(|idle| fault(&idle, list, monitors)));
    }
    faults
}

fn fault(idle: &Idle, node: &Node, monitors: &[Traits<'_>]) -> PlacedViolation {
    let fault = PlacedViolation::new(Code::UnknownMonitor, node.place, idle.to_string()).label("not found");
    let meant = match idle {
        Idle::Id(id) => suggest(id, monitors.iter().map(|monitor| monitor.id)),
        Idle::Term(_) | Idle::Argument(_) | Idle::Whole(_) => None,
    };
    match meant {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => fault.help("name a monitor of this repository, or remove the selector"),
    }
}
