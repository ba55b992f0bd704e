//! The channels of a run with their secrets, which are fetched only for a channel that has something pending.

use std::time::Duration;

use super::secret_provider::Variables;
use crate::channels::{ChannelDefinition, ReadyChannel};
use crate::deliver::NotifyError;
use crate::inventory::{MachineChannel, Watchlist};
use crate::monitor::{ChannelId, SecretRef};
use crate::secrets::Vault;

/// Longest time for the secrets of one channel.
const FETCH: Duration = Duration::from_secs(5);

/// What a run knows of channels.
#[derive(Clone, Copy)]
pub struct ChannelBook<'a> {
    pub watchlist: &'a Watchlist,
    pub machine: &'a MachineChannel,
    pub variables: &'a Variables,
    pub vault: &'a Vault,
}

impl<'a> ChannelBook<'a> {
    pub fn definition(&self, id: &ChannelId) -> Option<&'a ChannelDefinition> {
        self.watchlist.definition(id, self.machine)
    }

    /// The channel with the values of its secrets. It can refer only to what this machine offers.
    pub async fn ready(&self, id: &ChannelId) -> Result<ReadyChannel, NotifyError> {
        let definition = self.definition(id);
        let definition = definition.ok_or_else(|| match id.owner {
            Some(_) => NotifyError::Nowhere(id.clone()),
            None => NotifyError::NoDefault,
        })?;
        let references = definition.references();
        let fetched = self.vault.fetch(&references, FETCH).await;
        let value = |secret: &SecretRef| {
            self.variables.offer.check_reference(secret).map_err(|refused| format!("{secret} {refused}"))?;
            match secret {
                SecretRef::Env(name) => {
                    (self.variables.read)(name).ok_or_else(|| format!("{secret} is not set on this machine"))
                }
                SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => {
                    let fetched = fetched.get(secret).unwrap_or_else(|| Err("it was not fetched".to_owned()));
                    fetched.map_err(|why| format!("{secret}: {why}"))
                }
            }
        };
        definition.ready(value).map_err(|why| {
            let channel = id.clone();
            // A service that does not answer may do so in the next run, and what it keeps is still right.
            if references.iter().any(|secret| fetched.may_pass(secret)) {
                NotifyError::Unfetched { channel, why }
            } else {
                NotifyError::Unprepared { channel, why }
            }
        })
    }
}
