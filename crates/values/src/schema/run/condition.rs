//! Schemas made of schemas: `not`, `allOf`, `anyOf`, `oneOf`, `if`.

use super::frame::{Frame, Unevaluated};
use super::{Errors, OutOfBudget, Run};
use crate::schema::node::{Id, Node};
use crate::schema::violation::ViolationKind;

impl<'r> Run<'r, '_> {
    /// `not`, `allOf`, `anyOf`, `oneOf` and `if`.
    #[inline(never)]
    pub(super) fn conditions<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        node: &Node,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let at = |id: Id| frame.schema.at(id);
        if let Some(not) = node.not
            && self.same_value(frame, at(not), "", true, left)?.is_none()
        {
            errors.add(self.wrong(frame, || ViolationKind::Not)?);
        }
        let mut causes = Errors::default();
        for id in &node.all_of {
            causes.add(self.same_value(frame, at(*id), "", false, left)?);
            if frame.quick && causes.any {
                break;
            }
        }
        if causes.any {
            let wrong = self.violation(frame, || ViolationKind::AllOf)?;
            errors.add(Some(wrong.because(causes)));
        }
        if !node.any_of.is_empty() {
            let mut causes = Errors::default();
            let mut matched = false;
            for id in &node.any_of {
                match self.same_value(frame, at(*id), "", false, left)? {
                    Some(violation) => causes.add(Some(violation)),
                    None => {
                        matched = true;
                        // To know what has been evaluated, all must be tried.
                        if left.is_empty() {
                            break;
                        }
                    }
                }
            }
            if !matched {
                let wrong = self.violation(frame, || ViolationKind::AnyOf)?;
                errors.add(Some(wrong.because(causes)));
            }
        }
        if !node.one_of.is_empty() {
            let mut causes = Errors::default();
            let mut first = None;
            for (i, id) in node.one_of.iter().enumerate() {
                match (self.same_value(frame, at(*id), "", first.is_some(), left)?, first) {
                    (Some(violation), None) => causes.add(Some(violation)),
                    (Some(_), Some(_)) => {}
                    (None, None) => first = Some(i),
                    (None, Some(first)) => {
                        let kind = || ViolationKind::OneOf { met: Some((first, i)) };
                        errors.add(self.wrong(frame, kind)?);
                        break;
                    }
                }
            }
            if first.is_none() {
                let wrong = self.violation(frame, || ViolationKind::OneOf { met: None })?;
                errors.add(Some(wrong.because(causes)));
            }
        }
        if let Some(condition) = node.condition {
            let met = self.same_value(frame, at(condition), "", true, left)?.is_none();
            if let Some(id) = if met { node.then } else { node.otherwise } {
                errors.add(self.same_value(frame, at(id), "", false, left)?);
            }
        }
        Ok(())
    }
}
