//! What the runs of a process work with.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::watch;

use crate::aws::Aws;
use crate::cli::ProbeArgs;
use crate::commands::context::{Context, Missing};
use crate::commands::environment::variable;
use crate::commands::failure::Failure;
use crate::deliver::{FileSender, Notifier, Senders, TopicSender};
use crate::inventory::{MachineChannel, Watchlist};
use crate::monitor::{Offer, Permits};
use crate::net::AddressPolicy;
use crate::probe::{Limits, Prober};
use crate::run::{Deps, Judging, Log, Variables};
use crate::secrets::Vault;
use crate::state::HolderProcess;
use crate::store::Store;

/// What is opened once, however many runs there are.
pub struct Equipment {
    pub store: Store,
    judging: Judging,
    addresses: AddressPolicy,
    limits: Limits,
    permits: Permits,
    aws: Aws,
    notifier: Notifier,
    machine: MachineChannel,
    offer: Offer,
    vault: Vault,
}

impl Equipment {
    pub async fn open(
        context: &Context,
        args: &ProbeArgs,
        machine: MachineChannel,
        missing: Missing,
    ) -> Result<Self, Failure> {
        let at_least_one = |number: u16| NonZeroUsize::new(number.into()).unwrap_or(NonZeroUsize::MIN);
        let addresses = context.addresses(&args.allow)?;
        let file = FileSender::new(context.alerts_file());
        let senders = Senders::new(TopicSender::new(context.aws.clone()), file, addresses.clone());
        Ok(Self {
            addresses,
            offer: context.offer()?,
            permits: context.permits()?,
            aws: context.aws.clone(),
            store: context.open_store(missing).await?,
            judging: Judging::default(),
            limits: Limits { total: at_least_one(args.concurrency), per_host: at_least_one(args.per_host) },
            notifier: Notifier::Senders(senders),
            machine,
            vault: Vault::new(context.aws.clone()),
        })
    }

    /// For one run. It gets a prober of its own, because name servers and trusted certificates may change.
    pub fn deps(
        &self,
        watchlist: Option<Watchlist>,
        log: Log,
        is_gone: fn(&HolderProcess) -> bool,
        stop: watch::Receiver<bool>,
    ) -> Deps {
        Deps {
            store: self.store.clone(),
            prober: Arc::new(
                Prober::new(self.addresses.clone(), self.limits)
                    .permitting(self.permits.clone())
                    .within(self.aws.clone()),
            ),
            judging: self.judging.clone(),
            notifier: self.notifier.clone(),
            machine: self.machine.clone(),
            watchlist,
            variables: Variables { offer: self.offer.clone(), read: variable },
            vault: self.vault.clone(),
            log,
            is_gone,
            stop,
        }
    }
}
