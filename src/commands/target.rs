//! Which store a command uses. Pure.

use std::path::PathBuf;

/// The default of a machine without AWS: a file, or one for each environment that the settings list.
fn local(environment: Option<&str>) -> PathBuf {
    let name = environment.map(|name| format!("-{name}")).unwrap_or_default();
    format!(".monitorctl/store{name}.db").into()
}

/// The places where tables can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    DynamoDb,
    Embedded {
        path: PathBuf,
        /// It is the default, so one line says that it is used.
        by_default: bool,
    },
}

/// What the choice depends on.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// `--store` or `MONITORCTL_STORE`.
    pub store: Option<String>,
    /// Whether any DDB_*_TABLE is set.
    pub tables_set: bool,
    /// Whether this is a CI job.
    pub ci: bool,
    /// The environment, if it is one of those that the settings list. They do not share a table.
    pub environment: Option<String>,
}

/// Why there is no store to use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("{0:?} is not a store")]
    UnknownForm(String),
    #[error("no store is set, and a CI job does not use the local default")]
    NothingNamedInCi,
}

impl TargetError {
    pub fn help(&self) -> &'static str {
        match self {
            Self::UnknownForm(_) => "write `--store dynamodb` or `--store embedded:PATH`",
            Self::NothingNamedInCi => {
                "set DDB_CONFIG_TABLE, or pass `--store dynamodb` or `--store embedded:PATH`"
            }
        }
    }
}

/// Chooses: what was named; else DynamoDB where a table is named; else a local file, but never in CI.
pub fn choose(asked: &Asked) -> Result<StoreChoice, TargetError> {
    match asked.store.as_deref() {
        Some("dynamodb") => Ok(StoreChoice::DynamoDb),
        Some(other) => match other.strip_prefix("embedded:") {
            Some(path) if !path.is_empty() => {
                Ok(StoreChoice::Embedded { path: path.into(), by_default: false })
            }
            _ => Err(TargetError::UnknownForm(other.to_owned())),
        },
        None if asked.tables_set => Ok(StoreChoice::DynamoDb),
        None if asked.ci => Err(TargetError::NothingNamedInCi),
        None => Ok(StoreChoice::Embedded { path: local(asked.environment.as_deref()), by_default: true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_what_was_named_or_what_is_safe() {
        let embedded = |path: &str, by_default| Ok(StoreChoice::Embedded { path: path.into(), by_default });
        for (store, tables_set, ci, expected) in [
            (Some("dynamodb"), false, false, Ok(StoreChoice::DynamoDb)),
            (Some("embedded:x.db"), true, true, embedded("x.db", false)),
            (Some("embedded:"), false, false, Err(TargetError::UnknownForm("embedded:".into()))),
            (Some("sqlite"), false, false, Err(TargetError::UnknownForm("sqlite".into()))),
            (None, true, true, Ok(StoreChoice::DynamoDb)),
            (None, false, false, embedded(".monitorctl/store.db", true)),
            (None, false, true, Err(TargetError::NothingNamedInCi)),
        ] {
            let asked = Asked { store: store.map(str::to_owned), tables_set, ci, environment: None };
            assert_eq!(choose(&asked), expected, "{asked:?}");
        }
        let of_prod = Asked { environment: Some("prod".to_owned()), ..Asked::default() };
        assert_eq!(choose(&of_prod), embedded(".monitorctl/store-prod.db", true));
    }
}
