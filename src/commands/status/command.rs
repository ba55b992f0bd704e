//! The command without `--watch`: one look.

use super::look::look;
use crate::cli::{Format, Status};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::machine_channel::known;
use crate::commands::terminal::Terminal;
use crate::commands::unsynced;
use crate::exit::Exit;

pub async fn status(context: &Context, args: &Status) -> Result<Exit, Failure> {
    let store = context.open_store(Missing::Refused).await?;
    let (mut report, watchlist) =
        Box::pin(look(&store, &known(&context.choice), context.environment(), args)).await?;
    // People hear of it in one line.
    if args.format == Format::Json {
        report.problems.extend(unsynced::faults(context, None, &watchlist));
    }
    if context.terminal.is_for_people() {
        unsynced::say(context, None, &watchlist);
    }
    let all_up = report.all_up();
    if args.down {
        report.keep_bad();
    }
    context.terminal.print(&match args.format {
        Format::Text => report.text(Terminal::surface()),
        Format::Json => format!("{:#}\n", report.json()),
    })?;
    Ok(if args.exit_code && !all_up { Exit::NotUp } else { Exit::Done })
}
