//! What only the machine decides for probes: the files that they read, the proxies that they use, the roles that sign them.
//! Pure.

use url::Url;

/// The variable with the folders of certificates and keys.
pub const FILES_VARIABLE: &str = "MONITORCTL_FILES";

/// The variable with the proxies.
pub const PROXIES_VARIABLE: &str = "MONITORCTL_PROXIES";

/// The variable with the roles of AWS that may sign probes.
pub const ROLES_VARIABLE: &str = "MONITORCTL_ROLES";

/// What a machine lets probes use of it. Each list is one of entries divided by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permits {
    /// `None`: any file, for a machine whose monitors are its user's own.
    folders: Option<Vec<String>>,
    proxies: Vec<String>,
    /// ARNs.
    roles: Vec<String>,
}

/// A list that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PermitsError {
    #[error("{FILES_VARIABLE}: {0:?} is no absolute path of a folder; separate folders by commas")]
    Folder(String),
    #[error(
        "{PROXIES_VARIABLE}: {0:?} is no proxy; write it like http://proxy.internal:3128, without user and password"
    )]
    Proxy(String),
    #[error("{ROLES_VARIABLE}: {0:?} is no ARN of a role; separate ARNs by commas")]
    Role(String),
}

impl Permits {
    /// The lists of the machine; without one of folders, `implied` holds.
    pub fn parse(
        folders: Option<&str>,
        implied: Option<&str>,
        proxies: Option<&str>,
        roles: Option<&str>,
    ) -> Result<Self, PermitsError> {
        let folders = folders.or(implied).map(|text| entries(text).map(folder).collect()).transpose()?;
        let proxies = proxies.into_iter().flat_map(entries).map(|text| {
            let is_bare = |url: &Url| url.username().is_empty() && url.password().is_none();
            let url = Url::parse(text).ok().filter(is_bare);
            url.as_ref().and_then(proxy_place).ok_or_else(|| PermitsError::Proxy(text.to_owned()))
        });
        let roles = roles.into_iter().flat_map(entries).map(|text| {
            let is_role = text.starts_with("arn:") && text.contains(":role/");
            if is_role { Ok(text.to_owned()) } else { Err(PermitsError::Role(text.to_owned())) }
        });
        let (proxies, roles) = (proxies.collect::<Result<_, _>>()?, roles.collect::<Result<_, _>>()?);
        Ok(Self { folders, proxies, roles })
    }

    /// Whether a probe may read the file. A path that leads upwards could leave its folder.
    pub fn reads(&self, path: &str) -> bool {
        let Some(folders) = &self.folders else { return true };
        let is_below = |folder: &String| {
            path.strip_prefix(folder.as_str()).is_some_and(|rest| folder == "/" || rest.starts_with('/'))
        };
        !path.split('/').any(|part| part == "..") && folders.iter().any(is_below)
    }

    /// The folders, for people.
    pub fn folders(&self) -> String {
        match self.folders.as_deref() {
            None => "any folder".to_owned(),
            Some([]) => "no folder".to_owned(),
            Some(folders) => folders.join(" or "),
        }
    }

    /// Whether a probe may be signed as this role.
    pub fn signs_as(&self, role: &str) -> bool {
        self.roles.iter().any(|listed| listed == role)
    }

    /// Whether a probe may go through the proxy, whatever user and password its URL has.
    pub fn uses_proxy(&self, url: &Url) -> bool {
        proxy_place(url).is_some_and(|place| self.proxies.contains(&place))
    }
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn folder(text: &str) -> Result<String, PermitsError> {
    let is_plain = text.starts_with('/') && !text.split('/').any(|part| part == "..");
    let bare = text.trim_end_matches('/');
    let bare = if bare.is_empty() { "/" } else { bare };
    if is_plain { Ok(bare.to_owned()) } else { Err(PermitsError::Folder(text.to_owned())) }
}

/// `proxy.internal:3128`; `None` for what is no proxy of HTTP.
fn proxy_place(url: &Url) -> Option<String> {
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let host = url.host_str().filter(|_| url.scheme() == "http" && is_bare)?;
    Some(format!("{host}:{}", url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(folders: Option<&str>, proxies: &str) -> Permits {
        Permits::parse(folders, Some("/etc/monitorctl"), Some(proxies), None).expect("lists")
    }

    // P10: the author of a file must not read what the machine keeps for itself.
    #[test]
    fn a_file_is_read_below_a_listed_folder_and_nowhere_else() {
        let (implied, listed) = (permits(None, ""), permits(Some(" /srv/tls/ , /etc/pki"), ""));
        for (permits, path, expected) in [
            (&implied, "/etc/monitorctl/ca.pem", true),
            (&implied, "/etc/monitorctl/a/b.pem", true),
            (&implied, "/etc/monitorctl", false),
            (&implied, "/etc/monitorctl-other/ca.pem", false),
            (&implied, "/etc/monitorctl/../shadow", false),
            (&implied, "/etc/shadow", false),
            (&listed, "/srv/tls/key.pem", true),
            (&listed, "/etc/pki/x", true),
            (&listed, "/etc/monitorctl/ca.pem", false),
            (&permits_of_all(), "/etc/shadow", true),
        ] {
            assert_eq!(permits.reads(path), expected, "{path}");
        }
        assert!(Permits::parse(Some("etc"), None, None, None).is_err());
        assert!(Permits::parse(Some("/a/../b"), None, None, None).is_err());
    }

    fn permits_of_all() -> Permits {
        Permits::parse(None, None, None, None).expect("nothing")
    }

    #[test]
    fn a_proxy_is_used_if_the_machine_lists_its_host_and_port() {
        let listed = permits(None, "http://Proxy.internal:3128, http://10.0.0.9");
        for (url, expected) in [
            ("http://proxy.internal:3128", true),
            ("http://me:pw@proxy.internal:3128/", true),
            ("http://proxy.internal:3129", false),
            ("http://proxy.internal", false),
            ("http://10.0.0.9:80", true),
            ("http://proxy.internal:3128/path", false),
            ("https://proxy.internal:3128", false),
            ("http://proxy.internal:3128@evil.example", false),
        ] {
            assert_eq!(listed.uses_proxy(&Url::parse(url).expect(url)), expected, "{url}");
        }
        assert!(!Permits::default().uses_proxy(&Url::parse("http://a:1").expect("a URL")));
        for text in ["proxy:3128", "http://me:pw@proxy:3128", "socks5://proxy:1"] {
            assert!(Permits::parse(None, None, Some(text), None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_role_signs_if_the_machine_lists_it_to_the_letter() {
        let role = "arn:aws:iam::123456789012:role/probe";
        let listed = Permits::parse(None, None, None, Some(&format!(" {role} ,"))).expect("a role");
        assert!(listed.signs_as(role));
        assert!(
            !listed.signs_as("arn:aws:iam::123456789012:role/admin") && !Permits::default().signs_as(role)
        );
        assert!(Permits::parse(None, None, None, Some("probe")).is_err());
    }
}
