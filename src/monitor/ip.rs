//! Over which versions of IP a monitor is probed. Pure.

use std::net::IpAddr;

/// A version of IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpVersion {
    V6,
    V4,
}

/// What a monitor says about the version of IP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IpChoice {
    /// The one that answers first (RFC 8305).
    #[default]
    Any,
    Only(IpVersion),
    /// Each by itself, and both have to pass.
    Both,
}

impl IpVersion {
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv6() { Self::V6 } else { Self::V4 }
    }

    pub fn other(self) -> Self {
        match self {
            Self::V6 => Self::V4,
            Self::V4 => Self::V6,
        }
    }

    /// `IPv6`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V6 => "IPv6",
            Self::V4 => "IPv4",
        }
    }
}

impl IpChoice {
    /// The version that a probe has to use; `None` where it may use any.
    pub fn only(self) -> Option<IpVersion> {
        match self {
            Self::Only(version) => Some(version),
            Self::Any | Self::Both => None,
        }
    }

    /// The versions that have to pass.
    pub fn required(self) -> &'static [IpVersion] {
        match self {
            Self::Any => &[],
            Self::Only(IpVersion::V6) => &[IpVersion::V6],
            Self::Only(IpVersion::V4) => &[IpVersion::V4],
            Self::Both => &[IpVersion::V6, IpVersion::V4],
        }
    }

    /// Whether a version that had to pass before need not pass any more.
    pub fn is_weaker_than(self, before: Self) -> bool {
        before.required().iter().any(|version| !self.required().contains(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_need_not_pass_any_more_is_weaker() {
        let (any, both) = (IpChoice::Any, IpChoice::Both);
        let (four, six) = (IpChoice::Only(IpVersion::V4), IpChoice::Only(IpVersion::V6));
        for (before, after, is_weaker) in [
            (any, any, false),
            (any, six, false),
            (six, both, false),
            (six, any, true),
            (six, four, true),
            (both, six, true),
            (both, any, true),
        ] {
            assert_eq!(after.is_weaker_than(before), is_weaker, "{before:?} to {after:?}");
        }
    }
}
