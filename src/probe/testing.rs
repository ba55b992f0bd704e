//! A network that can be cut: a name server that knows every name, or some of them no more.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use hickory_resolver::proto::op::ResponseCode;

use super::tests::server::name_server;
use super::{Limits, Prober};
use crate::net::{AddressPolicy, Resolver};

/// All names lead to loopback, as long as it is not cut.
#[derive(Clone)]
pub struct Network {
    server: std::net::SocketAddr,
    cut: Arc<Mutex<Cut>>,
}

/// For which names the name server fails, by their end.
#[derive(Debug, Clone, Copy, Default)]
enum Cut {
    #[default]
    None,
    Of(&'static str),
    AllBut(&'static str),
}

impl Network {
    pub async fn open() -> Self {
        let cut: Arc<Mutex<Cut>> = Arc::default();
        let now = Arc::clone(&cut);
        let zone = move |name: &str, _| {
            let fails = match *now.lock().unwrap_or_else(PoisonError::into_inner) {
                Cut::None => false,
                Cut::Of(end) => name.ends_with(end),
                Cut::AllBut(end) => !name.ends_with(end),
            };
            if fails { Err(ResponseCode::ServFail) } else { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) }
        };
        Self { server: name_server(zone).await, cut }
    }

    /// From now on no name that ends so leads anywhere.
    pub fn cut(&self, end: &'static str) {
        self.set(Cut::Of(end));
    }

    /// From now on no other name leads anywhere.
    pub fn cut_all_but(&self, end: &'static str) {
        self.set(Cut::AllBut(end));
    }

    pub fn mend(&self) {
        self.set(Cut::None);
    }

    /// A prober on a machine of this network, which knows nothing from before.
    pub fn prober(&self, limits: Limits) -> Prober {
        let mut prober = Prober::new(AddressPolicy::laptop(Vec::new()), limits);
        prober.net.resolver = Resolver::asking(self.server);
        prober
    }

    fn set(&self, cut: Cut) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = cut;
    }
}
