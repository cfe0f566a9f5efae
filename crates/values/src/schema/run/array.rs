//! What schemas say of arrays.

use pintle_yaml::Value;

use super::equal::duplicates;
use super::frame::{Frame, Token, Unevaluated};
use super::{Errors, OutOfBudget, Run};
use crate::schema::node::{Additional, ArrayRules};
use crate::schema::violation::ViolationKind;

impl<'r> Run<'r, '_> {
    #[inline(never)]
    pub(super) fn array<'a>(
        &mut self,
        frame: &Frame<'a, '_>,
        items: &'a [Value],
        rules: &ArrayRules,
        draft: u16,
        left: &mut Unevaluated<'a>,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget>
    where
        'r: 'a,
    {
        let got = items.len();
        if let Some(want) = rules.min.filter(|min| got < *min) {
            errors.add(self.wrong(frame, || ViolationKind::MinItems { got, want })?);
        }
        if let Some(want) = rules.max.filter(|max| got > *max) {
            errors.add(self.wrong(frame, || ViolationKind::MaxItems { got, want })?);
        }
        if rules.unique
            && let Some((first, second)) = duplicates(items)
        {
            let kind = || ViolationKind::UniqueItems { first, second };
            errors.add(self.wrong(frame, kind)?);
        }
        for (i, (item, id)) in items.iter().zip(&rules.first).enumerate() {
            errors.add(self.part(frame, *id, item, Token::Index(i))?);
        }
        let first = rules.first.len().min(got);
        match rules.rest {
            Some(Additional::Schema(id)) => {
                for (i, item) in items.iter().enumerate().skip(first) {
                    if frame.quick && errors.any {
                        return Ok(());
                    }
                    errors.add(self.part(frame, id, item, Token::Index(i))?);
                }
            }
            Some(Additional::Allowed(false)) if got > first => {
                let kind = || ViolationKind::AdditionalItems { count: got - first };
                errors.add(self.wrong(frame, kind)?);
            }
            _ => {}
        }
        if let Some(contains) = rules.contains {
            let mut causes = Errors::default();
            let mut matched = Vec::new();
            for (i, item) in items.iter().enumerate() {
                match self.part(frame, contains, item, Token::Index(i))? {
                    Some(violation) => causes.add(Some(violation)),
                    None => {
                        matched.push(i);
                        if draft >= 2020 {
                            left.items.remove(&i);
                        }
                    }
                }
            }
            let few = match rules.min_contains {
                Some(want) => (matched.len() < want)
                    .then(|| ViolationKind::MinContains { got: matched.clone(), want }),
                None => matched.is_empty().then_some(ViolationKind::Contains),
            };
            if let Some(kind) = few {
                let wrong = self.violation(frame, || kind)?;
                errors.add(Some(wrong.because(causes)));
            }
            if let Some(want) = rules.max_contains.filter(|max| matched.len() > *max) {
                let kind = || ViolationKind::MaxContains { got: matched, want };
                errors.add(self.wrong(frame, kind)?);
            }
        }
        Ok(())
    }
}
