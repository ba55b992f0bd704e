//! How everything is, on one screen of a terminal that is drawn again and again. Pure.

use super::StatusReport;
use super::surface::{ScreenSize, Surface};
use super::text::StatusParts;
use crate::report::fit::cut_end;
use crate::report::paint::{FAINT, paint};

impl StatusReport {
    /// `note`, and as much as fits below it, without a line end. The beginning of the table is left out first, because the
    /// worst monitors and the summary come last.
    pub fn screen(&self, size: ScreenSize, note: &str) -> String {
        let ScreenSize { columns, lines } = size;
        let StatusParts { head, rows, tail } = self.parts(Surface::Terminal(columns));
        let height = |text: &str| text.lines().count();
        let faint = |text: &str| paint(FAINT, &cut_end(text, columns)) + "\n";
        let first = faint(note) + &head;
        let room = lines.saturating_sub(height(&first) + height(&tail));
        let table = if rows.iter().map(|row| height(row)).sum::<usize>() <= room {
            rows.concat()
        } else {
            // One line says how many are missing.
            let mut left = room.saturating_sub(1);
            let fits = |row: &&String| left.checked_sub(height(row)).map(|rest| left = rest).is_some();
            let shown = rows.iter().rev().take_while(fits).count();
            let above = rows.len() - shown;
            let shown = rows.get(above..).unwrap_or_default().concat();
            faint(&format!("… {above} more above; enlarge the window, or select some")) + &shown
        };
        let all = first + &table + &tail;
        let all: Vec<_> = all.lines().collect();
        // A very low terminal has room for the last lines only.
        all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
    }
}
