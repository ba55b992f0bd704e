//! Requests that show which permissions the credentials have.

use super::tables::Table;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    Query,
    GetItem,
    BatchGetItem,
    Scan,
    UpdateItem,
    UpdateInTransaction,
    /// Under the fence, which is a condition check.
    PutInTransaction,
    BatchWriteItem,
    DeleteItem,
}

/// One request that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightsTest {
    pub action: RequestKind,
    pub table: Table,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    Allowed,
    Refused,
    /// It could not be tested; with the reason.
    Unclear(String),
}

/// A right that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightFacts {
    pub rights_test: RightsTest,
    /// The table's name.
    pub name: String,
    pub answer: Access,
}

impl RequestKind {
    /// As AWS names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::GetItem => "GetItem",
            Self::BatchGetItem => "BatchGetItem",
            Self::Scan => "Scan",
            Self::UpdateItem => "UpdateItem",
            Self::UpdateInTransaction => "UpdateItem in a transaction",
            Self::PutInTransaction => "PutItem in a transaction",
            Self::BatchWriteItem => "BatchWriteItem",
            Self::DeleteItem => "DeleteItem",
        }
    }
}
