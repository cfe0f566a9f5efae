//! What schemas say of strings and numbers.

use pintle_yaml::Number;

use super::frame::Frame;
use super::{Errors, OutOfBudget, Run};
use crate::schema::decimal::Decimal;
use crate::schema::node::{Bound, NumberRules, TextRules};
use crate::schema::violation::ViolationKind;

impl<'r> Run<'r, '_> {
    #[inline(never)]
    pub(super) fn text(
        &mut self,
        frame: &Frame<'_, '_>,
        text: &str,
        rules: &TextRules,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        if rules.min.is_some() || rules.max.is_some() {
            let got = text.chars().count();
            if let Some(want) = rules.min.filter(|min| got < *min) {
                errors.add(self.wrong(frame, || ViolationKind::MinLength { got, want })?);
            }
            if let Some(want) = rules.max.filter(|max| got > *max) {
                errors.add(self.wrong(frame, || ViolationKind::MaxLength { got, want })?);
            }
        }
        if rules.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            errors.add(self.wrong(frame, || ViolationKind::Pattern {
                got: text.to_owned(),
                want: rules.written.to_string(),
            })?);
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn number(
        &mut self,
        frame: &Frame<'_, '_>,
        number: Number,
        rules: &NumberRules,
        errors: &mut Errors,
    ) -> Result<(), OutOfBudget> {
        let exact = Decimal::of(number);
        let got = number.as_f64();
        let wrong = |bound: &Option<Bound>, is_wrong: &dyn Fn(&Decimal) -> bool| {
            bound.as_ref().filter(|bound| is_wrong(&bound.exact)).map(|bound| bound.float)
        };
        if let Some(want) = wrong(&rules.min, &|min| exact < *min) {
            errors.add(self.wrong(frame, || ViolationKind::Minimum { got, want })?);
        }
        if let Some(want) = wrong(&rules.max, &|max| exact > *max) {
            errors.add(self.wrong(frame, || ViolationKind::Maximum { got, want })?);
        }
        if let Some(want) = wrong(&rules.above, &|above| exact <= *above) {
            errors.add(self.wrong(frame, || ViolationKind::ExclusiveMinimum { got, want })?);
        }
        if let Some(want) = wrong(&rules.below, &|below| exact >= *below) {
            errors.add(self.wrong(frame, || ViolationKind::ExclusiveMaximum { got, want })?);
        }
        if let Some(want) = wrong(&rules.multiple_of, &|divisor| !exact.is_multiple_of(divisor)) {
            errors.add(self.wrong(frame, || ViolationKind::MultipleOf { got, want })?);
        }
        Ok(())
    }
}
