//! Why a name leads to no address, in words for people. Pure.

use super::foreign::foreign;
use crate::monitor::IpVersion;
use crate::observation::{Fault, Transport};

/// Why a family has no address, the least specific first: a name server that failed may have had one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unresolved {
    NoAddress,
    NoSuchName,
    Unusable,
    Silent,
    Unreached,
    /// What the name server said instead of an answer.
    Refused(String),
    NoServers,
    NoName,
}

impl Unresolved {
    /// Whether a name server said that there is no address, and not that it could not find out.
    pub fn is_an_answer(&self) -> bool {
        match self {
            Self::NoAddress | Self::NoSuchName => true,
            Self::Unusable
            | Self::Silent
            | Self::Unreached
            | Self::Refused(_)
            | Self::NoServers
            | Self::NoName => false,
        }
    }

    /// The fault of a host called `name`, of which an address is wanted, or one of a version of IP.
    pub fn fault(&self, name: &str, only: Option<IpVersion>) -> Fault {
        let name = foreign(name);
        let actual = match self {
            Self::NoAddress => match only {
                Some(version) => format!("a host without an {} address: {name}", version.as_str()),
                None => format!("a name without an address: {name}"),
            },
            Self::NoSuchName => format!("no such name: {name}"),
            Self::Unusable => format!("no usable answer from the name server for {name}"),
            Self::Silent => format!("no answer from the name server for {name}"),
            Self::Unreached => format!("no name server reached for {name}"),
            Self::Refused(code) => format!("the name server says \"{code}\" for {name}"),
            Self::NoName => format!("a name that DNS cannot carry: {name}"),
            Self::NoServers => {
                let expected = "a readable resolver configuration on this machine";
                return Fault::new(Transport::Dns, "no name servers configured", expected);
            }
        };
        Fault::new(Transport::Dns, actual, "an address")
    }
}
