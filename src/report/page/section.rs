//! The components of a page under their headings. Pure.

use super::row::ComponentRow;
use super::wording::{state_class, state_word};
use crate::view::{ComponentState, ComponentView, PageView};

/// A page with more components folds the sections in which all is well.
const MOST_UNFOLDED: usize = 20;

/// Components with one heading, or those without any.
pub struct ComponentSection {
    pub name: Option<String>,
    /// The gravest state in it.
    pub class: &'static str,
    /// `12 operational`, or `1 down, 11 operational`.
    pub words: String,
    pub is_open: bool,
    pub rows: Vec<ComponentRow>,
}

/// The states, the gravest first.
pub const STATES: [ComponentState; 5] = [
    ComponentState::Down,
    ComponentState::Degraded,
    ComponentState::Unknown,
    ComponentState::Maintenance,
    ComponentState::Operational,
];

/// In the order in which the headings come first.
pub fn sections(view: &PageView) -> Vec<ComponentSection> {
    let mut groups: Vec<(Option<&str>, Vec<&ComponentView>)> = Vec::new();
    for component in &view.components {
        let name = component.group.as_deref();
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, components)) => components.push(component),
            None => groups.push((name, vec![component])),
        }
    }
    groups.into_iter().map(|(name, components)| section(view, name, &components)).collect()
}

fn section(view: &PageView, name: Option<&str>, components: &[&ComponentView]) -> ComponentSection {
    let count = |state| components.iter().filter(|component| component.state == state).count();
    let present: Vec<_> =
        STATES.into_iter().map(|state| (state, count(state))).filter(|(_, count)| *count > 0).collect();
    let gravest = present.first().map_or(ComponentState::Unknown, |(state, _)| *state);
    let words = present.iter().map(|(state, count)| format!("{count} {}", state_word(*state).to_lowercase()));
    ComponentSection {
        name: name.map(str::to_owned),
        class: state_class(gravest),
        words: words.collect::<Vec<_>>().join(", "),
        is_open: gravest != ComponentState::Operational || view.components.len() <= MOST_UNFOLDED,
        rows: components.iter().map(|component| ComponentRow::of(view, component)).collect(),
    }
}
