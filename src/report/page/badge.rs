//! A badge for each component: an image, and the JSON that shields.io draws one from. Pure.

use serde_json::json;

use super::wording::{state_class, state_word};
use crate::page::PageFile;
use crate::view::{ComponentState, ComponentView, PageView};

pub fn badges(view: &PageView) -> impl Iterator<Item = PageFile> {
    view.components.iter().flat_map(|component| {
        let endpoint = json!({
            "schemaVersion": 1,
            "label": component.name,
            "message": state_word(component.state).to_lowercase(),
            "color": colour(component.state),
        });
        [
            PageFile {
                path: format!("badge/{}.svg", component.id),
                media_type: "image/svg+xml",
                content: image(component),
            },
            PageFile {
                path: format!("badge/{}.json", component.id),
                media_type: "application/json",
                content: format!("{endpoint}\n"),
            },
        ]
    })
}

/// Colours on which white letters can be read.
fn colour(state: ComponentState) -> &'static str {
    match state {
        ComponentState::Operational => "#2c7a4f",
        ComponentState::Degraded => "#8a6100",
        ComponentState::Down => "#b3261e",
        ComponentState::Maintenance => "#2f5fa8",
        ComponentState::Unknown => "#5f6872",
    }
}

fn image(component: &ComponentView) -> String {
    let message = state_word(component.state).to_lowercase();
    let [left, right] = [component.name.as_str(), &message].map(|text| text.chars().count() * 7 + 14);
    let width = left + right;
    let name = askama::filters::escape(&component.name, askama::filters::Html)
        .map_or_else(|_| component.id.clone(), |escaped| escaped.to_string());
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{name}: {message}">
<title>{name}: {message}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="4"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#33383e"/><rect class="{class}" x="{left}" width="{right}" height="20" fill="{colour}"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{name_x}" y="14" textLength="{name_width}" lengthAdjust="spacingAndGlyphs">{name}</text>
<text x="{message_x}" y="14" textLength="{message_width}" lengthAdjust="spacingAndGlyphs">{message}</text>
</g>
</svg>
"##,
        class = state_class(component.state),
        colour = colour(component.state),
        name_x = left / 2,
        name_width = left - 14,
        message_x = left + right / 2,
        message_width = right - 14,
    )
}
