//! What is asked of a plan, as typed, made into what `plan` understands.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::failure::{Failure, LISTED};
use super::period::period;
use crate::cli::Planning;
use crate::exit::Exit;
use crate::monitor::{Selector, Traits, clip, count};
use crate::plan::{Claim, Desired, Overrides, Refusal, Rollback, Scope, Stored, TakeOver};

/// What a plan is about, and what it may do.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    pub scope: Scope,
    pub overrides: Overrides,
    /// The commit that the files are compared with.
    pub base: Option<String>,
    /// Time between two scheduled runs, which a forecast counts with.
    pub period: Duration,
}

impl PlanRequest {
    pub fn of(planning: &Planning) -> Result<Self, Failure> {
        let Planning {
            only,
            adopt,
            take_over,
            rename_owner,
            allow_loss,
            allow_weaker,
            allow_secret_host,
            allow_rollback,
            claim_table,
            rename_environment,
            base,
            period: asked,
        } = planning;
        Ok(Self {
            scope: Scope {
                only: selector(only)?,
                adopt: selector(adopt)?,
                take_over: take_over.iter().map(|text| taken(text)).collect::<Result<_, _>>()?,
                rename_owner: rename_owner.clone(),
                approved: Vec::new(),
            },
            overrides: Overrides {
                allow_loss: *allow_loss,
                allow_weaker: *allow_weaker,
                allow_secret_host: *allow_secret_host,
                rollback: if *allow_rollback { Rollback::Allowed } else { Rollback::Refused },
                claim_table: claim_table.clone(),
                rename_environment: rename_environment.clone(),
            },
            base: base.clone(),
            period: period(*asked, None),
        })
    }

    /// With exactly what these refusals can be overridden by.
    pub fn approving(&self, refusals: &[Refusal]) -> Self {
        let claims: Vec<_> = refusals.iter().flat_map(Refusal::claims).cloned().collect();
        Self { overrides: self.overrides.raised(refusals), ..self.taking(&claims) }
    }

    /// With these monitors of others.
    pub fn taking(&self, claims: &[Claim]) -> Self {
        let mut taking = self.clone();
        taking.scope.approved.extend(claims.iter().cloned());
        taking
    }

    /// A term that matches nothing is most likely misspelt, and what it was to protect from is not.
    pub fn refuse_idle(&self, desired: &[Arc<Desired>], stored: &[Stored]) -> Result<(), Failure> {
        let items = || stored.iter().map(|item| Traits::of(&item.id, &item.spec));
        let known: Vec<_> =
            desired.iter().map(|desired| Traits::of(&desired.id, &desired.spec)).chain(items()).collect();
        let unmanaged: Vec<_> = stored.iter().filter(|item| item.owner.is_none()).collect();
        let unmanaged: Vec<_> = unmanaged.iter().map(|item| Traits::of(&item.id, &item.spec)).collect();
        let Scope { only, adopt, take_over, rename_owner, approved: _ } = &self.scope;
        idle("--only: ", only.as_ref(), &known)?;
        idle("--adopt, which selects monitors without an owner: ", adopt.as_ref(), &unmanaged)?;
        for taken in take_over {
            let theirs = owned(stored, &taken.owner)?;
            idle(&format!("--take-over {}: ", taken.owner), Some(&taken.monitors), &theirs)?;
        }
        rename_owner.as_ref().map_or(Ok(()), |owner| owned(stored, owner).map(drop))
    }
}

/// The monitors of an owner, of whom there must be some.
fn owned<'a>(stored: &'a [Stored], owner: &str) -> Result<Vec<Traits<'a>>, Failure> {
    let live = || stored.iter().filter(|item| item.retired_at.is_none());
    let of_owner = live().filter(|item| item.owner.as_deref() == Some(owner));
    let found: Vec<_> = of_owner.map(|item| Traits::of(&item.id, &item.spec)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for owner in live().filter_map(|item| item.owner.as_deref()) {
        *owners.entry(owner).or_default() += 1;
    }
    let owners: Vec<_> =
        owners.into_iter().map(|(owner, number)| format!("{owner} ({})", count(number, "monitor"))).collect();
    let owners = if owners.is_empty() { "no one".to_owned() } else { owners.join(", ") };
    Err(usage(format!("the owner {owner} has no monitor in the table"))
        .help(format!("the table has monitors of {owners}")))
}

/// Refuses a selector of which a part matches none of the `known`. `flag` is said before it.
pub fn idle(flag: &str, selector: Option<&Selector>, known: &[Traits<'_>]) -> Result<(), Failure> {
    match selector.and_then(|selector| selector.idle(known)) {
        None => Ok(()),
        Some(idle) => Err(usage(format!("{flag}{idle}")).help(LISTED)),
    }
}

/// The selector that was typed, in arguments that add up; `None` if there are none.
pub fn selector(arguments: &[String]) -> Result<Option<Selector>, Failure> {
    Selector::of(arguments).map_err(|error| {
        usage(format!("the selector {:?}: {error}", clip(&arguments.join(" "), 80))).help(
            "write terms such as payments-*,tag:checkout,!payments-old; `monitorctl status --help` explains them",
        )
    })
}

fn taken(text: &str) -> Result<TakeOver, Failure> {
    match text.split_once(':') {
        Some((owner, terms)) if !owner.is_empty() && !terms.is_empty() => {
            let monitors = Selector::parse(terms);
            let monitors =
                monitors.map_err(|error| usage(format!("the selector {:?}: {error}", clip(terms, 80))))?;
            Ok(TakeOver { owner: owner.to_owned(), monitors })
        }
        Some(_) | None => Err(usage(format!("{text:?} is not OWNER:SELECTOR"))
            .help("name the owner and its monitors, such as acme/platform:payments-*")),
    }
}

fn usage(message: String) -> Failure {
    Failure::new(Exit::Usage, message)
}
