//! Values that no reference names, because they came while the run went on: tokens, keys of roles, passwords inside a URL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::hidden::{Hidden, HiddenValues};
use crate::monitor::{Monitor, MonitorId};

/// What a run has to hide beside its references. Clones share it.
#[derive(Clone, Default)]
pub struct FetchedValues(Arc<Shared>);

#[derive(Default)]
struct Shared {
    all: RwLock<Arc<HiddenValues>>,
    /// By the monitors that send them.
    own: Mutex<HashMap<MonitorId, Vec<Hidden>>>,
}

impl FetchedValues {
    /// Hides a value that `monitor` sends, in every text that is quoted from now on.
    pub fn hide(&self, monitor: &Monitor, new: &Hidden) {
        let mut own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.entry(monitor.id.clone()).or_default();
        if own.contains(new) {
            return;
        }
        own.push(new.clone());
        let mut all = self.0.all.write().unwrap_or_else(PoisonError::into_inner);
        // Many monitors share a token.
        if !all.iter().any(|known| known == new) {
            *all = Arc::new(HiddenValues::new(all.iter().chain([new]).cloned().collect()));
        }
    }

    /// Those of all monitors, as of now.
    pub fn all(&self) -> Arc<HiddenValues> {
        Arc::clone(&self.0.all.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn of(&self, monitor: &Monitor) -> Vec<Hidden> {
        let own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.get(&monitor.id).cloned().unwrap_or_default()
    }
}
