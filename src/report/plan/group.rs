//! An entry of a plan: the changes with one cause, or a change that has its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change::{ChangeView, Gravity};
use super::example::example_rows;
use super::field_row::{FieldRow, RowForm};
use super::review::PlanDetail;
use super::rows::{field_rows, unchanged_rows};
use super::shown::{clipped_beside, shown};
use super::words::{ChangeSign, Remarks, SECRET_HOST, risks};
use crate::config;
use crate::monitor::{count, safe};
use crate::plan::{Action, Change, ChangeGroup, FieldChange, GroupOrigin, Risk, SecretHost};

/// Characters of a value in a title.
const IN_A_TITLE: usize = 40;

/// Weakened fields that a headline names.
const WEAKENINGS: usize = 4;

/// One entry of a plan.
pub struct GroupView<'a> {
    pub group: ChangeGroup<'a>,
    /// At least one.
    pub members: Vec<ChangeView<'a>>,
    pub sign: ChangeSign,
    pub gravity: Gravity,
    pub risk: Risk,
    pub risks: Option<String>,
    /// `payments-api`, `interval 2m → 5m for 25 monitors`, `25 monitors`
    pub title: String,
    /// Whether the title is all that there is to say of the fields.
    pub says_all: bool,
    /// `monitors/payments.yaml:14`, `was monitors/web/`; empty if it is unknown.
    pub place: String,
    /// What there is to say of each of its monitors alike.
    pub remarks: Vec<String>,
}

/// One of several monitors of an entry, with what is its own.
pub struct Member<'v, 'a> {
    pub view: &'v ChangeView<'a>,
    pub remarks: Vec<&'v str>,
    pub rows: Vec<FieldRow>,
}

impl<'a> GroupView<'a> {
    /// `None` of a group without changes, which there is not.
    pub fn of(group: ChangeGroup<'a>, remarks: &Remarks<'_>) -> Option<Self> {
        let members: Vec<_> = group.changes.iter().map(|change| ChangeView::of(change, remarks)).collect();
        let (lead, gravest) = (group.lead()?, group.gravest()?);
        let first = members.iter().find(|member| member.id() == lead.id.as_str())?;
        let common =
            first.remarks.iter().filter(|remark| members.iter().all(|other| other.remarks.contains(remark)));
        let single = members.len() == 1;
        let common: Vec<_> = common.cloned().collect();
        let title = if single { Some(first.id().to_owned()) } else { field_title(&group) };
        let mut view = Self {
            sign: first.sign,
            gravity: first.gravity,
            risk: gravest.risk,
            risks: risks(gravest),
            says_all: !single && title.is_some(),
            title: title.unwrap_or_else(|| count(members.len(), "monitor")),
            place: if single { first.place.clone() } else { place(&group) },
            remarks: common,
            members,
            group,
        };
        let is_said = |remark: &String| remark.starts_with(SECRET_HOST);
        if view.sends_secret() && !view.remarks.iter().any(is_said) {
            view.remarks.push(format!("{SECRET_HOST}: {}", view.secret_hosts()));
        }
        Some(view)
    }

    pub fn changes(&self) -> impl Iterator<Item = &'a Change> {
        self.group.changes.iter().copied()
    }

    /// Its only change.
    pub fn single(&self) -> Option<&'a Change> {
        match self.group.changes.as_slice() {
            [only] => Some(only),
            [] | [_, ..] => None,
        }
    }

    /// Whether each of its monitors has to be named, however many there are.
    pub fn names_all(&self) -> bool {
        self.gravity != Gravity::Ordinary
    }

    /// The fields of all of its monitors, and of a single one what stays.
    pub fn rows(&self, detail: PlanDetail, form: RowForm) -> Vec<FieldRow> {
        let Some(lead) = self.group.lead() else { return Vec::new() };
        // A single change has no one to share with.
        let fields = match self.single() {
            Some(only) => only.fields.iter().collect(),
            None => self.group.fields.clone(),
        };
        let mut rows = field_rows(lead, fields.into_iter(), form);
        rows.extend(self.single().map(|only| unchanged_rows(only, detail)).unwrap_or_default());
        rows
    }

    /// What its variables make of the values of its monitors. In full each monitor has its own.
    pub fn examples(&self, detail: PlanDetail, form: RowForm) -> Vec<FieldRow> {
        match (detail, self.single()) {
            (PlanDetail::Changes, None) => example_rows(&self.group, form),
            (PlanDetail::Changes | PlanDetail::Everything, _) => Vec::new(),
        }
    }

    /// Its monitors with what is their own; none of a single one.
    pub fn members(&self, detail: PlanDetail, form: RowForm) -> Vec<Member<'_, 'a>> {
        if self.single().is_some() {
            return Vec::new();
        }
        let member = |view: &'_ ChangeView<'a>| match detail {
            PlanDetail::Changes => field_rows(view.change, self.group.own_fields(view.change), form),
            PlanDetail::Everything => {
                let own = view.change.fields.iter().filter(|field| !self.group.fields.contains(field));
                let mut rows = field_rows(view.change, own, form);
                rows.extend(unchanged_rows(view.change, detail));
                rows
            }
        };
        let members = self.members.iter().map(|view| {
            let is_said = |remark: &String| match detail {
                PlanDetail::Changes => self.sums_up(view.change, remark),
                PlanDetail::Everything => false,
            };
            let own = view.remarks.iter();
            let own = own.filter(|remark| !self.remarks.contains(remark) && !is_said(remark));
            Member { view, remarks: own.map(String::as_str).collect(), rows: member(view) }
        });
        // Of one with something of its own, a reader must not miss it.
        let (mut marked, plain): (Vec<_>, Vec<_>) = members.partition(|member| !member.is_plain());
        marked.extend(plain);
        marked
    }

    /// Whether a remark about one of its monitors is part of a sentence about all of them.
    fn sums_up(&self, change: &Change, remark: &str) -> bool {
        change.fields.iter().any(|field| self.group.explains(field)) && remark.starts_with(SECRET_HOST)
    }

    pub fn sends_secret(&self) -> bool {
        self.group.changes.iter().any(|change| !change.secret_hosts.is_empty())
    }

    /// `${env:TOKEN} goes to evil.example`, `${env:TOKEN} goes to 50 new hosts, such as pay-1.evil.com`
    pub fn secret_hosts(&self) -> String {
        let mut ways: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for SecretHost { secret, host } in self.group.secret_hosts() {
            ways.entry(secret).or_default().push(host);
        }
        let ways = ways.into_iter().map(|(secret, hosts)| match hosts.as_slice() {
            [first, _, _, ..] => format!("{secret} goes to {} new hosts, such as {first}", hosts.len()),
            few => few.iter().map(|host| format!("{secret} goes to {host}")).collect::<Vec<_>>().join(", "),
        });
        safe(&ways.collect::<Vec<_>>().join(", "))
    }

    /// What weakens its monitors, in a few words: `interval 2m → 5m`.
    pub fn weakening(&self) -> String {
        let Some(gravest) = self.group.gravest() else { return String::new() };
        let said = gravest
            .fields
            .iter()
            .map(|field| if self.group.explains(field) { field.reason() } else { field });
        let mut weak: Vec<_> = said.filter(|field| field.risk != Risk::None).collect();
        weak.dedup();
        weak.sort_by_key(|field| weight(field));
        let mut parts: Vec<_> = weak.iter().take(WEAKENINGS).map(|field| field_words(field)).collect();
        if let Some(more @ 1..) = weak.len().checked_sub(WEAKENINGS) {
            parts.push(count(more, "more field"));
        }
        parts.join(", ")
    }

    /// `payments-api`, `25 monitors`
    pub fn whom(&self) -> String {
        match self.single() {
            Some(only) => only.id.to_string(),
            None => count(self.members.len(), "monitor"),
        }
    }
}

/// What counts most comes first: that it is lost, that an answer passes which was refused, whom it no longer notifies,
/// and then only how late.
fn weight(field: &FieldChange) -> u8 {
    let FieldChange { path, risk, before: _, after: _, effect: _, inherited: _, was: _, variable: _ } = field;
    let is_in =
        |name: &str| path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    match () {
        () if *risk == Risk::Loss => 0,
        () if is_in("expect.latency") || is_in("expect.certificate") => 3,
        () if is_in("expect") || is_in("tls") => 1,
        () if is_in("alert.to") || is_in("alert.severity") || is_in("protect") => 2,
        () => 4,
    }
}

impl Member<'_, '_> {
    /// Whether there is nothing to say of it beyond its id.
    pub fn is_plain(&self) -> bool {
        self.remarks.is_empty() && self.rows.is_empty()
    }
}

/// Of monitors that differ in nothing else: the one field that changes.
fn field_title(group: &ChangeGroup<'_>) -> Option<String> {
    let [field] = group.fields.as_slice() else { return None };
    let is_said = |own: &FieldChange| own == *field || group.explains(own);
    let is_alike = group.changes.iter().all(|change| change.of_files().0.iter().all(is_said));
    let short =
        |side: &Option<Value>| side.as_ref().is_none_or(|value| shown(value).chars().count() <= IN_A_TITLE);
    let is_update = group
        .changes
        .iter()
        .all(|change| matches!(change.action, Action::Update { .. }) && !change.is_drift());
    (is_alike && is_update && short(&field.before) && short(&field.after))
        .then(|| format!("{} for {}", field_words(field), count(group.changes.len(), "monitor")))
}

/// `interval 2m → 5m`, `expect.json removed`
pub fn field_words(field: &FieldChange) -> String {
    let FieldChange { path, before, after, risk: _, effect: _, inherited: _, was: _, variable: _ } = field;
    let beside = |value: &Value, other: &Option<Value>| {
        clipped_beside(&shown(value), other.as_ref().map(shown).as_deref(), IN_A_TITLE)
    };
    let side = |side: &Option<Value>, other: &Option<Value>| match side {
        Some(value) => Some(beside(value, other)),
        None => config::implied(path).map(|implied| format!("{} (default)", beside(implied, other))),
    };
    let shown_path = safe(path);
    match (side(before, after), side(after, before)) {
        (Some(before), Some(after)) => format!("{shown_path} {before} → {after}"),
        (None, Some(after)) => format!("{shown_path} (not set) → {after}"),
        (Some(_), None) => format!("{shown_path} removed"),
        (None, None) => shown_path,
    }
}

/// Where several monitors have their change from.
fn place(group: &ChangeGroup<'_>) -> String {
    let was = match group.changes.first().map(|change| &change.action) {
        Some(Action::Remove { .. }) => "was ",
        Some(Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } | Action::Create { .. })
        | None => "",
    };
    match &group.origin {
        GroupOrigin::Own => String::new(),
        GroupOrigin::Line(source) => format!("from {}", safe(&source.to_string())),
        GroupOrigin::FormerLine(source) => format!("was {}", safe(&source.to_string())),
        GroupOrigin::File(file) => format!("{was}{}", safe(file)),
        GroupOrigin::Folder(folder) if folder.is_empty() => String::new(),
        GroupOrigin::Folder(folder) => format!("{was}{}", safe(folder)),
    }
}
