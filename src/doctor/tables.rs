//! The three tables: whether they are there, and of the shape that the items need.

use super::finding::{Area, Finding};
use crate::installation::{
    Expiry, Items, ItemsFacts, KeyAttribute, Look, Recovery, Table, TableFacts, TableShape,
};

/// Where a table was looked for: the wrong region looks like a table that does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableLocation<'a> {
    /// Such as ` in region eu-west-1 of account 123456789012`; empty on a machine without AWS.
    pub place: String,
    /// Another region, which the default topic is in.
    pub topic_region: Option<&'a str>,
}

/// What there is to say of one table.
pub fn table(facts: &TableFacts, location: &TableLocation<'_>) -> Vec<Finding> {
    let TableFacts { table, name, shape, answers, expiry, recovery } = facts;
    let mut findings = vec![match (shape, answers) {
        (Look::Seen(shape), _) => keys(*table, name, shape),
        (Look::Missing, _) | (Look::Hidden, Look::Missing) => missing(*table, name, location),
        (Look::Hidden, Look::Seen(())) => {
            Finding::ok(Area::Table, format!("{name} answers queries by its keys"))
        }
        (Look::Hidden, Look::Hidden) => {
            return vec![hidden(&format!("{name}: this role may neither describe nor query it"))];
        }
        (Look::Stranger(why), _) | (Look::Hidden, Look::Stranger(why)) => Finding::denied(
            Area::Table,
            format!("{name}: the credentials are not accepted: {why}"),
            "aws sts get-caller-identity",
        ),
        (Look::Failed(why), _) | (Look::Hidden, Look::Failed(why)) => {
            Finding::failed(Area::Table, format!("{name}: {why}"), describe(name))
        }
    }];
    if let Look::Seen(_) | Look::Hidden = shape {
        findings.extend(expires(*table, name, expiry));
        findings.extend(recovery.as_ref().and_then(|recovery| recovers(name, recovery)));
    }
    findings
}

fn missing(table: Table, name: &str, TableLocation { place, topic_region }: &TableLocation<'_>) -> Finding {
    let variable = table.variable();
    match topic_region {
        // To make the table there would make a second installation.
        Some(region) => Finding::failed(
            Area::Table,
            format!(
                "{name} does not exist{place}, but the topic is in {region}: most likely the region is wrong"
            ),
            format!("export AWS_REGION={region}"),
        ),
        None => Finding::failed(
            Area::Table,
            format!(
                "{name} does not exist{place}; if the tables are elsewhere, set AWS_REGION, AWS_PROFILE or {variable}"
            ),
            create(table, name),
        ),
    }
}

fn keys(table: Table, name: &str, shape: &TableShape) -> Finding {
    let wanted =
        table.keys().map(|(name, kind)| KeyAttribute { name: name.to_owned(), kind: kind.to_owned() });
    if shape.keys == wanted {
        return Finding::ok(Area::Table, format!("{name} has the keys {}", listed(&wanted)));
    }
    // Keys are for ever: it takes another table.
    let other = format!("{name}-2");
    let what = format!(
        "{name} has the keys {} instead of {}; create another table",
        listed(&shape.keys),
        listed(&wanted)
    );
    Finding::failed(
        Area::Table,
        what,
        format!("{} && export {}={other}", create(table, &other), table.variable()),
    )
}

fn create(table: Table, name: &str) -> String {
    let [(partition, partition_type), (sort, sort_type)] = table.keys();
    format!(
        "aws dynamodb create-table --table-name {name} --billing-mode PAY_PER_REQUEST \
         --attribute-definitions AttributeName={partition},AttributeType={partition_type} \
         AttributeName={sort},AttributeType={sort_type} \
         --key-schema AttributeName={partition},KeyType=HASH AttributeName={sort},KeyType=RANGE"
    )
}

fn listed(keys: &[KeyAttribute]) -> String {
    keys.iter().map(|KeyAttribute { name, kind }| format!("{name} ({kind})")).collect::<Vec<_>>().join(", ")
}

fn expires(table: Table, name: &str, expiry: &Look<Expiry>) -> Option<Finding> {
    let switch = |enabled: bool, attribute: &str| {
        format!(
            "aws dynamodb update-time-to-live --table-name {name} \
             --time-to-live-specification Enabled={enabled},AttributeName={attribute}"
        )
    };
    Some(match (table.expires(), expiry) {
        (Some(wanted), Look::Seen(Expiry::By(attribute))) if attribute == wanted => {
            Finding::ok(Area::Table, format!("{name} expires old items by `{wanted}`"))
        }
        (Some(wanted), Look::Seen(Expiry::By(attribute))) => Finding::warning(
            Area::Table,
            format!("{name} expires items by `{attribute}` instead of `{wanted}`, so it grows forever"),
            switch(false, attribute),
        ),
        (Some(wanted), Look::Seen(Expiry::Off)) => Finding::warning(
            Area::Table,
            format!("{name} has no time to live, so it grows forever"),
            switch(true, wanted),
        ),
        (None, Look::Seen(Expiry::Off)) => {
            Finding::ok(Area::Table, format!("{name} has no time to live, as required"))
        }
        (None, Look::Seen(Expiry::By(attribute))) => Finding::failed(
            Area::Table,
            format!("{name} has a time to live by `{attribute}`, which would delete leases and incidents"),
            switch(false, attribute),
        ),
        (_, Look::Hidden) => hidden(&format!("{name}: this role may not read the time to live")),
        (_, Look::Failed(why)) => Finding::warning(
            Area::Table,
            format!("{name}: cannot read the time to live: {why}"),
            describe(name),
        ),
        (_, Look::Missing | Look::Stranger(_)) => return None,
    })
}

fn recovers(name: &str, recovery: &Look<Recovery>) -> Option<Finding> {
    Some(match recovery {
        Look::Seen(Recovery::On) => Finding::ok(Area::Table, format!("{name} has point-in-time recovery")),
        Look::Seen(Recovery::Off) => Finding::warning(
            Area::Table,
            format!("{name} has no point-in-time recovery"),
            format!(
                "aws dynamodb update-continuous-backups --table-name {name} \
                 --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
            ),
        ),
        Look::Hidden => hidden(&format!("{name}: this role may not read the recovery settings")),
        Look::Failed(why) => Finding::warning(
            Area::Table,
            format!("{name}: cannot read the recovery settings: {why}"),
            describe(name),
        ),
        Look::Missing | Look::Stranger(_) => return None,
    })
}

/// What this role need not read, another one can.
fn hidden(what: &str) -> Finding {
    Finding::skipped(Area::Table, format!("{what}; use the credentials that created the tables"))
        .or("AWS_PROFILE=admin monitorctl doctor --store dynamodb")
}

fn describe(name: &str) -> String {
    format!("aws dynamodb describe-table --table-name {name}")
}

/// What there is to say of a table's items. An unreadable table is reported already.
pub fn items(facts: &ItemsFacts) -> Vec<Finding> {
    let ItemsFacts { table, name, items } = facts;
    match items {
        Look::Seen(Items { readable, unreadable }) if unreadable.is_empty() => {
            vec![Finding::ok(Area::Items, format!("{name}: {readable} readable"))]
        }
        Look::Seen(Items { readable: _, unreadable }) => {
            let fix = match table {
                Table::Configs => "monitorctl sync",
                Table::States | Table::History => "monitorctl status",
            };
            let finding =
                |sentence: &String| Finding::warning(Area::Items, format!("{name}: {sentence}"), fix);
            unreadable.iter().map(finding).collect()
        }
        Look::Hidden => vec![Finding::skipped(Area::Items, format!("{name}: this role may not read it"))],
        Look::Failed(why) => {
            vec![Finding::failed(Area::Items, format!("{name}: {why}"), "monitorctl status")]
        }
        Look::Missing | Look::Stranger(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    fn good(table: Table) -> TableFacts {
        let keys = table.keys().map(|(name, kind)| KeyAttribute { name: name.into(), kind: kind.into() });
        TableFacts {
            table,
            name: "things".into(),
            shape: Look::Seen(TableShape { keys: keys.to_vec() }),
            answers: Look::Seen(()),
            expiry: Look::Seen(
                table.expires().map_or(Expiry::Off, |attribute| Expiry::By(attribute.to_owned())),
            ),
            recovery: Some(Look::Seen(Recovery::On)),
        }
    }

    /// The outcomes, and all texts in one.
    fn check(facts: &TableFacts) -> (Vec<FindingOutcome>, String) {
        let findings = table(facts, &TableLocation::default());
        let text = findings.iter().map(|f| format!("{} | {}\n", f.what, f.fix.as_deref().unwrap_or("")));
        (findings.iter().map(|finding| finding.outcome).collect(), text.collect())
    }

    #[test]
    fn tables_as_terraform_makes_them_are_good() {
        for table in Table::ALL {
            assert_eq!(check(&good(table)).0, [FindingOutcome::Ok; 3]);
        }
    }

    #[test]
    fn a_missing_table_comes_with_the_command_that_makes_it() {
        let (outcomes, text) = check(&TableFacts { shape: Look::Missing, ..good(Table::History) });
        assert_eq!(outcomes, [FindingOutcome::Failed]);
        assert!(text.contains("DDB_HISTORY_TABLE"), "{text}");
        assert!(text.contains("AttributeName=at,AttributeType=N"), "{text}");
        assert!(text.contains("AttributeName=at,KeyType=RANGE"), "{text}");
    }

    #[test]
    fn other_keys_need_another_table() {
        let keys = vec![KeyAttribute { name: "id".into(), kind: "S".into() }];
        let (outcomes, text) =
            check(&TableFacts { shape: Look::Seen(TableShape { keys }), ..good(Table::Configs) });
        assert_eq!(outcomes[0], FindingOutcome::Failed);
        assert!(text.contains("has the keys id (S) instead of shard (S), monitor (S)"), "{text}");
        assert!(text.contains("export DDB_CONFIG_TABLE=things-2"), "{text}");
    }

    #[test]
    fn a_time_to_live_on_the_states_is_fatal_and_a_missing_one_elsewhere_is_not() {
        let by = |attribute: &str| Look::Seen(Expiry::By(attribute.into()));
        for (table, expiry, outcome, command) in [
            (Table::States, by("expires"), FindingOutcome::Failed, "Enabled=false,AttributeName=expires"),
            (
                Table::Configs,
                Look::Seen(Expiry::Off),
                FindingOutcome::Warning,
                "Enabled=true,AttributeName=expires",
            ),
            (Table::History, by("at"), FindingOutcome::Warning, "Enabled=false,AttributeName=at"),
        ] {
            let (outcomes, text) = check(&TableFacts { expiry, ..good(table) });
            assert_eq!(outcomes[1], outcome);
            assert!(text.contains(command), "{text}");
        }
        let (outcomes, text) =
            check(&TableFacts { recovery: Some(Look::Seen(Recovery::Off)), ..good(Table::States) });
        assert_eq!(outcomes[2], FindingOutcome::Warning);
        assert!(text.contains("update-continuous-backups"), "{text}");
    }

    #[test]
    fn a_role_that_may_only_query_sees_what_it_needs() {
        let facts = TableFacts {
            shape: Look::Hidden,
            expiry: Look::Hidden,
            recovery: Some(Look::Hidden),
            ..good(Table::Configs)
        };
        assert_eq!(check(&facts).0, [FindingOutcome::Ok, FindingOutcome::Skipped, FindingOutcome::Skipped]);
        assert_eq!(
            check(&TableFacts { answers: Look::Hidden, ..facts.clone() }).0,
            [FindingOutcome::Skipped]
        );
        let other_keys = Look::Failed("Query condition missed key schema element".into());
        assert_eq!(check(&TableFacts { answers: other_keys, ..facts }).0[0], FindingOutcome::Failed);
    }

    #[test]
    fn an_item_that_does_not_read_is_a_warning_of_its_own() {
        let facts = |unreadable: &[&str]| ItemsFacts {
            table: Table::Configs,
            name: "things".into(),
            items: Look::Seen(Items {
                readable: 2,
                unreadable: unreadable.iter().copied().map(str::to_owned).collect(),
            }),
        };
        assert_eq!(items(&facts(&[]))[0].what, "things: 2 readable");
        assert_eq!(items(&facts(&["`a` is malformed", "`b` is malformed"])).len(), 2);
    }
}
