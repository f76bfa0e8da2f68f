//! What is connected to the server and may be named by a published item, and what a draft is checked against.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::catalogue::publication::{self, Fault, Standing, Surroundings};
use protocol::catalogue::Item;
use sqlx::AnyConnection;

use crate::store::StoreError;
use crate::store::catalogue as rows;

/// Names that the operator has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Providers of shared data (共享数据来源), for a document's `shared_source`.
    pub shared_sources: BTreeSet<String>,
    /// Departments' own systems, for a branch's `system`.
    pub systems: BTreeSet<String>,
}

/// The shared data that the sample district's items use.
pub const SAMPLE_SOURCE: &str = "business-registration";
/// The department's system that the sample district's items use.
pub const SAMPLE_SYSTEM: &str = "water";

impl Default for Connected {
    /// Those of the sample district.
    fn default() -> Self {
        Connected { shared_sources: [SAMPLE_SOURCE.to_owned()].into(), systems: [SAMPLE_SYSTEM.to_owned()].into() }
    }
}

impl Connected {
    /// Checks an item as if it were published now. `others` are items that are published together with it.
    pub async fn check(
        &self,
        connection: &mut AnyConnection,
        item: &Item,
        others: &[&Item],
    ) -> Result<Vec<Fault>, StoreError> {
        let departments: HashSet<String> =
            rows::departments(connection).await?.into_iter().map(|listed| listed.department.code).collect();
        let mut members: HashMap<&str, Standing> = HashMap::new();
        // A list of members that is absurdly long is refused by the rule, not looked up.
        for code in item.members.iter().take(publication::MOST_MEMBERS) {
            let kind = |item: &Item| if item.members.is_empty() { Standing::Single } else { Standing::Package };
            let standing = match others.iter().find(|other| other.code == *code) {
                Some(other) => kind(other),
                None => match rows::standing_item(connection, code).await? {
                    None => Standing::Unknown,
                    Some(there) if there.retired => Standing::Retired,
                    Some(there) => kind(&there.content.item),
                },
            };
            members.insert(code, standing);
        }
        Ok(publication::check(
            item,
            &Surroundings {
                department: &|code| departments.contains(code),
                member: &|code| members.get(code).copied().unwrap_or(Standing::Unknown),
                shared_source: &|name| self.shared_sources.contains(name),
                system: &|name| self.systems.contains(name),
            },
        ))
    }
}
