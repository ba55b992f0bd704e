//! The plan of a repository: its files against the table.

use std::path::Path;
use std::sync::Arc;

use super::context::Context;
use super::failure::Failure;
use super::former_ids::unknown_former_ids;
use super::git_past::{Catalogs, GitPast};
use super::job::Job;
use super::output::Output;
use super::page_texts::page_texts;
use super::plan_request::PlanRequest;
use super::settings::{SETTINGS_FILE, refuse_faults};
use super::suggested_command::{Again, suggested_command};
use super::top_of_git::TopOfGit;
use super::unread_files::unread_files;
use crate::config::{self, Definitions, LoadedMonitor, UnitPrices};
use crate::exit::Exit;
use crate::monitor::{Monitor, MonitorId, Origin, Spec, count};
use crate::plan::{
    Change, Desired, Forecast, Live, Plan, Prices, Refusal, SpecReading, Stored, StoredHead, Succession,
    Unread, attribute, change_environment, forecast, other_environment, plan, refusals, table_claim,
    weigh_edits,
};
use crate::report::plan::{Heading, PlacedNote, Review, View};
use crate::report::{BacktestReport, ProbePreview};
use crate::source::{self, MonitorFolders};
use crate::store::{ConfigReader, Configs, Unreadable};

/// A plan, why it must not be applied, and what a reviewer reads beside it.
pub struct Reviewed {
    pub plan: Plan,
    pub refusals: Vec<Refusal>,
    pub heading: Heading,
    /// What could not be found out, a sentence each.
    pub notes: Vec<String>,
    /// What is most likely a mistake in a line of a file.
    pub placed_notes: Vec<PlacedNote>,
    pub forecast: Option<Forecast>,
    pub prices: Prices,
    /// What was probed, if that was asked for.
    pub probe_previews: Option<Vec<ProbePreview>>,
    /// What the changes would have made of stored results, if that was asked for and the history reads.
    pub backtest: Option<BacktestReport>,
    /// How the commit follows the applied one.
    pub succession: Succession,
    /// Who approved exactly this plan.
    pub approved_by: Option<String>,
}

/// The table as it was read.
pub struct Read {
    pub items: Vec<Stored>,
    pub heads: Vec<StoredHead>,
    unread: Vec<Unread>,
}

/// Every monitor of the files; any fault in any file ends the command (trap 12: half a catalog would remove
/// the other half).
pub fn desired(context: &Context, folders: &MonitorFolders) -> Result<Vec<Arc<Desired>>, Failure> {
    let (files, unmatched) = source::read(folders)?;
    for pattern in unmatched {
        context.terminal.warn(&format!("no folder matches {pattern}, which {SETTINGS_FILE} lists"));
    }
    let loaded = config::load_catalog(&files, Definitions::of(&context.settings));
    refuse_faults(context.terminal, &loaded.diagnostics, &files)?;
    Ok(loaded.monitors.into_iter().map(wanted).map(Arc::new).collect())
}

/// As a plan takes it.
pub fn wanted(loaded: LoadedMonitor) -> Desired {
    let LoadedMonitor { monitor, spec, place, moved_from, inherited } = loaded;
    let inherited = inherited.into_iter().map(|value| (value.path, value.sources)).collect();
    Desired { id: monitor.id.clone(), spec, monitor, place, moved_from, inherited }
}

impl Read {
    pub async fn all(reader: &ConfigReader) -> Result<Self, Failure> {
        Ok(Self::made_of(reader.read().await?))
    }

    /// As it is at this moment: for a writer.
    pub async fn now(reader: &ConfigReader) -> Result<Self, Failure> {
        Ok(Self::made_of(reader.read_now().await?))
    }

    fn made_of(stored: Configs) -> Self {
        let unread = stored.unreadable.iter().map(unread).collect();
        let mut items = stored.items;
        items.extend(stored.unreadable.into_iter().filter_map(|item| item.remains).map(|item| *item));
        Self { items, heads: stored.heads, unread }
    }

    /// The same with other items, and another head of that owner.
    pub fn with(&self, items: Vec<Stored>, head: StoredHead) -> Self {
        let others = self.heads.iter().filter(|other| other.owner != head.owner).cloned();
        let mut heads: Vec<_> = others.collect();
        heads.push(head);
        Self { items, heads, unread: self.unread.clone() }
    }

    /// A table that holds the items of one owner.
    pub fn of(items: Vec<Stored>, head: StoredHead) -> Self {
        Self { items, heads: vec![head], unread: Vec::new() }
    }

    pub fn head(&self, owner: &str) -> Option<&StoredHead> {
        self.heads.iter().find(|head| head.owner == owner)
    }

    pub fn live(&self, owner: &str) -> Live<'_> {
        Live { items: &self.items, head: self.head(owner), unread: &self.unread, reading: READING }
    }
}

impl Reviewed {
    /// A plan from the table of `head`, with its refusals and that of another environment. Nothing else is known of it.
    pub fn new(
        context: &Context,
        request: &PlanRequest,
        mut plan: Plan,
        mut refusals: Vec<Refusal>,
        head: Option<&StoredHead>,
    ) -> Self {
        let environment = context.environment();
        // What it would do to the table of another environment is of no use to see or to allow.
        if let Some(refusal) = other_environment(head, environment.as_deref(), &request.overrides) {
            plan.clear();
            refusals = vec![refusal];
        }
        let heading = Heading {
            view: View::Plan,
            environment,
            base: None,
            head: None,
            warning: None,
            undoes: None,
            way: TopOfGit::look().way,
            only: None,
            allowed: request.overrides.text(),
            suggested_command: None,
        };
        Self {
            plan,
            refusals,
            heading,
            notes: Vec::new(),
            placed_notes: Vec::new(),
            forecast: None,
            prices: Prices::default(),
            probe_previews: None,
            backtest: None,
            succession: Succession::Onwards,
            approved_by: None,
        }
    }

    /// Leaves what was changed in the table by hand. That is a look and no plan, so no guard has a say.
    pub fn only_drift(&mut self) {
        self.plan.keep_drift();
        self.refusals.clear();
        self.heading.view = View::Drift;
        self.heading.suggested_command = None;
        self.forecast = None;
    }
}

/// How stored specs are read by this version.
pub const READING: SpecReading = SpecReading {
    meaning,
    spelling: config::respelled,
    secrets: config::edit::secret_paths,
    implied: config::implied,
};

fn meaning(id: &MonitorId, spec: &Spec) -> Option<Monitor> {
    config::monitor_from_spec(id.clone(), spec, Origin::default()).ok()
}

/// Compares the files with what was read, and says why each line is there.
pub fn review(
    context: &Context,
    owner: &str,
    folders: &MonitorFolders,
    desired: &[Arc<Desired>],
    read: &Read,
    request: &PlanRequest,
) -> Result<Reviewed, Failure> {
    request.refuse_idle(desired, &read.items)?;
    if request.scope.renames(owner) {
        let message = format!("--rename-owner {owner}: that is the owner in {SETTINGS_FILE} already");
        return Err(Failure::new(Exit::Usage, message).help("name the former owner"));
    }
    let settings = context.catalog_settings(page_texts(context.terminal)?);
    let mut plan = plan(owner, &settings, desired, read.live(owner), &request.scope);
    if !plan.settings.fields.is_empty()
        && let Some(file) = source::read_optional(Path::new(SETTINGS_FILE))?
    {
        plan.settings.name_places(&config::catalog_places(&file, context.environment().as_deref()));
    }
    // A new name goes on where the old one was.
    let former = request.scope.rename_owner.as_deref().and_then(|former| read.head(former));
    let head = read.head(owner).or(former);
    let environment = context.environment();
    change_environment(&mut plan, head, environment.as_deref(), &request.overrides);
    let git = GitPast::look(folders, request.base.as_deref(), head, &plan, &read.items)?;
    // What nothing changes needs no reasons.
    let mut notes = git.notes.clone();
    notes.extend(plan.renamed_from.as_ref().map(|former| {
        let monitors = count(plan.handed_over().count(), "monitor");
        format!("{former} gives {monitors} to {owner}; state, silences and incidents stay")
    }));
    if !plan.changes.is_empty() {
        let past = Catalogs::load(&git, context, folders, &plan, &mut notes);
        weigh_edits(&mut plan, past.past(READING), read.live(owner));
        attribute(&mut plan, past.past(READING));
    }
    let placed_notes = unknown_former_ids(&plan, &read.items);
    notes.extend(unread_files(&plan, folders, environment.as_deref()));
    notes.extend(plan.changes.iter().filter_map(Change::stored).filter_map(|item| item.damage.clone()));
    let mut refusals = refusals(&plan, &request.overrides, &git.succession);
    refusals.extend(table_claim(&plan, head, environment.as_deref(), &request.overrides));
    let mut reviewed = Reviewed::new(context, request, plan, refusals, head);
    let heading = &mut reviewed.heading;
    (heading.base, heading.head) = (git.base_label(), git.head_label());
    heading.warning.clone_from(&git.warning);
    heading.only = request.scope.only.as_ref().map(ToString::to_string);
    let plan = &reviewed.plan;
    heading.suggested_command =
        suggested_command(Again::Files(folders, plan), context.called(), request, &reviewed.refusals);
    reviewed.forecast = (!plan.changes.is_empty()).then(|| forecast(plan, read.live(owner), request.period));
    if let Some(UnitPrices { reads, writes }) = context.settings.prices {
        reviewed.prices = Prices { reads, writes, source: SETTINGS_FILE.to_owned() };
    }
    Ok(Reviewed { notes, placed_notes, succession: git.succession, ..reviewed })
}

/// Plans, and shows the plan with every reason not to apply it.
pub fn show(context: &Context, reviewed: &Reviewed, output: Output) -> Result<Job, Failure> {
    let Reviewed {
        plan,
        refusals,
        heading,
        notes,
        placed_notes,
        forecast,
        prices,
        probe_previews,
        backtest,
        ..
    } = reviewed;
    let forecast = forecast.as_ref().map(|forecast| (forecast, prices));
    let review = Review {
        plan,
        refusals,
        heading,
        notes,
        placed_notes,
        forecast,
        probe_previews: probe_previews.as_deref(),
        backtest: backtest.as_ref(),
    };
    output.show(context.terminal, &review)
}

fn unread(item: &Unreadable) -> Unread {
    Unread {
        key: item.key.clone(),
        head_of: item.head_of().map(str::to_owned),
        why: item.to_string(),
        help: item.help(),
        holder: item.holder.clone(),
    }
}
