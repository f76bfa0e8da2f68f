//! Substitution (代理): what a colleague does for somebody on leave.
//!
//! A substitute acts in their own right wherever they can, and on behalf of the absent person where the step is that person's own:
//! a branch that is theirs, an answer that was asked of them. So nobody gets a right by standing in that the person did not have, nor
//! one that the substitute's own roles do not give. What was done on behalf counts as said by both, wherever two pairs of eyes are asked
//! for.

use protocol::case::CaseAction;
use protocol::staff::User;

use super::{Asker, Case, CaseRefusal, Moment, SpecialProcedure};

impl Case {
    /// As whom somebody takes a step: in their own right, else on behalf of the absent colleague whose step it is. `absent` are those
    /// for whom they stand in today.
    pub fn asker_for<'a>(
        &self,
        user: &'a User,
        absent: &'a [User],
        action: CaseAction,
        moment: &Moment<'_>,
    ) -> Asker<'a> {
        let own = Asker::Staff(user);
        let on_behalf = |absent: &'a User| Asker::Substitute { user, absent };
        // Any colleague may end a procedure; it is ended for the absent person where it lies with them.
        if action == CaseAction::CloseSpecial
            && let Some(reviewer) = self.closable_special(&own, moment).and_then(|special| self.reviewer_of(special))
            && let Some(absent) = absent.iter().find(|absent| absent.username == reviewer)
        {
            return on_behalf(absent);
        }
        let Err(refusal) = self.may(&own, action, moment) else { return own };
        let allowed = absent.iter().find(|absent| self.may(&on_behalf(absent), action, moment).is_ok());
        // What stands in the way of a step on behalf is told, rather than that the step is another's.
        let anothers = |refusal: &CaseRefusal| {
            matches!(refusal, CaseRefusal::Forbidden | CaseRefusal::TakenByAnother(_) | CaseRefusal::SignerIsReviewer)
        };
        let theirs = |absent: &&'a User| {
            anothers(&refusal) && self.may(&on_behalf(absent), action, moment).is_err_and(|refusal| !anothers(&refusal))
        };
        allowed.or_else(|| absent.iter().find(theirs)).map_or(own, on_behalf)
    }

    /// Whose branch a special procedure holds up.
    fn reviewer_of(&self, special: &SpecialProcedure) -> Option<&str> {
        let department = special.branch.as_ref()?;
        let branch = self.branches.iter().find(|branch| branch.is_open() && branch.department == *department)?;
        branch.reviewer.as_deref()
    }

    /// What somebody may do now, in their own right and for those for whom they stand in.
    pub fn allowed_for(&self, user: &User, absent: &[User], moment: &Moment<'_>) -> Vec<CaseAction> {
        use strum::IntoEnumIterator;
        let may = |action: &CaseAction| {
            let asker = self.asker_for(user, absent, *action, moment);
            self.may(&asker, *action, moment).is_ok()
        };
        CaseAction::iter().filter(may).collect()
    }
}
