//! What `report` shows, in five formats. Pure: a view in, texts out.

mod csv;
mod definitions;
mod html;
mod json;
mod markdown;
mod sections;
mod table;
#[cfg(test)]
mod tests;
mod text;

pub use html::ReportTemplateError;

use crate::report::Surface;
use crate::view::ReportView;

/// A report with its renderers.
#[derive(Debug, Clone)]
pub struct AvailabilityReport {
    pub view: ReportView,
}

impl AvailabilityReport {
    pub fn text(&self, surface: Surface) -> String {
        text::text(&self.view, surface)
    }

    pub fn markdown(&self) -> String {
        markdown::markdown(&self.view)
    }

    pub fn json(&self) -> serde_json::Value {
        json::json(&self.view)
    }

    pub fn csv(&self) -> String {
        csv::csv(&self.view)
    }

    pub fn html(&self) -> Result<String, ReportTemplateError> {
        html::html(&self.view)
    }
}
