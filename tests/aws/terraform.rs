//! The tables as `infra/terraform/module/dynamodb.tf` makes them.

use serde_json::{Value, json};

/// One `aws_dynamodb_table`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Shape {
    /// `configs`, `states` or `history`.
    pub resource: String,
    pub billing: String,
    pub partition: String,
    pub sort: String,
    /// Name and type of each attribute.
    pub attributes: Vec<(String, String)>,
    /// The attribute that says when an item may go.
    pub expires: Option<String>,
    pub recovery: bool,
}

/// Reads the file as far as it is about shapes: one block or one setting a line, as `terraform fmt` leaves it.
pub fn shapes() -> Vec<Shape> {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/infra/terraform/module/dynamodb.tf"))
            .expect("the infrastructure is in the repository");
    let mut shapes: Vec<Shape> = Vec::new();
    let mut block = String::new();
    let mut name = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(resource) = line.strip_prefix("resource \"aws_dynamodb_table\" ") {
            let resource = resource.trim_end_matches(" {").trim_matches('"').to_owned();
            shapes.push(Shape { resource, ..Shape::default() });
            block.clear();
        } else if let Some(begun) = line.strip_suffix(" {") {
            begun.clone_into(&mut block);
        } else if line == "}" {
            block.clear();
        }
        let (Some(shape), Some((key, value))) = (shapes.last_mut(), line.split_once('=')) else { continue };
        let value = value.trim().trim_matches('"').to_owned();
        match (block.as_str(), key.trim()) {
            ("", "billing_mode") => shape.billing = value,
            ("", "hash_key") => shape.partition = value,
            ("", "range_key") => shape.sort = value,
            ("attribute", "name") => name = value,
            ("attribute", "type") => shape.attributes.push((name.clone(), value)),
            ("ttl", "attribute_name") => shape.expires = Some(value),
            ("point_in_time_recovery", "enabled") => shape.recovery = value == "true",
            _ => {}
        }
    }
    shapes
}

impl Shape {
    /// The request that makes the table.
    pub fn request(&self, table: &str) -> Value {
        let attribute =
            |(name, kind): &(String, String)| json!({"AttributeName": name, "AttributeType": kind});
        json!({
            "TableName": table,
            "BillingMode": self.billing,
            "KeySchema": [
                {"AttributeName": self.partition, "KeyType": "HASH"},
                {"AttributeName": self.sort, "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": self.attributes.iter().map(attribute).collect::<Vec<_>>(),
        })
    }
}

#[test]
fn terraform_makes_three_tables() {
    let shapes = shapes();
    let named: Vec<_> = shapes
        .iter()
        .map(|shape| (shape.resource.as_str(), shape.partition.as_str(), shape.sort.as_str()))
        .collect();
    assert_eq!(
        named,
        [("configs", "shard", "monitor"), ("states", "shard", "monitor"), ("history", "series", "at")]
    );
    let expires: Vec<_> = shapes.iter().map(|shape| shape.expires.as_deref()).collect();
    assert_eq!(expires, [Some("expires"), None, Some("expires")]);
    assert!(shapes.iter().all(|shape| shape.recovery && shape.billing == "PAY_PER_REQUEST"));
}
