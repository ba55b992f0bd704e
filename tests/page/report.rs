//! A report over the made-up quarter, as `report --format html` prints it.

use monitorctl::status_page::{
    AvailabilityReport, FigureWindow, PrivateView, ReportLine, ReportPeriod, ReportView, SloPercent,
};

pub fn html(view: &PrivateView) -> String {
    let period = ReportPeriod::parse("30d").expect("a period");
    let window = period.window(view.page.now).expect("it has begun");
    let lines = view.monitors.iter().map(|one| ReportLine {
        id: one.monitor.id.clone(),
        name: one.monitor.name.clone(),
        group: one.monitor.team.clone().unwrap_or_default(),
        team: one.monitor.team.clone(),
        tags: one.monitor.tags.clone(),
        figures: one.figures.iter().find(|(of, _)| *of == FigureWindow::Month).expect("it has one").1.clone(),
        incidents: one.incidents.iter().rev().cloned().collect(),
    });
    let report = ReportView::new(period, window, None, SloPercent::parse("99.9"), lines.collect());
    AvailabilityReport { view: report }.html().expect("the template fits")
}
