//! The latency of a component as a small line, in SVG. Pure.

/// Of the drawing; the line keeps a margin of its own width.
const WIDTH: u32 = 96;
const HEIGHT: u32 = 24;
const MARGIN: u32 = 2;

/// The line from zero to the highest day, so that a small change looks small. None without two days to connect.
pub fn sparkline(latency: &[Option<u32>]) -> Option<String> {
    let known: Vec<u32> = latency.iter().flatten().copied().collect();
    let (last, lowest, highest) = (known.last()?, known.iter().min()?, known.iter().max()?);
    if known.len() < 2 {
        return None;
    }
    let label = format!("Median latency of a day: {lowest} to {highest} ms, last {last} ms");
    let lines = lines(latency, (*highest).max(1));
    Some(format!(
        "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\"><title>{label}</title>\
         <path d=\"{lines}\"/></svg>"
    ))
}

/// A day without an answer interrupts the line.
fn lines(latency: &[Option<u32>], highest: u32) -> String {
    let steps = u64::try_from(latency.len()).unwrap_or(u64::MAX).saturating_sub(1).max(1);
    let mut path = String::new();
    let mut command = 'M';
    for (place, value) in (0_u64..).zip(latency) {
        let Some(value) = value else {
            command = 'M';
            continue;
        };
        let x = u64::from(MARGIN) + place * u64::from(WIDTH - 2 * MARGIN) / steps;
        let rise = u64::from(*value) * u64::from(HEIGHT - 2 * MARGIN) / u64::from(highest);
        let y = u64::from(HEIGHT - MARGIN) - rise;
        path.extend([command.to_string(), x.to_string(), " ".to_owned(), y.to_string()]);
        command = 'L';
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_an_answer_interrupts_the_line() {
        let path = lines(&[Some(0), Some(100), None, Some(50), Some(50)], 100);
        assert_eq!(path, "M2 22L25 2M71 12L94 12");
    }

    #[test]
    fn a_line_takes_two_days() {
        assert_eq!(sparkline(&[None, Some(1)]), None);
        assert!(sparkline(&[Some(3), Some(1)]).is_some_and(|svg| svg.contains("1 to 3 ms, last 1 ms")));
    }
}
